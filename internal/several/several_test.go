package several_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/rollcall-go/rollcall/internal/several"
)

type text string

func (t text) Error() string { return string(t) }

func TestSeveral(t *testing.T) {
	for _, tt := range []struct {
		errs  []text
		lines string
		list  []error
	}{
		{nil, "", nil},
		{[]text{"a"}, "a", []error{text("a")}},
		{[]text{"a", "b", "a"}, "a\nb\na", []error{text("a"), text("b"), text("a")}},
	} {
		if got := several.Lines(tt.errs); got != tt.lines {
			t.Errorf("%q: got %q, want %q", tt.errs, got, tt.lines)
		}
		if got := several.Errors(tt.errs); !slices.EqualFunc(got, tt.list, errors.Is) {
			t.Errorf("%q: got %q, want %q", tt.errs, got, tt.list)
		}
	}
}
