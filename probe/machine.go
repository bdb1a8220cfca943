package probe

import (
	"fmt"
	"strings"
)

// A Machine is one probe of one container: what it is for, when it is tried, and all that the kubelet remembers about it. It is
// a plain value: copy it, compare it, print it, store it as JSON. A new one has a Kind and a Timing and nothing else. [Container]
// has one for each of its probes, and says when to try them.
//
// Result is what others see. It changes when as many attempts in a row as the threshold asks came to the same, when the
// container starts, and when it is seen not to run. A startup probe that reached either threshold, and a liveness probe that
// reached Failure, are on hold: whatever is attempted changes nothing until the container starts anew. The package comment
// draws it.
//
// Last and Run are left alone when the container starts anew: two failures of one life and the first of the next are three in a
// row. This surprises, but it is what the kubelet does. Who wants a fresh run for every life begins with a fresh Machine, of the
// same Kind and Timing, and calls Start.
//
// No method changes the Machine that it is called on. The zero value is a probe of no kind, whose result begins as Unknown.
//
// Upstream: doProbe of the worker in k8s.io/kubernetes/pkg/kubelet/prober.
type Machine struct {
	Kind   Kind   `json:"kind"`
	Timing        // of which the two thresholds count here; below 1 is 1
	Result Result `json:"result"`         // the published result; Unknown before the first Start
	Last   Result `json:"last,omitempty"` // what the last attempt came to; Unknown: there was none
	Run    int    `json:"run,omitempty"`  // how many attempts in a row came to Last; begins anew with a hold
	Hold   bool   `json:"hold,omitempty"` // attempts change nothing until the next Start
	Done   bool   `json:"done,omitempty"` // nothing changes any more
}

// A Change is what a probe published: its result from now on. The zero value is that it published nothing.
type Change struct {
	Kind   Kind   `json:"kind"`
	Result Result `json:"result"`
	Hold   bool   `json:"hold,omitempty"` // the probe has made up its mind about this life of the container: no attempt follows
}

// Start tells the machine that its container began a new life. It publishes the result that a probe begins with, also where
// that is the one it had: liveness Success, readiness Failure, startup Unknown. A hold ends. Nothing changes if m is done.
func (m Machine) Start() (Machine, Change) {
	if m.Done {
		return m, Change{}
	}
	m.Hold = false
	switch m.Kind {
	case Liveness:
		m.Result = Success
	case Readiness:
		m.Result = Failure
	default:
		m.Result = Unknown
	}
	return m, Change{Kind: m.Kind, Result: m.Result}
}

// Observe tells the machine what an attempt came to. Warned counts as Passed. Errored, and what is no outcome, changes nothing:
// it neither counts nor ends a run. Nor does anything while the machine is on hold or done.
func (m Machine) Observe(o Outcome) (Machine, Change) {
	var came Result
	var threshold int32
	switch o {
	case Passed, Warned:
		came, threshold = Success, m.SuccessThreshold
	case Failed:
		came, threshold = Failure, m.FailureThreshold
	default:
		return m, Change{}
	}
	if m.Hold || m.Done {
		return m, Change{}
	}
	if came != m.Last {
		m.Last, m.Run = came, 0
	}
	m.Run++
	if m.Run < int(threshold) {
		return m, Change{}
	}
	if m.Kind == Startup || m.Kind == Liveness && came == Failure {
		m.Hold, m.Run = true, 0
	}
	return m.publish(came)
}

// Stop tells the machine that its container was seen not to run, and whether it is to start again. It publishes Failure, and
// without a next life the machine is done. One on hold stays as it is, on hold, even if there is no next life.
func (m Machine) Stop(again bool) (Machine, Change) {
	if m.Hold || m.Done {
		return m, Change{}
	}
	m.Done = !again
	return m.publish(Failure)
}

// Delete tells the machine that its container runs and that the pod is being deleted. A liveness and a startup probe are done,
// and publish Success, so that nothing is killed for them. A readiness probe goes on, and one on hold stays as it is.
func (m Machine) Delete() (Machine, Change) {
	if m.Kind == Readiness || m.Hold || m.Done {
		return m, Change{}
	}
	m.Done = true
	return m.publish(Success)
}

// publish sets the result. It is news when it is another one.
func (m Machine) publish(r Result) (Machine, Change) {
	if m.Result == r {
		return m, Change{}
	}
	m.Result = r
	return m, Change{Kind: m.Kind, Result: r, Hold: m.Hold}
}

// String returns the result, and what is not as at the beginning:
//
//	Liveness Success
//	Liveness Success, Failure 2 of 3
//	Startup Failure, on hold
func (m Machine) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %v", m.Kind, m.Result)
	if m.Run > 0 && m.Last != m.Result {
		threshold := m.SuccessThreshold
		if m.Last == Failure {
			threshold = m.FailureThreshold
		}
		fmt.Fprintf(&b, ", %v %d of %d", m.Last, m.Run, max(threshold, 1))
	}
	switch {
	case m.Done:
		b.WriteString(", done")
	case m.Hold:
		b.WriteString(", on hold")
	}
	return b.String()
}
