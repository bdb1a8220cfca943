package selector_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/rollcall-go/rollcall/selector"
)

// A world holds every label set over some keys and values, small sets first. The meaning of a selector is the
// list of sets that upstream matches.
//
// This is exact only if the world also has values that no selector names: one that is not an integer, and one
// spelling of each integer that the bounds distinguish.
type world []labels.Set

// The values in selectors and in worlds.
var (
	namedValues = []string{"", "x", "x0", "2", "02"}
	boundValues = []string{"0", "1", "2", "02", "3", "9223372036854775806", "9223372036854775807"}
	worldValues = []string{
		"", "x", "x0", "y",
		"0", "1", "2", "3", "4", "00", "01", "02", "03", "04", "000", "001", "002", "003", "004",
		"9223372036854775806", "09223372036854775806", "9223372036854775807", "09223372036854775807", // the largest integers
		"9223372036854775808", // out of range: not an integer
	}
)

func newWorld(keys ...string) world {
	w := world{{}}
	for _, key := range keys {
		for _, set := range slices.Clone(w) {
			for _, value := range worldValues {
				w = append(w, labels.Merge(set, labels.Set{key: value}))
			}
		}
	}
	slices.SortStableFunc(w, func(a, b labels.Set) int { return len(a) - len(b) })
	return w
}

// A meaning is a set of label sets of a world, with one bit for each.
type meaning []uint64

func (w world) meaning(s labels.Selector) meaning {
	m := make(meaning, (len(w)+63)/64)
	for i, set := range w {
		if s.Matches(set) {
			m[i/64] |= 1 << (i % 64)
		}
	}
	return m
}

