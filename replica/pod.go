package replica

import (
	"cmp"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/ownership"
)

// A Pod is what a controller needs to know of a pod. The zero value is an active orphan that is not ready.
// All fields are only read.
type Pod struct {
	ownership.Object

	Node       string    // spec.nodeName; empty for a pod that is not assigned to a node
	Target     string    // of a daemon pod: the node that its affinity names; only used while Node is empty
	Phase      string    // status.phase; a pod in any phase but Succeeded and Failed is active
	Revision   string    // of a daemon pod: the label controller-revision-hash
	Ready      bool      // status of the condition Ready is True
	ReadySince time.Time // lastTransitionTime of the condition Ready; zero if unknown
	Created    time.Time // metadata.creationTimestamp

	Restarts        int32 // highest restart count of its regular containers
	SidecarRestarts int32 // highest restart count of its sidecars (init containers with restartPolicy Always)
	DeletionCost    int32 // annotation controller.kubernetes.io/pod-deletion-cost: see [DeletionCost]
}

// Phases that end a pod. The other phases differ only in the deletion order.
const (
	succeeded = "Succeeded"
	failed    = "Failed"
)

// A State is how far a pod is from being available. The last three states are active. The zero value is
// unset.
type State int

// The states in the order in which they are checked: a failed pod that is being deleted is Failed.
const (
	Succeeded   State = 1 + iota // phase Succeeded: not active
	Failed                       // phase Failed, also after an eviction: not active
	Terminating                  // being deleted: not active
	NotReady                     // active
	Ready                        // active and ready, but not yet for minReadySeconds
	Available                    // active and ready for minReadySeconds
)

var stateNames = []string{
	0:           "Unset",
	Succeeded:   "Succeeded",
	Failed:      "Failed",
	Terminating: "Terminating",
	NotReady:    "NotReady",
	Ready:       "Ready",
	Available:   "Available",
}

// String returns the name of the state, as in "Available".
func (s State) String() string { return enum.Name("State", int(s), stateNames) }

// MarshalText returns String in lower camel case. It never fails.
func (s State) MarshalText() ([]byte, error) { return []byte(enum.Text(s.String())), nil }

// UnmarshalText sets s to the value that MarshalText writes as text. For any other text it returns an error
// and does not change s.
func (s *State) UnmarshalText(text []byte) error {
	return enum.Parse("State", text, stateNames, (*int)(s))
}

// Active reports whether the pod can count as a replica: its phase is neither Succeeded nor Failed, and it is
// not being deleted.
//
// Upstream: IsPodActive in k8s.io/kubernetes/pkg/controller.
func (p Pod) Active() bool { return p.Phase != succeeded && p.Phase != failed && !p.Deleting }

// State returns the state of the pod at the time now. MinReady is spec.minReadySeconds; a negative one counts
// as 0.
func (p Pod) State(minReady time.Duration, now time.Time) State {
	switch {
	case p.Phase == succeeded:
		return Succeeded
	case p.Phase == failed:
		return Failed
	case p.Deleting:
		return Terminating
	case !p.Ready:
		return NotReady
	case p.Available(minReady, now):
		return Available
	default:
		return Ready
	}
}

// Available reports whether the pod is ready, and has been ready for at least minReady at the time now.
// Unlike the State Available, it does not require that the pod is active. Without a minReady (zero or less)
// every ready pod is available; with one, a pod whose ReadySince is zero never is.
//
// Upstream: IsPodAvailable in k8s.io/kubernetes/pkg/api/v1/pod.
func (p Pod) Available(minReady time.Duration, now time.Time) bool {
	return p.Ready && (minReady <= 0 || !p.ReadySince.IsZero() && !p.ReadySince.Add(minReady).After(now))
}

// UntilAvailable returns how long from now until the pod becomes available if it stays ready. It is 0 for a
// pod that is available or not ready, and if ReadySince is zero.
func (p Pod) UntilAvailable(minReady time.Duration, now time.Time) time.Duration {
	if !p.Ready || p.ReadySince.IsZero() || minReady <= 0 {
		return 0
	}
	return max(p.ReadySince.Add(minReady).Sub(now), 0)
}

// TargetNode returns the node of a daemon pod: Node, or Target for a pod that is not assigned to a node yet;
// "" if it has neither.
//
// Upstream: GetTargetNodeName in k8s.io/kubernetes/pkg/controller/daemon/util.
func (p Pod) TargetNode() string { return cmp.Or(p.Node, p.Target) }
