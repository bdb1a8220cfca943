package replica

import (
	"cmp"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/selector"
)

// A Node is what a DaemonSet has to know of a node. The zero value has no name and no labels.
type Node struct {
	Name   string
	Labels map[string]string // only read
}

// A Placement says on which nodes a DaemonSet's pods run. The zero value is every node.
type Placement struct {
	NodeSelector selector.Selector // the pod template's nodeSelector; its Explain says why a node does not fit
	MinReady     time.Duration     // spec.minReadySeconds: for how long a pod has to be ready to be available
}

// A Fit says what a DaemonSet does on a node. The zero value is unset.
type Fit int

// The fits.
const (
	ShouldRun    Fit = 1 + iota // a pod should run there
	ShouldNotRun                // no pod should run there, and those that do are deleted
)

var fitNames = []string{
	0:            "Unset",
	ShouldRun:    "ShouldRun",
	ShouldNotRun: "ShouldNotRun",
}

// String returns the name of the fit, as in "ShouldRun".
func (f Fit) String() string { return enum.Name("Fit", int(f), fitNames) }

// MarshalText returns String; it never fails.
func (f Fit) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText sets f to the value of that name. For another text it returns an error and leaves f alone.
func (f *Fit) UnmarshalText(text []byte) error {
	return enum.Parse("Fit", text, fitNames, (*int)(f))
}

// On says whether a pod should run on the node. It does not allocate.
//
// Upstream: NodeShouldRunDaemonPod in k8s.io/kubernetes/pkg/controller/daemon, of which only the node selector is asked so
// far, not the template's node name, affinity and taints.
func (p Placement) On(n Node) Fit {
	if p.NodeSelector.Matches(n.Labels) {
		return ShouldRun
	}
	return ShouldNotRun
}

// A NodePlan says what would bring a DaemonSet to one pod a node, and counts for its status. The zero value is nothing to do.
type NodePlan struct {
	Create []string // names of nodes that need a pod, in the order of the nodes; nil for none
	Delete []Victim // in the order of the nodes, then pods that wait for missing nodes by name; nil for none

	// The pods that stand for their nodes, as indices into pods: one for each node that should run a pod and has one,
	// in the order of the nodes. An ended pod, which is to be deleted too, stands for its node until it is gone.
	Counted []int

	// Nodes, as in the DaemonSet's status.
	Desired      int // should run a pod
	Current      int // of those: have one, in whatever state
	Ready        int // of those: whose pod has the Ready condition, even while it is being deleted
	Available    int // of those: whose pod has been ready for MinReady
	Misscheduled int // should run none and have one
}

// DiffNodes compares pods with the nodes on which p wants one, and returns what to do at the time now. Pass the pods that the
// DaemonSet claims ([ownership.Keep] and [ownership.Adopt]), inactive ones included, and no others: those on unfit nodes
// are to be deleted.
//
// Of several pods on one node the first stands for it: scheduled before waiting, then the oldest, then by name. No pod is
// created on a node that has one, even one that is being deleted. Pods bound to a node that is missing, and pods that are for
// no node at all, are left alone. A node that is listed twice is looked at once, as it stands first.
//
// Template updates, the back-off of failed pods and the burst limit are not part of it.
//
// Upstream: podsShouldBeOnNode and updateDaemonSetStatus in k8s.io/kubernetes/pkg/controller/daemon.
func DiffNodes(nodes []Node, pods []Pod, p Placement, now time.Time) NodePlan {
	byNode := make(map[string][]int)
	for i := range pods {
		terminal := pods[i].Phase == succeeded || pods[i].Phase == failed
		if target := pods[i].target(); target != "" && !(terminal && pods[i].Deleting) {
			byNode[target] = append(byNode[target], i)
		}
	}
	var plan NodePlan
	seen := make(map[string]bool, len(nodes))
	for _, node := range nodes {
		if seen[node.Name] {
			continue
		}
		seen[node.Name] = true
		on := byNode[node.Name]
		delete(byNode, node.Name)
		slices.SortFunc(on, func(i, j int) int { return standsFirst(&pods[i], &pods[j]) })
		switch {
		case p.On(node) == ShouldNotRun:
			if len(on) > 0 {
				plan.Misscheduled++
			}
			for _, i := range on {
				if !pods[i].Deleting {
					plan.Delete = append(plan.Delete, Victim{i, NodeUnfit})
				}
			}
		case len(on) == 0:
			plan.Desired++
			plan.Create = append(plan.Create, node.Name)
		default:
			plan.Desired++
			plan.Current++
			plan.Counted = append(plan.Counted, on[0])
			if first := &pods[on[0]]; first.Ready {
				plan.Ready++
				if first.readyFor(p.MinReady, now) {
					plan.Available++
				}
			}
			plan.Delete = append(plan.Delete, surplusOn(pods, on)...)
		}
	}
	var lost []int // wait for a node that is not there
	for _, waiting := range byNode {
		for _, i := range waiting {
			if pods[i].Node == "" && !pods[i].Deleting {
				lost = append(lost, i)
			}
		}
	}
	slices.SortFunc(lost, func(i, j int) int {
		return cmp.Or(cmp.Compare(pods[i].Name, pods[j].Name), cmp.Compare(pods[i].UID, pods[j].UID))
	})
	for _, i := range lost {
		plan.Delete = append(plan.Delete, Victim{i, NodeMissing})
	}
	return plan
}

// surplusOn returns those of the pods on a node that should run one which have to go: ended ones, and all but the first
// of those that run.
func surplusOn(pods []Pod, on []int) []Victim {
	var gone []Victim
	running := 0
	for _, i := range on {
		switch {
		case pods[i].Deleting:
		case pods[i].Phase == failed:
			gone = append(gone, Victim{i, PodFailed})
		case pods[i].Phase == succeeded:
			gone = append(gone, Victim{i, PodSucceeded})
		default:
			if running++; running > 1 {
				gone = append(gone, Victim{i, Duplicate})
			}
		}
	}
	return gone
}

// target returns the node that a daemon pod is for, or "" when it is for none.
func (p *Pod) target() string { return cmp.Or(p.Node, p.Target) }

// standsFirst orders the pods of one node.
func standsFirst(a, b *Pod) int {
	return cmp.Or(
		-cmp.Compare(oneIf(a.Node != ""), oneIf(b.Node != "")),
		a.Created.Compare(b.Created),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.UID, b.UID),
	)
}
