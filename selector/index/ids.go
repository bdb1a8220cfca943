package index

import "hash/maphash"

// maxIDs leaves room for the constants of terms and for the lowest bit of an entry.
const maxIDs = 1<<31 - 1

// An ids is a map from keys to IDs, with a value for each. IDs are small, and those of removed keys are
// reused. It takes a third of the memory of a map and a slice of its keys, since it stores each key once.
type ids[K hashable, V any] struct {
	records []record[K, V] // by ID
	free    []uint32       // the unused IDs
	slots   []uint32       // a hash table with linear probing, see insert; its size is a power of two
	seed    maphash.Seed   // random, so that nobody can choose keys that collide; no result depends on it
}

// A record is a key and its value. They are neighbours because a lookup of the key reads the value next. An
// empty value takes no memory if it is the first field.
type record[K hashable, V any] struct {
	value V
	key   K
}

// A hashable is a key with a hash.
type hashable interface {
	comparable
	hash(maphash.Seed) uint64
}

// A callerKey is a key of the caller.
type callerKey[K comparable] struct{ of K }

func (k callerKey[K]) hash(seed maphash.Seed) uint64 { return maphash.Comparable(seed, k.of) }

func (m *ids[K, V]) len() int { return len(m.records) - len(m.free) }

func (m *ids[K, V]) key(id uint32) K { return m.records[id].key }

// at returns the value of an ID. The pointer is valid until a key is added or removed.
func (m *ids[K, V]) at(id uint32) *V { return &m.records[id].value }

// find returns the ID of a key, and whether it has one.
func (m *ids[K, V]) find(key K) (uint32, bool) {
	if len(m.slots) == 0 {
		return 0, false
	}
	return m.lookup(key, key.hash(m.seed))
}

// lookup is find with the hash of the key. There must be slots.
func (m *ids[K, V]) lookup(key K, hash uint64) (uint32, bool) {
	mask := uint32(len(m.slots) - 1)
	tag := m.tag(hash)
	for i := uint32(hash) & mask; ; i = (i + 1) & mask {
		slot := m.slots[i]
		if slot == 0 {
			return 0, false
		}
		if id := slot&mask - 1; slot&^mask == tag && m.records[id].key == key {
			return id, true
		}
	}
}

// add gives an ID to a key that has none.
func (m *ids[K, V]) add(key K) uint32 {
	if m.slots == nil {
		m.seed = maphash.MakeSeed()
	}
	if m.len() == maxIDs {
		panic("index: too many keys; at most 2147483647 are possible")
	}
	hash := key.hash(m.seed) // may panic, as in a map; nothing has changed yet
	if 4*(m.len()+1) > 3*len(m.slots) {
		m.resize(max(8, 2*len(m.slots)))
	}
	var id uint32
	if last := len(m.free) - 1; last >= 0 {
		id = m.free[last]
		m.free = m.free[:last]
		m.records[id].key = key
	} else {
		id = uint32(len(m.records))
		m.records = append(spare(m.records), record[K, V]{key: key})
	}
	m.insert(id, hash)
	return id
}

// insert stores an ID in the first empty slot from the position of its hash. A slot has the ID plus one in
// its lower bits, and a tag in the bits that no ID reaches. A lookup rarely compares keys whose tags are
// equal by chance.
func (m *ids[K, V]) insert(id uint32, hash uint64) {
	mask := uint64(len(m.slots) - 1)
	i := hash & mask
	for m.slots[i] != 0 {
		i = (i + 1) & mask
	}
	m.slots[i] = id + 1 | m.tag(hash)
}

// tag returns those bits of a hash that are stored in a slot.
func (m *ids[K, V]) tag(hash uint64) uint32 { return uint32(hash>>32) &^ uint32(len(m.slots)-1) }

// in returns the ID in a slot.
func (m *ids[K, V]) in(slot uint64) uint32 { return m.slots[slot]&uint32(len(m.slots)-1) - 1 }

func (m *ids[K, V]) resize(size int) {
	old := *m
	m.slots = make([]uint32, size)
	for i, s := range old.slots {
		if s != 0 {
			id := old.in(uint64(i))
			m.insert(id, m.key(id).hash(m.seed))
		}
	}
}

// remove removes a key by its ID. It closes the gap in the slots.
func (m *ids[K, V]) remove(id uint32) {
	mask := uint64(len(m.slots) - 1)
	gap := m.key(id).hash(m.seed) & mask
	for m.in(gap) != id {
		gap = (gap + 1) & mask
	}
	for i := (gap + 1) & mask; m.slots[i] != 0; i = (i + 1) & mask {
		if home := m.key(m.in(i)).hash(m.seed) & mask; (i-home)&mask >= (i-gap)&mask {
			m.slots[gap] = m.slots[i]
			gap = i
		}
	}
	m.slots[gap] = 0
	m.records[id] = record[K, V]{}
	m.free = append(m.free, id)
}

// wasteful reports whether there were more than least IDs, and 64, and three quarters of them are unused.
func (m *ids[K, V]) wasteful(least int) bool {
	return len(m.records) > max(64, least) && m.len() < len(m.records)/4
}
