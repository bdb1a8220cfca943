package probe

import (
	"math"
	"time"
)

// A state is all that a Container remembers, and the rules that hold however it is looked after. What only a
// kubelet does is in kubelet.go, what only a supervisor does in supervisor.go. The fields are exported for
// JSON; a Container does not expose them.
type state struct {
	Options       Options       `json:"options,omitzero"`
	RestartPolicy RestartPolicy `json:"restartPolicy,omitempty"`
	GraceSeconds  int64         `json:"graceSeconds,omitempty"` // the pod's

	Startup   worker `json:"startup,omitzero"`
	Liveness  worker `json:"liveness,omitzero"`
	Readiness worker `json:"readiness,omitzero"`

	Phase     phase         `json:"phase,omitempty"`
	Deleted   bool          `json:"deleted,omitempty"`   // the pod is being deleted; never true while waiting
	KilledFor Kind          `json:"killedFor,omitempty"` // the last instance's kill; unset: none
	Starts    int           `json:"starts,omitempty"`    // how often the container has started
	StartedAt time.Duration `json:"startedAt,omitempty"` // the last start
	ExitedAt  time.Duration `json:"exitedAt,omitempty"`  // the last exit
	ExitCode  ExitCode      `json:"exitCode,omitempty"`  // of the last exit
	DueAt     time.Duration `json:"dueAt,omitempty"`     // waiting: next start; running: effect of the last verdict
	Wait      time.Duration `json:"wait,omitempty"`      // the back-off after the next exit
	DecidedAt time.Duration `json:"decidedAt,omitempty"` // the decision of the last start with a back-off
}

// never is the time of events that do not happen.
const never time.Duration = math.MaxInt64

// after returns the time d after t, at most never.
func after(t, d time.Duration) time.Duration {
	if d > 0 && t > never-d {
		return never
	}
	return t + d
}

// since returns the time from t until now, at most never.
func since(t, now time.Duration) time.Duration {
	if d := now - t; now < t || d >= 0 {
		return d
	}
	return never
}

// worker returns the worker of a kind; nil if the kind is unset.
func (s *state) worker(k Kind) *worker {
	switch k {
	case Startup:
		return &s.Startup
	case Liveness:
		return &s.Liveness
	case Readiness:
		return &s.Readiness
	default:
		return nil
	}
}

// workers returns the workers of all kinds, including those of probes that the container does not have.
func (s *state) workers() [len(kinds)]*worker {
	return [...]*worker{&s.Startup, &s.Liveness, &s.Readiness}
}

// result returns the probe's result for the last container instance; Unknown if the worker has not seen that
// instance.
func (s *state) result(w *worker) Result {
	if w.Seen != s.Starts {
		return Unknown
	}
	return w.Result
}

// probes reports whether the probe is in use. When the pod is being deleted, only the readiness probe is.
func (s *state) probes(w *worker) bool { return w.Kind != 0 && (!s.Deleted || w.Kind == Readiness) }

// hasTurn reports whether the probe may be tried: first the startup probe, and after it the others.
func (s *state) hasTurn(w *worker) bool {
	switch w.Kind {
	case 0:
		return false
	case Startup:
		return s.Phase == running
	default:
		return s.Phase == started
	}
}

// step adds what to do to an empty Action. (Returned by value, it would be copied once more.)
func (s *state) step(e *Event, a *Action) {
	if e.At == never {
		return
	}
	if s.Options.Kubelet {
		s.kubelet(e, a)
	} else {
		s.supervisor(e, a)
	}
	for _, w := range s.workers() {
		s.look(w, e.At, a)
	}
}

func (s *state) next() time.Duration {
	next := never
	if s.Phase == waiting || s.startupPassed() || s.condemned() {
		next = s.DueAt
	}
	for _, w := range s.workers() {
		if s.looks(w) {
			next = min(next, w.Next)
		}
	}
	return next
}

// startupPassed reports whether the phase becomes started at DueAt.
func (s *state) startupPassed() bool { return s.Phase == running && s.result(&s.Startup) == Success }

// condemned reports whether the container is to be killed at DueAt. Each instance is killed at most once.
func (s *state) condemned() bool {
	if s.Deleted || s.KilledFor != 0 {
		return false
	}
	return s.Phase == running && s.result(&s.Startup) == Failure ||
		s.Phase == started && s.result(&s.Liveness) == Failure
}

// ready reports whether the container is ready.
func (s *state) ready() bool {
	return s.Phase == started && (s.Readiness.Kind == 0 || s.result(&s.Readiness) == Success)
}

func (s *state) start(now time.Duration) {
	if s.Phase.runs() { // the caller has not reported the exit
		s.ExitedAt = now
	}
	s.Starts++
	s.StartedAt, s.KilledFor = now, 0
	s.Phase = started
	if s.probes(&s.Startup) {
		s.Phase = running
	}
}

