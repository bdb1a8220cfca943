package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// A RestartPolicy says when a container that has exited restarts. The zero value is unset, which means
// Always.
type RestartPolicy int

// The restart policies of the API.
const (
	Always    RestartPolicy = 1 + iota // after every exit
	OnFailure                          // not after the exit code 0, unless killed for a probe; see Options.Kubelet
	Never                              // after no exit
)

var restartPolicyNames = []string{
	0:         "Unset",
	Always:    "Always",
	OnFailure: "OnFailure",
	Never:     "Never",
}

// String returns the name, as in "Always".
func (r RestartPolicy) String() string { return enum.Name("RestartPolicy", int(r), restartPolicyNames) }

// MarshalText returns String, which is the text of the API. It never fails.
func (r RestartPolicy) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error
// and does not change r.
func (r *RestartPolicy) UnmarshalText(text []byte) error {
	return enum.ParseName("RestartPolicy", text, restartPolicyNames, (*int)(r))
}

// restarts reports whether a container restarts after an exit that is not a kill for a probe.
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
