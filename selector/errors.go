package selector

import "github.com/rollcall-go/rollcall/internal/field"

// A FieldError says what is wrong with one field of what a selector was to be made from. Its fields are
//
//	Path   string // where the field is, as in "matchExpressions[1].values[0]"
//	Value  any    // what stands there
//	Reason string // what is wrong with it
//
// errors.As finds the first of several. The type is the same in every package of rollcall.
type FieldError = field.Error

// FieldErrors is the type of the constructors' errors: a slice of [*FieldError] with one for each bad field, in the order of the
// fields, at least one. It prints a line for each. errors.As finds it, however the error is wrapped:
//
//	var bad selector.FieldErrors
//	if errors.As(err, &bad) {
//		for _, e := range bad {
//			fmt.Println(e.Path, e.Reason)
//		}
//	}
type FieldErrors = field.Errors
