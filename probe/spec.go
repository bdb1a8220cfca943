package probe

import (
	"cmp"

	"github.com/rollcall-go/rollcall/field"
)

// A Spec is one probe of a container as a pod's manifest has it: how the container is asked, and when. Its JSON is that of
// corev1.Probe. [Parse] and [Spec.String] are its text form. The zero value asks nothing.
type Spec struct {
	Handler
	Timing
}

// A Timing says when a probe is tried, and how many attempts in a row it takes to change its result. It is comparable. The zero
// value is that of a manifest which says nothing; see [Spec.WithDefaults].
type Timing struct {
	InitialDelaySeconds int32 `json:"initialDelaySeconds,omitempty"` // not tried until the container has run for so long
	TimeoutSeconds      int32 `json:"timeoutSeconds,omitempty"`      // an attempt that takes longer has failed; 1 by default
	PeriodSeconds       int32 `json:"periodSeconds,omitempty"`       // from one attempt to the next; 10 by default
	SuccessThreshold    int32 `json:"successThreshold,omitempty"`    // so many in a row make a Success; 1 by default
	FailureThreshold    int32 `json:"failureThreshold,omitempty"`    // so many in a row make a Failure; 3 by default

	// How long a container that is killed for this probe is given to end. 0, which the API refuses, is unset: as its pod says.
	TerminationGracePeriodSeconds int64 `json:"terminationGracePeriodSeconds,omitempty"`
}

// WithDefaults returns s with what the API server sets where a manifest says nothing: timeout 1 s, period 10 s, success
// threshold 1, failure threshold 3, the path "/" and the scheme HTTP. It shares with s what it does not change.
//
// Upstream: SetDefaults_Probe and SetDefaults_HTTPGetAction in k8s.io/kubernetes/pkg/apis/core/v1.
func (s Spec) WithDefaults() Spec {
	s.TimeoutSeconds = cmp.Or(s.TimeoutSeconds, 1)
	s.PeriodSeconds = cmp.Or(s.PeriodSeconds, 10)
	s.SuccessThreshold = cmp.Or(s.SuccessThreshold, 1)
	s.FailureThreshold = cmp.Or(s.FailureThreshold, 3)
	if s.HTTPGet != nil {
		get := *s.HTTPGet
		get.Path = cmp.Or(get.Path, "/")
		get.Scheme = cmp.Or(get.Scheme, "HTTP")
		s.HTTPGet = &get
	}
	return s
}

// A ContainerSpec is what a pod's manifest says of how one of its containers is probed, killed and restarted. The JSON of a
// container can be read into it. Where that leaves out the restart policy, and for the grace period, it is the pod's that counts, and
// has to be set beside. The zero value has no probes and is always restarted.
type ContainerSpec struct {
	Startup   *Spec `json:"startupProbe,omitempty"` // nil: no such probe
	Liveness  *Spec `json:"livenessProbe,omitempty"`
	Readiness *Spec `json:"readinessProbe,omitempty"`

	RestartPolicy                 RestartPolicy `json:"restartPolicy,omitempty"`
	TerminationGracePeriodSeconds *int64        `json:"terminationGracePeriodSeconds,omitempty"` // nil: 30
}

// probe returns the probe of a kind; nil when there is none.
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

// Validate returns everything that the API server would refuse in the probes and the restart policy, as [Spec.Validate] does; nil if
// there is nothing. A grace period below 0 is 1 to the API server.
func (s ContainerSpec) Validate() error {
	var errs field.Errors
	for _, k := range kinds {
		if p := s.probe(k); p != nil {
			p.validate(k, &errs)
		}
	}
	if s.RestartPolicy < 0 || s.RestartPolicy > Never {
		errs = append(errs, field.Invalid(s.RestartPolicy, "want Always, OnFailure or Never", "restartPolicy"))
	}
	return errs.Err()
}
