package probe

import (
	"cmp"
	"math"
	"time"
)

// A Backoff sets the delay from the exit of a container to its restart. The first restart has no delay. The
// second has the delay Initial, and each further one Factor times the delay before, at most Max. If the last
// restart decision is older than Reset, the next restart has no delay.
//
// A zero field means the kubelet's value: Initial 10 s, Factor 2, Max 5 min, Reset 10 min. If Factor is zero,
// negative, infinite or NaN, it means 2. A negative Initial or Max means no delay. JSON: durations are in
// nanoseconds.
//
// Upstream: newCrashLoopBackOff and crashLoopBackOff in k8s.io/kubernetes/pkg/kubelet, and Backoff in
// k8s.io/client-go/util/flowcontrol. The administrator of a cluster can change only Max.
type Backoff struct {
	Initial time.Duration `json:"initial,omitempty"`
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

// next returns the delay after a delay.
func (b Backoff) next(wait time.Duration) time.Duration {
	if wait <= 0 {
		return max(min(b.Initial, b.Max), 0)
	}
	if longer := float64(wait) * b.Factor; longer < float64(b.Max) {
		return time.Duration(longer)
	}
	return max(b.Max, 0)
}
