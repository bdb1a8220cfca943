package index

import (
	"fmt"
	"slices"
	"testing"

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
		t.Errorf("%d terms of objects are left: %q", got, o.terms.keys)
	}
	for i, p := range append(slices.Clone(o.postings), o.all) {
		if p.len() > 0 || p.bitmap != nil {
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
		t.Errorf("%d terms of selectors are left: %q", got, s.terms.keys)
	}
	for i, f := range s.files {
		if len(f.found) > 0 || f.uses != 0 || f.below != 0 {
			t.Errorf("file %d is left: %v", i, f)
		}
	}
	if len(s.keys)+len(s.missing)+len(s.always) > 0 {
		t.Errorf("left: keys %v, missing %v, always %v", s.keys, s.missing, s.always)
	}
}

// A bitmap that has become sparse is a list again, however it came to be sparse.
func TestSparsePostingsAreLists(t *testing.T) {
	var p posting
	for i := range uint32(1000) {
		p.add(i)
	}
	if p.bitmap == nil {
		t.Fatal("a thousand of a thousand are no bitmap")
	}
	for i := range uint32(1000) {
		if i%250 != 0 {
			p.remove(i)
		}
	}
	if want := []uint32{0, 250, 500, 750}; p.bitmap != nil || !slices.Equal(p.list, want) {
		t.Errorf("got %v, want the list %v", p, want)
	}
	for i := range uint32(1000) {
		p.add(i)
	}
	p.add(1_000_000)
	if p.bitmap != nil || p.len() != 1001 {
		t.Errorf("a thousand of a million are a bitmap of %d", p.len())
	}
	if 4*cap(p.list) > 5*len(p.list) {
		t.Errorf("the list of %d has room for %d", len(p.list), cap(p.list))
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
		for _, f := range s.files {
			most = max(most, len(f.found))
		}
		// Of a term that was rare when they came, some may wait for its uses to double.
		if most > 8 || len(s.always) > 0 {
			t.Errorf("%s: a file has %d selectors, and %d are in none", name, most, len(s.always))
		}
	}
}

// What wants no label is tried for label sets without the key alone.
func TestMissingIsFiled(t *testing.T) {
	var s Selectors[int]
	for i := range 100 {
		s.Set(i, "", selector.MustParse(fmt.Sprintf("!canary,tier!=%d", i)))
	}
	if len(s.always) > 0 || len(s.missing) != 1 {
		t.Errorf("%d are always tried, and %d keys are asked for", len(s.always), len(s.missing))
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
