package probe

import "github.com/rollcall-go/rollcall/field"

// A ContainerSpec says how one container of a pod is probed, killed and restarted. The JSON of a container
// can be read into it. The caller must set TerminationGracePeriodSeconds from the pod's spec, and
// RestartPolicy as well if the container has none of its own. The zero value has no probes and always
// restarts.
type ContainerSpec struct {
	Startup   *Spec `json:"startupProbe,omitempty"` // nil: none
	Liveness  *Spec `json:"livenessProbe,omitempty"`
	Readiness *Spec `json:"readinessProbe,omitempty"`

	RestartPolicy                 RestartPolicy `json:"restartPolicy,omitempty"`
	TerminationGracePeriodSeconds *int64        `json:"terminationGracePeriodSeconds,omitempty"` // nil: 30
}

// probe returns the probe of a kind; nil if there is none.
func (s ContainerSpec) probe(k Kind) *Spec {
	switch k {
	case Startup:
		return s.Startup
	case Liveness:
		return s.Liveness
	default:
		return s.Readiness
	}
}

// Validate reports all reasons for which the API server rejects the probes and the restart policy. The error
// is a [field.Errors], as that of [Spec.Validate], or nil. A negative grace period is valid: the API server
// takes it as 1. The cost is linear in the size of s.
func (s ContainerSpec) Validate() error {
	var errs field.Errors
	for _, k := range kinds {
		if p := s.probe(k); p != nil {
			p.validate(k, &errs)
		}
	}
	if s.RestartPolicy < 0 || s.RestartPolicy > Never {
		const reason = "must be Always, OnFailure or Never"
		errs = append(errs, field.Invalid(s.RestartPolicy, reason, "restartPolicy"))
	}
	return errs.Err()
}
