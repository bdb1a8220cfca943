package index

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/rollcall-go/rollcall/selector"
)

// What a history ends with is as if it had never been: no term, posting or file of it is left.
func TestNothingIsLeft(t *testing.T) {
	const n = 60 // fewer than make Delete begin anew
	var o Objects[int]
	for round := range 3 {
		for i := range n {
			o.Set(i, fmt.Sprint("ns", i%3), map[string]string{"app": fmt.Sprint(i, round), "tier": fmt.Sprint(i % 2)})
		}
	}
	for i := range n {
		o.Delete(i)
	}
	if got := o.terms.len(); got != 0 {
		t.Errorf("%d terms of objects are left: %q", got, textsOf(&o.terms))
	}
	for i, e := range append(o.terms.records, record[term, posting]{value: o.all}) {
		if p := e.value; p.len() > 0 || p.paged != nil {
			t.Errorf("posting %d is left: %v", i, p)
		}
	}

	var s Selectors[int]
	texts := []string{
		"a=%d", "a in (%d,1,1,2),b", "a,b notin (%d)", "!a,c!=%d", "!a", "a!=%d", "", "a>%d", "a>3,b<%d,c=1,c=2", "x,!x,y=%d",
	}
	for round := range 3 {
		for i := range n {
			text := texts[(i+round)%len(texts)]
			if slices.Contains([]byte(text), '%') {
				text = fmt.Sprintf(text, i)
			}
			s.Set(i, []string{"", "ns", fmt.Sprint(i)}[i%3], selector.MustParse(text))
		}
	}
	for i := range n {
		s.Delete(i)
	}
	if got := s.terms.len(); got != 0 {
		t.Errorf("%d terms of selectors are left: %q", got, textsOf(&s.terms))
	}
	for i, e := range s.terms.records {
		if f := e.value; len(f.list) > 0 || f.uses != 0 {
			t.Errorf("file %d is left: %v", i, f)
		}
	}
	if len(s.present.list)+len(s.missing.list)+len(s.unindexed.list) > 0 {
		t.Errorf("left: keys %v, missing %v, always %v", s.present, s.missing, s.unindexed.list)
	}
}

// However selectors come, each is filed under what tells most apart, so that few are tried for a label set. All of them have the
// same tiers, and Calico files all under those.
func TestFilesAreSmall(t *testing.T) {
	const m = 4000
	var texts []string
	for i := range m {
		texts = append(texts, fmt.Sprintf("app=a%d,tier=%d,zone in (a,b)", i/2, i%4))
	}
	reversed := slices.Clone(texts)
	slices.Reverse(reversed)
	byTier := slices.Clone(texts)
	slices.SortStableFunc(byTier, func(a, b string) int {
		return int(a[len(a)-len("0,zone in (a,b)")]) - int(b[len(b)-len("0,zone in (a,b)")])
	})
	for name, order := range map[string][]string{"in order": texts, "reversed": reversed, "by tier": byTier} {
		var s Selectors[string]
		for _, text := range order {
			s.Set(text, "", selector.MustParse(text))
		}
		most := 0
		for _, e := range s.terms.records {
			most = max(most, len(e.value.list))
		}
		// Of a term that was rare when they came, some may wait for its uses to double.
		if most > 8 || len(s.unindexed.list) > 0 {
			t.Errorf("%s: a file has %d selectors, and %d are in none", name, most, len(s.unindexed.list))
		}
	}
}

// What wants no label is tried for label sets without the key alone.
func TestMissingIsFiled(t *testing.T) {
	var s Selectors[int]
	for i := range 100 {
		s.Set(i, "", selector.MustParse(fmt.Sprintf("!canary,tier!=%d", i)))
	}
	if len(s.unindexed.list) > 0 || len(s.missing.list) != 1 {
		t.Errorf("%d are always tried, and %d keys are asked for", len(s.unindexed.list), len(s.missing.list))
	}
}

