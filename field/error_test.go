package field_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/field"
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

func TestErrors(t *testing.T) {
	var errs field.Errors
	errs = append(errs, field.Invalid("v", "is bad", "list[%d].%s", 2, "key"))
	errs = append(errs, field.Invalid(nil, "is missing", "name"))
	err := fmt.Errorf("in the file: %w", errs)
	var all field.Errors
	if !errors.As(err, &all) || len(all) != 2 || all[0].Path != "list[2].key" || all[1].Path != "name" {
		t.Errorf("got %#v, want both errors, in order, found by errors.As", all)
	}
	var first *field.Error
	if !errors.As(err, &first) || first != all[0] {
		t.Errorf("got %#v, want the first error, found by errors.As", first)
	}
	if got, want := err.Error(), "in the file: list[2].key: \"v\": is bad\nname: is missing"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestErr(t *testing.T) {
	if err := (field.Errors{}).Err(); err != nil {
		t.Errorf("no errors: %#v, want nil", err)
	}
	if err := (field.Errors{field.Invalid(nil, "is missing", "name")}).Err(); err == nil || err.Error() != "name: is missing" {
		t.Errorf("one error: %v", err)
	}
}
