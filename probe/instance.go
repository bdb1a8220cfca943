package probe

import "time"

// An Instance scripts one container instance for [Simulate]: what its probes return, and when it exits. The
// zero value passes every probe at once, runs until it is killed, and then exits at once.
type Instance struct {
	// The outcomes of the attempts, in order. The last one repeats. Empty means Passed.
	Startup   []Outcome `json:"startup,omitempty"`
	Liveness  []Outcome `json:"liveness,omitempty"`
	Readiness []Outcome `json:"readiness,omitempty"`

	// ProbeTime is how long each attempt takes. If it exceeds the probe's timeout, each attempt is Failed
	// after the timeout. JSON: nanoseconds, as for all durations.
	ProbeTime time.Duration `json:"probeTime,omitempty"`

	RunTime  time.Duration `json:"runTime,omitempty"`  // from the start to an exit by itself; 0: it does not exit
	StopTime time.Duration `json:"stopTime,omitempty"` // from SIGTERM to the exit, at most the grace period
	ExitCode ExitCode      `json:"exitCode,omitempty"` // of an exit by itself
	Graceful bool          `json:"graceful,omitempty"` // an exit on SIGTERM has ExitCode too, instead of 143
}

// outcome returns the outcome of the nth attempt, counted from 0.
func (i *Instance) outcome(k Kind, n int) Outcome {
	outcomes := i.Readiness
	switch k {
	case Startup:
		outcomes = i.Startup
	case Liveness:
		outcomes = i.Liveness
	}
	if len(outcomes) == 0 {
		return Passed
	}
	return outcomes[min(n, len(outcomes)-1)]
}
