package replica

import (
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
)

// A Pass is what the controller of a ReplicaSet or ReplicationController does in one pass. The indices, those of the plan's
// victims too, are into the pods that it looked at, in their order. The zero value is nothing to do.
type Pass struct {
	Adopt, Release []int // claims to make, before anything else
	Counted        []int // its replicas: pods that it keeps or adopts
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
		v := Judge(c, pods[i], 0, now)
		switch v.Decision {
		case ownership.Adopt:
			p.Adopt = append(p.Adopt, i)
		case ownership.Release:
			p.Release = append(p.Release, i)
		}
		if v.Counted {
			p.Counted = append(p.Counted, i)
		}
	}
	if !c.Deleting && c.UID != "" && c.Selector.Satisfiable() {
		p.Plan = diff(want, pods, slices.Clone(p.Counted), now, o)
	}
	return p
}
