// Package peek has what package selector shows to package index alone: the inside of a selector, which everybody else gets as a
// copy. An index is asked by the selector millions of times, and finds sooner than a copy is made.
package peek

// Requirement is a func(s selector.Selector, i int) (r selector.Requirement, one string, ok bool), set by package selector. It
// returns the ith requirement of a selector, in canonical order, and false behind the last. The value of an operator that takes
// exactly one is the string, and Values is empty then; they are the selector's own otherwise, and not to be changed.
var Requirement any

// Around is a func(s selector.Selector, i int) (before, after selector.Selector), likewise: the requirements before and after the
// one at i, which an index knows to be met where it found the selector.
var Around any
