package replica

import (
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
)

// A Plan is what a ReplicaSet or ReplicationController does in one sync: claims first, then either creations or deletions. Indices are
// into the pods that [Sync] or [Diff] was given, in ascending order except for Delete. The zero value is nothing to do.
type Plan struct {
	// Claims to make. Create and Delete take for granted that they succeed. If one fails, return and sync again, also when an adoption
	// fails because the pod is gone.
	Adopt, Release []int

	Claimed []int // active pods that it keeps or adopts: their number is compared with the number wanted
	Owned   []int // Claimed and the inactive pods that it owns and selects: what [Summarize] counts

	Create int        // number of pods to create, at most Options.Burst
	Delete []Deletion // pods to delete, the first to be deleted first, at most Options.Burst; nil for none
}

// A Deletion is one pod to delete.
type Deletion struct {
	Index int  // into the pods that Sync or Diff was given
	Rule  Rule // why this pod and not one that stays
}

// Options tune [Sync] and [Diff]. The zero value is Kubernetes' own.
type Options struct {
	Burst   int            // maximum number of pods to create or to delete in one sync; zero or less: 500
	Related map[string]int // number of related pods on each node, from [Related]; only read
}

const defaultBurst = 500

// FailureReason returns the reason of the condition ReplicaFailure when a creation or deletion of p failed: FailedCreate or
// FailedDelete, or "" when there was nothing to do. The condition keeps the message of the first failure until a sync succeeds.
//
// Upstream: calculateStatus in k8s.io/kubernetes/pkg/controller/replicaset.
func (p Plan) FailureReason() string {
	switch {
	case p.Create > 0:
		return "FailedCreate"
	case len(p.Delete) > 0:
		return "FailedDelete"
	default:
		return ""
	}
}

// Sync plans one sync of the controller c, which wants so many pods, at the time now: it claims pods as [Judge] does, and compares the
// claimed pods with want as [Diff] does.
//
// Pass at least the active pods of c's namespace that c controls or that are orphans. Pods of other controllers and of other
// namespaces change nothing, so a cache may leave them out: list by an index of the controller's UID, not the whole namespace.
// Without the inactive pods that c controls, Owned and so [Summarize] lack them.
//
// Create and Delete are empty for a controller that must not act ([ownership.Controller.Acts]): it has no UID, is being deleted,
// or has a selector that matches every pod or none.
//
// It takes n log n steps. The order of pods does not matter, as long as their UIDs differ.
//
// Upstream: syncReplicaSet in k8s.io/kubernetes/pkg/controller/replicaset without expectations and status. It creates pods in
// every sync for a selector that matches none.
func Sync(c ownership.Controller, want int, pods []Pod, now time.Time, o Options) Plan {
	var p Plan
	for i := range pods {
		v := Judge(c, pods[i], 0, now)
		switch v.Decision {
		case ownership.Adopt:
			p.Adopt = append(p.Adopt, i)
		case ownership.Release:
			p.Release = append(p.Release, i)
		}
		if v.Claimed {
			p.Claimed = append(p.Claimed, i)
		}
		if v.Claimed || v.Owned {
			p.Owned = append(p.Owned, i)
		}
	}
	if c.Acts() {
		p.Create, p.Delete = diff(want, pods, slices.Clone(p.Claimed), now, o)
	}
	return p
}

// Diff compares pods with the number wanted at the time now: the part of [Sync] after the claims. Pass claimed pods only, since any of
// them may be deleted. Inactive pods neither count nor are deleted. A negative want counts as 0. The plan has only Create and Delete.
//
// Do not call it for a controller that must not act: see Sync.
//
// It takes n log n steps. The order of pods does not matter, as long as their UIDs differ.
//
// Upstream: manageReplicas and getPodsToDelete in k8s.io/kubernetes/pkg/controller/replicaset. [DeletionOrder] says which pods go.
func Diff(want int, pods []Pod, now time.Time, o Options) Plan {
	var p Plan
	p.Create, p.Delete = diff(want, pods, active(pods), now, o)
	return p
}

// diff compares the pods with these indices, which it sorts, with the number wanted.
func diff(want int, pods []Pod, indices []int, now time.Time, o Options) (create int, deletions []Deletion) {
	want = max(want, 0)
	burst := o.Burst
	if burst <= 0 {
		burst = defaultBurst
	}
	surplus := len(indices) - want
	if surplus <= 0 {
		return min(-surplus, burst), nil
	}
	ranks := ranksOf(pods, indices, now, o.Related)
	sortRanks(ranks, indices)
	for _, i := range indices[:min(surplus, burst)] {
		d := Deletion{Index: i, Rule: NoneStays}
		if want > 0 {
			d.Rule = ranks[i].rule(&ranks[indices[surplus]])
		}
		deletions = append(deletions, d)
	}
	return 0, deletions
}
