package selector_test

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
)

// Each row compares two selectors, both ways round.
func TestAlgebra(t *testing.T) {
	const max = "9223372036854775807"
	for _, tt := range []struct {
		name     string
		s, t     string
		overlap  map[string]string // nil: none
		implies  bool
		implied  bool
		counter  map[string]string // matches s and not t; nil: none
		recounts map[string]string // matches t and not s; nil: none
	}{
		{
			name: "node-readiness-controller #356: DoesNotExist and NotIn both take a missing key",
			s:    "!tier", t: "tier notin (db,cache)", overlap: map[string]string{}, implies: true,
			recounts: map[string]string{"tier": ""},
		},
		{
			name: "different keys",
			s:    "a=1", t: "b=1", overlap: map[string]string{"a": "1", "b": "1"},
			counter: map[string]string{"a": "1"}, recounts: map[string]string{"b": "1"},
		},
		{
			name: "lists that meet",
			s:    "a in (x,y)", t: "a in (y,z)", overlap: map[string]string{"a": "y"},
			counter: map[string]string{"a": "x"}, recounts: map[string]string{"a": "z"},
		},
		{
			name: "lists that do not meet",
			s:    "a in (x,y)", t: "a=z", counter: map[string]string{"a": "x"}, recounts: map[string]string{"a": "z"},
		},
		{
			name: "a list and its complement",
			s:    "a in (x,y)", t: "a notin (x,y)", counter: map[string]string{"a": "x"}, recounts: map[string]string{},
		},
		{
			name: "a list cut down",
			s:    "a in (x,y),a!=y", t: "a=x", overlap: map[string]string{"a": "x"}, implies: true, implied: true,
		},
		{
			name: "the empty value is a value",
			s:    "a=", t: "a", overlap: map[string]string{"a": ""}, implies: true, recounts: map[string]string{"a": "x0"},
		},
		{
			name: "the empty value is not a missing key",
			s:    "a=", t: "!a", counter: map[string]string{"a": ""}, recounts: map[string]string{},
		},
		{
			name: "not the empty value",
			s:    "a!=", t: "a", overlap: map[string]string{"a": "x0"}, counter: map[string]string{}, recounts: map[string]string{"a": ""},
		},
		{
			name: "everything and nothing",
			s:    "", t: "a,!a", implied: true, counter: map[string]string{},
		},
		{
			name: "two that match nothing are the same",
			s:    "x<0", t: "x=a,x=b", implies: true, implied: true,
		},
		{
			name: "integers between",
			s:    "n>1", t: "n<3", overlap: map[string]string{"n": "2"},
			counter: map[string]string{"n": "3"}, recounts: map[string]string{"n": "1"},
		},
		{
			name: "no integers between",
			s:    "n>1", t: "n<2", counter: map[string]string{"n": "2"}, recounts: map[string]string{"n": "1"},
		},
		{
			name: "leading zeros",
			s:    "n>1,n<3,n notin (2,02)", t: "n>1,n<3", overlap: map[string]string{"n": "002"}, implies: true,
			recounts: map[string]string{"n": "02"},
		},
		{
			name: "an integer is a value",
			s:    "n>1", t: "n", overlap: map[string]string{"n": "2"}, implies: true, recounts: map[string]string{"n": "1"},
		},
		{
			name: "bounds spelt in two ways",
			s:    "n>007", t: "n>7", overlap: map[string]string{"n": "8"}, implies: true, implied: true,
		},
		{
			name: "a bound within a bound",
			s:    "n>7", t: "n>5", overlap: map[string]string{"n": "8"}, implies: true, recounts: map[string]string{"n": "7"},
		},
		{
			name: "the last integer",
			s:    "n>9223372036854775806", t: "n in (9223372036854775806,9223372036854775807,9223372036854775808)",
			overlap: map[string]string{"n": max}, counter: map[string]string{"n": "0" + max},
			recounts: map[string]string{"n": "9223372036854775806"},
		},
		{
			name: "beyond the last integer",
			s:    "n>" + max, t: "n", implies: true, recounts: map[string]string{"n": max},
		},
		{
			name: "words are no integers",
			s:    "n>1", t: "n=x", counter: map[string]string{"n": "2"}, recounts: map[string]string{"n": "x"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, u := selector.MustParse(tt.s), selector.MustParse(tt.t)
			labels, ok := s.And(u).Example()
			overlap := tt.overlap != nil
			if s.Overlaps(u) != overlap || u.Overlaps(s) != overlap || ok != overlap || !maps.Equal(labels, tt.overlap) {
				t.Errorf("overlap %v %v, %v, want %v", s.Overlaps(u), u.Overlaps(s), labels, tt.overlap)
			}
			if s.Implies(u) != tt.implies || u.Implies(s) != tt.implied {
				t.Errorf("%q implies %q: %v; the other way round: %v", s, u, s.Implies(u), u.Implies(s))
			}
			if equivalent := tt.implies && tt.implied; s.Equivalent(u) != equivalent || u.Equivalent(s) != equivalent {
				t.Errorf("equivalent %v, want %v", s.Equivalent(u), equivalent)
			}
			if labels, ok := s.Counterexample(u); ok != (tt.counter != nil) || !cmp.Equal(labels, tt.counter) {
				t.Errorf("%q without %q: %v, want %v", s, u, labels, tt.counter)
			}
			if labels, ok := u.Counterexample(s); ok != (tt.recounts != nil) || !cmp.Equal(labels, tt.recounts) {
				t.Errorf("%q without %q: %v, want %v", u, s, labels, tt.recounts)
			}
		})
	}
}

