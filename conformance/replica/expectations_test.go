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

// key names a controller to upstream.
const key = "shop/web"

// expectations are the same expectations in both libraries.
type expectations struct {
	theirs *controller.UIDTrackingControllerExpectations
	ours   replica.Expectations
}

func newExpectations() expectations {
	return expectations{theirs: controller.NewUIDTrackingControllerExpectations(controller.NewControllerExpectations())}
}

// manage expects some creations or deletions, as a ReplicaSet's controller does when it acts.
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

// observe lets something happen: a pod appears or goes, expected or not, a creation or deletion fails, or
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

// Both are satisfied at the same times, whatever is observed, as long as nothing is expected of those that
// are not.
func TestExpectations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // upstream reads the clock
		waits := 0
		for n := range *lists / 10 {
			r := rand.New(rand.NewPCG(*seed, uint64(n)))
			e := newExpectations()
			var story []string
			for range 30 {
				theirs, ours := e.theirs.SatisfiedExpectations(logger, key), e.ours.Satisfied(time.Now())
				if theirs != ours {
					t.Fatalf("satisfied: %v, upstream %v, after %v", ours, theirs, story)
				}
				if !ours {
					waits++
				}
				if ours && r.IntN(2) == 0 {
					story = append(story, e.manage(r))
				} else {
					story = append(story, e.observe(r))
				}
			}
			if wait := e.ours.Wait(time.Now()); wait > 0 { // to the nanosecond
				time.Sleep(wait - time.Nanosecond)
				early := e.theirs.SatisfiedExpectations(logger, key)
				if time.Sleep(time.Nanosecond); early || !e.theirs.SatisfiedExpectations(logger, key) {
					t.Fatalf("a wait of %v, after %v", wait, story)
				}
			}
		}
		t.Logf("seed %d, %d stories, not satisfied %d times", *seed, *lists/10, waits)
		met(t, map[string]int{"waits": waits}, "waits")
	})
}

// A new expectation makes upstream forget those under way; here they stay.
func TestExpectationsAddUp(t *testing.T) {
	e := newExpectations()
	now := time.Now()
	for _, pod := range []string{"a", "b"} {
		_ = e.theirs.ExpectDeletions(logger, key, []string{pod})
		e.ours.ExpectDeletions(now, pod)
	}
	if theirs := e.theirs.GetUIDs(key); theirs.Len() != 1 {
		t.Errorf("upstream: waits for %v", theirs)
	}
	_ = e.theirs.ExpectCreations(logger, key, 1)
	e.theirs.CreationObserved(logger, key)
	if !e.theirs.SatisfiedExpectations(logger, key) {
		t.Error("upstream: a deletion is remembered")
	}
	e.ours.ExpectCreations(1, now)
	e.ours.CreationsObserved(1)
	if creations, deletions := e.ours.Outstanding(); creations != 0 || deletions != 2 || e.ours.Satisfied(now) {
		t.Errorf("%d creations and %d deletions outstanding, want 2 deletions", creations, deletions)
	}
}

// What was observed too often is owed to upstream, and makes the next that is raised count for less; here it
// is nothing.
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

// A DaemonSet's controller expects both at once, and counts deletions of whatever pod; here they are those of
// certain pods.
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
				t.Fatalf("satisfied with %d creations and %d deletions to come", creations, deletions)
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
		t.Error("upstream: knows which pod was to go")
	}
	var ours replica.Expectations
	ours.ExpectDeletions(time.Now(), "a")
	if ours.DeletionObserved("another"); ours.Satisfied(time.Now()) {
		t.Error("satisfied by another pod")
	}
}
