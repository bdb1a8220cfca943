package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// A Result is what a probe says of its container, once as many attempts in a row as its threshold asks came to it. The zero
// value is Unknown.
type Result int

// The results.
const (
	Unknown Result = iota // nothing yet
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

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error and does not change r.
func (r *Result) UnmarshalText(text []byte) error {
	return enum.Parse("Result", text, resultNames, (*int)(r))
}
