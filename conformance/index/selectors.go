package main

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/projectcalico/calico/felix/labelindex/labelrestrictionindex"
	calico "github.com/projectcalico/calico/libcalico-go/lib/selector"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollcall-go/rollcall/selector/index"
)

// matcher is an index of selectors.
type matcher interface {
	set(key string, q *query) // adds or replaces the selector of the key; the namespace must not change
	match(namespace string, p *pod) iter.Seq[string]
	take(namespace string, p *pod) tally // ranges over the keys of match
}

var matchers = []struct {
	name string
	new  func() matcher
}{
	{scan, func() matcher { return &scannedSelectors{map[string][]keyed{}, map[string]int{}} }},
	{rollcall, func() matcher { return &ourSelectors{} }},
	{"Calico", func() matcher { return restrictions{} }},
}

// ourSelectors is rollcall's index.
type ourSelectors struct{ index.Selectors[string] }

func (o *ourSelectors) set(key string, q *query) { o.Set(key, q.namespace, q.rollcall) }

func (o *ourSelectors) match(namespace string, p *pod) iter.Seq[string] {
	return o.Match(namespace, p.labels)
}

func (o *ourSelectors) take(namespace string, p *pod) (t tally) {
	for key := range o.match(namespace, p) {
		t = t.plus(key)
	}
	return t
}

// scannedSelectors tries all selectors of the namespace and all cluster-scoped selectors.
type scannedSelectors struct {
	all map[string][]keyed // by namespace
	at  map[string]int
}

type keyed struct {
	key string
	sel labels.Selector
}

func (s *scannedSelectors) set(key string, q *query) {
	i, ok := s.at[key]
	if !ok {
		i = len(s.all[q.namespace])
		s.at[key] = i
		s.all[q.namespace] = append(s.all[q.namespace], keyed{})
	}
	s.all[q.namespace][i] = keyed{key, q.upstream}
}

func (s *scannedSelectors) match(namespace string, p *pod) iter.Seq[string] {
	return func(yield func(string) bool) {
		set := labels.Set(p.labels)
		for _, f := range s.all[""] {
			if f.sel.Matches(set) && !yield(f.key) {
				return
			}
		}
		if namespace == "" {
			return
		}
		for _, f := range s.all[namespace] {
			if f.sel.Matches(set) && !yield(f.key) {
				return
			}
		}
	}
}

func (s *scannedSelectors) take(namespace string, p *pod) (t tally) {
	for key := range s.match(namespace, p) {
		t = t.plus(key)
	}
	return t
}

// restrictions holds a Calico LabelRestrictionIndex for each namespace and one for cluster-scoped selectors.
// That index stores a selector under one label that it requires. It returns candidates for the labels of an
// object, which must then be matched. Calico itself has the namespace as a label; then all selectors of a
// namespace could be candidates, if that label is chosen.
type restrictions map[string]*labelrestrictionindex.LabelRestrictionIndex[string]

func (r restrictions) set(key string, q *query) {
	if r[q.namespace] == nil {
		r[q.namespace] = labelrestrictionindex.New[string]()
	}
	r[q.namespace].AddSelector(key, q.calico)
}

// match cannot stop early, because Calico cannot. The callers here always range to the end.
func (r restrictions) match(namespace string, p *pod) iter.Seq[string] {
	return func(yield func(string) bool) { r.each(namespace, p, func(key string) { yield(key) }) }
}

func (r restrictions) take(namespace string, p *pod) (t tally) {
	r.each(namespace, p, func(key string) { t = t.plus(key) })
	return t
}

func (r restrictions) each(namespace string, p *pod, found func(key string)) {
	set := labeled(p.labels)
	emit := func(key string, sel calico.Selector) {
		if sel.EvaluateLabels(set) {
			found(key)
		}
	}
	if i := r[""]; i != nil {
		i.IterPotentialMatches(set, emit)
	}
	if i := r[namespace]; i != nil && namespace != "" {
		i.IterPotentialMatches(set, emit)
	}
}

// labeled holds labels in Calico's form.
type labeled map[string]string

func (l labeled) Get(key string) (value string, present bool) {
	value, present = l[key]
	return value, present
}

