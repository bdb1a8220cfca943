package probe

import "time"

// A worker tries one probe of a container. The zero value is no probe. The fields are exported for JSON.
type worker struct {
	Machine
	Seen     int           `json:"seen,omitempty"`     // the start that Result is about, from 1; can be an old one
	Next     time.Duration `json:"next,omitempty"`     // when the worker looks next, if looks reports true
	Asking   int           `json:"asking,omitempty"`   // the start that an attempt is under way for; 0: none is
	Prompted bool          `json:"prompted,omitempty"` // the pod was Synced during the attempt
}

// reset makes the worker forget everything but its probe.
func (w *worker) reset(next time.Duration) {
	*w = worker{Machine: Machine{Kind: w.Kind, Timing: w.Timing}, Next: next}
}

// skip moves Next to the first period that begins after now.
func (w *worker) skip(now time.Duration) {
	if w.Next > now {
		return
	}
	period := time.Duration(max(w.PeriodSeconds, 1)) * time.Second
	w.Next = after(w.Next+(now-w.Next)/period*period, period)
	if w.Next <= now { // now-w.Next was out of range
		w.Next = after(now, period)
	}
}

// delay returns the initial delay.
func (w *worker) delay() time.Duration { return time.Duration(w.InitialDelaySeconds) * time.Second }
