package replica

import (
	"math"
	"time"
)

// ExpectationsTimeout is how long [Expectations] wait for writes that the cache does not show.
const ExpectationsTimeout = 5 * time.Minute

// Expectations are the writes of one controller that its cache does not show yet: creations by number,
// deletions by the UIDs of the pods. Until they are satisfied the cache is stale, and a plan made from it
// would repeat the writes. The zero value expects nothing.
//
// Call Satisfied before you list the pods. If you list first, a write may be observed between the list and
// the check: then Satisfied returns true, but the list lacks the write. Record a write before you make it,
// because the cache may show it before the call returns. Remove writes that failed. The calls, in order:
//
//	ok := e.Satisfied(now)              // then list the pods and plan; act only if ok
//	e.ExpectCreations(plan.Create, now)
//	e.CreationsObserved(1)              // for each pod of this controller that is added to the cache
//	e.CreationsObserved(failed+untried) // for creations that failed, or were not tried after a failure
//	e.DeletionObserved(pod.UID)         // for each pod being deleted or gone, and each failed deletion
//
// Do not call CreationsObserved for an adopted pod: the cache reports it as updated, not as added. Keep one
// value for each controller UID, and delete it when the controller is deleted. A copy shares memory with the
// original. Only one goroutine at a time may call its methods. The type Tracker of module
// github.com/rollcall-go/rollcall/kube has a lock.
//
// Upstream: UIDTrackingControllerExpectations in k8s.io/kubernetes/pkg/controller. There a new expectation
// replaces the writes that are outstanding, counters can fall below zero, and the keys are namespaces and
// names.
type Expectations struct {
	creations int
	deletions map[string]struct{} // UIDs
	since     time.Time
}

// ExpectCreations removes writes that have timed out. Then it adds n creations and restarts the timeout. If n
// is zero or less, it changes nothing.
func (e *Expectations) ExpectCreations(n int, now time.Time) {
	if n > 0 {
		e.restart(now)
		e.creations += min(n, math.MaxInt-e.creations)
	}
}

// ExpectDeletions removes writes that have timed out. Then it adds the deletions of the pods with these UIDs
// and restarts the timeout. Without UIDs it changes nothing.
func (e *Expectations) ExpectDeletions(now time.Time, uids ...string) {
	if len(uids) == 0 {
		return
	}
	e.restart(now)
	if e.deletions == nil {
		e.deletions = make(map[string]struct{})
	}
	for _, uid := range uids {
		e.deletions[uid] = struct{}{}
	}
}

// restart forgets writes that have timed out, and restarts the timeout.
func (e *Expectations) restart(now time.Time) {
	if e.expired(now) {
		*e = Expectations{}
	}
	e.since = now
}

// CreationsObserved removes n creations, but not more than are outstanding.
func (e *Expectations) CreationsObserved(n int) {
	e.creations -= min(max(n, 0), e.creations)
}

// DeletionObserved removes the deletion of the pod with this UID, if it is outstanding.
func (e *Expectations) DeletionObserved(uid string) { delete(e.deletions, uid) }

// Outstanding returns how many creations and deletions have not been observed. Writes that have timed out are
// included until the next call of ExpectCreations or ExpectDeletions.
func (e *Expectations) Outstanding() (creations, deletions int) {
	return e.creations, len(e.deletions)
}

// Wait returns how long from now until the outstanding writes time out; 0 if e is satisfied. Sync again after
// this delay: no event announces a timeout.
func (e *Expectations) Wait(now time.Time) time.Duration {
	if e.Satisfied(now) {
		return 0
	}
	return e.since.Add(ExpectationsTimeout + 1).Sub(now) // satisfied after the timeout, not at it
}

// Satisfied reports whether no write is outstanding, or the outstanding writes have timed out: see
// [ExpectationsTimeout].
func (e *Expectations) Satisfied(now time.Time) bool {
	return e.creations == 0 && len(e.deletions) == 0 || e.expired(now)
}

func (e *Expectations) expired(now time.Time) bool { return now.Sub(e.since) > ExpectationsTimeout }
