package ownership

import (
	"slices"

	"github.com/rollcall-go/rollcall/internal/enum"
)

// An End says how a chain of controllers ends. The zero value is unset.
type End int

// The ends.
const (
	Topmost  End = 1 + iota // at an object that has no controller
	Gone                    // at a controller that is not there
	Replaced                // at a controller that is not there, but a new object has taken its name
	Cycle                   // at a controller that is in the chain already
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

// maxChain is how many controllers a chain has at most. Above a pod of Kubernetes' own controllers there are
// one or two.
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

// Chain returns o's controller, that one's controller, and so on to the topmost, and how the chain ends. The
// chain of an orphan is nil, and its end [Topmost]. When the end is [Gone] or [Replaced], the last of the
// chain is the controller that is not there.
//
// find returns the object that a Ref names and whether there is one. It may look it up by UID, or by kind and
// name in o's namespace and, for kinds without one, in the cluster; only the latter can tell Replaced from
// Gone. A controller whose Ref has no UID is Gone without asking. find is asked at most 64 times, and not
// twice about the same UID.
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
