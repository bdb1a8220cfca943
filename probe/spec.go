package probe

// A Spec is one probe of a container as a pod's manifest has it: what is asked, and when. Its JSON is that of corev1.Probe. The
// zero value is no probe.
type Spec struct {
	Handler
	Timing
}

// A Timing says when a probe is tried and how many attempts in a row it takes to change its result. It is comparable. The zero
// value is that of a manifest which says nothing; see [Spec.WithDefaults].
type Timing struct {
	InitialDelaySeconds int32 `json:"initialDelaySeconds,omitempty"` // from the container's start to the first attempt
	TimeoutSeconds      int32 `json:"timeoutSeconds,omitempty"`      // an attempt that takes longer has failed
	PeriodSeconds       int32 `json:"periodSeconds,omitempty"`       // from one attempt to the next
	SuccessThreshold    int32 `json:"successThreshold,omitempty"`    // so many in a row make a Success; 0 counts as 1
	FailureThreshold    int32 `json:"failureThreshold,omitempty"`    // so many in a row make a Failure; 0 counts as 1

	// How long a container that is killed for this probe is given to end; 0, which the API refuses: as its pod says.
	TerminationGracePeriodSeconds int64 `json:"terminationGracePeriodSeconds,omitempty"`
}
