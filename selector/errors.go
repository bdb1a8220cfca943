package selector

import "github.com/rollcall-go/rollcall/internal/field"

// A FieldError says what is wrong with one field of what a selector was to be made from. Its fields are
//
//	Path   string // where the field is, as in "matchExpressions[1].values[0]"
//	Value  any    // what stands there
//	Reason string // what is wrong with it
//
// The errors of the constructors hold one for each bad field, in the order of the fields: errors.As finds the first,
// Unwrap() []error gives all of them. The type is the same in every package of rollcall.
type FieldError = field.Error
