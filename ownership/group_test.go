package ownership_test

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

func view(o *ownership.Object) ownership.Object { return *o }

// Filter yields what Decide keeps and the controller reaches, in the order of the input and in place.
func TestFilterAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawController(t)
		objs := rapid.SliceOfN(rapid.Custom(drawObject), 0, 10).Draw(t, "objects")
		var want []*ownership.Object
		for i := range objs {
			if d, _ := c.Decide(objs[i]); d == ownership.Keep && c.Reaches(objs[i]) {
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
	c := ownership.Controller{Ref: ownership.Ref{UID: "1"}, Selector: check.Must(selector.FromLabels(map[string]string{"app": "web"}))}
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
	if g := ownership.Group(ownership.Pointers[ownership.Object](nil), view); g == nil || len(g) != 0 {
		t.Errorf("Group(nil) = %v, want an empty map", g)
	}
	rapid.Check(t, func(t *rapid.T) {
		objs := rapid.SliceOfN(rapid.Custom(drawObject), 0, 10).Draw(t, "objects")
		want := map[string][]*ownership.Object{}
		for i, o := range objs {
			want[o.ControlledBy.UID] = append(want[o.ControlledBy.UID], &objs[i])
		}
		got := ownership.Group(ownership.Pointers(objs), view)
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

func TestGroupsDoNotShare(t *testing.T) {
	of := func(uid string) ownership.Object { return ownership.Object{ControlledBy: ownership.Ref{UID: uid}} }
	objs := []ownership.Object{of("1"), of("2"), of("1"), of("")}
	groups := ownership.Group(ownership.Pointers(objs), view)
	for uid, group := range groups {
		_ = append(group, nil)
		if len(group) != map[string]int{"1": 2, "2": 1, "": 1}[uid] {
			t.Errorf("group %q has %d objects", uid, len(group))
		}
	}
	for uid, group := range groups {
		if slices.Contains(group, nil) {
			t.Errorf("appending to another group changed group %q", uid)
		}
	}
}

// Neither function looks at an element twice, or hands out another one than the caller's.
func TestOneViewForEachElement(t *testing.T) {
	c, o := claim{"uid", "this", "match", "alive", "alive", "same"}.build()
	objs := []ownership.Object{o, o, o}
	seen := map[*ownership.Object]int{}
	counting := func(o *ownership.Object) ownership.Object {
		seen[o]++
		return *o
	}
	for range ownership.Filter(c, ownership.Pointers(objs), counting) {
	}
	ownership.Group(ownership.Pointers(objs), counting)
	for i := range objs {
		if seen[&objs[i]] != 2 {
			t.Errorf("element %d was looked at %d times, want once by Filter and once by Group", i, seen[&objs[i]])
		}
	}
	if len(seen) != len(objs) {
		t.Errorf("%d elements were looked at, want %d: one was copied", len(seen), len(objs))
	}
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
	if n := testing.AllocsPerRun(100, func() {
		for range ownership.Filter(c, ownership.Pointers(objs), view) {
			count++
		}
	}); n > 5 || count == 0 { // the closures, if any
		t.Errorf("Filter over %d objects: %v allocations, want none for an object", len(objs), n)
	}
	grouped := func(groups, size int) float64 {
		objs := make([]ownership.Object, groups*size)
		for i := range objs {
			objs[i].ControlledBy.UID = strconv.Itoa(i % groups)
		}
		return testing.AllocsPerRun(10, func() { ownership.Group(ownership.Pointers(objs), view) })
	}
	// The number grows with the logarithm of the number of objects, and not with them.
	if few, many := grouped(100, 100), grouped(100, 1000); many > few+8 {
		t.Errorf("Group: %v allocations for 10,000 objects, %v for 100,000", few, many)
	}
	if n := grouped(1000, 10); n > 100 {
		t.Errorf("Group: %v allocations for 1,000 groups, want none for a group", n)
	}
}
