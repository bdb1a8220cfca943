package probe

import "time"

// This file has what only the kubelet does: its workers live as long as the pod and look at the container once in a period.

// kubeletStart prepares the workers for a container that has started. They do not see it before their next period.
func (s *state) kubeletStart(now time.Duration) {
	for _, w := range s.workers() {
		switch {
		case !s.probes(w):
		case w.Probe.done: // a kubelet makes a new worker when one is missing
			w.reset(now)
		case s.Starts == 1 || w.Probe.onHold: // the worker did not look in the periods until now
			w.skip(now - 1)
		}
	}
}

// kubeletRestart changes when a killed container restarts. The kubelet kills and starts it in one sync, with the status from before
// the kill: the last exit in that status is the previous one. If the back-off from there is over, the restart is immediate.
// Otherwise a later sync sees the container as it is: it waits from its own exit, or stays as it is if it has not failed.
func (s *state) kubeletRestart(previous time.Duration, failed bool) {
	waited := time.Duration(0)
	if s.Starts > 1 {
		waited = since(previous, s.ExitedAt)
	}
	switch {
	case waited >= s.Wait:
		s.DueAt = s.ExitedAt
	case !failed:
		s.Phase = done
	}
}

// sync gives verdicts their effect at once. It also tries the readiness probe at once, unless its result is Success; its periods
// begin again from there.
func (s *state) sync(now time.Duration) {
	switch {
	case s.startupPassed():
		s.begin(now)
	case s.condemned():
		s.DueAt = now
	}
	w := &s.Readiness
	switch {
	case w.Probe.Kind == 0 || s.Phase != started || s.result(w) == Success:
	case w.Asking != 0:
		w.Prompted = true
	default:
		w.Next = now
	}
}
