package index

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/rollcall-go/rollcall/selector"
)

// A Join has objects and selectors, and tells of each change which pairs began and which ceased to match. A pair matches if the
// selector matches the object's labels, and selects everywhere or in the object's namespace, of which an object of the whole
// cluster has none. Why labels do not match is what [selector.Selector.Explain] tells. The zero value is empty and ready to use. It
// must not be copied after its first change. Keys are as those of [Objects]. Any number of goroutines may call [Join.Objects] and
// [Join.Selectors] at once, but none while one changes it.
type Join[O, S comparable] struct {
	objects   Objects[O]
	selectors Selectors[S]

	had, has []uint32          // what a change had and has, from one to the next to spare allocations
	labels   map[string]string // likewise
}

// An Event is that a pair began or ceased to match.
type Event[O, S comparable] struct {
	Object   O
	Selector S
	Matches  bool // it began to; false: it ceased to
}

// String returns what is so now, as in "web matches web-1" and "web no longer matches web-1".
func (e Event[O, S]) String() string {
	verb := "no longer matches"
	if e.Matches {
		verb = "matches"
	}
	return fmt.Sprintf("%v %s %v", e.Selector, verb, e.Object)
}

// SetObject puts in an object, as [Objects.Set] does, and returns what that changed: the pairs that ceased to match, and then
// those that began to, each in no order that is promised; nil if there are none. The slice is the caller's.
func (j *Join[O, S]) SetObject(key O, namespace string, labels map[string]string) []Event[O, S] {
	j.had, j.has = j.had[:0], j.has[:0]
	if n, known := j.objects.objects.find(callerKey[O]{key}); known {
		var had string
		j.labels, had = j.objects.describe(j.labels, n)
		if had == namespace && maps.Equal(j.labels, labels) {
			return nil
		}
		j.had = j.match(j.had, had, j.labels)
	}
	j.objects.Set(key, namespace, labels)
	j.has = j.match(j.has, namespace, labels)
	return j.ofObject(key)
}

// DeleteObject takes out an object, if it is there, and returns the pairs that ceased to match, as SetObject does.
func (j *Join[O, S]) DeleteObject(key O) []Event[O, S] {
	n, known := j.objects.objects.find(callerKey[O]{key})
	if !known {
		return nil
	}
	var had string
	j.labels, had = j.objects.describe(j.labels, n)
	j.had, j.has = j.match(j.had[:0], had, j.labels), j.has[:0]
	clear(j.labels) // their texts go with the object
	j.objects.Delete(key)
	return j.ofObject(key)
}

// SetSelector puts in a selector, as [Selectors.Set] does, and returns what that changed, as SetObject does. Of a Service that has no
// selector any more, call DeleteSelector.
func (j *Join[O, S]) SetSelector(key S, namespace string, sel selector.Selector) []Event[O, S] {
	j.had, j.has = j.had[:0], j.has[:0]
	if n, known := j.selectors.selectors.find(callerKey[S]{key}); known {
		f := j.selectors.selectors.at(n)
		if j.selectors.namespace(n) == namespace && f.Equal(sel) {
			return nil
		}
		j.had = j.find(j.had, j.selectors.namespace(n), f.Selector)
	}
	j.selectors.Set(key, namespace, sel)
	j.has = j.find(j.has, namespace, sel)
	return j.ofSelector(key)
}

// DeleteSelector takes out a selector, if it is there, and returns the pairs that ceased to match, as SetObject does.
func (j *Join[O, S]) DeleteSelector(key S) []Event[O, S] {
	n, known := j.selectors.selectors.find(callerKey[S]{key})
	if !known {
		return nil
	}
	j.had, j.has = j.find(j.had[:0], j.selectors.namespace(n), j.selectors.selectors.at(n).Selector), j.has[:0]
	j.selectors.Delete(key)
	return j.ofSelector(key)
}

// Objects yields the keys of the objects that match a selector, as [Objects.Select] does; none if the selector is not there. Neither
// objects nor selectors must be changed before the range is left: it panics then.
func (j *Join[O, S]) Objects(key S) iter.Seq[O] {
	return func(yield func(O) bool) {
		n, known := j.selectors.selectors.find(callerKey[S]{key})
		if !known {
			return
		}
		changes := j.selectors.changes
		for o := range j.objects.Select(j.selectors.namespace(n), j.selectors.selectors.at(n).Selector) {
			if !yield(o) {
				return
			}
			if j.selectors.changes != changes {
				panic(changedInRange)
			}
		}
	}
}

// Selectors yields the keys of the selectors that match an object, as [Selectors.Match] does; none if the object is not there. As of
// Objects, nothing must be changed before the range is left.
func (j *Join[O, S]) Selectors(key O) iter.Seq[S] {
	return func(yield func(S) bool) {
		n, known := j.objects.objects.find(callerKey[O]{key})
		if !known {
			return
		}
		changes := j.objects.changes
		labels, namespace := j.objects.describe(nil, n)
		j.selectors.each(namespace, false, labels, func(s S) bool {
			more := yield(s)
			if more && j.objects.changes != changes {
				panic(changedInRange)
			}
			return more
		})
	}
}

// match appends the selectors that match an object, sorted.
func (j *Join[O, S]) match(list []uint32, namespace string, labels map[string]string) []uint32 {
	j.selectors.match(namespace, false, labels, func(n uint32) bool {
		list = append(list, n)
		return true
	})
	slices.Sort(list)
	return list
}

// find appends the objects that match a selector, sorted.
func (j *Join[O, S]) find(list []uint32, namespace string, sel selector.Selector) []uint32 {
	list = slices.AppendSeq(list, j.objects.find(namespace, sel))
	slices.Sort(list)
	return list
}

func (j *Join[O, S]) ofObject(key O) []Event[O, S] {
	return j.events(func(n uint32, matches bool) Event[O, S] {
		return Event[O, S]{key, j.selectors.selectors.key(n).of, matches}
	})
}

func (j *Join[O, S]) ofSelector(key S) []Event[O, S] {
	return j.events(func(n uint32, matches bool) Event[O, S] {
		return Event[O, S]{j.objects.objects.key(n).of, key, matches}
	})
}

// events returns the events of what is in one of the two lists alone.
func (j *Join[O, S]) events(of func(n uint32, matches bool) Event[O, S]) (events []Event[O, S]) {
	for n := range without(j.had, j.has) {
		events = append(events, of(n, false))
	}
	for n := range without(j.has, j.had) {
		events = append(events, of(n, true))
	}
	if cap(j.had)+cap(j.has) > 1024 {
		j.had, j.has = nil, nil // what was large once is not kept for ever
	}
	return events
}
