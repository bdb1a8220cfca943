package probe

import "time"

// supervisor applies an event the way a supervisor of plain processes does. Its workers live as long as a
// container instance, and see each event at once.
func (s *state) supervisor(e *Event, a *Action) {
	switch e.Type {
	case Started:
		s.start(e.At)
		for _, w := range s.workers() {
			if s.probes(w) {
				w.reset(after(e.At, w.delay()))
				s.see(w, e.At, a)
			}
		}
	case Answered:
		s.answer(e, a)
	case Exited:
		if s.Phase.runs() {
			s.exit(e)
			s.stopWorkers(e.At, a)
		}
	case Deleted:
		s.delete(e.At, a)
	}
	switch {
	case s.DueAt > e.At:
	case s.Phase == waiting:
		s.restart(e.At, s.Starts > 0, a)
	case s.startupPassed():
		s.Phase = started
		for _, w := range s.workers() {
			if s.hasTurn(w) {
				w.Next = max(w.Next, e.At)
			}
		}
	case s.condemned():
		s.kill(a)
	}
}

// stopWorkers ends the attempts and the workers of a container that has exited.
func (s *state) stopWorkers(now time.Duration, a *Action) {
	again := s.RestartPolicy.restarts(s.ExitCode)
	for _, w := range s.workers() {
		if w.Kind != 0 {
			w.Asking = 0
			m, ch := w.Stop(again)
			s.set(w, m, ch, now, a)
		}
	}
}
