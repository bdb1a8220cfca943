package probe

import (
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// A Container decides for one container of a pod and its probes: which attempts to make, whether the
// container has started and is ready, and when to kill and to restart it. It does nothing by itself.
// [Container.Step] takes an event and returns what to do. [Container.Next] returns when to call Step at the
// latest. The package comment has the caller's loop.
//
// Make it with [NewContainer]. The zero value has no probes, and asks to start the container at the time 0.
//
// A Container is a plain value. A copy is independent, and == compares. Its JSON has the whole state, so that
// a program can store it and continue after a restart. Store the epoch of the times with it, and see
// [Container.Underway] for the attempts whose answers were lost.
//
// One goroutine at a time may call Step. The other methods may be called concurrently while none does.
//
// Upstream: k8s.io/kubernetes/pkg/kubelet/prober, and what pkg/kubelet and pkg/kubelet/kuberuntime do with
// its results.
type Container struct{ state state }

// NewContainer returns a Container that asks for the first start at the time at. For a kubelet, at is also
// the time when the pod is added. NewContainer applies the defaults of the API server. It does not validate
// the spec (see [ContainerSpec.Validate]); a threshold or a period below 1 means 1.
func NewContainer(spec ContainerSpec, o Options, at time.Duration) Container {
	o.Lag = max(o.Lag, 0)
	o.Backoff = o.Backoff.withDefaults()
	s := state{Options: o, RestartPolicy: spec.RestartPolicy, GraceSeconds: 30, DueAt: at}
	if spec.TerminationGracePeriodSeconds != nil {
		s.GraceSeconds = *spec.TerminationGracePeriodSeconds
	}
	for _, k := range kinds {
		if p := spec.probe(k); p != nil {
			*s.worker(k) = worker{Machine: Machine{Kind: k, Timing: p.WithDefaults().Timing}, Next: at}
		}
	}
	return Container{s}
}

// Step applies an event and returns what to do. The caller must report each [Attempt] in an [Answered] event:
// until then, the probe is not tried again. A container that is [Started] while it runs is taken to have
// exited unnoticed.
//
// Call Step at the time that [Container.Next] returns, or at any event before it. If you call Step late, it
// does not repeat the missed periods. It makes each due attempt once. To replay a log of events, call Step at
// the times of Next between the events as well.
//
// Impossible events are ignored: the exit of a container that does not run, and an answer to an attempt that
// is not under way. So are events at [math.MaxInt64]. Times should not decrease; a decreasing time is not an
// error.
//
// Step takes constant time and does not allocate.
func (c *Container) Step(e Event) (a Action) {
	c.state.step(&e, &a)
	return a
}

// Next returns when to call [Container.Step] at the latest: when an attempt, a kill or a start is due. It
// returns [math.MaxInt64] if nothing is due until an event happens.
func (c *Container) Next() time.Duration { return c.state.next() }

// Underway yields the attempts that Step has handed out and whose answers it waits for. If the answers are
// lost, for example because the program was restarted, report each attempt as [Errored].
func (c *Container) Underway() iter.Seq[Attempt] {
	return func(yield func(Attempt) bool) {
		for _, w := range c.state.workers() {
			if w.Asking != 0 && !yield(Attempt{Kind: w.Kind, RestartCount: w.Asking - 1}) {
				return
			}
		}
	}
}

// Probe returns the state of the probe of a kind; the zero Machine if the container has no such probe. For a
// kubelet, the result can be about the previous container instance until the probe's next period;
// [Container.Started] and [Container.Ready] take that into account.
func (c *Container) Probe(k Kind) Machine {
	if w := c.state.worker(k); w != nil {
		return w.Machine
	}
	return Machine{}
}

// Running reports whether the container has started and not exited.
func (c *Container) Running() bool { return c.state.Phase.runs() }

// Started reports whether the container runs and its startup probe, if any, has passed.
//
// Upstream: isContainerStarted in k8s.io/kubernetes/pkg/kubelet/prober.
func (c *Container) Started() bool { return c.state.Phase == started }

// Ready reports whether the container is started and the result of its readiness probe, if any, is Success.
//
// Upstream: UpdatePodStatus in k8s.io/kubernetes/pkg/kubelet/prober.
func (c *Container) Ready() bool { return c.state.ready() }

// Deleted reports whether a [Deleted] event was applied.
func (c *Container) Deleted() bool { return c.state.Deleted }

// Done reports whether the container does not run and will not be started again.
func (c *Container) Done() bool { return c.state.Phase == done }

// RestartCount returns how often the container has restarted.
func (c *Container) RestartCount() int { return max(c.state.Starts-1, 0) }

// LastExit returns the exit code of the last reported exit. It returns false if the container has never
// exited.
func (c *Container) LastExit() (ExitCode, bool) {
	exits := c.state.Starts
	if c.state.Phase.runs() {
		exits--
	}
	return c.state.ExitCode, exits > 0
}

// Status returns the STATUS that kubectl get shows for a pod with only this container: ContainerCreating
// before the first start, Running, or CrashLoopBackOff while a back-off delays the restart. After any other
// exit it returns Completed for the exit code 0 and Error for the rest.
func (c *Container) Status() string {
	s := &c.state
	switch {
	case s.Phase.runs():
		return "Running"
	case s.Starts == 0:
		return "ContainerCreating"
	case s.Phase != done && s.DueAt > s.ExitedAt:
		return "CrashLoopBackOff"
	case s.ExitCode == 0:
		return "Completed"
	default:
		return "Error"
	}
}

// MarshalJSON returns the whole state. Times and durations are in nanoseconds. The keys are for
// UnmarshalJSON, and for reading in a log; a later version may add some.
func (c Container) MarshalJSON() ([]byte, error) { return json.Marshal(c.state) }

// UnmarshalJSON restores what MarshalJSON returned. It returns an error and does not change c if a value is
// not of the right type, or if a probe is not of the kind of its key.
func (c *Container) UnmarshalJSON(data []byte) error {
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	for _, k := range kinds {
		if w := s.worker(k); w.Kind != k && *w != (worker{}) {
			return fmt.Errorf("a probe of the kind %v in the place of the kind %v", w.Kind, k)
		}
	}
	s.Options.Lag = max(s.Options.Lag, 0)
	c.state = s
	return nil
}