func (s *state) answer(e *Event, a *Action) {
	w := s.worker(e.Attempt.Kind)
	if w == nil || w.Asking == 0 || w.Asking != e.Attempt.RestartCount+1 {
		return
	}
	w.Asking = 0
	m, ch := w.Observe(e.Outcome)
	s.set(w, m, ch, e.At, a)
	if w.Prompted {
		w.Next, w.Prompted = e.At, false
	}
}

// exit reports whether the container restarts. It ignores the exit of a container that does not run.
func (s *state) exit(e *Event) bool {
	if !s.Phase.runs() {
		return false
	}
	s.ExitedAt, s.ExitCode = e.At, e.ExitCode
	killed := s.KilledFor != 0 && s.RestartPolicy != Never
	if s.Deleted || !killed && !s.RestartPolicy.restarts(e.ExitCode) {
		s.Phase = done
		return false
	}
	if since(s.DecidedAt, e.At) > s.Options.Backoff.withDefaults().Reset {
		s.Wait = 0
	}
	s.Phase, s.DueAt = waiting, after(e.At, s.Wait)
	return true
}

// restart asks to start the container. If the start counts for the back-off, the next wait is longer.
func (s *state) restart(now time.Duration, counts bool, a *Action) {
	a.Start, s.Phase = true, starting
	if counts {
		s.Wait = s.Options.Backoff.withDefaults().next(s.Wait)
		s.DecidedAt = now
	}
}

// kill asks to kill the container for the probe whose turn it is.
func (s *state) kill(a *Action) {
	s.KilledFor = Liveness
	if s.Phase == running {
		s.KilledFor = Startup
	}
	a.Kill, a.Grace = s.KilledFor, s.grace()
}

// grace returns the grace period of a kill for the probe KilledFor: the probe's own, or the pod's.
func (s *state) grace() time.Duration {
	const least, most = 2, int64(never / time.Second) // a kubelet waits at least 2 s
	seconds := s.worker(s.KilledFor).TerminationGracePeriodSeconds
	if seconds <= 0 || s.Options.Kubelet && s.RestartPolicy == Never { // the kubelet kills the whole pod
		seconds = s.GraceSeconds
	}
	return time.Duration(min(max(seconds, least), most)) * time.Second
}

// delete ends the liveness and the startup probe, even if they are on hold: the container will not start
// again.
func (s *state) delete(now time.Duration, a *Action) {
	s.Deleted = true
	if s.Phase == waiting {
		s.Phase = done
	}
	for _, w := range [...]*worker{&s.Startup, &s.Liveness} {
		if w.Kind == 0 {
			continue
		}
		if s.Phase.runs() && !w.Done {
			s.see(w, now, a)
			w.OnHold = false
			m, ch := w.Delete()
			s.set(w, m, ch, now, a)
		}
		w.Done, w.Asking = true, 0
	}
}

// looks reports whether the worker looks at the container at its time Next. It does not before the first
// start, nor while it is on hold for the last instance.
func (s *state) looks(w *worker) bool {
	switch {
	case w.Kind == 0 || w.Done || w.Asking != 0 || s.Starts == 0 || w.OnHold && w.Seen == s.Starts:
		return false
	default:
		return s.Options.Kubelet || s.hasTurn(w)
	}
}

// look is what a worker does when its period begins, in the order of upstream's doProbe.
func (s *state) look(w *worker, now time.Duration, a *Action) {
	if w.Next > now || !s.looks(w) {
		return
	}
	w.skip(now)
	s.see(w, now, a)
	switch {
	case w.OnHold:
	case !s.Phase.runs():
		m, ch := w.Stop(!s.Deleted && s.RestartPolicy.restarts(s.ExitCode))
		s.set(w, m, ch, now, a)
	case since(s.StartedAt, now)/time.Second < time.Duration(w.InitialDelaySeconds): // as upstream
	case s.hasTurn(w):
		w.Asking = s.Starts
		a.try(w.Kind, s.Starts-1)
	}
}

// see tells the worker that the container has started.
func (s *state) see(w *worker, now time.Duration, a *Action) {
	if w.Seen != s.Starts {
		w.Seen = s.Starts
		m, ch := w.Start()
		s.set(w, m, ch, now, a)
	}
}

// set stores the new state of the probe. A verdict takes effect after the lag. A change of the result for an
// earlier instance is not published.
func (s *state) set(w *worker, m Machine, ch Change, now time.Duration, a *Action) {
	w.Machine = m
	if ch == (Change{}) || w.Seen != s.Starts {
		return
	}
	a.publish(ch)
	if s.Phase.runs() && (ch.OnHold || m.Done) {
		s.DueAt = after(now, s.Options.Lag)
	}
}
