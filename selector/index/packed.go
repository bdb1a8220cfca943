package index

import "encoding/binary"

// Packed is a list of ascending numbers for each of many, in little memory. What is in a list are the steps from one number to the
// next, most of which take a byte or two, and together they take half of what numbers would. The lists of perBlock neighbours
// are in one piece, since a slice for each would take more than what is in it.
type packed struct {
	blocks [][]byte // each: perBlock times the size of a list, and the list; nil: all are empty
}

const perBlock = 16

// find returns where in its block the list of n is, of which the size has been read.
func (p *packed) find(n uint32) (block []byte, size, start, end int) {
	if int(n/perBlock) >= len(p.blocks) || p.blocks[n/perBlock] == nil {
		return nil, 0, 0, 0
	}
	block = p.blocks[n/perBlock]
	for range n%perBlock + 1 {
		length, read := binary.Uvarint(block[end:])
		size, start = end, end+read
		end = start + int(length)
	}
	return block, size, start, end
}

// get appends the list of n, which is empty at first.
func (p *packed) get(list []uint32, n uint32) []uint32 {
	block, _, start, end := p.find(n)
	last := uint32(0)
	for start < end {
		step, read := binary.Uvarint(block[start:end])
		start += read
		last += uint32(step)
		list = append(list, last)
	}
	return list
}

// set puts a list in place of that of n.
func (p *packed) set(n uint32, list []uint32) {
	if more := int(n/perBlock) + 1 - len(p.blocks); more > 0 {
		p.blocks = append(spare(p.blocks), make([][]byte, more)...)
	}
	if p.blocks[n/perBlock] == nil {
		p.blocks[n/perBlock] = make([]byte, perBlock)
	}
	var some [64]byte
	steps, last := some[:0], uint32(0)
	for _, n := range list {
		steps = binary.AppendUvarint(steps, uint64(n-last))
		last = n
	}
	var length [binary.MaxVarintLen64]byte
	l := length[:binary.PutUvarint(length[:], uint64(len(steps)))]

	block, size, _, end := p.find(n)
	if len(l)+len(steps) == end-size {
		copy(block[size+copy(block[size:], l):], steps)
		return
	}
	anew := make([]byte, 0, len(block)-(end-size)+len(l)+len(steps))
	anew = append(anew, block[:size]...)
	anew = append(anew, l...)
	anew = append(anew, steps...)
	p.blocks[n/perBlock] = append(anew, block[end:]...)
}
