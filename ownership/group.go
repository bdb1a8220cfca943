package ownership

import "iter"

// Filter returns those of objs that c owns and selects: labels first, then the controller, as [Keep]. Orphans that c
// would adopt are not its own yet. They come in the order of objs, one at a time as they are asked for, and nothing is
// copied or allocated for an object; with a slice, start from [Pointers].
//
// Upstream: controller.FilterClaimedPods.
func Filter[E any](c Controller, objs iter.Seq[E], view func(E) Object) iter.Seq[E] {
	return func(yield func(E) bool) {
		for e := range objs {
			o := view(e)
			if c.Selector.Matches(o.Labels) && c.UID != "" && o.ControlledBy.UID == c.UID && !yield(e) {
				return
			}
		}
	}
}

// Pointers returns pointers to the elements of s, in order, so that a slice of large values is ranged over without
// copying one.
func Pointers[E any](s []E) iter.Seq[*E] {
	return func(yield func(*E) bool) {
		for i := range s {
			if !yield(&s[i]) {
				return
			}
		}
	}
}

// Group returns pointers to the elements of objs by the UID of their controller, labels aside; those without a controller,
// or whose controller has no UID, are under "". Each group keeps the order of objs. It is for a dashboard that shows many
// owners: two passes, the first to count, instead of one for each owner. The map is never nil.
func Group[E any](objs []E, view func(*E) Object) map[string][]*E {
	sizes := make(map[string]int)
	for e := range Pointers(objs) {
		sizes[view(e).ControlledBy.UID]++
	}
	groups := make(map[string][]*E, len(sizes))
	for e := range Pointers(objs) {
		uid := view(e).ControlledBy.UID
		if groups[uid] == nil {
			groups[uid] = make([]*E, 0, sizes[uid])
		}
		groups[uid] = append(groups[uid], e)
	}
	return groups
}
