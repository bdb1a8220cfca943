package main

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	prom "github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	promindex "github.com/prometheus/prometheus/tsdb/index"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/cache"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// objects is an index of objects. Each returns its results as a library does: as an iter.Seq of keys that the
// caller can stop early.
type objects interface {
	set(p *pod) // adds the object, or changes its labels
	remove(p *pod)
	find(q *query) iter.Seq[string]
	take(q *query) tally // ranges over the keys of find; a method of each type, so that the compiler can inline it
	count(q *query) int
}

// indexes lists the contestants, the scan first.
var indexes = []struct {
	name string
	new  func() objects
}{
	{scan, newScan},
	{rollcall, func() objects { return &ours{} }},
	{"client-go", newClientGo},
	{"Prometheus", newPostings},
	{"roaring", newBitmaps},
}

// ours is rollcall's index.
type ours struct{ index.Objects[string] }

func (o *ours) set(p *pod)         { o.Set(p.key, p.namespace, p.labels) }
func (o *ours) remove(p *pod)      { o.Delete(p.key) }
func (o *ours) count(q *query) int { return o.Count(q.namespace, q.rollcall) }

func (o *ours) find(q *query) iter.Seq[string] { return o.Select(q.namespace, q.rollcall) }

func (o *ours) take(q *query) (t tally) {
	for key := range o.find(q) {
		t = t.plus(key)
	}
	return t
}

// scanned matches every object: all of a slice, or, in a namespace, those of client-go's index by namespace,
// as its listers do.
type scanned struct {
	all        []*pod
	at         map[string]int
	namespaces cache.Indexer
}

func newScan() objects {
	return &scanned{at: map[string]int{}, namespaces: cache.NewIndexer(podKey, cache.Indexers{byNamespace: podNamespace})}
}

const byNamespace, byLabel = "namespace", "label"

func podKey(obj any) (string, error)         { return obj.(*pod).key, nil }
func podNamespace(obj any) ([]string, error) { return []string{obj.(*pod).namespace}, nil }

func (s *scanned) set(p *pod) {
	if i, ok := s.at[p.key]; ok {
		s.all[i] = p
	} else {
		s.at[p.key] = len(s.all)
		s.all = append(s.all, p)
	}
	check(s.namespaces.Update(p))
}

func (s *scanned) remove(p *pod) {
	i, last := s.at[p.key], s.all[len(s.all)-1]
	s.all[i], s.at[last.key] = last, i
	s.all[len(s.all)-1] = nil
	s.all = s.all[:len(s.all)-1]
	delete(s.at, p.key)
	check(s.namespaces.Delete(p))
}

func (s *scanned) take(q *query) (t tally) {
	for key := range s.find(q) {
		t = t.plus(key)
	}
	return t
}

func (s *scanned) find(q *query) iter.Seq[string] {
	return func(yield func(string) bool) {
		if q.namespace == "" {
			for _, p := range s.all {
				if q.upstream.Matches(labels.Set(p.labels)) && !yield(p.key) {
					return
				}
			}
			return
		}
		for _, obj := range must(s.namespaces.ByIndex(byNamespace, q.namespace)) {
			if p := obj.(*pod); q.upstream.Matches(labels.Set(p.labels)) && !yield(p.key) {
				return
			}
		}
	}
}

func (s *scanned) count(q *query) int {
	return s.take(q).n
}

// clientGo is client-go's Indexer with an index of "key=value". It does not report sizes, so worth says which
// label is the most selective. The candidates are filtered with the whole selector.
type clientGo struct{ cache.Indexer }

func newClientGo() objects {
	return clientGo{cache.NewIndexer(podKey, cache.Indexers{byNamespace: podNamespace, byLabel: func(obj any) ([]string, error) {
		p := obj.(*pod)
		pairs := make([]string, 0, len(p.labels))
		for k, v := range p.labels {
			pairs = append(pairs, k+"="+v)
		}
		return pairs, nil
	}})}
}

