package replica

import "time"

// A Status counts a controller's pods. The zero value is that of no pods.
type Status struct {
	Replicas     int // active
	FullyLabeled int // active, with all labels of the template
	Ready        int // active and ready
	Available    int // active and ready for the minimum time
	Terminating  int // being deleted and not ended yet
	Phases       Phases

	// In how long, counted from the time of the status, the next of the ready pods will be available; zero when none is
	// waiting. Until then no event tells of it.
	NextCheck time.Duration
}

// Phases counts pods by status.phase, active or not. A pod without a phase, or with one that does not exist, counts as
// Unknown.
type Phases struct {
	Pending, Running, Succeeded, Failed, Unknown int
}

// Summarize counts pods, which are all that a controller owns, inactive ones included: what [ownership.Filter] yields,
// and those just adopted. Template is the labels of the pod template; without any, every pod is fully labelled.
//
// Upstream: calculateStatus in k8s.io/kubernetes/pkg/controller/replicaset, and FindMinNextPodAvailabilityCheck in
// k8s.io/kubernetes/pkg/controller for NextCheck; the phases are a dashboard's.
func Summarize(pods []Pod, template map[string]string, minReady time.Duration, now time.Time) Status {
	var s Status
	for i := range pods {
		p := &pods[i]
		switch p.Phase {
		case "Pending":
			s.Phases.Pending++
		case "Running":
			s.Phases.Running++
		case succeeded:
			s.Phases.Succeeded++
		case failed:
			s.Phases.Failed++
		default:
			s.Phases.Unknown++
		}
		state := p.State(minReady, now)
		if state == Terminating {
			s.Terminating++
		}
		if state < NotReady {
			continue // not active
		}
		s.Replicas++
		if hasAll(p.Labels, template) {
			s.FullyLabeled++
		}
		if state >= Ready {
			s.Ready++
		}
		if state == Available {
			s.Available++
		}
		s.NextCheck = sooner(s.NextCheck, p.untilAvailable(minReady, now))
	}
	return s
}

// sooner returns the shorter of two durations, of which zero is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// hasAll reports whether labels contain all of wanted.
func hasAll(labels, wanted map[string]string) bool {
	for key, value := range wanted {
		if have, ok := labels[key]; !ok || have != value {
			return false
		}
	}
	return true
}
