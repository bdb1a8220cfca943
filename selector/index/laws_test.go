package index_test

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// The model of an index is a map, and a scan of it with selector.Matches.

type object struct {
	namespace string
	labels    map[string]string
}

type namespaced struct {
	namespace string
	sel       selector.Selector
}

type pair[O, S comparable] struct {
	object   O
	selector S
}

func selected[K comparable](objects map[K]object, namespace string, sel selector.Selector) map[K]bool {
	found := map[K]bool{}
	for key, o := range objects {
		if (namespace == "" || o.namespace == namespace) && sel.Matches(o.labels) {
			found[key] = true
		}
	}
	return found
}

func matched[K comparable](selectors map[K]namespaced, namespace string, labels map[string]string) map[K]bool {
	found := map[K]bool{}
	for key, s := range selectors {
		if (namespace == "" || s.namespace == "" || s.namespace == namespace) && s.sel.Matches(labels) {
			found[key] = true
		}
	}
	return found
}

// paired reports whether a pair matches. Unlike in matched, an empty namespace is that of a cluster-scoped
// object.
func paired(o object, s namespaced) bool {
	return (s.namespace == "" || s.namespace == o.namespace) && s.sel.Matches(o.labels)
}

// collect takes up to limit keys of a sequence. They must be wanted and distinct.
func collect[K comparable](t rapid.TB, what string, seq iter.Seq[K], want map[K]bool, limit int) {
	t.Helper()
	got := map[K]bool{}
	for key := range seq {
		if got[key] || !want[key] {
			t.Fatalf("%s yields %v, want it %s", what, key, map[bool]string{true: "once", false: "not at all"}[got[key]])
		}
		if got[key] = true; len(got) == limit { // an iterator that goes on panics
			break
		}
	}
	if len(got) != min(limit, len(want)) {
		t.Fatalf("%s yields %d keys, %v, want %d of %v", what, len(got), got, min(limit, len(want)), want)
	}
}

// answers checks that a sequence yields all of want in any order, also during and after another range over
// it.
func answers[K comparable](t rapid.TB, what string, seq iter.Seq[K], want map[K]bool) {
	t.Helper()
	collect(t, what, func(yield func(K) bool) {
		first := true
		for key := range seq {
			if first {
				collect(t, what+", within itself,", seq, want, len(want)/2+1)
			}
			if first = false; !yield(key) {
				return
			}
		}
	}, want, len(want)+1)
	collect(t, what+", once more,", seq, want, len(want)+1)
}

// lent calls f with a copy of labels. f must not change the copy; lent changes it afterwards.
func lent(t rapid.TB, labels map[string]string, f func(map[string]string)) {
	t.Helper()
	given := maps.Clone(labels)
	f(given)
	if !maps.Equal(given, labels) {
		t.Fatalf("%v was changed to %v", labels, given)
	}
	for key, value := range given {
		given[key] = value + "?"
	}
	if given != nil {
		given["a"], given["never"] = "b", ""
	}
}

// The types below have an index and its model. Every call goes to both.

type checkedObjects[K comparable] struct {
	index index.Objects[K]
	model map[K]object
}

func (c *checkedObjects[K]) set(t rapid.TB, key K, o object) {
	t.Helper()
	lent(t, o.labels, func(labels map[string]string) { c.index.Set(key, o.namespace, labels) })
	if c.model == nil {
		c.model = map[K]object{}
	}
	c.model[key] = o
	c.checkLen(t)
}

func (c *checkedObjects[K]) delete(t rapid.TB, key K) {
	t.Helper()
	c.index.Delete(key)
	delete(c.model, key)
	c.checkLen(t)
}

func (c *checkedObjects[K]) checkLen(t rapid.TB) {
	t.Helper()
	if got, want := c.index.Len(), len(c.model); got != want {
		t.Fatalf("Len() = %d, want %d", got, want)
	}
}

func (c *checkedObjects[K]) ask(t rapid.TB, namespace string, sel selector.Selector) {
	t.Helper()
	want := selected(c.model, namespace, sel)
	answers(t, fmt.Sprintf("Select(%q, %q)", namespace, sel), c.index.Select(namespace, sel), want)
	if n := c.index.Count(namespace, sel); n != len(want) {
		t.Fatalf("Count(%q, %q) = %d, want %d", namespace, sel, n, len(want))
	}
}

