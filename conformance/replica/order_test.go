// Package replica_test holds rollcall's counting against that of k8s.io/kubernetes/pkg/controller, which is the oracle.
package replica_test

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/apis/core/helper"
	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/replica"
)

// theirLess reports whether upstream deletes a before b.
func theirLess(a, b *corev1.Pod, related map[string]int) bool {
	return controller.ActivePodsWithRanks{
		Pods: []*corev1.Pod{a, b}, Rank: []int{related[a.Spec.NodeName], related[b.Spec.NodeName]}, Now: metav1.NewTime(pods.Now),
	}.Less(0, 1)
}

// A kind says whether two pods are one of the pairs on which the orders are meant to differ.
type kind int

const (
	alike      kind = iota // the orders agree
	sameBucket             // upstream asks the UID before a later rule that tells them apart the other way round
	tie                    // neither goes first upstream
)

var kinds = []string{alike: "alike", sameBucket: "in one bucket", tie: "ties upstream"}

// expect returns the order that rollcall promises for two pods, and of what kind they are. It is written from the list of
// deviations, and asks nothing of rollcall.
func expect(a, b *corev1.Pod, related map[string]int) (int, kind) {
	ready := podutil.IsPodReady(a)
	early := cmp.Or(
		compareBool(a.Spec.NodeName != "", b.Spec.NodeName != ""),
		cmp.Compare(ordinal(a), ordinal(b)),
		compareBool(ready, podutil.IsPodReady(b)),
		cmp.Compare(cost(a), cost(b)),
		-cmp.Compare(related[a.Spec.NodeName], related[b.Spec.NodeName]),
	)
	if early != 0 {
		return early, alike
	}
	if ready {
		early = cmp.Compare(bucket(readySince(a)), bucket(readySince(b)))
	}
	late := cmp.Or(
		-cmp.Compare(restarts(a), restarts(b)),
		-cmp.Compare(sidecarRestarts(a), sidecarRestarts(b)),
		cmp.Compare(bucket(a.CreationTimestamp.Time), bucket(b.CreationTimestamp.Time)),
	)
	uid := cmp.Compare(a.UID, b.UID)
	order := cmp.Or(early, late, uid, cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	switch {
	case early != 0:
		return order, alike
	case ready && !readySince(a).Equal(readySince(b)): // but in one bucket
		if uid == 0 {
			return order, tie
		}
		if late == -uid {
			return order, sameBucket
		}
	case late == 0 && (uid == 0 || a.CreationTimestamp.Equal(&b.CreationTimestamp)):
		return order, tie
	}
	return order, alike
}

func compareBool(a, b bool) int {
	if a == b {
		return 0
	}
	if a {
		return 1
	}
	return -1
}

func ordinal(p *corev1.Pod) int {
	return map[corev1.PodPhase]int{corev1.PodUnknown: 1, corev1.PodRunning: 2}[p.Status.Phase]
}

func cost(p *corev1.Pod) int32 {
	c, _ := helper.GetDeletionCostFromPodAnnotations(p.Annotations)
	return c
}

func readySince(p *corev1.Pod) time.Time {
	return podutil.GetPodReadyCondition(p.Status).LastTransitionTime.Time
}

// bucket is the power of two of nanoseconds that have passed, with the zero time before all, and now and the future next.
func bucket(t time.Time) int {
	if t.IsZero() {
		return -2
	}
	age := pods.Now.Sub(t)
	if age <= 0 {
		return -1
	}
	return int(math.Log2(float64(age)))
}

func restarts(p *corev1.Pod) int32 {
	return max(p.Status.ContainerStatuses[0].RestartCount, p.Status.ContainerStatuses[1].RestartCount)
}

// sidecarRestarts are those of the second and third init container, see pods.World.
func sidecarRestarts(p *corev1.Pod) int32 {
	return max(p.Status.InitContainerStatuses[1].RestartCount, p.Status.InitContainerStatuses[2].RestartCount)
}

// Of two pods the same one goes first as upstream, but for the two kinds of pairs in DEVIATIONS.md.
//
//	go test ./replica -run TestLess -pairs 10000000 -seed 2 -v
func TestLess(t *testing.T) {
	const many = 6 // pods of one world, of which all pairs are asked about
	counts := forEach(t, *pairs/(many*(many-1)/2), func(n uint64) (map[string]int, error) {
		w := pods.NewWorld(*seed, n)
		theirs := w.Pods(many)
		if w.IntN(5) == 0 { // from a list that has no UIDs
			for _, p := range theirs {
				p.UID = ""
			}
		}
		ours := pods.Ours(theirs)
		related := map[string]int{"n1": w.IntN(2) * w.IntN(3), "n2": w.IntN(2), "": w.IntN(2)}
		counts := map[string]int{}
		for i := range theirs {
			for j := range i {
				k, err := checkPair(theirs[i], theirs[j], ours[i], ours[j], related)
				if err != nil {
					return nil, err
				}
				counts[kinds[k]]++
			}
		}
		return counts, nil
	})
	met(t, counts, kinds...)
}

// checkPair returns of what kind two pods are, and in what the orders are not as expected.
func checkPair(a, b *corev1.Pod, ourA, ourB replica.Pod, related map[string]int) (kind, error) {
	want, k := expect(a, b, related)
	wantTheirs := map[kind]int{alike: want, sameBucket: -want, tie: 0}[k]
	theirs := compareBool(theirLess(b, a, related), theirLess(a, b, related))
	ours, back := replica.Compare(ourA, ourB, pods.Now, related), replica.Compare(ourB, ourA, pods.Now, related)
	if cmp.Compare(ours, 0) == want && cmp.Compare(back, 0) == -want && theirs == wantTheirs {
		return k, nil
	}
	return k, fmt.Errorf("%s: compare %d and back %d, want %d; upstream %d, want %d\n%s\n%s\nrelated %v",
		kinds[k], ours, back, want, theirs, wantTheirs, show(a), show(b), related)
}

// show prints what the order of deletion asks of a pod.
func show(p *corev1.Pod) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s %q: node %q, phase %q, cost %q, restarts %d and %d, age %v",
		p.Namespace, p.Name, p.UID, p.Spec.NodeName, p.Status.Phase, p.Annotations[corev1.PodDeletionCost],
		restarts(p), sidecarRestarts(p), pods.Now.Sub(p.CreationTimestamp.Time))
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			fmt.Fprintf(&b, ", ready %s for %v", c.Status, pods.Now.Sub(c.LastTransitionTime.Time))
		}
	}
	return b.String()
}
