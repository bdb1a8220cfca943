package replica_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

func TestValidateTemplate(t *testing.T) {
	web := map[string]string{"app": "web"}
	for _, tt := range []struct {
		selector string
		labels   map[string]string
		want     string
	}{
		{"app=web", web, ""},
		{"app in (web,db)", map[string]string{"app": "web", "rev": "1"}, ""},
		{"", web, `spec.selector: is empty and would match every pod`},
		{"app=db", web, `spec.template.metadata.labels: map[app:web]: do not match the selector: label app is "web", want "db"`},
		{"app", nil, "spec.template.metadata.labels: are missing: Kubernetes creates no pod without labels\nspec.template.metadata.labels: map[]: do not match the selector: label app is missing, want any value"},
		{"!app", nil, "spec.template.metadata.labels: are missing: Kubernetes creates no pod without labels"},
		{"app=web,app!=web", web, "spec.selector: \"app=web,app!=web\": contradicts itself: no pod can match it"},
	} {
		t.Run(tt.selector, func(t *testing.T) {
			got := ""
			if err := replica.ValidateTemplate(selector.MustParse(tt.selector), tt.labels); err != nil {
				got = err.Error()
				var bad field.Errors
				if !errors.As(err, &bad) {
					t.Errorf("%T, want field.Errors", err)
				}
			}
			if got != tt.want {
				t.Errorf("%v:\n got %s\nwant %s", tt.labels, got, tt.want)
			}
		})
	}
}

func TestValidateTemplateOfBadInput(t *testing.T) {
	for _, tt := range []struct {
		s      selector.Selector
		labels map[string]string
		want   string
	}{
		{selector.Nothing(), map[string]string{"app": "web"}, "spec.selector: is missing, or selects nothing"},
		{selector.MustParse("app=web"), map[string]string{"app": "web", "x y": "?"},
			"spec.template.metadata.labels: \"x y\": key: ' ' at offset 1, want letters, digits, '-', '_' and '.'\n" +
				"spec.template.metadata.labels[x y]: \"?\": '?' at offset 0, want letters, digits, '-', '_' and '.'"},
	} {
		if err := replica.ValidateTemplate(tt.s, tt.labels); err == nil || err.Error() != tt.want {
			t.Errorf("%v, %v:\n got %v\nwant %s", tt.s, tt.labels, err, tt.want)
		}
	}
}

func TestDefaultSelector(t *testing.T) {
	web, db := map[string]string{"app": "web"}, map[string]string{"app": "db"}
	for name, tt := range map[string]struct{ set, template, want map[string]string }{
		"as given":         {db, web, db},
		"none":             {nil, web, web},
		"empty":            {map[string]string{}, web, web},
		"nothing anywhere": {nil, nil, nil},
	} {
		if diff := cmp.Diff(tt.want, replica.DefaultSelector(tt.set, tt.template)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	replica.DefaultSelector(nil, web)["app"] = "changed"
	if web["app"] != "web" {
		t.Error("the default shares the template's map")
	}
}
