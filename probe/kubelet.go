package probe

import "time"

// kubelet applies an event the way a kubelet does. Its workers live as long as the pod, and look at the
// container once in a period.
func (s *state) kubelet(e *Event, a *Action) {
	switch e.Type {
	case Started:
		s.start(e.At)
		s.kubeletWorkers(e.At)
	case Answered:
		s.answer(e, a)
	case Exited:
		previous := s.ExitedAt
		if s.exit(e) && s.KilledFor != 0 {
			s.restartAfterKill(previous)
		}
	case Deleted:
		s.delete(e.At, a)
	case Synced:
		s.sync(e.At)
	}
	switch {
	case s.DueAt > e.At:
	case s.Phase == waiting:
		// The first kill does not count for the back-off: the status from before it has no exit.
		s.restart(e.At, s.Starts > 1 || s.Starts == 1 && s.KilledFor == 0, a)
	case s.startupPassed():
		s.Phase = started
	case s.condemned():
		s.kill(a)
	}
}

// kubeletWorkers prepares the workers for a container that has started. They see the start in their next
// period.
func (s *state) kubeletWorkers(now time.Duration) {
	for _, w := range s.workers() {
		switch {
		case !s.probes(w):
		case w.Done: // a kubelet makes a new worker when one is missing
			w.reset(now)
		case s.Starts == 1 || w.OnHold: // the worker did not look in the periods until now
			w.skip(now - 1)
		}
	}
}

// restartAfterKill changes when a killed container restarts. The kubelet kills and starts it in one sync,
// with the status from before the kill: the last exit in that status is the previous one. If the back-off
// from there is over, the restart is immediate. Otherwise a later sync sees the container as it is: the
// back-off counts from its exit, and with the policy OnFailure a container that exited with 0 does not
// restart.
func (s *state) restartAfterKill(previous time.Duration) {
	waited := time.Duration(0)
	if s.Starts > 1 {
		waited = since(previous, s.ExitedAt)
	}
	switch {
	case waited >= s.Wait:
		s.DueAt = s.ExitedAt
	case !s.RestartPolicy.restarts(s.ExitCode):
		s.Phase = done
	}
}

// sync gives verdicts their effect without the lag. It also tries the readiness probe at once, unless its
// result is Success; its periods begin again from there.
func (s *state) sync(now time.Duration) {
	switch {
	case s.startupPassed():
		s.Phase = started
	case s.condemned():
		s.DueAt = now
	}
	w := &s.Readiness
	switch {
	case w.Kind == 0 || s.Phase != started || s.result(w) == Success:
	case w.Asking != 0:
		w.Prompted = true
	default:
		w.Next = now
	}
}
