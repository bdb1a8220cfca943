package kube

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/replica"
)

// revisionLabel has a daemon pod's revision: appsv1.ControllerRevisionHashLabelKey.
const revisionLabel = "controller-revision-hash"

// Pod returns what rollcall has to know of a pod. It shares the map of p's labels, and does not allocate. Target is the node that
// the affinity of a daemon pod names, while p is bound to none; ReadySince is zero unless p is ready. A nil p is a pod being
// deleted, without name and labels: it is nobody's replica.
//
// Upstream: GetTargetNodeName in k8s.io/kubernetes/pkg/controller/daemon/util, IsPodReady in pkg/api/v1/pod, podReadyTime and
// maxContainerRestarts in pkg/controller, GetDeletionCostFromPodAnnotations in pkg/apis/core/helper.
func Pod(p *corev1.Pod) (v replica.Pod) {
	if p == nil {
		v.Deleting = true
		return v
	}
	fill(&v.Object, &p.ObjectMeta)
	v.Node = p.Spec.NodeName
	if v.Node == "" {
		v.Target = target(p)
	}
	v.Phase = string(p.Status.Phase)
	v.Revision = p.Labels[revisionLabel]
	if c := readyCondition(p); c != nil && c.Status == corev1.ConditionTrue {
		v.Ready, v.ReadySince = true, c.LastTransitionTime.Time
	}
	v.Created = p.CreationTimestamp.Time
	v.Restarts, v.SidecarRestarts = restarts(p), sidecarRestarts(p)
	v.DeletionCost = replica.DeletionCost(p.Annotations[corev1.PodDeletionCost])
	return v
}

// readyCondition returns the first Ready condition, or nil.
func readyCondition(p *corev1.Pod) *corev1.PodCondition {
	for i := range p.Status.Conditions {
		if c := &p.Status.Conditions[i]; c.Type == corev1.PodReady {
			return c
		}
	}
	return nil
}

// target returns the node that the pod's affinity names, as the affinity of a daemon pod does: in the first term that asks for
// metadata.name In a list, which has to have one value. It is empty when there is none.
func target(p *corev1.Pod) string {
	terms, _ := requiredTerms(p.Spec.Affinity)
	for i := range terms {
		for j := range terms[i].MatchFields {
			f := &terms[i].MatchFields[j]
			if f.Key != metav1.ObjectNameField || f.Operator != corev1.NodeSelectorOpIn {
				continue
			}
			if len(f.Values) != 1 {
				return ""
			}
			return f.Values[0]
		}
	}
	return ""
}

// restarts returns the highest restart count among regular containers.
func restarts(p *corev1.Pod) int32 {
	var highest int32
	for i := range p.Status.ContainerStatuses {
		highest = max(highest, p.Status.ContainerStatuses[i].RestartCount)
	}
	return highest
}

// sidecarRestarts returns the highest restart count among init containers that always restart. There are few of them: to look
// each up in the spec is less than a set of their names.
func sidecarRestarts(p *corev1.Pod) int32 {
	var highest int32
	for i := range p.Status.InitContainerStatuses {
		if s := &p.Status.InitContainerStatuses[i]; s.RestartCount > highest && isSidecar(p, s.Name) {
			highest = s.RestartCount
		}
	}
	return highest
}

// isSidecar reports whether an init container of that name always restarts.
func isSidecar(p *corev1.Pod, name string) bool {
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		if c.Name == name && c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			return true
		}
	}
	return false
}
