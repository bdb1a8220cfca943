// Package syntax holds the error that every package of rollcall reports for a place in a text.
package syntax

import (
	"fmt"
	"strings"

	"github.com/rollcall-go/rollcall/internal/several"
)

// An Error says what is wrong at one place of a text.
type Error struct {
	Input  string // the whole text
	Offset int    // of the place, in bytes
	Found  string // what stands there: a word, a sign or a character; empty at the end of the text
	Want   string // what could stand there instead
}

// Error returns what was found and where, and what is wanted, as in
//
//	found "back" at offset 15 after "tier in (front ", want ',' or ')'
//	found the end at offset 14 after "tier in (front", want ',' or ')'
func (e *Error) Error() string {
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

// Errors are the errors of several places, by offset. An empty one is no error, and is not returned as one.
type Errors []*Error

// Error returns the texts of all, a line each.
func (es Errors) Error() string { return several.Lines(es) }

// Unwrap returns all, so that errors.As finds the first.
func (es Errors) Unwrap() []error { return several.Errors(es) }
