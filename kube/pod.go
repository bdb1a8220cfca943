package kube

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/replica"
)

// revisionLabel is the label with the revision of a daemon pod: appsv1.ControllerRevisionHashLabelKey.
const revisionLabel = "controller-revision-hash"

// Pod returns the view of a pod. It shares p's labels, and does not allocate for a pod with at most eight
// sidecars. Target is the node that the affinity of a daemon pod names; it is empty if the pod is assigned to
// a node. ReadySince is zero unless the pod is ready. The view of a nil p is a pod that is being deleted,
// without name and labels: it does not count. Pod takes time proportional to the size of p.
//
// Upstream: GetTargetNodeName in k8s.io/kubernetes/pkg/controller/daemon/util, IsPodReady in pkg/api/v1/pod,
// podReadyTime and maxContainerRestarts in pkg/controller, GetDeletionCostFromPodAnnotations in
// pkg/apis/core/helper.
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

// readyCondition returns the first condition Ready, or nil.
func readyCondition(p *corev1.Pod) *corev1.PodCondition {
	for i := range p.Status.Conditions {
		if c := &p.Status.Conditions[i]; c.Type == corev1.PodReady {
			return c
		}
	}
	return nil
}

// target returns the node that the affinity of a daemon pod names: the value of the first requirement
// metadata.name In. It is empty if there is none, or if it has several values.
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

// restarts returns the highest restart count of the regular containers.
func restarts(p *corev1.Pod) int32 {
	var highest int32
	for i := range p.Status.ContainerStatuses {
		highest = max(highest, p.Status.ContainerStatuses[i].RestartCount)
	}
	return highest
}

// sidecarRestarts returns the highest restart count of the init containers that always restart.
func sidecarRestarts(p *corev1.Pod) int32 {
	sidecars := map[string]bool{}
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars[c.Name] = true
		}
	}
	var highest int32
	for i := range p.Status.InitContainerStatuses {
		if s := &p.Status.InitContainerStatuses[i]; sidecars[s.Name] {
			highest = max(highest, s.RestartCount)
		}
	}
	return highest
}
