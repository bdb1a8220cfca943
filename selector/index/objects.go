package index

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"slices"
	"strings"

	"github.com/rollcall-go/rollcall/selector"
)

// Objects are the label sets of objects, by key, to be selected from without looking at each. The zero value is empty and ready
// to use. It must not be copied after its first change. A key that a map would refuse has it panic, as a map does, and so does one
// that comes when there are 2147483647.
//
// A key stands for an object in all namespaces: where names recur, it has to have the namespace in it.
//
// Any number of goroutines may read it at once, but none while one changes it.
type Objects[K comparable] struct {
	changes uint64 // how often it was changed
	objects numbers[name[K], struct{}]
	all     posting  // of every object
	labels  packed   // the terms of each object's labels
	within  []uint32 // the term of each object's namespace plus one; 0: it is of the whole cluster

	terms numbers[term, posting] // and the objects of each
}

// A term is the key of a label, a value of a key, or a namespace. Each is held once.
type term struct {
	of   uint32 // a value: the term of its key
	text string
}

// What terms are of that are not values.
const (
	isKey       = ^uint32(0)
	isNamespace = isKey - 1
)

func (t term) hash(seed maphash.Seed) uint64 {
	return maphash.String(seed, t.text) + uint64(t.of)*0x9e3779b97f4a7c15
}

// Len returns the number of objects.
func (o *Objects[K]) Len() int { return o.objects.len() }

// Set puts in an object, in place of the one with the same key if there is one. The namespace is empty for an object of the whole
// cluster. Labels may be nil; they are neither kept nor changed.
func (o *Objects[K]) Set(key K, namespace string, labels map[string]string) {
	n, known := o.objects.find(name[K]{key})
	if !known {
		n = o.objects.add(name[K]{key})
		if int(n) == len(o.within) {
			o.within = append(spare(o.within), 0)
		}
		o.all.add(n)
		o.changes++
	}
	o.move(n, namespace)
	var someHad, someHas [32]uint32
	had := o.labels.get(someHad[:0], n)
	o.file(n, had, o.has(someHas[:0], had, labels))
	o.tidy()
}

// move puts an object into a namespace.
func (o *Objects[K]) move(n uint32, namespace string) {
	had := o.within[n]
	if had != 0 && o.terms.key(had-1).text == namespace || had == 0 && namespace == "" {
		return
	}
	o.changes++
	o.within[n] = 0
	if namespace != "" {
		t := o.term(isNamespace, namespace)
		o.terms.at(t).add(n)
		o.within[n] = t + 1
	}
	if had != 0 {
		o.unfile(n, had-1)
	}
}

// has returns the terms of an object, some of which may be new, in ascending order. Most are those that it had: they and their
// keys need not be looked for.
func (o *Objects[K]) has(has, had []uint32, labels map[string]string) []uint32 {
	for _, t := range had {
		v := o.terms.key(t)
		value, there := labels[o.terms.key(v.of).text]
		if !there {
			continue
		}
		if value != v.text {
			t = o.term(v.of, value)
		}
		has = append(has, t)
	}
	if len(has) < len(labels) {
		var some [32]uint32
		keys := o.keysOf(some[:0], had)
		for key, value := range labels {
			k := o.term(isKey, key)
			if _, found := slices.BinarySearch(keys, k); !found {
				has = append(has, o.term(k, value))
			}
		}
	}
	slices.Sort(has)
	return has
}

// Delete takes out an object, if it is there. Its memory is given back at the latest when three quarters of the objects that there
// were are gone, or of their labels, if those were more than the objects that are left: one change then takes the time of setting
// all that is left anew.
func (o *Objects[K]) Delete(key K) {
	n, known := o.objects.find(name[K]{key})
	if !known {
		return
	}
	var some [32]uint32
	o.file(n, o.labels.get(some[:0], n), nil)
	o.move(n, "")
	o.all.remove(n)
	o.objects.remove(n)
	o.changes++
	o.tidy()
}

