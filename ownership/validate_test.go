package ownership_test

import (
	"errors"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/ownership"
)

func TestValidate(t *testing.T) {
	rs := func(change func(*ownership.OwnerReference)) ownership.OwnerReference {
		r := ownership.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "u1"}
		change(&r)
		return r
	}
	valid := rs(func(*ownership.OwnerReference) {})
	version := func(v string) []ownership.OwnerReference {
		return []ownership.OwnerReference{rs(func(r *ownership.OwnerReference) { r.APIVersion = v })}
	}
	event := func(v string) []ownership.OwnerReference {
		return []ownership.OwnerReference{{APIVersion: v, Kind: "Event", Name: "e", UID: "u"}}
	}
	controller := rs(func(r *ownership.OwnerReference) { r.Controller = yes })
	for _, tt := range []struct {
		name string
		refs []ownership.OwnerReference
		want []string
	}{
		{"nil", nil, nil},
		{"none", []ownership.OwnerReference{}, nil},
		{"one", []ownership.OwnerReference{valid}, nil},
		{"the same twice, one of them the controller", []ownership.OwnerReference{valid, controller}, nil},
		{"names that no object can have", []ownership.OwnerReference{{APIVersion: "a b/c d", Kind: "É", Name: " ", UID: "\x00"}}, nil},
		{"no fields", []ownership.OwnerReference{valid, {}}, []string{
			"ownerReferences[1].apiVersion: is missing", "ownerReferences[1].kind: is missing",
			"ownerReferences[1].name: is missing", "ownerReferences[1].uid: is missing"}},
		{"no kind", []ownership.OwnerReference{rs(func(r *ownership.OwnerReference) { r.Kind = "" })},
			[]string{"ownerReferences[0].kind: is missing"}},
		{"no name", []ownership.OwnerReference{rs(func(r *ownership.OwnerReference) { r.Name = "" })},
			[]string{"ownerReferences[0].name: is missing"}},
		{"no UID", []ownership.OwnerReference{rs(func(r *ownership.OwnerReference) { r.UID = "" })},
			[]string{"ownerReferences[0].uid: is missing"}},
		{"a version alone", version("v1"), nil},
		{"a group that is empty", version("/v1"), nil},
		{"a group alone", version("apps/"), []string{`ownerReferences[0].apiVersion: "apps/": must be version or group/version`}},
		{"a slash alone", version("/"), []string{`ownerReferences[0].apiVersion: "/": must be version or group/version`}},
		{"two slashes", version("a/b/c"), []string{`ownerReferences[0].apiVersion: "a/b/c": must be version or group/version`}},
		{"two slashes at the end", version("a//"), []string{`ownerReferences[0].apiVersion: "a//": must be version or group/version`}},
		{"an event", event("v1"), []string{"ownerReferences[0]: Event/e: an Event of v1 cannot be an owner"}},
		{"an event of an empty group", event("/v1"), []string{"ownerReferences[0]: Event/e: an Event of v1 cannot be an owner"}},
		{"an event of another group", event("events.k8s.io/v1"), nil},
		{"an event of another version", event("v2"), nil},
		{"an event of no group or version", event("//v1"), []string{`ownerReferences[0].apiVersion: "//v1": must be version or group/version`}},
		{"an event without name and UID", []ownership.OwnerReference{{APIVersion: "v1", Kind: "Event"}}, []string{
			"ownerReferences[0].name: is missing", "ownerReferences[0].uid: is missing",
			"ownerReferences[0]: Event/: an Event of v1 cannot be an owner"}},
		{"three controllers", []ownership.OwnerReference{valid, controller, rs(func(r *ownership.OwnerReference) { r.Controller = no }), controller, controller}, []string{
			"ownerReferences[3].controller: true: only one controller is allowed; ownerReferences[1] already is",
			"ownerReferences[4].controller: true: only one controller is allowed; ownerReferences[1] already is"}},
		{"two controllers without anything", []ownership.OwnerReference{{Controller: yes}, {APIVersion: "v1", Kind: "A", Name: "a", Controller: yes}}, []string{
			"ownerReferences[0].apiVersion: is missing", "ownerReferences[0].kind: is missing",
			"ownerReferences[0].name: is missing", "ownerReferences[0].uid: is missing",
			"ownerReferences[1].uid: is missing",
			"ownerReferences[1].controller: true: only one controller is allowed; ownerReferences[0] already is"}},
	} {
		err := ownership.Validate(tt.refs)
		var bad field.Errors
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("%s: error of type %T", tt.name, err)
		}
		var got []string
		for _, e := range bad {
			got = append(got, e.Error())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || (err == nil) != (len(tt.want) == 0) {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
		}
	}
}

var apiVersion = regexp.MustCompile(`^([^/]*/)?[^/]+$`)

// As many errors as the rules have it, counted rule by rule.
func TestValidateCountsAsTheRulesDo(t *testing.T) {
	text := func(values ...string) *rapid.Generator[string] { return rapid.SampledFrom(values) }
	refs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ownership.OwnerReference {
		return ownership.OwnerReference{
			APIVersion: rapid.OneOf(text("", "v1", "/v1", "apps/v1"), rapid.StringOfN(rapid.RuneFrom([]rune("/v1")), 0, 4, -1)).Draw(t, "apiVersion"),
			Kind:       text("", "Event", "Pod").Draw(t, "kind"),
			Name:       text("", "a").Draw(t, "name"),
			UID:        text("", "1", "2").Draw(t, "uid"),
			Controller: rapid.SampledFrom([]*bool{nil, yes, no}).Draw(t, "controller"),
		}
	}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		rs := refs.Draw(t, "refs")
		before := slices.Clone(rs)
		want, controllers := 0, 0
		count := func(bad bool) {
			if bad {
				want++
			}
		}
		for _, r := range rs {
			for _, required := range []string{r.Kind, r.Name, r.UID} {
				count(required == "")
			}
			count(!apiVersion.MatchString(r.APIVersion))
			count(regexp.MustCompile("^/?v1 Event$").MatchString(r.APIVersion + " " + r.Kind))
			if r.Controller != nil && *r.Controller {
				controllers++
			}
		}
		want += max(0, controllers-1)
		err := ownership.Validate(rs)
		var bad field.Errors
		if errors.As(err, &bad); len(bad) != want || (err == nil) != (want == 0) {
			t.Fatalf("%d errors, want %d:\n%v", len(bad), want, err)
		}
		paths := map[string]bool{}
		for _, e := range bad {
			if paths[e.Path] {
				t.Fatalf("two errors at %s", e.Path)
			}
			paths[e.Path] = true
		}
		if diff := cmp.Diff(before, rs); diff != "" {
			t.Fatalf("the input changed:\n%s", diff)
		}
	})
}
