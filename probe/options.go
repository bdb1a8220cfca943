package probe

import "time"

// Options say how a [Container] is looked after. The zero value is for a supervisor of plain processes: it
// applies the kubelet's rules, but not the delays that result from how the kubelet is built.
type Options struct {
	// Kubelet makes the Container do exactly what a kubelet does. Set it to predict what a cluster does.
	//
	// A kubelet has a worker for each probe. The worker lives as long as the pod, and looks at the
	// container's status once in a period. Without Kubelet, a worker lives as long as a container instance
	// and sees each event at once. The differences are:
	//
	//   - Start of the periods. Kubelet: when the pod is added, and again at some [Synced] events. Otherwise:
	//     when the initial delay is over and, for liveness and readiness, the startup probe has passed.
	//   - Starts and exits. Kubelet: a worker sees them when its next period begins. Otherwise: at once.
	//   - Outcomes in a row. Kubelet: the count continues after a restart. Otherwise: it begins at 0.
	//   - An attempt under way when the container exits. Kubelet: the probe is not tried again before it is
	//     answered, even if the container has restarted. The answer counts as an outcome in a row, but does
	//     not change the result of the new instance. Otherwise: the answer is ignored.
	//   - Back-off after a kill. Kubelet: it counts from the exit before that kill, and the first kill has
	//     none. Otherwise: it counts from the latest exit.
	//   - A killed container with the policy OnFailure and the exit code 0. Kubelet: it restarts only if no
	//     back-off delays it. Otherwise: it restarts.
	//   - The grace period with the policy Never. Kubelet: the pod's, because the whole pod is killed.
	//     Otherwise: the probe's.
	Kubelet bool `json:"kubelet,omitempty"`

	// Lag is the delay from a verdict to its effect: from the startup probe's Success until the other probes
	// begin, and from a Failure on hold until the kill. Values below 0 mean 0. JSON: nanoseconds.
	Lag time.Duration `json:"lag,omitempty"`

	Backoff Backoff `json:"backoff,omitzero"` // delays before restarts; zero: the kubelet's
}
