package field

import (
	"errors"
	"fmt"
)

// An Error describes one invalid field. The zero value has no path and no reason.
type Error struct {
	Path   string // path of the field, as in "matchExpressions[1].values[0]"
	Value  any    // value of the field; nil when it is missing
	Reason string // what is wrong, and what is accepted
}

// Error returns path, value and reason, as in
//
//	matchExpressions[1].values[0]: "b c": ' ' at offset 1; …
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

// Errors lists invalid fields in the order in which they were checked. An empty list is no error: functions
// return nil instead.
type Errors []*Error

// Error returns the text of each error on a line of its own.
func (es Errors) Error() string { return errors.Join(es.Unwrap()...).Error() }

// Unwrap returns the errors, so that errors.As finds the first one as a *Error.
func (es Errors) Unwrap() []error { return unwrap(es) }

// Err returns es as an error, or nil when es is empty.
func (es Errors) Err() error {
	if len(es) == 0 {
		return nil // not an empty Errors in an error that is not nil
	}
	return es
}

func unwrap[E error](es []E) []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

// Invalid returns the Error of an invalid value. If the field is missing, pass nil as the value. Path is a
// format string as in [fmt.Sprintf], and args are its arguments.
func Invalid(value any, reason, path string, args ...any) *Error {
	return &Error{Path: fmt.Sprintf(path, args...), Value: value, Reason: reason}
}
