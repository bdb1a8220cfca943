package probe

import "time"

// A worker tries one probe of a container. The zero value is no probe. Starts of the container are counted from 1.
type worker struct {
	Probe    Machine       `json:"probe,omitzero"`
	Seen     int           `json:"seen,omitempty"`     // the start that the result is about; not always the last one
	Next     time.Duration `json:"next,omitempty"`     // when the worker looks at the container next, if looks reports true
	Asking   int           `json:"asking,omitempty"`   // the start that the attempt under way is about; 0: none is under way
	Prompted bool          `json:"prompted,omitempty"` // the pod was Synced during the attempt
}

// reset makes the worker forget everything but its probe.
func (w *worker) reset(next time.Duration) {
	*w = worker{Probe: Machine{Kind: w.Probe.Kind, Timing: w.Probe.Timing}, Next: next}
}

// skip moves Next to the first period that begins after now.
func (w *worker) skip(now time.Duration) {
	if w.Next > now {
		return
	}
	period := time.Duration(max(w.Probe.PeriodSeconds, 1)) * time.Second
	w.Next = after(w.Next+(now-w.Next)/period*period, period)
	if w.Next <= now { // now-w.Next was out of range
		w.Next = after(now, period)
	}
}

// delay returns the initial delay.
func (w *worker) delay() time.Duration { return time.Duration(w.Probe.InitialDelaySeconds) * time.Second }

// looks reports whether the worker looks at the container at its time Next. It does not before the first start, nor while it is on
// hold for the last instance.
func (s *state) looks(w *worker) bool {
	switch {
	case w.Probe.Kind == 0 || w.Probe.done || w.Asking != 0 || s.Starts == 0 || w.Probe.onHold && w.Seen == s.Starts:
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
	case w.Probe.onHold:
	case !s.Phase.runs():
		m, ch := w.Probe.Stop(!s.Deleted && s.RestartPolicy.restarts(s.ExitCode))
		s.set(w, m, ch, now, a)
	case since(s.StartedAt, now)/time.Second < time.Duration(w.Probe.InitialDelaySeconds): // in whole seconds, as upstream
	case !s.hasTurn(w):
	default:
		w.Asking = s.Starts
		a.try(w.Probe.Kind, s.Starts-1)
	}
}

// see tells the worker that the container has started.
func (s *state) see(w *worker, now time.Duration, a *Action) {
	if w.Seen != s.Starts {
		w.Seen = s.Starts
		m, ch := w.Probe.Start()
		s.set(w, m, ch, now, a)
	}
}

// set stores what the probe has become. A verdict takes effect after the lag. A change of the result for an earlier instance is not
// published.
func (s *state) set(w *worker, m Machine, ch Change, now time.Duration, a *Action) {
	w.Probe = m
	if ch == (Change{}) || w.Seen != s.Starts {
		return
	}
	a.publish(ch)
	if s.Phase.runs() && (ch.OnHold || m.done) {
		s.DueAt = after(now, s.Options.Lag)
	}
}
