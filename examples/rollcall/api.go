package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// An object holds the few fields of the API that the roll call needs, of every kind that it knows.
type object struct {
	Kind     string   `json:"kind"`
	Metadata metadata `json:"metadata"`
	Spec     spec     `json:"spec"`
	Status   status   `json:"status"`

	bad       string                   // the first field that could not be read, or ""
	wrongType *json.UnmarshalTypeError // of that field, if it has the wrong type
}

type metadata struct {
	Namespace         string                     `json:"namespace"`
	Name              string                     `json:"name"`
	GenerateName      string                     `json:"generateName"`
	UID               string                     `json:"uid"`
	Labels            map[string]string          `json:"labels"`
	Annotations       map[string]string          `json:"annotations"`
	OwnerReferences   []ownership.OwnerReference `json:"ownerReferences"`
	CreationTimestamp string                     `json:"creationTimestamp"`
	DeletionTimestamp string                     `json:"deletionTimestamp"`
}

type spec struct {
	// Of controllers. What a selector is depends on the kind, so it stays raw until the kind is known.
	Replicas        *int32          `json:"replicas"`
	Completions     *int32          `json:"completions"`
	Parallelism     *int32          `json:"parallelism"`
	Suspend         bool            `json:"suspend"`
	MinReadySeconds int32           `json:"minReadySeconds"`
	Selector        json.RawMessage `json:"selector"`
	Template        template        `json:"template"`
	// Of pods.
	NodeName       string          `json:"nodeName"`
	Affinity       affinity        `json:"affinity"`
	InitContainers []initContainer `json:"initContainers"`
	// Of nodes.
	Taints []daemon.Taint `json:"taints"`
}

type template struct {
	Spec struct {
		NodeName     string              `json:"nodeName"`
		NodeSelector map[string]string   `json:"nodeSelector"`
		Affinity     affinity            `json:"affinity"`
		Tolerations  []daemon.Toleration `json:"tolerations"`
		HostNetwork  bool                `json:"hostNetwork"`
	} `json:"spec"`
}

type initContainer struct {
	Name          string `json:"name"`
	RestartPolicy string `json:"restartPolicy"`
}

type affinity struct {
	NodeAffinity struct {
		Required *struct {
			NodeSelectorTerms []daemon.NodeSelectorTerm `json:"nodeSelectorTerms"`
		} `json:"requiredDuringSchedulingIgnoredDuringExecution"`
	} `json:"nodeAffinity"`
}

type status struct {
	Phase                      string            `json:"phase"`
	Reason                     string            `json:"reason"`
	Message                    string            `json:"message"`
	StartTime                  string            `json:"startTime"`
	CompletionTime             string            `json:"completionTime"`
	Succeeded                  int32             `json:"succeeded"`
	Conditions                 []condition       `json:"conditions"`
	InitContainerStatuses      []containerStatus `json:"initContainerStatuses"`
	ContainerStatuses          []containerStatus `json:"containerStatuses"`
	EphemeralContainerStatuses []containerStatus `json:"ephemeralContainerStatuses"`
}

type condition struct {
	Type               string `json:"type"`
	Status             string `json:"status"`
	LastTransitionTime string `json:"lastTransitionTime"`
	LastUpdateTime     string `json:"lastUpdateTime"`
	LastProbeTime      string `json:"lastProbeTime"`
	LastHeartbeatTime  string `json:"lastHeartbeatTime"`
}

type containerStatus struct {
	Name         string         `json:"name"`
	RestartCount int32          `json:"restartCount"`
	State        containerState `json:"state"`
	LastState    containerState `json:"lastState"`
}

// A containerState has the reason of waiting and terminated, and the times of running and terminated.
type containerState struct {
	Waiting    *stateDetail `json:"waiting"`
	Running    *stateDetail `json:"running"`
	Terminated *stateDetail `json:"terminated"`
}

type stateDetail struct {
	Reason     string `json:"reason"`
	ExitCode   int32  `json:"exitCode"`
	StartedAt  string `json:"startedAt"`
	FinishedAt string `json:"finishedAt"`
}

// ref names the object as a controller of others.
func (o *object) ref() ownership.Ref {
	return ownership.Ref{Kind: o.Kind, Name: o.Metadata.Name, UID: o.Metadata.UID}
}

