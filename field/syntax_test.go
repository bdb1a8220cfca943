package field_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/field"
)

func TestSyntaxErrorText(t *testing.T) {
	for _, tt := range []struct {
		err  field.SyntaxError
		want string
	}{
		{field.SyntaxError{Input: "a b", Offset: 2, Found: "b", Want: "','"}, `found "b" at offset 2 after "a ", want ','`},
		{field.SyntaxError{Input: "a", Offset: 1, Want: "','"}, `found the end at offset 1 after "a", want ','`},
		{field.SyntaxError{Input: ",", Found: ",", Want: "a key"}, `found "," at offset 0, want a key`},
		// A long text is shown from 40 bytes back, a long find cut off; no character is cut in two.
		{field.SyntaxError{Input: strings.Repeat("é", 30), Offset: 59, Found: strings.Repeat("x", 50), Want: "b"},
			`found "` + strings.Repeat("x", 40) + `" at offset 59 after "…` + strings.Repeat("é", 19) + `", want b`},
		// Made by hand, of a place that is not there.
		{field.SyntaxError{Offset: -1, Want: "a"}, "found the end at offset -1, want a"},
		{field.SyntaxError{Offset: 5, Want: "a"}, "found the end at offset 5, want a"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	errs := field.SyntaxErrors{{Input: "?!", Found: "?", Want: "a"}, {Input: "?!", Offset: 1, Found: "!", Want: "b"}}
	err := fmt.Errorf("flag -l: %w", errs)
	var all field.SyntaxErrors
	var first *field.SyntaxError
	if !errors.As(err, &all) || len(all) != 2 || !errors.As(err, &first) || first != errs[0] {
		t.Errorf("errors.As found %v and %v, want both and the first", all, first)
	}
	if got, want := errs.Error(), "found \"?\" at offset 0, want a\nfound \"!\" at offset 1 after \"?\", want b"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
