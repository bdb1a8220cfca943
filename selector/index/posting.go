package index

import (
	"iter"
	"math/bits"
	"slices"
)

// A posting is the set of the IDs of the objects with a label, a key or a namespace. A short one is a sorted
// list. A long one is divided into pages by ID. So a change moves at most maxList IDs, however many objects
// there are. The zero value is empty.
type posting struct {
	list  []uint32 // sorted
	paged *paged   // if not nil, the list is empty
}

type paged struct {
	ids   int    // how many there are
	pages []page // by ID / pageSize; the last may be empty
}

// A page has the IDs of a range: as a sorted list, or as a bitmap if that takes less memory.
type page struct {
	list []uint32
	bits *bitmap // if not nil, the list is empty
}

const (
	pageSize     = 64 * 64 // IDs
	maxList      = 4096    // IDs in the list of a posting
	maxPageList  = 128     // IDs in the list of a page, which then takes as much memory as a bitmap
	minBitmap    = maxPageList / 2
	minPagedList = maxList / 2
)

type bitmap [pageSize / 64]uint64

func (b *bitmap) len() (ones int) {
	for _, word := range b {
		ones += bits.OnesCount64(word)
	}
	return ones
}

func (p *posting) len() int {
	if p.paged != nil {
		return p.paged.ids
	}
	return len(p.list)
}

// add adds n, if it is not in the posting.
func (p *posting) add(n uint32) {
	if g := p.paged; g != nil {
		pages := int(n/pageSize) + 1
		if pages > len(g.pages) && !g.worthwhile(pages) {
			p.becomeList()
			p.add(n)
			return
		}
		if more := pages - len(g.pages); more > 0 {
			g.pages = append(spare(g.pages), make([]page, more)...)
		}
		if g.pages[n/pageSize].add(n) {
			g.ids++
		}
		return
	}
	var added bool
	p.list, added = insert(p.list, n)
	pages := int(p.list[len(p.list)-1]/pageSize) + 1
	if added && len(p.list) > min(maxPageList*pages, maxList) {
		p.becomePaged(pages)
	}
}

// remove removes n, if it is in the posting.
func (p *posting) remove(n uint32) {
	g := p.paged
	switch {
	case g == nil:
		p.list, _ = cut(p.list, n)
	case int(n/pageSize) < len(g.pages) && g.pages[n/pageSize].remove(n):
		if g.ids--; !g.worthwhile(len(g.pages)) {
			p.becomeList()
		}
	}
}

// worthwhile reports whether the IDs are too many for a list, or take less memory in so many pages. Its
// limits are half of those of add, so that IDs that come and go do not convert the posting each time.
func (g *paged) worthwhile(pages int) bool {
	return g.ids >= minPagedList || g.ids >= minBitmap*pages
}

func (p *posting) becomePaged(pages int) {
	g := &paged{ids: len(p.list), pages: make([]page, pages)}
	for list := p.list; len(list) > 0; {
		first := list[0] / pageSize
		in := list[:least(list, (first+1)*pageSize)]
		g.pages[first].fill(in)
		list = list[len(in):]
	}
	p.list, p.paged = nil, g
}

func (p *posting) becomeList() {
	p.list, p.paged = slices.AppendSeq(make([]uint32, 0, p.len()+1), p.each()), nil
}

// fill sets a page that is empty.
func (g *page) fill(list []uint32) {
	if len(list) <= maxPageList {
		g.list = slices.Clone(list)
		return
	}
	g.list, g.bits = nil, new(bitmap)
	for _, n := range list {
		g.bits[n%pageSize/64] |= 1 << (n % 64)
	}
}

// add adds n and reports whether the page had it not.
func (g *page) add(n uint32) (added bool) {
	if b := g.bits; b != nil {
		added = b.has(n) == 0
		b[n%pageSize/64] |= 1 << (n % 64)
		return added
	}
	if g.list, added = insert(g.list, n); len(g.list) > maxPageList {
		g.fill(g.list)
	}
	return added
}

