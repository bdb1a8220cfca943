package podtest

import (
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

// Metadata has the fields of ObjectMeta that the vectors need.
type Metadata struct {
	Namespace, Name, UID string
	Labels, Annotations  map[string]string
	OwnerReferences      []ownership.OwnerReference
	CreationTimestamp    time.Time
	DeletionTimestamp    *time.Time
}

// An Affinity is the required node affinity of a pod.
type Affinity struct {
	NodeAffinity struct {
		Required *struct{ NodeSelectorTerms []daemon.NodeSelectorTerm } `json:"requiredDuringSchedulingIgnoredDuringExecution"`
	}
}

type containerStatus struct {
	Name         string
	RestartCount int32
}

// A Pod has the fields of a pod that decide.
type Pod struct {
	Metadata Metadata
	Spec     struct {
		NodeName       string
		Affinity       Affinity
		InitContainers []struct{ Name, RestartPolicy string }
	}
	Status struct {
		Phase      string
		Conditions []struct {
			Type, Status       string
			LastTransitionTime time.Time
		}
		ContainerStatuses, InitContainerStatuses []containerStatus
	}
}

// Pod returns the pod as package replica takes it.
func (p *Pod) Pod() replica.Pod {
	m := &p.Metadata
	pod := replica.Pod{
		Object: ownership.Object{
			Namespace: m.Namespace, Name: m.Name, UID: m.UID, Labels: m.Labels,
			ControlledBy: ownership.ControllerOf(m.OwnerReferences).Ref(), Deleting: m.DeletionTimestamp != nil,
		},
		Node: p.Spec.NodeName, Phase: p.Status.Phase, Created: m.CreationTimestamp,
		Revision:     m.Labels["controller-revision-hash"],
		DeletionCost: replica.DeletionCost(m.Annotations["controller.kubernetes.io/pod-deletion-cost"]),
	}
	if required := p.Spec.Affinity.NodeAffinity.Required; required != nil {
		pod.Target = required.NodeSelectorTerms[0].MatchFields[0].Values[0]
	}
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" {
			pod.Ready, pod.ReadySince = c.Status == "True", c.LastTransitionTime
		}
	}
	for _, c := range p.Status.ContainerStatuses {
		pod.Restarts = max(pod.Restarts, c.RestartCount)
	}
	for _, c := range p.Status.InitContainerStatuses {
		for _, spec := range p.Spec.InitContainers {
			if spec.Name == c.Name && spec.RestartPolicy == "Always" {
				pod.SidecarRestarts = max(pod.SidecarRestarts, c.RestartCount)
			}
		}
	}
	return pod
}

// Pods returns the pods as package replica takes them.
func Pods(from []Pod) []replica.Pod {
	var pods []replica.Pod
	for i := range from {
		pods = append(pods, from[i].Pod())
	}
	return pods
}

// Names returns the names of the pods with these indices, sorted; an empty slice for none.
func Names(pods []replica.Pod, indices []int) []string {
	names := []string{}
	for _, i := range indices {
		names = append(names, pods[i].Name)
	}
	slices.Sort(names)
	return names
}