// What comes and goes at the limit from which on something is done anew does not have it done each time.
func TestNothingIsDoneAnewForLittle(t *testing.T) {
	var o Objects[int]
	for i := range 2000 {
		o.Set(i, "", map[string]string{"app": "web"})
	}
	many := map[string]string{}
	for i := range 400 {
		many[fmt.Sprint(i)] = ""
	}
	before := o.objects.seed
	for range 10 {
		o.Set(0, "", many)
		o.Set(0, "", nil)
	}
	if o.objects.seed != before {
		t.Error("the index begins anew for the labels of one of 2000 objects")
	}

	var s Selectors[int]
	for i := range 1024 {
		s.Set(i, "", selector.MustParse("app=web,tier=front"))
	}
	if got := testing.AllocsPerRun(5, func() {
		s.Delete(0)
		s.Set(0, "", selector.MustParse("app=web,tier=front"))
	}); got > 100 {
		t.Errorf("to set one of 1024 selectors again takes %v allocations: all are filed anew", got)
	}
}

// What was common when selectors were filed has become rare: they are filed under that before long, whether it is their first
// requirement or their last.
func TestFilesFollow(t *testing.T) {
	const m = 500
	for _, zone := range []string{"zone", "area"} {
		var s Selectors[int]
		var zones []string
		for i := range m {
			zones = append(zones, fmt.Sprintf("z%d", i))
		}
		for i := range m {
			s.Set(m+i, "", selector.MustParse("own=y,"+zone+" in ("+strings.Join(zones, ",")+")"))
		}
		for i := range m {
			s.Set(i, "", selector.MustParse(fmt.Sprintf("tier=front,%s=z%d", zone, i)))
		}
		for i := range m {
			s.Set(m+i, "", selector.MustParse(fmt.Sprintf("own=%d", i)))
		}
		most := 0
		for _, e := range s.terms.records {
			most = max(most, len(e.value.list))
		}
		if most > 4 {
			t.Errorf("%s: a file has %d selectors of %d, all of which name a label of their own", zone, most, s.Len())
		}
	}
}

// However many keys are watched, and labels there are, those that match are found.
func TestManyWatched(t *testing.T) {
	for keys := range 2*maxWatched + 2 {
		var s Selectors[int]
		labels := map[string]string{"": ""}
		for i := range keys {
			s.Set(i, "", selector.MustParse(fmt.Sprintf("k%d=v", i)))
			labels[fmt.Sprintf("k%d", i)] = "v"
		}
		for range 2 * maxWatched {
			if got := slices.Sorted(s.Match("", labels)); len(got) != keys || keys > 0 && got[keys-1] != keys-1 {
				t.Errorf("of %d selectors, %v match %d labels", keys, got, len(labels))
			}
			labels[fmt.Sprintf("more%d", len(labels))] = ""
		}
	}
}

// Selectors give their memory back, too.
func TestSelectorsShrink(t *testing.T) {
	var s Selectors[int]
	for i := range 1000 {
		s.Set(i, "", selector.MustParse(fmt.Sprintf("app=a%d", i)))
	}
	for i := range 950 {
		s.Delete(i)
	}
	if n, f := len(s.selectors.records), len(s.terms.records); n > 250 || f > 500 || s.Len() != 50 {
		t.Errorf("50 selectors are left, and room for %d of %d terms", n, f)
	}
	for i := 950; i < 1000; i++ {
		if got := slices.Collect(s.Match("", map[string]string{"app": fmt.Sprintf("a%d", i)})); !slices.Equal(got, []int{i}) {
			t.Fatalf("app=a%d is matched by %v", i, got)
		}
	}
	// One label that all name, and then none does.
	for i := 950; i < 1000; i++ {
		s.Set(i, "", selector.MustParse("app=web"))
	}
	t1, _ := s.terms.find(term{isKey, "app"})
	web, _ := s.terms.find(term{t1, "web"})
	for i := 951; i < 1000; i++ {
		s.Set(i, "", selector.MustParse("app"))
	}
	if list := s.terms.at(web).list; len(list) != 1 || cap(list) > 6 {
		t.Errorf("a file of %d has room for %d", len(list), cap(list))
	}
}

