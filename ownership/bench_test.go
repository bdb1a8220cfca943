package ownership_test

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/ownership"
)

// world returns pods of 100 ReplicaSets, ten each, and the controller of some of them.
func world() ([]ownership.Object, ownership.Controller) {
	c, o := claim{"uid", "this", "match", "alive", "alive", "same"}.build()
	objs := make([]ownership.Object, 1000)
	for i := range objs {
		objs[i] = o
		objs[i].ControlledBy.UID = fmt.Sprintf("u%d", i%100)
	}
	return objs, c
}

func BenchmarkDecide(b *testing.B) {
	objs, c := world()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Decide(objs[i%len(objs)])
	}
}

func BenchmarkFilter(b *testing.B) {
	objs, c := world()
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range ownership.Filter(c, ownership.Pointers(objs), view) {
			n++
		}
		if n != 10 {
			b.Fatal(n)
		}
	}
}

func BenchmarkGroup(b *testing.B) {
	objs, _ := world()
	b.ReportAllocs()
	for b.Loop() {
		if len(ownership.Group(objs, view)) != 100 {
			b.Fatal("want 100 groups")
		}
	}
}
