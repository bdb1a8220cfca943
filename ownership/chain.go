package ownership

import "github.com/rollcall-go/rollcall/internal/enum"

// An End says how a chain of controllers ends. The zero value is unset.
type End int

// The ends.
const (
	Topmost  End = 1 + iota // at an object that has no controller
	Dangling                // at a controller that was not found
	Cycle                   // at a controller that is in the chain already
)

var endNames = []string{
	0:        "Unset",
	Topmost:  "Topmost",
	Dangling: "Dangling",
	Cycle:    "Cycle",
}

// String returns the name of the end, as in "Topmost".
func (e End) String() string { return enum.Name("End", int(e), endNames) }

// MarshalText returns String; it never fails.
func (e End) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText sets e to the value of that name. For another text it returns an error and leaves e alone.
func (e *End) UnmarshalText(text []byte) error {
	return enum.Parse("End", text, endNames, (*int)(e))
}

// Chain returns o's controller, that one's controller, and so on to the topmost, and how the chain ends. An orphan has
// none and is [Topmost] itself. When the end is [Dangling], the last of the chain is the one that was not found.
//
// find returns the object that a Ref names, looked up by UID or by kind and name. A controller is not found when find says
// so, when the object's UID is another, or when the Ref has none. find is not asked about the same UID twice.
func Chain(o Object, find func(Ref) (Object, bool)) ([]Ref, End) {
	var chain []Ref
	seen := map[string]bool{} // by UID
	for o.ControlledBy != (Ref{}) {
		ref := o.ControlledBy
		if seen[ref.UID] {
			return chain, Cycle
		}
		seen[ref.UID] = true
		chain = append(chain, ref)
		var found bool
		if o, found = find(ref); !found || o.UID != ref.UID || ref.UID == "" {
			return chain, Dangling
		}
	}
	return chain, Topmost
}