type checkedSelectors[K comparable] struct {
	index index.Selectors[K]
	model map[K]namespaced
}

func (c *checkedSelectors[K]) set(t rapid.TB, key K, s namespaced) {
	t.Helper()
	c.index.Set(key, s.namespace, s.sel)
	if c.model == nil {
		c.model = map[K]namespaced{}
	}
	c.model[key] = s
	c.checkLen(t)
}

func (c *checkedSelectors[K]) delete(t rapid.TB, key K) {
	t.Helper()
	c.index.Delete(key)
	delete(c.model, key)
	c.checkLen(t)
}

func (c *checkedSelectors[K]) checkLen(t rapid.TB) {
	t.Helper()
	if got, want := c.index.Len(), len(c.model); got != want {
		t.Fatalf("Len() = %d, want %d", got, want)
	}
}

func (c *checkedSelectors[K]) ask(t rapid.TB, namespace string, labels map[string]string) {
	t.Helper()
	lent(t, labels, func(given map[string]string) {
		want := matched(c.model, namespace, labels)
		answers(t, fmt.Sprintf("Match(%q, %v)", namespace, labels), c.index.Match(namespace, given), want)
	})
}

type checkedJoin[O, S comparable] struct {
	index     index.Join[O, S]
	objects   map[O]object
	selectors map[S]namespaced
	pairs     map[pair[O, S]]bool // according to the events

	last, kept []index.Event[O, S] // the events of the last call, and a copy
}

func (c *checkedJoin[O, S]) setObject(t rapid.TB, key O, o object) {
	t.Helper()
	before := c.ofObject(key)
	var events []index.Event[O, S]
	lent(t, o.labels, func(labels map[string]string) { events = c.index.SetObject(key, o.namespace, labels) })
	if c.objects == nil {
		c.objects = map[O]object{}
	}
	c.objects[key] = o
	c.replay(t, fmt.Sprintf("SetObject(%v, %q, %v)", key, o.namespace, o.labels), events, before, c.ofObject(key))
}

func (c *checkedJoin[O, S]) deleteObject(t rapid.TB, key O) {
	t.Helper()
	before := c.ofObject(key)
	delete(c.objects, key)
	c.replay(t, fmt.Sprintf("DeleteObject(%v)", key), c.index.DeleteObject(key), before, nil)
}

func (c *checkedJoin[O, S]) setSelector(t rapid.TB, key S, s namespaced) {
	t.Helper()
	before := c.ofSelector(key)
	events := c.index.SetSelector(key, s.namespace, s.sel)
	if c.selectors == nil {
		c.selectors = map[S]namespaced{}
	}
	c.selectors[key] = s
	c.replay(t, fmt.Sprintf("SetSelector(%v, %q, %q)", key, s.namespace, s.sel), events, before, c.ofSelector(key))
}

func (c *checkedJoin[O, S]) deleteSelector(t rapid.TB, key S) {
	t.Helper()
	before := c.ofSelector(key)
	delete(c.selectors, key)
	c.replay(t, fmt.Sprintf("DeleteSelector(%v)", key), c.index.DeleteSelector(key), before, nil)
}

func (c *checkedJoin[O, S]) ofObject(key O) map[pair[O, S]]bool {
	found := map[pair[O, S]]bool{}
	if o, ok := c.objects[key]; ok {
		for s := range c.selectors {
			if paired(o, c.selectors[s]) {
				found[pair[O, S]{key, s}] = true
			}
		}
	}
	return found
}

func (c *checkedJoin[O, S]) ofSelector(key S) map[pair[O, S]]bool {
	found := map[pair[O, S]]bool{}
	if s, ok := c.selectors[key]; ok {
		for o := range c.objects {
			if paired(c.objects[o], s) {
				found[pair[O, S]{o, key}] = true
			}
		}
	}
	return found
}

