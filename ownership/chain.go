package ownership

import (
	"slices"

	"github.com/rollcall-go/rollcall/internal/enum"
)

// An End says how a chain of controllers ends. The zero value is unset.
type End int

// The ends.
const (
	Topmost  End = 1 + iota // at an object without a controller
	Gone                    // at a controller that does not exist
	Replaced                // at a controller that does not exist; a new object has its name
	Cycle                   // at an object whose controller is in the chain already
	TooDeep                 // at the 64th controller, which has a controller too
)

var endNames = []string{
	0:        "Unset",
	Topmost:  "Topmost",
	Gone:     "Gone",
	Replaced: "Replaced",
	Cycle:    "Cycle",
	TooDeep:  "TooDeep",
}

// maxChain is the maximum length of a chain. A pod of a built-in workload has one or two controllers above it.
const maxChain = 64

// String returns the name of the end, as in "Topmost".
func (e End) String() string { return enum.Name("End", int(e), endNames) }

// MarshalText returns String in lower camel case. It never fails.
func (e End) MarshalText() ([]byte, error) { return []byte(enum.Text(e.String())), nil }

// UnmarshalText sets e to the value that MarshalText writes as text. For any other text it returns an error
// and does not change e.
func (e *End) UnmarshalText(text []byte) error {
	return enum.Parse("End", text, endNames, (*int)(e))
}

// Chain returns the controller of o, the controller of that controller, and so on up to the topmost, and how
// the chain ends. The chain of an orphan is nil and ends with [Topmost]. If the end is [Gone] or [Replaced],
// the last element of the chain is the controller that does not exist.
//
// The function find returns the object that a Ref names, and whether it exists. It may search by UID, or by
// kind and name: in the namespace of o, or in the cluster for cluster-scoped kinds. Only a search by name can
// tell Replaced from Gone. A controller whose Ref has no UID is Gone; find is not called for it. Chain calls
// find at most 64 times, and at most once for the same UID.
func Chain(o Object, find func(Ref) (Object, bool)) ([]Ref, End) {
	var chain []Ref
	for o.ControlledBy != (Ref{}) {
		ref := o.ControlledBy
		if slices.ContainsFunc(chain, func(r Ref) bool { return r.UID == ref.UID }) {
			return chain, Cycle
		}
		if len(chain) == maxChain {
			return chain, TooDeep
		}
		chain = append(chain, ref)
		if ref.UID == "" {
			return chain, Gone
		}
		owner, found := find(ref)
		if !found {
			return chain, Gone
		}
		if owner.UID != ref.UID {
			return chain, Replaced
		}
		o = owner
	}
	return chain, Topmost
}
