// Package index finds without scanning: which of a million objects a selector matches, and which of a hundred thousand selectors
// match an object.
//
//   - [Objects] are label sets by key: [Objects.Select] yields those that a selector matches.
//   - [Selectors] are selectors by key: [Selectors.Match] yields those that match a label set.
//   - [Join] has both, and tells of each change which pairs began and which ceased to match.
//
// What matches is what [selector.Selector.Matches] says, in every case: an index only finds it sooner.
//
// # How it works
//
// Each object has a number, and each label a posting: the numbers of the objects that have it, as a sorted list or, if they are
// many, as a bitmap. So has each key, for Exists, and each namespace. Of all that a selector wants, the posting with the fewest
// objects is gone through, and what the others do not have, or have of NotIn and DoesNotExist, is left out. Values of one key have
// no object in common, so that those of In are gone through one after the other. GreaterThan, LessThan, and a long list that is
// not the rarest requirement ask each object that is left.
//
// Each selector is filed under one of its requirements: under the label that the fewest selectors name, or under each value of an
// In, or under a key. To match a label set, the files of its labels and keys are tried. When twice as many selectors name a label
// as did when they were filed, those in its file are filed anew. What wants no label is filed under a key that it wants to be
// missing; if it has NotIn alone, it is always tried.
//
// # What it costs
//
// Select takes time for the objects that have the rarest requirement, however many others there are. Where none is rare, it goes
// through bitmaps, 64 objects at a time; where all are NotIn or DoesNotExist, through all objects. Match takes time for the labels,
// and for the selectors in their files. Set takes time for the labels, or for the requirements.
//
// An object of eight labels takes about 80 bytes besides its key and its labels, which are not kept: each text is held once. A label
// that no other object has takes a hundred more. What is deleted gives its memory back.
package index
