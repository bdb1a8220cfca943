package index

import (
	"iter"
	"slices"
)

// spare returns s with room for one more element. It adds an eighth, where append may double the capacity.
func spare[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	return append(make([]T, 0, len(s)+len(s)/8+1), s...)
}

// fit returns s, or a smaller copy if more than a fifth of the capacity is unused.
func fit[T any](s []T) []T {
	if cap(s) <= len(s)+len(s)/4+4 {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}

// without yields the elements of a that are not in b. Both are sorted.
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

// insert adds n to a sorted list, if it is not in the list.
func insert[T uint32 | entry](list []T, n T) (_ []T, added bool) {
	i := len(list)
	if i > 0 && n <= list[i-1] { // most come in order
		var found bool
		if i, found = slices.BinarySearch(list, n); found {
			return list, false
		}
	}
	return slices.Insert(spare(list), i, n), true
}

// cut removes n from a sorted list, if it is in the list.
func cut[T uint32 | entry](list []T, n T) (_ []T, removed bool) {
	i, found := slices.BinarySearch(list, n)
	if !found {
		return list, false
	}
	return fit(slices.Delete(list, i, i+1)), true
}
