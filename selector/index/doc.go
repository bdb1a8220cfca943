// Package index finds the objects that a label selector matches, and the selectors that match an object,
// without comparing each with each.
//
//   - [Objects] is an index of objects: [Objects.Select] yields those that a selector matches.
//   - [Selectors] is an index of selectors: [Selectors.Match] yields those that match a label set.
//   - [Join] has both. For each change, it returns the pairs of a selector and an object that began or ceased to
//     match.
//
// An index gives the same answers as [selector.Selector.Matches] in every case, in less time.
//
// # How it works
//
// Each object has an ID. Each label has a posting: the set of the IDs of the objects with that label. Each
// key has a posting list of all objects with that key, for Exists. Each namespace has a posting list of all
// its objects. Short postings are sorted lists, and long ones are divided into pages, some of which are
// bitmaps. Select iterates over the postings of the requirement with the fewest objects. It looks up these
// objects in the postings of the other requirements. It asks the selector about the objects that remain if
// the selector has GreaterThan, LessThan, long lists of values, or very many requirements.
//
// Each selector is indexed by one of its requirements: the one whose labels or key occur in the fewest
// requirements of all selectors. The selector is in the bucket of the label, in the buckets of all values of
// an In, or in the bucket of the key. Match tries the selectors in the buckets of the object's labels and
// keys. The best requirement of a selector can become another one later. So each change of the index also
// reviews some selectors, and moves a selector to another bucket if necessary.
//
// Requirements with NotIn, NotEquals and DoesNotExist are negative: objects without the key meet them.
// Selectors without a positive requirement are always tried, except for those of all namespaces with a
// DoesNotExist requirement, which are tried for objects without the key.
//
// # What it costs
//
// Select takes time for the values that the selector names and for the objects with its rarest requirement,
// however many other objects there are. If no requirement is rare, it combines bitmaps, 64 objects at a time.
// If all requirements are negative, it reads all objects of the namespace.
//
// Match takes time for the labels, for the selectors in their buckets, and for the selectors that are always
// tried.
//
// A change of an object takes time for its labels, and a change of a selector for its requirements and
// values, amortised. All bounds hold for labels and selectors of untrusted origin: hashes are seeded, and no
// order of changes makes them slow.
//
// An object with eight labels takes about 82 bytes if other objects have the same labels, including the
// header of a string key. The index does not keep the labels, and stores each distinct key and value once. A
// label that no other object has takes about a hundred bytes more.
package index