// replay compares events with the pairs before and after the change.
func (c *checkedJoin[O, S]) replay(t rapid.TB, what string, events []index.Event[O, S], before, after map[pair[O, S]]bool) {
	t.Helper()
	if len(events) == 0 && events != nil {
		t.Fatalf("%s gives an empty slice, want nil", what)
	}
	if c.pairs == nil {
		c.pairs = map[pair[O, S]]bool{}
	}
	seen := map[pair[O, S]]bool{}
	for _, e := range events {
		p := pair[O, S]{e.Object, e.Selector}
		if seen[p] || before[p] == after[p] || e.Matches != after[p] {
			t.Fatalf("%s gives %+v among %+v, the pair matched: %v, matches now: %v", what, e, events, before[p], after[p])
		}
		if seen[p] = true; e.Matches {
			c.pairs[p] = true
		} else {
			delete(c.pairs, p)
		}
	}
	for _, pairs := range []map[pair[O, S]]bool{before, after} {
		for p := range pairs {
			if before[p] != after[p] && !seen[p] {
				t.Fatalf("%s gives %+v, the pair %v is missing, which matched: %v, matches now: %v", what, events, p, before[p], after[p])
			}
		}
	}
	// The caller owns the events: later calls neither change nor read them.
	if !slices.Equal(c.last, c.kept) {
		t.Fatalf("%s changed the events before it from %+v to %+v", what, c.kept, c.last)
	}
	clear(c.last[:cap(c.last)])
	c.last, c.kept = events, slices.Clone(events)
}

// check compares all pairs with the model, from both sides.
func (c *checkedJoin[O, S]) check(t rapid.TB) {
	t.Helper()
	want, selectors := map[pair[O, S]]bool{}, map[S]map[O]bool{}
	for o := range c.objects {
		of := map[S]bool{}
		for p := range c.ofObject(o) {
			want[p], of[p.selector] = true, true
			if selectors[p.selector] == nil {
				selectors[p.selector] = map[O]bool{}
			}
			selectors[p.selector][o] = true
		}
		collect(t, fmt.Sprintf("Selectors(%v)", o), c.index.Selectors(o), of, len(of)+1)
		collect(t, fmt.Sprintf("Selectors(%v)", o), c.index.Selectors(o), of, 1)
	}
	for s := range c.selectors {
		collect(t, fmt.Sprintf("Objects(%v)", s), c.index.Objects(s), selectors[s], len(selectors[s])+1)
		collect(t, fmt.Sprintf("Objects(%v)", s), c.index.Objects(s), selectors[s], 1)
	}
	if !maps.Equal(c.pairs, want) {
		t.Fatalf("all events make the pairs %v, want %v", c.pairs, want)
	}
}

// An alphabet has the words of a history. In the small one, most changes concern the same things.
type alphabet struct {
	ids        int // of objects and selectors: 0 and up
	namespaces []string
	keys       []string
	values     []string // valid ones, for selectors
}

var (
	namespaces = []string{"", "n", "m"}
	asked      = []string{"", "n", "m", "elsewhere"} // no object is in the last

	small   = alphabet{6, namespaces, []string{"a", "b", "n"}, []string{"", "a", "b", "1", "2"}}
	large   = alphabet{700, slices.Clone(namespaces), []string{"a", "b", "n", "app", "tier", "example.com/name"}, slices.Clone(small.values)}
	invalid = []string{"-5", "+5", "1_0", "x y", "9223372036854775808", "-9223372036854775808"} // invalid values, or no integers
	numbers = []string{"0", "1", "2", "007", "9223372036854775807"}

	allOperators = []selector.Operator{
		selector.In, selector.NotIn, selector.Exists, selector.DoesNotExist,
		selector.Equals, selector.NotEquals, selector.GreaterThan, selector.LessThan,
	}
	negative = []selector.Operator{selector.NotIn, selector.DoesNotExist, selector.NotEquals}
)

func init() {
	large.values = append(large.values, numbers...)
	for i := range 40 {
		large.values = append(large.values, fmt.Sprintf("v%d", i))
	}
	for i := range 6 {
		large.namespaces = append(large.namespaces, fmt.Sprintf("n%d", i))
	}
}

// drawAlphabet draws the large alphabet once in oneIn times.
func drawAlphabet(t *rapid.T, oneIn int) alphabet {
	if rapid.IntRange(1, oneIn).Draw(t, "large when 1") == 1 {
		return large
	}
	return small
}

