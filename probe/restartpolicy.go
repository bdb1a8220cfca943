package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// A RestartPolicy says when a container that has ended is started again. The zero value is unset, which means Always.
type RestartPolicy int

// The restart policies of the API.
const (
	Always    RestartPolicy = 1 + iota // whatever it ended with
	OnFailure                          // unless it ended with code 0; killed for a probe, even then (but see [Options.Kubelet])
	Never                              // not even when it was killed for a probe
)

var restartPolicyNames = []string{
	0:         "Unset",
	Always:    "Always",
	OnFailure: "OnFailure",
	Never:     "Never",
}

// String returns the name, as in "Always".
func (r RestartPolicy) String() string { return enum.Name("RestartPolicy", int(r), restartPolicyNames) }

// MarshalText returns String; it never fails.
func (r RestartPolicy) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText sets r to the value of that name. For another text it returns an error and leaves r alone.
func (r *RestartPolicy) UnmarshalText(text []byte) error {
	return enum.ParseName("RestartPolicy", text, restartPolicyNames, (*int)(r))
}

// restarts reports whether a container that ended with that code is started again.
//
// Upstream: ContainerShouldRestart in k8s.io/kubernetes/pkg/api/v1/pod, without the rules for exit codes.
func (r RestartPolicy) restarts(code ExitCode) bool {
	switch r {
	case Never:
		return false
	case OnFailure:
		return code != 0
	default:
		return true
	}
}