func (c clientGo) set(p *pod)    { check(c.Update(p)) }
func (c clientGo) remove(p *pod) { check(c.Delete(p)) }

// worth says which label to look up: the one with the highest number. The namespace comes after labels above
// 5.
var worth = map[string]int{nameLabel: 9, hashLabel: 8, "app": 7, "canary": 6, partLabel: 4, "team": 3, "version": 2, "zone": 1}

func (c clientGo) candidates(q *query) []any {
	var best *selector.Requirement
	score := -1
	for i, m := range q.matchers {
		if s := worth[m.Key]; (m.Operator == selector.Equals || m.Operator == selector.In) && s > score {
			best, score = &q.matchers[i], s
		}
	}
	switch {
	case q.namespace != "" && score <= 5:
		return must(c.ByIndex(byNamespace, q.namespace))
	case best == nil:
		return c.List()
	case len(best.Values) == 1:
		return must(c.ByIndex(byLabel, best.Key+"="+best.Values[0]))
	}
	var objs []any
	for i, v := range best.Values {
		if !slices.Contains(best.Values[:i], v) {
			objs = append(objs, must(c.ByIndex(byLabel, best.Key+"="+v))...)
		}
	}
	return objs
}

func (c clientGo) take(q *query) (t tally) {
	for key := range c.find(q) {
		t = t.plus(key)
	}
	return t
}

func (c clientGo) find(q *query) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, obj := range c.candidates(q) {
			p := obj.(*pod)
			if (q.namespace == "" || q.namespace == p.namespace) && q.upstream.Matches(labels.Set(p.labels)) && !yield(p.key) {
				return
			}
		}
	}
}

func (c clientGo) count(q *query) int {
	return c.take(q).n
}

// ids assigns IDs to objects, for the indexes that store only numbers. The IDs of deleted objects are reused.
type ids struct {
	of   map[string]uint32
	keys []string
	pods []*pod
	free []uint32
}

func newIDs() ids {
	return ids{of: map[string]uint32{}, keys: []string{""}, pods: []*pod{nil}} // 0 is not an ID: Postings start before 1
}

// put returns the ID of an object, and its earlier state if it was present.
func (n *ids) put(p *pod) (id uint32, old *pod) {
	id, ok := n.of[p.key]
	switch {
	case ok:
		old = n.pods[id]
	case len(n.free) > 0:
		id = n.free[len(n.free)-1]
		n.free = n.free[:len(n.free)-1]
	default:
		id = uint32(len(n.keys))
		n.keys, n.pods = append(n.keys, ""), append(n.pods, nil)
	}
	n.of[p.key], n.keys[id], n.pods[id] = id, p.key, p
	return id, old
}

func (n *ids) drop(p *pod) (id uint32, old *pod) {
	id = n.of[p.key]
	old = n.pods[id]
	delete(n.of, p.key)
	n.keys[id], n.pods[id] = "", nil
	n.free = append(n.free, id)
	return id, old
}

// postings is Prometheus' index of series. The namespace is an additional label.
type postings struct {
	ids
	*promindex.MemPostings
}

const promNamespace = "__namespace__"

func newPostings() objects { return &postings{newIDs(), promindex.NewMemPostings()} }

// set changes the labels of an object: it removes the object from the lists of removed labels and adds it to
// the lists of added labels. Delete always removes it from the list of all objects, and Add inserts it there
// again.
func (p *postings) set(obj *pod) {
	id, old := p.put(obj)
	if old == nil {
		b := prom.NewScratchBuilder(len(obj.labels) + 1)
		b.Add(promNamespace, obj.namespace)
		for k, v := range obj.labels {
			b.Add(k, v)
		}
		b.Sort()
		p.Add(storage.SeriesRef(id), b.Labels())
		return
	}
	gone, b := map[prom.Label]struct{}{}, prom.NewScratchBuilder(0)
	for k, v := range old.labels {
		if now, ok := obj.labels[k]; !ok || now != v {
			gone[prom.Label{Name: k, Value: v}] = struct{}{}
		}
	}
	for k, v := range obj.labels {
		if was, ok := old.labels[k]; !ok || was != v {
			b.Add(k, v)
		}
	}
	if b.Sort(); len(gone) > 0 || b.Labels().Len() > 0 {
		p.Delete(map[storage.SeriesRef]struct{}{storage.SeriesRef(id): {}}, gone)
		p.Add(storage.SeriesRef(id), b.Labels())
	}
}

