package replica

import (
	"maps"
	"time"
)

// How long a failed daemon pod stays until it is replaced: first nothing, then from minBackoff on twice as long each time, up to
// maxBackoff. A node that had no failed pod for twice maxBackoff begins anew.
const (
	minBackoff = time.Second
	maxBackoff = 15 * time.Minute
)

// A Backoff remembers on which nodes failed pods of one DaemonSet were deleted, so that a node that fails every pod is not given
// one after another: the first is replaced at once, the next after a second, then after twice as long each time, up to a
// quarter of an hour; after half an hour of quiet it begins anew. The zero value remembers none. A DaemonSet begins with a new
// one whenever its spec changes. It is in the controller's memory alone: who looks on from outside does not know it.
//
// [DiffNodes] reads it, and whoever carries out the plan tells it of the [Pod.TargetNode] of each pod that was deleted for
// [PodFailed]. It holds a map: a copy is not independent, and Deleted must not run beside any other use.
//
// Upstream: failedPodsBackoff of the DaemonSetsController, a k8s.io/client-go/util/flowcontrol.Backoff.
type Backoff struct {
	nodes map[string]wait
}

// A wait is for how long after a deletion the next one has to wait.
type wait struct {
	since time.Time
	delay time.Duration
}

// over reports whether all was quiet for so long since the deletion that it is as if it had never been.
func (w wait) over(now time.Time) bool { return now.Sub(w.since) > 2*maxBackoff }

// Deleted tells b that a failed pod that was on the node, or waited for it, is being deleted at the time now. It forgets the
// nodes that begin anew, so that b does not grow as nodes come and go.
func (b *Backoff) Deleted(node string, now time.Time) {
	if b.nodes == nil {
		b.nodes = make(map[string]wait)
	}
	maps.DeleteFunc(b.nodes, func(_ string, w wait) bool { return w.over(now) })
	b.nodes[node] = wait{since: now, delay: b.next(node, now)}
}

// next is the delay that a deletion at the time now begins.
func (b *Backoff) next(node string, now time.Time) time.Duration {
	w, known := b.nodes[node]
	if !known || w.over(now) {
		return minBackoff
	}
	return min(2*w.delay, maxBackoff)
}

// Wait returns for how long from now on no failed pod of the node should be deleted; zero when one may be.
func (b *Backoff) Wait(node string, now time.Time) time.Duration {
	w, known := b.nodes[node]
	if !known {
		return 0
	}
	return max(w.since.Add(w.delay).Sub(now), 0)
}
