package selector

import "github.com/rollcall-go/rollcall/field"

// A SyntaxError describes one invalid place in the string form of a selector.
type SyntaxError = field.SyntaxError

// SyntaxErrors is the error type of [Parse]: at least one [*SyntaxError], in order of offset.
type SyntaxErrors = field.SyntaxErrors
