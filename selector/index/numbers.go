package index

import (
	"hash/maphash"
	"iter"
)

// mostNumbers keeps numbers from being taken for what they are not: see place and isMissing.
const mostNumbers = 1<<31 - 1

// Numbers are what the index has in place of keys: small, and given again when they are free. It is a map and a slice of its
// keys in a third of the memory, since what finds a key does not hold it a second time. Each has a value besides.
type numbers[K hashable, V any] struct {
	entries []entry[K, V] // by number
	free    []uint32      // the numbers that are not given
	slots   []uint32      // in the first free slot from where a hash points to, see slot; a power of two, a quarter free
	seed    maphash.Seed  // random, as that of a map: nobody can make up keys that meet; nothing that is answered depends on it
}

// An entry is a key and what is about it. They stand together, since who finds a key wants the value next. An empty value takes no
// room where it is the first.
type entry[K hashable, V any] struct {
	value V
	key   K
}

// A hashable is a key that says where to look for it.
type hashable interface {
	comparable
	hash(maphash.Seed) uint64
}

// A name is a key of the caller's.
type name[K comparable] struct{ of K }

func (k name[K]) hash(seed maphash.Seed) uint64 { return maphash.Comparable(seed, k.of) }

func (n *numbers[K, V]) len() int { return len(n.entries) - len(n.free) }

func (n *numbers[K, V]) key(number uint32) K { return n.entries[number].key }

// at returns the value of a number, for as long as no key is added or removed.
func (n *numbers[K, V]) at(number uint32) *V { return &n.entries[number].value }

// find returns the number of a key, and whether it has one.
func (n *numbers[K, V]) find(key K) (uint32, bool) {
	if len(n.slots) == 0 {
		return 0, false
	}
	return n.look(key, key.hash(n.seed))
}

// look finds a key by its hash, where there is any key.
func (n *numbers[K, V]) look(key K, hash uint64) (uint32, bool) {
	mask := uint32(len(n.slots) - 1)
	tag := n.tag(hash)
	for i := uint32(hash) & mask; ; i = (i + 1) & mask {
		slot := n.slots[i]
		if slot == 0 {
			return 0, false
		}
		if number := slot&mask - 1; slot&^mask == tag && n.entries[number].key == key {
			return number, true
		}
	}
}

// add gives a number to a key that has none.
func (n *numbers[K, V]) add(key K) uint32 {
	if n.slots == nil {
		n.seed = maphash.MakeSeed()
	}
	if n.len() == mostNumbers {
		panic("index: more than 2147483647 keys")
	}
	hash := key.hash(n.seed) // which may panic, as a map does, before anything is changed
	if 4*(n.len()+1) > 3*len(n.slots) {
		n.resize(max(8, 2*len(n.slots)))
	}
	var number uint32
	if last := len(n.free) - 1; last >= 0 {
		number = n.free[last]
		n.free = n.free[:last]
		n.entries[number].key = key
	} else {
		number = uint32(len(n.entries))
		n.entries = append(spare(n.entries), entry[K, V]{key: key})
	}
	n.slot(number, hash)
	return number
}

// slot puts a number into its slot: the number plus one and, in the bits that no number comes up to, a tag: some of the hash. So
// what is not there is seldom compared with what is.
func (n *numbers[K, V]) slot(number uint32, hash uint64) {
	mask := uint64(len(n.slots) - 1)
	i := hash & mask
	for n.slots[i] != 0 {
		i = (i + 1) & mask
	}
	n.slots[i] = number + 1 | n.tag(hash)
}

func (n *numbers[K, V]) tag(hash uint64) uint32 { return uint32(hash>>32) &^ uint32(len(n.slots)-1) }

// in returns the number in a slot.
func (n *numbers[K, V]) in(slot uint64) uint32 { return n.slots[slot]&uint32(len(n.slots)-1) - 1 }

func (n *numbers[K, V]) resize(size int) {
	old := *n
	n.slots = make([]uint32, size)
	for i, s := range old.slots {
		if s != 0 {
			number := old.in(uint64(i))
			n.slot(number, n.key(number).hash(n.seed))
		}
	}
}

// remove makes a number free that was given, and moves up those that its slot kept from theirs.
func (n *numbers[K, V]) remove(number uint32) {
	mask := uint64(len(n.slots) - 1)
	hole := n.key(number).hash(n.seed) & mask
	for n.in(hole) != number {
		hole = (hole + 1) & mask
	}
	for i := (hole + 1) & mask; n.slots[i] != 0; i = (i + 1) & mask {
		if first := n.key(n.in(i)).hash(n.seed) & mask; (i-first)&mask >= (i-hole)&mask {
			n.slots[hole] = n.slots[i]
			hole = i
		}
	}
	n.slots[hole] = 0
	n.entries[number] = entry[K, V]{}
	n.free = append(n.free, number)
}

// wasteful reports whether most numbers are free, and there are more of them than it costs to begin anew.
func (n *numbers[K, V]) wasteful(cost int) bool {
	return len(n.entries) > max(64, cost) && n.len() < len(n.entries)/4
}

// spare returns s with room for one more. Where append makes room for a quarter more or as much again, this does for an eighth.
func spare[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	return append(make([]T, 0, len(s)+len(s)/8+1), s...)
}

// fit returns s with less room, when it has room for a quarter more.
func fit[T any](s []T) []T {
	if cap(s) <= len(s)+len(s)/4+4 {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}

// without yields what is in a and not in b, both sorted.
func without(a, b []uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, n := range a {
			for len(b) > 0 && b[0] < n {
				b = b[1:]
			}
			if (len(b) == 0 || b[0] != n) && !yield(n) {
				return
			}
		}
	}
}
