package ownership

import "iter"

// Filter returns those of objs that c selects and owns, those that it would [Keep]: what is left when one filters by the labels first
// and then by the controller's UID. Orphans that c would adopt are not its own yet. They come in the order of objs, one at a time
// as they are asked for, view is called once for each, and nothing is copied or allocated for an object; with a slice, start
// from [Pointers].
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
// relabelled is in it still. An owner without UID, which was never stored, has no group: "" are the orphans.
func Group[E any](objs []E, view func(*E) Object) map[string][]*E {
	type group struct {
		uid  string
		next int // how many elements it has, and then where in all the next one goes
	}
	var groups []group                                     // as they are met
	number := make(map[string]int, min(len(objs)/8, 1000)) // of each group; a guess how many there are, so that it seldom grows
	groupOf := make([]int, len(objs))                      // the number of each element's group
	n, last := -1, ""                                      // of the element before: neighbours in a list often have one controller
	for i := range objs {
		if uid := view(&objs[i]).ControlledBy.UID; n < 0 || uid != last {
			last = uid
			var met bool
			if n, met = number[uid]; !met {
				n = len(groups)
				number[uid] = n
				groups = append(groups, group{uid: uid})
			}
		}
		groupOf[i] = n
		groups[n].next++
	}
	start := 0
	for n := range groups {
		size := groups[n].next
		groups[n].next = start
		start += size
	}
	all := make([]*E, len(objs))
	for i, n := range groupOf {
		all[groups[n].next] = &objs[i]
		groups[n].next++
	}
	byUID := make(map[string][]*E, len(groups))
	start = 0
	for _, g := range groups {
		byUID[g.uid] = all[start:g.next:g.next]
		start = g.next
	}
	return byUID
}
