package main

import (
	"bytes"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// An object holds the few fields of the API that the roll call needs, of every kind that it knows.
type object struct {
	Kind     string   `json:"kind"`
	Metadata metadata `json:"metadata"`
	Spec     spec     `json:"spec"`
	Status   status   `json:"status"`

	bad string // the first field that could not be read, or ""
}

type metadata struct {
	Namespace         string                     `json:"namespace"`
	Name              string                     `json:"name"`
	GenerateName      string                     `json:"generateName"`
	UID               string                     `json:"uid"`
	Labels            map[string]string          `json:"labels"`
	OwnerReferences   []ownership.OwnerReference `json:"ownerReferences"`
	CreationTimestamp string                     `json:"creationTimestamp"`
	DeletionTimestamp string                     `json:"deletionTimestamp"`
}

type spec struct {
	// Of controllers. What a selector is depends on the kind, so it stays raw until the kind is known.
	Replicas        *int     `json:"replicas"`
	Completions     *int     `json:"completions"`
	Parallelism     *int     `json:"parallelism"`
	Suspend         bool     `json:"suspend"`
	MinReadySeconds int      `json:"minReadySeconds"`
	Selector        raw      `json:"selector"`
	Template        template `json:"template"`
	// Of pods.
	NodeName string   `json:"nodeName"`
	Affinity affinity `json:"affinity"`
	// Of nodes.
	Taints []taint `json:"taints"`
}

// raw is a JSON value to be decoded later. Unlike json.RawMessage it shares no memory with what it was decoded from.
type raw []byte

func (r *raw) UnmarshalJSON(data []byte) error {
	*r = bytes.Clone(data)
	return nil
}

type template struct {
	Spec struct {
		NodeSelector map[string]string `json:"nodeSelector"`
		Affinity     affinity          `json:"affinity"`
	} `json:"spec"`
}

type affinity struct {
	NodeAffinity struct {
		Required *struct {
			NodeSelectorTerms []struct {
				MatchFields []selector.Requirement `json:"matchFields"`
			} `json:"nodeSelectorTerms"`
		} `json:"requiredDuringSchedulingIgnoredDuringExecution"`
	} `json:"nodeAffinity"`
}

type taint struct {
	Effect string `json:"effect"`
}

type status struct {
	Phase                      string            `json:"phase"`
	Reason                     string            `json:"reason"`
	Message                    string            `json:"message"`
	StartTime                  string            `json:"startTime"`
	CompletionTime             string            `json:"completionTime"`
	Succeeded                  int               `json:"succeeded"`
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
	RestartCount int            `json:"restartCount"`
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

// pod is the object as a pod, without what only the order of deletion needs: the roll call prints how many go, not which.
func (o *object) pod() replica.Pod {
	p := replica.Pod{
		Object: o.view(), Node: o.Spec.NodeName, Target: o.Spec.Affinity.node(), Phase: o.Status.Phase,
		Created: parseTime(o.Metadata.CreationTimestamp),
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
			if f.Key == "metadata.name" && f.Operator == selector.In && len(f.Values) == 1 {
				return f.Values[0]
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

// newest returns the latest of the times at which something happened to the object. Its deletion timestamp is none of
// them: it may lie ahead.
func (o *object) newest() time.Time {
	var newest time.Time
	see := func(texts ...string) {
		for _, text := range texts {
			if t := parseTime(text); t.After(newest) {
				newest = t
			}
		}
	}
	see(o.Metadata.CreationTimestamp, o.Status.StartTime, o.Status.CompletionTime)
	for _, c := range o.Status.Conditions {
		see(c.LastTransitionTime, c.LastUpdateTime, c.LastProbeTime, c.LastHeartbeatTime)
	}
	for _, c := range o.containers() {
		for _, state := range []*stateDetail{c.State.Running, c.State.Terminated, c.LastState.Terminated} {
			if state != nil {
				see(state.StartedAt, state.FinishedAt)
			}
		}
	}
	return newest
}

// parseTime returns the time that an API field holds, or the zero time when it holds none; the reader of the dump has
// reported what is neither.
func parseTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
