package replica_test

import (
	"fmt"
	"slices"
	"sort"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

var logger klog.Logger // the zero value logs nothing

// related holds the selectors of two ReplicaSets of one Deployment, for both libraries.
var related = struct {
	theirs []labels.Selector
	ours   []selector.Selector
}{
	[]labels.Selector{labels.SelectorFromSet(labels.Set{"app": "web"}), labels.SelectorFromSet(labels.Set{"rev": "2"})},
	[]selector.Selector{selector.MustParse("app=web"), selector.MustParse("rev=2")},
}

// theirRelated returns the pods that any of the selectors selects, as getIndirectlyRelatedPods does.
func theirRelated(all []*corev1.Pod) []*corev1.Pod {
	var found []*corev1.Pod
	for _, s := range related.theirs {
		for _, p := range all {
			if s.Matches(labels.Set(p.Labels)) && !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
	}
	return found
}

// TestGetPodsToDelete compares with the function that the controller calls, which reads the clock. No age is
// near a power of two, so that the time between the two calls does not matter.
func TestGetPodsToDelete(t *testing.T) {
	counts := forEach(t, *lists/10, func(n uint64) (map[string]int, error) {
		w := pods.NewWorld(*seed, n)
		list := w.Pods(2 + w.IntN(6))
		now := time.Now()
		for i, p := range list {
			p.DeletionTimestamp, p.Status.Phase = nil, corev1.PodRunning
			p.CreationTimestamp = metav1.NewTime(now.Add(-3 << (33 + i))) // ages in different powers of two
			for c := range p.Status.Conditions {
				p.Status.Conditions[c].LastTransitionTime = p.CreationTimestamp
			}
		}
		diff := 1 + w.IntN(len(list)-1)
		ours := pods.Ours(list)
		plan := replica.Diff(len(list)-diff, ours, now, replica.Options{Related: replica.Related(ours, related.ours...)})
		var got []string
		for _, d := range plan.Delete {
			got = append(got, ours[d.Index].Name)
		}
		var want []string
		for _, p := range getPodsToDelete(slices.Clone(list), theirRelated(list), diff) {
			want = append(want, p.Name)
		}
		if !slices.Equal(got, want) {
			return nil, fmt.Errorf("deleted %v, upstream %v", got, want)
		}
		return map[string]int{"compared": 1}, nil
	})
	covered(t, counts, "compared")
}

// Upstream sorts the slice that it is given, except when it deletes all pods: then it returns them unsorted.
// Diff changes no argument and always sorts the deletions.
func TestArguments(t *testing.T) {
	now := time.Now() // because upstream reads the clock
	old := running("old", "1", now.Add(-time.Hour), now.Add(-time.Hour), 0)
	young := running("young", "2", now.Add(-time.Minute), now.Add(-time.Minute), 0)
	theirs := []*corev1.Pod{old, young}
	if all := getPodsToDelete(theirs, nil, 2); all[0] != old {
		t.Errorf("upstream: %s is deleted first of all", all[0].Name)
	}
	getPodsToDelete(theirs, nil, 1)
	if theirs[0] != young {
		t.Error("upstream: the argument is not sorted")
	}
	ours := pods.Ours([]*corev1.Pod{old, young})
	for want, deletions := range [][]replica.Deletion{
		{{Index: 1, Rule: replica.NoneStays}, {Index: 0, Rule: replica.NoneStays}},
		{{Index: 1, Rule: replica.ReadyLater}},
	} {
		if plan := replica.Diff(want, ours, now, replica.Options{}); !slices.Equal(plan.Delete, deletions) || ours[0].Name != "old" {
			t.Errorf("want %d: %+v", want, plan.Delete)
		}
	}
}

// With the zero time for now, upstream compares timestamps exactly, not rounded to powers of two.
func TestTheZeroTime(t *testing.T) {
	old := running("old", "1", pods.Now.Add(-time.Hour), pods.Now.Add(-time.Hour), 0)
	young := running("young", "2", pods.Now, pods.Now, 0)
	if !(controller.ActivePodsWithRanks{Pods: []*corev1.Pod{young, old}, Rank: make([]int, 2)}).Less(0, 1) {
		t.Error("upstream: the younger pod is not first")
	}
	if order := replica.DeletionOrder([]replica.Pod{kube.Pod(young), kube.Pod(old)}, time.Time{}, nil); order[0] != 1 {
		t.Error("the younger pod is first, want the pod with the smaller UID")
	}
}

// running returns a ready pod with this number of restarts.
func running(name, uid string, created, readySince time.Time, restarts int32) *corev1.Pod {
	ready := corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(readySince)}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(uid), CreationTimestamp: metav1.NewTime(created)},
		Spec:       corev1.PodSpec{NodeName: "n1"},
		Status: corev1.PodStatus{
			Phase:             corev1.PodRunning,
			Conditions:        []corev1.PodCondition{ready},
			ContainerStatuses: []corev1.ContainerStatus{{Name: "web", RestartCount: restarts}},
		},
	}
}

// Upstream's relation has a cycle of three pods: each is deleted first for some order of arrival. rollcall
// always deletes the same pod first.
func TestCycle(t *testing.T) {
	old := pods.Now.Add(-time.Hour)
	a := running("a", "3", old, pods.Now.Add(-100*time.Second), 5)
	b := running("b", "1", old, pods.Now.Add(-100*time.Second), 0)
	c := running("c", "2", old, pods.Now.Add(-101*time.Second), 0)
	if less := newRanked([]*corev1.Pod{a, b, c}, nil, pods.Now).less; !less[0][1] || !less[1][2] || !less[2][0] {
		t.Error("upstream: no cycle")
	}
	theirs, ours := map[string]bool{}, map[string]bool{}
	for _, list := range [][]*corev1.Pod{{a, b, c}, {a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}} {
		ranked := controller.ActivePodsWithRanks{Pods: slices.Clone(list), Rank: make([]int, 3), Now: metav1.NewTime(pods.Now)}
		sort.Sort(ranked)
		theirs[ranked.Pods[0].Name] = true
		ours[list[replica.Diff(2, pods.Ours(list), pods.Now, replica.Options{}).Delete[0].Index].Name] = true
	}
	if len(theirs) != 3 {
		t.Errorf("upstream: first deletions %v, want each of the three pods", theirs)
	}
	if len(ours) != 1 {
		t.Errorf("first deletions %v, want one", ours)
	}
}

// Upstream panics when the youngest ready pod is less than a millisecond old: a metric divides by its age in
// milliseconds.
func TestPodsOfThisMillisecond(t *testing.T) {
	var now time.Time
	panics := func() (panicked bool) {
		defer func() { panicked = recover() != nil }()
		now = time.Now()
		getPodsToDelete([]*corev1.Pod{running("a", "1", now, now, 0), running("b", "2", now, now, 0)}, nil, 1)
		return false
	}
	tries := 0
	for ; tries < 1000 && !panics(); tries++ { // until the call happens within the same millisecond
	}
	if tries == 1000 {
		t.Error("upstream: no panic")
	}
	ours := pods.Ours([]*corev1.Pod{running("a", "1", now, now, 0), running("b", "2", now, now, 0)})
	want := []replica.Deletion{{Index: 0, Rule: replica.Tie}}
	if got := replica.Diff(1, ours, now, replica.Options{}).Delete; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
