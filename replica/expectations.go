package replica

import (
	"iter"
	"math"
	"slices"
	"time"
)

// Batches yields the sizes of the batches in which n pods are created: 1, 2, 4 and so on, the last as small as what is left, 10
// as 1, 2, 4, 3. A batch begins when the one before it is done; after a failure no other does, so that a quota that is used up is
// not asked hundreds of times. There are none for n of zero or less.
//
// Upstream: slowStartBatch in k8s.io/kubernetes/pkg/controller/replicaset.
func Batches(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for size, left := 1, n; left > 0; size *= 2 {
			batch := min(size, left)
			if !yield(batch) {
				return
			}
			left -= batch
		}
	}
}

// ExpectationsTimeout is how long [Expectations] wait for what was not observed. Whoever waits for them looks again when it is
// over: the event that is missing will not wake it.
const ExpectationsTimeout = 5 * time.Minute

// Expectations are what one controller has begun and not yet seen in its cache: creations, by number, and deletions, by the
// pods' UIDs. While they are not satisfied the cache is stale, and a plan made from it would do the same a second time. The
// zero value expects nothing.
//
// A controller asks before it reads the cache, since a list that was read earlier may lack what was observed since. It expects
// before it acts, since the cache may be faster than the answer, and takes back what failed:
//
//	ok := e.Satisfied(now)            // then list the pods and plan; act only if ok
//	e.ExpectCreations(plan.Create, now)
//	e.CreationsObserved(1)            // for each pod that is added to the cache and controlled by this one, by UID
//	e.CreationsObserved(failed+left)  // for the creations that failed, or were not tried after a failure
//	e.DeletionObserved(pod.UID)       // for each pod that is seen being deleted, or gone, and for each deletion that failed
//
// A pod that is adopted is an update and no creation. Keep one value for each controller, by its UID, and drop it with the
// controller. Nothing synchronizes: where one goroutine observes and another plans, lock, and change the value where it is. A
// copy is independent: written back, it would undo what was observed meanwhile.
//
// Upstream: UIDTrackingControllerExpectations in k8s.io/kubernetes/pkg/controller, of which a new expectation forgets those
// that are under way, counters can fall below zero, and the keys are namespaces and names.
type Expectations struct {
	creations int
	deletions []string // UIDs; never changed in place, since a copy shares it
	since     time.Time
}

// ExpectCreations adds n pods to those that are to appear, and begins the timeout anew; what it has given up is forgotten. Zero
// and less change nothing.
func (e *Expectations) ExpectCreations(n int, now time.Time) {
	if n > 0 {
		e.begin(now)
		e.creations += min(n, math.MaxInt-e.creations)
	}
}

// ExpectDeletions adds the pods with these UIDs to those that are to go, each once, and begins the timeout anew; what it has given
// up is forgotten. None change nothing.
func (e *Expectations) ExpectDeletions(now time.Time, uids ...string) {
	if len(uids) == 0 {
		return
	}
	e.begin(now)
	deletions := slices.Concat(e.deletions, uids)
	slices.Sort(deletions)
	e.deletions = slices.Compact(deletions)
}

// begin drops what the timeout has given up, and begins it anew.
func (e *Expectations) begin(now time.Time) {
	if e.expired(now) {
		*e = Expectations{}
	}
	e.since = now
}

// CreationsObserved takes n off the creations, as far as there are any.
func (e *Expectations) CreationsObserved(n int) {
	e.creations -= min(max(n, 0), e.creations)
}

// DeletionObserved takes the pod off the deletions. Of another pod's UID nothing is known, and nothing changes.
func (e *Expectations) DeletionObserved(uid string) {
	if i, found := slices.BinarySearch(e.deletions, uid); found {
		e.deletions = slices.Concat(e.deletions[:i], e.deletions[i+1:])
	}
}

// Outstanding returns how many creations and deletions have not been observed, given up or not.
func (e Expectations) Outstanding() (creations, deletions int) {
	return e.creations, len(e.deletions)
}

// Wait returns for how long from now on to wait at the most: until what is outstanding is given up. It is zero when e is satisfied.
func (e Expectations) Wait(now time.Time) time.Duration {
	if e.Satisfied(now) {
		return 0
	}
	return e.since.Add(ExpectationsTimeout + 1).Sub(now) // given up after the timeout, not at it
}

// Satisfied reports whether a plan may be made: nothing is outstanding, or for longer than [ExpectationsTimeout].
func (e Expectations) Satisfied(now time.Time) bool {
	return e.creations == 0 && len(e.deletions) == 0 || e.expired(now)
}

func (e *Expectations) expired(now time.Time) bool { return now.Sub(e.since) > ExpectationsTimeout }
