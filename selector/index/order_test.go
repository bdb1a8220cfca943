package index_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// The content of an index does not depend on the order of changes, or on values and keys that were there
// before.

// drawMap draws some values, and a map that has only these.
func drawMap[V any](t *rapid.T, draw func(*rapid.T) V, sizes ...int) (map[int]V, []V) {
	kinds := make([]V, rapid.IntRange(1, 8).Draw(t, "kinds"))
	for i := range kinds {
		kinds[i] = draw(t)
	}
	m := map[int]V{}
	for i := range rapid.SampledFrom(sizes).Draw(t, "size") {
		m[i] = kinds[i*7919%8191%len(kinds)]
	}
	return m, kinds
}

// detour sets all of m in any order. Meanwhile it sets other keys and deletes them, sets other values and
// replaces them, and sets values twice.
func detour[V any](seed uint64, m map[int]V, kinds []V, set func(int, V), remove func(int)) {
	r := rand.New(rand.NewPCG(seed, 0))
	left := sorted(m)
	r.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	other := func() V { return kinds[r.IntN(len(kinds))] }
	foreign := map[int]bool{}
	for _, key := range left {
		switch r.IntN(6) {
		case 0: // another value first
			set(key, other())
		case 1: // another value, and deleted
			set(key, other())
			remove(key)
		case 2: // twice
			set(key, m[key])
		case 3: // a key that is deleted later
			k := len(m) + r.IntN(len(m)+1)
			foreign[k] = true
			set(k, other())
		case 4: // an unknown key
			remove(-1 - key)
		}
		set(key, m[key])
		for k := range foreign {
			if r.IntN(3) == 0 {
				remove(k)
				delete(foreign, k)
			}
		}
	}
	for k := range foreign {
		remove(k)
	}
}

func straight[V any](m map[int]V, set func(int, V)) {
	for _, key := range sorted(m) {
		set(key, m[key])
	}
}

func TestOrderOfObjectsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAlphabet(t, 2)
		m, kinds := drawMap(t, a.object, 0, 1, 5, 70, 300)
		var o, p index.Objects[int]
		straight(m, func(key int, v object) { o.Set(key, v.namespace, v.labels) })
		detour(rapid.Uint64().Draw(t, "seed"), m, kinds, func(key int, v object) { p.Set(key, v.namespace, v.labels) }, p.Delete)
		if o.Len() != p.Len() {
			t.Fatalf("%d objects, and %d after a detour", o.Len(), p.Len())
		}
		sels := []selector.Selector{selector.Everything(), a.selector(t), a.selector(t), a.selector(t)}
		for _, namespace := range asked {
			for _, sel := range sels {
				want := map[int]bool{}
				for key := range o.Select(namespace, sel) {
					want[key] = true
				}
				answers(t, "after a detour, "+sel.String(), p.Select(namespace, sel), want)
				if n := p.Count(namespace, sel); n != o.Count(namespace, sel) || n != len(want) {
					t.Fatalf("Count(%q, %q) = %d after a detour, want %d", namespace, sel, n, len(want))
				}
			}
		}
	})
}

func TestOrderOfSelectorsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAlphabet(t, 2)
		m, kinds := drawMap(t, a.namespaced, 0, 1, 5, 70, 300)
		var o, p index.Selectors[int]
		straight(m, func(key int, v namespaced) { o.Set(key, v.namespace, v.sel) })
		detour(rapid.Uint64().Draw(t, "seed"), m, kinds, func(key int, v namespaced) { p.Set(key, v.namespace, v.sel) }, p.Delete)
		if o.Len() != p.Len() {
			t.Fatalf("%d selectors, and %d after a detour", o.Len(), p.Len())
		}
		for _, labels := range []map[string]string{nil, a.labels(t), a.labels(t), a.labels(t)} {
			for _, namespace := range asked {
				want := map[int]bool{}
				for key := range o.Match(namespace, labels) {
					want[key] = true
				}
				answers(t, "after a detour, Match", p.Match(namespace, labels), want)
			}
		}
	})
}

// Objects first, selectors first, or both: the same pairs remain.
func TestOrderOfAJoinDoesNotMatter(t *testing.T) {
	type event = index.Event[int, int]
	rapid.Check(t, func(t *rapid.T) {
		a := drawAlphabet(t, 2)
		objects, someObjects := drawMap(t, a.object, 0, 1, 5, 40)
		selectors, someSelectors := drawMap(t, a.namespaced, 0, 1, 5, 12)
		seed := rapid.Uint64().Draw(t, "seed")
		var ways []map[event]bool
		for _, way := range []func(o, s func()){
			func(o, s func()) { o(); s() },
			func(o, s func()) { s(); o() },
			func(o, s func()) { s(); o(); s(); o() }, // with detours while the others are there
		} {
			var j index.Join[int, int]
			pairs := map[event]bool{}
			replay := func(events []event) {
				for _, e := range events {
					pair := event{e.Object, e.Selector, true}
					if pairs[pair] == e.Matches {
						t.Fatalf("%+v among %+v is no change", e, events)
					}
					if pairs[pair] = true; !e.Matches {
						delete(pairs, pair)
					}
				}
			}
			way(func() {
				detour(seed, objects, someObjects,
					func(key int, o object) { replay(j.SetObject(key, o.namespace, o.labels)) },
					func(key int) { replay(j.DeleteObject(key)) })
				seed++
			}, func() {
				detour(seed, selectors, someSelectors,
					func(key int, s namespaced) { replay(j.SetSelector(key, s.namespace, s.sel)) },
					func(key int) { replay(j.DeleteSelector(key)) })
				seed++
			})
			if ways = append(ways, pairs); !maps.Equal(pairs, ways[0]) {
				t.Fatalf("pairs in one order:\n%v\nin another:\n%v", ways[0], pairs)
			}
		}
	})
}
