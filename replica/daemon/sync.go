package daemon

import (
	"cmp"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

// A Plan is what a DaemonSet does in one sync: first adoptions and releases, then creations and deletions.
// Indices are into the pods that [Sync] or [Diff] was given. The zero value is nothing to do.
type Plan struct {
	// Pods to adopt and to release. Create and Delete are correct only if all of these writes succeed. If one
	// fails, do not use Create and Delete: return and sync again. Do the same if an adoption fails because the
	// pod is gone, because the plan counted that pod.
	Adopt, Release []int

	Create []string // nodes that need a pod, sorted by name, at most Placement.Burst; nil for none

	// Delete has first the pods of existing nodes, sorted by node name, then the pods that wait for a missing
	// node. It has at most Placement.Burst pods; nil for none.
	Delete []Deletion

	// Current has one pod for each node that Status.Current counts: the pod that represents the node, see
	// Diff. The order is by node name. A pod that succeeded or failed represents its node until it is deleted.
	Current []int

	Status Status

	// NextCheck is how long from now until the next change without a watch event: a failed pod may be deleted,
	// or a pod of Current becomes available. Sync again after this delay. It is 0 if there is no such change.
	NextCheck time.Duration
}

// A Deletion is one pod to delete.
type Deletion struct {
	Index int  // into the pods that Sync or Diff was given
	Rule  Rule // why
}

// A Status counts nodes, as the status of a DaemonSet does. The zero value is the status without nodes.
type Status struct {
	Desired      int // desiredNumberScheduled: nodes whose Fit is ShouldRun
	Current      int // currentNumberScheduled: those of them that have a pod, in any state
	Updated      int // updatedNumberScheduled: those whose pod has the revision of the Placement
	Ready        int // numberReady: those whose pod is ready, even while it is being deleted
	Available    int // numberAvailable: those whose pod has been ready for minReadySeconds
	Unavailable  int // numberUnavailable: Desired minus Available
	Misscheduled int // numberMisscheduled: nodes that have a pod although their Fit is not ShouldRun
}

const defaultBurst = 250

// Sync plans one sync of the DaemonSet c at the time now. It claims pods of c's namespace as
// [ownership.Controller.Decide] does, inactive pods too. Then it plans creations and deletions as [Diff]
// does.
//
// Pass all nodes, the pods that c owns, and the orphans of its namespace. Pods of other controllers and of
// other namespaces change nothing. So it is enough to list the pods from an index by the UID of the
// controller, with the orphans under "".
//
// Create, Delete and Status are empty for a DaemonSet that must not act ([ownership.Controller.Acts]): it has
// no UID, is being deleted, or has a selector that matches every pod or none. Do not write the status then.
//
// It takes n log n steps, and for each node the steps of [Placement.On].
//
// Upstream: syncDaemonSet in k8s.io/kubernetes/pkg/controller/daemon without expectations and updates of the
// template.
func Sync(c ownership.Controller, nodes []Node, pods []replica.Pod, p Placement, now time.Time) Plan {
	var plan Plan
	var claimed []int
	for i := range pods {
		if !c.Reaches(pods[i].Object) {
			continue
		}
		d, _ := c.Decide(pods[i].Object)
		switch d {
		case ownership.Adopt:
			plan.Adopt = append(plan.Adopt, i)
		case ownership.Release:
			plan.Release = append(plan.Release, i)
		}
		if d == ownership.Keep || d == ownership.Adopt {
			claimed = append(claimed, i)
		}
	}
	if c.Acts() {
		plan.diff(nodes, pods, claimed, &p, now)
	}
	return plan
}

// Diff plans the creations and deletions that give each node that should run a pod exactly one, at the time
// now. It is the second part of [Sync]. Pass claimed pods only, because Diff may delete any pod that it is
// given. Include inactive pods. The plan has no adoptions and releases.
//
// Do not call it for a DaemonSet that must not act: see Sync.
//
// If a node has several pods, one of them represents the node: a pod with spec.nodeName before one without,
// then the oldest, then the first by name. The status is about that pod only, even if it failed and a younger
// pod is ready. A node with a pod gets no other pod, even if its pod is being deleted.
//
// Diff deletes a failed pod, now or after the delay of p.FailedPods; a later sync creates the new pod. If
// several pods of one node failed, one sync deletes only one of them. Diff deletes a pod without
// spec.nodeName if its affinity names a missing node. It does not delete a pod whose spec.nodeName is a
// missing node, or a pod without any node: the pod garbage collector does. If several nodes have the same
// name, Diff uses the first.
//
// Upstream: podsShouldBeOnNode, manage and updateDaemonSetStatus in k8s.io/kubernetes/pkg/controller/daemon.
func Diff(nodes []Node, pods []replica.Pod, p Placement, now time.Time) Plan {
	all := make([]int, len(pods))
	for i := range all {
		all[i] = i
	}
	var plan Plan
	plan.diff(nodes, pods, all, &p, now)
	return plan
}

// diff adds what the claimed pods need on the nodes.
func (plan *Plan) diff(nodes []Node, pods []replica.Pod, claimed []int, p *Placement, now time.Time) {
	d := differ{Plan: plan, pods: pods, placement: p, now: now}
	byNode := make(map[string][]int)
	for _, i := range claimed {
		target := pods[i].TargetNode()
		if target != "" && !(ended(&pods[i]) && pods[i].Deleting) {
			byNode[target] = append(byNode[target], i)
		}
	}
	sorted := slices.Clone(nodes)
	slices.SortStableFunc(sorted, func(a, b Node) int { return cmp.Compare(a.Name, b.Name) })
	sorted = slices.CompactFunc(sorted, func(a, b Node) bool { return a.Name == b.Name })
	for _, node := range sorted {
		on := byNode[node.Name]
		delete(byNode, node.Name)
		slices.SortFunc(on, func(i, j int) int {
			return cmp.Or(standsFirst(&pods[i], &pods[j]), cmp.Compare(i, j))
		})
		fit, _ := p.On(node)
		d.count(fit, on)
		switch {
		case fit == ShouldNotRun:
			d.deleteAll(on, NodeUnfit)
		case fit == ShouldRun && len(on) == 0:
			d.Create = append(d.Create, node.Name)
		default:
			d.deleteSurplus(node.Name, on)
		}
	}
	d.Status.Unavailable = d.Status.Desired - d.Status.Available
	d.deleteAll(waiting(pods, byNode), NodeMissing)

	burst := p.Burst
	if burst <= 0 {
		burst = defaultBurst
	}
	d.Create = d.Create[:min(len(d.Create), burst)]
	d.Delete = d.Delete[:min(len(d.Delete), burst)]
}

// A differ is a plan in the making.
type differ struct {
	*Plan
	pods      []replica.Pod
	placement *Placement
	now       time.Time
}

// ended reports whether the pod's phase is final.
func ended(p *replica.Pod) bool { return p.Phase == "Succeeded" || p.Phase == "Failed" }

// checkAfter has the next check come after a delay, unless another comes earlier. A delay of 0 is none.
func (d *differ) checkAfter(delay time.Duration) {
	if delay > 0 && (d.NextCheck == 0 || delay < d.NextCheck) {
		d.NextCheck = delay
	}
}

// count adds a node to the status. Its pods are in the order in which they stand for it.
func (d *differ) count(fit Fit, on []int) {
	if fit != ShouldRun {
		if len(on) > 0 {
			d.Status.Misscheduled++
		}
		return
	}
	d.Status.Desired++
	if len(on) == 0 {
		return
	}
	d.Status.Current++
	d.Current = append(d.Current, on[0])
	first, p := &d.pods[on[0]], d.placement
	if p.Revision != "" && first.Revision == p.Revision {
		d.Status.Updated++
	}
	if first.Ready {
		d.Status.Ready++
	}
	if first.Available(p.MinReady, d.now) {
		d.Status.Available++
	}
	d.checkAfter(first.UntilAvailable(p.MinReady, d.now))
}

// deleteAll deletes the pods that are not being deleted already.
func (d *differ) deleteAll(on []int, rule Rule) {
	for _, i := range on {
		if !d.pods[i].Deleting {
			d.Delete = append(d.Delete, Deletion{i, rule})
		}
	}
}

// deleteSurplus deletes the pods on a node that may have one, except the first one that has not ended.
func (d *differ) deleteSurplus(node string, on []int) {
	failedPods := d.placement.FailedPods
	wait := failedPods.Wait(node, d.now)
	running := 0
	for _, i := range on {
		switch p := &d.pods[i]; {
		case p.Deleting:
		case p.Phase == "Failed" && wait > 0:
			d.checkAfter(wait)
		case p.Phase == "Failed":
			d.Delete = append(d.Delete, Deletion{i, PodFailed})
			wait = failedPods.next(node, d.now)
		case p.Phase == "Succeeded":
			d.Delete = append(d.Delete, Deletion{i, PodSucceeded})
		default:
			if running++; running > 1 {
				d.Delete = append(d.Delete, Deletion{i, Duplicate})
			}
		}
	}
}

// waiting returns the pods that are not assigned to a node, by name.
func waiting(pods []replica.Pod, byNode map[string][]int) []int {
	var waiting []int
	for _, of := range byNode {
		for _, i := range of {
			if pods[i].Node == "" {
				waiting = append(waiting, i)
			}
		}
	}
	slices.SortFunc(waiting, func(i, j int) int {
		return cmp.Or(cmp.Compare(pods[i].Name, pods[j].Name), cmp.Compare(pods[i].UID, pods[j].UID), cmp.Compare(i, j))
	})
	return waiting
}

// standsFirst orders the pods of one node: the first pod stands for it.
func standsFirst(a, b *replica.Pod) int {
	return cmp.Or(
		-compareBool(a.Node != "", b.Node != ""),
		a.Created.Compare(b.Created),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.UID, b.UID),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
