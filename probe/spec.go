package probe

import "cmp"

// A Spec is one probe in a pod's manifest: how and when to probe the container. Its JSON is that of
// corev1.Probe. [Parse] and [Spec.String] are its text form. The zero value has no handler.
type Spec struct {
	Handler
	Timing
}

// WithDefaults returns s with the defaults of the API server in the fields that are unset: timeout 1 s,
// period 10 s, success threshold 1, failure threshold 3, the path "/" and the scheme HTTP. It does not change
// s, and shares its slices and other pointers.
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
