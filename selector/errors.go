package selector

import (
	"github.com/rollcall-go/rollcall/internal/field"
	"github.com/rollcall-go/rollcall/internal/syntax"
)

// A FieldError says what is wrong with one field of what a selector was to be made from. Its fields are
//
//	Path   string // where the field is, as in "matchExpressions[1].values[0]"
//	Value  any    // what stands there
//	Reason string // what is wrong with it
//
// errors.As finds the first of several. The type is the same in every package of rollcall.
type FieldError = field.Error

// FieldErrors is the type of the errors of [Compile], [FromLabels] and [New]: a slice of [*FieldError] with one for each
// bad field, in the order of the fields, at least one. It prints a line for each. errors.As finds it, however the error is
// wrapped:
//
//	var bad selector.FieldErrors
//	if errors.As(err, &bad) {
//		for _, e := range bad {
//			fmt.Println(e.Path, e.Reason)
//		}
//	}
type FieldErrors = field.Errors

// A SyntaxError says what is wrong at one place of a text that is to be a selector. Its fields are
//
//	Input  string // the whole text
//	Offset int    // of the place, in bytes
//	Found  string // what stands there: a word, a sign or a character; empty at the end of the text
//	Want   string // what could stand there instead
//
// It prints what was found and where, and what is wanted, as in
//
//	found "back" at offset 15 after "tier in (front ", want ',' or ')'
//	found the end at offset 14 after "tier in (front", want ',' or ')'
//
// The type is the same in every package of rollcall.
type SyntaxError = syntax.Error

// SyntaxErrors is the type of the errors of [Parse]: at least one [*SyntaxError], by offset. It prints a line for each.
// errors.As finds it, and finds the first as a *SyntaxError, however it is wrapped.
type SyntaxErrors = syntax.Errors