func (a alphabet) id(t *rapid.T) int     { return rapid.IntRange(0, a.ids-1).Draw(t, "id") }
func (a alphabet) key(t *rapid.T) string { return rapid.SampledFrom(a.keys).Draw(t, "key") }
func (a alphabet) namespace(t *rapid.T) string {
	return rapid.SampledFrom(a.namespaces).Draw(t, "namespace")
}

func (a alphabet) stored(t *rapid.T) string {
	return rapid.SampledFrom(slices.Concat(a.values, a.values, invalid)).Draw(t, "value")
}

func (a alphabet) labels(t *rapid.T) map[string]string {
	var labels map[string]string
	for _, key := range a.keys {
		if rapid.IntRange(0, 2).Draw(t, "missing when 0") > 0 {
			if labels == nil {
				labels = map[string]string{}
			}
			labels[key] = a.stored(t)
		}
	}
	return labels
}

func (a alphabet) object(t *rapid.T) object         { return object{a.namespace(t), a.labels(t)} }
func (a alphabet) namespaced(t *rapid.T) namespaced { return namespaced{a.namespace(t), a.selector(t)} }

func (a alphabet) requirement(t *rapid.T, operators []selector.Operator) selector.Requirement {
	r := selector.Requirement{Key: a.key(t), Operator: rapid.SampledFrom(operators).Draw(t, "operator")}
	if rapid.IntRange(0, 9).Draw(t, "never when 0") == 0 {
		r.Key = "never"
	}
	switch r.Operator {
	case selector.In, selector.NotIn:
		n, from := rapid.SampledFrom([]int{1, 2, 3, 8, 40}).Draw(t, "values"), rapid.IntRange(0, len(a.values)-1).Draw(t, "from")
		for i := range n { // again from the start if there are fewer
			r.Values = append(r.Values, a.values[(from+i)%len(a.values)])
		}
		if rapid.Bool().Draw(t, "one twice") {
			r.Values = append(r.Values, r.Values[0])
		}
	case selector.Equals, selector.NotEquals:
		r.Values = []string{rapid.SampledFrom(a.values).Draw(t, "value")}
	case selector.GreaterThan, selector.LessThan:
		r.Values = []string{rapid.SampledFrom(numbers).Draw(t, "number")}
	}
	return r
}

func (a alphabet) selector(t *rapid.T) selector.Selector {
	operators := allOperators
	switch rapid.SampledFrom([]string{"any", "any", "any", "negative", "nothing", "everything"}).Draw(t, "kind") {
	case "nothing":
		return selector.Nothing()
	case "everything":
		return selector.Everything()
	case "negative":
		operators = negative
	}
	reqs := make([]selector.Requirement, rapid.SampledFrom([]int{1, 1, 2, 2, 3, 4, 12}).Draw(t, "requirements"))
	for i := range reqs {
		reqs[i] = a.requirement(t, operators)
	}
	return mustNew(t, reqs...)
}

