package index_test

import (
	"maps"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// An index does not keep the caller's map: changing the map later changes nothing.
func TestNoSharedMemory(t *testing.T) {
	web, db := selector.MustParse("app=web"), selector.MustParse("app=db")
	labels := map[string]string{"app": "web"}
	var o index.Objects[string]
	var j index.Join[string, string]
	j.SetSelector("web", "", web)
	o.Set("pod", "shop", labels)
	first := j.SetObject("pod", "shop", labels)
	if diff := cmp.Diff([]index.Event[string, string]{{Object: "pod", Selector: "web", Matches: true}}, first); diff != "" {
		t.Fatalf("events (-want +got):\n%s", diff)
	}

	labels["app"] = "db"
	if o.Count("", web) != 1 || o.Count("", db) != 0 {
		t.Errorf("a change of the caller's map changes the object")
	}
	if events := j.SetSelector("db", "", db); events != nil {
		t.Errorf("a change of the caller's map changes the object: %+v", events)
	}
	// Both remove the labels that the map had when they were set, not those that it has now.
	o.Set("pod", "shop", labels)
	if o.Count("", web) != 0 || o.Count("", db) != 1 {
		t.Errorf("an object set again with its map, which has changed, does not change")
	}
	events := j.SetObject("pod", "shop", labels)
	slices.SortFunc(events, func(a, b index.Event[string, string]) int { return len(a.Selector) - len(b.Selector) })
	if diff := cmp.Diff([]index.Event[string, string]{{Object: "pod", Selector: "db", Matches: true}, {Object: "pod", Selector: "web"}}, events); diff != "" {
		t.Errorf("events of the changed map (-want +got):\n%s", diff)
	}
	clear(labels)
	o.Delete("pod")
	if o.Len() != 0 || o.Count("", selector.Everything()) != 0 || o.Count("", db) != 0 {
		t.Errorf("a deleted object remains")
	}
	if events := j.DeleteObject("pod"); len(events) != 1 {
		t.Errorf("events of a deleted object: got %+v, want one", events)
	}
	if len(first) != 1 || !first[0].Matches {
		t.Errorf("the first events changed to %+v", first)
	}
}

// Zero values are empty. Deleting unknown keys changes nothing.
func TestZeroValues(t *testing.T) {
	var o checkedObjects[string]
	var s checkedSelectors[string]
	var j checkedJoin[string, string]
	for range 2 {
		for _, namespace := range asked {
			o.ask(t, namespace, selector.Everything())
			o.ask(t, namespace, selector.MustParse("!a"))
			s.ask(t, namespace, nil)
		}
		o.delete(t, "")
		s.delete(t, "")
		j.deleteObject(t, "")
		j.deleteSelector(t, "")
	}
	// The zero key and the zero selector are valid.
	o.set(t, "", object{})
	o.ask(t, "", selector.Selector{})
	s.set(t, "", namespaced{})
	s.ask(t, "n", nil)
	j.setObject(t, "", object{})
	j.setSelector(t, "", namespaced{})
	j.check(t)
}

func testKeys[K comparable](t *testing.T, keys ...K) {
	var o checkedObjects[K]
	var s checkedSelectors[K]
	var j checkedJoin[K, K]
	for round := range 3 { // set, replaced, and set after a deletion
		for i, key := range keys {
			n := object{namespaces[i%3], map[string]string{"app": []string{"web", "db"}[(i+round)%2]}}
			f := namespaced{namespaces[i%2], selector.MustParse([]string{"app=web", "app!=web"}[(i+round)%2])}
			o.set(t, key, n)
			s.set(t, key, f)
			j.setObject(t, key, n)
			j.setSelector(t, key, f)
			o.ask(t, "", f.sel)
			s.ask(t, "", n.labels)
		}
		if round == 1 {
			for _, key := range keys[1:] {
				o.delete(t, key)
				s.delete(t, key)
				j.deleteObject(t, key)
				j.deleteSelector(t, key)
			}
			o.ask(t, "", selector.Everything())
			s.ask(t, "", map[string]string{"app": "db"})
		}
		j.check(t)
	}
}

func TestKeys(t *testing.T) {
	type name struct{ namespace, name string }
	t.Run("string", func(t *testing.T) { testKeys(t, "", "a", "b", "c") })
	t.Run("int", func(t *testing.T) { testKeys(t, 0, -1, 1, math.MaxInt) })
	t.Run("struct", func(t *testing.T) { testKeys(t, name{}, name{"a", ""}, name{"", "a"}, name{"a", "a"}) })
	t.Run("pointer", func(t *testing.T) { testKeys(t, nil, new(int), new(int), new(int)) })
	t.Run("interface", func(t *testing.T) { testKeys[any](t, nil, 1, int64(1), "1", name{}, [1]string{}) })
}

// A change during a range panics.
func TestChangeWhileRanging(t *testing.T) {
	panics := func(what string, f func()) {
		t.Helper()
		defer func() {
			if got := recover(); got != "index: changed during a range; collect the keys first" {
				t.Errorf("%s: panics with %v", what, got)
			}
		}()
		f()
	}
	app := selector.MustParse("app")
	labels := map[string]string{"app": "web"}
	for _, n := range []int{2, 5, 50, 500} {
		for what, change := range map[string]func(*index.Objects[int], int){
			"delete":  func(o *index.Objects[int], i int) { o.Delete(i) },
			"relabel": func(o *index.Objects[int], i int) { o.Set(i, "", nil) },
			"move":    func(o *index.Objects[int], i int) { o.Set(i, "n", labels) },
			"add":     func(o *index.Objects[int], i int) { o.Set(i-n, "", labels) },
		} {
			var o index.Objects[int]
			for i := range n {
				o.Set(i, "", labels)
			}
			for i := range o.Select("", app) { // calls that change nothing do not panic
				o.Set(i, "", labels)
				o.Delete(-n - 1)
			}
			panics(what, func() {
				for i := range o.Select("", app) {
					change(&o, i)
				}
			})
			for i := range o.Select("", app) { // a change after the range does not panic
				change(&o, i)
				break
			}
		}

		var s index.Selectors[int]
		var j index.Join[int, int]
		j.SetSelector(0, "", app)
		for i := range n {
			s.Set(i, "", app)
			j.SetObject(i, "", labels)
			j.SetSelector(i, "", app)
		}
		panics("delete", func() {
			for i := range s.Match("", labels) {
				s.Delete(i)
			}
		})
		panics("add", func() {
			for i := range s.Match("", labels) {
				s.Set(i-n, "", app)
			}
		})
		panics("a Join", func() {
			for i := range j.Objects(0) {
				j.DeleteObject(i)
			}
		})
		panics("a Join", func() {
			for i := range j.Selectors(n - 1) {
				j.DeleteSelector(i)
			}
		})
		j.SetSelector(n, "", app)
		panics("a Join's selectors during a range over its objects", func() {
			for range j.Objects(n) {
				j.DeleteSelector(n)
			}
		})
		panics("a Join's objects during a range over its selectors", func() {
			for range j.Selectors(n - 1) {
				j.DeleteObject(n - 1)
			}
		})
	}
}

// Any number of goroutines may read an index at the same time.
func TestReadersAtOnce(t *testing.T) {
	var o index.Objects[int]
	var s index.Selectors[int]
	objects, selectors := map[int]object{}, map[int]namespaced{}
	sels, labels := worldSelectors(t, false), worldLabels(missing, "1", "-5")
	for i := range 300 {
		objects[i] = object{namespaces[i%3], labels[i%len(labels)]}
		selectors[i] = namespaced{namespaces[i%3], sels[i%len(sels)]}
		o.Set(i, objects[i].namespace, objects[i].labels)
		s.Set(i, selectors[i].namespace, selectors[i].sel)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i, sel := range sels {
				namespace := asked[(i+g)%4]
				got := map[int]bool{}
				for key := range o.Select(namespace, sel) {
					got[key] = true
				}
				if want := selected(objects, namespace, sel); !maps.Equal(got, want) || o.Count(namespace, sel) != len(want) {
					t.Errorf("Select(%q, %q) = %v, want %v", namespace, sel, got, want)
				}
				got, l := map[int]bool{}, labels[i%len(labels)]
				for key := range s.Match(namespace, l) {
					got[key] = true
				}
				if want := matched(selectors, namespace, l); !maps.Equal(got, want) {
					t.Errorf("Match(%q, %v) = %v, want %v", namespace, l, got, want)
				}
			}
		})
	}
	wg.Wait()
}
