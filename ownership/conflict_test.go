package ownership_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

func selects(uid, namespace, text string) ownership.Controller {
	return ownership.Controller{Ref: ownership.Ref{Kind: "ReplicaSet", Name: uid, UID: uid}, Namespace: namespace, Selector: selector.MustParse(text)}
}

// fights returns the pairs of which one controller wants every object that the other creates.
func fights(overlaps []ownership.Conflict) (fights []ownership.Conflict) {
	for _, c := range overlaps {
		if c.AllOfA || c.AllOfB {
			fights = append(fights, c)
		}
	}
	return fights
}

func TestConflicts(t *testing.T) {
	deleting := selects("2", "shop", "app=web")
	deleting.Deleting = true
	nothing := selects("2", "shop", "")
	nothing.Selector = selector.Nothing()
	for _, tt := range []struct {
		name string
		cs   []ownership.Controller
		want []ownership.Conflict
	}{
		{"none", nil, nil},
		{"one", []ownership.Controller{selects("1", "shop", "app=web")}, nil},
		{"the same labels", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "shop", "app=web")},
			[]ownership.Conflict{{A: 0, B: 1, Example: map[string]string{"app": "web"}, AllOfA: true, AllOfB: true}}},
		{"labels that may be together", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "shop", "tier in (a,b),!canary")},
			[]ownership.Conflict{{A: 0, B: 1, Example: map[string]string{"app": "web", "tier": "a"}}}},
		{"no label at all", []ownership.Controller{selects("1", "shop", "app!=web"), selects("2", "shop", "!tier")},
			[]ownership.Conflict{{A: 0, B: 1, Example: map[string]string{}}}},
		{"one value and another", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "shop", "app=db")}, nil},
		{"one value, not in a list", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "shop", "app in (db,cache)")}, nil},
		{"one value, in a list", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "shop", "app in (db,web)")},
			[]ownership.Conflict{{A: 0, B: 1, Example: map[string]string{"app": "web"}, AllOfA: true}}},
		{"told apart by a second label", []ownership.Controller{selects("1", "shop", "app=web,!canary"), selects("2", "shop", "app=web,canary")}, nil},
		{"namespaces", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "bank", "app=web")}, nil},
		{"one is cluster-scoped", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "", "app=web"), selects("3", "bank", "app=web")},
			[]ownership.Conflict{{A: 0, B: 1, Example: map[string]string{"app": "web"}, AllOfA: true, AllOfB: true}, {A: 1, B: 2, Example: map[string]string{"app": "web"}, AllOfA: true, AllOfB: true}}},
		{"both are cluster-scoped", []ownership.Controller{selects("1", "", "app=web"), selects("2", "", "app")},
			[]ownership.Conflict{{A: 0, B: 1, Example: map[string]string{"app": "web"}, AllOfA: true}}},
		{"a controller twice", []ownership.Controller{selects("1", "shop", "app=web"), selects("1", "shop", "app=web")}, nil},
		{"no UID", []ownership.Controller{selects("1", "shop", "app=web"), selects("", "shop", "app=web"), selects("", "shop", "app=web")}, nil},
		{"being deleted", []ownership.Controller{selects("1", "shop", "app=web"), deleting}, nil},
		{"Everything", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "shop", "")}, nil},
		{"Nothing", []ownership.Controller{selects("1", "shop", "a"), nothing}, nil},
		{"a selector that contradicts itself", []ownership.Controller{selects("1", "shop", "app=web"), selects("2", "shop", "tier=a,tier=b")}, nil},
		{"in order", []ownership.Controller{selects("4", "shop", "b=1"), selects("3", "", "a=1"), selects("2", "shop", "a=2"), selects("1", "shop", "c=1")},
			[]ownership.Conflict{
				{A: 0, B: 1, Example: map[string]string{"a": "1", "b": "1"}}, {A: 0, B: 2, Example: map[string]string{"a": "2", "b": "1"}},
				{A: 0, B: 3, Example: map[string]string{"b": "1", "c": "1"}},
				{A: 1, B: 3, Example: map[string]string{"a": "1", "c": "1"}}, {A: 2, B: 3, Example: map[string]string{"a": "2", "c": "1"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, slices.Collect(ownership.Overlaps(tt.cs))); diff != "" {
				t.Errorf("Overlaps (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(fights(tt.want), ownership.Conflicts(tt.cs)); diff != "" {
				t.Errorf("Conflicts (-want +got):\n%s", diff)
			}
		})
	}
}

// A small world of orphans: two labels, each missing or of a value that the requirements below can tell
// apart, in each namespace.
func orphans() []ownership.Object {
	var all []ownership.Object
	values := []string{"missing", "0", "1", "2", "3", "z"}
	for _, namespace := range []string{"x", "y", "z"} {
		for _, a := range values {
			for _, b := range values {
				labels := map[string]string{"a": a, "b": b}
				for key, value := range labels {
					if value == "missing" {
						delete(labels, key)
					}
				}
				all = append(all, ownership.Object{Namespace: namespace, Labels: labels})
			}
		}
	}
	return all
}

