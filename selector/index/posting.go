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

// words returns some words of a bitmap, of which the first stands for the number.
func (p *posting) words(first uint32, count int) []uint64 {
	if p.bitmap == nil {
		return nil
	}
	words := p.bitmap.words
	from := min(int(first/64), len(words))
	return words[from:min(from+count, len(words))]
}

// between returns the numbers of a list that are at least first, and less than end.
func (p *posting) between(first, end uint32) []uint32 {
	list := p.list[least(p.list, first):]
	return list[:least(list, end)]
}

// least returns how many of a list are less than n. It has no branch for that, which nobody could foretell, so that several
// searches can go on at once.
func least(list []uint32, n uint32) (at int) {
	for left := len(list); left > 0; {
		half := (left + 1) / 2
		less := int((int64(list[at+half-1]) - int64(n)) >> 63) // all ones, or 0
		at += half & less
		left -= half
	}
	return at
}

// mark sets 1 for those numbers that are in the posting. They ascend.
func (p *posting) mark(in []uint8, numbers []uint32) {
	if b := p.bitmap; b != nil {
		for i, n := range numbers {
			in[i] |= b.has(n)
		}
		return
	}
	list := p.between(numbers[0], numbers[len(numbers)-1]+1)
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
	few, at := len(numbers) < len(list)/64, 0
	for i, n := range numbers {
		if few {
			at = least(list, n)
		} else {
			for at+8 < len(list) && list[at+7] < n {
				at += 8
			}
		}
		in[i] |= isOne(n, (*[8]uint32)(list[min(at, len(list)-8):]))
	}
}

// has returns 1 if n is there, and else 0.
func (b *bitmap) has(n uint32) uint8 {
	if int(n/64) < len(b.words) {
		return uint8(b.words[n/64] >> (n % 64) & 1)
	}
	return 0
}

// isOne returns 1 if n is one of eight, and else 0. To compare it with each costs less than a branch that goes wrong.
func isOne(n uint32, of *[8]uint32) uint8 {
	return uint8((wrap(of[0]^n) | wrap(of[1]^n) | wrap(of[2]^n) | wrap(of[3]^n) |
		wrap(of[4]^n) | wrap(of[5]^n) | wrap(of[6]^n) | wrap(of[7]^n)) >> 63)
}

// wrap returns what has its highest bit set if it is made of 0.
func wrap(n uint32) uint64 { return uint64(n) - 1 }
