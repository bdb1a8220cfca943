package selector

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// And returns the selector that matches what both match: the requirements of s, then those of t, in canonical order.
// [Nothing] and whatever else is Nothing.
//
// Upstream: labels.Selector.Add.
func (s Selector) And(t Selector) Selector {
	if s.IsNothing() || t.IsNothing() {
		return Nothing()
	}
	b := builder{reqs: slices.Concat(s.reqs, t.reqs)}
	return b.selector()
}

// Satisfiable reports whether some valid label set matches s. When none does, the Contradiction of s.Explain(nil) says why.
func (s Selector) Satisfiable() bool {
	for reqs := range byKey(s.reqs) {
		if _, ok := witness(reqs, nil); !ok {
			return false
		}
	}
	return true
}

// Overlaps reports whether some valid label set matches both s and t. [Selector.And] with [Selector.Example] shows one.
func (s Selector) Overlaps(t Selector) bool { return s.And(t).Satisfiable() }

// Implies reports whether every valid label set that matches s matches t too. What matches none implies everything.
// [Selector.Counterexample] shows why not.
func (s Selector) Implies(t Selector) bool {
	_, ok := s.Counterexample(t)
	return !ok
}

// Equivalent reports whether s and t match the same valid label sets. Two that match none are equivalent.
func (s Selector) Equivalent(t Selector) bool { return s.Implies(t) && t.Implies(s) }

// Example returns a valid label set that matches s, with as few labels as possible, and false when there is none. The map is
// the caller's. It is the same for equal selectors.
func (s Selector) Example() (map[string]string, bool) {
	labels := map[string]string{}
	for reqs := range byKey(s.reqs) {
		label, ok := witness(reqs, nil)
		if !ok {
			return nil, false
		}
		label.put(labels, reqs[0].key)
	}
	return labels, true
}

// Counterexample returns a valid label set that matches s and does not match t, and false when there is none: when s implies
// t. The map is the caller's. It is the same for equal selectors.
func (s Selector) Counterexample(t Selector) (map[string]string, bool) {
	labels, ok := s.Example()
	if !ok {
		return nil, false
	}
	for reqs := range byKey(t.reqs) {
		key := reqs[0].key
		if label, ok := witness(s.of(key), reqs); ok {
			label.put(labels, key)
			return labels, true
		}
	}
	return nil, false
}

// contradiction returns requirements of one key that no label meets together, and none of which can be left out. It is
// nil when every key has a label that meets its requirements.
func (s Selector) contradiction() []requirement {
	for reqs := range byKey(s.reqs) {
		if _, ok := witness(reqs, nil); ok {
			continue
		}
		labels := slices.Collect(kinds(reqs))
		failed := make([]int, len(labels)) // how many requirements each label fails: at least one
		for i, l := range labels {
			for _, r := range reqs {
				if !l.meets(r) {
					failed[i]++
				}
			}
		}
		// A requirement can go unless it is the only one left that some label fails.
		var core []requirement
		for _, r := range reqs {
			needed := false
			for i, l := range labels {
				needed = needed || failed[i] == 1 && !l.meets(r)
			}
			if needed {
				core = append(core, r)
				continue
			}
			for i, l := range labels {
				if !l.meets(r) {
					failed[i]--
				}
			}
		}
		return core
	}
	return nil
}

// byKey returns the requirements of each key; reqs are in canonical order.
func byKey(reqs []requirement) iter.Seq[[]requirement] {
	return func(yield func([]requirement) bool) {
		for len(reqs) > 0 {
			n := 1
			for n < len(reqs) && reqs[n].key == reqs[0].key {
				n++
			}
			if !yield(reqs[:n]) {
				return
			}
			reqs = reqs[n:]
		}
	}
}

// of returns the requirements of one key.
func (s Selector) of(key string) []requirement {
	compare := func(r requirement, key string) int { return strings.Compare(r.key, key) }
	first, _ := slices.BinarySearchFunc(s.reqs, key, compare)
	last, _ := slices.BinarySearchFunc(s.reqs, key+"\x00", compare) // the least text above key
	return s.reqs[first:last]
}

// A label is what a label set can have for one key: a value, or nothing.
type label struct {
	value   string
	present bool
}

func (l label) meets(reqs ...requirement) bool {
	for i := range reqs {
		if !reqs[i].matches(l.value, l.present) {
			return false
		}
	}
	return true
}

// put makes l what labels has for a key.
func (l label) put(labels map[string]string, key string) {
	delete(labels, key)
	if l.present {
		labels[key] = l.value
	}
}

// witness returns a label that meets all of meet and, if there are any, not all of miss. It is no label whenever that
// will do.
func witness(meet, miss []requirement) (label, bool) {
	all := meet
	if len(miss) > 0 {
		all = slices.Concat(meet, miss)
	}
	for l := range kinds(all) {
		if l.meets(meet...) && (len(miss) == 0 || !l.meets(miss...)) {
			return l, true
		}
	}
	return label{}, false
}

// kinds returns one label of every kind that the requirements of a key can tell apart: no label; each value that they
// name; a value that is no integer and that none names; and, between each two bounds of GreaterThan and LessThan, an
// integer that none names, if there is one. What holds for these holds for all.
func kinds(reqs []requirement) iter.Seq[label] {
	return func(yield func(label) bool) {
		if !yield(label{}) {
			return
		}
		var names []string   // all that a requirement has for a value
		starts := []int64{0} // of the stretches of integers
		for i := range reqs {
			r := &reqs[i]
			values := r.all()
			for _, value := range values {
				if !yield(label{value, true}) {
					return
				}
			}
			names = append(names, values...)
			switch {
			case r.code == lessThan:
				starts = append(starts, r.bound)
			case r.code == greaterThan && r.bound < math.MaxInt64:
				starts = append(starts, r.bound+1)
			}
		}
		slices.Sort(names)
		named := func(value string) bool {
			_, found := slices.BinarySearch(names, value)
			return found
		}
		word := ""
		for i := 0; named(word); i++ {
			word = "x" + strconv.Itoa(i)
		}
		if !yield(label{word, true}) {
			return
		}
		slices.Sort(starts)
		starts = slices.Compact(starts)
		for i, low := range starts {
			high := int64(math.MaxInt64)
			if i+1 < len(starts) {
				high = starts[i+1] - 1
			}
			for text := range spellings(low, high) {
				if named(text) {
					continue
				}
				if !yield(label{text, true}) {
					return
				}
				break
			}
		}
	}
}

// spellings returns the label values that are an integer from low to high: the decimal digits, with leading zeros up to
// the length of a value. They come by length, those of one length by size.
func spellings(low, high int64) iter.Seq[string] {
	return func(yield func(string) bool) {
		for length := 1; length <= maxName; length++ {
			for n := low; ; n++ {
				digits := strconv.FormatInt(n, 10)
				if len(digits) > length {
					break
				}
				if !yield(strings.Repeat("0", length-len(digits)) + digits) {
					return
				}
				if n == high {
					break
				}
			}
		}
	}
}
