package selector

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Simplify returns the selector with the shortest text of all that are equivalent to s, and of those with equally short
// texts the bytewise least, so that equivalent selectors simplify to equal ones. What no valid label set matches
// simplifies to [Nothing], though there are shorter texts for that.
//
//	a in (b,c),a notin (c)   a=b
//	a,a in (b,c)             a in (b,c)
//	a notin (b,c)            a!=b,a!=c
//	n>1,n>5,n<9,n!=x         n<9,n>5
func (s Selector) Simplify() Selector {
	var b builder
	for reqs := range byKey(s.reqs) {
		if _, ok := witness(reqs, nil); !ok {
			return Nothing()
		}
		b.reqs = append(b.reqs, simplify(reqs)...)
	}
	return b.selector()
}

// simplify returns the shortest requirements that the same labels meet as reqs, which are those of one key, and which
// some label meets.
func simplify(reqs []requirement) []requirement {
	key := reqs[0].key
	if values, ok := left(reqs); ok {
		return oneOf(key, values)
	}
	low, high := int64(0), int64(math.MaxInt64)
	var excluded []string
	for i := range reqs {
		switch r := &reqs[i]; r.code {
		case doesNotExist:
			return reqs[i : i+1]
		case notIn, notEquals:
			excluded = append(excluded, r.all()...)
		case greaterThan:
			low = max(low, r.bound+1)
		case lessThan:
			high = min(high, r.bound-1)
		}
	}
	slices.Sort(excluded)
	excluded = slices.Compact(excluded)
	switch {
	case low > 0 || high < math.MaxInt64:
		return integers(key, low, high, excluded)
	case label{}.meets(reqs...):
		return noneOf(key, excluded)
	default:
		return append(noneOf(key, excluded), single(key, exists, ""))
	}
}

// left returns which values of a list the other requirements leave, sorted, each once, and false when there is no list. The
// requirements are those of one key.
func left(reqs []requirement) ([]string, bool) {
	list := slices.IndexFunc(reqs, func(r requirement) bool { return r.code == in || r.code == equals })
	if list < 0 {
		return nil, false
	}
	var values []string
	for _, value := range slices.Compact(slices.Clone(reqs[list].all())) {
		if (label{value, true}).meets(reqs...) {
			values = append(values, value)
		}
	}
	return values, true
}

// oneOf returns the shortest requirements that any of values meets, and nothing else. They are sorted, each once.
func oneOf(key string, values []string) []requirement {
	list := listed(key, values)
	// Every spelling of some integers, or nearly, is shorter as a range.
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

// integers returns the shortest requirements that the integers from low to high meet, but for excluded values, and
// nothing else. The excluded are sorted, each once, and leave something.
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
		return oneOf(key, values) // so few are left that a list may be shorter
	}
	return rest
}

// between returns the requirements that the integers from low to high meet, but for excluded values.
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

// listed returns the requirement that any of values meets, and nothing else.
func listed(key string, values []string) []requirement {
	if len(values) == 1 {
		return []requirement{single(key, equals, values[0])}
	}
	return []requirement{compiled(key, in, values)}
}

// noneOf returns the shortest requirements that a missing label meets, and every value but the excluded. These are sorted,
// each once.
func noneOf(key string, excluded []string) []requirement {
	// The values and the commas are as long either way. With equal lengths, " notin" is bytewise less than "!=".
	if n := len(excluded); n*(len(key)+len("!=")) >= len(key)+len(" notin ()") {
		return []requirement{compiled(key, notIn, excluded)}
	}
	var reqs []requirement
	for _, value := range excluded {
		reqs = append(reqs, single(key, notEquals, value))
	}
	return reqs
}

// otherSpellings returns what spells an integer from low to high and is not in values, sorted, and false when there are
// more than size bytes of it.
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

func text(reqs []requirement) []byte { return Selector{reqs}.appendText(nil) }

// shortest returns a or b, whichever has the shorter text, or the bytewise lesser of two equally short ones.
func shortest(a, b []requirement) []requirement {
	s, t := text(a), text(b)
	if cmp.Or(cmp.Compare(len(s), len(t)), bytes.Compare(s, t)) <= 0 {
		return a
	}
	return b
}
