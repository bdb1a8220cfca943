// Package selector implements Kubernetes label selectors: parsing, matching, explanation and set algebra.
//
// A [Selector] is an immutable list of requirements. It matches the label sets that meet all of them. There are five ways
// to make one:
//
//	[Compile]      from the selector of an API object, such as a ReplicaSet
//	[FromService]  from the map of a Service
//	[FromLabels]   from another map, such as a node selector
//	[Parse]        from a text, such as kubectl's -l
//	[New]          from requirements
//
// # What matches
//
// The rules are those of k8s.io/apimachinery/pkg/labels and of metav1.LabelSelectorAsSelector:
//
//	operator       as text           label missing   label present
//	In, =          a in (b,c)  a=b   no              yes if its value is one of the values
//	NotIn, !=      a notin (b) a!=b  yes             yes if its value is none of the values
//	Exists         a                 no              yes, also if its value is empty
//	DoesNotExist   !a                yes             no
//	Gt, Lt         a>1  a<5          no              yes if its value is an integer, strictly greater or less
//
// Note:
//
//   - The empty string is a value like any other: app In [""] matches a label app with the empty value. It does not match a
//     missing label.
//   - A nil *LabelSelector matches nothing. An empty LabelSelector matches everything.
//   - An empty map matches everything in FromLabels, and nothing in FromService. A nil map is an empty one.
//   - Several requirements may have the same key. A label set has to meet all of them.
//   - A nil label set is an empty one.
//
// # Set algebra
//
// [Selector.Overlaps], [Selector.Implies], [Selector.Equivalent] and [Selector.Satisfiable] are exact answers about all
// valid label sets. [Selector.Example] and [Selector.Counterexample] return a label set as proof. [Selector.Simplify] returns
// the shortest equivalent selector.
//
// The algebra divides the possible values of a key, and the missing label, into equivalence classes. No
// requirement of the selectors distinguishes two members of one class. So the algebra checks one member of
// each class. Requirements of different keys are independent. There is always a fresh value that is not an
// integer. But an integer has several spellings, such as 2 and 02, and a selector can exclude all of them. So
// the algebra tries each spelling. Valid label values have no sign, and a spelling has at most 63 digits,
// leading zeros included. So "n>1,n<3,n notin (2,02)" matches n=002, and no valid label set matches "n<0".
//
// [Selector.Matches] itself accepts invalid label sets, as upstream does: "n<0" matches a label n with the value "-5".
//
// # Errors
//
// The functions that make a selector return all errors of their input, not only the first, and [Nothing] as the selector.
// Compile, FromService, FromLabels and New return [field.Errors] in the order of the fields; the fields of a map are in the
// order of its keys. Parse returns [SyntaxErrors] with byte offsets. Only [MustParse] panics on invalid input.
//
// # Cost
//
// Selectors may come from untrusted users. Each function states a bound on its time. The size of a selector is the length
// of its text. Whether a selector is satisfiable is decided when it is made. Memory is proportional to the size.
//
// # Values
//
// A Selector shares no memory with the input that it was made from, and never changes. Any number of goroutines may use it
// at once. Compare two with [Selector.Equal], not with ==.
package selector