func (p *postings) remove(obj *pod) {
	id, old := p.drop(obj)
	gone := map[prom.Label]struct{}{{Name: promNamespace, Value: old.namespace}: {}}
	for k, v := range old.labels {
		gone[prom.Label{Name: k, Value: v}] = struct{}{}
	}
	p.Delete(map[storage.SeriesRef]struct{}{storage.SeriesRef(id): {}}, gone)
}

func (p *postings) list(q *query) promindex.Postings {
	ctx := context.Background()
	var with, less []promindex.Postings
	if q.namespace != "" {
		with = append(with, p.Postings(ctx, promNamespace, q.namespace))
	}
	for _, m := range q.matchers {
		switch m.Operator {
		case selector.Equals, selector.In:
			with = append(with, p.Postings(ctx, m.Key, m.Values...))
		case selector.Exists:
			with = append(with, p.PostingsForAllLabelValues(ctx, m.Key))
		case selector.NotEquals, selector.NotIn:
			less = append(less, p.Postings(ctx, m.Key, m.Values...))
		case selector.DoesNotExist:
			less = append(less, p.PostingsForAllLabelValues(ctx, m.Key))
		}
	}
	if len(with) == 0 {
		with = append(with, p.All())
	}
	if len(with) > 1 {
		slices.SortStableFunc(with, func(a, b promindex.Postings) int { return cmp.Compare(size(a), size(b)) })
	}
	found := promindex.Intersect(with...)
	for _, l := range less {
		found = promindex.Without(found, l)
	}
	return found
}

// size returns the length of a list. The length of merged lists is unknown.
func size(p promindex.Postings) int {
	if l, ok := p.(interface{ Len() int }); ok {
		return l.Len()
	}
	return 1 << 62
}

func (p *postings) take(q *query) (t tally) {
	for key := range p.find(q) {
		t = t.plus(key)
	}
	return t
}

func (p *postings) find(q *query) iter.Seq[string] {
	return func(yield func(string) bool) {
		found := p.list(q)
		for found.Next() {
			if !yield(p.keys[found.At()]) {
				return
			}
		}
		check(found.Err())
	}
}

func (p *postings) count(q *query) (n int) {
	found := p.list(q)
	if l, ok := found.(interface{ Len() int }); ok {
		return l.Len()
	}
	for found.Next() {
		n++
	}
	check(found.Err())
	return n
}

// bitmaps is an inverted index with roaring bitmaps: one for each label, each label key and each namespace,
// and one for all objects.
type bitmaps struct {
	ids
	all        *roaring.Bitmap
	namespaces map[string]*roaring.Bitmap
	names      map[string]*roaring.Bitmap
	labels     map[label]*roaring.Bitmap
}

type label struct{ key, value string }

var empty = roaring.New()

func newBitmaps() objects {
	return &bitmaps{newIDs(), roaring.New(), map[string]*roaring.Bitmap{}, map[string]*roaring.Bitmap{}, map[label]*roaring.Bitmap{}}
}

func enter[K comparable](in map[K]*roaring.Bitmap, key K, id uint32) {
	b := in[key]
	if b == nil {
		b = roaring.New()
		in[key] = b
	}
	b.Add(id)
}

func leave[K comparable](in map[K]*roaring.Bitmap, key K, id uint32) {
	b := in[key]
	if b.Remove(id); b.IsEmpty() {
		delete(in, key)
	}
}

