// Package selector decides who matches: Kubernetes label selectors as immutable values.
//
// A [Selector] is a list of requirements, all of which a label set has to meet. It is made from an API object's
// selector ([Compile]), from a plain map as a ReplicationController and a Service have it ([FromLabels]), from a text as
// kubectl's -l has it ([Parse]), or from requirements ([New]).
//
// # What matches
//
// The rules are those of k8s.io/apimachinery/pkg/labels and of metav1.LabelSelectorAsSelector, in one table:
//
//	operator       as text           label missing   label present
//	In, =          a in (b,c)  a=b   no              yes when its value is one of the values
//	NotIn, !=      a notin (b) a!=b  yes             yes when its value is none of the values
//	Exists         a                 no              yes, an empty value too
//	DoesNotExist   !a                yes             no
//	Gt, Lt         a>1  a<5          no              yes when its value is an integer, strictly greater or less
//
// Besides:
//
//   - The empty text is a value like any other: app In [""] matches a label app whose value is empty, and no label set
//     without app.
//   - A nil *LabelSelector matches nothing. An empty one matches everything, and so does an empty or nil map.
//   - The same key may stand in several requirements; all of them have to be met.
//   - A nil label set is an empty one.
//
// # Set algebra
//
// Whether two selectors overlap, whether one implies the other, whether one can match at all: [Selector.Overlaps],
// [Selector.Implies], [Selector.Equivalent] and [Selector.Satisfiable] decide that over all valid label sets, exactly.
// [Selector.And], [Selector.Example] and [Selector.Counterexample] show a label set that proves it. [Selector.Simplify] gives
// the shortest way to say the same.
//
// It can be decided because requirements of different keys are independent, and those of one key tell labels apart only
// by whether there is one, by the values that they name, and by the side of a bound on which an integer lies. So one label
// of each such kind stands for all of its kind. Of some kinds there is always one: no selector can name all words.
// Integers are few enough to be named. They are what [GreaterThan] and [LessThan] compare: digits and nothing else (a
// label value has no sign), at most 9223372036854775807, with any number of leading zeros that 63 bytes hold, each
// spelling a value of its own. So "n>1,n<3,n notin (2,02)" can match, with n=002, and "n<0" cannot.
//
// Matching itself takes label sets as they are: "n<0" matches a label n whose value is "-5", which the API refuses.
//
// # Errors
//
// [Compile], [FromLabels] and [New] find everything that is wrong with their input, not only the first. They return
// [Nothing] and [field.Errors], one for each bad field, in the order of the fields (a map's by key). [Parse] returns Nothing
// and [SyntaxErrors] with byte offsets, one for each bad key and value up to the first place where the grammar is broken.
// Nothing panics on input but [MustParse], which is for constants.
//
// # Values
//
// Selectors do not share memory with what they were made from, and nothing changes one: any number of goroutines may
// use the same selector at once. Two are compared with [Selector.Equal], not with ==.
package selector
