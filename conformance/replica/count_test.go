package replica_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/apis/core/helper"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	testclock "k8s.io/utils/clock/testing"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
)

// minReady lists values of minReadySeconds. Some are equal to an age of a pod in pods.World, or nearly equal.
var minReady = []int32{0, 1, 98, 99, 100, 101, 3600, 3601, 1 << 30}

// TestState compares whether a pod is active, terminating, ready and available.
func TestState(t *testing.T) {
	counts := forEach(t, *lists, func(n uint64) (map[string]int, error) {
		w := pods.NewWorld(*seed, n)
		list := w.Pods(6)
		min := minReady[w.IntN(len(minReady))]
		var active, terminating []*corev1.Pod
		counts := map[string]int{}
		for _, p := range list {
			ours := kube.Pod(p)
			state := ours.State(time.Duration(min)*time.Second, pods.Now)
			counts[state.String()]++
			isActive := controller.IsPodActive(p)
			if ours.Active() != isActive || (state >= replica.NotReady) != isActive ||
				(state == replica.Terminating) != controller.IsPodTerminating(p) ||
				(state >= replica.Ready) != (isActive && podutil.IsPodReady(p)) ||
				(state == replica.Available) != (isActive && podutil.IsPodAvailable(p, min, metav1.NewTime(pods.Now))) {
				return nil, fmt.Errorf("%v, minReadySeconds %d: %s", state, min, showAll([]*corev1.Pod{p}))
			}
			if ours.Active() {
				active = append(active, p)
			}
			if state == replica.Terminating {
				terminating = append(terminating, p)
			}
		}
		if !slices.Equal(active, controller.FilterActivePods(logger, list)) ||
			!slices.Equal(terminating, controller.FilterTerminatingPods(list)) {
			return nil, errors.New("the filtered lists differ")
		}
		return counts, nil
	})
	for state := replica.Succeeded; state <= replica.Available; state++ {
		covered(t, counts, state.String())
	}
}

// TestAvailableFrom checks to the nanosecond when a pod becomes available.
func TestAvailableFrom(t *testing.T) {
	for _, early := range []time.Duration{-time.Second, -1, 0, 1, time.Second} {
		p := running("a", "1", pods.Now, pods.Now.Add(-10*time.Second-early), 0)
		want := podutil.IsPodAvailable(p, 10, metav1.NewTime(pods.Now))
		if state := kube.Pod(p).State(10*time.Second, pods.Now); want != (early >= 0) || (state == replica.Available) != want {
			t.Errorf("%v before minReadySeconds is over: %v, upstream available: %v", -early, state, want)
		}
	}
}

// With a negative minReadySeconds, which the API rejects, upstream waits for a time in the future. rollcall
// takes it as 0.
func TestNegativeMinimumTime(t *testing.T) {
	for _, readySince := range []time.Time{{}, pods.Now.Add(11 * time.Second)} {
		p := running("a", "1", pods.Now, readySince, 0)
		if podutil.IsPodAvailable(p, -10, metav1.NewTime(pods.Now)) {
			t.Error("upstream: available")
		}
		if state := kube.Pod(p).State(-10*time.Second, pods.Now); state != replica.Available {
			t.Error(state)
		}
	}
}

