// Package peek has what package selector shows to package index alone: the inside of a selector, which everybody else gets as a
// copy. An index is asked by the selector millions of times, and finds sooner than a copy is made.
package peek

// Requirement is a func(s selector.Selector, i int) (key string, o selector.Operator, values []string, one string), set by package
// selector. It returns the ith requirement of a selector, in canonical order, and no operator behind the last. The value of an
// operator that takes exactly one is the last string, and there are no values then; they are the selector's own otherwise, and not
// to be changed. It returns no struct, since as many parts as these are returned in registers.
var Requirement any

// Rest is a func(s selector.Selector, i int) selector.Selector, likewise: the selector without the ith requirement, which an index
// knows to be met where it found the selector. It shares what it can.
var Rest any