// allSpellings returns every label value that is the integer n.
func allSpellings(n string) []string {
	var all []string
	for len(n) <= 63 {
		all = append(all, n)
		n = "0" + n
	}
	return all
}

func TestSatisfiable(t *testing.T) {
	twos := strings.Join(allSpellings("2"), ",")
	for _, tt := range []struct {
		text    string
		example map[string]string
	}{
		{"", map[string]string{}},
		{"a,!a", nil},
		{"a=1,a=2", nil},
		{"a=1,a!=1", nil},
		{"a in (1,2),a notin (2,1)", nil},
		{"a in (1,2),a notin (1,3)", map[string]string{"a": "2"}},
		{"a>5,a<5", nil},
		{"a>5,a<6", nil},
		{"a>5,a<7", map[string]string{"a": "6"}},
		{"a in (x),a>1", nil},
		{"a<0", nil},
		{"a<1", map[string]string{"a": "0"}},
		{"a<1,a!=0", map[string]string{"a": "00"}},
		{"a>9223372036854775807", nil},
		{"a>1,a<3,a notin (2,02)", map[string]string{"a": "002"}},
		{"a>1,a<3,a notin (" + twos + ")", nil},
		{"a>1,a<4,a notin (" + twos + ")", map[string]string{"a": "3"}},
		{"a>1,a<4,a notin (3," + twos + ")", map[string]string{"a": "03"}},
		{"a>1,a<3,a notin (" + twos[2:] + ")", map[string]string{"a": "2"}},
		{"a notin (" + twos + "),a", map[string]string{"a": ""}},
		{"a,a notin (,x,x0,y)", map[string]string{"a": "x1"}},
		{"!a,a notin (1),a!=x", map[string]string{}},
		{"b=1,a,!a", nil},
		{"a,!b,c notin (1),d=x", map[string]string{"a": "", "d": "x"}},
		{"a in (" + twos + "),a>2", nil},
		{"a in (" + twos + "),a>1", map[string]string{"a": allSpellings("2")[62]}},
	} {
		t.Run(fmt.Sprintf("%.50s", tt.text), func(t *testing.T) {
			s := selector.MustParse(tt.text)
			labels, ok := s.Example()
			if want := tt.example != nil; s.Satisfiable() != want || ok != want || !cmp.Equal(labels, tt.example) {
				t.Errorf("satisfiable %v, example %v, want %v", s.Satisfiable(), labels, tt.example)
			}
		})
	}
}

