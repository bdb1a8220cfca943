package selector

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// If s is satisfiable, Simplify returns the equivalent selector with the shortest text. If not, it returns
// Nothing. Of equally short texts it takes the bytewise least. Equivalent selectors therefore simplify to
// equal ones. It returns [Nothing] for an unsatisfiable s, although shorter texts exist. Simplify takes O(n
// log n) time in the size of s.
//
//	a in (b,c),a notin (c)   a=b
//	a,a in (b,c)             a in (b,c)
//	a notin (b,c)            a!=b,a!=c
//	n>1,n>5,n<9,n!=x         n<9,n>5
func (s Selector) Simplify() Selector {
	if s.unsatisfiable {
		return Nothing()
	}
	var b builder
	for reqs := range byKey(s.reqs) {
		b.reqs = append(b.reqs, simplify(reqs)...)
	}
	return b.selector()
}

// simplify returns the shortest requirements that the same labels meet. reqs are of one key, and some label meets them.
func simplify(reqs []requirement) []requirement {
	key, d := reqs[0].key, newDomain(reqs)
	if d.listed {
		return oneOf(key, d.values())
	}
	if !d.present {
		return []requirement{single(key, doesNotExist, "")}
	}
	var excluded []string
	for i := range reqs {
		if r := &reqs[i]; r.code == notIn || r.code == notEquals {
			excluded = append(excluded, r.all()...)
		}
	}
	slices.Sort(excluded)
	excluded = slices.Compact(excluded)
	switch {
	case d.integers:
		return integers(key, d.low, d.high, excluded)
	case d.absent:
		return noneOf(key, excluded)
	default:
		return append(noneOf(key, excluded), single(key, exists, ""))
	}
}

// oneOf returns the shortest requirements that exactly the given values meet. The values are sorted and distinct.
func oneOf(key string, values []string) []requirement {
	list := listed(key, values)
	// A range is shorter if the values are nearly all spellings of some integers.
	low, high := int64(math.MaxInt64), int64(0)
	for _, value := range values {
		n, ok := parseInt(value)
		if !ok {
			return list
		}
		low, high = min(low, n), max(high, n)
	}
	if excluded, ok := otherSpellings(low, high, values, len(text(list))); ok {
		return shortest(list, between(key, low, high, excluded))
	}
	return list
}

// integers returns the shortest requirements that exactly the integers from low to high meet, without the excluded values.
// The excluded values are sorted and distinct, and some integer is not excluded.
func integers(key string, low, high int64, excluded []string) []requirement {
	spelt := map[int64]int{} // how many spellings of an integer are excluded
	for _, value := range excluded {
		if n, ok := parseInt(value); ok {
			spelt[n]++
		}
	}
	all := func(n int64) int { return maxName + 1 - len(strconv.FormatInt(n, 10)) }
	for spelt[low] == all(low) {
		low++
	}
	for spelt[high] == all(high) {
		high--
	}
	excluded = slices.DeleteFunc(excluded, func(value string) bool {
		n, ok := parseInt(value)
		return !ok || n < low || n > high
	})
	rest := between(key, low, high, excluded)
	if values, ok := otherSpellings(low, high, excluded, len(text(rest))); ok {
		return oneOf(key, values) // a list of so few values may be shorter
	}
	return rest
}

// between returns requirements that exactly the integers from low to high meet, without the excluded values.
func between(key string, low, high int64, excluded []string) []requirement {
	reqs := noneOf(key, excluded)
	if high < math.MaxInt64 {
		reqs = append(reqs, single(key, lessThan, strconv.FormatInt(high+1, 10)))
	}
	if low > 0 {
		reqs = append(reqs, single(key, greaterThan, strconv.FormatInt(low-1, 10)))
	}
	return reqs
}

// listed returns the requirement that exactly the given values meet.
func listed(key string, values []string) []requirement {
	if len(values) == 1 {
		return []requirement{single(key, equals, values[0])}
	}
	return []requirement{ofList(key, in, values)}
}

// noneOf returns the shortest requirements that the missing label and all values except the excluded ones meet. The
// excluded values are sorted and distinct.
func noneOf(key string, excluded []string) []requirement {
	// Values and commas take as many bytes in both forms. Of equally short texts, " notin" is bytewise less than "!=".
	if n := len(excluded); n*(len(key)+len("!=")) >= len(key)+len(" notin ()") {
		return []requirement{ofList(key, notIn, excluded)}
	}
	var reqs []requirement
	for _, value := range excluded {
		reqs = append(reqs, single(key, notEquals, value))
	}
	return reqs
}

// otherSpellings returns the spellings of the integers from low to high that are not in values. Both are sorted. It returns
// false if the spellings have more than size bytes.
func otherSpellings(low, high int64, values []string, size int) ([]string, bool) {
	var others []string
	for value := range spellings(low, high) {
		if _, found := slices.BinarySearch(values, value); found {
			continue
		}
		if size -= len(value); size < 0 {
			return nil, false
		}
		others = append(others, value)
	}
	slices.Sort(others)
	return others, true
}

// shortest returns the requirements with the shorter text, or with the bytewise lesser of two equally short texts.
func shortest(a, b []requirement) []requirement {
	s, t := text(a), text(b)
	if cmp.Or(cmp.Compare(len(s), len(t)), strings.Compare(s, t)) <= 0 {
		return a
	}
	return b
}
