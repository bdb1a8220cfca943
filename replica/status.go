package replica

import "time"

// A Status counts the pods of one controller. The zero value is the status without pods.
type Status struct {
	Replicas     int // active pods
	FullyLabeled int // active pods with all labels of the template
	Ready        int // active pods that are ready
	Available    int // active pods that have been ready for minReadySeconds
	Terminating  int // pods that are being deleted and have neither succeeded nor failed
	Phases       Phases

	// NextCheck is how long from now until the next ready pod becomes available; 0 if no pod will. No watch
	// event announces it: sync again after this delay.
	NextCheck time.Duration
}

// Phases counts pods by status.phase, active or not. Any other text counts as Unknown here; [DeletionOrder]
// treats it like Pending.
type Phases struct {
	Pending, Running, Succeeded, Failed, Unknown int
}

// Summarize counts the pods that a controller keeps, inactive pods included: those that [ownership.Filter]
// yields, or Plan.Kept after the adoptions. Template is the labels of the pod template; if it is empty, every
// active pod is fully labeled. MinReady is spec.minReadySeconds.
//
// Upstream: calculateStatus in k8s.io/kubernetes/pkg/controller/replicaset; FindMinNextPodAvailabilityCheck
// in k8s.io/kubernetes/pkg/controller for NextCheck. The status of a ReplicaSet has no counts of phases.
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
		if !p.Active() {
			continue
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
		if wait := p.UntilAvailable(minReady, now); wait > 0 && (s.NextCheck == 0 || wait < s.NextCheck) {
			s.NextCheck = wait
		}
	}
	return s
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