// A world is every label set over two keys whose values are of all kinds that its selectors can tell apart: values that no
// selector names, and each integer in more spellings than a selector names.
func world() []map[string]string {
	states := []string{"missing", "", "a", "b", "other", "9223372036854775808"}
	for _, n := range []string{"0", "1", "2", "3", "9"} {
		states = append(states, n, "0"+n, "00"+n)
	}
	var sets []map[string]string
	for _, x := range states {
		for _, y := range states[:6] {
			labels := map[string]string{"x": x, "y": y}
			maps.DeleteFunc(labels, func(_, v string) bool { return v == "missing" })
			sets = append(sets, labels)
		}
	}
	return sets
}

// smallSelectors returns selectors with up to three requirements on x and one on y, as texts.
func smallSelectors() []string {
	ofX := []string{"", "x", "!x", "x=", "x=a", "x!=a", "x in (a,b)", "x notin (a,b)", "x notin (,a)", "x in (1,02)", "x notin (2,02)", "x>1", "x<2", "x>0", "x<3", "x<1"}
	ofY := []string{"", "!y", "y in (,a)", "y notin (,b)"}
	var all []string
	for i, x1 := range ofX {
		for j, x2 := range ofX[:i+1] {
			for _, y := range ofY[:1+(i+j)%len(ofY)] {
				all = append(all, joined(x1, x2, y))
			}
		}
	}
	return append(all, "x>1,x<3,x!=2", "x>1,x<3,x notin (2,02)", "x>0,x<3,x notin (1,02)", "x,x!=,x notin (a,b)")
}

func joined(reqs ...string) string {
	return strings.Join(slices.DeleteFunc(reqs, func(r string) bool { return r == "" }), ",")
}

// A matchSet has a bit for each label set of the world.
type matchSet [3]uint64

func (m matchSet) without(n matchSet) matchSet {
	for i := range m {
		m[i] &^= n[i]
	}
	return m
}

func (m matchSet) size() (n int) {
	for _, word := range m {
		n += bits.OnesCount64(word)
	}
	return n
}

func TestAlgebraInASmallWorld(t *testing.T) {
	sets := world()
	if len(sets) > 64*len(matchSet{}) {
		t.Fatalf("%d label sets", len(sets))
	}
	type entry struct {
		selector.Selector
		matches matchSet
	}
	var all []entry
	for _, text := range smallSelectors() {
		e := entry{Selector: selector.MustParse(text)}
		reqs := e.Requirements()
		fewest := 3
		for i, labels := range sets {
			if slowMatches(reqs, labels) {
				e.matches[i/64] |= 1 << (i % 64)
				fewest = min(fewest, len(labels))
			}
		}
		all = append(all, e)
		example, ok := e.Example()
		if ok != (e.matches.size() > 0) || ok != e.Satisfiable() || ok && (len(example) != fewest || !slowMatches(reqs, example)) {
			t.Errorf("%q: example %v %v, satisfiable %v; %d sets match, the smallest of %d labels", e, example, ok, e.Satisfiable(), e.matches.size(), fewest)
		}
	}
	pairs := 0
	for _, s := range all {
		for _, u := range all {
			pairs++
			both := s.matches.size() - s.matches.without(u.matches).size()
			if s.Overlaps(u.Selector) != (both > 0) {
				t.Errorf("%q overlaps %q: %v, %d sets match both", s, u, s.Overlaps(u.Selector), both)
			}
			labels, ok := s.Counterexample(u.Selector)
			if only := s.matches.without(u.matches).size(); ok != (only > 0) || s.Implies(u.Selector) == ok {
				t.Errorf("%q without %q: %v %v, %d sets", s, u, labels, ok, only)
			}
			if ok && (!s.Matches(labels) || u.Matches(labels)) {
				t.Errorf("%q without %q: %v is no counterexample", s, u, labels)
			}
			if s.Equivalent(u.Selector) != (s.matches == u.matches) {
				t.Errorf("%q equivalent to %q: %v", s, u, s.Equivalent(u.Selector))
			}
			if (s.Simplify().String() == u.Simplify().String()) != (s.matches == u.matches) {
				t.Errorf("%q simplifies to %q, %q to %q", s, s.Simplify(), u, u.Simplify())
			}
		}
	}
	if pairs < 100_000 {
		t.Errorf("%d pairs, want more", pairs)
	}
}

