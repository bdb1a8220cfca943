package ownership

import "iter"

// Filter returns those of objs that c selects and owns, those that it would [Keep]: what is left when one filters by the labels
// first and then by the controller's UID. Orphans that c would adopt are not its own yet. They come in the order of objs, one
// at a time as they are asked for, view is called once for each, and nothing is copied or allocated for an object; with a
// slice, start from [Pointers].
//
// Upstream: controller.FilterClaimedPods.
func Filter[E any](c Controller, objs iter.Seq[E], view func(E) Object) iter.Seq[E] {
	return func(yield func(E) bool) {
		for e := range objs {
			// Both must hold, so that the cheaper question may come first: with many owners it spares the label maps of nearly
			// all objects, which are seldom in the processor's cache, and makes this several times as fast.
			o := view(e)
			if c.UID != "" && o.ControlledBy.UID == c.UID && c.Selector.Matches(o.Labels) && !yield(e) {
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
// or whose controller has no UID, are under "". Each group keeps the order of objs, and appending to one does not reach
// another. It is for a dashboard that shows many owners: one pass instead of one for each, with view called once for each
// element and one array for all groups. The map is never nil. To count an owner's pods, ask [Filter] of its group: one that was
// relabelled is in it still. An owner without UID, which was never stored, has no group: "" are the orphans. Of a slice of
// pointers, as a lister returns, view gets a pointer to a pointer.
func Group[E any](objs []E, view func(*E) Object) map[string][]*E {
	// All groups lie in one array, which takes a few dozen allocations where a slice that grows for each group takes thousands.
	number := make(map[string]int) // of each group
	var sizes []int                // of the groups, by number
	groupOf := make([]int, len(objs))
	for i := range objs {
		uid := view(&objs[i]).ControlledBy.UID
		n, met := number[uid]
		if !met {
			n = len(sizes)
			number[uid] = n
			sizes = append(sizes, 0)
		}
		groupOf[i] = n
		sizes[n]++
	}
	groups, rest := make([][]*E, len(sizes)), make([]*E, len(objs))
	for n, size := range sizes {
		groups[n], rest = rest[:0:size], rest[size:]
	}
	for i, n := range groupOf {
		groups[n] = append(groups[n], &objs[i])
	}
	byUID := make(map[string][]*E, len(groups))
	for uid, n := range number {
		byUID[uid] = groups[n]
	}
	return byUID
}
