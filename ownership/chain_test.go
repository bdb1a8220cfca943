package ownership_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
)

// byUID is a find function for Chain over a list of objects.
func byUID(objs ...ownership.Object) func(ownership.Ref) (ownership.Object, bool) {
	return func(r ownership.Ref) (ownership.Object, bool) {
		i := slices.IndexFunc(objs, func(o ownership.Object) bool { return o.UID == r.UID })
		if i < 0 {
			return ownership.Object{}, false
		}
		return objs[i], true
	}
}

// byName is one that goes by name alone.
func byName(objs ...ownership.Object) func(ownership.Ref) (ownership.Object, bool) {
	return func(r ownership.Ref) (ownership.Object, bool) {
		i := slices.IndexFunc(objs, func(o ownership.Object) bool { return o.Name == r.Name })
		if i < 0 {
			return ownership.Object{}, false
		}
		return objs[i], true
	}
}

// line returns n objects, each but the last controlled by the one after it.
func line(n int) []ownership.Object {
	objs := make([]ownership.Object, n)
	for i := range objs {
		objs[i] = ownership.Object{Name: strconv.Itoa(i), UID: "u" + strconv.Itoa(i)}
		if i > 0 {
			objs[i-1].ControlledBy = ownership.Ref{Name: objs[i].Name, UID: objs[i].UID}
		}
	}
	return objs
}

func controllersOf(objs []ownership.Object) []ownership.Ref {
	var refs []ownership.Ref
	for _, o := range objs {
		refs = append(refs, o.ControlledBy)
	}
	return refs
}

func TestChain(t *testing.T) {
	pod := ownership.Object{Name: "pod", UID: "pod", ControlledBy: ownership.Ref{Kind: "ReplicaSet", Name: "rs", UID: "rs"}}
	rs := ownership.Object{Name: "rs", UID: "rs", ControlledBy: ownership.Ref{Kind: "Deployment", Name: "web", UID: "web"}}
	web := ownership.Object{Name: "web", UID: "web"}
	newWeb, newRS := web, rs
	newWeb.UID, newRS.UID = "new", "new"
	looped, renamed := web, web
	looped.ControlledBy = pod.ControlledBy
	renamed.ControlledBy = ownership.Ref{Kind: "Other", Name: "other", UID: "rs"}
	self := ownership.Object{UID: "x", ControlledBy: ownership.Ref{UID: "x"}}
	nameless := ownership.Object{ControlledBy: ownership.Ref{Name: "web"}}
	long := line(65)
	one, two := []ownership.Ref{pod.ControlledBy}, []ownership.Ref{pod.ControlledBy, rs.ControlledBy}
	for _, tt := range []struct {
		name string
		from ownership.Object
		find func(ownership.Ref) (ownership.Object, bool)
		want []ownership.Ref
		end  ownership.End
	}{
		{"an orphan, which asks nothing", web, nil, nil, ownership.Topmost},
		{"a pod of a Deployment", pod, byUID(web, rs), two, ownership.Topmost},
		{"by name", pod, byName(web, rs), two, ownership.Topmost},
		{"the Deployment is gone", pod, byUID(rs), two, ownership.Gone},
		{"everything is gone", pod, byUID(), one, ownership.Gone},
		{"a new Deployment, by name", pod, byName(rs, newWeb), two, ownership.Replaced},
		{"a new Deployment, by UID", pod, byUID(rs, newWeb), two, ownership.Gone},
		{"a new ReplicaSet, whose controller does not matter", pod, byName(newRS, web), one, ownership.Replaced},
		{"found, but never stored", pod, byName(ownership.Object{Name: "rs"}), one, ownership.Replaced},
		{"a circle", pod, byUID(rs, looped), two, ownership.Cycle},
		{"a circle under another name", pod, byUID(rs, renamed), two, ownership.Cycle},
		{"what controls itself", self, byUID(self), []ownership.Ref{{UID: "x"}}, ownership.Cycle},
		{"no UID, which asks nothing", nameless, nil, []ownership.Ref{{Name: "web"}}, ownership.Gone},
		{"64 controllers", long[0], byUID(long...), controllersOf(long[:64]), ownership.Topmost},
		{"65 controllers", line(66)[0], byUID(line(66)...), controllersOf(line(66)[:64]), ownership.TooDeep},
		{"the 64th is gone", long[0], byUID(long[:64]...), controllersOf(long[:64]), ownership.Gone},
	} {
		got, end := ownership.Chain(tt.from, tt.find)
		if diff := cmp.Diff(tt.want, got); diff != "" || end != tt.end {
			t.Errorf("%s: end %v, want %v (-want +got):\n%s", tt.name, end, tt.end, diff)
		}
	}
}

// drawLine returns objects of which most are controlled by the next, and the others by any, by a former one
// of its name, by one that never was, or by nobody.
func drawLine(t *rapid.T) []ownership.Object {
	objs := line(rapid.SampledFrom([]int{1, 2, 3, 5, 63, 64, 65, 66, 80}).Draw(t, "objects"))
	for range rapid.IntRange(0, 2).Draw(t, "exceptions") {
		o := &objs[rapid.IntRange(0, len(objs)-1).Draw(t, "of")]
		to := objs[rapid.IntRange(0, len(objs)-1).Draw(t, "controlled by")]
		o.ControlledBy = rapid.SampledFrom([]ownership.Ref{
			{Name: to.Name, UID: to.UID}, {Name: to.Name, UID: "former"}, {Name: to.Name}, {Name: "never", UID: "never"}, {},
		}).Draw(t, "ref")
	}
	return objs
}

// Chain gives what a walk gives that knows no end: the walk up to the first UID that comes again, and no
// longer than 64.
func TestChainAgreesWithAWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		objs := drawLine(t)
		find := rapid.SampledFrom([]func(...ownership.Object) func(ownership.Ref) (ownership.Object, bool){byUID, byName}).Draw(t, "find")(objs...)
		var want []ownership.Ref
		wantEnd := ownership.TooDeep
		for o := objs[0]; len(want) < 200; {
			if o.ControlledBy == (ownership.Ref{}) {
				wantEnd = ownership.Topmost
				break
			}
			want = append(want, o.ControlledBy)
			owner, found := find(o.ControlledBy)
			if !found || o.ControlledBy.UID == "" {
				wantEnd = ownership.Gone
				break
			}
			if owner.UID != o.ControlledBy.UID {
				wantEnd = ownership.Replaced
				break
			}
			o = owner
		}
		seen := map[string]bool{}
		again := slices.IndexFunc(want, func(r ownership.Ref) bool {
			defer func() { seen[r.UID] = true }()
			return seen[r.UID]
		})
		switch {
		case 0 <= again && again <= 64:
			want, wantEnd = want[:again], ownership.Cycle
		case len(want) > 64:
			want, wantEnd = want[:64], ownership.TooDeep
		}

		asked := map[string]bool{}
		got, end := ownership.Chain(objs[0], func(r ownership.Ref) (ownership.Object, bool) {
			if asked[r.UID] || r.UID == "" {
				t.Fatalf("asked about UID %q again, or without one", r.UID)
			}
			asked[r.UID] = true
			return find(r)
		})
		if diff := cmp.Diff(want, got); diff != "" || end != wantEnd {
			t.Fatalf("end %v, want %v (-want +got):\n%s", end, wantEnd, diff)
		}
		if len(asked) > len(got) || len(asked) > 64 {
			t.Fatalf("asked %d times for a chain of %d", len(asked), len(got))
		}
	})
}
