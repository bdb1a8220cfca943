package probe

import (
	"iter"
	"math"
	"time"
)

// Options say how a [Container] is looked after, beyond what its manifest says. The zero value is for a supervisor of plain
// processes: the rules of the kubelet, without what only comes of how it is built.
type Options struct {
	// Kubelet is to do as a kubelet does, so as to foresee what a cluster will do. In a kubelet a probe is the work of a worker
	// which lives as long as the pod, and looks at the container's status whenever a period is over. Otherwise the worker lives
	// as long as the container runs, and does not have to look:
	//
	//   - Its periods begin when the probe may first be tried: when the initial delay is over and, but for the startup probe,
	//     the startup probe has passed. A kubelet's begin when the pod is added, and anew with [Synced].
	//   - It sees at once that the container starts or exits. A kubelet's sees it when its next period begins.
	//   - Its run of equal outcomes begins anew in each life. A kubelet's goes on.
	//   - An attempt under way is void when the container exits. A kubelet's holds the probe up until it is answered, in the
	//     next life if need be, and then counts for the run, though it changes no result of that life.
	//   - The back-off counts from the exit. After a kill, a kubelet counts from the exit before that, and the first kill does not
	//     count at all.
	//   - A container that restarts OnFailure is started again after a kill, whatever it ended with. In a kubelet one that ended
	//     with 0 is not, if the back-off has it wait.
	//   - One that is never started again is killed within the grace period of its probe. A kubelet kills the whole pod, if this is
	//     its only container, within the pod's.
	Kubelet bool `json:"kubelet,omitempty"`

	// Lag is how long a verdict of the startup and the liveness probe takes to be acted upon: from the startup probe's Success
	// until the other probes begin, from a Failure until the container is killed. Nanoseconds in JSON; below 0 is 0.
	Lag time.Duration `json:"lag,omitempty"`

	Backoff Backoff `json:"backoff,omitzero"` // how long to wait before the container is started again; zero: as the kubelet
}

// never is the time of what does not happen.
const never time.Duration = math.MaxInt64

// after returns the time d after t, which is never later than never.
func after(t, d time.Duration) time.Duration {
	if d > 0 && t > never-d {
		return never
	}
	return t + d
}

// A Worker is one probe of a [Container]: its Machine, and when it is tried. The zero value is no probe.
type Worker struct {
	Machine
	Seen     int           `json:"seen,omitempty"`     // which start of the container the Result is about, from 1; that may be a former one
	Next     time.Duration `json:"next,omitempty"`     // when it looks at the container next, if it does
	Asking   int           `json:"asking,omitempty"`   // which start the attempt under way is about, counted from 1; 0: none is
	Prompted bool          `json:"prompted,omitempty"` // the container was Synced during the attempt
}

// String returns what the Machine's String returns, and whether an attempt is under way.
func (w Worker) String() string {
	if w.Asking != 0 {
		return w.Machine.String() + ", asking"
	}
	return w.Machine.String()
}

// fresh returns a worker for the same probe that remembers nothing.
func (w *Worker) fresh(next time.Duration) Worker {
	return Worker{Machine: Machine{Kind: w.Kind, Timing: w.Timing}, Next: next}
}

// pass has the worker look again when the first of its periods begins that does after the time now.
func (w *Worker) pass(now time.Duration) {
	if w.Next > now {
		return
	}
	period := time.Duration(max(w.PeriodSeconds, 1)) * time.Second
	w.Next = after(w.Next+(now-w.Next)/period*period, period)
	if w.Next <= now { // with times that are beyond all measure
		w.Next = after(now, period)
	}
}

// delay is how long the container has to run before the probe is tried.
func (w *Worker) delay() time.Duration { return time.Duration(w.InitialDelaySeconds) * time.Second }

