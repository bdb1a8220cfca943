package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/projectcalico/calico/felix/ip"
	"github.com/projectcalico/calico/felix/labelindex"
	calico "github.com/projectcalico/calico/libcalico-go/lib/selector"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollcall-go/rollcall/selector/index"
)

// joiner maintains the matching pairs of objects and selectors, and reports which pairs begin or stop to
// match.
type joiner interface {
	object(e *endpoint, to *events) // adds the object, or changes its labels
	drop(e *endpoint, to *events)
	selector(key string, s *joined, to *events) // adds or replaces the selector of the key
}

var joiners = []struct {
	name string
	new  func(keys []string) joiner
	most int // largest number of objects times selectors; above it, building takes minutes
}{
	{scan, newScannedPairs, 1 << 62},
	{rollcall, func([]string) joiner { return &ourJoin{} }, 1 << 62},
	{"Calico IP sets", newIPSets, 1 << 62},
	{"Calico inherit", newInherit, 30_000_000},
}

// An endpoint is a pod, also in Calico's form: with its namespace as a label, and an address made from its
// index.
type endpoint struct {
	*pod
	labels map[string]string
	number uint32
	nets   []ip.CIDR
}

func newEndpoint(p *pod, number int) *endpoint {
	e := &endpoint{pod: p, labels: maps.Clone(p.labels), number: uint32(number)}
	e.labels[namespaceLabel] = p.namespace
	i := uint32(number)
	e.nets = []ip.CIDR{ip.V4Addr{10, byte(i >> 16), byte(i >> 8), byte(i)}.AsCIDR()}
	return e
}

// joined is a selector, also in Calico's form: with its namespace as a requirement.
type joined struct {
	*query
	calico calico.Selector
}

func newJoined(q *query) *joined {
	text := calicoText(q.matchers)
	if q.namespace != "" {
		text += " && " + namespaceLabel + " == '" + q.namespace + "'"
	}
	return &joined{q, must(calico.Parse(text))}
}

// events receives the events of every joiner in the same form.
type events struct {
	n, bytes int
	keep     map[index.Event[string, string]]int // begun minus stopped matches of each pair, unless nil
}

func (e *events) add(object, selector string, matches bool) {
	e.n++
	e.bytes += len(object) + len(selector)
	if e.keep != nil {
		e.note(object, selector, matches)
	}
}

//go:noinline
func (e *events) note(object, selector string, matches bool) {
	pair := index.Event[string, string]{Object: object, Selector: selector}
	if matches {
		e.keep[pair]++
	} else {
		e.keep[pair]--
	}
	if e.keep[pair] == 0 {
		delete(e.keep, pair)
	}
}

// ourJoin is rollcall's join.
type ourJoin struct {
	index.Join[string, string]
}

func (j *ourJoin) report(changes []index.Event[string, string], to *events) {
	for _, e := range changes {
		to.add(e.Object, e.Selector, e.Matches)
	}
}

func (j *ourJoin) object(e *endpoint, to *events) {
	j.report(j.SetObject(e.key, e.namespace, e.pod.labels), to)
}
func (j *ourJoin) drop(e *endpoint, to *events) { j.report(j.DeleteObject(e.key), to) }
func (j *ourJoin) selector(key string, s *joined, to *events) {
	j.report(j.SetSelector(key, s.namespace, s.rollcall), to)
}

// scannedPairs matches every selector with the old and the new labels of a changed object, and every object
// with the old and the new selector. So it need not store the pairs.
type scannedPairs struct {
	objects     []*endpoint
	at          map[string]int
	selectors   []*joined
	keys        []string
	selectorsAt map[string]int
}

func newScannedPairs([]string) joiner {
	return &scannedPairs{at: map[string]int{}, selectorsAt: map[string]int{}}
}

func matches(s *joined, e *endpoint) bool {
	return s != nil && e != nil && (s.namespace == "" || s.namespace == e.namespace) && s.upstream.Matches(labels.Set(e.pod.labels))
}

func (s *scannedPairs) object(e *endpoint, to *events) {
	i, ok := s.at[e.key]
	if !ok {
		i = len(s.objects)
		s.at[e.key], s.objects = i, append(s.objects, nil)
	}
	s.replace(i, e, to)
}