func (l labeled) IterOwnAndParentLabels(f func(k, v string)) {
	for k, v := range l {
		f(k, v)
	}
}

// An arena holds selectors, the contestants' indexes of them, and pods to match.
type arena struct {
	within   bool // each selector has a namespace
	queries  []*query
	others   []*query // replacements for the first ones
	pods     []*pod
	names    []string
	matchers []matcher
}

// newArena returns m selectors of a workload, with their indexes.
func newArena(m int, within bool, load workload) *arena {
	c := newCluster(25*cmp.Or(load.apps, m), 2, false)
	f := &arena{within: within, queries: load.selectors(c, m, within)}
	for i := range min(4*cycle, m) {
		q := newQuery("", c.mixed(c.some(), 10+i%60, m))
		q.namespace = f.queries[i].namespace
		f.others = append(f.others, q)
	}
	for range 16 * cycle {
		f.pods = append(f.pods, c.pod(pick(c.random, c.apps)))
	}
	for _, contestant := range matchers {
		if taking(contestant.name) {
			n := contestant.new()
			for i, q := range f.queries {
				n.set(selectorKey(i), q)
			}
			f.names, f.matchers = append(f.names, contestant.name), append(f.matchers, n)
		}
	}
	return f
}

func selectorKey(i int) string { return fmt.Sprintf("policy-%06d", i) }

// of returns the namespace to use for a pod.
func (f *arena) of(p *pod) string {
	if f.within {
		return p.namespace
	}
	return ""
}

// verify compares the answers of all contestants with the scan, and returns the average number of answers.
func (f *arena) verify(pods []*pod) float64 {
	total := 0
	for _, p := range pods {
		want := gather(f.matchers[0].match(f.of(p), p))
		total += want.n
		for i, m := range f.matchers {
			same(f.names[i], labels.Set(p.labels), gather(m.match(f.of(p), p)), want)
		}
	}
	return float64(total) / float64(len(pods))
}

// matches returns the row that matches pods.
func (f *arena) matches(name string) row {
	pods := f.pods
	if len(f.queries) > 20_000 {
		pods = pods[:2*cycle]
	}
	r := row{name: name, answers: f.verify(pods)}
	for i, m := range f.matchers {
		r.contestants = append(r.contestants, contestant{f.names[i], func(i int) {
			p := pods[i%len(pods)]
			sink = m.take(f.of(p), p)
		}})
	}
	return r
}

// replaces returns the row that sets other selectors for keys, and then the earlier selectors.
func (f *arena) replaces(name string) change {
	c := change{row: row{name: name, answers: -1}}
	keys := make([]string, len(f.others))
	for i := range keys {
		keys[i] = selectorKey(i)
	}
	for i, m := range f.matchers {
		c.contestants = append(c.contestants, contestant{f.names[i], func(i int) {
			j := i % len(keys)
			if i/len(keys)%2 == 0 {
				m.set(keys[j], f.others[j])
			} else {
				m.set(keys[j], f.queries[j])
			}
		}})
	}
	c.restore = func() {
		for _, m := range f.matchers {
			for i, key := range keys {
				m.set(key, f.queries[i])
			}
		}
	}
	return c
}

// A workload describes selectors that objects are matched with.
type workload struct {
	name      string
	selectors func(c *cluster, m int, within bool) []*query
	apps      int // number of apps that they select; 0: one for each selector, so that few match a pod at any size
}

var workloads = []workload{
	{"mixed", (*cluster).selectors, 0},
	{"app=…,tier=…", (*cluster).tiers, 0},
	{"mixed, of 100 apps", (*cluster).selectors, 100},
}

// timeSelectors prints the table of Selectors for m selectors.
func timeSelectors(m int) {
	fmt.Printf("\n### Selectors: %d\n", m)
	report := newReport("matches", "rollcall", scan, "Calico")
	for _, load := range workloads {
		for _, within := range []bool{false, true} {
			f := newArena(m, within, load)
			manual()
			name := load.name
			if within {
				name += " in namespaces"
			}
			report.add(f.matches("Match, " + name))
			replace := f.replaces("replace a selector, " + name)
			report.add(replace.row)
			replace.restore()
			f.verify(f.pods[:3])
		}
	}
	report.print()
}