func drawAdopter(t *rapid.T) ownership.Controller {
	requirement := rapid.Custom(func(t *rapid.T) selector.Requirement {
		r := selector.Requirement{
			Key: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"),
			Operator: rapid.SampledFrom([]selector.Operator{
				selector.In, selector.In, selector.NotIn, selector.Exists, selector.DoesNotExist,
				selector.Equals, selector.NotEquals, selector.GreaterThan, selector.LessThan,
			}).Draw(t, "operator"),
		}
		values := []string{"1", "2"}
		switch r.Operator {
		case selector.Exists, selector.DoesNotExist:
		case selector.In, selector.NotIn:
			r.Values = values[:rapid.IntRange(1, 2).Draw(t, "values")]
		default:
			r.Values = []string{rapid.SampledFrom(values).Draw(t, "value")}
		}
		return r
	})
	c := ownership.Controller{
		Ref:       ownership.Ref{UID: rapid.StringMatching("[1-9]").Draw(t, "uid")},
		Namespace: rapid.SampledFrom([]string{"x", "", "y"}).Draw(t, "namespace"),
		Selector:  check.Must(selector.New(rapid.SliceOfN(requirement, 1, 3).Draw(t, "requirements")...)),
	}
	switch rapid.IntRange(0, 20).Draw(t, "exception") {
	case 17:
		c.UID = ""
	case 18:
		c.Deleting = true
	case 19:
		c.Selector = selector.Everything()
	case 20:
		c.Selector = selector.Nothing()
	}
	return c
}

// Overlaps yields a pair if and only if both would adopt some orphan of the world. Conflicts returns the
// pairs of them that fight.
func TestOverlapsAgreeWithDecide(t *testing.T) {
	world := orphans()
	fought := 0
	rapid.Check(t, func(t *rapid.T) {
		cs := rapid.SliceOfN(rapid.Custom(drawAdopter), 2, 5).Draw(t, "controllers")
		adopts := func(c ownership.Controller, o ownership.Object) bool {
			d, _ := c.Decide(o)
			return d == ownership.Adopt
		}
		got := slices.Collect(ownership.Overlaps(cs))
		if diff := cmp.Diff(fights(got), ownership.Conflicts(cs), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Example" }, cmp.Ignore())); diff != "" {
			t.Fatalf("Conflicts (-Overlaps that fight +got):\n%s", diff)
		}
		for _, c := range ownership.Conflicts(cs) {
			if !cs[c.A].Selector.Matches(c.Example) || !cs[c.B].Selector.Matches(c.Example) {
				t.Fatalf("the example of %+v does not match both", c)
			}
		}
		rest := got
		for a := range cs {
			for b := a + 1; b < len(cs); b++ {
				both := func(o ownership.Object) bool { return cs[a].UID != cs[b].UID && adopts(cs[a], o) && adopts(cs[b], o) }
				fewest := -1
				for _, o := range world {
					if both(o) && (fewest < 0 || len(o.Labels) < fewest) {
						fewest = len(o.Labels)
					}
				}
				reported := len(rest) > 0 && rest[0].A == a && rest[0].B == b
				if reported != (fewest >= 0) {
					t.Fatalf("%d and %d: reported %v, want %v: %+v", a, b, reported, !reported, got)
				}
				if !reported {
					continue
				}
				fought++
				if n := len(rest[0].Example); n != fewest {
					t.Fatalf("%d and %d: the example has %d labels, want %d: %v", a, b, n, fewest, rest[0].Example)
				}
				if !slices.ContainsFunc([]string{"x", "y", "z"}, func(namespace string) bool {
					return both(ownership.Object{Namespace: namespace, Labels: rest[0].Example})
				}) {
					t.Fatalf("%d and %d do not both adopt %v", a, b, rest[0].Example)
				}
				onlyOf := func(x, y ownership.Controller) bool {
					return slices.ContainsFunc(world, func(o ownership.Object) bool { return x.Selector.Matches(o.Labels) && !y.Selector.Matches(o.Labels) })
				}
				// The world has not every value: where it shows none that only one matches, the algebra may.
				if rest[0].AllOfA && onlyOf(cs[a], cs[b]) || rest[0].AllOfB && onlyOf(cs[b], cs[a]) ||
					rest[0].AllOfA != cs[a].Selector.Implies(cs[b].Selector) || rest[0].AllOfB != cs[b].Selector.Implies(cs[a].Selector) {
					t.Fatalf("%v and %v: %+v", cs[a].Selector, cs[b].Selector, rest[0])
				}
				rest = rest[1:]
			}
		}
		if len(rest) > 0 || got != nil && len(got) == 0 {
			t.Fatalf("%+v is out of order, or there twice, or empty and not nil", got)
		}
	})
	if fought == 0 {
		t.Error("no two controllers ever fought")
	}
}
