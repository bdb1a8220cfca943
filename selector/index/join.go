package index

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/rollcall-go/rollcall/selector"
)

// Join is an index of objects and selectors. It returns, for each change, which pairs began or ceased to
// match. A pair matches if the selector matches the object's labels, and selects in the object's namespace or
// in all namespaces. Only selectors of all namespaces match a cluster-scoped object.
// [selector.Selector.Explain] returns why labels do not match.
//
// The zero value is empty and ready to use. It must not be copied; go vet reports copies. Keys are as those
// of [Objects]. Any number of goroutines may call [Join.Objects] and [Join.Selectors] at the same time, but
// only if none changes it.
type Join[O, S comparable] struct {
	objects   Objects[O]
	selectors Selectors[S]

	had, has []uint32          // memory for the matches before and after a change
	labels   map[string]string // memory for the labels of an object
}

// An Event describes a pair that began or ceased to match.
type Event[O, S comparable] struct {
	Object   O
	Selector S
	Matches  bool // whether it matches now
}

// String returns the event as a sentence: "web matches web-1", or "web no longer matches web-1".
func (e Event[O, S]) String() string {
	verb := "no longer matches"
	if e.Matches {
		verb = "matches"
	}
	return fmt.Sprintf("%v %s %v", e.Selector, verb, e.Object)
}

// SetObject adds or replaces an object, as [Objects.Set] does. It returns the pairs that ceased to match,
// followed by those that began to match, each in no particular order, or nil if there are none. The caller
// owns the slice.
//
// It takes the time of Set, and of [Selectors.Match] for the labels that the object had and has.
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

// DeleteObject removes an object, if there is one with the key. It returns the pairs that ceased to match, as
// [Join.SetObject] does, in the same time.
func (j *Join[O, S]) DeleteObject(key O) []Event[O, S] {
	n, known := j.objects.objects.find(callerKey[O]{key})
	if !known {
		return nil
	}
	var had string
	j.labels, had = j.objects.describe(j.labels, n)
	j.had, j.has = j.match(j.had[:0], had, j.labels), j.has[:0]
	clear(j.labels) // otherwise it would keep the strings of a deleted object
	j.objects.Delete(key)
	return j.ofObject(key)
}

// SetSelector adds or replaces a selector, as [Selectors.Set] does. It returns the pairs that ceased or began
// to match, as [Join.SetObject] does. If a Service no longer has a selector, call [Join.DeleteSelector].
//
// It takes the time of Set, and of [Objects.Select] for the old and the new selector.
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

// DeleteSelector removes a selector, if there is one with the key. It returns the pairs that ceased to match,
// as [Join.SetObject] does, in the time of [Join.SetSelector].
func (j *Join[O, S]) DeleteSelector(key S) []Event[O, S] {
	n, known := j.selectors.selectors.find(callerKey[S]{key})
	if !known {
		return nil
	}
	had := j.selectors.selectors.at(n).Selector
	j.had, j.has = j.find(j.had[:0], j.selectors.namespace(n), had), j.has[:0]
	j.selectors.Delete(key)
	return j.ofSelector(key)
}

// Objects yields the keys of the objects that a selector matches, each once, in no particular order, and none
// if there is no selector with the key. Changing the objects or the selectors before the range ends panics.
// It takes the time of [Objects.Select].
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

// Selectors yields the keys of the selectors that match an object, each once, in no particular order, and
// none if there is no object with the key. Changing the objects or the selectors before the range ends
// panics. It takes the time of [Selectors.Match].
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

// events returns the events of the IDs that are in only one of the two lists.
func (j *Join[O, S]) events(of func(n uint32, matches bool) Event[O, S]) (events []Event[O, S]) {
	for n := range without(j.had, j.has) {
		events = append(events, of(n, false))
	}
	for n := range without(j.has, j.had) {
		events = append(events, of(n, true))
	}
	if cap(j.had)+cap(j.has) > 1024 {
		j.had, j.has = nil, nil // do not keep large lists
	}
	return events
}
