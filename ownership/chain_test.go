package ownership_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
)

// objectsOf is a find function for Chain over a list of objects by UID.
func objectsOf(objs ...ownership.Object) func(ownership.Ref) (ownership.Object, bool) {
	return func(r ownership.Ref) (ownership.Object, bool) {
		i := slices.IndexFunc(objs, func(o ownership.Object) bool { return o.UID == r.UID })
		if i < 0 {
			return ownership.Object{}, false
		}
		return objs[i], true
	}
}

func TestChain(t *testing.T) {
	pod := ownership.Object{UID: "pod", ControlledBy: ownership.Ref{Kind: "ReplicaSet", Name: "rs", UID: "rs"}}
	rs := ownership.Object{UID: "rs", ControlledBy: ownership.Ref{Kind: "Deployment", Name: "web", UID: "web"}}
	deployment := ownership.Object{UID: "web"}
	looped := deployment
	looped.ControlledBy = pod.ControlledBy
	byName := func(ownership.Ref) (ownership.Object, bool) { return ownership.Object{UID: "a new one"}, true }
	for name, tt := range map[string]struct {
		from ownership.Object
		find func(ownership.Ref) (ownership.Object, bool)
		want []ownership.Ref
		end  ownership.End
	}{
		"an orphan":                  {deployment, objectsOf(), nil, ownership.Topmost},
		"a pod of a Deployment":      {pod, objectsOf(deployment, rs), []ownership.Ref{pod.ControlledBy, rs.ControlledBy}, ownership.Topmost},
		"the Deployment is gone":     {pod, objectsOf(rs), []ownership.Ref{pod.ControlledBy, rs.ControlledBy}, ownership.Dangling},
		"everything is gone":         {pod, objectsOf(), []ownership.Ref{pod.ControlledBy}, ownership.Dangling},
		"the name is a new object's": {pod, byName, []ownership.Ref{pod.ControlledBy}, ownership.Dangling},
		"a circle":                   {pod, objectsOf(rs, looped), []ownership.Ref{pod.ControlledBy, rs.ControlledBy}, ownership.Cycle},
		"a circle under another name": {pod, objectsOf(rs, ownership.Object{UID: "web", ControlledBy: ownership.Ref{Kind: "Other", Name: "other", UID: "rs"}}),
			[]ownership.Ref{pod.ControlledBy, rs.ControlledBy}, ownership.Cycle},
		"no UIDs at all": {ownership.Object{ControlledBy: ownership.Ref{Name: "rs"}}, func(ownership.Ref) (ownership.Object, bool) {
			return ownership.Object{ControlledBy: ownership.Ref{Name: "web"}}, true
		}, []ownership.Ref{{Name: "rs"}}, ownership.Dangling},
		"an object that controls itself": {ownership.Object{UID: "x", ControlledBy: ownership.Ref{UID: "x"}}, objectsOf(ownership.Object{UID: "x", ControlledBy: ownership.Ref{UID: "x"}}), []ownership.Ref{{UID: "x"}}, ownership.Cycle},
		"a controller reference, no UID": {ownership.Object{ControlledBy: ownership.Ref{Kind: "Job", Name: "j"}}, objectsOf(), []ownership.Ref{{Kind: "Job", Name: "j"}}, ownership.Dangling},
	} {
		got, end := ownership.Chain(tt.from, tt.find)
		if diff := cmp.Diff(tt.want, got); diff != "" || end != tt.end {
			t.Errorf("%s: end %v, want %v (-want +got):\n%s", name, end, tt.end, diff)
		}
	}
}

// Whatever the references, a chain ends, asks about no UID twice and says how it ended.
func TestChainAlwaysEnds(t *testing.T) {
	uids := []string{"1", "2", "3", "4"}
	rapid.Check(t, func(t *rapid.T) {
		var objs []ownership.Object
		for _, uid := range uids {
			o := ownership.Object{UID: uid}
			if owner := rapid.SampledFrom(append([]string{"", "gone"}, uids...)).Draw(t, "owner"); owner != "" {
				o.ControlledBy = ownership.Ref{UID: owner}
			}
			objs = append(objs, o)
		}
		find := objectsOf(objs...)
		asked := map[string]bool{}
		chain, end := ownership.Chain(objs[0], func(r ownership.Ref) (ownership.Object, bool) {
			if asked[r.UID] {
				t.Fatalf("asked about %s twice", r.UID)
			}
			asked[r.UID] = true
			return find(r)
		})
		o := objs[0]
		for i, r := range chain {
			if o.ControlledBy != r {
				t.Fatalf("link %d is %v, want %v", i, r, o.ControlledBy)
			}
			o, _ = find(r)
		}
		switch end {
		case ownership.Topmost:
			if o.ControlledBy != (ownership.Ref{}) {
				t.Fatalf("the topmost is controlled by %v", o.ControlledBy)
			}
		case ownership.Dangling:
			if o.UID != "" {
				t.Fatalf("dangling, but %v was found", o.UID)
			}
		case ownership.Cycle:
			if !slices.Contains(chain, o.ControlledBy) {
				t.Fatalf("a cycle, but %v is not in the chain", o.ControlledBy)
			}
		default:
			t.Fatalf("end %v", end)
		}
	})
}
