// Package selector decides who matches: Kubernetes label selectors as immutable values.
//
// A [Selector] is a list of requirements, all of which a label set has to meet. It is made from an API object's
// selector ([Compile]), from a plain map as a ReplicationController and a Service have it ([FromLabels]), or from
// requirements ([New]).
//
// # What matches
//
// The rules are those of k8s.io/apimachinery/pkg/labels and of metav1.LabelSelectorAsSelector, in one table:
//
//	requirement            label missing   label present
//	In, =                  no              yes when its value is one of the values
//	NotIn, !=              yes             yes when its value is none of the values
//	Exists                 no              yes, an empty value too
//	DoesNotExist           yes             no
//	Gt, Lt                 no              yes when its value is an integer, strictly greater or less
//
// Besides:
//
//   - The empty text is a value like any other: app In [""] matches a label app whose value is empty, and no label set
//     without app.
//   - A nil *LabelSelector matches nothing. An empty one matches everything, and so does an empty or nil map.
//   - The same key may stand in several requirements; all of them have to be met.
//   - A nil label set is an empty one.
//
// # Errors
//
// A constructor finds everything that is wrong with its input, not only the first. It returns [Nothing] and
// [FieldErrors], one for each bad field, in the order of the fields (a map's by key). Nothing panics on input.
//
// # Values
//
// Selectors do not share memory with what they were made from, and nothing changes one: any number of goroutines may
// use the same selector at once. Two are compared with [Selector.Equal], not with ==.
package selector
