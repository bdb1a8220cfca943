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

	"github.com/rollcall-go/rollcall/selector"
)

// What two selectors are to each other. Each row is checked both ways round.
func TestAlgebra(t *testing.T) {
	const max = "9223372036854775807"
	for name, tt := range map[string]struct {
		s, t     string
		overlap  map[string]string // nil: none
		implies  bool
		implied  bool
		counter  map[string]string // matches s, not t; nil: none
		recounts map[string]string // matches t, not s; nil: none
	}{
		"node-readiness-controller #356: DoesNotExist and NotIn both take a missing key": {
			s: "!tier", t: "tier notin (db,cache)", overlap: map[string]string{}, implies: true,
			recounts: map[string]string{"tier": ""},
		},
		"different keys": {
			s: "a=1", t: "b=1", overlap: map[string]string{"a": "1", "b": "1"},
			counter: map[string]string{"a": "1"}, recounts: map[string]string{"b": "1"},
		},
		"lists that meet": {
			s: "a in (x,y)", t: "a in (y,z)", overlap: map[string]string{"a": "y"},
			counter: map[string]string{"a": "x"}, recounts: map[string]string{"a": "z"},
		},
		"lists that do not meet": {
			s: "a in (x,y)", t: "a=z", counter: map[string]string{"a": "x"}, recounts: map[string]string{"a": "z"},
		},
		"a list and its complement": {
			s: "a in (x,y)", t: "a notin (x,y)", counter: map[string]string{"a": "x"}, recounts: map[string]string{},
		},
		"a list cut down": {
			s: "a in (x,y),a!=y", t: "a=x", overlap: map[string]string{"a": "x"}, implies: true, implied: true,
		},
		"the empty value is a value": {
			s: "a=", t: "a", overlap: map[string]string{"a": ""}, implies: true, recounts: map[string]string{"a": "x0"},
		},
		"the empty value is not a missing key": {
			s: "a=", t: "!a", counter: map[string]string{"a": ""}, recounts: map[string]string{},
		},
		"not the empty value": {
			s: "a!=", t: "a", overlap: map[string]string{"a": "x0"}, counter: map[string]string{}, recounts: map[string]string{"a": ""},
		},
		"everything and nothing": {
			s: "", t: "a,!a", implied: true, counter: map[string]string{},
		},
		"two that match nothing are the same": {
			s: "x<0", t: "x=a,x=b", implies: true, implied: true,
		},
		"integers between": {
			s: "n>1", t: "n<3", overlap: map[string]string{"n": "2"},
			counter: map[string]string{"n": "3"}, recounts: map[string]string{"n": "1"},
		},
		"no integers between": {
			s: "n>1", t: "n<2", counter: map[string]string{"n": "2"}, recounts: map[string]string{"n": "1"},
		},
		"leading zeros": {
			s: "n>1,n<3,n notin (2,02)", t: "n>1,n<3", overlap: map[string]string{"n": "002"}, implies: true,
			recounts: map[string]string{"n": "02"},
		},
		"an integer is a value": {
			s: "n>1", t: "n", overlap: map[string]string{"n": "2"}, implies: true, recounts: map[string]string{"n": "1"},
		},
		"bounds spelt in two ways": {
			s: "n>007", t: "n>7", overlap: map[string]string{"n": "8"}, implies: true, implied: true,
		},
		"a bound within a bound": {
			s: "n>7", t: "n>5", overlap: map[string]string{"n": "8"}, implies: true, recounts: map[string]string{"n": "7"},
		},
		"the last integer": {
			s: "n>9223372036854775806", t: "n in (9223372036854775806,9223372036854775807,9223372036854775808)",
			overlap: map[string]string{"n": max}, counter: map[string]string{"n": "0" + max},
			recounts: map[string]string{"n": "9223372036854775806"},
		},
		"beyond the last integer": {
			s: "n>" + max, t: "n", implies: true, recounts: map[string]string{"n": max},
		},
		"words are no integers": {
			s: "n>1", t: "n=x", counter: map[string]string{"n": "2"}, recounts: map[string]string{"n": "x"},
		},
	} {
		s, u := selector.MustParse(tt.s), selector.MustParse(tt.t)
		labels, ok := s.And(u).Example()
		if s.Overlaps(u) != (tt.overlap != nil) || u.Overlaps(s) != s.Overlaps(u) || ok != (tt.overlap != nil) || !maps.Equal(labels, tt.overlap) {
			t.Errorf("%s: overlap %v %v, %v, want %v", name, s.Overlaps(u), u.Overlaps(s), labels, tt.overlap)
		}
		if s.Implies(u) != tt.implies || u.Implies(s) != tt.implied {
			t.Errorf("%s: %q implies %q: %v, %v the other way round", name, s, u, s.Implies(u), u.Implies(s))
		}
		if equivalent := tt.implies && tt.implied; s.Equivalent(u) != equivalent || u.Equivalent(s) != equivalent {
			t.Errorf("%s: equivalent %v, want %v", name, s.Equivalent(u), equivalent)
		}
		if labels, ok := s.Counterexample(u); ok != (tt.counter != nil) || !cmp.Equal(labels, tt.counter) {
			t.Errorf("%s: %q without %q: %v, want %v", name, s, u, labels, tt.counter)
		}
		if labels, ok := u.Counterexample(s); ok != (tt.recounts != nil) || !cmp.Equal(labels, tt.recounts) {
			t.Errorf("%s: %q without %q: %v, want %v", name, u, s, labels, tt.recounts)
		}
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
	for text, example := range map[string]map[string]string{
		"":                                   {},
		"a,!a":                               nil,
		"a=1,a=2":                            nil,
		"a=1,a!=1":                           nil,
		"a in (1,2),a notin (2,1)":           nil,
		"a in (1,2),a notin (1,3)":           {"a": "2"},
		"a>5,a<5":                            nil,
		"a>5,a<6":                            nil,
		"a>5,a<7":                            {"a": "6"},
		"a in (x),a>1":                       nil,
		"a<0":                                nil,
		"a<1":                                {"a": "0"},
		"a<1,a!=0":                           {"a": "00"},
		"a>9223372036854775807":              nil,
		"a>1,a<3,a notin (2,02)":             {"a": "002"},
		"a>1,a<3,a notin (" + twos + ")":     nil,
		"a>1,a<4,a notin (" + twos + ")":     {"a": "3"},
		"a>1,a<4,a notin (3," + twos + ")":   {"a": "03"},
		"a>1,a<3,a notin (" + twos[2:] + ")": {"a": "2"},
		"a notin (" + twos + "),a":           {"a": ""},
		"a,a notin (,x,x0,y)":                {"a": "x1"},
		"!a,a notin (1),a!=x":                {},
		"b=1,a,!a":                           nil,
		"a,!b,c notin (1),d=x":               {"a": "", "d": "x"},
		"a in (" + twos + "),a>2":            nil,
		"a in (" + twos + "),a>1":            {"a": allSpellings("2")[62]},
	} {
		s := selector.MustParse(text)
		labels, ok := s.Example()
		if s.Satisfiable() != (example != nil) || ok != (example != nil) || !cmp.Equal(labels, example) {
			t.Errorf("%.50s: satisfiable %v, example %v, want %v", text, s.Satisfiable(), labels, example)
		}
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
		s, u := mustNew(t, drawRequirements(t)...), mustNew(t, drawRequirements(t)...)
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
		s, u := selector.MustParse(tt.s), selector.MustParse(tt.t)
		if got := s.And(u); got.String() != tt.want {
			t.Errorf("%q and %q: %q, want %q", s, u, got, tt.want)
		}
		if s.String() != selector.MustParse(tt.s).String() || u.String() != selector.MustParse(tt.t).String() {
			t.Errorf("And changed its operands to %q and %q", s, u)
		}
	}
}

// The requirements named in a contradiction contradict each other, and none is one too many.
func TestContradiction(t *testing.T) {
	for text, want := range map[string]string{
		"a=1,b=2":                         "",
		"a,!a":                            "a,!a",
		"b,x<0,z":                         "x<0",
		"a=1,a=2,a=3":                     "a=2,a=3",
		"a in (1,2),a notin (1),a!=2,a":   "a in (1,2),a notin (1),a!=2",
		"n>1,n<9,n<2,n!=x":                "n>1,n<2",
		"!a,a notin (1),a in (1,2)":       "!a,a in (1,2)",
		"a=1,a!=1,b,!b":                   "a=1,a!=1",
		"n>9223372036854775807,n!=1,n<10": "n>9223372036854775807",
	} {
		e := selector.MustParse(text).Explain(nil)
		if got := mustNew(t, e.Contradiction...).String(); got != want {
			t.Errorf("%s: contradiction %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := mustNew(t, drawRequirements(t)...)
		named := s.Explain(nil).Contradiction
		if (named == nil) != s.Satisfiable() {
			t.Fatalf("%q: satisfiable %v, contradiction %v", s, s.Satisfiable(), named)
		}
		if named == nil {
			return
		}
		if mustNew(t, named...).Satisfiable() {
			t.Fatalf("%q: %v do not contradict each other", s, named)
		}
		for i := range named {
			if !mustNew(t, slices.Delete(slices.Clone(named), i, i+1)...).Satisfiable() {
				t.Fatalf("%q: %v without %v still contradict each other", s, named, named[i])
			}
		}
	})
}

func TestSimplify(t *testing.T) {
	list := func(values []string) string { return "(" + strings.Join(values, ",") + ")" }
	zeros, ones, twos := allSpellings("0"), allSpellings("1"), allSpellings("2")
	for text, want := range map[string]string{
		"":                         "",
		"a in (b,c),a notin (c)":   "a=b",
		"a,a in (b,c)":             "a in (b,c)",
		"a in (b,b)":               "a=b",
		"a=b,a=b":                  "a=b",
		"a=b,a=c":                  "a,!a",
		"a<0":                      "a,!a",
		"!a,a notin (b)":           "!a",
		"a!=b,a notin (b)":         "a!=b",
		"a notin (b,c)":            "a!=b,a!=c",
		"label notin (b,c)":        "label notin (b,c)", // as long as twice !=, bytewise less
		"label!=b,label!=c":        "label notin (b,c)",
		"six123!=b,six123!=c":      "six123 notin (b,c)",
		"a!=b,a!=c,a!=d":           "a!=b,a!=c,a!=d",
		"a!=b,a!=c,a!=d,a!=e":      "a notin (b,c,d,e)",
		"ab!=b,ab!=c,ab!=d":        "ab notin (b,c,d)",
		"a,a!=b":                   "a!=b,a", // bytewise less than "a,a!=b"
		"a,a!=":                    "a!=,a",
		"label,label notin (b,c)":  "label notin (b,c),label",
		"n>1,n>5,n<9,n!=x,n":       "n<9,n>5",
		"n>1,n<3,n notin (2,02)":   "n!=02,n!=2,n<3,n>1",
		"n>007":                    "n>7",
		"n in (1,2,x),n>1":         "n=2",
		"n>5,n!=3":                 "n>5",
		"n>9223372036854775806":    "n>9223372036854775806",
		"n<9223372036854775807":    "n<9223372036854775807",
		"b=1,a=1":                  "a=1,b=1",
		"n in (0,00)":              "n in (0,00)",
		"n in " + list(zeros):      "n<1",
		"n in " + list(zeros[1:]):  "n!=0,n<1",
		"n in " + list(zeros[:62]): "n!=" + zeros[62] + ",n<1",
		"n in " + list(twos):       "n<3,n>1",
		"n in " + list(twos[:44]):  "n in " + list(twos[:44]), // 1040 bytes; the others alone are 1026
		"n in " + list(twos[:45]):  "n notin " + list(twos[45:]) + ",n<3,n>1",
		"n in " + list(append(slices.Clone(zeros), "x")):                                  "n in " + list(append(slices.Clone(zeros), "x")),
		"n in " + list(slices.Concat(zeros, ones)):                                        "n<2",
		"n in " + list(slices.Concat(zeros, twos)):                                        "n notin " + list(ones) + ",n<3",
		"n<1000,n notin " + list(zeros):                                                   "n<1000,n>0", // far more is left than a list could hold
		"n<1000,n>5,n notin " + list(append(allSpellings("998"), allSpellings("999")...)): "n<998,n>5",
		"n>5,n notin " + list(allSpellings("9223372036854775807")):                        "n<9223372036854775807,n>5",
		"n<2,n notin " + list(zeros):                                                      "n<2,n>0",
		"n<3,n>0,n notin " + list(twos):                                                   "n<2,n>0",
		"n<3,n notin " + list(ones):                                                       "n notin " + list(ones) + ",n<3",
		"n<3,n notin " + list(slices.Concat(zeros, ones, twos[1:])):                       "n=2",
		"n<3,n>1,n notin " + list(twos[2:]):                                               "n in (02,2)",
		"n<3,n>1,n notin " + list(twos):                                                   "a,!a",
		"n>9223372036854775805,n notin " + list(allSpellings("9223372036854775807")):      "n<9223372036854775807,n>9223372036854775805",
	} {
		s := selector.MustParse(text)
		got := s.Simplify()
		if want := selector.MustParse(want); !got.Equal(want) {
			t.Errorf("%.60s simplifies to %.60q, want %.60q", text, got, want)
		}
	}
}

// No text in a small world that means the same is shorter than what Simplify returns, or as short and bytewise less.
func TestSimplifyIsShortest(t *testing.T) {
	for _, key := range []string{"x", "xx", "xxxxx", "xxxxxx"} {
		var sets []map[string]string
		for _, labels := range world() {
			if _, y := labels["y"]; !y {
				if x, ok := labels["x"]; ok {
					labels = map[string]string{key: x}
				}
				sets = append(sets, labels)
			}
		}
		pool := []string{key, "!" + key}
		for _, value := range []string{"", "a", "b", "2", "02"} {
			pool = append(pool, key+"="+value, key+"!="+value)
		}
		for _, values := range []string{",a", "a,b", ",a,b", "02,2", "02,2,a"} {
			pool = append(pool, fmt.Sprintf("%s in (%s)", key, values), fmt.Sprintf("%s notin (%s)", key, values))
		}
		for _, bound := range []string{"0", "1", "2", "3", "02"} {
			pool = append(pool, key+">"+bound, key+"<"+bound)
		}
		meaning := func(s selector.Selector) string {
			reqs, matches := s.Requirements(), []byte(nil)
			for _, labels := range sets {
				matches = fmt.Append(matches, slowMatches(reqs, labels))
			}
			return string(matches)
		}
		better := func(s, t string) bool { return len(s) < len(t) || len(s) == len(t) && s < t }
		texts, shortest := map[string]string{}, map[string]string{} // by text, its meaning; by meaning, the shortest text
		add := func(reqs ...string) {
			text := joined(reqs...)
			m := meaning(selector.MustParse(text))
			texts[text] = m
			if best, ok := shortest[m]; !ok || better(text, best) {
				shortest[m] = text
			}
		}
		add()
		for _, a := range pool {
			add(a)
			for _, b := range pool {
				add(a, b)
				if strings.Contains(a+b, ">") || strings.Contains(a+b, "!=") {
					for _, c := range pool {
						add(a, b, c)
					}
				}
			}
		}
		simplest := map[string]string{} // by what it matches
		for text, m := range texts {
			got := selector.MustParse(text).Simplify()
			if !got.Satisfiable() {
				shortest[m] = "a,!a"
			}
			if best := shortest[m]; better(best, got.String()) || meaning(got) != m {
				t.Fatalf("%s simplifies to %s, want %s or better", text, got, best)
			}
			if other, ok := simplest[m]; ok && other != got.String() {
				t.Fatalf("%s simplifies to %s, others that mean the same to %s", text, got, other)
			}
			simplest[m] = got.String()
		}
	}
}

func TestLabelSelector(t *testing.T) {
	list := func(values ...string) []string { return values }
	for text, want := range map[string]*selector.LabelSelector{
		"":          {},
		"a=1,b=2":   {MatchLabels: map[string]string{"a": "1", "b": "2"}},
		"a=1,a=2,b": {MatchLabels: map[string]string{"a": "1"}, MatchExpressions: []selector.Requirement{{Key: "a", Operator: selector.In, Values: list("2")}, {Key: "b", Operator: selector.Exists}}},
		"a!=1,!b,c in (2,1),d notin (x)": {MatchExpressions: []selector.Requirement{
			{Key: "a", Operator: selector.NotIn, Values: list("1")}, {Key: "b", Operator: selector.DoesNotExist},
			{Key: "c", Operator: selector.In, Values: list("1", "2")}, {Key: "d", Operator: selector.NotIn, Values: list("x")}}},
		"n>1":                   nil,
		"a=1,n<5":               nil,
		"n>1,n in (1,2,3)":      {MatchExpressions: []selector.Requirement{{Key: "n", Operator: selector.In, Values: list("2", "3")}}},
		"n<0":                   {MatchExpressions: []selector.Requirement{{Key: "a", Operator: selector.Exists}, {Key: "a", Operator: selector.DoesNotExist}}},
		"n<2,n in (0,00,1,2,x)": {MatchExpressions: []selector.Requirement{{Key: "n", Operator: selector.In, Values: list("0", "00", "1")}}},
		"n<2,n>0,n notin (" + strings.Join(allSpellings("1")[1:], ",") + ")": {MatchLabels: map[string]string{"n": "1"}},
		"a,!a": {MatchExpressions: []selector.Requirement{{Key: "a", Operator: selector.Exists}, {Key: "a", Operator: selector.DoesNotExist}}},
	} {
		got, ok := selector.MustParse(text).LabelSelector()
		if diff := cmp.Diff(want, got); ok != (want != nil) || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, ok, diff)
		}
	}
	// A list of every spelling, which Simplify would make a comparison of, needs none.
	zeros := selector.MustParse("n in (" + strings.Join(allSpellings("0"), ",") + ")")
	if ls, ok := zeros.And(selector.MustParse("n<2")).LabelSelector(); !ok || len(ls.MatchExpressions) != 1 || len(ls.MatchExpressions[0].Values) != 63 {
		t.Errorf("got %v, %v", ls, ok)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := mustNew(t, drawRequirements(t)...)
		ls, ok := s.LabelSelector()
		if !ok {
			if !strings.ContainsAny(s.Simplify().String(), "<>") {
				t.Fatalf("%q has no LabelSelector, though it compares no integers", s)
			}
			return
		}
		back, err := selector.Compile(ls)
		if err != nil || !back.Equivalent(s) {
			t.Fatalf("%q became %q, %v", s, back, err)
		}
	})
}
