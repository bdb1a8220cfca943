package index

import "encoding/binary"

// A packed has a sorted list of IDs for each ID, in little memory. A list is stored as the differences of its
// neighbours, most of which take a byte or two. The lists of perBlock consecutive IDs share one slice,
// because a slice header for each would take more memory than its content. A change copies the block: lists
// should be short.
type packed struct {
	blocks [][]byte // each has perBlock times the size of a list and the list; nil if all are empty
}

const perBlock = 16

// find returns the position of the list of n in its block. The bytes from size to start have its length.
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

// get appends the list of n. A list that was never set is empty.
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

// set replaces the list of n.
func (p *packed) set(n uint32, list []uint32) {
	if more := int(n/perBlock) + 1 - len(p.blocks); more > 0 {
		p.blocks = append(spare(p.blocks), make([][]byte, more)...)
	}
	if p.blocks[n/perBlock] == nil {
		p.blocks[n/perBlock] = make([]byte, perBlock)
	}
	var room [64]byte
	steps, last := room[:0], uint32(0)
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
	changed := make([]byte, 0, len(block)-(end-size)+len(l)+len(steps))
	changed = append(changed, block[:size]...)
	changed = append(changed, l...)
	changed = append(changed, steps...)
	p.blocks[n/perBlock] = append(changed, block[end:]...)
}
