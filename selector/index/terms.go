package index

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// A term is the key of a label, a value of a key, or a namespace. An index stores each once.
type term struct {
	of   uint32 // of a value: the ID of its key's term; of other terms: one of the constants below
	text string
}

// The field of of terms that are not values. No ID is as large: see maxIDs.
const (
	isKey       = ^uint32(0)
	isNamespace = isKey - 1
	isMissing   = isNamespace - 1 // the absence of the key that is the text
)

// hash mixes the key into the seeded hash by multiplication. A sum would keep one value under many keys at
// distances that do not depend on the seed, and whoever chooses the keys could make them collide.
func (t term) hash(seed maphash.Seed) uint64 {
	high, low := bits.Mul64(maphash.String(seed, t.text), (uint64(t.of)+1)*0x9e3779b97f4a7c15)
	return high ^ low
}

// addTerm returns the ID of a term and adds the term if necessary. It copies the text, which may be part of a
// longer string.
func addTerm[V any](terms *ids[term, V], of uint32, text string) uint32 {
	if t, known := terms.find(term{of, text}); known {
		return t
	}
	return terms.add(term{of, strings.Clone(text)})
}