func (s *scannedPairs) drop(e *endpoint, to *events) { s.replace(s.at[e.key], nil, to) }

func (s *scannedPairs) replace(i int, e *endpoint, to *events) {
	old := s.objects[i]
	s.objects[i] = e
	for j, sel := range s.selectors {
		if was, is := matches(sel, old), matches(sel, e); was != is {
			to.add(s.name(old, e), s.keys[j], is)
		}
	}
}

func (s *scannedPairs) name(of ...*endpoint) string {
	return of[slices.IndexFunc(of, func(e *endpoint) bool { return e != nil })].key
}

func (s *scannedPairs) selector(key string, sel *joined, to *events) {
	i, ok := s.selectorsAt[key]
	if !ok {
		i = len(s.selectors)
		s.selectorsAt[key], s.selectors, s.keys = i, append(s.selectors, nil), append(s.keys, key)
	}
	old := s.selectors[i]
	s.selectors[i] = sel
	for _, e := range s.objects {
		if was, is := matches(old, e), matches(sel, e); was != is {
			to.add(e.key, key, is)
		}
	}
}

// ipSets is Calico's SelectorAndNamedPortIndex, which finds the addresses that selectors match. Every object
// has exactly one address of its own, so an address identifies an object.
type ipSets struct {
	*labelindex.SelectorAndNamedPortIndex
	to *events
}

func newIPSets(keys []string) joiner {
	s := &ipSets{SelectorAndNamedPortIndex: labelindex.NewSelectorAndNamedPortIndex()}
	key := func(m labelindex.IPSetMember) string { return keys[m.CIDR.Addr().(ip.V4Addr).AsUint32()&(1<<24-1)] }
	s.OnMemberAdded = func(set string, m labelindex.IPSetMember) { s.to.add(key(m), set, true) }
	s.OnMemberRemoved = func(set string, m labelindex.IPSetMember) { s.to.add(key(m), set, false) }
	return s
}

func (s *ipSets) object(e *endpoint, to *events) {
	s.to = to
	s.UpdateEndpointOrSet(e.key, e.labels, e.nets, nil, nil)
}

func (s *ipSets) drop(e *endpoint, to *events) {
	s.to = to
	s.DeleteEndpoint(e.key)
}

func (s *ipSets) selector(key string, sel *joined, to *events) {
	s.to = to
	s.UpdateIPSet(key, sel.calico, labelindex.ProtocolNone, "")
}

// inherit is Calico's InheritIndex.
type inherit struct {
	*labelindex.InheritIndex
	to *events
}

func newInherit([]string) joiner {
	i := &inherit{}
	i.InheritIndex = labelindex.NewInheritIndex(
		func(sel, object any) { i.to.add(object.(string), sel.(string), true) },
		func(sel, object any) { i.to.add(object.(string), sel.(string), false) },
	)
	return i
}

func (i *inherit) object(e *endpoint, to *events) {
	i.to = to
	i.UpdateLabels(e.key, e.labels, nil)
}

func (i *inherit) drop(e *endpoint, to *events) {
	i.to = to
	i.DeleteLabels(e.key)
}

func (i *inherit) selector(key string, sel *joined, to *events) {
	i.to = to
	i.UpdateSelector(key, sel.calico)
}

// A junction holds objects and selectors, and the contestants' joins of them.
type junction struct {
	cluster   *cluster
	endpoints []*endpoint
	selectors []*joined
	others    []*joined
	names     []string
	joiners   []joiner
}

func newJunction(n, m int) *junction {
	c := newCluster(n, 3, false)
	j := &junction{cluster: c}
	var keys []string
	for i, p := range c.all() {
		j.endpoints, keys = append(j.endpoints, newEndpoint(p, i)), append(keys, p.key)
	}
	for _, q := range c.selectors(m, true)[3:] { // without the three that match most pods
		j.selectors = append(j.selectors, newJoined(q))
	}
	for i := range min(cycle, len(j.selectors)) {
		s := newJoined(newQuery(j.selectors[i].namespace, "app="+c.some().name))
		if s.namespace != "" {
			a := c.some()
			s = newJoined(newQuery(a.namespace, "app="+a.name))
		}
		j.others = append(j.others, s)
	}
	var ignored events
	for _, contestant := range joiners {
		if !taking(contestant.name) || n*m > contestant.most {
			continue
		}
		k := contestant.new(keys)
		for i, s := range j.selectors {
			k.selector(selectorKey(i), s, &ignored)
		}
		if s, ok := k.(*scannedPairs); ok {
			for i, e := range j.endpoints { // the scan stores no pairs, so it need not search for them
				s.at[e.key], s.objects = i, append(s.objects, e)
			}
		} else {
			for _, e := range j.endpoints {
				k.object(e, &ignored)
			}
		}
		j.names, j.joiners = append(j.names, contestant.name), append(j.joiners, k)
	}
	return j
}

