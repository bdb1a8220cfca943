package probe

// An Attempt is one try of a probe. When [Container.Step] hands it out, the caller probes the container, and
// returns the Attempt with its outcome in an [Answered] event. The zero value is no attempt. Attempts are
// comparable.
type Attempt struct {
	Kind         Kind `json:"kind"`         // which probe to try
	RestartCount int  `json:"restartCount"` // which container instance to probe: how often it had restarted
}
