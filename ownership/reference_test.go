package ownership_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
)

func ref(uid string, controller *bool) ownership.OwnerReference {
	return ownership.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "rs-" + uid, UID: uid, Controller: controller}
}

var yes, no = new(bool), new(bool)

func init() { *yes = true }

func TestControllerOf(t *testing.T) {
	for name, tt := range map[string]struct {
		refs []ownership.OwnerReference
		want int // index of the controller, -1 for none
	}{
		"nil":                     {nil, -1},
		"empty":                   {[]ownership.OwnerReference{}, -1},
		"an owner, no controller": {[]ownership.OwnerReference{ref("1", nil), ref("2", no)}, -1},
		"second of three":         {[]ownership.OwnerReference{ref("1", nil), ref("2", yes), ref("3", no)}, 1},
		"two controllers":         {[]ownership.OwnerReference{ref("1", yes), ref("2", yes)}, 0},
	} {
		got := ownership.ControllerOf(tt.refs)
		if tt.want < 0 {
			if got != nil || got.Ref() != (ownership.Ref{}) {
				t.Errorf("%s: got %v, want nil and nobody", name, got)
			}
			continue
		}
		if got != &tt.refs[tt.want] {
			t.Errorf("%s: got %v, want a pointer to element %d", name, got, tt.want)
		}
		want := ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: tt.refs[tt.want].Name, UID: tt.refs[tt.want].UID}
		if got.Ref() != want {
			t.Errorf("%s: Ref %v, want %v", name, got.Ref(), want)
		}
	}
}

// An object whose controller has no name is not an orphan.
func TestEmptyReference(t *testing.T) {
	refs := []ownership.OwnerReference{{Controller: yes}}
	c, o := claim{"uid", "none", "match", "alive", "alive", "same"}.build()
	o.ControlledBy = ownership.ControllerOf(refs).Ref()
	if d, reason := c.Decide(o); d != ownership.Ignore || reason != ownership.OtherController {
		t.Errorf("%v, %v for an object controlled by %+v, want it ignored", d, reason, o.ControlledBy)
	}
}

func TestIsControlledBy(t *testing.T) {
	for name, tt := range map[string]struct {
		refs []ownership.OwnerReference
		uid  string
		want bool
	}{
		"the controller":           {[]ownership.OwnerReference{ref("1", nil), ref("2", yes)}, "2", true},
		"an owner, no controller":  {[]ownership.OwnerReference{ref("1", nil), ref("2", yes)}, "1", false},
		"the second controller":    {[]ownership.OwnerReference{ref("1", yes), ref("2", yes)}, "2", false},
		"no references":            {nil, "1", false},
		"no references, no UID":    {nil, "", false},
		"no UID on either side":    {[]ownership.OwnerReference{ref("", yes)}, "", false},
		"our UID under other name": {[]ownership.OwnerReference{{UID: "1", Name: "somebody", Controller: yes}}, "1", true},
	} {
		if got := ownership.IsControlledBy(tt.refs, tt.uid); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestReferenceLaws(t *testing.T) {
	refs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ownership.OwnerReference {
		return ref(rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "uid"), rapid.SampledFrom([]*bool{nil, yes, no}).Draw(t, "controller"))
	}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		rs, uid := refs.Draw(t, "refs"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "owner")
		before := slices.Clone(rs)
		if got, want := ownership.IsControlledBy(rs, uid), ownership.ControllerOf(rs).Ref().UID == uid; got != want {
			t.Fatalf("IsControlledBy %v, the controller's UID says %v", got, want)
		}
		if diff := cmp.Diff(before, rs); diff != "" {
			t.Fatalf("the input changed:\n%s", diff)
		}
	})
}

func TestOwnerReferenceJSON(t *testing.T) {
	const text = `[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"u1","controller":true,"blockOwnerDeletion":true},{"apiVersion":"v1","kind":"Node","name":"n","uid":"u2"}]`
	var refs []ownership.OwnerReference
	if err := json.Unmarshal([]byte(text), &refs); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(refs)
	if err != nil || string(got) != text {
		t.Errorf("got  %s, %v\nwant %s", got, err, text)
	}
}

func TestRefString(t *testing.T) {
	if got := (ownership.Ref{Kind: "ReplicaSet", Name: "frontend", UID: "1"}).String(); got != "ReplicaSet/frontend" {
		t.Errorf("got %q", got)
	}
	if got := (ownership.Ref{Kind: "ReplicaSet", Name: "frontend"}).String(); got != "ReplicaSet/frontend" {
		t.Errorf("without a UID: got %q", got)
	}
	if got := (ownership.Ref{UID: "1"}).String(); got != "1" { // what a caller has who fills in what counts, and no more
		t.Errorf("a UID alone: got %q", got)
	}
	if got := (ownership.Ref{}).String(); got != "" {
		t.Errorf("nobody prints %q, want nothing", got)
	}
}
