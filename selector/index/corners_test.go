package index

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/rollcall-go/rollcall/selector"
)

// Numbers are given again, and what is held by number grows with them alone.
func TestNumbersAreGivenAgain(t *testing.T) {
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
		t.Errorf("%d numbers of objects, %d postings and %d blocks of labels for 2 objects", o, p, l)
	}
	if n, f := len(s.selectors.records), len(s.terms.records); n > 4 || f > 12 {
		t.Errorf("%d numbers and %d files for 2 selectors", n, f)
	}
}

// A group of more postings than it is worth to look into is asked for, and so is one that says not.
func TestManyValues(t *testing.T) {
	var o Objects[int]
	var values string
	for i := range 400 {
		o.Set(i, "", map[string]string{"id": fmt.Sprint(i), "app": fmt.Sprint(i % 40)})
	}
	for i := range maxLookups {
		values += fmt.Sprintf("%d,", i)
	}
	for text, want := range map[string]int{
		"app in (" + values + "39)": 170, "app notin (" + values + "39)": 230,
		"id in (0,17,39,57),app in (" + values + "39)": 2, "id in (0,17,39,57),app notin (" + values + "39)": 2,
	} {
		sel, n := selector.MustParse(text), 0
		for range o.Select("", sel) {
			n++
		}
		if got := o.Count("", sel); got != want || n != want {
			t.Errorf("%s: %d are counted and %d selected, want %d", text, got, n, want)
		}
	}
}

// Lists that shrink give back their room, those that grow have little.
func TestRoomOfLists(t *testing.T) {
	var list []uint32
	for i := range uint32(1000) {
		list = append(spare(list), i)
		if cap(list) > len(list)+len(list)/8+8 {
			t.Fatalf("%d have room for %d", len(list), cap(list))
		}
	}
	moved := 0
	for len(list) > 0 {
		was := &list[0]
		list = fit(list[:len(list)-1])
		if cap(list) > len(list)+len(list)/4+4 {
			t.Fatalf("%d have room for %d", len(list), cap(list))
		}
		if len(list) > 0 && &list[0] != was {
			moved++
		}
	}
	if moved > 30 {
		t.Errorf("moved %d times", moved)
	}
}

// Whoever takes one match only gets one, wherever it is found.
func TestStops(t *testing.T) {
	for _, texts := range [][]string{{"a", "b"}, {"a=1", "b=1"}, {"!x", "!y"}, {"", "!x"}, {"", "a"}, {"a", "a=1"}, {"x!=1", "y!=1"}, {"!x", "a"}} {
		for extra := range 4 {
			var s Selectors[int]
			for i, text := range texts {
				s.Set(i, "", selector.MustParse(text))
			}
			labels := map[string]string{"a": "1", "b": "1"}
			for i := range extra {
				labels[fmt.Sprint("l", i)] = ""
			}
			for range s.Match("", labels) {
				break
			}
		}
	}
}

// A few that stand in a list are looked up in groups of every kind.
func TestFewAmongGroups(t *testing.T) {
	var o Objects[int]
	for i := range 1000 {
		o.Set(i, "", map[string]string{"third": fmt.Sprint(i % 3), "id": fmt.Sprint(i), "hundredth": fmt.Sprint(i % 100)})
	}
	for text, want := range map[string]int{
		"id in (3,4,5),third in (1,2)": 2, "id in (3,4,5),third notin (1,2)": 1, "id in (3,4,5),third=2": 1, "id in (3,4,5),third!=2": 2,
		"id in (3,4,5),third in (1,2),hundredth in (4,5)": 2, "hundredth=7,third in (1,2)": 7, "hundredth=7,third notin (1,2)": 3,
	} {
		sel, n := selector.MustParse(text), 0
		for range o.Select("", sel) {
			n++
		}
		if got := o.Count("", sel); got != want || n != want {
			t.Errorf("%s: %d are counted and %d selected, want %d", text, got, n, want)
		}
	}
}

