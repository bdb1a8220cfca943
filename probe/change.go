package probe

// A Change is a result that a probe has published. The zero value is no change. Changes are comparable.
type Change struct {
	Kind   Kind   `json:"kind"`
	Result Result `json:"result"`
	OnHold bool   `json:"onHold,omitempty"` // the result is final for this container instance
}