// A Container is one container of a pod, with its probes: which attempts are due, whether it has started and is ready, when it is
// to be killed, and when it is to be started again. It does nothing by itself: [Container.Step] tells it what happens and returns
// what to do, and [Container.Next] says when to call Step at the latest. See the package comment for the caller's loop.
//
// All that it remembers is in view, to be read. It is a plain value: a copy is independent of it, == compares, and JSON brings it
// back whole; store the epoch beside it, and see [Container.Underway] for the attempts that nobody answers any more. Make it with
// [NewContainer]. The zero value has no probes, and asks to be started at the time 0.
//
// Only one goroutine at a time may call its methods.
//
// Upstream: k8s.io/kubernetes/pkg/kubelet/prober, and what pkg/kubelet and pkg/kubelet/kuberuntime do about its results.
type Container struct {
	Options       Options       `json:"options,omitzero"`
	RestartPolicy RestartPolicy `json:"restartPolicy,omitempty"`
	GraceSeconds  int64         `json:"graceSeconds,omitempty"` // of the pod, for a probe that has no grace period of its own

	Startup   Worker `json:"startup,omitzero"`
	Liveness  Worker `json:"liveness,omitzero"`
	Readiness Worker `json:"readiness,omitzero"`

	Starts    int           `json:"starts,omitempty"`    // how often it has started
	Running   bool          `json:"running,omitempty"`   // it has not exited since
	Begun     bool          `json:"begun,omitempty"`     // since the last start, the startup probe has passed, or there is none
	KilledFor Kind          `json:"killedFor,omitempty"` // since the last start, the probe for which Step asked to kill it
	Starting  bool          `json:"starting,omitempty"`  // it was to be started, and the caller has not told that it is Started
	Deleted   bool          `json:"deleted,omitempty"`   // it is not to be started again
	Done      bool          `json:"done,omitempty"`      // it has exited, or never started, and is not to be started again
	StartedAt time.Duration `json:"startedAt,omitempty"` // the last start
	ExitedAt  time.Duration `json:"exitedAt,omitempty"`  // the last exit
	ExitCode  ExitCode      `json:"exitCode,omitempty"`  // of the last exit

	// When it is to be started, if it does not run; if it does, and there is a verdict, when that is or was acted upon.
	DueAt time.Duration `json:"dueAt,omitempty"`

	// The back-off: how long it waits after its next exit, and when its last start was decided.
	Wait      time.Duration `json:"wait,omitempty"`
	DecidedAt time.Duration `json:"decidedAt,omitempty"`
}

// NewContainer returns a container that is to be started at the time at, when its pod is added. What the spec leaves out is as
// the API server has it; that it is valid is not asked (see [ContainerSpec.Validate]), and thresholds and periods below 1 are 1.
func NewContainer(spec ContainerSpec, o Options, at time.Duration) Container {
	o.Lag = max(o.Lag, 0)
	o.Backoff = o.Backoff.withDefaults()
	c := Container{Options: o, RestartPolicy: spec.RestartPolicy, GraceSeconds: 30, DueAt: at}
	if spec.TerminationGracePeriodSeconds != nil {
		c.GraceSeconds = *spec.TerminationGracePeriodSeconds
	}
	for _, k := range kinds {
		if p := spec.probe(k); p != nil {
			*c.worker(k) = Worker{Machine: Machine{Kind: k, Timing: p.WithDefaults().Timing}, Next: at}
		}
	}
	return c
}

// worker returns that of the kind; nil for no kind.
func (c *Container) worker(k Kind) *Worker {
	switch k {
	case Startup:
		return &c.Startup
	case Liveness:
		return &c.Liveness
	case Readiness:
		return &c.Readiness
	default:
		return nil
	}
}

// workers returns all, also those that there are not.
func (c *Container) workers() [len(kinds)]*Worker {
	return [...]*Worker{&c.Startup, &c.Liveness, &c.Readiness}
}

// Step tells the container what happened, and when, and returns what to do about it. What is due by then is due now: nothing is
// made up for. What cannot be changes nothing: the exit of a container that does not run, the answer to an attempt that is not
// under way or is of a life that is over. A container that is Started while it runs has had its exit overlooked. Nothing happens
// at the highest of all durations. Times are to be told in their order; one that goes back is taken as it is. A Container that is
// brought up to date from a log of events has to be stepped at the times of Next in between as well: that is when it acts.
//
// Every Attempt has to be Answered: one under way is not handed out again. Step does not allocate.
func (c *Container) Step(e Event) Action {
	var a Action
	if e.At == never {
		return a
	}
	switch e.Type {
	case Started:
		c.start(e.At, &a)
	case Answered:
		c.answer(e, &a)
	case Exited:
		c.exit(e, &a)
	case Deleted:
		c.delete(e.At, &a)
	case Synced:
		if c.Options.Kubelet {
			c.sync(e.At)
		}
	}
	if c.DueAt <= e.At {
		switch {
		case c.waits():
			c.restart(e.At, &a)
		case c.begins():
			c.begin(e.At)
		case c.dies():
			c.kill(&a)
		}
	}
	for _, w := range c.workers() {
		c.look(w, e.At, &a)
	}
	return a
}

// Next returns when to call [Container.Step] at the latest: when an attempt, the kill or the next start is due. It is the highest of
// all durations, [math.MaxInt64], while nothing is to be done until something happens.
func (c *Container) Next() time.Duration {
	next := never
	if c.waits() || c.begins() || c.dies() {
		next = c.DueAt
	}
	for _, w := range c.workers() {
		if c.looks(w) {
			next = min(next, w.Next)
		}
	}
	return next
}

