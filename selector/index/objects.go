package index

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/rollcall-go/rollcall/selector"
)

// Objects is an index of objects by their labels. [Objects.Select] finds those that a selector matches. The
// zero value is empty and ready to use. It must not be copied; go vet reports copies.
//
// A key identifies an object in all namespaces. If objects are identified by name, the key must include the
// namespace. A method panics if its key is not hashable. Set panics beyond 1<<31-1 keys.
//
// Any number of goroutines may read it at the same time, but only if none changes it.
type Objects[K comparable] struct {
	_       noCopy
	changes uint64 // how often it was changed

	objects    ids[callerKey[K], struct{}]
	all        posting                      // of all objects
	labels     packed                       // by object: the terms of its labels, unless it is in wide
	wide       map[uint32]map[uint32]uint32 // by object with more labels: from terms of keys to those of values
	namespaces []uint32                     // by object: the term of the namespace plus one; 0 if cluster-scoped

	terms ids[term, posting] // and the objects of each

	size int // labels of all objects, plus one for each object
	work int // labels that the changes added and removed, plus one for each change
}

// maxPacked is the most labels that an object has in packed. With more it would slow down the changes of the
// objects that share its block, and the lookup of one label.
const maxPacked = 32

// Len returns the number of objects.
func (o *Objects[K]) Len() int { return o.objects.len() }

// Set adds an object, or replaces the one with the same key. The namespace of a cluster-scoped object is
// empty. Nil labels are an empty map. Set does not keep or change the map.
//
// It takes time for the labels that the object had and has, amortised. Neither the number of other objects
// nor the order of the changes matters.
func (o *Objects[K]) Set(key K, namespace string, labels map[string]string) {
	n, known := o.objects.find(callerKey[K]{key})
	if !known {
		n = o.objects.add(callerKey[K]{key})
		if int(n) == len(o.namespaces) {
			o.namespaces = append(spare(o.namespaces), 0)
		}
		o.all.add(n)
		o.size++
		o.changes++
	}
	o.move(n, namespace)
	var roomHad, roomHas [maxPacked]uint32
	had := o.termsOf(roomHad[:0], n)
	o.relabel(n, had, o.newTerms(roomHas[:0], had, labels))
	o.tidy()
}

// move changes the namespace of an object.
func (o *Objects[K]) move(n uint32, namespace string) {
	had := o.namespaces[n]
	if had != 0 && o.terms.key(had-1).text == namespace || had == 0 && namespace == "" {
		return
	}
	o.changes++
	o.namespaces[n] = 0
	if namespace != "" {
		t := addTerm(&o.terms, isNamespace, namespace)
		o.terms.at(t).add(n)
		o.namespaces[n] = t + 1
	}
	if had != 0 {
		o.removeFrom(had-1, n)
	}
}

// newTerms appends the terms of labels, sorted, and adds those that are new. The object had the other terms:
// most are the same and need no lookup.
func (o *Objects[K]) newTerms(terms, had []uint32, labels map[string]string) []uint32 {
	for _, t := range had {
		v := o.terms.key(t)
		value, there := labels[o.terms.key(v.of).text]
		if !there {
			continue
		}
		if value != v.text {
			t = addTerm(&o.terms, v.of, value)
		}
		terms = append(terms, t)
	}
	if len(terms) < len(labels) {
		var room [maxPacked]uint32
		keys := o.keysOf(room[:0], had)
		for key, value := range labels {
			k := addTerm(&o.terms, isKey, key)
			if _, found := slices.BinarySearch(keys, k); !found {
				terms = append(terms, addTerm(&o.terms, k, value))
			}
		}
	}
	slices.Sort(terms)
	return terms
}

// Delete removes an object, if there is one with the key. It takes time for the object's labels, amortised.
//
// To release memory, a change rebuilds the index when three quarters of the objects, or three quarters of the
// distinct labels, are deleted. First as many labels must have changed as are left.
func (o *Objects[K]) Delete(key K) {
	n, known := o.objects.find(callerKey[K]{key})
	if !known {
		return
	}
	var room [maxPacked]uint32
	o.relabel(n, o.termsOf(room[:0], n), nil)
	o.move(n, "")
	o.all.remove(n)
	o.objects.remove(n)
	o.size--
	o.changes++
	o.tidy()
}

// tidy rebuilds the index if most of its memory is unused, and if the changes since the last time are as much
// work.
func (o *Objects[K]) tidy() {
	o.work++
	if o.work < o.size || !o.objects.wasteful(0) && !o.terms.wasteful(o.Len()) {
		return
	}
	var rebuilt Objects[K]
	var labels map[string]string
	var namespace string
	for n := range o.all.each() {
		labels, namespace = o.describe(labels, n)
		rebuilt.Set(o.objects.key(n).of, namespace, labels)
	}
	o.objects, o.terms, o.all = rebuilt.objects, rebuilt.terms, rebuilt.all
	o.labels, o.wide, o.namespaces = rebuilt.labels, rebuilt.wide, rebuilt.namespaces
	o.work = 0
}

