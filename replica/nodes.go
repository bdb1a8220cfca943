package replica

import (
	"cmp"
	"slices"
	"time"
)

// A NodePlan says what would bring a DaemonSet to one pod a node, and counts for its status. The zero value is nothing to do.
type NodePlan struct {
	// Names of nodes that need a pod, in the order of the nodes, at most Placement.Burst of Desired - Current; nil for none.
	Create []string
	Delete []Victim // in the order of the nodes, then pods that wait for missing nodes by name, at most Placement.Burst; nil for none

	// The pods that stand for their nodes, as indices into pods: one for each node that should run a pod and has one,
	// in the order of the nodes. An ended pod, which is to be deleted too, stands for its node until it is gone.
	Counted []int

	// Nodes, as in the DaemonSet's status.
	Desired      int // should run a pod
	Current      int // of those: have one, in whatever state
	Updated      int // of those: whose pod is of Placement.Revision
	Ready        int // of those: whose pod has the Ready condition, even while it is being deleted
	Available    int // of those: whose pod has been ready for MinReady
	Unavailable  int // the other desired ones
	Misscheduled int // should run none, or only keep one, and have one

	// In how long, counted from the time of the plan, to look again though nothing happens: a failed pod that is held back may
	// be deleted, or a counted pod will be available. Zero when nothing waits.
	NextCheck time.Duration
}

const defaultNodeBurst = 250

// DiffNodes compares pods with the nodes on which p wants one, and returns what to do at the time now. Pass the pods that the
// DaemonSet claims ([ownership.Keep] and [ownership.Adopt]), inactive ones included, and no others: those on unfit nodes
// are to be deleted.
//
// Do not ask on behalf of a DaemonSet that must not act, or for which no pod can count. [ReconcileNodes] looks after that.
//
// Of several pods on one node the first stands for it: scheduled before waiting, then the oldest, then by name; a dashboard sees
// that one's state alone in the status, even when it failed and a younger one is ready. No pod is created on a node that has
// one, even one that is being deleted. A failed pod is deleted to be replaced, unless p.Backoff holds it back; of several
// on a node one is deleted at a time. Pods bound to a node that is missing, and pods that are for no node at all, are left
// alone. A node that is listed twice is looked at once, as it stands first.
//
// Template updates, rolling or with surge, are not part of it: pods of another revision stay.
//
// Upstream: podsShouldBeOnNode, manage and updateDaemonSetStatus in k8s.io/kubernetes/pkg/controller/daemon.
func DiffNodes(nodes []Node, pods []Pod, p Placement, now time.Time) NodePlan {
	all := make([]int, len(pods))
	for i := range all {
		all[i] = i
	}
	return diffNodes(nodes, pods, all, p, now)
}

// diffNodes is DiffNodes for those of the pods that are claimed.
func diffNodes(nodes []Node, pods []Pod, claimed []int, p Placement, now time.Time) NodePlan {
	d := nodeDiff{pods: pods, placement: &p, now: now}
	if p.Backoff == nil {
		p.Backoff = new(Backoff)
	}
	byNode := make(map[string][]int)
	for _, i := range claimed {
		terminal := pods[i].Phase == succeeded || pods[i].Phase == failed
		if target := pods[i].TargetNode(); target != "" && !(terminal && pods[i].Deleting) {
			byNode[target] = append(byNode[target], i)
		}
	}
	seen := make(map[string]bool, len(nodes))
	for _, node := range nodes {
		if seen[node.Name] {
			continue
		}
		seen[node.Name] = true
		on := byNode[node.Name]
		delete(byNode, node.Name)
		slices.SortFunc(on, func(i, j int) int { return standsFirst(&pods[i], &pods[j]) })
		fit, _ := p.On(node)
		d.count(fit, on)
		switch {
		case fit == ShouldNotRun:
			d.deleteAll(on, NodeUnfit)
		case fit == ShouldRun && len(on) == 0:
			d.plan.Create = append(d.plan.Create, node.Name)
		default:
			d.deleteSurplus(node.Name, on)
		}
	}
	d.plan.Unavailable = d.plan.Desired - d.plan.Available
	d.deleteAll(waiting(pods, byNode), NodeMissing)

	burst := p.Burst
	if burst <= 0 {
		burst = defaultNodeBurst
	}
	d.plan.Create = d.plan.Create[:min(len(d.plan.Create), burst)]
	d.plan.Delete = d.plan.Delete[:min(len(d.plan.Delete), burst)]
	return d.plan
}

// A nodeDiff is a plan in the making.
type nodeDiff struct {
	pods      []Pod
	placement *Placement
	now       time.Time
	plan      NodePlan
}

// count adds a node with these pods, in the order in which they stand for it, to the status.
func (d *nodeDiff) count(fit Fit, on []int) {
	if fit != ShouldRun {
		if len(on) > 0 {
			d.plan.Misscheduled++
		}
		return
	}
	d.plan.Desired++
	if len(on) == 0 {
		return
	}
	d.plan.Current++
	d.plan.Counted = append(d.plan.Counted, on[0])
	first, p := &d.pods[on[0]], d.placement
	if p.Revision != "" && first.Revision == p.Revision {
		d.plan.Updated++
	}
	if first.Ready {
		d.plan.Ready++
		if first.readyFor(p.MinReady, d.now) {
			d.plan.Available++
		}
		d.plan.NextCheck = sooner(d.plan.NextCheck, first.untilAvailable(p.MinReady, d.now))
	}
}

// deleteAll deletes the pods, except those that are being deleted already.
func (d *nodeDiff) deleteAll(on []int, rule Rule) {
	for _, i := range on {
		if !d.pods[i].Deleting {
			d.plan.Delete = append(d.plan.Delete, Victim{i, rule})
		}
	}
}

// deleteSurplus deletes, of the pods on a node that may have one, those that ended and all but the first of those that run.
func (d *nodeDiff) deleteSurplus(node string, on []int) {
	backoff := d.placement.Backoff
	wait := backoff.Wait(node, d.now)
	running := 0
	for _, i := range on {
		switch p := &d.pods[i]; {
		case p.Deleting:
		case p.Phase == failed && wait > 0:
			d.plan.NextCheck = sooner(d.plan.NextCheck, wait)
		case p.Phase == failed:
			d.plan.Delete = append(d.plan.Delete, Victim{i, PodFailed})
			wait = backoff.next(node, d.now)
		case p.Phase == succeeded:
			d.plan.Delete = append(d.plan.Delete, Victim{i, PodSucceeded})
		default:
			if running++; running > 1 {
				d.plan.Delete = append(d.plan.Delete, Victim{i, Duplicate})
			}
		}
	}
}

// waiting returns those of the pods that are bound to no node, by name.
func waiting(pods []Pod, byNode map[string][]int) []int {
	var waiting []int
	for _, of := range byNode {
		for _, i := range of {
			if pods[i].Node == "" {
				waiting = append(waiting, i)
			}
		}
	}
	slices.SortFunc(waiting, func(i, j int) int {
		return cmp.Or(cmp.Compare(pods[i].Name, pods[j].Name), cmp.Compare(pods[i].UID, pods[j].UID))
	})
	return waiting
}

// standsFirst orders the pods of one node.
func standsFirst(a, b *Pod) int {
	return cmp.Or(
		-cmp.Compare(oneIf(a.Node != ""), oneIf(b.Node != "")),
		a.Created.Compare(b.Created),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.UID, b.UID),
	)
}
