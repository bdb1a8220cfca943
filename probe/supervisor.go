package probe

import "time"

// This file has what only a supervisor does: its workers live as long as a container instance and see every event at once.

// supervisorStart makes new workers for a container that has started.
func (s *state) supervisorStart(now time.Duration, a *Action) {
	for _, w := range s.workers() {
		if s.probes(w) {
			w.reset(after(now, w.delay()))
			s.see(w, now, a)
		}
	}
}

// supervisorBegin starts the periods of the probes that waited for the startup probe.
func (s *state) supervisorBegin(now time.Duration) {
	for _, w := range [...]*worker{&s.Liveness, &s.Readiness} {
		if w.Probe.Kind != 0 {
			w.Next = max(now, w.Next)
		}
	}
}

// supervisorExit ends the attempts and the workers of a container that has exited.
func (s *state) supervisorExit(now time.Duration, again bool, a *Action) {
	for _, w := range s.workers() {
		if w.Probe.Kind != 0 {
			w.Asking = 0
			m, ch := w.Probe.Stop(again)
			s.set(w, m, ch, now, a)
		}
	}
}
