package probe

import (
	"math"
	"time"
)

// Options say how a [Container] is looked after, beyond what its manifest says. The zero value is for a supervisor of plain
// processes: the rules of the kubelet, without what only comes of how it is built.
type Options struct {
	// Kubelet is to do as a kubelet does, so as to foresee what a cluster will do. In a kubelet a probe is the work of a worker
	// which lives as long as the pod, and looks at the container's status whenever a period is over. Without it, the worker lives
	// as long as the container runs.
	//
	//	                         Kubelet                                  otherwise
	//	periods begin            when the pod is added; Synced and a      when the probe may be tried: the initial delay is over
	//	                         fresh worker begin them anew             and, but for the startup probe, the container has started
	//	a start, an exit         is seen when the next period begins      is seen at once
	//	the run of outcomes      goes on in the next life                 begins anew in each life
	//	an attempt under way     holds the probe up until it is answered  is void
	//	as the container ends    and then counts for the run alone
	//	back-off after a kill    counted from the exit before this one,   counted from this exit
	//	                         so that the first kill is no part of it
	//	killed, ended with 0,    not started again if it would have to    started again
	//	restarts OnFailure       wait
	Kubelet bool `json:"kubelet,omitempty"`

	// Lag is how long a verdict of the startup and the liveness probe takes to be acted upon: from the startup probe's Success
	// until the other probes begin, from a Failure until the container is killed. Nanoseconds in JSON.
	Lag time.Duration `json:"lag,omitempty"`

	Backoff Backoff `json:"backoff,omitzero"` // how long to wait before the container is started again; zero: as the kubelet
}

// never is the time of what is not to happen.
const never time.Duration = math.MaxInt64

// A Worker is one probe of a [Container]: its Machine, and when it is tried. The zero value is no probe.
type Worker struct {
	Machine
	Seen     int           `json:"seen,omitempty"`     // which start of the container the Result is about, counted from 1
	Next     time.Duration `json:"next"`               // when it looks at the container next
	Asking   int           `json:"asking,omitempty"`   // which start the attempt under way is about; 0: none is
	Prompted bool          `json:"prompted,omitempty"` // was Synced during the attempt
}

// fresh returns a worker for the same probe that remembers nothing.
func (w *Worker) fresh(next time.Duration) Worker {
	return Worker{Machine: Machine{Kind: w.Kind, Timing: w.Timing}, Next: next}
}

// skip has the worker look again when the next of its periods begins at that time or later.
func (w *Worker) skip(until time.Duration) {
	if behind := until - w.Next; behind > 0 {
		period := time.Duration(max(w.PeriodSeconds, 1)) * time.Second
		w.Next += (behind + period - 1) / period * period
	}
}

// delay is how long the container has to run before the probe is tried.
func (w *Worker) delay() time.Duration { return time.Duration(w.InitialDelaySeconds) * time.Second }

// A Container is one container of a pod, with its probes: which attempts are due, whether it has started and is ready, when it is
// to be killed, and when it is to be started again. It does nothing by itself: [Container.Step] tells it what happens and returns
// what to do, and [Container.Next] says when to call Step at the latest. See the package comment for the caller's loop.
//
// All that it remembers is in view, to be read. It is a plain value: a copy is independent of it, == compares, and JSON brings it
// back whole. Make it with [NewContainer]. The zero value has no probes, and asks to be started at the time 0.
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

	Starts    int           `json:"starts,omitempty"`   // how often it has started
	Running   bool          `json:"running,omitempty"`  // it has not exited since
	Begun     bool          `json:"begun,omitempty"`    // since the last start, the startup probe has passed, or there is none
	Killed    Kind          `json:"killed,omitempty"`   // since the last start, the probe for which it was to be killed
	Deleted   bool          `json:"deleted,omitempty"`  // it is not to be started again
	Done      bool          `json:"done,omitempty"`     // it has exited and is not to be started again
	StartedAt time.Duration `json:"startedAt"`          // the last start
	ExitedAt  time.Duration `json:"exitedAt"`           // the last exit
	ExitCode  ExitCode      `json:"exitCode,omitempty"` // of the last exit

	// The back-off: how long it waits for its next start but one, and when its last start was decided.
	Wait      time.Duration `json:"wait,omitempty"`
	DecidedAt time.Duration `json:"decidedAt"`

	// What is to happen, and when; the highest of all durations: it is not.
	BeginAt time.Duration `json:"beginAt"` // the liveness and readiness probes begin
	KillAt  time.Duration `json:"killAt"`  // it is killed
	StartAt time.Duration `json:"startAt"` // it is started
}

