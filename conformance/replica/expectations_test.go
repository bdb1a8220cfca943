package replica_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/replica"
)

// key is the name of the controller upstream.
const key = "shop/web"

// expectations holds the same expectations in both libraries.
type expectations struct {
	theirs *controller.UIDTrackingControllerExpectations
	ours   replica.Expectations
}

func newExpectations() expectations {
	return expectations{theirs: controller.NewUIDTrackingControllerExpectations(controller.NewControllerExpectations())}
}

// manage records some expected creations or deletions, as the ReplicaSet controller does before it acts.
func (e *expectations) manage(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		n := 1 + r.IntN(3)
		if err := e.theirs.ExpectCreations(logger, key, n); err != nil {
			panic(err)
		}
		e.ours.ExpectCreations(n, time.Now())
		return fmt.Sprintf("create %d", n)
	}
	pods := make([]string, 1+r.IntN(3))
	for i := range pods {
		pods[i] = name(r)
	}
	if err := e.theirs.ExpectDeletions(logger, key, pods); err != nil {
		panic(err)
	}
	e.ours.ExpectDeletions(time.Now(), pods...)
	return fmt.Sprintf("delete %v", pods)
}

func name(r *rand.Rand) string { return string(rune('a' + r.IntN(5))) }

// observe records one event: a pod is created or deleted, expected or not; a creation or deletion fails; or
// time passes.
func (e *expectations) observe(r *rand.Rand) string {
	switch r.IntN(5) {
	case 0, 1:
		e.theirs.CreationObserved(logger, key)
		e.ours.CreationsObserved(1)
		return "created"
	case 2, 3:
		pod := name(r)
		e.theirs.DeletionObserved(logger, key, pod)
		e.ours.DeletionObserved(pod)
		return "deleted " + pod
	default:
		d := []time.Duration{1, time.Minute, 5 * time.Minute, 5*time.Minute + 1}[r.IntN(4)]
		time.Sleep(d)
		return "after " + d.String()
	}
}

// Both are satisfied at the same times, for any events, if new expectations are recorded only while
// satisfied.
func TestExpectations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // upstream reads the clock
		waits := 0
		for n := range *lists / 10 {
			r := rand.New(rand.NewPCG(*seed, uint64(n)))
			e := newExpectations()
			var events []string
			for range 30 {
				theirs, ours := e.theirs.SatisfiedExpectations(logger, key), e.ours.Satisfied(time.Now())
				if theirs != ours {
					t.Fatalf("satisfied: %v, upstream %v; events %v", ours, theirs, events)
				}
				if !ours {
					waits++
				}
				if ours && r.IntN(2) == 0 {
					events = append(events, e.manage(r))
				} else {
					events = append(events, e.observe(r))
				}
			}
			if wait := e.ours.Wait(time.Now()); wait > 0 { // to the nanosecond
				time.Sleep(wait - time.Nanosecond)
				early := e.theirs.SatisfiedExpectations(logger, key)
				if time.Sleep(time.Nanosecond); early || !e.theirs.SatisfiedExpectations(logger, key) {
					t.Fatalf("not satisfied exactly after a wait of %v; events %v", wait, events)
				}
			}
		}
		t.Logf("seed %d, %d sequences of events, not satisfied %d times", *seed, *lists/10, waits)
		covered(t, map[string]int{"waits": waits}, "waits")
	})
}

// Upstream, a new expectation replaces the outstanding ones. In rollcall they add up.
func TestExpectationsAddUp(t *testing.T) {
	e := newExpectations()
	now := time.Now()
	for _, pod := range []string{"a", "b"} {
		_ = e.theirs.ExpectDeletions(logger, key, []string{pod})
		e.ours.ExpectDeletions(now, pod)
	}
	if theirs := e.theirs.GetUIDs(key); theirs.Len() != 1 {
		t.Errorf("upstream: waits for %v, want one deletion", theirs)
	}
	_ = e.theirs.ExpectCreations(logger, key, 1)
	e.theirs.CreationObserved(logger, key)
	if !e.theirs.SatisfiedExpectations(logger, key) {
		t.Error("upstream: a deletion is still expected")
	}
	e.ours.ExpectCreations(1, now)
	e.ours.CreationsObserved(1)
	if creations, deletions := e.ours.Outstanding(); creations != 0 || deletions != 2 || e.ours.Satisfied(now) {
		t.Errorf("%d creations and %d deletions outstanding, want 2 deletions", creations, deletions)
	}
}

// Upstream, extra observations make the count negative, so that the next raised expectation counts for less.
// rollcall ignores extra observations.
func TestExpectationsAreNotNegative(t *testing.T) {
	e := newExpectations()
	now := time.Now()
	_ = e.theirs.ExpectCreations(logger, key, 1)
	e.ours.ExpectCreations(1, now)
	for range 2 {
		e.theirs.CreationObserved(logger, key)
		e.ours.CreationsObserved(1)
	}
	e.theirs.RaiseExpectations(logger, key, 1, 0)
	if !e.theirs.SatisfiedExpectations(logger, key) {
		t.Error("upstream: waits")
	}
	if e.ours.ExpectCreations(1, now); e.ours.Satisfied(now) {
		t.Error("does not wait")
	}
}

// The DaemonSet controller expects creations and deletions together, and counts the deletion of any pod.
// rollcall expects deletions of certain pods.
func TestDaemonExpectations(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 0))
	for range *lists / 10 {
		theirs := controller.NewControllerExpectations()
		var ours replica.Expectations
		creations, deletions := r.IntN(4), r.IntN(4)
		if err := theirs.SetExpectations(logger, key, creations, deletions); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		ours.ExpectCreations(creations, now)
		ours.ExpectDeletions(now, []string{"a", "b", "c"}[:deletions]...)
		for creations > 0 || deletions > 0 {
			if theirs.SatisfiedExpectations(logger, key) || ours.Satisfied(now) {
				t.Fatalf("satisfied with %d creations and %d deletions outstanding", creations, deletions)
			}
			if r.IntN(creations+deletions) < creations {
				creations--
				theirs.CreationObserved(logger, key)
				ours.CreationsObserved(1)
			} else {
				deletions--
				theirs.DeletionObserved(logger, key)
				ours.DeletionObserved([]string{"a", "b", "c"}[deletions])
			}
		}
		if !theirs.SatisfiedExpectations(logger, key) || !ours.Satisfied(now) {
			t.Fatal("not satisfied")
		}
	}
	theirs := controller.NewControllerExpectations()
	_ = theirs.ExpectDeletions(logger, key, 1)
	if theirs.DeletionObserved(logger, key); !theirs.SatisfiedExpectations(logger, key) {
		t.Error("upstream: not satisfied by the deletion of any pod")
	}
	var ours replica.Expectations
	ours.ExpectDeletions(time.Now(), "a")
	if ours.DeletionObserved("another"); ours.Satisfied(time.Now()) {
		t.Error("satisfied by the deletion of another pod")
	}
}
