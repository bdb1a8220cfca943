package daemon

import (
	"maps"
	"time"
)

// The delays of [FailedPods]. A node without a failed pod for twice maxDelay starts again with minDelay.
const (
	minDelay = time.Second
	maxDelay = 15 * time.Minute
)

// FailedPods records the deletions of failed pods of one DaemonSet, by node. It delays the next deletion on a
// node where every pod fails, so that the controller does not replace pods without pause. The first failed
// pod of a node is deleted at once. The second one is deleted at the earliest one second after that. The
// delay doubles with each deletion, up to 15 minutes. It starts again from one second after 30 minutes
// without a deletion of a failed pod on the node. The zero value has no deletions. Start with a new value
// when the spec of the DaemonSet changes.
//
// [Sync] and [Diff] read it. After each deletion for [PodFailed], call Deleted with the pod's
// [replica.Pod.TargetNode]. A copy shares memory with the original. Deleted must not run while another
// method, Sync or Diff uses the same FailedPods.
//
// The Kubernetes controller keeps this record only in memory. So a program that explains a cluster cannot
// know the delays of that controller.
//
// Upstream: failedPodsBackoff of the DaemonSetsController, a k8s.io/client-go/util/flowcontrol.Backoff.
type FailedPods struct {
	nodes map[string]wait
}

// A wait is the delay after a deletion.
type wait struct {
	since time.Time
	delay time.Duration
}

// over reports whether no pod failed for so long that the node starts again with minDelay.
func (w wait) over(now time.Time) bool { return now.Sub(w.since) > 2*maxDelay }

// Deleted records that a failed pod of the node is deleted at the time now. It forgets nodes whose delay is
// reset, so that f does not grow as nodes come and go. Call it for one pod after another, before or after the
// deletions, not from concurrent deletions.
func (f *FailedPods) Deleted(node string, now time.Time) {
	if f.nodes == nil {
		f.nodes = make(map[string]wait)
	}
	maps.DeleteFunc(f.nodes, func(_ string, w wait) bool { return w.over(now) })
	f.nodes[node] = wait{since: now, delay: f.next(node, now)}
}

// next returns the delay after a deletion at the time now.
func (f *FailedPods) next(node string, now time.Time) time.Duration {
	if f == nil {
		return minDelay
	}
	w, known := f.nodes[node]
	if !known || w.over(now) {
		return minDelay
	}
	return min(2*w.delay, maxDelay)
}

// Wait returns how long from now the next failed pod of the node has to stay; 0 if it may be deleted. A nil f
// has no deletions.
func (f *FailedPods) Wait(node string, now time.Time) time.Duration {
	if f == nil {
		return 0
	}
	w, known := f.nodes[node]
	if !known {
		return 0
	}
	return max(w.since.Add(w.delay).Sub(now), 0)
}
