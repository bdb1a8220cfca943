package field_test

import (
	"errors"
	"testing"

	"github.com/rollcall-go/rollcall/internal/field"
)

func TestErrorText(t *testing.T) {
	for _, tt := range []struct {
		err  field.Error
		want string
	}{
		{field.Error{Path: "a.b", Reason: "is missing"}, "a.b: is missing"},
		{field.Error{Path: "a[0]", Value: "x y", Reason: "has a space"}, `a[0]: "x y": has a space`},
		{field.Error{Path: "a", Value: -1, Reason: "is negative"}, "a: -1: is negative"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestJoin(t *testing.T) {
	var errs field.Errors
	if err := errs.Join(); err != nil {
		t.Errorf("no errors joined: got %v, want nil", err)
	}
	errs.Add("v", "is bad", "list[%d].%s", 2, "key")
	err := errs.Join()
	all, ok := err.(interface{ Unwrap() []error })
	if !ok || len(all.Unwrap()) != 1 {
		t.Fatalf("one error joined: got %#v, want an error that unwraps to a list of one", err)
	}
	var fieldErr *field.Error
	if !errors.As(err, &fieldErr) || fieldErr.Path != "list[2].key" {
		t.Errorf("got %#v, want one found by errors.As with its path", err)
	}
}
