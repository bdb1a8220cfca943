package index

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// These tests count work at n, 2n and 4n: IDs moved, bytes allocated, lookups and probes. Sizes are as small
// as the growth allows.

func sizes(t *testing.T, n int, f func(t *testing.T, n int)) {
	for _, n := range []int{n, 2 * n, 4 * n} {
		t.Run(fmt.Sprint(n), func(t *testing.T) { f(t, n) })
	}
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A label of many early objects is toggled on the last: Set does not rewrite their IDs.
func TestObjectsSetBound(t *testing.T) {
	sizes(t, 25_000, func(t *testing.T, n int) {
		with := map[string]string{"old": "x"}
		var o Objects[int]
		for i := range n {
			if i < n/20 {
				o.Set(i, "", with)
			} else {
				o.Set(i, "", nil)
			}
		}
		toggle := func() {
			o.Set(n-1, "", with)
			o.Set(n-1, "", nil)
		}
		toggle() // the first adds pages and a block of labels
		const pairs = 100
		if got := allocated(func() {
			for range pairs {
				toggle()
			}
		}) / pairs; got > 200 {
			t.Errorf("a pair of changes allocates %d bytes", got)
		}
		for i, r := range o.terms.records {
			if p := r.value; len(p.list) > maxList {
				t.Errorf("a change of posting %d moves up to %d IDs", i, len(p.list))
			}
		}
	})
}

// Objects with the label come in descending order: each ID goes to the front of its page.
func TestObjectsReversedBound(t *testing.T) {
	sizes(t, 10_000, func(t *testing.T, n int) {
		var o Objects[int]
		for i := range n {
			o.Set(i, "", nil)
		}
		for i := range n {
			o.Set(n-1-i, "", map[string]string{"app": "web"})
		}
		key, _ := o.terms.find(term{isKey, "app"})
		web, _ := o.terms.find(term{key, "web"})
		for _, p := range []*posting{&o.all, o.terms.at(key), o.terms.at(web)} {
			if got := strings.Count(p.form(), "b"); got != (n+pageSize-1)/pageSize {
				t.Errorf("%d bitmaps of %d IDs", got, n)
			}
		}
	})
}

// Each selector has a key of its own. Set moves at most one watched key, and no bucket has many entries.
func TestSelectorsDistinctKeysBound(t *testing.T) {
	for _, form := range []string{"k%d", "k%d=v", "k%d in (v,w)", "!k%d"} {
		t.Run(form, func(t *testing.T) {
			sizes(t, 250, func(t *testing.T, n int) {
				var s Selectors[int]
				moved := 0
				see := func(change func()) {
					before := slices.Concat(s.present.list, s.missing.list)
					change()
					for i, w := range slices.Concat(s.present.list, s.missing.list) {
						if i < len(before) && before[i].key != w.key {
							moved++
						}
					}
				}
				for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
					see(func() { s.Set(i, "", selector.MustParse(fmt.Sprintf(form, i))) })
				}
				if got := len(s.present.list) + len(s.missing.list); got != n {
					t.Errorf("%d keys are watched, want %d", got, n)
				}
				for i := range n {
					see(func() { s.Delete(i) })
				}
				if moved > 3*n {
					t.Errorf("%d watched keys moved in %d changes", moved, 2*n)
				}
			})
		})
	}
}

// All selectors are in one bucket or in none, in namespaces that come in any order.
func TestSelectorsOneBucketBound(t *testing.T) {
	for _, text := range []string{"app=web", "app!=web"} {
		t.Run(text, func(t *testing.T) {
			sizes(t, 2000, func(t *testing.T, n int) {
				var s Selectors[int]
				sel := selector.MustParse(text)
				order := rand.New(rand.NewPCG(1, 2)).Perm(n)
				for _, i := range order {
					s.Set(i, fmt.Sprint("ns", i/3), sel)
				}
				longest, pages := 0, 0
				see := func(b *bucketList) {
					longest = max(longest, len(b.list))
					if b.pages != nil {
						pages += len(*b.pages)
						for _, page := range *b.pages {
							longest = max(longest, len(page))
						}
					}
				}
				see(&s.unindexed)
				for i := range s.terms.records {
					see(&s.terms.records[i].value.bucketList)
				}
				if longest > maxEntries || pages > 4*n/maxEntries {
					t.Errorf("a change moves up to %d entries; there are %d pages", longest, pages)
				}
				for i := range n {
					got := slices.Sorted(s.Match(fmt.Sprint("ns", i/3), map[string]string{"app": "web", "x": "y"}))
					want := []int{i / 3 * 3, i/3*3 + 1, i/3*3 + 2}
					want = slices.DeleteFunc(want, func(i int) bool { return i >= n || text == "app!=web" })
					if !slices.Equal(got, want) {
						t.Fatalf("ns%d: got %v, want %v", i/3, got, want)
					}
				}
			})
		})
	}
}

