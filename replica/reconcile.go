package replica

import (
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
)

// A Pass is what the controller of a ReplicaSet or ReplicationController does in one pass. The indices, those of the plan's
// victims too, are into the pods that it looked at, in their order. The zero value is nothing to do.
type Pass struct {
	Adopt, Release []int // claims to make, in any order, before anything else; where one fails, the plan is void
	Counted        []int // its replicas: active pods that it keeps or adopts
	Owned          []int // those, and its inactive ones that match: what [Summarize] counts
	Plan                 // what to create or delete
}

// Reconcile decides one pass of c, which wants so many pods, over the pods of its namespace at the time now: it has [Judge] claim
// each and plans, as [Diff] does, with those that count. The plan is empty for a controller that must not act, because it is
// being deleted, and for one for which no pod can count, because it has no UID or a selector that nothing can match.
//
// Upstream: syncReplicaSet in k8s.io/kubernetes/pkg/controller/replicaset, between its expectations and its status; it does create
// pods for a selector that nothing matches, pass after pass.
func Reconcile(c ownership.Controller, want int, pods []Pod, now time.Time, o Options) Pass {
	var p Pass
	for i := range pods {
		d, _ := c.Decide(pods[i].Object)
		active := pods[i].Active()
		switch { // as Judge has it: an inactive pod is neither adopted nor released
		case active && d == ownership.Adopt:
			p.Adopt = append(p.Adopt, i)
		case active && d == ownership.Release:
			p.Release = append(p.Release, i)
			continue
		case d != ownership.Keep:
			continue
		}
		p.Owned = append(p.Owned, i)
		if active {
			p.Counted = append(p.Counted, i)
		}
	}
	if acts(c) {
		p.Plan = diff(want, pods, slices.Clone(p.Counted), now, o)
	}
	return p
}

// A NodePass is what the controller of a DaemonSet does in one pass. The indices, those of the plan too, are into the pods that
// it looked at. The zero value is nothing to do.
type NodePass struct {
	Adopt, Release []int // claims to make, in any order, before anything else; where one fails, the plan is void
	NodePlan             // what to create or delete, and the status
}

// ReconcileNodes decides one pass of the DaemonSet c over the nodes and the pods of its namespace at the time now: it has
// [ownership.Controller.Decide] claim each pod, inactive ones too, and plans, as [DiffNodes] does, with those that it keeps or
// adopts. The plan, with its status, is empty for a DaemonSet that must not act, because it is being deleted or selects
// everything, and for one for which no pod can count, because it has no UID or a selector that nothing can match.
//
// Upstream: syncDaemonSet in k8s.io/kubernetes/pkg/controller/daemon, without its expectations and the updates of its template.
func ReconcileNodes(c ownership.Controller, nodes []Node, pods []Pod, p Placement, now time.Time) NodePass {
	var pass NodePass
	var claimed []int
	for i := range pods {
		d, _ := c.Decide(pods[i].Object)
		switch d {
		case ownership.Adopt:
			pass.Adopt = append(pass.Adopt, i)
		case ownership.Release:
			pass.Release = append(pass.Release, i)
		}
		if d == ownership.Keep || d == ownership.Adopt {
			claimed = append(claimed, i)
		}
	}
	if acts(c) && !c.Selector.IsEverything() {
		pass.NodePlan = diffNodes(nodes, pods, claimed, p, now)
	}
	return pass
}

// acts reports whether a plan may be made for c: it is not being deleted, and some pod can count for it.
func acts(c ownership.Controller) bool {
	return !c.Deleting && c.UID != "" && c.Selector.Satisfiable()
}