// Of what a selector wants, the rarest is gone through, and no more than that: time does not grow with the number of objects.
func TestPlan(t *testing.T) {
	var o Objects[int]
	for i := range 10_000 {
		labels := map[string]string{"tier": "front", "app": fmt.Sprint(i / 10), "zone": fmt.Sprint(i % 3)}
		if i%1000 == 0 {
			labels["canary"] = ""
		}
		o.Set(i, fmt.Sprint("ns", i%100), labels)
	}
	for _, test := range []struct {
		namespace, text string
		size, others    int
		ask             bool
	}{
		{"", "tier=front,app=7,zone=1", 10, 2, false},
		{"ns1", "tier=front", 100, 1, false},
		{"ns1", "app=7", 10, 1, false},
		{"", "tier,canary,app", 10, 2, false},
		{"", "app in (1,2,3,3),zone!=1", 30, 1, false},
		{"", "tier!=front", 10_000, 1, false},
		{"ns1", "!canary", 100, 1, false},
		{"", "app=7,zone>1", 10, 1, true},
		{"", "app=7,tier in (front,1,2,3)", 10, 1, false},
		// To go through thirty and look for each in one namespace is less than to look for the hundred of that in twenty lists.
		{"ns1", "app in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20)", 200, 1, false},
		{"", "app=7,app in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20)", 10, 0, true},
		{"", "", 10_000, 0, false},
	} {
		var room room
		groups, _, ask := o.plan(&room, test.namespace, selector.MustParse(test.text))
		if groups[0].size != test.size || len(groups)-1 != test.others || ask != test.ask {
			t.Errorf("%q in %q: goes through %d, looks into %d others, asks: %v; want %d, %d, %v", test.text, test.namespace,
				groups[0].size, len(groups)-1, ask, test.size, test.others, test.ask)
		}
	}
}

// A selector of at most one requirement need not be tried where it is filed, unless it compares numbers.
func TestSure(t *testing.T) {
	for text, want := range map[string]bool{
		"a=1": true, "a in (1,2)": true, "a": true, "!a": true, "a>1": false, "a<1": false, "a!=1": false, "a=1,b=2": false, "": true,
	} {
		var s Selectors[int]
		s.Set(0, "", selector.MustParse(text))
		if got := s.selectors.at(0).entry(0).matches(); got != want {
			t.Errorf("%q is sure to match: %v, want %v", text, got, want)
		}
		if s.Set(0, "n", selector.MustParse(text)); text == "!a" && s.selectors.at(0).entry(0).matches() {
			t.Error("!a of a namespace is sure to match, and is always tried")
		}
	}
}

// A label that is a part of a long text does not keep that.
func TestTextsAreCut(t *testing.T) {
	long := "app=web and much more"
	var o Objects[int]
	o.Set(0, "", map[string]string{long[:3]: long[4:7]})
	var s Selectors[int]
	sel, _ := selector.FromLabels(map[string]string{long[:3]: long[4:7]})
	s.Set(0, "", sel)
	for _, text := range append(textsOf(&o.terms), textsOf(&s.terms)...) {
		for i := range long {
			if unsafe.StringData(text) == unsafe.StringData(long[i:]) {
				t.Errorf("%q is a part of %q", text, long)
			}
		}
	}
}

// textsOf returns those of terms.
func textsOf[V any](terms *ids[term, V]) (texts []string) {
	for _, e := range terms.records {
		texts = append(texts, e.key.text)
	}
	return texts
}

// A key that a map refuses is refused as by a map: nothing is changed.
func TestRefusedKey(t *testing.T) {
	var o Objects[any]
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a slice is taken for a key")
			}
		}()
		o.Set([]int{1}, "", nil)
	}()
	o.Set(1, "", nil)
	if n := o.Count("", selector.Everything()); o.Len() != 1 || n != 1 {
		t.Errorf("%d objects, of which %d can be found", o.Len(), n)
	}
}
