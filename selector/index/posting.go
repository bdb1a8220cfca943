package index

import (
	"iter"
	"math/bits"
	"slices"
)

// A posting is a set of numbers: a sorted list or, from where it takes less memory, a bitmap. The zero value is empty.
type posting struct {
	list   []uint32
	bitmap *bitmap // if there is one, the list is empty
}

type bitmap struct {
	words []uint64
	ones  int
}

// fewest is how many have to be in a bitmap.
const fewest = 8

func (p *posting) len() int {
	if p.bitmap != nil {
		return p.bitmap.ones
	}
	return len(p.list)
}

// add does nothing if n is there.
func (p *posting) add(n uint32) {
	if b := p.bitmap; b != nil {
		words := int(n/64) + 1
		if words > max(fewest, b.ones+1) { // it would not stay a bitmap
			p.becomeList()
			p.add(n)
			return
		}
		for len(b.words) < words {
			b.words = append(spare(b.words), 0)
		}
		if word := &b.words[n/64]; *word&(1<<(n%64)) == 0 {
			*word |= 1 << (n % 64)
			b.ones++
		}
		p.settle()
		return
	}
	i := len(p.list)
	if i > 0 && n <= p.list[i-1] { // most come in order
		var found bool
		if i, found = slices.BinarySearch(p.list, n); found {
			return
		}
	}
	p.list = slices.Insert(spare(p.list), i, n)
	if words := p.list[len(p.list)-1]/64 + 1; len(p.list) > 2*max(fewest, int(words)) {
		b := &bitmap{words: make([]uint64, words), ones: len(p.list)}
		for _, n := range p.list {
			b.words[n/64] |= 1 << (n % 64)
		}
		p.list, p.bitmap = nil, b
	}
}

// remove does nothing if n is not there.
func (p *posting) remove(n uint32) {
	if b := p.bitmap; b != nil {
		if int(n/64) < len(b.words) && b.words[n/64]&(1<<(n%64)) != 0 {
			b.words[n/64] &^= 1 << (n % 64)
			b.ones--
			p.settle()
		}
		return
	}
	if i, found := slices.BinarySearch(p.list, n); found {
		p.list = fit(slices.Delete(p.list, i, i+1))
	}
}

// settle makes a list of the bitmap when that takes half the memory.
func (p *posting) settle() {
	b := p.bitmap
	for len(b.words) > 0 && b.words[len(b.words)-1] == 0 {
		b.words = b.words[:len(b.words)-1]
	}
	b.words = fit(b.words)
	if b.ones < max(fewest, len(b.words)) {
		p.becomeList()
	}
}

func (p *posting) becomeList() {
	p.list, p.bitmap = slices.AppendSeq(make([]uint32, 0, p.len()+1), p.each()), nil
}

// each yields the numbers, ascending.
func (p *posting) each() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, n := range p.list {
			if !yield(n) {
				return
			}
		}
		if p.bitmap == nil {
			return
		}
		for i, word := range p.bitmap.words {
			for ; word != 0; word &= word - 1 {
				if !yield(uint32(i*64 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}

// A cursor looks for ascending numbers in a posting.
type cursor struct {
	of   *posting
	next int // of the list: what comes before is less than what is looked for
}

// has reports whether n is there, and must not be asked for less afterwards. It looks twice as far ahead each time, and then in
// between: a short way is quick.
func (c *cursor) has(n uint32) bool {
	if b := c.of.bitmap; b != nil {
		return int(n/64) < len(b.words) && b.words[n/64]&(1<<(n%64)) != 0
	}
	list, at := c.of.list, c.next
	if at < len(list) && list[at] < n {
		step := 1
		for ; at+step < len(list) && list[at+step] < n; step *= 2 {
			at += step
		}
		for ; step > 0; step /= 2 {
			if at+step < len(list) && list[at+step] < n {
				at += step
			}
		}
		at++
	}
	c.next = at
	return at < len(list) && list[at] == n
}
