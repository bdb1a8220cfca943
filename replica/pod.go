package replica

import (
	"cmp"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/ownership"
)

// A Pod is what this package has to know of a pod. The zero value is an active orphan that is not ready.
type Pod struct {
	ownership.Object

	Node       string    // spec.nodeName; empty for a pod that is not scheduled
	Target     string    // of a daemon pod: the node that its affinity names, for as long as Node is empty
	Phase      string    // status.phase: Pending, Running, Succeeded, Failed or Unknown; any other text is active too
	Revision   string    // of a daemon pod: the controller-revision-hash label, for NodePlan.Updated
	Ready      bool      // the Ready condition is True
	ReadySince time.Time // the Ready condition's last transition; zero when unknown
	Created    time.Time // metadata.creationTimestamp

	Restarts        int32 // the highest restart count among regular containers
	SidecarRestarts int32 // the highest restart count among sidecars (init containers that always restart)
	DeletionCost    int32 // the annotation controller.kubernetes.io/pod-deletion-cost; 0 when it is missing or not valid
}

// Phases of a pod that end it. The other phases are equal to this package but for the deletion order.
const (
	succeeded = "Succeeded"
	failed    = "Failed"
)

// A State is how far a pod is from serving, of which only the last three are active. The zero value is unset.
type State int

// The states, in the order in which they are looked at: a pod that failed and is being deleted is Failed.
const (
	Succeeded   State = 1 + iota // phase Succeeded: not active
	Failed                       // phase Failed, by an eviction too: not active
	Terminating                  // being deleted: not active
	NotReady                     // active
	Ready                        // active and ready, but not for the minimum time
	Available                    // active and ready for the minimum time
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

// UnmarshalText sets s to the value that MarshalText writes as text. For any other text it returns an error and does not change s.
func (s *State) UnmarshalText(text []byte) error {
	return enum.Parse("State", text, stateNames, (*int)(s))
}

// State returns how far the pod is at the time now. It is [Available] once it has been ready for minReady, that very moment
// included; with no minimum time (zero or less) as soon as it is ready, and otherwise never while ReadySince is zero.
//
// Upstream: IsPodActive in k8s.io/kubernetes/pkg/controller, IsPodAvailable in pkg/api/v1/pod.
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
	case p.readyFor(minReady, now):
		return Available
	default:
		return Ready
	}
}

// readyFor reports whether a pod that is ready has been so for minReady, whatever else it is.
func (p *Pod) readyFor(minReady time.Duration, now time.Time) bool {
	return minReady <= 0 || !p.ReadySince.IsZero() && !p.ReadySince.Add(minReady).After(now)
}

// untilAvailable returns in how long a pod that is ready, but not for minReady, will be available; zero for any other, and
// for one of which it is not known since when it is ready.
func (p *Pod) untilAvailable(minReady time.Duration, now time.Time) time.Duration {
	if !p.Ready || p.ReadySince.IsZero() || minReady <= 0 {
		return 0
	}
	return max(p.ReadySince.Add(minReady).Sub(now), 0)
}

// TargetNode returns the node that a daemon pod is for: the one that it is bound to, or else waits for; "" when it is for none.
//
// Upstream: GetTargetNodeName in k8s.io/kubernetes/pkg/controller/daemon/util.
func (p Pod) TargetNode() string { return cmp.Or(p.Node, p.Target) }

// Active reports whether the pod counts as a replica: its phase is neither Succeeded nor Failed, and it is not being
// deleted.
func (p Pod) Active() bool { return p.Phase != succeeded && p.Phase != failed && !p.Deleting }