// tidy begins anew when most of what the memory was for is gone.
func (o *Objects[K]) tidy() {
	if !o.objects.wasteful(0) && !o.terms.wasteful(o.Len()) {
		return
	}
	var anew Objects[K]
	var labels map[string]string
	var namespace string
	for n := range o.all.each() {
		labels, namespace = o.describe(labels, n)
		anew.Set(o.objects.key(n).of, namespace, labels)
	}
	anew.changes = o.changes
	*o = anew
}

// term returns the term, which may be new.
func (o *Objects[K]) term(of uint32, text string) uint32 {
	if t, ok := o.terms.find(term{of, text}); ok {
		return t
	}
	return o.terms.add(term{of, strings.Clone(text)}) // the text may be a part of a long one
}

// file takes an object out of the postings of the terms that it had, and puts it into those of the terms that it has. Both ascend.
func (o *Objects[K]) file(n uint32, had, has []uint32) {
	if slices.Equal(had, has) {
		return
	}
	o.changes++
	for t := range without(has, had) {
		o.terms.at(t).add(n)
		o.terms.at(o.terms.key(t).of).add(n)
	}
	var someHad, someHas [32]uint32
	hadKeys, hasKeys := o.keysOf(someHad[:0], had), o.keysOf(someHas[:0], has)
	for t := range without(had, has) {
		o.unfile(n, t)
	}
	for key := range without(hadKeys, hasKeys) {
		o.unfile(n, key)
	}
	o.labels.set(n, has)
}

// keysOf appends the terms of the keys of terms, in ascending order.
func (o *Objects[K]) keysOf(keys, terms []uint32) []uint32 {
	for _, t := range terms {
		keys = append(keys, o.terms.key(t).of)
	}
	slices.Sort(keys)
	return keys
}

func (o *Objects[K]) unfile(n, t uint32) {
	if o.terms.at(t).remove(n); o.terms.at(t).len() == 0 {
		o.terms.remove(t)
	}
}

// describe returns the labels of an object, in the map unless that is a large one, and its namespace.
func (o *Objects[K]) describe(labels map[string]string, n uint32) (_ map[string]string, namespace string) {
	if labels == nil || len(labels) > 64 {
		labels = map[string]string{} // it would be slow to clear for ever after
	}
	clear(labels)
	var some [32]uint32
	for _, t := range o.labels.get(some[:0], n) {
		value := o.terms.key(t)
		labels[o.terms.key(value.of).text] = value.text
	}
	if t := o.within[n]; t != 0 {
		namespace = o.terms.key(t - 1).text
	}
	return labels, namespace
}

// Select yields the keys of the objects in the namespace that match the selector, each once, in no order that is promised. The
// empty namespace stands for all of them, and for what is of the whole cluster. The index must not be changed before the range
// is left: it panics then, so collect the keys to delete what they stand for. It does not allocate, unless the selector has
// more than five requirements, or names more than seven keys and values in all, or an object more than 32 labels.
func (o *Objects[K]) Select(namespace string, sel selector.Selector) iter.Seq[K] {
	return func(yield func(K) bool) {
		changes, entries := o.changes, o.objects.entries // which cost a fifth less than to look for them in o each time
		for n := range o.find(namespace, sel) {
			if !yield(entries[n].key.of) {
				return
			}
			if o.changes != changes {
				panic(changed)
			}
		}
	}
}

const changed = "index: changed while it is ranged over; collect the keys first"

// Count returns how many keys Select yields, sooner.
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
	for numbers, words, more := o.next(&q, sel); more; numbers, words, more = o.next(&q, sel) {
		count += len(numbers)
		for _, word := range words {
			count += bits.OnesCount64(word)
		}
	}
	return count
}

// match asks the selector about an object that has these terms.
func (o *Objects[K]) match(terms []uint32, sel selector.Selector) bool {
	return sel.MatchesFunc(func(key string) (string, bool) {
		for _, t := range terms {
			if value := o.terms.key(t); o.terms.key(value.of).text == key {
				return value.text, true
			}
		}
		return "", false
	})
}