// view is the object as one that may be owned.
func (o *object) view() ownership.Object {
	return ownership.Object{
		Namespace: o.Metadata.Namespace, Name: o.Metadata.Name, UID: o.Metadata.UID,
		Labels:       o.Metadata.Labels,
		ControlledBy: ownership.ControllerOf(o.Metadata.OwnerReferences).Ref(),
		Deleting:     o.Metadata.DeletionTimestamp != "",
	}
}

// pod is the object as a pod.
func (o *object) pod() replica.Pod {
	p := replica.Pod{
		Object: o.view(), Node: o.Spec.NodeName, Target: o.Spec.Affinity.node(), Phase: o.Status.Phase,
		Created:      parseTime(o.Metadata.CreationTimestamp),
		DeletionCost: replica.DeletionCost(o.Metadata.Annotations["controller.kubernetes.io/pod-deletion-cost"]),
	}
	for _, s := range o.Status.ContainerStatuses {
		p.Restarts = max(p.Restarts, s.RestartCount)
	}
	sidecars := make(map[string]bool, len(o.Spec.InitContainers))
	for _, c := range o.Spec.InitContainers {
		sidecars[c.Name] = sidecars[c.Name] || c.RestartPolicy == "Always"
	}
	for _, s := range o.Status.InitContainerStatuses {
		if sidecars[s.Name] {
			p.SidecarRestarts = max(p.SidecarRestarts, s.RestartCount)
		}
	}
	if c := o.condition("Ready"); c != nil && c.Status == "True" {
		p.Ready, p.ReadySince = true, parseTime(c.LastTransitionTime)
	}
	return p
}

// node is the one node that the affinity of a daemon pod names, or "".
func (a *affinity) node() string {
	if a.NodeAffinity.Required == nil {
		return ""
	}
	for _, term := range a.NodeAffinity.Required.NodeSelectorTerms {
		for _, f := range term.MatchFields {
			if f.Key == "metadata.name" && f.Operator == selector.In {
				if len(f.Values) == 1 {
					return f.Values[0]
				}
				return ""
			}
		}
	}
	return ""
}

// condition returns the first condition of the type, or nil.
func (o *object) condition(conditionType string) *condition {
	for i := range o.Status.Conditions {
		if c := &o.Status.Conditions[i]; c.Type == conditionType {
			return c
		}
	}
	return nil
}

// containers returns the statuses of all containers, init containers first.
func (o *object) containers() []containerStatus {
	s := &o.Status
	all := make([]containerStatus, 0, len(s.InitContainerStatuses)+len(s.ContainerStatuses)+len(s.EphemeralContainerStatuses))
	all = append(all, s.InitContainerStatuses...)
	all = append(all, s.ContainerStatuses...)
	return append(all, s.EphemeralContainerStatuses...)
}

// A moment is a time in an object, as it stands there.
type moment struct{ path, text string }

// moments returns the times at which something happened to the object, those that are not set too. Its
// deletion timestamp is none of them: it may lie ahead.
func (o *object) moments() []moment {
	s := &o.Status
	ms := []moment{
		{"metadata.creationTimestamp", o.Metadata.CreationTimestamp},
		{"status.startTime", s.StartTime},
		{"status.completionTime", s.CompletionTime},
	}
	for i, c := range s.Conditions {
		path := fmt.Sprintf("status.conditions[%d].", i)
		ms = append(ms, moment{path + "lastTransitionTime", c.LastTransitionTime}, moment{path + "lastUpdateTime", c.LastUpdateTime},
			moment{path + "lastProbeTime", c.LastProbeTime}, moment{path + "lastHeartbeatTime", c.LastHeartbeatTime})
	}
	for _, c := range o.containers() {
		path := fmt.Sprintf("status of container %s: ", c.Name)
		for _, state := range []*stateDetail{c.State.Running, c.State.Terminated, c.LastState.Terminated} {
			if state != nil {
				ms = append(ms, moment{path + "startedAt", state.StartedAt}, moment{path + "finishedAt", state.FinishedAt})
			}
		}
	}
	return ms
}

// readTime returns the time that an API field holds, the zero time when it is empty.
func readTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if t = t.UTC(); err != nil || t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, fmt.Errorf("%q: want a time as in 2006-01-02T15:04:05Z", text)
	}
	return t, nil
}

// parseTime is readTime for fields of which the reader of the dump has reported those that hold no time.
func parseTime(text string) time.Time {
	t, _ := readTime(text)
	return t
}
