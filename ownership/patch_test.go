package ownership_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// What upstream's functions wrote, run with the same input.
func TestPatches(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "rs", UID: "u1"}}
	odd := ownership.Controller{Ref: ownership.Ref{APIVersion: "v1", Kind: "A&B", Name: "<a\"\\\n\u2028é\xff>", UID: "u/1"}}
	stored := ownership.Object{Name: "web-1", UID: "pod-uid"}
	for _, tt := range []struct {
		name           string
		c              ownership.Controller
		o              ownership.Object
		finalizers     []string
		adopt, release string
	}{
		{"plain", web, stored, nil,
			`{"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"u1","controller":true,"blockOwnerDeletion":true}],"uid":"pod-uid"}}`,
			`{"metadata":{"uid":"pod-uid","ownerReferences":[{"$patch":"delete","uid":"u1"}]}}`},
		{"finalizers", web, stored, []string{"batch.kubernetes.io/job-tracking", "b"},
			`{"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"u1","controller":true,"blockOwnerDeletion":true}],"uid":"pod-uid","finalizers":["batch.kubernetes.io/job-tracking","b"]}}`,
			`{"metadata":{"uid":"pod-uid","ownerReferences":[{"$patch":"delete","uid":"u1"}],"$deleteFromPrimitiveList/finalizers":["batch.kubernetes.io/job-tracking","b"]}}`},
		{"no finalizers", web, stored, []string{},
			`{"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"u1","controller":true,"blockOwnerDeletion":true}],"uid":"pod-uid"}}`,
			`{"metadata":{"uid":"pod-uid","ownerReferences":[{"$patch":"delete","uid":"u1"}]}}`},
		{"odd texts", odd, ownership.Object{UID: `"&`}, []string{"", "<f>"},
			`{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"A\u0026B","name":"\u003ca\"\\\n\u2028é\ufffd\u003e","uid":"u/1","controller":true,"blockOwnerDeletion":true}],"uid":"\"\u0026","finalizers":["","\u003cf\u003e"]}}`,
			`{"metadata":{"uid":"\"\u0026","ownerReferences":[{"$patch":"delete","uid":"u/1"}],"$deleteFromPrimitiveList/finalizers":["","\u003cf\u003e"]}}`},
		{"nothing but UIDs", ownership.Controller{Ref: ownership.Ref{UID: "u1"}}, ownership.Object{UID: "p"}, nil,
			`{"metadata":{"ownerReferences":[{"apiVersion":"","kind":"","name":"","uid":"u1","controller":true,"blockOwnerDeletion":true}],"uid":"p"}}`,
			`{"metadata":{"uid":"p","ownerReferences":[{"$patch":"delete","uid":"u1"}]}}`},
	} {
		if diff := cmp.Diff(tt.adopt, string(tt.c.AdoptPatch(tt.o, tt.finalizers...))); diff != "" {
			t.Errorf("%s: adopt (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.release, string(tt.c.ReleasePatch(tt.o, tt.finalizers...))); diff != "" {
			t.Errorf("%s: release (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Without a UID on either side the patch would have no precondition, or reach references of nobody.
func TestNoPatchWithoutUID(t *testing.T) {
	stored, o := ownership.Controller{Ref: ownership.Ref{Name: "web", UID: "u1"}}, ownership.Object{Name: "web-1", UID: "p1"}
	for name, tt := range map[string]struct {
		c ownership.Controller
		o ownership.Object
	}{
		"the controller has none": {ownership.Controller{Ref: ownership.Ref{Name: "web"}}, o},
		"the object has none":     {stored, ownership.Object{Name: "web-1"}},
		"neither has":             {},
	} {
		if adopt, release := tt.c.AdoptPatch(tt.o, "f"), tt.c.ReleasePatch(tt.o, "f"); adopt != nil || release != nil {
			t.Errorf("%s: %s and %s, want nil", name, adopt, release)
		}
	}
}

// A meta is the metadata of an object as the API server keeps it.
type meta struct {
	UID             string                     `json:"uid"`
	Labels          map[string]string          `json:"labels"`
	OwnerReferences []ownership.OwnerReference `json:"ownerReferences"`
	Finalizers      []string                   `json:"finalizers"`
}

func (m meta) view() ownership.Object {
	return ownership.Object{UID: m.UID, Labels: m.Labels, ControlledBy: ownership.ControllerOf(m.OwnerReferences).Ref()}
}

// patched is what the API server makes of m: ownerReferences are merged by UID, what is new comes first,
// finalizers are a set, and a UID is a precondition.
func (m meta) patched(patch []byte) (after meta, err error) {
	text, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(text, &after) // a copy that shares nothing
	}
	var p struct {
		Metadata map[string]json.RawMessage
	}
	if err == nil {
		err = json.Unmarshal(patch, &p)
	}
	if err != nil {
		return after, err
	}
	var uid string
	var refs []map[string]any
	var add, remove []string
	for key, to := range map[string]any{"uid": &uid, "ownerReferences": &refs, "finalizers": &add, "$deleteFromPrimitiveList/finalizers": &remove} {
		if text, given := p.Metadata[key]; given {
			if err := json.Unmarshal(text, to); err != nil {
				return after, err
			}
			delete(p.Metadata, key)
		}
	}
	switch {
	case len(p.Metadata) > 0:
		return after, fmt.Errorf("no such fields: %v", slices.Collect(maps.Keys(p.Metadata)))
	case uid != m.UID:
		return after, fmt.Errorf("conflict: the UID is %q, not %q", m.UID, uid)
	}
	for _, r := range refs {
		same := func(old ownership.OwnerReference) bool { return old.UID == r["uid"] }
		if r["$patch"] == "delete" {
			after.OwnerReferences = slices.DeleteFunc(after.OwnerReferences, same)
			continue
		}
		i := slices.IndexFunc(after.OwnerReferences, same)
		if i < 0 {
			i = 0
			after.OwnerReferences = slices.Insert(after.OwnerReferences, 0, ownership.OwnerReference{})
		}
		text, err := json.Marshal(r)
		if err != nil {
			return after, err
		}
		if err := json.Unmarshal(text, &after.OwnerReferences[i]); err != nil { // what r does not have stays
			return after, err
		}
	}
	after.Finalizers = slices.DeleteFunc(after.Finalizers, func(f string) bool { return slices.Contains(remove, f) })
	for _, f := range add {
		if !slices.Contains(after.Finalizers, f) {
			after.Finalizers = append(after.Finalizers, f)
		}
	}
	return after, nil
}

// What a patch leaves is what the decision was about: adopted is kept, released is an orphan, and others'
// references stay.
func TestPatchesDoWhatWasDecided(t *testing.T) {
	name := rapid.SampledFrom([]string{"a", `"b\`, "<c&>", "é\u2028"})
	finalizers := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", `"z`}), 0, 2, rapid.ID)
	web := selector.MustParse("app=web")
	rapid.Check(t, func(t *rapid.T) {
		c := ownership.Controller{Ref: ownership.Ref{APIVersion: "v1", Kind: name.Draw(t, "kind"), Name: name.Draw(t, "name"), UID: "ours"}, Selector: web}
		m := meta{UID: name.Draw(t, "uid"), Finalizers: finalizers.Draw(t, "finalizers")}
		for _, uid := range rapid.Permutation([]string{"ours", "1", "2"}).Draw(t, "owners")[:rapid.IntRange(0, 3).Draw(t, "n")] {
			m.OwnerReferences = append(m.OwnerReferences, ownership.OwnerReference{
				APIVersion: "v1", Kind: "Any", Name: name.Draw(t, "owner"), UID: uid, Controller: rapid.SampledFrom([]*bool{nil, no}).Draw(t, "controller"),
			})
		}
		owned := rapid.Bool().Draw(t, "owned")
		want := ownership.Adopt
		m.Labels = map[string]string{"app": "web"}
		if owned {
			want = ownership.Release
			m.Labels["app"] = "db"
			i := slices.IndexFunc(m.OwnerReferences, func(r ownership.OwnerReference) bool { return r.UID == "ours" })
			if i < 0 {
				i = len(m.OwnerReferences)
				m.OwnerReferences = append(m.OwnerReferences, ownership.OwnerReference{APIVersion: "v1", Kind: "Any", Name: "n", UID: "ours"})
			}
			m.OwnerReferences[i].Controller = yes
		}
		if d, _ := c.Decide(m.view()); d != want {
			t.Fatalf("%v, want %v", d, want)
		}
		mine := finalizers.Draw(t, "finalizers of the patch")
		patch := c.AdoptPatch(m.view(), mine...)
		if owned {
			patch = c.ReleasePatch(m.view(), mine...)
		}

		after, err := m.patched(patch)
		if err != nil {
			t.Fatalf("%s: %v", patch, err)
		}
		if owned {
			if d, reason := c.Decide(after.view()); d != ownership.Ignore || reason != ownership.OrphanNoMatch {
				t.Fatalf("released, and then %v, %v", d, reason)
			}
		} else {
			if d, _ := c.Decide(after.view()); d != ownership.Keep {
				t.Fatalf("adopted, and then %v", d)
			}
			if got := ownership.ControllerOf(after.OwnerReferences).Ref(); got != c.Ref {
				t.Fatalf("adopted by %+v, want %+v", got, c.Ref)
			}
		}
		if err := ownership.Validate(after.OwnerReferences); err != nil {
			t.Fatalf("the API server refuses %s: %v", patch, err)
		}
		others := func(m meta) []ownership.OwnerReference {
			all := append([]ownership.OwnerReference{}, m.OwnerReferences...)
			return slices.DeleteFunc(all, func(r ownership.OwnerReference) bool { return r.UID == "ours" })
		}
		if diff := cmp.Diff(others(m), others(after)); diff != "" {
			t.Fatalf("other references changed:\n%s", diff)
		}
		for _, f := range []string{"x", "y", `"z`} {
			want := slices.Contains(m.Finalizers, f) && !(owned && slices.Contains(mine, f)) || !owned && slices.Contains(mine, f)
			if slices.Contains(after.Finalizers, f) != want {
				t.Fatalf("finalizer %q: there is %v, want %v", f, !want, want)
			}
		}
		// A new object of that name is left alone.
		m.UID += " of another"
		if _, err := m.patched(patch); err == nil {
			t.Fatalf("%s applies to an object with another UID", patch)
		}
	})
}
