package daemon

import (
	"cmp"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

// A Plan is what a DaemonSet does in one sync: claims first, then creations and deletions. Indices are into the pods that [Sync] or
// [Diff] was given. The zero value is nothing to do.
type Plan struct {
	// Claims to make. Create and Delete take for granted that they succeed. If one fails, return and sync again, also when an adoption
	// fails because the pod is gone.
	Adopt, Release []int

	Create []string   // names of nodes that need a pod, in order, at most Placement.Burst; nil for none
	Delete []Deletion // by node name, then pods that wait for missing nodes, at most Placement.Burst; nil for none

	// Counted has, for each node that should run a pod and has one, the pod that stands for the node, in order of node names. An ended
	// pod stands for its node until it is deleted.
	Counted []int

	Status Status

	// NextCheck is how long until the next change that no watch event announces, counted from the time of the plan, or 0: a failed pod
	// may be deleted, or a counted pod becomes available. Sync again after this delay.
	NextCheck time.Duration
}

// A Deletion is one pod to delete.
type Deletion struct {
	Index int  // into the pods that Sync or Diff was given
	Rule  Rule // why
}

// A Status counts nodes, as the status of a DaemonSet does. The zero value is the status without nodes.
type Status struct {
	Desired      int // nodes that should run a pod
	Current      int // of the desired nodes: those with a pod in any state
	Updated      int // of the desired nodes: those whose pod has the revision of the Placement
	Ready        int // of the desired nodes: those whose pod is ready, even while it is being deleted
	Available    int // of the desired nodes: those whose pod has been ready for minReadySeconds
	Unavailable  int // Desired minus Available
	Misscheduled int // nodes with a pod that should run none, or that only keep one
}

const defaultBurst = 250

// Sync plans one sync of the DaemonSet c at the time now: it claims pods as [ownership.Controller.Decide] does, inactive pods too, and
// compares the claimed pods with the nodes as [Diff] does.
//
// Pass all nodes, and at least the pods of c's namespace that c controls or that are orphans. Pods of other controllers and of
// other namespaces change nothing, so a cache may leave them out.
//
// Create, Delete and Status are empty for a DaemonSet that must not act ([ownership.Controller.Acts]): it has no UID, is being
// deleted, or has a selector that matches every pod or none.
//
// It takes n log n steps, and for each node the steps of [Placement.On].
//
// Upstream: syncDaemonSet in k8s.io/kubernetes/pkg/controller/daemon without expectations and updates of the template.
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

// Diff compares pods with the nodes on which p wants one, at the time now: the part of [Sync] after the claims. Pass claimed pods
// only, inactive ones included, since pods on nodes that should run none are deleted. The plan has no claims.
//
// Do not call it for a DaemonSet that must not act: see Sync.
//
// Of several pods on one node, the first one stands for it: scheduled before waiting, then the oldest, then by name. The status is about
// that pod only, even if it failed and a younger pod is ready. A node with a pod gets no other pod, even if its pod is being deleted.
// A failed pod is deleted and replaced later, unless p.FailedPods holds it back; of several failed pods on a node, one is deleted at a
// time. Pods on missing nodes and pods for no node are left to the garbage collector. Of nodes with one name, the first counts.
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
		slices.SortFunc(on, func(i, j int) int { return cmp.Or(standsFirst(&pods[i], &pods[j]), cmp.Compare(i, j)) })
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
	d.Counted = append(d.Counted, on[0])
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
