package index

import (
	"math"

	"github.com/rollcall-go/rollcall/selector"
)

// Selectors is an index of label selectors. [Selectors.Match] finds those that match a label set. The zero
// value is empty and ready to use. It must not be copied; go vet reports copies. Keys are as those of
// [Objects].
//
// Any number of goroutines may read it at the same time, but only if none changes it.
type Selectors[K comparable] struct {
	_       noCopy
	changes uint64 // how often it was changed

	selectors ids[callerKey[K], indexed]
	terms     ids[term, bucket]
	unindexed bucketList // the selectors that are in no bucket
	present   watchlist  // the keys that have a selector in their bucket or in that of a value
	missing   watchlist  // the keys whose absence has a selector in its bucket

	size     int    // of all selectors, see sizeOf
	work     int    // sizes of the selectors that the changes added and removed, since the last rebuild
	credit   int    // sizes of the selectors to review; less than 0 if too many were
	reviewed uint32 // the ID that was reviewed last
}

// An indexed is a selector that is in the buckets of one of its requirements, or in none.
type indexed struct {
	selector.Selector
	size      uint32            // see sizeOf; 0 if the ID is unused
	namespace uint32            // the term plus one; 0 if it selects in all namespaces
	by        int32             // the requirement of its buckets; -1 if it is in none
	rest      selector.Selector // what is left to match for a label set that has the bucket; see record
}

// sizeOf returns the number of requirements and values of a selector, plus one.
func sizeOf(sel selector.Selector) uint32 {
	size := 1
	for _, r := range requirements(sel) {
		size += 1 + len(r.many)
	}
	return uint32(min(size, math.MaxUint32))
}

// Len returns the number of selectors.
func (s *Selectors[K]) Len() int { return s.selectors.len() }

// Set adds a selector, or replaces the one with the same key. The selector selects in the namespace, or in
// all namespaces if that is empty. Do not add a Service that has no selector: it selects nothing.
//
// It takes time for the requirements and values that the selector had and has, amortised. Neither the number
// of other selectors nor the order of the changes matters.
func (s *Selectors[K]) Set(key K, namespace string, sel selector.Selector) {
	n, known := s.selectors.find(callerKey[K]{key})
	switch {
	case !known:
		n = s.selectors.add(callerKey[K]{key})
	case s.selectors.at(n).Equal(sel) && s.namespace(n) == namespace:
		return
	default:
		s.clear(n)
	}
	s.changes++
	x := s.selectors.at(n)
	*x = indexed{Selector: sel, size: sizeOf(sel)}
	s.size += int(x.size)
	s.spend(x.size)
	if namespace != "" {
		x.namespace = s.use(isNamespace, namespace) + 1
	}
	absent := -1
	for i, r := range requirements(sel) {
		if r.operator == selector.DoesNotExist && absent < 0 {
			absent = i
		}
		if isPositive(r.operator) {
			key := s.use(isKey, r.key)
			for value := range r.values() {
				s.use(key, value)
			}
		}
	}
	by := s.rarest(sel)
	if by < 0 && absent >= 0 && namespace == "" {
		by = absent
		s.use(isMissing, requirementAt(sel, by).key)
	}
	s.addToBuckets(n, by)
	s.tidy()
}

// Delete removes a selector, if there is one with the key. It takes time for its requirements and values,
// amortised. It releases memory as [Objects.Delete] does.
func (s *Selectors[K]) Delete(key K) {
	if n, known := s.selectors.find(callerKey[K]{key}); known {
		s.changes++
		s.clear(n)
		s.selectors.remove(n)
		s.tidy()
	}
}

// clear removes everything of a selector, except for its ID.
func (s *Selectors[K]) clear(n uint32) {
	s.removeFromBuckets(n)
	x := s.selectors.at(n)
	s.size -= int(x.size)
	s.spend(x.size)
	if x.by >= 0 {
		if r := requirementAt(x.Selector, int(x.by)); r.operator == selector.DoesNotExist {
			t, _ := s.terms.find(term{isMissing, r.key})
			s.disuse(t)
		}
	}
	for _, r := range requirements(x.Selector) {
		if isPositive(r.operator) {
			key, _ := s.terms.find(term{isKey, r.key})
			for value := range r.values() {
				t, _ := s.terms.find(term{key, value})
				s.disuse(t)
			}
			s.disuse(key)
		}
	}
	if x.namespace != 0 {
		s.disuse(x.namespace - 1)
	}
}

// spend accounts for a change of a selector of this size. Each change pays for the review of twice as much.
func (s *Selectors[K]) spend(size uint32) {
	s.work += int(size)
	s.credit += 2 * int(size)
}

// tidy rebuilds the index if most of its memory is unused, and if the changes since the last time are as much
// work. Otherwise it reviews selectors.
func (s *Selectors[K]) tidy() {
	if s.work < s.size || !s.selectors.wasteful(0) && !s.terms.wasteful(s.Len()) {
		s.review()
		return
	}
	var rebuilt Selectors[K]
	for n := range uint32(len(s.selectors.records)) {
		if x := s.selectors.at(n); x.size > 0 {
			rebuilt.Set(s.selectors.key(n).of, s.namespace(n), x.Selector)
		}
	}
	s.selectors, s.terms = rebuilt.selectors, rebuilt.terms
	s.unindexed, s.present, s.missing = rebuilt.unindexed, rebuilt.present, rebuilt.missing
	s.reviewed, s.credit, s.work = 0, 0, 0
}

// review moves selectors to the buckets of the requirement that is now the rarest, in turn, until the credit
// is used.
func (s *Selectors[K]) review() {
	for range s.selectors.records {
		if s.credit <= 0 {
			return
		}
		s.reviewed = (s.reviewed + 1) % uint32(len(s.selectors.records))
		x := s.selectors.at(s.reviewed)
		s.credit -= max(1, int(x.size))
		if by := s.rarest(x.Selector); by >= 0 && by != int(x.by) {
			s.removeFromBuckets(s.reviewed)
			s.addToBuckets(s.reviewed, by)
		}
	}
	s.credit = 0 // all were reviewed
}

// rarest returns the positive requirement whose terms the fewest requirements use, or -1 if none is positive.
func (s *Selectors[K]) rarest(sel selector.Selector) int {
	rarest, lowest := -1, 0
	for i, r := range requirements(sel) {
		if !isPositive(r.operator) {
			continue
		}
		uses := 0
		for t := range s.bucketsOf(r) {
			uses += s.terms.at(t).uses
		}
		if rarest < 0 || uses < lowest {
			rarest, lowest = i, uses
		}
	}
	return rarest
}

// namespace returns the namespace of a selector.
func (s *Selectors[K]) namespace(n uint32) string {
	if t := s.selectors.at(n).namespace; t != 0 {
		return s.terms.key(t - 1).text
	}
	return ""
}

// use returns the ID of a term, which may be new, and counts its use.
func (s *Selectors[K]) use(of uint32, text string) uint32 {
	t := addTerm(&s.terms, of, text)
	s.terms.at(t).uses++
	return t
}

// disuse ends a use of a term, and removes the term if it was the last.
func (s *Selectors[K]) disuse(t uint32) {
	if s.terms.at(t).uses--; s.terms.at(t).uses == 0 {
		s.terms.remove(t)
	}
}
