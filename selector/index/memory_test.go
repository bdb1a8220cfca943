package index

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/rollcall-go/rollcall/selector"
)

// Deleting all objects and selectors removes all terms, postings and buckets.
func TestNothingRemains(t *testing.T) {
	const n = 60 // too few for a rebuild
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
		t.Errorf("%d terms of objects remain: %q", got, textsOf(&o.terms))
	}
	for i, e := range append(o.terms.records, record[term, posting]{value: o.all}) {
		if p := e.value; p.len() > 0 || p.paged != nil {
			t.Errorf("posting %d remains: %v", i, p)
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
		t.Errorf("%d terms of selectors remain: %q", got, textsOf(&s.terms))
	}
	for i, e := range s.terms.records {
		if f := e.value; len(f.list) > 0 || f.uses != 0 {
			t.Errorf("bucket %d remains: %v", i, f)
		}
	}
	if len(s.present.list)+len(s.missing.list)+len(s.unindexed.list) > 0 {
		t.Errorf("remaining: keys %v, absent keys %v, without a bucket %v", s.present, s.missing, s.unindexed.list)
	}
}

// A change that is repeated at a limit does not rebuild the index each time.
func TestNoRebuildForSmallChanges(t *testing.T) {
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
		t.Error("the labels of one of 2000 objects rebuild the index")
	}

	var s Selectors[int]
	for i := range 1024 {
		s.Set(i, "", selector.MustParse("app=web,tier=front"))
	}
	if got := testing.AllocsPerRun(5, func() {
		s.Delete(0)
		s.Set(0, "", selector.MustParse("app=web,tier=front"))
	}); got > 100 {
		t.Errorf("a change of one of 1024 selectors takes %v allocations: it moves all", got)
	}
}

// Selectors release memory.
func TestSelectorsReleaseMemory(t *testing.T) {
	var s Selectors[int]
	for i := range 1000 {
		s.Set(i, "", selector.MustParse(fmt.Sprintf("app=a%d", i)))
	}
	for i := range 950 {
		s.Delete(i)
	}
	if n, f := len(s.selectors.records), len(s.terms.records); n > 250 || f > 500 || s.Len() != 50 {
		t.Errorf("50 selectors remain in memory for %d, with %d terms", n, f)
	}
	for i := 950; i < 1000; i++ {
		if got := slices.Collect(s.Match("", map[string]string{"app": fmt.Sprintf("a%d", i)})); !slices.Equal(got, []int{i}) {
			t.Fatalf("app=a%d: got %v", i, got)
		}
	}
	// All name one label, and then only one does.
	for i := 950; i < 1000; i++ {
		s.Set(i, "", selector.MustParse("app=web"))
	}
	t1, _ := s.terms.find(term{isKey, "app"})
	web, _ := s.terms.find(term{t1, "web"})
	for i := 951; i < 1000; i++ {
		s.Set(i, "", selector.MustParse("app"))
	}
	if list := s.terms.at(web).list; len(list) != 1 || cap(list) > 6 {
		t.Errorf("a bucket of %d selectors has a capacity of %d", len(list), cap(list))
	}
}

// The IDs of deleted keys are reused, so that the memory does not grow with the number of changes.
func TestIDsAreReused(t *testing.T) {
	var o Objects[int]
	var s Selectors[int]
	for i := range 1000 {
		for j := range 3 {
			o.Set(i+j, "ns", map[string]string{"id": fmt.Sprint(i + j)})
			s.Set(i+j, "ns", selector.MustParse(fmt.Sprintf("id=%d,!x", i+j)))
		}
		o.Delete(i)
		s.Delete(i)
	}
	if o, p, l := len(o.objects.records), len(o.terms.records), len(o.labels.blocks); o > 4 || p > 12 || l > 1 {
		t.Errorf("%d IDs of objects, %d terms and %d blocks of labels for 2 objects", o, p, l)
	}
	if n, f := len(s.selectors.records), len(s.terms.records); n > 4 || f > 12 {
		t.Errorf("%d IDs and %d terms for 2 selectors", n, f)
	}
}

// Lists have little unused capacity, while they grow and while they shrink.
func TestListCapacity(t *testing.T) {
	var list []uint32
	for i := range uint32(1000) {
		list = append(spare(list), i)
		if cap(list) > len(list)+len(list)/8+8 {
			t.Fatalf("%d IDs with a capacity of %d", len(list), cap(list))
		}
	}
	moved := 0
	for len(list) > 0 {
		was := &list[0]
		list = fit(list[:len(list)-1])
		if cap(list) > len(list)+len(list)/4+4 {
			t.Fatalf("%d IDs with a capacity of %d", len(list), cap(list))
		}
		if len(list) > 0 && &list[0] != was {
			moved++
		}
	}
	if moved > 30 {
		t.Errorf("reallocated %d times", moved)
	}
}

// A term does not keep the longer string that its text is part of.
func TestTermsCopyText(t *testing.T) {
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

// The index keeps no reference to the strings of the caller, or to deleted objects and selectors.
func TestNoReferences(t *testing.T) {
	long := strings.Repeat("x", 60)
	part := long[:1]
	var o Objects[string]
	var s Selectors[string]
	o.Set("", part, map[string]string{part: part})
	s.Set("", part, selector.MustParse(long+"="+long))
	for _, text := range append(textsOf(&o.terms), textsOf(&s.terms)...) {
		if unsafe.StringData(text) == unsafe.StringData(long) {
			t.Errorf("%q is part of the caller's string", text)
		}
	}
	o.Set("key", "", nil)
	o.Delete("key")
	s.Set("key", "", selector.MustParse("a=b"))
	s.Delete("key")
	if f := s.selectors.at(1); o.objects.key(1).of != "" || s.selectors.key(1).of != "" || len(f.Requirements()) > 0 || len(f.rest.Requirements()) > 0 {
		t.Errorf("remaining: %v, %v", o.objects.records, s.selectors.records)
	}
	var j Join[string, string]
	j.SetObject("key", "", map[string]string{part: part})
	j.DeleteObject("key")
	if len(j.labels) > 0 {
		t.Errorf("labels remain: %v", j.labels)
	}
}

// textsOf returns the texts of terms.
func textsOf[V any](terms *ids[term, V]) (texts []string) {
	for _, e := range terms.records {
		texts = append(texts, e.key.text)
	}
	return texts
}

// A key that is not hashable panics, as in a map, and changes nothing.
func TestUnhashableKey(t *testing.T) {
	var o Objects[any]
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a slice as a key does not panic")
			}
		}()
		o.Set([]int{1}, "", nil)
	}()
	o.Set(1, "", nil)
	if n := o.Count("", selector.Everything()); o.Len() != 1 || n != 1 {
		t.Errorf("%d objects, and %d are found", o.Len(), n)
	}
}