// The laws that tie the algebra to Matches. Label sets are valid ones: for others, nothing is said.
func TestAlgebraLaws(t *testing.T) {
	validSets := rapid.MapOf(keys, values)
	rapid.Check(t, func(t *rapid.T) {
		s, u := check.Must(selector.New(drawRequirements(t)...)), check.Must(selector.New(drawRequirements(t)...))
		labels := validSets.Draw(t, "labels")
		if s.And(u).Matches(labels) != (s.Matches(labels) && u.Matches(labels)) {
			t.Fatalf("%q and %q, on %v", s, u, labels)
		}
		if s.Matches(labels) && u.Matches(labels) && !s.Overlaps(u) {
			t.Fatalf("%q and %q both match %v, and do not overlap", s, u, labels)
		}
		if s.Matches(labels) && !u.Matches(labels) && s.Implies(u) {
			t.Fatalf("%q matches %v, %q does not, and is implied", s, labels, u)
		}
		if s.Matches(labels) && !s.Satisfiable() {
			t.Fatalf("%q matches %v and is not satisfiable", s, labels)
		}
		if s.Matches(labels) != s.Simplify().Matches(labels) {
			t.Fatalf("%q simplifies to %q, which differs on %v", s, s.Simplify(), labels)
		}
		if example, ok := s.Example(); ok && !s.Matches(example) {
			t.Fatalf("%q does not match %v", s, example)
		}
		if counter, ok := s.Counterexample(u); ok && (!s.Matches(counter) || u.Matches(counter)) {
			t.Fatalf("%q without %q: %v", s, u, counter)
		}
		if !s.And(u).Implies(s) || !s.Implies(s) || !s.Equivalent(s.And(s)) || s.Overlaps(u) != u.Overlaps(s) {
			t.Fatalf("%q, %q: And, Implies, Overlaps", s, u)
		}
	})
}

func TestAnd(t *testing.T) {
	for _, tt := range []struct{ s, t, want string }{
		{"", "", ""},
		{"a=1", "", "a=1"},
		{"b=1,a", "a=2,c", "a,a=2,b=1,c"},
		{"a=1", "a=1", "a=1,a=1"},
		{"a,!a", "b=1", "a,!a"},
		{"b=1", "a,!a", "a,!a"},
	} {
		t.Run(fmt.Sprintf("%s and %s", tt.s, tt.t), func(t *testing.T) {
			s, u := selector.MustParse(tt.s), selector.MustParse(tt.t)
			if got := s.And(u); got.String() != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if s.String() != selector.MustParse(tt.s).String() || u.String() != selector.MustParse(tt.t).String() {
				t.Errorf("And changed its operands to %q and %q", s, u)
			}
		})
	}
}

// The requirements of a contradiction contradict each other, and none of them can be left out.
func TestContradiction(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"a=1,b=2", ""},
		{"a,!a", "a,!a"},
		{"b,x<0,z", "x<0"},
		{"a=1,a=2,a=3", "a=2,a=3"},
		{"a in (1,2),a notin (1),a!=2,a", "a in (1,2),a notin (1),a!=2"},
		{"n>1,n<9,n<2,n!=x", "n>1,n<2"},
		{"!a,a notin (1),a in (1,2)", "!a,a in (1,2)"},
		{"a=1,a!=1,b,!b", "a=1,a!=1"},
		{"n>9223372036854775807,n!=1,n<10", "n>9223372036854775807"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			e := selector.MustParse(tt.text).Explain(nil)
			if got := check.Must(selector.New(e.Contradiction...)).String(); got != tt.want {
				t.Errorf("contradiction %q, want %q", got, tt.want)
			}
		})
	}
}

func TestContradictionLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := check.Must(selector.New(drawRequirements(t)...))
		named := s.Explain(nil).Contradiction
		if (named == nil) != s.Satisfiable() {
			t.Fatalf("%q: satisfiable %v, contradiction %v", s, s.Satisfiable(), named)
		}
		if named == nil {
			return
		}
		if check.Must(selector.New(named...)).Satisfiable() {
			t.Fatalf("%q: %v do not contradict each other", s, named)
		}
		for i := range named {
			if !check.Must(selector.New(slices.Delete(slices.Clone(named), i, i+1)...)).Satisfiable() {
				t.Fatalf("%q: %v without %v still contradict each other", s, named, named[i])
			}
		}
	})
}