// TestSummarize compares the status of a ReplicaSet and the time until the next check.
func TestSummarize(t *testing.T) {
	templates := []map[string]string{nil, {"app": "web"}, {"app": "web", "rev": "2"}, {"rev": ""}}
	features := replicaset.DefaultReplicaSetControllerFeatures()
	features.EnableStatusTerminatingReplicas = true
	counts := forEach(t, *lists, func(n uint64) (map[string]int, error) {
		w := pods.NewWorld(*seed, n)
		list := w.Pods(w.IntN(8))
		rs := &appsv1.ReplicaSet{}
		rs.Spec.Replicas = new(int32)
		rs.Spec.Template.Labels = templates[w.IntN(len(templates))]
		rs.Spec.MinReadySeconds = minReady[w.IntN(len(minReady))]
		active := controller.FilterActivePods(logger, list)
		theirs := calculateStatus(rs, active, controller.FilterTerminatingPods(list), nil, features, pods.Now)
		clock := testclock.NewFakePassiveClock(pods.Now)
		next := controller.FindMinNextPodAvailabilityCheck(active, rs.Spec.MinReadySeconds, pods.Now, clock)

		min := time.Duration(rs.Spec.MinReadySeconds) * time.Second
		ours := replica.Summarize(pods.Ours(list), rs.Spec.Template.Labels, min, pods.Now)
		if got := ourStatus(ours); !reflect.DeepEqual(got, theirs) {
			return nil, fmt.Errorf("%+v, upstream %+v", ours, theirs)
		}
		if next == nil && ours.NextCheck != 0 || next != nil && *next != ours.NextCheck {
			return nil, fmt.Errorf("next check after %v, upstream %v", ours.NextCheck, next)
		}
		if next != nil {
			return map[string]int{"next check": 1}, nil
		}
		return nil, nil
	})
	covered(t, counts, "next check")
}

func ourStatus(s replica.Status) appsv1.ReplicaSetStatus {
	return appsv1.ReplicaSetStatus{
		Replicas: int32(s.Replicas), FullyLabeledReplicas: int32(s.FullyLabeled), ReadyReplicas: int32(s.Ready),
		AvailableReplicas: int32(s.Available), TerminatingReplicas: new(int32(s.Terminating)),
	}
}

// TestFailureReason compares the reason in the ReplicaFailure condition when creating or deleting pods fails.
func TestFailureReason(t *testing.T) {
	failed := errors.New("quota exceeded")
	for want := range 5 {
		active := pods.NewWorld(*seed, 0).Pods(2)
		for _, p := range active {
			p.Status.Phase, p.DeletionTimestamp = corev1.PodRunning, nil
		}
		rs := &appsv1.ReplicaSet{}
		rs.Spec.Replicas = new(int32(want))
		status := calculateStatus(rs, active, nil, failed, replicaset.DefaultReplicaSetControllerFeatures(), pods.Now)
		theirs := replicaset.GetCondition(status, appsv1.ReplicaSetReplicaFailure).Reason
		if got := replica.Diff(want, pods.Ours(active), pods.Now, replica.Options{}).FailureReason(); got != theirs {
			t.Errorf("2 pods, want %d: %q, upstream %q", want, got, theirs)
		}
	}
}

// When a creation fails, upstream finishes the batch and starts no other. So the number of calls shows where
// the batch ends.
func TestBatches(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 31, 32, 60, 500} {
		var ends []int // the number of calls at the end of each batch
		for failing := 1; failing <= n; failing++ {
			var calls atomic.Int32
			_, err := slowStartBatch(n, controller.SlowStartInitialBatchSize, func() error {
				if calls.Add(1) == int32(failing) {
					return errors.New("quota exceeded")
				}
				return nil
			})
			if err == nil {
				t.Fatalf("upstream: no error although call %d of %d failed", failing, n)
			}
			ends = append(ends, int(calls.Load()))
		}
		ends = slices.Compact(ends)
		var got []int
		done := 0
		for size := range replica.Batches(n) {
			done += size
			got = append(got, done)
		}
		if !slices.Equal(got, ends) {
			t.Errorf("%d pods: batches end after %v, upstream after %v", n, got, ends)
		}
	}
}

// TestDeletionCost compares how annotations of any content are read.
func TestDeletionCost(t *testing.T) {
	texts := slices.Clone(pods.Costs)
	r := rand.New(rand.NewPCG(*seed, 0))
	for range *lists {
		text := make([]byte, r.IntN(12))
		for i := range text {
			text[i] = "00112479-+ _."[r.IntN(13)]
		}
		texts = append(texts, string(text))
	}
	costs := map[int32]bool{}
	for _, text := range texts {
		theirs, _ := helper.GetDeletionCostFromPodAnnotations(map[string]string{corev1.PodDeletionCost: text})
		if got := replica.DeletionCost(text); got != theirs {
			t.Fatalf("%q: %d, upstream %d", text, got, theirs)
		}
		costs[theirs] = true
	}
	covered(t, map[string]int{"costs": len(costs)}, "costs")
}