// lookups returns how many terms and postings a query looks up, and for how many objects it asks the
// selector.
func (o *Objects[K]) lookups(namespace string, sel selector.Selector) (lookups, asked int) {
	var room room
	groups, postings, ask := o.plan(&room, namespace, sel)
	lookups = len(postings)
	for i := range groups {
		if i > 0 {
			lookups += groups[0].size * groups[i].lookups()
		}
	}
	if ask {
		asked = groups[0].size
	}
	return lookups, asked
}

// A selector of n lists over objects of n labels: a query takes for each object at most a constant number of
// lookups more than a scan.
func TestSelectBound(t *testing.T) {
	sizes(t, 250, func(t *testing.T, n int) {
		const objects = 50
		labels := map[string]string{}
		var short, long []selector.Requirement
		var values []string
		for i := range n {
			values = append(values, fmt.Sprint("v", i))
		}
		for i := range n {
			key := fmt.Sprint("k", i)
			labels[key] = values[i]
			short = append(short, selector.Requirement{Key: key, Operator: selector.In, Values: []string{values[i], "other"}})
			long = append(long, selector.Requirement{Key: key, Operator: selector.In, Values: values})
		}
		var o Objects[int]
		for i := range objects {
			o.Set(i, []string{"a", "b"}[i%2], labels)
		}
		for _, reqs := range [][]selector.Requirement{short, long, long[:1]} {
			sel, err := selector.New(reqs...)
			if err != nil {
				t.Fatal(err)
			}
			for namespace, want := range map[string]int{"": objects, "a": objects / 2} {
				lookups, asked := o.lookups(namespace, sel)
				if most := minPlanning + maxGroups*maxLookups*want; lookups > most || asked > want {
					t.Errorf("%d requirements: %d lookups, %d objects asked", len(reqs), lookups, asked)
				}
				if got := o.Count(namespace, sel); got != want {
					t.Errorf("%d requirements: got %d objects in %q, want %d", len(reqs), got, namespace, want)
				}
			}
		}
	})
}

// One object has n labels. Another in its block, with few, is changed: the change does not copy the n labels.
func TestManyLabelsBound(t *testing.T) {
	sizes(t, 250, func(t *testing.T, n int) {
		labels := map[string]string{}
		for i := range n {
			labels[fmt.Sprint("k", i)] = "v"
		}
		var o Objects[int]
		o.Set(0, "", labels)
		o.Set(1, "", nil)
		if got := allocated(func() {
			for i := range 100 {
				o.Set(1, "", map[string]string{"k1": "v", fmt.Sprint("k", i%2): "v"})
			}
		}) / 100; got > 1000 {
			t.Errorf("a change allocates %d bytes", got)
		}
	})
}

// Twenty selectors have n values each. Changes of another one review them, but no faster than the changes pay
// for.
func TestReviewBound(t *testing.T) {
	sizes(t, 500, func(t *testing.T, n int) {
		var values []string
		for i := range n {
			values = append(values, fmt.Sprint("v", i))
		}
		var s Selectors[int]
		for i := range 20 {
			s.Set(i, "", selector.MustParse(fmt.Sprintf("k%d in (%s)", i, strings.Join(values, ","))))
		}
		s.Set(20, "", selector.MustParse("a=b"))
		changed, reviewed := s.work, 0
		for i := range n {
			last := s.reviewed
			s.Set(20, "", selector.MustParse([]string{"a=b", "a=c"}[i%2]))
			for last != s.reviewed {
				last = (last + 1) % uint32(len(s.selectors.records))
				reviewed += int(s.selectors.at(last).size)
			}
		}
		if changed = s.work - changed; reviewed > 2*changed+2*n || reviewed < changed {
			t.Errorf("reviews of size %d for changes of size %d", reviewed, changed)
		}
	})
}

