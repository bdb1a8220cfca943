package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func playClaims(ctx context.Context, p *plane, seed uint64, n int, write func(any) error) error {
	return playReplicaSets(ctx, p, "claim", claimScenarios(seed, n), write)
}

func claimScenarios(seed uint64, n int) []replicaSetScenario {
	selectors := []metav1.LabelSelector{
		{MatchLabels: map[string]string{"app": "web"}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "In", Values: []string{"web", "www"}}}},
		{MatchLabels: map[string]string{"app": "web"},
			MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "exclude", Operator: "NotIn", Values: []string{"true"}}}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{
			{Key: "app", Operator: "Exists"}, {Key: "canary", Operator: "DoesNotExist"}}},
	}
	scenarios := make([]replicaSetScenario, n)
	for i := range scenarios {
		d := diceFor(seed, i)
		web := replicaSet("web", 1, pick(d, selectors...), map[string]string{"app": "web"})
		s := replicaSetScenario{namespace: fmt.Sprintf("claim-%d-%03d", seed, i), replicaSets: []*appsv1.ReplicaSet{web}}
		for j := range d.from(2, 6) {
			s.pods = append(s.pods, d.changed(ownedBy(web, j)))
		}
		*web.Spec.Replicas = int32(len(s.pods))
		if d.percent(50) {
			*web.Spec.Replicas = int32(d.from(1, 7))
		}
		for j := range d.from(0, 4) {
			s.pods = append(s.pods, d.stray(web, j))
		}
		scenarios[i] = s
	}
	return scenarios
}

// changed returns the pod, in most cases after one change.
func (d dice) changed(pod *scenarioPod) *scenarioPod {
	switch x := d.IntN(100); {
	case x < 20:
		pod.Labels["app"] = pick(d, "foo", "www")
	case x < 28:
		pod.Labels["type"] = "special"
	case x < 36:
		pod.Labels["exclude"], pod.Labels["canary"] = "true", "yes"
	case x < 46:
		pod.OwnerReferences = nil
	case x < 56:
		pod.Status.Phase = pick(d, corev1.PodFailed, corev1.PodSucceeded)
	case x < 62:
		pod.Labels = nil
	case x < 70:
		pod.leaves, pod.Spec.NodeName = true, "n-0"
	}
	return pod
}

// stray returns a pod that the replica set did not create.
func (d dice) stray(rs *appsv1.ReplicaSet, i int) *scenarioPod {
	pod := newPod(fmt.Sprintf("stray-%d", i))
	pod.Labels = pick(d, map[string]string{"app": "web"}, map[string]string{"app": "web"}, map[string]string{"app": "www"},
		map[string]string{"app": "foo"}, map[string]string{"app": "web", "canary": "yes"}, map[string]string{"app": ""},
		map[string]string{"exclude": "true"}, nil)
	switch x := d.IntN(100); {
	case x < 20: // owned by another replica set, as controller or not
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "other",
			UID: "11111111-1111-4111-8111-111111111111", Controller: ptr.To(d.percent(50))}}
	case x < 30: // owned by the replica set, but not as controller
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: rs.Name,
			Controller: ptr.To(false)}}
	case x < 38:
		pod.leaves, pod.Spec.NodeName = true, "n-0"
	}
	return pod
}
