package field

import (
	"errors"
	"fmt"
	"strings"
)

// A SyntaxError describes one invalid place in a string. The zero value has no input.
type SyntaxError struct {
	Input  string // the whole string
	Offset int    // byte offset of the invalid place in Input
	Found  string // word, sign or character at Offset; empty at the end of Input
	Want   string // what is accepted there
}

// Error returns what was found, where, and what is accepted there, as in
//
//	found "back" at offset 15 after "tier in (front ", want ',' or ')'
//	found the end at offset 14 after "tier in (front", want ',' or ')'
//
// It shows at most 40 characters of Found, and at most 40 bytes of the input before Offset.
func (e *SyntaxError) Error() string {
	found, after := "the end", ""
	if e.Found != "" {
		found = fmt.Sprintf("%.40q", e.Found)
	}
	if before := e.Input[:max(0, min(e.Offset, len(e.Input)))]; before != "" {
		if cut := len(before) - 40; cut > 0 {
			before = "…" + strings.ToValidUTF8(before[cut:], "")
		}
		after = fmt.Sprintf(" after %q", before)
	}
	return fmt.Sprintf("found %s at offset %d%s, want %s", found, e.Offset, after, e.Want)
}

// SyntaxErrors lists invalid places of one string by offset. An empty list is no error: functions return nil
// instead.
type SyntaxErrors []*SyntaxError

// Error returns the text of each error on a line of its own.
func (es SyntaxErrors) Error() string { return errors.Join(es.Unwrap()...).Error() }

// Unwrap returns the errors, so that errors.As finds the first one as a *SyntaxError.
func (es SyntaxErrors) Unwrap() []error { return unwrap(es) }
