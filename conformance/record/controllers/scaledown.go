package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/utils/ptr"
)

func playScaleDowns(ctx context.Context, p *plane, seed uint64, n int, write func(any) error) error {
	return playReplicaSets(ctx, p, "scale-down", scaleDownScenarios(seed, n, time.Now()), write)
}

// scaleDownScenarios returns n scenarios. Their pods became ready before the time now.
func scaleDownScenarios(seed uint64, n int, now time.Time) []replicaSetScenario {
	scenarios := make([]replicaSetScenario, n)
	for i := range scenarios {
		d := diceFor(seed, i)
		labels := map[string]string{"app": "web", "rev": "new"}
		web := replicaSet("web", int32(d.from(4, 13)), metav1.LabelSelector{MatchLabels: labels}, labels)
		s := replicaSetScenario{namespace: fmt.Sprintf("scale-%d-%03d", seed, i), replicaSets: []*appsv1.ReplicaSet{web}}
		if d.percent(40) {
			labels := map[string]string{"app": "web", "rev": "old"}
			old := replicaSet("web-old", int32(d.from(1, 5)), metav1.LabelSelector{MatchLabels: labels}, labels)
			s.replicaSets = append(s.replicaSets, old)
			for _, rs := range s.replicaSets {
				rs.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "d",
					UID: types.UID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)), Controller: ptr.To(true)}}
			}
		}
		for _, rs := range s.replicaSets {
			for j := range int(*rs.Spec.Replicas) {
				s.pods = append(s.pods, d.aged(ownedBy(rs, j), now))
			}
			if d.percent(20) {
				pod := d.aged(ownedBy(rs, int(*rs.Spec.Replicas)), now)
				pod.leaves, pod.Spec.NodeName = true, "n-0"
				s.pods = append(s.pods, pod)
			}
		}
		s.scaleTo = ptr.To(int32(d.IntN(int(*web.Spec.Replicas))))
		scenarios[i] = s
	}
	return scenarios
}

// aged gives a pod a node, a phase, a Ready condition with its time, restarts, and sometimes a deletion
// cost.
func (d dice) aged(pod *scenarioPod, now time.Time) *scenarioPod {
	pod.wave = d.IntN(waves)
	if d.percent(85) {
		pod.Spec.NodeName = fmt.Sprintf("n-%d", d.IntN(4))
	}
	if d.percent(30) {
		pod.Annotations = map[string]string{corev1.PodDeletionCost: pick(d, "-10", "0", "5", "100")}
	}
	pod.Status.Phase = corev1.PodRunning
	if d.percent(30) {
		pod.Status.Phase = pick(d, corev1.PodPending, corev1.PodPending, corev1.PodUnknown)
	}
	ready := pod.Status.Phase == corev1.PodRunning && d.percent(75)
	age := pick(d, 3, 3, 40, 40, 600, 5000, 86400, 20*86400) + d.IntN(3)
	since := metav1.NewTime(now.Add(-time.Duration(age) * time.Second).Truncate(time.Second))
	condition := corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: since}
	if ready {
		condition.Status = corev1.ConditionTrue
	}
	pod.Status.Conditions = []corev1.PodCondition{condition}
	container := corev1.ContainerStatus{Name: "main", Image: "x", Ready: ready, RestartCount: pick[int32](d, 0, 0, 0, 1, 4)}
	if pod.Status.Phase == corev1.PodRunning {
		container.State.Running = &corev1.ContainerStateRunning{StartedAt: since}
	} else {
		container.State.Waiting = &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}
	}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{container}
	return pod
}

// certain reports whether upstream's deletion order always chooses the pods that were deleted: at the trace's
// time and at the time until, for any order of arrival and any UIDs. It returns false if pods are equal, if
// the UID decides (between pods that became ready at nearly the same time), or if the order is therefore not
// transitive.
func (t *replicaSetTrace) certain(until time.Time) bool {
	rs := t.replicaSet()
	on := t.relatedOn(rs)
	var pods []*corev1.Pod
	for _, pod := range t.Pods { // copies, because their UIDs are changed below
		if metav1.IsControlledBy(&pod, rs) && controller.IsPodActive(&pod) {
			pods = append(pods, &pod)
		}
	}
	ranks := make([]int, len(pods))
	dice := rand.New(rand.NewPCG(1, 2))
	for _, now := range []time.Time{t.Now, until} {
		for range 200 {
			dice.Shuffle(len(pods), func(i, j int) { pods[i], pods[j] = pods[j], pods[i] })
			for i, uid := range dice.Perm(len(pods)) {
				pods[i].UID = types.UID(fmt.Sprintf("%03d", uid))
				ranks[i] = on[pods[i].Spec.NodeName]
			}
			sort.Sort(controller.ActivePodsWithRanks{Pods: pods, Rank: ranks, Now: metav1.NewTime(now)})
			first := []string{}
			for _, pod := range pods[:len(pods)-int(*t.ScaleTo)] {
				first = append(first, pod.Name)
			}
			slices.Sort(first)
			if !slices.Equal(first, t.Did.Deleted) {
				return false
			}
		}
	}
	return true
}

// relatedOn counts the active pods on each node that belong to replica sets with the same controller as rs.
// Without a controller there are none.
func (t *replicaSetTrace) relatedOn(rs *appsv1.ReplicaSet) map[string]int {
	on := map[string]int{}
	ref := metav1.GetControllerOfNoCopy(rs)
	if ref == nil {
		return on
	}
	for i := range t.Pods {
		pod := &t.Pods[i]
		related := slices.ContainsFunc(t.ReplicaSets, func(other appsv1.ReplicaSet) bool {
			s, err := metav1.LabelSelectorAsSelector(other.Spec.Selector)
			same := metav1.GetControllerOfNoCopy(&other)
			return err == nil && same != nil && same.UID == ref.UID && s.Matches(labels.Set(pod.Labels))
		})
		if related && controller.IsPodActive(pod) {
			on[pod.Spec.NodeName]++
		}
	}
	return on
}