func (b *bitmaps) set(p *pod) {
	id, old := b.put(p)
	if old == nil {
		b.all.Add(id)
		enter(b.namespaces, p.namespace, id)
		for k, v := range p.labels {
			enter(b.names, k, id)
			enter(b.labels, label{k, v}, id)
		}
		return
	}
	for k, v := range old.labels {
		now, ok := p.labels[k]
		if !ok {
			leave(b.names, k, id)
		}
		if !ok || now != v {
			leave(b.labels, label{k, v}, id)
		}
	}
	for k, v := range p.labels {
		was, ok := old.labels[k]
		if !ok {
			enter(b.names, k, id)
		}
		if !ok || was != v {
			enter(b.labels, label{k, v}, id)
		}
	}
}

func (b *bitmaps) remove(p *pod) {
	id, old := b.drop(p)
	b.all.Remove(id)
	leave(b.namespaces, old.namespace, id)
	for k, v := range old.labels {
		leave(b.names, k, id)
		leave(b.labels, label{k, v}, id)
	}
}

// terms returns the bitmaps that an object must be in, the smallest first, and those that it must not be in.
// It returns none if no object can match.
func (b *bitmaps) terms(q *query) (with, less []*roaring.Bitmap) {
	with = make([]*roaring.Bitmap, 0, 4)
	if q.namespace != "" {
		with = append(with, b.namespaces[q.namespace])
	}
	for _, m := range q.matchers {
		switch m.Operator {
		case selector.Equals:
			with = append(with, b.labels[label{m.Key, m.Values[0]}])
		case selector.In:
			with = append(with, b.union(m))
		case selector.Exists:
			with = append(with, b.names[m.Key])
		case selector.NotEquals:
			less = append(less, b.labels[label{m.Key, m.Values[0]}])
		case selector.NotIn:
			less = append(less, b.union(m))
		case selector.DoesNotExist:
			less = append(less, b.names[m.Key])
		}
	}
	less = slices.DeleteFunc(less, func(l *roaring.Bitmap) bool { return l == nil })
	if slices.Contains(with, nil) {
		return nil, nil
	}
	switch len(with) {
	case 0:
		with = append(with, b.all)
	case 1:
	case 2:
		if with[0].GetCardinality() > with[1].GetCardinality() {
			with[0], with[1] = with[1], with[0]
		}
	default:
		slices.SortFunc(with, func(a, b *roaring.Bitmap) int { return cmp.Compare(a.GetCardinality(), b.GetCardinality()) })
	}
	return with, less
}

func (b *bitmaps) union(m selector.Requirement) *roaring.Bitmap {
	var of []*roaring.Bitmap
	for _, v := range m.Values {
		if l := b.labels[label{m.Key, v}]; l != nil {
			of = append(of, l)
		}
	}
	switch len(of) {
	case 0:
		return nil
	case 1:
		return of[0]
	}
	return roaring.FastOr(of...)
}

func (b *bitmaps) bitmap(q *query) *roaring.Bitmap {
	with, less := b.terms(q)
	if len(with) == 0 {
		return empty
	}
	found, mine := with[0], false
	if len(with) > 1 {
		found, mine = roaring.And(with[0], with[1]), true
		for _, w := range with[2:] {
			found.And(w)
		}
	}
	for _, l := range less {
		if mine {
			found.AndNot(l)
		} else {
			found, mine = roaring.AndNot(found, l), true
		}
	}
	return found
}

func (b *bitmaps) take(q *query) (t tally) {
	for key := range b.find(q) {
		t = t.plus(key)
	}
	return t
}

func (b *bitmaps) find(q *query) iter.Seq[string] {
	return func(yield func(string) bool) {
		found := b.bitmap(q)
		if found.IsEmpty() {
			return
		}
		var buf [256]uint32
		it := found.ManyIterator()
		for n := it.NextMany(buf[:]); n > 0; n = it.NextMany(buf[:]) {
			for _, id := range buf[:n] {
				if !yield(b.keys[id]) {
					return
				}
			}
		}
	}
}

func (b *bitmaps) count(q *query) int {
	with, less := b.terms(q)
	if len(with) == 2 && len(less) == 0 {
		return int(with[0].AndCardinality(with[1]))
	}
	return int(b.bitmap(q).GetCardinality())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
