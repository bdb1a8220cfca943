package replica

import (
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
)

// A Plan is what a ReplicaSet or ReplicationController does in one sync: first adoptions and releases, then
// either creations or deletions. Indices are into the pods that [Sync] or [Diff] was given, in ascending
// order except for Delete. The zero value is nothing to do.
type Plan struct {
	// Pods to adopt and to release. Create and Delete are correct only if all of these writes succeed. If one
	// fails, do not use Create and Delete: return and sync again. Do the same if an adoption fails because the
	// pod is gone, because the plan counted that pod.
	Adopt, Release []int

	Claimed []int // active pods that are kept or adopted; their number is compared with the number wanted
	Kept    []int // Claimed, and the inactive pods that are kept: pass them to [Summarize] after the adoptions

	Create int        // number of pods to create, at most Options.Burst
	Delete []Deletion // pods to delete, in the order of deletion, at most Options.Burst; nil for none
}

// A Deletion is one pod to delete.
type Deletion struct {
	Index int  // into the pods that Sync or Diff was given
	Rule  Rule // why this pod and not one that stays
}

// Options tune [Sync] and [Diff]. With the zero value, Burst is Kubernetes' 500 and no pod has related pods.
type Options struct {
	Burst   int            // maximum number of pods to create or to delete in one sync; zero or less: 500
	Related map[string]int // number of related pods on each node, from [Related]; only read
}

const defaultBurst = 500

// FailureReason returns the reason for the condition ReplicaFailure, if a write of the plan failed:
// FailedCreate if the plan creates pods, FailedDelete if it deletes pods, and "" if it does neither.
// Kubernetes does not change the condition again until a sync succeeds.
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

// Sync plans one sync of the controller c at the time now. Want is spec.replicas. Sync claims pods as [Judge]
// does. Then it plans creations or deletions as [Diff] does.
//
// Pass the pods that c owns and the orphans of its namespace. Pods of other controllers and of other
// namespaces change nothing. So it is enough to list the pods from an index by the UID of the controller,
// with the orphans under ""; there is no need to list the whole namespace. If you leave out inactive pods
// that c owns, Plan.Kept lacks them, and Status.Terminating and Status.Phases are too low.
//
// Create and Delete are empty for a controller that must not act ([ownership.Controller.Acts]): it has no
// UID, is being deleted, or has a selector that matches every pod or none.
//
// It takes n log n steps. The order of pods does not matter, as long as their UIDs differ.
//
// Upstream: syncReplicaSet in k8s.io/kubernetes/pkg/controller/replicaset without expectations and status. If
// the selector matches no pod, upstream creates new pods in every sync.
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
		if v.Claimed || v.Kept {
			p.Kept = append(p.Kept, i)
		}
	}
	if c.Acts() {
		p.Create, p.Delete = diff(want, pods, slices.Clone(p.Claimed), now, o)
	}
	return p
}

// Diff plans the creations or deletions that bring the number of active pods to want. It is the second part
// of [Sync]. Pass claimed pods only, because Diff may delete any pod that it is given. Inactive pods neither
// count nor are deleted. A negative want counts as 0. The plan has only Create and Delete.
//
// Do not call it for a controller that must not act: see Sync.
//
// It takes n log n steps. The order of pods does not matter, as long as their UIDs differ.
//
// Upstream: manageReplicas and getPodsToDelete in k8s.io/kubernetes/pkg/controller/replicaset.
// [DeletionOrder] says which pods go.
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
