package selector_test

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
)

// repeated returns text(0), text(1) and so on, joined by commas.
func repeated(n int, text func(i int) string) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = text(i)
	}
	return strings.Join(texts, ",")
}

// oneKey returns selectors of n requirements, or of n values, with one key.
func oneKey(n int) map[string]selector.Selector {
	format := func(format string) string {
		return repeated(n, func(i int) string { return fmt.Sprintf(format, i) })
	}
	texts := map[string]string{
		"NotEquals":     "a," + format("a!=v%d"),
		"contradiction": format("a!=v%d") + ",a in (" + format("v%d") + ")",
		"GreaterThan":   format("a>%d"),
		"LessThan":      "a>5," + repeated(n, func(i int) string { return fmt.Sprintf("a<%d", 2*n-i) }),
		"integers":      "a>10," + format("a!=%d"),
		"In":            repeated(n/2, func(int) string { return "a in (v,w)" }) + ",a in (" + format("v%d") + ",w)",
		"NotIn":         "a notin (" + format("v%d") + "),a notin (" + format("w%d") + ")",
	}
	selectors := map[string]selector.Selector{}
	for name, text := range texts {
		selectors[name] = selector.MustParse(text)
	}
	return selectors
}

// Every operation on selectors of one key takes O(n log n) time.
func TestWorkOfOneKey(t *testing.T) {
	with := func(f func(s selector.Selector)) func(n int) func() {
		return func(n int) func() {
			selectors := oneKey(n)
			return func() {
				for _, s := range selectors {
					f(s)
				}
			}
		}
	}
	withTwo := func(f func(s, u selector.Selector)) func(n int) func() {
		return func(n int) func() {
			selectors := oneKey(n)
			return func() {
				for _, s := range selectors {
					for _, u := range selectors {
						f(s, u)
					}
				}
			}
		}
	}
	check.Work(t, 300, []check.Case{
		{Name: "New", Prepare: func(n int) func() {
			selectors := oneKey(n)
			return func() {
				for _, s := range selectors {
					check.Must(selector.New(s.Requirements()...))
				}
			}
		}},
		{Name: "Parse", Prepare: func(n int) func() { return func() { oneKey(n) } }},
		{Name: "Satisfiable", Prepare: with(func(s selector.Selector) { s.Satisfiable() }), Constant: true},
		{Name: "Explain", Prepare: with(func(s selector.Selector) { _ = s.Explain(nil).String() })},
		{Name: "Simplify", Prepare: with(func(s selector.Selector) { s.Simplify() })},
		{Name: "LabelSelector", Prepare: with(func(s selector.Selector) { s.LabelSelector() })},
		{Name: "Example", Prepare: with(func(s selector.Selector) { s.Example() })},
		{Name: "Implies", Prepare: withTwo(func(s, u selector.Selector) { s.Implies(u) })},
		{Name: "Equivalent", Prepare: withTwo(func(s, u selector.Selector) { s.Equivalent(u) })},
		{Name: "Counterexample", Prepare: withTwo(func(s, u selector.Selector) { s.Counterexample(u) })},
		{Name: "Overlaps", Prepare: withTwo(func(s, u selector.Selector) { s.Overlaps(u) })},
		{Name: "And", Prepare: withTwo(func(s, u selector.Selector) { s.And(u) })},
	})
}

// The bytes of a value do not slow down a list of values: not the first eight, nor the last eight, nor the length.
func TestWorkOfSimilarValues(t *testing.T) {
	const zeros = "0000000000000000"
	list := func(n int, format string) string {
		return "a in (" + repeated(n, func(i int) string { return fmt.Sprintf(format, i) }) + ")"
	}
	var cases []check.Case
	for _, format := range []string{"%08d", "%08d" + zeros, zeros + "%08d", "%08d" + zeros + "%08[1]d", zeros + "%08d" + zeros} {
		cases = append(cases, check.Case{Name: "Parse " + format, Prepare: func(n int) func() {
			return func() { selector.MustParse(list(n, format)) }
		}}, check.Case{Name: "Matches " + format, Constant: true, Prepare: func(n int) func() {
			s, labels := selector.MustParse(list(n, format)), map[string]string{"a": fmt.Sprintf(format, n)}
			return func() { s.Matches(labels) }
		}})
	}
	check.Work(t, 1000, cases)
}

// Values that collide in a hash without a seed do not slow down a list: a map has a random seed. The hash is the one
// that lists once had.
func TestWorkOfCollidingValues(t *testing.T) {
	colliding := func(n int) string {
		var values []string
		var digits [8]byte
		for i := uint64(0); len(values) < n; i++ {
			for j, left := 0, i; j < len(digits); j, left = j+1, left/10 {
				digits[j] = '0' + byte(left%10)
			}
			word := binary.LittleEndian.Uint64(digits[:])
			high, low := bits.Mul64(word^0x9e3779b97f4a7c15, word^0xd1b54a32d192ed03)
			if (high^low)%4096 == 0 { // the same slot in a table for 2000 values
				values = append(values, string(digits[:]))
			}
		}
		return "a in (" + strings.Join(values, ",") + ")"
	}
	check.Work(t, 500, []check.Case{
		{Name: "Parse", Prepare: func(n int) func() {
			text := colliding(n)
			return func() { selector.MustParse(text) }
		}},
		{Name: "Matches", Constant: true, Prepare: func(n int) func() {
			s, labels := selector.MustParse(colliding(n)), map[string]string{"a": "x"}
			return func() { s.Matches(labels) }
		}},
	})
}