// More objects than are in a chunk of a bitmap, and than in one of a list: chunks where there is nothing, an end within one, and
// postings one after the other.
func TestManyChunks(t *testing.T) {
	const n = 3*64*64 + 100
	var o Objects[int]
	all := map[int]map[string]string{}
	for i := range n {
		all[i] = map[string]string{
			"half": fmt.Sprint(i % 2), "third": fmt.Sprint(i % 3), "chunk": fmt.Sprint(i / (64 * 64)), "early": fmt.Sprint(i < 1000),
			"run": fmt.Sprint(i / 100), "rare": fmt.Sprint(i % 500),
		}
		o.Set(i, []string{"n", "m"}[i/8000], all[i])
	}
	for _, text := range []string{
		"", "half=0", "half=0,third=1", "half in (0,1),third=1", "third in (0,1),half=1", "third notin (0,1)", "third notin (0,1),half=0",
		"third in (0,2),half in (0,1),chunk in (1,3)", "chunk=2,half=0", "half=0,chunk!=1", "chunk notin (0,2)", "chunk in (3,0),third=0",
		"early=true,third=0", "early!=true,third=0", "early=true,chunk=3", "early=true,chunk in (1,2)", "third in (0,1),early in (true)",
		"run=17,half=1", "run in (3,30),third in (0,1)", "run notin (3,30),third=1", "rare in (3,499),half in (1)", "rare in (3,499),third in (1,0)",
		"rare=3", "rare!=3", "rare notin (3,4),half=1", "half>0", "half>0,third=1", "third in (0,1),chunk<2", "rare in (3,4),chunk>1",
	} {
		sel := selector.MustParse(text)
		for _, namespace := range []string{"", "n", "m"} {
			var want, got []int
			for i := range n {
				if (namespace == "" || namespace == []string{"n", "m"}[i/8000]) && sel.Matches(all[i]) {
					want = append(want, i)
				}
			}
			for i := range o.Select(namespace, sel) {
				got = append(got, i)
			}
			slices.Sort(got)
			if count := o.Count(namespace, sel); !slices.Equal(got, want) || count != len(want) {
				t.Errorf("%q in %q: %d selected and %d counted, want %d", text, namespace, len(got), count, len(want))
			}
		}
	}
}

// A list can be longer than a chunk: that of 304 among 20000.
func TestLongLists(t *testing.T) {
	var o Objects[int]
	for i := range 20000 {
		labels := map[string]string{"half": fmt.Sprint(i % 2)}
		if i%66 == 0 {
			labels["few"] = "yes"
		}
		if i%2000 == 0 {
			labels["fewer"] = fmt.Sprint(i)
		}
		o.Set(i, "", labels)
	}
	for text, want := range map[string]int{"few": 304, "few=yes,half=0": 304, "few,half!=0": 0, "few,!fewer": 303, "few,half<1": 304} {
		sel := selector.MustParse(text)
		got := map[int]bool{}
		for i := range o.Select("", sel) {
			if got[i] {
				t.Fatalf("%s: %d twice", text, i)
			}
			got[i] = true
		}
		if n := o.Count("", sel); n != want || len(got) != want {
			t.Errorf("%s: %d counted, %d selected, want %d", text, n, len(got), want)
		}
	}
}

// Objects that have nothing leave out blocks of labels.
func TestNothingButOne(t *testing.T) {
	var o Objects[int]
	for i := range 100 {
		o.Set(i, "", nil)
	}
	o.Set(100, "", map[string]string{"a": "b"})
	if n := o.Count("", selector.MustParse("a=b")); n != 1 {
		t.Errorf("%d have a=b, want 1", n)
	}
}

// Texts that are kept do not keep what they are a part of, nor does what is deleted stay.
func TestNothingIsKept(t *testing.T) {
	long := strings.Repeat("x", 60)
	part := long[:1]
	var o Objects[string]
	var s Selectors[string]
	o.Set("", part, map[string]string{part: part})
	s.Set("", part, selector.MustParse(long+"="+long))
	for _, text := range append(textsOf(&o.terms), textsOf(&s.terms)...) {
		if unsafe.StringData(text) == unsafe.StringData(long) {
			t.Errorf("%q is a part of the caller's text", text)
		}
	}
	o.Set("key", "", nil)
	o.Delete("key")
	s.Set("key", "", selector.MustParse("a=b"))
	s.Delete("key")
	if f := s.selectors.at(1); o.objects.key(1).of != "" || s.selectors.key(1).of != "" || len(f.Requirements()) > 0 || len(f.rest.Requirements()) > 0 {
		t.Errorf("left: %v, %v", o.objects.records, s.selectors.records)
	}
	var j Join[string, string]
	j.SetObject("key", "", map[string]string{part: part})
	j.DeleteObject("key")
	if len(j.labels) > 0 {
		t.Errorf("labels are left: %v", j.labels)
	}
}
