package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// A Result is the state that a probe reports for its container. It changes when the outcomes in a row reach a
// threshold, and when the container starts or stops. The zero value is Unknown.
type Result int

// The results.
const (
	Unknown Result = iota // a startup probe that has reached no threshold
	Success
	Failure
)

var resultNames = []string{
	Unknown: "Unknown",
	Success: "Success",
	Failure: "Failure",
}

// String returns the name, as in "Unknown".
func (r Result) String() string { return enum.Name("Result", int(r), resultNames) }

// MarshalText returns String in lower camel case. It never fails.
func (r Result) MarshalText() ([]byte, error) { return []byte(enum.Text(r.String())), nil }

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error
// and does not change r.
func (r *Result) UnmarshalText(text []byte) error {
	return enum.Parse("Result", text, resultNames, (*int)(r))
}