// rows returns the rows. Each makes its changes and reverts them. It does so once before the timing, to
// compare the events.
func (j *junction) rows() []row {
	other := func(value string, of []string) string { return of[(slices.Index(of, value)+1)%len(of)] }
	tiers := []string{"front", "back", "data", "batch"}
	random := j.cluster.random
	return []row{
		j.relabel("relabel: zone", func(p *pod) *pod { return p.with("zone", other(p.labels["zone"], zones)) }),
		j.relabel("relabel: tier", func(p *pod) *pod { return p.with("tier", other(p.labels["tier"], tiers)) }),
		j.relabel("relabel: app and pod-template-hash", func(p *pod) *pod {
			a := pick(random, j.cluster.apps)
			return p.with("app", a.name, hashLabel, a.hashes[0])
		}),
		j.relabel("relabel: canary", func(p *pod) *pod { return p.with("canary", "no") }),
		j.relabel("delete and set", nil),
		j.row("replace a selector", len(j.others), func(k joiner, i, step int, to *events) {
			if step == 0 {
				k.selector(selectorKey(i), j.others[i], to)
			} else {
				k.selector(selectorKey(i), j.selectors[i], to)
			}
		}),
	}
}

// relabel returns the row that replaces objects by the result of become, or deletes them if become is nil,
// and then restores them.
func (j *junction) relabel(name string, become func(p *pod) *pod) row {
	n := min(cycle, len(j.endpoints))
	others := make([]*endpoint, n)
	for i := range others {
		if become != nil {
			others[i] = newEndpoint(become(j.endpoints[i].pod), i)
		}
	}
	return j.row(name, n, func(k joiner, i, step int, to *events) {
		switch {
		case step == 1:
			k.object(j.endpoints[i], to)
		case become != nil:
			k.object(others[i], to)
		default:
			k.drop(j.endpoints[i], to)
		}
	})
}

// row returns the row of n changes, each with its reversal. Its answers are events, on average.
func (j *junction) row(name string, n int, op func(k joiner, i, step int, to *events)) row {
	total := 0
	for step := range 2 {
		for i := range n {
			var want events
			for c, k := range j.joiners {
				got := events{keep: map[index.Event[string, string]]int{}}
				if op(k, i, step, &got); c == 0 {
					want = got
					total += want.n
				} else if !maps.Equal(got.keep, want.keep) {
					panic(fmt.Sprintf("%s, %s: events %v, scan %v", name, j.names[c], got.keep, want.keep))
				}
			}
		}
	}
	r := row{name: name, answers: float64(total) / float64(2*n)}
	for c, k := range j.joiners {
		// Every operation is a change and its reversal, so that the state is the same between rows. It counts
		// as one change.
		r.contestants = append(r.contestants, contestant{j.names[c], func(i int) {
			op(k, i%n, 0, &changes)
			op(k, i%n, 1, &changes)
		}})
	}
	r.name += ", and back"
	r.answers *= 2
	return r
}

var changes events

// timeJoin prints the table of Join for n objects and m selectors.
func timeJoin(n, m int) {
	fmt.Printf("\n### Join: %d objects, %d selectors\n", n, m)
	j := newJunction(n, m)
	manual()
	report := newReport("events", "rollcall", scan, "Calico IP sets", "Calico inherit")
	for _, r := range j.rows() {
		report.add(r)
	}
	report.print()
	if len(j.joiners) < len(joiners) && *without == "" {
		fmt.Printf("Left out, because building it takes minutes: %s.\n", strings.Join(missing(j.names), ", "))
	}
}

func missing(names []string) (gone []string) {
	for _, j := range joiners {
		if !slices.Contains(names, j.name) {
			gone = append(gone, j.name)
		}
	}
	return gone
}