// A selector of many values comes and goes. Its terms are then most of the index, but it is not rebuilt each
// time.
func TestSelectorsRebuildBound(t *testing.T) {
	sizes(t, 250, func(t *testing.T, n int) {
		var s Selectors[int]
		for i := range 8 * n {
			s.Set(i, "", selector.MustParse("app=web"))
		}
		var values []string
		for i := range 40 * n {
			values = append(values, fmt.Sprint(i))
		}
		many := selector.MustParse("b in (" + strings.Join(values, ",") + ")")
		changed, rebuilt := s.work, 0
		change := func(sel selector.Selector) {
			work, seed := s.work, s.selectors.seed
			s.Set(-1, "", sel)
			if s.selectors.seed != seed {
				rebuilt += s.size
				changed += int(sizeOf(sel))
			} else {
				changed += s.work - work
			}
		}
		for range 20 {
			change(many)
			change(selector.Everything())
		}
		if rebuilt > changed || rebuilt == 0 {
			t.Errorf("rebuilds of size %d for changes of size %d", rebuilt, changed)
		}
		if len(s.terms.records) > 60*n {
			t.Errorf("%d terms for %d selectors: memory is not released", len(s.terms.records), s.Len())
		}
	})
}

// One object gets labels and loses them. Its terms are then most of the index, but it is not rebuilt each
// time.
func TestObjectsRebuildBound(t *testing.T) {
	sizes(t, 250, func(t *testing.T, n int) {
		var o Objects[int]
		for i := range 4 * n {
			o.Set(i, "", map[string]string{"app": "web"})
		}
		many := map[string]string{}
		for i := range 8 * n {
			many[fmt.Sprint(i)] = ""
		}
		changed, rebuilt := o.work, 0
		change := func(labels map[string]string) {
			work, seed := o.work, o.objects.seed
			o.Set(-1, "", labels)
			if o.objects.seed != seed {
				rebuilt += o.size
			} else {
				changed += o.work - work
			}
		}
		for range 20 {
			change(many)
			change(nil)
		}
		if rebuilt > changed || rebuilt == 0 {
			t.Errorf("rebuilds of size %d for changes of size %d", rebuilt, changed)
		}
	})
}

// probes returns how many slots a lookup of a term reads.
func probes(terms *ids[term, struct{}], t term) int {
	id, known := terms.find(t)
	if !known {
		panic("unknown term")
	}
	mask := uint64(len(terms.slots) - 1)
	home := t.hash(terms.seed) & mask
	for i := uint64(0); ; i++ {
		if terms.slots[(home+i)&mask] != 0 && terms.in((home+i)&mask) == id {
			return int(i) + 1
		}
	}
}

// One value under keys whose IDs have neighbouring multiples of the constant of term.hash: the seed must
// decide.
func TestTermHashBound(t *testing.T) {
	sizes(t, 25_000, func(t *testing.T, n int) {
		var terms ids[term, struct{}]
		var chosen []term
		for of := range uint32(n) {
			terms.add(term{of, "u"})
			if low := uint32(uint64(of) * 0x9e3779b97f4a7c15); low%65536 < 65536/24 {
				chosen = append(chosen, term{of, "x"})
			}
		}
		for _, c := range chosen {
			terms.add(c)
		}
		total := 0
		for _, c := range chosen {
			total += probes(&terms, c)
		}
		if mean := float64(total) / float64(len(chosen)); mean > 5 {
			t.Errorf("%.1f probes for a lookup of %d chosen terms", mean, len(chosen))
		}
	})
}

// Different seeds give different hashes, and so do different keys of one value.
func TestTermHash(t *testing.T) {
	seen := map[uint64]bool{}
	for range 4 {
		seed := maphash.MakeSeed()
		for _, of := range []uint32{0, 1, 2, 1 << 20, isMissing, isNamespace, isKey} {
			seen[term{of, "x"}.hash(seed)] = true
		}
	}
	if len(seen) != 28 {
		t.Errorf("%d hashes of 28", len(seen))
	}
}
