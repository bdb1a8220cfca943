package ownership_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

func view(o *ownership.Object) ownership.Object { return *o }

// What Filter yields is what Decide keeps, in the order of the input and in place.
func TestFilterAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawController(t)
		objs := rapid.SliceOfN(rapid.Custom(drawObject), 0, 10).Draw(t, "objects")
		var want []*ownership.Object
		for i := range objs {
			if d, _ := c.Decide(objs[i]); d == ownership.Keep {
				want = append(want, &objs[i])
			}
		}
		got := slices.Collect(ownership.Filter(c, ownership.Pointers(objs), view))
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestFilterStopsEarly(t *testing.T) {
	c := ownership.Controller{Ref: ownership.Ref{UID: "1"}, Selector: must(selector.FromLabels(map[string]string{"app": "web"}))}
	mine := ownership.Object{Labels: map[string]string{"app": "web"}, ControlledBy: c.Ref}
	looked := 0
	for range ownership.Filter(c, ownership.Pointers([]ownership.Object{{}, mine, mine, mine}), func(o *ownership.Object) ownership.Object {
		looked++
		return *o
	}) {
		break
	}
	if looked != 2 {
		t.Errorf("looked at %d objects, want to stop after the second", looked)
	}
}

func TestGroup(t *testing.T) {
	if g := ownership.Group(nil, view); g == nil || len(g) != 0 {
		t.Errorf("Group(nil) = %v, want an empty map", g)
	}
	rapid.Check(t, func(t *rapid.T) {
		objs := rapid.SliceOfN(rapid.Custom(drawObject), 0, 10).Draw(t, "objects")
		want := map[string][]*ownership.Object{}
		for i, o := range objs {
			want[o.ControlledBy.UID] = append(want[o.ControlledBy.UID], &objs[i])
		}
		got := ownership.Group(objs, view)
		if len(got) != len(want) {
			t.Fatalf("%d groups, want %d", len(got), len(want))
		}
		for uid, group := range want {
			if !slices.Equal(got[uid], group) {
				t.Fatalf("group %q: got %v, want %v", uid, got[uid], group)
			}
		}
	})
}

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

func TestAllocations(t *testing.T) {
	c, o := claim{"uid", "this", "match", "alive", "alive", "same"}.build()
	objs := make([]ownership.Object, 100)
	for i := range objs {
		objs[i] = o
	}
	if n := testing.AllocsPerRun(100, func() { c.Decide(o) }); n != 0 {
		t.Errorf("Decide: %v allocations, want 0", n)
	}
	count := 0
	perObject := testing.AllocsPerRun(100, func() {
		for range ownership.Filter(c, ownership.Pointers(objs), view) {
			count++
		}
	})
	if count == 0 || perObject > 5 { // the closures, however many objects
		t.Errorf("Filter over %d objects: %v allocations, want none for an object", len(objs), perObject)
	}
}
