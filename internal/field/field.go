// Package field holds the error that every package of rollcall reports for a bad field.
package field

import (
	"fmt"

	"github.com/rollcall-go/rollcall/internal/several"
)

// An Error says what is wrong with one field of the caller's input.
type Error struct {
	Path   string // where the field is, as in "matchExpressions[1].values[0]"
	Value  any    // what stands there; nil when the field is missing
	Reason string // what is wrong with it
}

// Error returns path, value and reason, as in
//
//	matchExpressions[1].values[0]: "b c": ' ' at offset 1, want …
func (e *Error) Error() string {
	switch v := e.Value.(type) {
	case nil:
		return e.Path + ": " + e.Reason
	case string:
		return fmt.Sprintf("%s: %q: %s", e.Path, v, e.Reason)
	default:
		return fmt.Sprintf("%s: %v: %s", e.Path, v, e.Reason)
	}
}

// Errors are the errors of several fields, in the order in which the fields were looked at. An empty one is no error, and
// is not returned as one.
type Errors []*Error

// Add appends the error of one field. The path is a format and its arguments.
func (es *Errors) Add(value any, reason, path string, args ...any) {
	*es = append(*es, &Error{Path: fmt.Sprintf(path, args...), Value: value, Reason: reason})
}

// Error returns the texts of all, a line each.
func (es Errors) Error() string { return several.Lines(es) }

// Unwrap returns all, so that errors.As finds the first.
func (es Errors) Unwrap() []error { return several.Errors(es) }