// first returns the index of the first label set in m, or -1 if m is empty.
func (m meaning) first() int {
	for i, word := range m {
		if word != 0 {
			return i*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}

func (m meaning) and(n meaning) meaning {
	both := slices.Clone(m)
	for i := range both {
		both[i] &= n[i]
	}
	return both
}

func (m meaning) overlaps(n meaning) bool {
	for i := range m {
		if m[i]&n[i] != 0 {
			return true
		}
	}
	return false
}

func (m meaning) implies(n meaning) bool {
	for i := range m {
		if m[i]&^n[i] != 0 {
			return false
		}
	}
	return true
}

// A member holds one selector in both libraries, and its meaning.
type member struct {
	selector.Selector
	theirs  labels.Selector
	meaning meaning
}

func (w world) member(t *testing.T, text string) member {
	t.Helper()
	theirs, err := labels.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := selector.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return member{ours, theirs, w.meaning(theirs)}
}

func (w world) members(t *testing.T, texts []string) []member {
	t.Helper()
	pool := make([]member, len(texts))
	for i, text := range texts {
		pool[i] = w.member(t, text)
	}
	return pool
}

// requirementsOn returns requirements on a key as strings, with every operator.
func requirementsOn(key string) []string {
	texts := []string{key, "!" + key}
	for i, v := range namedValues {
		texts = append(texts, key+"="+v, key+"!="+v)
		for j := range i {
			list := namedValues[j] + "," + v
			texts = append(texts, key+" in ("+list+")", key+" notin ("+list+")")
		}
	}
	for _, list := range []string{",x,x0", "02,2,x", "02,2,x,x0"} {
		texts = append(texts, key+" in ("+list+")", key+" notin ("+list+")")
	}
	for _, v := range boundValues {
		texts = append(texts, key+">"+v, key+"<"+v)
	}
	return texts
}

// upToTwo returns Everything, Nothing, every requirement, and every pair of requirements.
func upToTwo(reqs []string) []string {
	texts := append([]string{"", "a,!a"}, reqs...)
	for i, r := range reqs {
		for _, s := range reqs[:i] {
			texts = append(texts, r+","+s)
		}
	}
	return texts
}

// someOf returns Nothing and n random conjunctions with at most limit requirements on each key.
func someOf(r *rand.Rand, n, limit int, keys ...string) []string {
	texts := []string{"a,!a"}
	for range n {
		var reqs []string
		for _, key := range keys {
			all := requirementsOn(key)
			for range r.IntN(limit + 1) {
				reqs = append(reqs, all[r.IntN(len(all))])
			}
		}
		texts = append(texts, strings.Join(reqs, ","))
	}
	return texts
}

// TestAlgebra compares the algebra of selectors with a search through all label sets of a small world. It
// checks all pairs of selectors over one key, and many pairs over two keys.
func TestAlgebra(t *testing.T) {
	for _, tt := range []struct {
		name  string
		world world
		texts []string
	}{
		{"one key", newWorld("a"), upToTwo(requirementsOn("a"))},
		{"two keys", newWorld("a", "tier"), someOf(rand.New(rand.NewPCG(1, 1)), 800, 2, "a", "tier")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pool := tt.world.members(t, tt.texts)
			pairs, overlaps, implications := 0, 0, 0
			for i, a := range pool {
				checkOne(t, tt.world, a)
				for j, b := range pool {
					overlap, implies := checkPair(t, a, b)
					if (i+j)%32 == 0 { // slow, so only a part
						checkAnd(t, tt.world, a, b)
					}
					pairs++
					if overlap {
						overlaps++
					}
					if implies {
						implications++
					}
				}
				if t.Failed() {
					t.FailNow() // one wrong selector fails in hundreds of pairs
				}
			}
			t.Logf("%d label sets, %d selectors, %d pairs: %d overlap, %d times one implies the other",
				len(tt.world), len(pool), pairs, overlaps, implications)
		})
	}
}

// checkOne checks the algebra of one selector.
func checkOne(t *testing.T, w world, a member) {
	t.Helper()
	first := a.meaning.first()
	if got := a.Satisfiable(); got != (first >= 0) {
		t.Errorf("%v is satisfiable: got %v", a, got)
	}
	checkExample(t, w, a)
	checkContradiction(t, w, a)
}

// checkContradiction checks that the returned requirements contradict each other, and that none can be left
// out.
func checkContradiction(t *testing.T, w world, a member) {
	t.Helper()
	reqs := a.Explain(nil).Contradiction
	if (len(reqs) > 0) != (a.meaning.first() < 0) {
		t.Errorf("%v has the contradiction %v, upstream has a match: %v", a, reqs, a.meaning.first() >= 0)
	}
	for i := range reqs {
		rest := must(selector.New(slices.Delete(slices.Clone(reqs), i, i+1)...))
		if w.member(t, rest.String()).meaning.first() < 0 {
			t.Errorf("%v has the contradiction %v, but %v can be left out", a, reqs, reqs[i])
		}
		all := must(selector.New(reqs...))
		if w.member(t, all.String()).meaning.first() >= 0 || !a.Implies(all) {
			t.Errorf("%v has the contradiction %v, but these can match together", a, reqs)
		}
	}
}

// checkExample checks that a selector's example is a valid label set, that upstream matches it, and that no
// smaller label set matches.
func checkExample(t *testing.T, w world, a member) {
	t.Helper()
	first := a.meaning.first()
	example, ok := a.Example()
	if ok != (first >= 0) {
		t.Errorf("%v has an example: got %v", a, ok)
	}
	if !ok {
		return
	}
	if !valid(example) || !a.theirs.Matches(labels.Set(example)) {
		t.Errorf("%v has the example %q, which is invalid or does not match", a, example)
	}
	if want := w[first]; len(example) != len(want) {
		t.Errorf("%v has the example %q, want one no larger than %q", a, example, want)
	}
}

// checkPair checks the algebra of two selectors, and returns whether a overlaps b and whether a implies b.
func checkPair(t *testing.T, a, b member) (overlaps, implies bool) {
	t.Helper()
	overlaps, implies = a.meaning.overlaps(b.meaning), a.meaning.implies(b.meaning)
	if got := a.Overlaps(b.Selector); got != overlaps {
		t.Errorf("%v overlaps %v: got %v", a, b, got)
	}
	if got := a.Implies(b.Selector); got != implies {
		t.Errorf("%v implies %v: got %v", a, b, got)
	}
	if got := a.Equivalent(b.Selector); got != slices.Equal(a.meaning, b.meaning) {
		t.Errorf("%v is equivalent to %v: got %v", a, b, got)
	}
	example, ok := a.Counterexample(b.Selector)
	if ok == implies {
		t.Errorf("%v has a counterexample to %v: got %v", a, b, ok)
	}
	if set := labels.Set(example); ok && (!valid(example) || !a.theirs.Matches(set) || b.theirs.Matches(set)) {
		t.Errorf("%v has the wrong counterexample %q to %v", a, example, b)
	}
	return overlaps, implies
}

// checkAnd checks that the conjunction of two selectors matches what both match, and checks its example.
func checkAnd(t *testing.T, w world, a, b member) {
	t.Helper()
	and := a.And(b.Selector)
	both := w.member(t, and.String())
	if !slices.Equal(both.meaning, a.meaning.and(b.meaning)) {
		t.Errorf("%v and %v: %v", a, b, and)
	}
	checkExample(t, w, member{and, both.theirs, both.meaning})
}

// valid reports whether the API accepts a label set.
func valid(set map[string]string) bool {
	return len(metav1validation.ValidateLabels(set, field.NewPath("labels"))) == 0
}

// TestSimplify checks that Simplify keeps the meaning and gives equivalent selectors the same string. No
// random selector of that meaning is shorter, or as long and earlier in string order.
func TestSimplify(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, tt := range map[string]struct {
		world world
		texts []string
	}{
		"a short key": {newWorld("a"), append(upToTwo(requirementsOn("a")), someOf(r, 20_000, 4, "a")...)},
		"a long key":  {newWorld("example.com/k"), append(upToTwo(requirementsOn("example.com/k")), someOf(r, 20_000, 4, "example.com/k")...)},
		"two keys":    {newWorld("a", "tier"), append(someOf(r, 4_000, 2, "a", "tier"), someOf(r, 1_000, 3, "a", "tier")...)},
	} {
		t.Run(name, func(t *testing.T) {
			simple := map[string]string{} // by meaning
			pool := tt.world.members(t, tt.texts)
			for _, a := range pool {
				s := a.Simplify()
				if again := s.Simplify(); !again.Equal(s) {
					t.Errorf("%v is simplified to %v, which is simplified to %v", a, s, again)
				}
				if m := tt.world.member(t, s.String()).meaning; !slices.Equal(m, a.meaning) {
					t.Errorf("%v is simplified to %v, which has another meaning", a, s)
				}
				key := fmt.Sprint(a.meaning)
				if other, ok := simple[key]; ok && other != s.String() {
					t.Errorf("%v is simplified to %v, an equivalent one to %v", a, s, other)
				}
				simple[key] = s.String()
				if a.meaning.first() < 0 && !s.IsNothing() {
					t.Errorf("%v is simplified to %v, want Nothing", a, s)
				}
				if t.Failed() {
					t.FailNow()
				}
			}
			for _, a := range pool {
				got, text := simple[fmt.Sprint(a.meaning)], a.String()
				if a.meaning.first() >= 0 && (len(got) > len(text) || len(got) == len(text) && got > text) {
					t.Errorf("%v is simplified to %v", a, got)
				}
			}
			t.Logf("%d selectors, %d meanings", len(pool), len(simple))
		})
	}
}

// Values have at most 63 characters, so zero has 63 spellings. If all are excluded, no zero is left. A range
// without some spellings is equivalent to a list of the others.
func TestEverySpelling(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for _, tt := range []struct {
		bounds  string
		numbers []string // between the bounds
		beside  []string // just outside
	}{
		{"k<1", []string{"0"}, []string{"1"}},
		{"k<2", []string{"0", "1"}, []string{"2"}},
		{"k>6,k<8", []string{"7"}, []string{"6", "8"}},
		{"k>8,k<11", []string{"9", "10"}, []string{"8", "11"}},
		{"k>9223372036854775806", []string{"9223372036854775807"}, []string{"9223372036854775806", "9223372036854775808"}},
	} {
		all := spellings(tt.numbers...)
		w := world{{}, {"k": ""}, {"k": "x"}}
		for _, value := range append(spellings(tt.beside...), all...) {
			w = append(w, labels.Set{"k": value})
		}
		for i := range 200 {
			excluded := slices.Clone(all)
			r.Shuffle(len(all), func(i, j int) { excluded[i], excluded[j] = excluded[j], excluded[i] })
			left := min(i, r.IntN(len(all)+1)) // none in the first case
			if i%2 == 0 {
				left = min(left, 3)
			}
			checkSpellings(t, w, tt.bounds, excluded[left:], excluded[:left])
		}
		for i, number := range tt.numbers { // all other integers excluded
			excluded := spellings(slices.Delete(slices.Clone(tt.numbers), i, i+1)...)
			checkSpellings(t, w, tt.bounds, excluded, spellings(number))
		}
	}
}

// If every spelling of the first or last integers is excluded, the range becomes smaller.
func TestEverySpellingAtTheEdge(t *testing.T) {
	for _, tt := range []struct {
		bounds   string
		excluded []string
		want     string
	}{
		{"k<1000", spellings("0"), "k<1000,k>0"},
		{"k<1000", spellings("0", "1", "2"), "k<1000,k>2"},
		{"k<1000,k>5", spellings("998", "999"), "k<998,k>5"},
		{"k>5", spellings("9223372036854775807"), "k<9223372036854775807,k>5"},
	} {
		text := tt.bounds + ",k notin (" + strings.Join(tt.excluded, ",") + ")"
		if s := selector.MustParse(text).Simplify(); s.String() != tt.want {
			t.Errorf("%s is simplified to %v, want %s", text, s, tt.want)
		}
		a, b := must(labels.Parse(text)), must(labels.Parse(tt.want))
		for _, value := range append(spellings("0", "1", "2", "3", "997", "998", "999", "1000", "9223372036854775806"), tt.excluded...) {
			if set := (labels.Set{"k": value}); a.Matches(set) != b.Matches(set) {
				t.Errorf("upstream: %s and %s differ in %v", text, tt.want, set)
			}
		}
	}
}

// A selector that excludes every integer and the usual words still matches some other value.
func TestAlwaysAnotherValue(t *testing.T) {
	w := world{{}}
	for _, value := range append(spellings("0", "1"), "", "x", "x0", "y") {
		w = append(w, labels.Set{"k": value})
	}
	a := w.member(t, "k,k notin (,x,x0,"+strings.Join(spellings("0"), ",")+")")
	for _, text := range []string{"k>0", "k=y", "k!=y"} {
		checkPair(t, a, w.member(t, text))
	}
}

// checkSpellings checks the algebra of a range with excluded values, and of the list of the values that are
// left.
func checkSpellings(t *testing.T, w world, bounds string, excluded, left []string) {
	t.Helper()
	text, list := bounds, "k,!k"
	if len(excluded) > 0 {
		text += ",k notin (" + strings.Join(excluded, ",") + ")"
	}
	if len(left) > 0 {
		list = "k in (" + strings.Join(left, ",") + ")"
	}
	a, b := w.member(t, text), w.member(t, list)
	for _, m := range []member{a, b} {
		checkOne(t, w, m)
		checkPair(t, m, w.member(t, bounds))
		checkPair(t, w.member(t, bounds), m)
		s := m.Simplify()
		if !slices.Equal(w.member(t, s.String()).meaning, m.meaning) {
			t.Errorf("%v is simplified to %v, which has another meaning", m, s)
		}
		if len(left) > 0 && len(s.String()) > len(m.String()) {
			t.Errorf("%v is simplified to %v, which is longer", m, s)
		}
	}
	checkPair(t, a, b)
	checkPair(t, b, a)
	if !a.Simplify().Equal(b.Simplify()) {
		t.Errorf("%v and %v are simplified to %v and %v", a, b, a.Simplify(), b.Simplify())
	}
}

// spellings returns all label values that spell these integers.
func spellings(numbers ...string) []string {
	var all []string
	for _, text := range numbers {
		for ; len(text) <= 63; text = "0" + text {
			all = append(all, text)
		}
	}
	return all
}

// A selector for a missing label and one that excludes values overlap: both match label sets without that
// label. See issue 356 of node-readiness-controller.
func TestAMissingLabelOverlapsNotIn(t *testing.T) {
	missing, notIn := selector.MustParse("!tier"), selector.MustParse("tier notin (a,b)")
	if !missing.Overlaps(notIn) || !notIn.Overlaps(missing) {
		t.Errorf("%v does not overlap %v", missing, notIn)
	}
	example, ok := missing.And(notIn).Example()
	if !ok || len(example) != 0 {
		t.Errorf("the example is %v, %v; want the empty label set", example, ok)
	}
	for _, text := range []string{missing.String(), notIn.String()} {
		if !must(labels.Parse(text)).Matches(labels.Set(example)) {
			t.Errorf("upstream's %s does not match %v", text, example)
		}
	}
	if missing.Equivalent(notIn) || !missing.Implies(notIn) || notIn.Implies(missing) {
		t.Errorf("%v must imply %v, but not the reverse", missing, notIn)
	}
}