// remove removes n and reports whether the page had it.
func (g *page) remove(n uint32) (removed bool) {
	b := g.bits
	if b == nil {
		g.list, removed = cut(g.list, n)
		return removed
	}
	removed = b.has(n) == 1
	word := &b[n%pageSize/64]
	*word &^= 1 << (n % 64)
	if removed && *word == 0 && b.len() < minBitmap { // counted only when a word becomes empty
		g.list = make([]uint32, 0, b.len())
		for n := range g.each(n / pageSize * pageSize) {
			g.list = append(g.list, n)
		}
		g.bits = nil
	}
	return removed
}

// each yields the IDs in ascending order. The first of the range is the first of the page.
func (g *page) each(first uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if g.bits == nil {
			for _, n := range g.list {
				if !yield(n) {
					return
				}
			}
			return
		}
		for i, word := range g.bits {
			for ; word != 0; word &= word - 1 {
				if !yield(first + uint32(i*64+bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}

// each yields the IDs in ascending order.
func (p *posting) each() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if p.paged == nil {
			(&page{list: p.list}).each(0)(yield)
			return
		}
		for i := range p.paged.pages {
			for n := range p.paged.pages[i].each(uint32(i * pageSize)) {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// bits returns the bitmap of the page of n, or nil.
func (g *paged) bits(n uint32) *bitmap {
	if i := int(n / pageSize); i < len(g.pages) {
		return g.pages[i].bits
	}
	return nil
}

// list returns the list of the page of n.
func (g *paged) list(n uint32) []uint32 {
	if i := int(n / pageSize); i < len(g.pages) {
		return g.pages[i].list
	}
	return nil
}

// between returns the IDs of a sorted list that are at least first and less than end.
func between(list []uint32, first, end uint32) []uint32 {
	list = list[least(list, first):]
	return list[:least(list, end)]
}

// least returns how many IDs of a sorted list are less than n. It has no branch that depends on the IDs,
// because the processor would mispredict it, and so that it can run several searches at once.
func least(list []uint32, n uint32) (at int) {
	for left := len(list); left > 0; {
		half := (left + 1) / 2
		less := int((int64(list[at+half-1]) - int64(n)) >> 63) // all ones, or 0
		at += half & less
		left -= half
	}
	return at
}

// mark sets in[i] to 1 if ids[i] is in the posting. The ids are sorted.
func (p *posting) mark(in []uint8, ids []uint32) {
	if p.paged == nil {
		markIn(in, ids, p.list)
		return
	}
	for i, n := range ids {
		if b := p.paged.bits(n); b != nil {
			in[i] |= b.has(n)
		} else {
			in[i] |= isIn(p.paged.list(n), n)
		}
	}
}

// markIn sets in[i] to 1 if ids[i] is in the list. Both the ids and the list are sorted.
func markIn(in []uint8, ids, list []uint32) {
	list = between(list, ids[0], ids[len(ids)-1]+1)
	if len(list) == 0 {
		return
	}
	var eight [8]uint32
	if len(list) < len(eight) {
		for i := range eight {
			eight[i] = list[min(i, len(list)-1)]
		}
		list = eight[:]
	}
	few, at := len(ids) < len(list)/64, 0
	for i, n := range ids {
		if few {
			at = least(list, n)
		} else {
			for at+8 < len(list) && list[at+7] < n {
				at += 8
			}
		}
		in[i] |= isOneOf(n, (*[8]uint32)(list[min(at, len(list)-8):]))
	}
}

// has returns 1 if n is in the bitmap of its page, and otherwise 0.
func (b *bitmap) has(n uint32) uint8 { return uint8(b[n%pageSize/64] >> (n % 64) & 1) }

// isOneOf returns 1 if n is one of eight IDs, and otherwise 0. All comparisons cost less than one
// mispredicted branch.
func isOneOf(n uint32, of *[8]uint32) uint8 {
	return uint8((wrap(of[0]^n) | wrap(of[1]^n) | wrap(of[2]^n) | wrap(of[3]^n) |
		wrap(of[4]^n) | wrap(of[5]^n) | wrap(of[6]^n) | wrap(of[7]^n)) >> 63)
}

// isIn returns 1 if n is in a sorted list, and otherwise 0.
func isIn(list []uint32, n uint32) uint8 {
	if at := least(list, n); at < len(list) {
		return uint8(wrap(list[at]^n) >> 63)
	}
	return 0
}

// wrap returns a number whose highest bit is set if n is 0.
func wrap(n uint32) uint64 { return uint64(n) - 1 }
