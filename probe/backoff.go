package probe

import (
	"cmp"
	"math"
	"time"
)

// A Backoff says how long a container that has ended waits until it is started again: the first time not at all, then Initial,
// then each time Factor times as long, up to Max. It begins anew with a life that ended more than Reset after its start was
// decided. The zero value, and what is zero in it, is the kubelet's: 10 s, 2, 5 min and 10 min, of which an administrator can
// set Max. A negative Max is no waiting at all.
//
// Upstream: newCrashLoopBackOff and the crashLoopBackOff of k8s.io/kubernetes/pkg/kubelet, a
// k8s.io/client-go/util/flowcontrol.Backoff.
type Backoff struct {
	Initial time.Duration `json:"initial,omitempty"` // nanoseconds in JSON, as the others
	Factor  float64       `json:"factor,omitempty"`
	Max     time.Duration `json:"max,omitempty"`
	Reset   time.Duration `json:"reset,omitempty"`
}

func (b Backoff) withDefaults() Backoff {
	if !(b.Factor > 0 && b.Factor <= math.MaxFloat64) {
		b.Factor = 2
	}
	b.Initial = cmp.Or(b.Initial, 10*time.Second)
	b.Max = cmp.Or(b.Max, 5*time.Minute)
	b.Reset = cmp.Or(b.Reset, 10*time.Minute)
	return b
}

// next returns how long to wait the time after a wait; the first time that is zero.
func (b Backoff) next(wait time.Duration) time.Duration {
	if wait <= 0 {
		return min(b.Initial, b.Max)
	}
	if longer := float64(wait) * b.Factor; longer < float64(b.Max) {
		return time.Duration(longer)
	}
	return b.Max
}
