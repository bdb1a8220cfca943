package index_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// listOf returns the values 0 to n-1 as a list of the text form.
func listOf(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	return "(" + strings.Join(values, ",") + ")"
}

// wide returns a label set with n labels, and a selector of n lists that matches it.
func wide(n, value int) (map[string]string, selector.Selector) {
	labels, reqs := map[string]string{}, make([]string, n)
	for i := range n {
		labels[fmt.Sprint("k", i)] = fmt.Sprint(value)
		reqs[i] = fmt.Sprintf("k%d in %s", i, listOf(20))
	}
	return labels, selector.MustParse(strings.Join(reqs, ","))
}

// The work is proportional to n, or to n log n, whatever the labels and the selectors are.
func TestWork(t *testing.T) {
	parsed := func(n int, format string) []selector.Selector {
		selectors := make([]selector.Selector, n)
		for to, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
			selectors[to] = selector.MustParse(fmt.Sprintf(format, i))
		}
		return selectors
	}
	check.Work(t, 300, []check.Case{
		{Name: "n changes of the last of n objects", Prepare: func(n int) func() {
			var o index.Objects[int]
			for i := range n {
				o.Set(i, "", map[string]string{"app": "web", "zone": fmt.Sprint(i % 3)})
			}
			return func() {
				for i := range n {
					o.Set(n-1, "", map[string]string{"app": "web", "zone": fmt.Sprint(i % 2)})
				}
			}
		}},
		{Name: "Objects.Set and Delete of n objects", Prepare: func(n int) func() {
			return func() {
				var o index.Objects[int]
				for i := range n {
					o.Set(n-i, "", map[string]string{"app": "web", "name": fmt.Sprint(i)})
				}
				for i := range n {
					o.Delete(n - i)
				}
			}
		}},
		{Name: "Select of n lists over n labels", Prepare: func(n int) func() {
			var o index.Objects[int]
			_, sel := wide(n, 0)
			for i := range 20 {
				labels, _ := wide(n, i)
				o.Set(i, "", labels)
			}
			return func() { o.Count("", sel) }
		}},
		{Name: "Selectors.Set of n selectors with distinct keys", Prepare: func(n int) func() {
			selectors := parsed(n, "k%d=v")
			return func() {
				var s index.Selectors[int]
				for i, sel := range selectors {
					s.Set(i, "", sel)
				}
			}
		}},
		{Name: "Selectors.Set of n selectors with distinct absent keys", Prepare: func(n int) func() {
			selectors := parsed(n, "!k%d")
			return func() {
				var s index.Selectors[int]
				for i, sel := range selectors {
					s.Set(i, "", sel)
				}
			}
		}},
		{Name: "n changes of a selector beside 20 of n values", Prepare: func(n int) func() {
			var s index.Selectors[int]
			for i := range 20 {
				s.Set(i, "", selector.MustParse(fmt.Sprintf("k%d in %s", i, listOf(n))))
			}
			one, other := selector.MustParse("a=b"), selector.MustParse("a=c")
			return func() {
				for range n {
					s.Set(20, "", one)
					s.Set(20, "", other)
				}
			}
		}},
		{Name: "n Matches of n selectors", Prepare: func(n int) func() {
			var s index.Selectors[int]
			for i, sel := range parsed(n, "app=%d,tier=front") {
				s.Set(i, fmt.Sprint("ns", i%7), sel)
			}
			return func() {
				for i := range n {
					for range s.Match("ns1", map[string]string{"app": fmt.Sprint(i), "tier": "front", "zone": "a"}) {
					}
				}
			}
		}},
		{Name: "Join.SetObject and SetSelector of n", Prepare: func(n int) func() {
			selectors := parsed(n, "app=%d")
			return func() {
				var j index.Join[int, int]
				for i, sel := range selectors {
					j.SetSelector(i, "", sel)
					j.SetObject(i, "", map[string]string{"app": fmt.Sprint(i), "tier": "front"})
				}
			}
		}},
	})
}
