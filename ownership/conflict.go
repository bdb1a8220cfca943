package ownership

import (
	"cmp"
	"iter"
	"slices"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// A Conflict is a pair of controllers that would both adopt the same orphans. The zero value is none.
type Conflict struct {
	A, B int // indices of the controllers; A is less than B

	// Example is a label set that both selectors match, as small as possible. Only read it: conflicts of the
	// same selectors share it.
	Example map[string]string

	// AllOfA: B's selector matches every object that A's selector matches, so both match every object that A
	// creates. AllOfB is the reverse. If neither is true, the selectors overlap only in objects with the
	// labels of both, such as app=web and tier=frontend.
	AllOfA, AllOfB bool
}

// Conflicts returns the pairs of controllers in which every object that matches one selector also matches the
// other. If an object that one of them creates becomes an orphan, both would adopt it. AllOfA or AllOfB is
// true for each pair. [Overlaps] yields all other pairs too.
//
// Conflicts skips a controller that must not act ([Controller.Acts]), and pairs with the same UID. Both
// controllers of a pair have the same namespace, or one of them is cluster-scoped. A controller that is not
// stored yet has no UID: set one before the call. Pass only controllers of the same kind of object. For
// example, ReplicaSets and StatefulSets control pods, but a Deployment controls ReplicaSets.
//
// The pairs are in order of A, then B; nil if there are none. The cost grows with n log n and with the number
// of pairs that it returns. In the worst case it takes n² comparisons; an attacker can construct such
// selectors.
//
// The Kubernetes documentation forbids such selectors, but the API server does not check them. The controller
// that sees an orphan first adopts it. Then it may delete a pod, because it has too many.
func Conflicts(cs []Controller) []Conflict {
	groups := groupBySelector(cs)
	selectors := make([]selector.Selector, len(groups))
	for i, g := range groups {
		selectors[i] = g.selector
	}
	implied, _ := implications(selectors)
	var conflicts []Conflict
	for i, g := range groups {
		if len(g.controllers) > 1 {
			example, _ := g.selector.Example()
			for a, b := range pairsWithin(cs, g) {
				conflicts = append(conflicts,
					Conflict{A: a, B: b, Example: example, AllOfA: true, AllOfB: true})
			}
		}
		for _, j := range implied[i] {
			both := slices.Contains(implied[j], i)
			if both && j < i {
				continue // found as j and i
			}
			example, _ := g.selector.Example() // of the smaller set: the other selector matches it too
			for a, b := range pairsBetween(cs, g, groups[j]) {
				c := Conflict{A: a, B: b, Example: example, AllOfA: true, AllOfB: both}
				if a > b {
					c = Conflict{A: b, B: a, Example: example, AllOfA: both, AllOfB: true}
				}
				conflicts = append(conflicts, c)
			}
		}
	}
	slices.SortFunc(conflicts, func(x, y Conflict) int {
		return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return conflicts
}

// Overlaps yields all pairs of controllers whose selectors overlap: those of [Conflicts], and pairs that
// overlap only in objects with the labels of both selectors. Such objects may never exist. Selectors with
// different keys nearly always overlap. The rules for pairs and their order are those of Conflicts.
//
// It looks at every pair, but keeps none: memory grows with the number of controllers, not of pairs.
func Overlaps(cs []Controller) iter.Seq[Conflict] {
	return func(yield func(Conflict) bool) {
		for a := range cs {
			if !cs[a].Acts() {
				continue
			}
			known := make(map[string]Conflict) // by the string of B's selector
			for b := a + 1; b < len(cs); b++ {
				if !cs[b].Acts() || !contend(&cs[a], &cs[b]) {
					continue
				}
				text := cs[b].Selector.String()
				c, found := known[text]
				if !found {
					c.Example, _ = cs[a].Selector.And(cs[b].Selector).Example()
					c.AllOfA = cs[a].Selector.Implies(cs[b].Selector)
					c.AllOfB = cs[b].Selector.Implies(cs[a].Selector)
					known[text] = c
				}
				c.A, c.B = a, b
				if c.Example != nil && !yield(c) {
					return
				}
			}
		}
	}
}

// contend reports whether two controllers could both adopt one object, but for its labels.
func contend(a, b *Controller) bool {
	return a.UID != b.UID && (a.Namespace == b.Namespace || a.Namespace == "" || b.Namespace == "")
}

// A group has the controllers of one selector.
type group struct {
	selector    selector.Selector
	controllers []int            // indices, ascending
	byNamespace map[string][]int // the same; cluster-scoped ones under ""
}

// groupBySelector returns the groups of the controllers that act, in order of their first controllers.
func groupBySelector(cs []Controller) []*group {
	var groups []*group
	byText := make(map[string]*group)
	for i := range cs {
		if !cs[i].Acts() {
			continue
		}
		text := cs[i].Selector.String()
		g := byText[text]
		if g == nil {
			g = &group{selector: cs[i].Selector, byNamespace: make(map[string][]int)}
			byText[text] = g
			groups = append(groups, g)
		}
		g.controllers = append(g.controllers, i)
		g.byNamespace[cs[i].Namespace] = append(g.byNamespace[cs[i].Namespace], i)
	}
	return groups
}

// pairsBetween yields the pairs of a controller of g and one of h that contend.
func pairsBetween(cs []Controller, g, h *group) iter.Seq2[int, int] {
	return func(yield func(a, b int) bool) {
		for _, a := range g.controllers {
			lists := [][]int{h.byNamespace[""], h.byNamespace[cs[a].Namespace]}
			if cs[a].Namespace == "" {
				lists = [][]int{h.controllers}
			}
			for _, list := range lists {
				for _, b := range list {
					if contend(&cs[a], &cs[b]) && !yield(a, b) {
						return
					}
				}
			}
		}
	}
}

// pairsWithin yields the pairs of controllers of one group that contend, the smaller index first.
func pairsWithin(cs []Controller, g *group) iter.Seq2[int, int] {
	return func(yield func(a, b int) bool) {
		for a, b := range pairsBetween(cs, g, g) {
			if a < b && !yield(a, b) {
				return
			}
		}
	}
}

// implications returns, for each selector, which other ones it implies, ascending, and how many pairs it
// compared. A selector that is implied by another matches each label set that the other matches. So it is
// enough to compare those that match one such set. The selectors are different and satisfiable.
func implications(selectors []selector.Selector) (implied [][]int, compared int) {
	var all index.Selectors[int]
	named := make(map[[2]string]int) // how many requirements name a value of a key
	for i, s := range selectors {
		all.Set(i, "", s)
		for _, r := range s.Requirements() {
			for _, value := range r.Values {
				named[[2]string{r.Key, value}]++
			}
		}
	}
	implied = make([][]int, len(selectors))
	for i, s := range selectors {
		for j := range all.Match("", witness(s, named)) {
			if i == j {
				continue
			}
			compared++
			if s.Implies(selectors[j]) {
				implied[i] = append(implied[i], j)
			}
		}
		slices.Sort(implied[i])
	}
	return implied, compared
}

// witness returns a label set that s matches. Where s leaves a choice, it has the value that the fewest
// requirements name, so that few other selectors match it.
func witness(s selector.Selector, named map[[2]string]int) map[string]string {
	labels, _ := s.Example()
	for _, r := range s.Requirements() {
		if r.Operator != selector.In {
			continue
		}
		best := labels[r.Key]
		for _, value := range r.Values {
			if named[[2]string{r.Key, value}] >= named[[2]string{r.Key, best}] {
				continue
			}
			labels[r.Key] = value
			if s.Matches(labels) {
				best = value
			}
		}
		labels[r.Key] = best
	}
	return labels
}
