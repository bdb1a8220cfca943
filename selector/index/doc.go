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
// many, as a bitmap. So has each key, for Exists, and each namespace. Of all that a selector wants, the postings of the rarest are
// gone through, and what the others do not have, or have of NotIn and DoesNotExist, is left out. Values of one key have no object
// in common, so that those of In are gone through one after the other. GreaterThan, LessThan, and a long list that is not the
// rarest requirement ask each object that is left.
//
// Each selector is filed under one of its requirements: under the label that the fewest requirements name, or under each value of
// an In, or under a key. To match a label set, the files of its labels and keys are tried. With every change two selectors are
// looked at again, in turn, and filed anew if another label has become the rarest. What wants no label is always tried, but for
// what selects everywhere and wants a key to be missing: that is filed under the key.
//
// # What it costs
//
// Select takes time for the values that the selector names, and for the objects that have the rarest requirement, however many
// others there are. Where none is rare, it goes through bitmaps, 64 objects at a time; where all are NotIn or DoesNotExist,
// through the namespace, or all objects. Match takes time for the labels, and for the selectors in their files and in none. Set
// takes time for the labels, or for the requirements.
//
// An object of eight labels takes about 78 bytes, the header of a key that is a string among them. Its labels are not kept:
// each text is held once. A label that no other object has takes a hundred more. What is deleted gives its memory back: see
// [Objects.Delete].
package index
