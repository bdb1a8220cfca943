package probe

// A Timing says when to try a probe, and how many outcomes in a row change its result. A Timing is
// comparable. The zero value is that of a manifest with no settings; see [Spec.WithDefaults].
type Timing struct {
	InitialDelaySeconds int32 `json:"initialDelaySeconds,omitempty"` // no attempt before; default 0
	TimeoutSeconds      int32 `json:"timeoutSeconds,omitempty"`      // a longer attempt is Failed; default 1
	PeriodSeconds       int32 `json:"periodSeconds,omitempty"`       // between attempts; default 10
	SuccessThreshold    int32 `json:"successThreshold,omitempty"`    // in a row for Success; default 1
	FailureThreshold    int32 `json:"failureThreshold,omitempty"`    // in a row for Failure; default 3

	// TerminationGracePeriodSeconds is the grace period of a kill for this probe. 0 is unset, which means the
	// pod's. A manifest with 0 is invalid, but has the same JSON here as one without.
	TerminationGracePeriodSeconds int64 `json:"terminationGracePeriodSeconds,omitempty"`
}
