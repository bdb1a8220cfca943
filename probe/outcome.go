package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// An Outcome is what one attempt of a probe came to. The zero value is unset: there was no attempt.
type Outcome int

// The outcomes.
const (
	Passed  Outcome = 1 + iota // all is well
	Warned                     // counts as Passed; someone should look at it
	Failed                     // it is not well, or did not answer in time
	Errored                    // the prober itself did not work: thrown away, as if there had been no attempt
)

var outcomeNames = []string{
	0:       "Unset",
	Passed:  "Passed",
	Warned:  "Warned",
	Failed:  "Failed",
	Errored: "Errored",
}

// String returns the name, as in "Passed".
func (o Outcome) String() string { return enum.Name("Outcome", int(o), outcomeNames) }

// MarshalText returns String; it never fails.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText sets o to the value of that name. For another text it returns an error and leaves o alone.
func (o *Outcome) UnmarshalText(text []byte) error {
	return enum.Parse("Outcome", text, outcomeNames, (*int)(o))
}