// NewContainer returns a container that is to be started at the time at, when its pod is added. What the spec leaves out is as
// the API server has it; that it is valid is not asked (see [ContainerSpec.Validate]), and thresholds and periods below 1 are
// 1.
func NewContainer(spec ContainerSpec, o Options, at time.Duration) Container {
	o.Backoff = o.Backoff.withDefaults()
	c := Container{
		Options: o, RestartPolicy: spec.RestartPolicy, GraceSeconds: 30,
		BeginAt: never, KillAt: never, StartAt: at,
	}
	if spec.TerminationGracePeriodSeconds != nil {
		c.GraceSeconds = *spec.TerminationGracePeriodSeconds
	}
	for _, k := range kinds {
		if p := spec.probe(k); p != nil {
			*c.worker(k) = Worker{Machine: Machine{Kind: k, Timing: p.WithDefaults().Timing}, Next: never}
			if o.Kubelet {
				c.worker(k).Next = at
			}
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

// Step tells the container what happened, and when, and returns what to do about it. What is due by then is due now: nothing is
// made up for. What cannot be changes nothing: the exit of a container that does not run, the answer to an attempt that is not
// under way or is of a life that is over. A container that is Started while it runs has had its exit overlooked.
//
// Every Attempt has to be Answered: one under way is not handed out again. It does not allocate.
func (c *Container) Step(e Event) Action {
	var a Action
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
		c.sync(e.At)
	}
	if c.BeginAt <= e.At {
		c.begin(e.At)
	}
	if c.KillAt <= e.At {
		c.kill(&a)
	}
	if c.StartAt <= e.At {
		c.restart(e.At, &a)
	}
	c.look(&c.Startup, e.At, &a)
	c.look(&c.Liveness, e.At, &a)
	c.look(&c.Readiness, e.At, &a)
	return a
}

// Next returns when to call [Container.Step] at the latest: when an attempt, the kill or the next start is due. It is the
// highest of all durations while nothing is to be done until something happens.
func (c *Container) Next() time.Duration {
	next := min(c.BeginAt, c.KillAt, c.StartAt)
	for _, w := range [...]*Worker{&c.Startup, &c.Liveness, &c.Readiness} {
		if c.looks(w) {
			next = min(next, w.Next)
		}
	}
	return next
}

// looks reports whether the worker looks at the container when its time has come. It does not have to as long as the container
// was never started, nor on hold, before a next life.
func (c *Container) looks(w *Worker) bool {
	return w.Kind != 0 && !w.Done && w.Asking == 0 && c.Starts > 0 && !(w.Hold && w.Seen == c.Starts)
}

// look is what a worker does when its period begins, in the order of upstream's doProbe.
func (c *Container) look(w *Worker, now time.Duration, a *Action) {
	if now < w.Next || !c.looks(w) {
		return
	}
	w.skip(now + 1)
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

// set is how a worker remembers, and what follows from its verdict. A result that is about a former life is nobody's business.
func (c *Container) set(w *Worker, m Machine, ch Change, now time.Duration, a *Action) {
	w.Machine = m
	if ch == (Change{}) || w.Seen != c.Starts {
		return
	}
	a.publish(ch)
	switch {
	case !c.Running || w.Kind == Readiness:
	case ch.Result == Failure && !c.Deleted:
		c.KillAt = now + c.Options.Lag
	case ch.Result == Success && w.Kind == Startup:
		c.BeginAt = now + c.Options.Lag
	}
}

func (c *Container) start(now time.Duration, a *Action) {
	if c.Running {
		c.ExitedAt = now
	}
	c.Starts++
	c.StartedAt = now
	c.Running, c.Done, c.Killed = true, false, 0
	c.BeginAt, c.KillAt, c.StartAt = never, never, never
	c.Begun = c.Startup.Kind == 0 || c.Deleted
	for _, w := range [...]*Worker{&c.Startup, &c.Liveness, &c.Readiness} {
		switch {
		case w.Kind == 0 || c.Deleted && w.Kind != Readiness:
		case !c.Options.Kubelet:
			*w = w.fresh(never)
			c.see(w, now, a)
			if c.Begun || w.Kind == Startup {
				w.Next = now + w.delay()
			}
		case w.Done: // the kubelet makes a new worker for the pod whenever one is missing
			*w = w.fresh(now)
		case c.Starts == 1 || w.Hold:
			w.skip(now) // when there was nothing to look for
		}
	}
}

// begin is the end of the startup probe's reign.
func (c *Container) begin(now time.Duration) {
	c.Begun, c.BeginAt = true, never
	if !c.Options.Kubelet {
		c.Liveness.Next = max(now, c.StartedAt+c.Liveness.delay())
		c.Readiness.Next = max(now, c.StartedAt+c.Readiness.delay())
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
	if c.BeginAt != never {
		c.begin(now)
	}
	if c.KillAt != never {
		c.KillAt = now
	}
	w := &c.Readiness
	switch {
	case !c.Started() || w.Seen == c.Starts && w.Result == Success:
	case w.Asking != 0:
		w.Prompted = true
	default:
		w.Next = now
	}
}

// kill asks for the kill, for the probe whose verdict it was: the liveness probe is not tried before the startup probe has
// passed.
func (c *Container) kill(a *Action) {
	c.KillAt = never
	c.Killed = Liveness
	if !c.Begun {
		c.Killed = Startup
	}
	a.Kill, a.Grace = c.Killed, c.grace()
}

// grace is how long the container that is killed is given to end.
func (c *Container) grace() time.Duration {
	const least = 2 // so that none is forced at once
	const most = int64(never / time.Second)
	w := &c.Liveness
	if c.Killed == Startup {
		w = &c.Startup
	}
	grace := w.TerminationGracePeriodSeconds
	if grace <= 0 {
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
	c.BeginAt, c.KillAt = never, never
	c.ExitedAt, c.ExitCode = e.At, e.ExitCode
	byCode := c.RestartPolicy.restarts(e.ExitCode)
	if !c.Options.Kubelet {
		for _, w := range [...]*Worker{&c.Startup, &c.Liveness, &c.Readiness} {
			if w.Kind != 0 {
				w.Next, w.Asking, w.Prompted = never, 0, false
				m, ch := w.Stop(byCode)
				c.set(w, m, ch, e.At, a)
			}
		}
	}
	if c.Deleted || !byCode && (c.Killed == 0 || c.RestartPolicy == Never) {
		c.Done = true
		return
	}
	if e.At-c.DecidedAt > c.Options.Backoff.Reset {
		c.Wait = 0
	}
	waited := time.Duration(0)
	if c.Options.Kubelet && c.Killed != 0 {
		// The kubelet kills and starts in one go, by what it knew before, so that the last exit that it knows of is an earlier
		// one.
		waited = e.At - before
	}
	switch {
	case waited >= c.Wait:
		c.StartAt = e.At
	case c.Options.Kubelet && !byCode: // it looks again, and sees a container that has ended well
		c.Done = true
	default:
		c.StartAt = e.At + c.Wait
	}
}

// restart asks for a start. The first is no part of the back-off, nor in a kubelet is the one after a kill of the first life:
// there was no exit to count from.
func (c *Container) restart(now time.Duration, a *Action) {
	a.Start, c.StartAt = true, never
	if c.Starts > 1 || c.Starts == 1 && !(c.Options.Kubelet && c.Killed != 0) {
		c.Wait = c.Options.Backoff.next(c.Wait)
		c.DecidedAt = now
	}
}

func (c *Container) delete(now time.Duration, a *Action) {
	c.Deleted = true
	c.KillAt, c.StartAt = never, never
	for _, w := range [...]*Worker{&c.Startup, &c.Liveness} {
		if w.Kind == 0 {
			continue
		}
		w.Asking = 0
		if !c.Running {
			w.Done = true
			continue
		}
		c.see(w, now, a)
		m, ch := w.Delete()
		c.set(w, m, ch, now, a)
	}
	c.Done = !c.Running
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
// started, Running, CrashLoopBackOff while it waits to be started again, and when it has exited otherwise Completed or Error,
// by its exit code.
func (c *Container) Status() string {
	switch {
	case c.Running:
		return "Running"
	case c.Starts == 0:
		return "ContainerCreating"
	case c.StartAt != never:
		return "CrashLoopBackOff"
	case c.ExitCode == 0:
		return "Completed"
	default:
		return "Error"
	}
}