// Underway yields the attempts that were handed out and are to be answered. Who has lost the answers, since the program was started
// anew or gave them up, tells that each is [Errored].
func (c *Container) Underway() iter.Seq[Attempt] {
	return func(yield func(Attempt) bool) {
		for _, w := range c.workers() {
			if w.Asking != 0 && !yield(Attempt{Kind: w.Kind, Life: w.Asking - 1}) {
				return
			}
		}
	}
}

// waits reports whether the container is to be started at DueAt.
func (c *Container) waits() bool { return !c.Running && !c.Starting && !c.Done }

// begins reports whether the liveness and readiness probes are to begin at DueAt: the startup probe has passed.
func (c *Container) begins() bool {
	return c.Running && !c.Begun && c.Startup.Seen == c.Starts && c.Startup.Result == Success
}

// dies reports whether the container is to be killed at DueAt: the startup or the liveness probe has failed, of which the latter is
// not tried before the former has passed.
func (c *Container) dies() bool {
	w := &c.Startup
	if c.Begun {
		w = &c.Liveness
	}
	return c.Running && !c.Deleted && c.KilledFor == 0 && w.Seen == c.Starts && w.Result == Failure
}

// looks reports whether the worker looks at the container when its time has come. It does not have to as long as the container
// was never started, nor on hold, before a next life.
func (c *Container) looks(w *Worker) bool {
	switch {
	case w.Kind == 0 || w.Done || w.Asking != 0 || c.Starts == 0 || w.Hold && w.Seen == c.Starts:
		return false
	case c.Options.Kubelet:
		return true
	default:
		return c.Running && c.Begun == (w.Kind != Startup)
	}
}

// look is what a worker does when its period begins, in the order of upstream's doProbe.
func (c *Container) look(w *Worker, now time.Duration, a *Action) {
	if w.Next > now || !c.looks(w) {
		return
	}
	w.pass(now)
	c.see(w, now, a)
	switch {
	case w.Hold:
	case !c.Running:
		m, ch := w.Stop(!c.Deleted && c.RestartPolicy.restarts(c.ExitCode))
		c.set(w, m, ch, now, a)
	case (now-c.StartedAt)/time.Second < time.Duration(w.InitialDelaySeconds): // in whole seconds, as upstream
	case c.Begun == (w.Kind == Startup): // the startup probe is over, or the others have to wait for it
	default:
		w.Asking = c.Starts
		a.try(w.Kind, c.Starts-1)
	}
}

// see is how a worker learns that the container has started.
func (c *Container) see(w *Worker, now time.Duration, a *Action) {
	if w.Seen != c.Starts {
		w.Seen = c.Starts
		m, ch := w.Start()
		c.set(w, m, ch, now, a)
	}
}

// set is how a worker remembers, and how its verdict comes to be acted upon. What it published about a former life is nobody's
// business.
func (c *Container) set(w *Worker, m Machine, ch Change, now time.Duration, a *Action) {
	w.Machine = m
	if ch == (Change{}) || w.Seen != c.Starts {
		return
	}
	a.publish(ch)
	if c.Running && (ch.Hold || w.Done) {
		c.DueAt = after(now, c.Options.Lag)
	}
}

func (c *Container) start(now time.Duration, a *Action) {
	if c.Running {
		c.ExitedAt = now
	}
	c.Starts++
	c.StartedAt = now
	c.Running, c.Starting, c.Done, c.KilledFor = true, false, false, 0
	c.Begun = c.Startup.Kind == 0 || c.Deleted
	for _, w := range c.workers() {
		switch {
		case w.Kind == 0 || c.Deleted && w.Kind != Readiness:
		case !c.Options.Kubelet:
			*w = w.fresh(after(now, w.delay()))
			c.see(w, now, a)
		case w.Done: // the kubelet makes a new worker for the pod whenever one is missing
			*w = w.fresh(now)
		case c.Starts == 1 || w.Hold:
			w.pass(now - 1) // when there was nothing to look for
		}
	}
}

// begin is the end of the startup probe's reign.
func (c *Container) begin(now time.Duration) {
	c.Begun = true
	for _, w := range [...]*Worker{&c.Liveness, &c.Readiness} {
		if w.Kind != 0 && !c.Options.Kubelet {
			w.Next = max(now, w.Next)
		}
	}
}

func (c *Container) answer(e Event, a *Action) {
	w := c.worker(e.Attempt.Kind)
	if w == nil || w.Asking == 0 || w.Asking != e.Attempt.Life+1 {
		return
	}
	w.Asking = 0
	m, ch := w.Observe(e.Outcome)
	c.set(w, m, ch, e.At, a)
	if w.Prompted {
		w.Next, w.Prompted = e.At, false
	}
}