func mustNew(t interface{ Fatal(...any) }, reqs ...selector.Requirement) selector.Selector {
	s, err := selector.New(reqs...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// one returns the selector of one requirement.
func one(t interface{ Fatal(...any) }, key string, op selector.Operator, values ...string) selector.Selector {
	return mustNew(t, selector.Requirement{Key: key, Operator: op, Values: values})
}

// many draws a function that chooses every one, every second, or so few that a list is shorter than a bitmap.
func many(t *rapid.T) func(i int) bool {
	every := rapid.SampledFrom([]int{1, 1, 2, 4, 31, 32, 33, 64}).Draw(t, "every")
	return func(i int) bool { return i%every == 0 }
}

// bulk draws a range of ids.
func (a alphabet) bulk(t *rapid.T, n ...int) []int {
	ids := make([]int, min(a.ids, rapid.SampledFrom(n).Draw(t, "many")))
	from := a.id(t)
	for i := range ids {
		ids[i] = (from + i) % a.ids
	}
	return ids
}

// relabelled returns labels with another value of a key, or without it.
func relabelled(labels map[string]string, key, value string, missing bool) map[string]string {
	changed := maps.Clone(labels)
	if changed == nil {
		changed = map[string]string{}
	}
	changed[key] = value
	if missing {
		delete(changed, key)
	}
	return changed
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func TestObjectsAgreeWithAScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAlphabet(t, 3)
		var c checkedObjects[int]
		probes := []selector.Selector{
			selector.Everything(), one(t, "a", selector.Exists), one(t, "a", selector.DoesNotExist), one(t, "b", selector.NotIn, "", "a"),
			one(t, "n", selector.GreaterThan, "0"), one(t, "b", selector.In, "a", "b", ""), one(t, "never", selector.DoesNotExist),
		}
		step := 0
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				c.ask(t, asked[step%4], probes[step%7])
				step++
			},
			"set":    func(t *rapid.T) { c.set(t, a.id(t), a.object(t)) },
			"delete": func(t *rapid.T) { c.delete(t, a.id(t)) },
			"select": func(t *rapid.T) {
				sel := a.selector(t)
				for _, namespace := range append(asked, a.namespace(t)) {
					c.ask(t, namespace, sel)
				}
			},
			"change": func(t *rapid.T) { // nothing, one label, or only the namespace
				id := a.id(t)
				o, ok := c.model[id]
				if !ok {
					return
				}
				switch rapid.IntRange(0, 3).Draw(t, "what") {
				case 0:
					o.namespace = a.namespace(t)
				case 1, 2:
					o.labels = relabelled(o.labels, a.key(t), a.stored(t), rapid.Bool().Draw(t, "missing"))
				}
				c.set(t, id, o)
			},
			"add many": func(t *rapid.T) {
				o, key, value, with := a.object(t), a.key(t), a.stored(t), many(t)
				scattered := rapid.Bool().Draw(t, "in all namespaces")
				for i, id := range a.bulk(t, 40, 200, 400) {
					if scattered {
						o.namespace = a.namespaces[id%len(a.namespaces)]
					}
					c.set(t, id, object{o.namespace, relabelled(o.labels, key, value, !with(i))})
				}
			},
			"delete three quarters": func(t *rapid.T) {
				keep := rapid.IntRange(0, 4).Draw(t, "keep") // 4: none
				for i, id := range sorted(c.model) {
					if i%4 != keep {
						c.delete(t, id)
					}
				}
			},
			"relabel all": func(t *rapid.T) {
				key, value, missing, these := a.key(t), a.stored(t), rapid.Bool().Draw(t, "missing"), many(t)
				for i, id := range sorted(c.model) {
					if o := c.model[id]; these(i) {
						c.set(t, id, object{o.namespace, relabelled(o.labels, key, value, missing)})
					}
				}
			},
			"values of their own": func(t *rapid.T) { // as names are; the index drops many terms when all are relabelled
				key := a.key(t)
				for _, id := range sorted(c.model) {
					o := c.model[id]
					c.set(t, id, object{o.namespace, relabelled(o.labels, key, fmt.Sprintf("v%d", id), false)})
				}
			},
		})
	})
}

func TestSelectorsAgreeWithAScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAlphabet(t, 3)
		var c checkedSelectors[int]
		probes := []map[string]string{
			nil, {}, {"a": ""}, {"a": "a", "b": "b"}, {"n": "1"}, {"n": "-5", "a": "1"}, {"never": ""},
		}
		step := 0
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				c.ask(t, asked[step%4], probes[step%7])
				step++
			},
			"set":    func(t *rapid.T) { c.set(t, a.id(t), a.namespaced(t)) },
			"delete": func(t *rapid.T) { c.delete(t, a.id(t)) },
			"match": func(t *rapid.T) {
				labels := a.labels(t)
				for _, namespace := range append(asked, a.namespace(t)) {
					c.ask(t, namespace, labels)
				}
			},
			"change": func(t *rapid.T) { // nothing, one more requirement, or only the namespace
				id := a.id(t)
				s, ok := c.model[id]
				if !ok {
					return
				}
				switch rapid.IntRange(0, 2).Draw(t, "what") {
				case 0:
					s.namespace = a.namespace(t)
				case 1:
					s.sel = s.sel.And(mustNew(t, a.requirement(t, allOperators)))
				}
				c.set(t, id, s)
			},
			"add many": func(t *rapid.T) { // equal selectors, or each with one more requirement
				s, key, with := a.namespaced(t), a.key(t), many(t)
				scattered := rapid.Bool().Draw(t, "in all namespaces")
				for i, id := range a.bulk(t, 40, 200, 400) {
					own := s
					if with(i) {
						own.sel = s.sel.And(one(t, key, selector.Equals, a.values[i%len(a.values)]))
					}
					if scattered {
						own.namespace = a.namespaces[id%len(a.namespaces)]
					}
					c.set(t, id, own)
				}
			},
			"delete three quarters": func(t *rapid.T) {
				keep := rapid.IntRange(0, 4).Draw(t, "keep") // 4: none
				for i, id := range sorted(c.model) {
					if i%4 != keep {
						c.delete(t, id)
					}
				}
			},
			"values of their own": func(t *rapid.T) {
				key := a.key(t)
				for _, id := range sorted(c.model) {
					c.set(t, id, namespaced{c.model[id].namespace, one(t, key, selector.In, "b", fmt.Sprintf("v%d", id))})
				}
			},
			"replace all": func(t *rapid.T) {
				s, these := a.namespaced(t), many(t)
				for i, id := range sorted(c.model) {
					if these(i) {
						c.set(t, id, s)
					}
				}
			},
		})
	})
}

func TestJoinAgreesWithAScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAlphabet(t, 8)
		few := a
		few.ids = 12
		var c checkedJoin[int, string]
		name := func(id int) string { return fmt.Sprintf("s%d", id) }
		t.Repeat(map[string]func(*rapid.T){
			"":                func(t *rapid.T) { c.check(t) },
			"set object":      func(t *rapid.T) { c.setObject(t, a.id(t), a.object(t)) },
			"delete object":   func(t *rapid.T) { c.deleteObject(t, a.id(t)) },
			"set selector":    func(t *rapid.T) { c.setSelector(t, name(few.id(t)), a.namespaced(t)) },
			"delete selector": func(t *rapid.T) { c.deleteSelector(t, name(few.id(t))) },
			"change object": func(t *rapid.T) {
				id := a.id(t)
				o, ok := c.objects[id]
				if !ok {
					return
				}
				switch rapid.IntRange(0, 3).Draw(t, "what") {
				case 0:
					o.namespace = a.namespace(t)
				case 1, 2:
					o.labels = relabelled(o.labels, a.key(t), a.stored(t), rapid.Bool().Draw(t, "missing"))
				}
				c.setObject(t, id, o)
			},
			"change selector": func(t *rapid.T) {
				id := name(few.id(t))
				s, ok := c.selectors[id]
				if !ok {
					return
				}
				switch rapid.IntRange(0, 2).Draw(t, "what") {
				case 0:
					s.namespace = a.namespace(t)
				case 1:
					s.sel = s.sel.And(mustNew(t, a.requirement(t, allOperators)))
				}
				c.setSelector(t, id, s)
			},
			"add many objects": func(t *rapid.T) {
				o, key, value, with := a.object(t), a.key(t), a.stored(t), many(t)
				for i, id := range a.bulk(t, 10, 100, 200) {
					c.setObject(t, id, object{a.namespaces[id%len(a.namespaces)], relabelled(o.labels, key, value, !with(i))})
				}
			},
			"add many selectors": func(t *rapid.T) {
				s, key := a.namespaced(t), a.key(t)
				for i, id := range few.bulk(t, 4, 12) {
					c.setSelector(t, name(id), namespaced{s.namespace, s.sel.And(one(t, key, selector.Equals, a.values[i%len(a.values)]))})
				}
			},
			"delete three quarters": func(t *rapid.T) {
				keep := rapid.IntRange(0, 4).Draw(t, "keep") // 4: none
				for i, id := range sorted(c.objects) {
					if i%4 != keep {
						c.deleteObject(t, id)
					}
				}
			},
			"relabel all": func(t *rapid.T) {
				key, value, missing, these := a.key(t), a.stored(t), rapid.Bool().Draw(t, "missing"), many(t)
				for i, id := range sorted(c.objects) {
					if o := c.objects[id]; these(i) {
						c.setObject(t, id, object{o.namespace, relabelled(o.labels, key, value, missing)})
					}
				}
			},
		})
	})
}

