package ownership

import (
	"slices"

	"github.com/rollcall-go/rollcall/selector"
)

// A Conflict is a pair of controllers that both adopt the same orphans. The zero value is none.
type Conflict struct {
	A, B int // which controllers, by their indices; A is less than B

	// Labels that both match, as few as possible. Only read them: conflicts of the same selectors share the map.
	Example map[string]string

	// AllOfA says that B matches whatever A does, so that both want every object that A creates; AllOfB is the other way round.
	// When neither holds, they meet only in objects with labels of both, such as app=web and tier=frontend.
	AllOfA, AllOfB bool
}

// Conflicts returns the pairs of controllers that fight: there is an orphan that both would [Adopt], such as one with the labels
// of the Example, in the namespace of either that has one. So both have a UID, and not the same; neither is being deleted; both
// reach one namespace; and their selectors, of which neither is Everything or Nothing, overlap. Pass controllers that claim
// objects of one kind: a Deployment and a ReplicaSet of the same labels do not fight.
//
// Without UID nothing is reported: give manifests that are not stored yet one of your own each.
//
// Selectors of different keys nearly always overlap, in objects that nobody may ever make. Those that fight over objects that
// one of them makes have AllOfA or AllOfB.
//
// The pairs are in order of A, then B. There are none, nil, when no two controllers fight. Every pair that shares a namespace is
// looked at.
//
// Upstream tells nobody, although its documentation forbids it: whoever comes first adopts, and then deletes what is too much.
func Conflicts(cs []Controller) []Conflict {
	type adopter struct {
		index    int
		selector int                    // the number of its text
		pins     []selector.Requirement // labels that must have one certain value
	}
	var adopters []adopter
	numbers := make(map[string]int)
	for i, c := range cs {
		if c.UID == "" || c.Deleting || c.Selector.IsEverything() {
			continue
		}
		pins := slices.DeleteFunc(c.Selector.Requirements(), func(r selector.Requirement) bool {
			return r.Operator != selector.In && r.Operator != selector.Equals || len(r.Values) != 1
		})
		text := c.Selector.String()
		number, known := numbers[text]
		if !known {
			number = len(numbers)
			numbers[text] = number
		}
		adopters = append(adopters, adopter{i, number, pins})
	}
	// The conflict of two selectors, by their numbers, so that many controllers of a few selectors take no algebra each. Without an
	// Example there is none.
	met := make(map[[2]int]Conflict)
	var conflicts []Conflict
	for n, a := range adopters {
		x := &cs[a.index]
		for _, b := range adopters[n+1:] {
			y := &cs[b.index]
			apart := x.Namespace != y.Namespace && x.Namespace != "" && y.Namespace != ""
			if apart || x.UID == y.UID || clash(a.pins, b.pins) {
				continue
			}
			c, known := met[[2]int{a.selector, b.selector}]
			if !known {
				c.Example, _ = x.Selector.And(y.Selector).Example()
				c.AllOfA, c.AllOfB = x.Selector.Implies(y.Selector), y.Selector.Implies(x.Selector)
				met[[2]int{a.selector, b.selector}] = c
			}
			if c.Example != nil {
				c.A, c.B = a.index, b.index
				conflicts = append(conflicts, c)
			}
		}
	}
	return conflicts
}

// clash reports whether one label must have a value here and another there. So it is with nearly all pairs of selectors that do
// not overlap, and asked first it spares the algebra.
func clash(a, b []selector.Requirement) bool {
	for i := range a {
		for j := range b {
			if a[i].Key == b[j].Key && a[i].Values[0] != b[j].Values[0] {
				return true
			}
		}
	}
	return false
}
