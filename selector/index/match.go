package index

import (
	"iter"
	"slices"
)

// Match yields the keys of the selectors that match an object of the namespace with these labels, each once,
// in no particular order: those of the namespace and those of all namespaces. If the namespace is empty,
// Match yields the matching selectors of every namespace. (For a cluster-scoped object, a [Join] has only the
// selectors of all namespaces.) Nil labels are an empty map. Changing the index before the range ends panics.
//
// It takes time for the labels, for the selectors in the buckets of the labels and keys, and for the
// selectors that are always tried; see the package comment. It does not allocate.
func (s *Selectors[K]) Match(namespace string, labels map[string]string) iter.Seq[K] {
	return func(yield func(K) bool) {
		s.each(namespace, namespace == "", labels, yield)
	}
}

// each yields the keys of the selectors that match yields.
func (s *Selectors[K]) each(namespace string, every bool, labels map[string]string, yield func(K) bool) {
	changes := s.changes
	s.match(namespace, every, labels, func(n uint32) bool {
		more := yield(s.selectors.key(n).of)
		if more && s.changes != changes {
			panic(changedInRange)
		}
		return more
	})
}

// match yields the selectors that match the labels: those of the namespace and of all namespaces, or with
// every those of any namespace.
func (s *Selectors[K]) match(
	namespace string, every bool, labels map[string]string, yield func(n uint32) bool,
) {
	q := search{every: every, yield: yield}
	if namespace != "" {
		if t, known := s.terms.find(term{isNamespace, namespace}); known {
			q.namespace = t + 1
		}
	}
	if !s.try(&q, &s.unindexed, labels) {
		return
	}
	for i := range s.missing.list {
		w := &s.missing.list[i]
		if _, has := labels[w.key]; !has && !s.try(&q, &s.terms.at(w.term).bucketList, labels) {
			return
		}
	}
	if keys := len(s.present.list); keys < len(labels) && keys <= maxWatched {
		s.tryWatched(&q, labels)
	} else {
		s.tryLabels(&q, labels)
	}
}

// tryLabels tries the buckets of each label.
func (s *Selectors[K]) tryLabels(q *search, labels map[string]string) {
	for key, value := range labels {
		key, known := s.terms.find(term{isKey, key})
		if !known {
			continue
		}
		if b := s.terms.at(key); !b.isEmpty() && !s.try(q, &b.bucketList, labels) {
			return
		}
		if t, known := s.terms.find(term{key, value}); known && !s.try(q, &s.terms.at(t).bucketList, labels) {
			return
		}
	}
}

// maxWatched is the most keys with buckets for which match iterates over these, and not over the labels.
const maxWatched = 8

// tryWatched tries the buckets of each key in s.present. It hashes all values before it finds the first, so
// that the processor loads their slots at the same time. One after the other takes a tenth longer.
func (s *Selectors[K]) tryWatched(q *search, labels map[string]string) {
	var room [maxWatched]struct {
		term
		hash uint64
	}
	values := room[:0]
	for i := range s.present.list {
		w := &s.present.list[i]
		value, has := labels[w.key]
		if !has {
			continue
		}
		if w.own > 0 && !s.try(q, &s.terms.at(w.term).bucketList, labels) {
			return
		}
		if w.values > 0 {
			values = values[:len(values)+1]
			v := &values[len(values)-1]
			v.of, v.text = w.term, value
			v.hash = v.term.hash(s.terms.seed)
		}
	}
	for i := range values {
		v := &values[i]
		if t, known := s.terms.lookup(v.term, v.hash); known && !s.try(q, &s.terms.at(t).bucketList, labels) {
			return
		}
	}
}

// A search is a call of match. The labels are not in it: with the function beside them, the compiler would
// have the function escape to the heap.
type search struct {
	namespace uint32 // the term plus one; 0 if no selector has it
	every     bool
	yield     func(n uint32) bool
}

// wants reports whether the search includes the selectors of a namespace.
func (q *search) wants(namespace uint32) bool {
	return namespace == 0 || namespace == q.namespace || q.every
}

// try yields the selectors of a bucket that match, and reports whether the caller wants more.
func (s *Selectors[K]) try(q *search, b *bucketList, labels map[string]string) bool {
	if b.pages == nil {
		return s.tryPage(q, b.list, labels)
	}
	pages := *b.pages
	for i := 0; i < len(pages); {
		page := pages[i]
		first, last := page[0].namespace(), page[len(page)-1].namespace()
		switch {
		case !q.wants(first) && first > q.namespace:
			return true
		case !q.wants(first) && last < q.namespace:
			i += max(1, pageOf(pages[i:], entry(q.namespace)<<32))
		case !s.tryPage(q, page, labels):
			return false
		default:
			i++
		}
	}
	return true
}

// tryPage is try for one page. It skips other namespaces by binary search.
func (s *Selectors[K]) tryPage(q *search, page []entry, labels map[string]string) bool {
	for i := 0; i < len(page); i++ {
		e := page[i]
		if namespace := e.namespace(); !q.wants(namespace) {
			if namespace > q.namespace {
				break
			}
			skipped, _ := slices.BinarySearch(page[i:], entry(q.namespace)<<32)
			i += skipped - 1
			continue
		}
		n := e.id()
		if (e.matches() || s.selectors.at(n).rest.Matches(labels)) && !q.yield(n) {
			return false
		}
	}
	return true
}
