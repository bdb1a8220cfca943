package kube

import (
	"maps"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

// A Tracker keeps the expectations of all controllers of one kind: the creations and deletions of pods that
// their cache does not show yet. It is a set of [replica.Expectations] behind a lock. The zero value expects
// nothing.
//
// Call [Tracker.OnAdd], [Tracker.OnUpdate] and [Tracker.OnDelete] from the event handlers of the cache that
// the syncs list pods from. In a sync, call [Tracker.Wait] before listing the pods, and write only if it
// returns 0. Write through [Tracker.Create] and [Tracker.Delete], which record the writes before they make
// them, and take back those that fail.
//
// Its methods are safe for concurrent use, but not two syncs of one controller at the same time. Do not copy
// a Tracker. Controllers are known by their UIDs, so a new controller of the same name starts without
// expectations. The Tracker forgets a controller when its writes are observed or time out.
//
// Upstream: UIDTrackingControllerExpectations in k8s.io/kubernetes/pkg/controller.
type Tracker struct {
	mu       sync.Mutex
	expected map[string]*expectations // by the UID of the controller; only those with outstanding writes
	swept    time.Time                // when those that had timed out were removed
}

type expectations struct {
	controller ownership.Controller
	replica.Expectations
}

// Wait returns how long from now the writes of c may stay invisible in the cache; 0 if the cache shows them
// all. Sync again after this delay: no event announces a timeout.
func (t *Tracker) Wait(c ownership.Controller, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.swept) > replica.ExpectationsTimeout {
		maps.DeleteFunc(t.expected, func(_ string, e *expectations) bool { return e.Satisfied(now) })
		t.swept = now
	}
	if e := t.expected[c.UID]; e != nil {
		return e.Wait(now)
	}
	return 0
}

// Create creates n pods of c by [CreateInBatches], and returns its error. It expects n creations first, and
// takes back those that failed or were not tried.
func (t *Tracker) Create(c ownership.Controller, now time.Time, n int, create func(i int) error) error {
	t.change(c, func(e *replica.Expectations) { e.ExpectCreations(n, now) })
	created, err := CreateInBatches(n, create)
	t.change(c, func(e *replica.Expectations) { e.CreationsObserved(n - created) })
	return err
}

// Delete calls remove for each of the pods of c, concurrently, and returns the error of the first pod that
// could not be deleted. It expects all deletions first, and takes back those that failed. The error NotFound
// is no error: the pod is gone. Let remove delete the pod only if its UID is the same
// (metav1.NewUIDPreconditions).
func (t *Tracker) Delete(
	c ownership.Controller, now time.Time, pods []*corev1.Pod, remove func(pod *corev1.Pod) error,
) error {
	uids := make([]string, len(pods))
	for i, pod := range pods {
		uids[i] = string(pod.UID)
	}
	t.change(c, func(e *replica.Expectations) { e.ExpectDeletions(now, uids...) })
	return first(concurrently(len(pods), func(i int) error {
		err := remove(pods[i])
		if err != nil {
			t.change(c, func(e *replica.Expectations) { e.DeletionObserved(uids[i]) })
		}
		if apierrors.IsNotFound(err) {
			return nil
		}
		return err
	}))
}

// change calls f with the expectations of c.
func (t *Tracker) change(c ownership.Controller, f func(*replica.Expectations)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.expected[c.UID]
	if e == nil {
		e = &expectations{controller: c}
		if t.expected == nil {
			t.expected = map[string]*expectations{}
		}
		t.expected[c.UID] = e
	}
	f(&e.Expectations)
	t.forget(c.UID, e)
}

// forget removes the expectations e of a controller if nothing is outstanding.
func (t *Tracker) forget(uid string, e *expectations) {
	if creations, deletions := e.Outstanding(); creations == 0 && deletions == 0 {
		delete(t.expected, uid)
	}
}

// OnAdd tells the Tracker that the cache shows a new pod. After it, sync the controller of the pod, or, for
// an orphan, each controller whose selector matches it.
//
// A pod in another namespace is not the controller's, whatever its owner references say.
func (t *Tracker) OnAdd(pod *corev1.Pod) {
	v := Object(pod)
	if v.Deleting {
		t.OnDelete(pod) // the cache may show a pod for the first time when it is being deleted
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	uid := v.ControlledBy.UID
	if e := t.expected[uid]; e != nil && e.controller.Reaches(v) {
		e.CreationsObserved(1)
		t.forget(uid, e)
	}
}

// OnUpdate tells the Tracker that the cache shows a pod in a new state. After it, sync the controllers of the
// old and of the new pod, or, for an orphan, each controller whose selector matches it. An adopted pod is no
// creation. If the UIDs differ, the old pod is gone and the new one has its name.
func (t *Tracker) OnUpdate(old, pod *corev1.Pod) {
	before, after := Object(old), Object(pod)
	if before.UID != after.UID {
		t.OnDelete(old)
		t.OnAdd(pod)
	} else if after.Deleting {
		t.OnDelete(pod)
	}
}

// OnDelete tells the Tracker that the cache shows a pod no more. After it, sync the controller of the pod.
// For a cache.DeletedFinalStateUnknown of client-go pass its Obj, a *corev1.Pod.
//
// The controller that deleted the pod need not control it any more, so OnDelete looks at all controllers with
// outstanding writes.
func (t *Tracker) OnDelete(pod *corev1.Pod) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for uid, e := range t.expected {
		e.DeletionObserved(Object(pod).UID)
		t.forget(uid, e)
	}
}
