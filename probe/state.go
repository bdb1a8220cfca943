package probe

import (
	"math"
	"time"
)

// A state is all that a Container remembers, and the rules for it. What only the kubelet does is in kubelet.go, and what only a
// supervisor does is in supervisor.go. The fields are exported for JSON; a Container does not expose them.
type state struct {
	Options       Options       `json:"options,omitzero"`
	RestartPolicy RestartPolicy `json:"restartPolicy,omitempty"`
	GraceSeconds  int64         `json:"graceSeconds,omitempty"` // the pod's

	Startup   worker `json:"startup,omitzero"`
	Liveness  worker `json:"liveness,omitzero"`
	Readiness worker `json:"readiness,omitzero"`

	Phase     phase         `json:"phase,omitempty"`
	Deleted   bool          `json:"deleted,omitempty"`   // the pod is being deleted; never back to false, and never while waiting
	KilledFor Kind          `json:"killedFor,omitempty"` // the probe for which Step asked to kill the last instance; unset: none
	Starts    int           `json:"starts,omitempty"`    // how often the container has started
	StartedAt time.Duration `json:"startedAt,omitempty"` // the last start
	ExitedAt  time.Duration `json:"exitedAt,omitempty"`  // the last exit
	ExitCode  ExitCode      `json:"exitCode,omitempty"`  // of the last exit
	DueAt     time.Duration `json:"dueAt,omitempty"`     // waiting: the next start; running: when the last verdict takes effect
	Wait      time.Duration `json:"wait,omitempty"`      // the back-off after the next exit
	DecidedAt time.Duration `json:"decidedAt,omitempty"` // when the last start that counts for the back-off was decided
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
	if d := now - t; d >= 0 || now < t {
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

// result returns the result of the probe for the last container instance; Unknown if its worker has not seen that instance.
func (s *state) result(w *worker) Result {
	if w.Seen != s.Starts {
		return Unknown
	}
	return w.Probe.result
}

// probes reports whether the container has this probe. When the pod is being deleted, only the readiness probe is left.
func (s *state) probes(w *worker) bool {
	return w.Probe.Kind != 0 && (!s.Deleted || w.Probe.Kind == Readiness)
}

// hasTurn reports whether a probe may be tried: first the startup probe, and after it the others.
func (s *state) hasTurn(w *worker) bool {
	if w.Probe.Kind == Startup {
		return s.Phase == running
	}
	return s.Phase == started
}

func (s *state) step(e Event) (a Action) {
	if e.At == never {
		return a
	}
	switch e.Type {
	case Started:
		s.start(e.At, &a)
	case Answered:
		s.answer(e, &a)
	case Exited:
		s.exit(e, &a)
	case Deleted:
		s.delete(e.At, &a)
	case Synced:
		if s.Options.Kubelet {
			s.sync(e.At)
		}
	}
	if s.DueAt <= e.At {
		switch {
		case s.Phase == waiting:
			s.restart(e.At, &a)
		case s.startupPassed():
			s.begin(e.At)
		case s.condemned():
			s.kill(&a)
		}
	}
	for _, w := range s.workers() {
		s.look(w, e.At, &a)
	}
	return a
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

// startupPassed reports whether the container becomes started at DueAt.
func (s *state) startupPassed() bool { return s.Phase == running && s.result(&s.Startup) == Success }

// condemned reports whether the container is to be killed at DueAt. Each instance is killed at most once.
func (s *state) condemned() bool {
	if s.Deleted || s.KilledFor != 0 {
		return false
	}
	return s.Phase == running && s.result(&s.Startup) == Failure || s.Phase == started && s.result(&s.Liveness) == Failure
}

// ready reports whether the container is ready.
func (s *state) ready() bool {
	return s.Phase == started && (s.Readiness.Probe.Kind == 0 || s.result(&s.Readiness) == Success)
}

func (s *state) start(now time.Duration, a *Action) {
	if s.Phase.runs() { // the caller has not reported its exit
		s.ExitedAt = now
	}
	s.Starts++
	s.StartedAt, s.KilledFor = now, 0
	s.Phase = running
	if !s.probes(&s.Startup) {
		s.Phase = started
	}
	if s.Options.Kubelet {
		s.kubeletStart(now)
	} else {
		s.supervisorStart(now, a)
	}
}

// begin ends the turn of the startup probe.
func (s *state) begin(now time.Duration) {
	s.Phase = started
	if !s.Options.Kubelet {
		s.supervisorBegin(now)
	}
}

func (s *state) answer(e Event, a *Action) {
	w := s.worker(e.Attempt.Kind)
	if w == nil || w.Asking == 0 || w.Asking != e.Attempt.RestartCount+1 {
		return
	}
	w.Asking = 0
	m, ch := w.Probe.Observe(e.Outcome)
	s.set(w, m, ch, e.At, a)
	if w.Prompted {
		w.Next, w.Prompted = e.At, false
	}
}

// kill asks to kill the container for the probe whose turn it is.
func (s *state) kill(a *Action) {
	s.KilledFor = Liveness
	if s.Phase == running {
		s.KilledFor = Startup
	}
	a.Kill, a.Grace = s.KilledFor, s.killGrace()
}

// killGrace returns the grace period of a container that is killed for the probe KilledFor.
func (s *state) killGrace() time.Duration {
	own := s.worker(s.KilledFor).Probe.TerminationGracePeriodSeconds
	if own <= 0 || s.Options.Kubelet && s.RestartPolicy == Never { // where the kubelet kills the whole pod
		own = s.GraceSeconds
	}
	return grace(own)
}

// grace returns a grace period, of at least 2 s, which is the kubelet's minimum.
func grace(seconds int64) time.Duration {
	const most = int64(never / time.Second)
	return time.Duration(min(max(seconds, 2), most)) * time.Second
}

func (s *state) exit(e Event, a *Action) {
	if !s.Phase.runs() {
		return
	}
	previous := s.ExitedAt
	s.Phase, s.ExitedAt, s.ExitCode = waiting, e.At, e.ExitCode
	failed := s.RestartPolicy.restarts(e.ExitCode)
	if !s.Options.Kubelet {
		s.supervisorExit(e.At, failed, a)
	}
	killed := s.KilledFor != 0
	if s.Deleted || !failed && (!killed || s.RestartPolicy == Never) {
		s.Phase = done
		return
	}
	if since(s.DecidedAt, e.At) > s.Options.Backoff.withDefaults().Reset {
		s.Wait = 0
	}
	s.DueAt = after(e.At, s.Wait)
	if s.Options.Kubelet && killed {
		s.kubeletRestart(previous, failed)
	}
}

// restart asks to start the container. The first start is not part of the back-off.
func (s *state) restart(now time.Duration, a *Action) {
	a.Start, s.Phase = true, starting
	if s.Starts > 1 || s.Starts == 1 && !(s.Options.Kubelet && s.KilledFor != 0) {
		s.Wait = s.Options.Backoff.withDefaults().next(s.Wait)
		s.DecidedAt = now
	}
}

// delete ends the liveness and the startup probe, even if they are on hold: the container will not be started again.
func (s *state) delete(now time.Duration, a *Action) {
	s.Deleted = true
	if s.Phase == waiting {
		s.Phase = done
	}
	for _, w := range [...]*worker{&s.Startup, &s.Liveness} {
		if w.Probe.Kind == 0 {
			continue
		}
		if s.Phase.runs() && !w.Probe.done {
			s.see(w, now, a)
			w.Probe.onHold = false
			m, ch := w.Probe.Delete()
			s.set(w, m, ch, now, a)
		}
		w.Probe.done, w.Asking = true, 0
	}
}
