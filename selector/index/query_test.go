package index

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// checkCount checks the number of objects that Select and Count find, and that Select yields each once.
func checkCount(t *testing.T, o *Objects[int], text string, want int) {
	t.Helper()
	sel, found := selector.MustParse(text), map[int]bool{}
	for key := range o.Select("", sel) {
		if found[key] {
			t.Errorf("%d is yielded twice", key)
		}
		found[key] = true
	}
	if got := o.Count("", sel); got != want || len(found) != want {
		t.Errorf("counted %d and selected %d, want %d", got, len(found), want)
	}
}

// A query iterates over the rarest requirement. The number of objects does not matter.
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
		// Each of 200 objects in one namespace: fewer lookups than each of 100 in 20 lists.
		{"ns1", "app in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20)", 200, 1, false},
		{"", "app=7,app in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20)", 10, 0, true},
		{"", "", 10_000, 0, false},
	} {
		t.Run(fmt.Sprintf("%q in %q", test.text, test.namespace), func(t *testing.T) {
			var room room
			groups, _, ask := o.plan(&room, test.namespace, selector.MustParse(test.text))
			if groups[0].size != test.size || len(groups)-1 != test.others || ask != test.ask {
				t.Errorf("iterates over %d objects, looks up in %d groups, asks: %v; want %d, %d, %v",
					groups[0].size, len(groups)-1, ask, test.size, test.others, test.ask)
			}
		})
	}
}

// A list of more values than a query looks up is left to the selector, with In and with NotIn.
func TestSelectManyValues(t *testing.T) {
	var o Objects[int]
	var values string
	for i := range 400 {
		o.Set(i, "", map[string]string{"id": fmt.Sprint(i), "app": fmt.Sprint(i % 40)})
	}
	for i := range maxLookups {
		values += fmt.Sprintf("%d,", i)
	}
	for _, tt := range []struct {
		text string
		want int
	}{
		{"app in (" + values + "39)", 170},
		{"app notin (" + values + "39)", 230},
		{"id in (0,17,39,57),app in (" + values + "39)", 2},
		{"id in (0,17,39,57),app notin (" + values + "39)", 2},
	} {
		t.Run(tt.text, func(t *testing.T) { checkCount(t, &o, tt.text, tt.want) })
	}
}

// Few objects of a list are looked up in every kind of group.
func TestSelectFew(t *testing.T) {
	var o Objects[int]
	for i := range 1000 {
		o.Set(i, "", map[string]string{"third": fmt.Sprint(i % 3), "id": fmt.Sprint(i), "hundredth": fmt.Sprint(i % 100)})
	}
	for _, tt := range []struct {
		text string
		want int
	}{
		{"id in (3,4,5),third in (1,2)", 2},
		{"id in (3,4,5),third notin (1,2)", 1},
		{"id in (3,4,5),third=2", 1},
		{"id in (3,4,5),third!=2", 2},
		{"id in (3,4,5),third in (1,2),hundredth in (4,5)", 2},
		{"hundredth=7,third in (1,2)", 7},
		{"hundredth=7,third notin (1,2)", 3},
	} {
		t.Run(tt.text, func(t *testing.T) { checkCount(t, &o, tt.text, tt.want) })
	}
}

// Queries of several chunks: empty chunks, an end within a chunk, and several postings.
func TestSelectChunks(t *testing.T) {
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
				t.Errorf("%q in %q: selected %d and counted %d, want %d", text, namespace, len(got), count, len(want))
			}
		}
	}
}

// A list of more IDs than a chunk has.
func TestSelectLongList(t *testing.T) {
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
	for _, tt := range []struct {
		text string
		want int
	}{{"few", 304}, {"few=yes,half=0", 304}, {"few,half!=0", 0}, {"few,!fewer", 303}, {"few,half<1", 304}} {
		t.Run(tt.text, func(t *testing.T) { checkCount(t, &o, tt.text, tt.want) })
	}
}

// Objects without labels leave blocks of the packed lists empty.
func TestSelectOneWithLabels(t *testing.T) {
	var o Objects[int]
	for i := range 100 {
		o.Set(i, "", nil)
	}
	o.Set(100, "", map[string]string{"a": "b"})
	if n := o.Count("", selector.MustParse("a=b")); n != 1 {
		t.Errorf("got %d, want 1", n)
	}
}
