package probe

import "time"

// Options say how a [Container] is looked after. The zero value is for a supervisor of plain processes: it applies the kubelet's
// rules, without the delays that only come from the way in which the kubelet is built.
type Options struct {
	// Kubelet makes the Container do exactly what a kubelet does. Set it to predict what a cluster will do.
	//
	// In a kubelet each probe has a worker. The worker lives as long as the pod and looks at the container's status once in a
	// period. Without Kubelet, the worker lives as long as a container instance and learns of each event at once. The differences:
	//
	//   - Start of the periods. Kubelet: when the pod is added, and again at some [Synced] events. Otherwise: when the initial
	//     delay is over and, for liveness and readiness, the startup probe has passed.
	//   - Starts and exits. Kubelet: a worker sees them when its next period begins. Otherwise: at once.
	//   - Outcomes in a row. Kubelet: the count continues after a restart. Otherwise: it restarts at 0.
	//   - An attempt under way when the container exits. Kubelet: no other attempt is made before it is answered, even if the
	//     container has restarted. The answer then counts, but does not change the result. Otherwise: the answer is ignored.
	//   - Back-off. Kubelet: after a kill it counts from the exit before that kill, and the first kill does not count. Otherwise: it
	//     counts from the latest exit.
	//   - A container with the policy OnFailure that is killed and exits with 0. Kubelet: it restarts only if no back-off delays
	//     it. Otherwise: it always restarts.
	//   - The grace period of a container with the policy Never. Kubelet: the pod's, because the kubelet kills the whole pod.
	//     Otherwise: the probe's.
	Kubelet bool `json:"kubelet,omitempty"`

	// Lag is the delay between a verdict and its effect: from the startup probe's Success until the other probes begin, and from a
	// Failure until the kill. Values below 0 mean 0. JSON: nanoseconds.
	Lag time.Duration `json:"lag,omitempty"`

	Backoff Backoff `json:"backoff,omitzero"` // the delays before restarts; zero: the kubelet's
}
