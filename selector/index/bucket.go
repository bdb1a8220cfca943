package index

import (
	"cmp"
	"iter"
	"slices"

	"github.com/rollcall-go/rollcall/internal/token"
	"github.com/rollcall-go/rollcall/selector"
)

// A bucket has selectors that match a label set only if that has the term: the label, the key, or the absence
// of the key.
type bucket struct {
	bucketList
	uses int // how many requirements name the term, in whatever buckets; how many selectors have the namespace
}

// bucketsOf yields the terms of the buckets of a requirement.
func (s *Selectors[K]) bucketsOf(r requirement) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if r.operator == selector.DoesNotExist {
			t, _ := s.terms.find(term{isMissing, r.key})
			yield(t)
			return
		}
		key, _ := s.terms.find(term{isKey, r.key})
		if r.operator != selector.Equals && r.operator != selector.In {
			yield(key)
			return
		}
		for value := range r.values() {
			if t, _ := s.terms.find(term{key, value}); !yield(t) {
				return
			}
		}
	}
}

// addToBuckets adds a selector to the buckets of a requirement, or to the unindexed selectors if that is -1.
func (s *Selectors[K]) addToBuckets(n uint32, by int) {
	x := s.selectors.at(n)
	x.by, x.rest = int32(by), x.Selector
	if by < 0 {
		s.unindexed.add(x.entry(n))
		return
	}
	r := requirementAt(x.Selector, by)
	if r.operator != selector.GreaterThan && r.operator != selector.LessThan {
		x.rest = x.Selector.Without(token.Token{}, by)
	}
	e, last, added := x.entry(n), uint32(0), 0
	for t := range s.bucketsOf(r) {
		s.terms.at(t).add(e)
		last = t
		added++
	}
	s.watch(last, added)
}

// removeFromBuckets undoes addToBuckets.
func (s *Selectors[K]) removeFromBuckets(n uint32) {
	x := s.selectors.at(n)
	e := x.entry(n)
	if x.by < 0 {
		s.unindexed.remove(e)
		return
	}
	last, removed := uint32(0), 0
	for t := range s.bucketsOf(requirementAt(x.Selector, int(x.by))) {
		s.terms.at(t).remove(e)
		last = t
		removed++
	}
	s.watch(last, -removed)
}

// watch counts entries that the bucket of a term, or of several values of its key, got or lost.
func (s *Selectors[K]) watch(t uint32, change int) {
	switch term := s.terms.key(t); term.of {
	case isMissing:
		s.missing.count(t, term.text, change, 0)
	case isKey:
		s.present.count(t, term.text, change, 0)
	default:
		s.present.count(term.of, s.terms.key(term.of).text, 0, change)
	}
}

// An entry is a selector in a bucket: its namespace, so that the selectors of one namespace are neighbours,
// its ID, and whether it matches every label set that has the bucket. Such a selector need not be read.
type entry uint64

func (x *indexed) entry(n uint32) entry {
	e := entry(x.namespace)<<32 | entry(n)<<1
	if x.rest.IsEverything() {
		e |= 1
	}
	return e
}

func (e entry) namespace() uint32 { return uint32(e >> 32) }
func (e entry) id() uint32        { return uint32(e) >> 1 }
func (e entry) matches() bool     { return e&1 == 1 }

// A bucketList is a sorted list of entries. A long one is divided into pages, so that a change moves at most
// maxEntries of them. The zero value is empty.
type bucketList struct {
	list  []entry
	pages *[][]entry // if not nil: at least two, none of which is empty; the list is empty
}

const maxEntries = 1024 // in the list, and in a page

func (b *bucketList) isEmpty() bool { return len(b.list) == 0 && b.pages == nil }

// add adds an entry that is not in the list.
func (b *bucketList) add(e entry) {
	list, page := &b.list, 0
	if b.pages != nil {
		page = pageOf(*b.pages, e)
		list = &(*b.pages)[page]
	}
	*list, _ = insert(*list, e)
	if len(*list) <= maxEntries {
		return
	}
	if b.pages == nil {
		b.pages = &[][]entry{b.list}
		b.list = nil
	}
	full := (*b.pages)[page]
	half := len(full) / 2
	*b.pages = slices.Replace(*b.pages, page, page+1, slices.Clone(full[:half]), slices.Clone(full[half:]))
}

// remove removes an entry that is in the list.
func (b *bucketList) remove(e entry) {
	if b.pages == nil {
		b.list, _ = cut(b.list, e)
		return
	}
	pages := *b.pages
	i := pageOf(pages, e)
	pages[i], _ = cut(pages[i], e)
	for _, i := range [2]int{i, i - 1} { // join the page with a neighbour if both are short
		if i >= 0 && i+1 < len(pages) && joinable(pages[i], pages[i+1]) {
			pages = slices.Replace(pages, i, i+2, slices.Concat(pages[i], pages[i+1]))
		}
	}
	*b.pages = fit(pages)
	if len(pages) == 1 {
		b.list, b.pages = pages[0], nil
	}
}

// joinable reports whether two pages should be one. The limit is half of that of add, so that entries that
// come and go do not divide and join pages each time.
func joinable(a, b []entry) bool {
	return len(a) == 0 || len(b) == 0 || len(a)+len(b) <= maxEntries/2
}

// pageOf returns the page that an entry belongs to: the first whose last entry is not less, or the last page.
func pageOf(pages [][]entry, e entry) int {
	i, _ := slices.BinarySearchFunc(pages, e, func(page []entry, e entry) int {
		return cmp.Compare(page[len(page)-1], e)
	})
	return min(i, len(pages)-1)
}