// A label of all, many or few objects, while objects are added and deleted in both orders. Postings change
// their form, grow and shrink, with sizes around multiples of a word.
func TestDensities(t *testing.T) {
	var sels []selector.Selector
	for _, text := range []string{
		"", "dense", "!dense", "sparse", "!sparse", "sparse=0", "sparse!=0", "dense,sparse", "dense,!sparse", "!dense,sparse",
		"!dense,!sparse", "sparse notin (0,1)", "sparse in (0,1,2)", "sparse>0", "sparse<1,dense", "id=5", "id!=5", "id in (1,2,3),dense",
		"id in (0,1,2,3,4,5,6,7,8,9,63,64,65,127,128),!sparse", "id,id notin (0,64)", "dense=yes,dense!=yes",
		"sparse,id in (0,1,2,3,4,5,6,7,8,9,10,200,400)", "dense,id notin (0,1,2,3,4,5,6,7,8,9,10)", "dense,sparse notin (0,1,2,3)",
	} {
		sels = append(sels, selector.MustParse(text))
	}
	for _, op := range []selector.Operator{selector.In, selector.NotIn} { // a value that is listed twice counts once
		sels = append(sels, one(t, "sparse", op, "0", "0", "1"), one(t, "id", op, "5", "5"))
	}
	for _, n := range []int{1, 31, 32, 33, 63, 64, 65, 129, 1000} {
		for _, every := range []int{2, 16, 31, 32, 33, 64, 200} {
			if n == 1000 && every < 31 {
				continue // slow, and like 129
			}
			var c checkedObjects[int]
			ask := func() {
				t.Helper()
				for i, sel := range sels {
					c.ask(t, "", sel)
					c.ask(t, asked[i%4], sel)
				}
			}
			set := func(i, sparse int) {
				labels := map[string]string{"id": fmt.Sprint(i)}
				if i%every == sparse {
					labels["sparse"] = fmt.Sprint(i / every % 3)
				} else {
					labels["dense"] = "yes"
				}
				c.set(t, i, object{namespaces[min(2, i*4/n)], labels})
			}
			for i := range n {
				set(i, 0)
			}
			ask()
			for i := range n { // all others have the label
				set(i, 1)
			}
			ask()
			for i := range n { // back in the other direction
				if set(n-1-i, 0); i == n/2 {
					ask()
				}
			}
			for i := range n {
				if i%4 != 1 {
					c.delete(t, i)
				}
			}
			ask()
			for i := n / 2; i < n; i++ { // IDs are reused
				set(i, 0)
			}
			ask()
			for i := range n {
				c.delete(t, n-1-i)
			}
			ask()
			set(0, 0)
			ask()
		}
	}
}

// More labels and requirements than any array of a fixed size has.
func TestWide(t *testing.T) {
	labels := map[string]string{}
	var reqs, negatives []selector.Requirement
	for i := range 100 {
		key := fmt.Sprintf("k%d", i)
		labels[key] = fmt.Sprint(i)
		reqs = append(reqs, selector.Requirement{Key: key, Operator: selector.In, Values: []string{fmt.Sprint(i), fmt.Sprint(i + 1)}})
		negatives = append(negatives, selector.Requirement{Key: key, Operator: selector.NotEquals, Values: []string{fmt.Sprint(i)}})
	}
	sels := []selector.Selector{selector.Everything(), mustNew(t, reqs...), mustNew(t, negatives...), one(t, "k99", selector.Exists)}
	for i := range 100 { // each label is found by asking the selector
		sels = append(sels, one(t, fmt.Sprintf("k%d", i), selector.GreaterThan, fmt.Sprint(i)))
	}
	var o checkedObjects[int]
	var s checkedSelectors[int]
	var j checkedJoin[int, int]
	for i := range 100 {
		own := object{"n", relabelled(labels, fmt.Sprintf("k%d", i), fmt.Sprint(i+i%2), i%3 == 0)}
		o.set(t, i, own)
		j.setObject(t, i, own)
	}
	o.set(t, 100, object{"n", nil})
	for i, sel := range sels {
		s.set(t, i, namespaced{"n", sel})
		j.setSelector(t, i, namespaced{"n", sel})
		o.ask(t, "n", sel)
	}
	for i := range 100 {
		s.ask(t, "n", o.model[i].labels)
	}
	for i := range 100 { // now with one label each
		own := object{"n", map[string]string{fmt.Sprintf("k%d", i): "0"}}
		o.set(t, i, own)
		j.setObject(t, i, own)
	}
	for _, sel := range sels {
		o.ask(t, "n", sel)
	}
	j.check(t)
}
