package replica

import (
	"slices"
	"time"
)

// Options tune [Diff]. The zero value is upstream's.
type Options struct {
	Burst   int            // at most so many pods are created or deleted at once; 500 when zero or less
	Related map[string]int // how many related pods are active on each node, as [Related] counts them; only read
}

const defaultBurst = 500

// A Plan says what would bring a controller to the wanted number of pods: some to create, or some to delete, never both.
// The zero value is nothing to do.
type Plan struct {
	Create int      // how many, at most Options.Burst even if more are missing
	Delete []Victim // which, the first to go first, at most Options.Burst; nil for none
}

// A Victim is a pod to delete.
type Victim struct {
	Index int  // into the pods that Diff or DiffNodes was given, not into a list that they were chosen from
	Rule  Rule // why it goes and others stay
}

// FailureReason returns the reason of the ReplicaFailure condition that a ReplicaSet gets when p could not be carried out:
// FailedCreate or FailedDelete, or "" when there was nothing to do. The condition keeps the message of the first failure
// until a pass succeeds.
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

// Diff compares pods with the number wanted, and returns what to do at the time now. Pass the pods that count for the
// controller ([Verdict].Counted), and no others: any of them may be chosen to go. Inactive ones among them neither count nor are
// deleted. A negative want is 0. The order of pods does not matter, as long as their UIDs differ.
//
// Do not ask on behalf of a controller for which no pod can count: it would be told to create more at every pass. [Reconcile]
// looks after that.
//
// Upstream: manageReplicas and getPodsToDelete in k8s.io/kubernetes/pkg/controller/replicaset, the latter as [Compare] has it.
func Diff(want int, pods []Pod, now time.Time, o Options) Plan {
	var active []int
	for i := range pods {
		if pods[i].Active() {
			active = append(active, i)
		}
	}
	return diff(want, pods, active, now, o)
}

// diff is Diff for those of the pods that are active. It sorts active.
func diff(want int, pods []Pod, active []int, now time.Time, o Options) Plan {
	want = max(want, 0)
	burst := o.Burst
	if burst <= 0 {
		burst = defaultBurst
	}
	if len(active) <= want {
		return Plan{Create: min(want-len(active), burst)}
	}
	ranks := make([]rank, len(pods))
	for _, i := range active {
		ranks[i] = rankOf(&pods[i], now, o.Related)
	}
	slices.SortFunc(active, func(i, j int) int {
		c, _ := ranks[i].compare(&ranks[j])
		return c
	})
	surplus := active[:len(active)-want]
	var plan Plan
	for _, i := range surplus[:min(len(surplus), burst)] {
		rule := NoneStays
		if want > 0 {
			_, rule = ranks[i].compare(&ranks[active[len(surplus)]])
		}
		plan.Delete = append(plan.Delete, Victim{Index: i, Rule: rule})
	}
	return plan
}
