package probe

import (
	"fmt"
	"strings"
)

// A Machine is the state of one probe of one container. It applies the thresholds and publishes results. It
// does not decide when to try the probe; a [Container] does, and has a Machine for each of its probes.
//
// Make a new Machine by setting Kind and Timing only, and call Start. No method changes the Machine on which
// it is called: each returns the new state. A Machine is comparable with ==, and its JSON has the whole
// state. The zero value is a probe of no kind, with the result Unknown.
//
// Result changes when the outcomes in a row reach the threshold, when the container starts, and when it is
// seen not to run. A startup probe at either threshold, and a liveness probe at its failure threshold, go on
// hold: outcomes change nothing until the container starts again. The package comment has a diagram.
//
// Start does not reset LastResult and ResultRun. Two failures before a restart and one after it are three in
// a row. That is surprising, but it is what the kubelet does. To count from 0 after a restart, use a new
// Machine with the same Kind and Timing.
//
// Upstream: the worker in k8s.io/kubernetes/pkg/kubelet/prober, and its method doProbe.
type Machine struct {
	Kind       Kind   `json:"kind"`
	Timing            // a Machine uses the two thresholds; a threshold below 1 means 1
	Result     Result `json:"result"`               // the published result; Unknown before the first Start
	LastResult Result `json:"lastResult,omitempty"` // what the last outcome counted for; Unknown: none yet
	ResultRun  int    `json:"resultRun,omitempty"`  // outcomes in a row for LastResult; 0 after a hold
	OnHold     bool   `json:"onHold,omitempty"`     // outcomes change nothing until the next Start
	Done       bool   `json:"done,omitempty"`       // the probe has ended: nothing changes any more
}

// Start returns the state after the container has started. It ends a hold and publishes the initial result,
// even if the result does not change: Success for liveness, Failure for readiness, Unknown for startup. It
// returns m if m is done.
func (m Machine) Start() (Machine, Change) {
	if m.Done {
		return m, Change{}
	}
	m.OnHold = false
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

// Observe returns the state after an attempt. Warned counts as Passed. Errored and invalid outcomes are
// ignored: they do not count, and they do not interrupt a run of outcomes. Observe returns m if m is on hold
// or done.
func (m Machine) Observe(o Outcome) (Machine, Change) {
	var result Result
	var threshold int32
	switch o {
	case Passed, Warned:
		result, threshold = Success, m.SuccessThreshold
	case Failed:
		result, threshold = Failure, m.FailureThreshold
	default:
		return m, Change{}
	}
	if m.OnHold || m.Done {
		return m, Change{}
	}
	if result != m.LastResult {
		m.LastResult, m.ResultRun = result, 0
	}
	m.ResultRun++
	if m.ResultRun < int(threshold) {
		return m, Change{}
	}
	if m.Kind == Startup || m.Kind == Liveness && result == Failure {
		m.OnHold, m.ResultRun = true, 0
	}
	return m.publish(result)
}

// Stop returns the state after the container was seen not to run. Stop publishes Failure. Pass false for
// again if the container will not start again: the probe is then done. If m is on hold or done, Stop returns
// m without a change, even if the container does not start again.
func (m Machine) Stop(again bool) (Machine, Change) {
	if m.OnHold || m.Done {
		return m, Change{}
	}
	m.Done = !again
	return m.publish(Failure)
}

// Delete returns the state after the pod of a running container was seen to be deleted. A liveness or startup
// probe is done and publishes Success, so that it does not cause a kill. Delete returns m for a readiness
// probe, which continues, and if m is on hold or done.
func (m Machine) Delete() (Machine, Change) {
	if m.Kind == Readiness || m.OnHold || m.Done {
		return m, Change{}
	}
	m.Done = true
	return m.publish(Success)
}

// publish sets the result. The Change is zero if the result stays the same.
func (m Machine) publish(r Result) (Machine, Change) {
	if m.Result == r {
		return m, Change{}
	}
	m.Result = r
	return m, Change{Kind: m.Kind, Result: r, OnHold: m.OnHold}
}

// String returns the kind and the result, a run of outcomes towards another result, and whether the probe is
// on hold or done:
//
//	Liveness Success
//	Liveness Success, Failure 2 of 3
//	Startup Failure, on hold
func (m Machine) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %v", m.Kind, m.Result)
	if m.ResultRun > 0 && m.LastResult != m.Result {
		threshold := m.SuccessThreshold
		if m.LastResult == Failure {
			threshold = m.FailureThreshold
		}
		fmt.Fprintf(&b, ", %v %d of %d", m.LastResult, m.ResultRun, max(threshold, 1))
	}
	switch {
	case m.Done:
		b.WriteString(", done")
	case m.OnHold:
		b.WriteString(", on hold")
	}
	return b.String()
}