// relabel moves an object from the postings of the terms that it had to those of the terms that it has. Both
// are sorted.
func (o *Objects[K]) relabel(n uint32, had, has []uint32) {
	if slices.Equal(had, has) {
		return
	}
	o.changes++
	o.size += len(has) - len(had)
	o.work += len(has) + len(had)
	for t := range without(has, had) {
		o.terms.at(t).add(n)
		o.terms.at(o.terms.key(t).of).add(n)
	}
	var roomHad, roomHas [maxPacked]uint32
	hadKeys, hasKeys := o.keysOf(roomHad[:0], had), o.keysOf(roomHas[:0], has)
	o.setTerms(n, has)
	for t := range without(had, has) {
		o.removeFrom(t, n)
	}
	for key := range without(hadKeys, hasKeys) {
		o.removeFrom(key, n)
	}
}

// termsOf appends the terms of an object's labels, sorted.
func (o *Objects[K]) termsOf(terms []uint32, n uint32) []uint32 {
	if terms = o.labels.get(terms, n); len(terms) > 0 || len(o.wide) == 0 {
		return terms
	}
	for _, t := range o.wide[n] {
		terms = append(terms, t)
	}
	slices.Sort(terms)
	return terms
}

// setTerms stores the terms of an object's labels.
func (o *Objects[K]) setTerms(n uint32, terms []uint32) {
	delete(o.wide, n)
	if len(terms) <= maxPacked {
		o.labels.set(n, terms)
		return
	}
	o.labels.set(n, nil)
	if o.wide == nil {
		o.wide = map[uint32]map[uint32]uint32{}
	}
	values := make(map[uint32]uint32, len(terms))
	for _, t := range terms {
		values[o.terms.key(t).of] = t
	}
	o.wide[n] = values
}

// keysOf appends the terms of the keys of labels, sorted.
func (o *Objects[K]) keysOf(keys, terms []uint32) []uint32 {
	for _, t := range terms {
		keys = append(keys, o.terms.key(t).of)
	}
	slices.Sort(keys)
	return keys
}

// removeFrom removes an object from the posting of a term, and the term if it was the last.
func (o *Objects[K]) removeFrom(t, n uint32) {
	if o.terms.at(t).remove(n); o.terms.at(t).len() == 0 {
		o.terms.remove(t)
	}
}

// describe returns the labels of an object and its namespace. It reuses the map, unless that is large.
func (o *Objects[K]) describe(labels map[string]string, n uint32) (_ map[string]string, namespace string) {
	if labels == nil || len(labels) > 64 {
		labels = map[string]string{} // every later clear of a large map would be slow
	}
	clear(labels)
	var room [maxPacked]uint32
	for _, t := range o.termsOf(room[:0], n) {
		value := o.terms.key(t)
		labels[o.terms.key(value.of).text] = value.text
	}
	if t := o.namespaces[n]; t != 0 {
		namespace = o.terms.key(t - 1).text
	}
	return labels, namespace
}

// Select yields the keys of the objects in the namespace that the selector matches, each once, in no
// particular order. The empty namespace stands for all namespaces and the cluster-scoped objects. Changing
// the index before the range ends panics: to delete what it yields, collect the keys first.
//
// It takes time for the values that the selector names and for the objects with its rarest requirement. At
// worst it takes the time of a scan of the namespace, up to a constant factor, whatever the selector and the
// labels are. It does not allocate unless the selector has more than five requirements, or more than seven
// keys and values.
func (o *Objects[K]) Select(namespace string, sel selector.Selector) iter.Seq[K] {
	return func(yield func(K) bool) {
		changes, records := o.changes, o.objects.records // a fifth faster than reading them from o each time
		for n := range o.find(namespace, sel) {
			if !yield(records[n].key.of) {
				return
			}
			if o.changes != changes {
				panic(changedInRange)
			}
		}
	}
}

const changedInRange = "index: changed during a range; collect the keys first"

// Count returns how many keys [Objects.Select] yields, in less time.
func (o *Objects[K]) Count(namespace string, sel selector.Selector) (count int) {
	var room room
	groups, postings, ask := o.plan(&room, namespace, sel)
	switch {
	case len(groups) == 0:
		return 0
	case len(groups) == 1 && !ask:
		return groups[0].size
	}
	q := query{groups: groups, postings: postings, ask: ask}
	for ids, words, more := o.next(&q, sel); more; ids, words, more = o.next(&q, sel) {
		count += len(ids)
		for _, word := range words {
			count += bits.OnesCount64(word)
		}
	}
	return count
}