// sync has verdicts acted upon, and the readiness probe tried at once, from where its periods begin anew.
func (c *Container) sync(now time.Duration) {
	switch {
	case c.begins():
		c.begin(now)
	case c.dies():
		c.DueAt = now
	}
	w := &c.Readiness
	switch {
	case w.Kind == 0 || !c.Started() || w.Seen == c.Starts && w.Result == Success:
	case w.Asking != 0:
		w.Prompted = true
	default:
		w.Next = now
	}
}

// kill asks for the kill, for the probe whose verdict it is.
func (c *Container) kill(a *Action) {
	c.KilledFor = Liveness
	if !c.Begun {
		c.KilledFor = Startup
	}
	a.Kill, a.Grace = c.KilledFor, c.grace()
}

// grace is how long the container that is killed is given to end.
func (c *Container) grace() time.Duration {
	const least = 2 // so that none is forced at once
	const most = int64(never / time.Second)
	w := &c.Liveness
	if c.KilledFor == Startup {
		w = &c.Startup
	}
	grace := w.TerminationGracePeriodSeconds
	if grace <= 0 || c.Options.Kubelet && c.RestartPolicy == Never {
		grace = c.GraceSeconds
	}
	return time.Duration(min(max(grace, least), most)) * time.Second
}

func (c *Container) exit(e Event, a *Action) {
	if !c.Running {
		return
	}
	before := c.ExitedAt
	c.Running = false
	c.ExitedAt, c.ExitCode = e.At, e.ExitCode
	byCode := c.RestartPolicy.restarts(e.ExitCode)
	if !c.Options.Kubelet {
		for _, w := range c.workers() {
			if w.Kind != 0 {
				w.Asking = 0
				m, ch := w.Stop(byCode)
				c.set(w, m, ch, e.At, a)
			}
		}
	}

	killed := c.KilledFor != 0
	if c.Deleted || !byCode && (!killed || c.RestartPolicy == Never) {
		c.Done = true
		return
	}
	if e.At-c.DecidedAt > c.Options.Backoff.withDefaults().Reset {
		c.Wait = 0
	}
	var waited time.Duration
	if c.Options.Kubelet && killed && c.Starts > 1 {
		// The kubelet kills and starts in one go, by what it knew before: the last exit that it knows of is an earlier one.
		waited = e.At - before
	}
	switch {
	case waited >= c.Wait:
		c.DueAt = e.At
	case c.Options.Kubelet && !byCode: // it looks again, and sees a container that has ended well
		c.Done = true
	default:
		c.DueAt = after(e.At, c.Wait)
	}
}

// restart asks for a start. The first is no part of the back-off, nor in a kubelet is the one after a kill of the first life:
// there was no exit to count from.
func (c *Container) restart(now time.Duration, a *Action) {
	a.Start, c.Starting = true, true
	if c.Starts > 1 || c.Starts == 1 && !(c.Options.Kubelet && c.KilledFor != 0) {
		c.Wait = c.Options.Backoff.withDefaults().next(c.Wait)
		c.DecidedAt = now
	}
}

// delete ends the liveness and the startup probe, even one on hold: no life follows in which it would be of use.
func (c *Container) delete(now time.Duration, a *Action) {
	c.Deleted = true
	c.Done = !c.Running && !c.Starting
	for _, w := range [...]*Worker{&c.Startup, &c.Liveness} {
		if w.Kind == 0 {
			continue
		}
		if c.Running && !w.Done {
			c.see(w, now, a)
			w.Hold = false
			m, ch := w.Delete()
			c.set(w, m, ch, now, a)
		}
		w.Done, w.Asking = true, 0
	}
}

// RestartCount returns how often the container was started again.
func (c *Container) RestartCount() int { return max(c.Starts-1, 0) }

// Started reports whether the container runs, and its startup probe has passed, if it has one.
//
// Upstream: isContainerStarted in k8s.io/kubernetes/pkg/kubelet/prober.
func (c *Container) Started() bool { return c.Running && c.Begun }

// Ready reports whether the container has started, and its readiness probe says Success, if it has one.
//
// Upstream: UpdatePodStatus in k8s.io/kubernetes/pkg/kubelet/prober.
func (c *Container) Ready() bool {
	w := &c.Readiness
	return c.Started() && (w.Kind == 0 || w.Seen == c.Starts && w.Result == Success)
}

// Status returns what kubectl get shows as the STATUS of a pod with this one container: ContainerCreating until it is first
// started, Running, CrashLoopBackOff when it has to wait until it is started again, and when it has exited otherwise Completed or
// Error, by its exit code.
func (c *Container) Status() string {
	switch {
	case c.Running:
		return "Running"
	case c.Starts == 0:
		return "ContainerCreating"
	case !c.Done && c.DueAt > c.ExitedAt:
		return "CrashLoopBackOff"
	case c.ExitCode == 0:
		return "Completed"
	default:
		return "Error"
	}
}
