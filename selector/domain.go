package selector

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A label is one possibility for a key: a value, or no label.
type label struct {
	value   string
	present bool
}

// put sets the label of a key, or removes it.
func (l label) put(labels map[string]string, key string) {
	delete(labels, key)
	if l.present {
		labels[key] = l.value
	}
}

// A domain is the set of labels that meet all of some requirements of one key. It holds for valid labels only: a valid
// value has no sign, so no integer is negative.
type domain struct {
	absent    bool                // whether it has the missing label
	present   bool                // whether it may have any other label
	listed    bool                // whether it has only values of list
	list      []string            // sorted
	excluded  map[string]struct{} // values that it does not have
	integers  bool                // whether it has only integers from low to high
	low, high int64
}

func newDomain(reqs []requirement) domain {
	d := domain{absent: true, present: true, high: math.MaxInt64}
	for i := range reqs {
		d.add(&reqs[i])
	}
	return d
}

// add removes the labels that do not meet r. A sequence of calls takes time proportional to the number of values.
func (d *domain) add(r *requirement) {
	d.absent = d.absent && r.absent
	switch r.code {
	case in, equals:
		if d.listed {
			d.list = common(d.list, r.all())
		} else {
			d.listed, d.list = true, r.all()
		}
	case notIn, notEquals:
		if d.excluded == nil {
			d.excluded = map[string]struct{}{}
		}
		for _, value := range r.all() {
			d.excluded[value] = struct{}{}
		}
	case doesNotExist:
		d.present = false
	case greaterThan:
		d.integers = true
		if bound := r.bound(); bound < math.MaxInt64 {
			d.low = max(d.low, bound+1)
		} else {
			d.present = false
		}
	case lessThan:
		d.integers = true
		d.high = min(d.high, r.bound()-1)
	}
}

// common returns the values that are in both sorted lists, each once. Its time is proportional to their lengths. The
// result is not longer than either list, so a sequence of calls takes time proportional to the lengths of all lists.
func common(a, b []string) []string {
	var both []string
	for len(a) > 0 && len(b) > 0 {
		switch c := strings.Compare(a[0], b[0]); {
		case c < 0:
			a = a[1:]
		case c > 0:
			b = b[1:]
		default:
			both = append(both, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return slices.Compact(both)
}

// has reports whether l is in the domain. It takes O(log n) time, where n is the number of values of d.list.
func (d *domain) has(l label) bool {
	if !l.present {
		return d.absent
	}
	if !d.present {
		return false
	}
	if _, found := d.excluded[l.value]; found {
		return false
	}
	if d.listed {
		if _, found := slices.BinarySearch(d.list, l.value); !found {
			return false
		}
	}
	if d.integers {
		n, ok := parseInt(l.value)
		return ok && d.low <= n && n <= d.high
	}
	return true
}

// values returns the values of a domain with a list, sorted and each once.
func (d *domain) values() []string {
	var values []string
	for _, value := range d.list {
		if d.has(label{value, true}) {
			values = append(values, value)
		}
	}
	return slices.Compact(values)
}

// byKey returns the requirements of each key. reqs are in canonical order.
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
	last, _ := slices.BinarySearchFunc(s.reqs, key+"\x00", compare) // the least string greater than key
	return s.reqs[first:last]
}

// unmet returns the requirements of the first key for which no label meets all requirements, or nil. reqs are in canonical
// order.
func unmet(reqs []requirement) []requirement {
	for group := range byKey(reqs) {
		if len(group) == 1 && !group[0].comparesIntegers() {
			continue // some label meets it
		}
		if _, ok := witness(group, nil); !ok {
			return group
		}
	}
	return nil
}

// witness returns a label that meets all of meet and, unless miss is empty, does not meet all of miss. It prefers the
// missing label. All requirements are of one key.
func witness(meet, miss []requirement) (label, bool) {
	allow := func(reqs []requirement) bool {
		return !slices.ContainsFunc(reqs, func(r requirement) bool { return !r.absent })
	}
	if allow(meet) && (len(miss) == 0 || !allow(miss)) {
		return label{}, true
	}
	all := meet
	if len(miss) > 0 {
		all = slices.Concat(meet, miss)
	}
	met, missed := newDomain(meet), newDomain(miss)
	for l := range representatives(all) {
		if met.has(l) && (len(miss) == 0 || !missed.has(l)) {
			return l, true
		}
	}
	return label{}, false
}

// representatives returns one label of each equivalence class. Labels are equivalent if the requirements, all of one key,
// cannot tell them apart. The classes are: the missing label; each value that a requirement names; the other values that
// are not integers; and the other integers between two adjacent bounds of GreaterThan and LessThan. A class without a
// label has no representative. The number of labels is at most proportional to the number of values.
func representatives(reqs []requirement) iter.Seq[label] {
	return func(yield func(label) bool) {
		if !yield(label{}) {
			return
		}
		named := map[string]bool{}
		starts := []int64{0} // the first integer of each interval between bounds
		for i := range reqs {
			r := &reqs[i]
			for _, value := range r.all() {
				if !yield(label{value, true}) {
					return
				}
				named[value] = true
			}
			switch {
			case r.code == lessThan:
				starts = append(starts, r.bound())
			case r.code == greaterThan && r.bound() < math.MaxInt64:
				starts = append(starts, r.bound()+1)
			}
		}
		word := ""
		for i := 0; named[word]; i++ {
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
			for value := range spellings(low, high) {
				if named[value] {
					continue
				}
				if !yield(label{value, true}) {
					return
				}
				break
			}
		}
	}
}

// spellings returns the label values that are integers from low to high: decimal digits with any number of leading zeros,
// at most 63 bytes. It returns them by length, and those of one length in ascending order.
func spellings(low, high int64) iter.Seq[string] {
	return func(yield func(string) bool) {
		for length := len(strconv.FormatInt(low, 10)); length <= maxName; length++ {
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
