package ownership_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
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

// A page of a dashboard: 10,000 objects of the size of a pod and 1,000 controllers, in no order, and as a
// sorted list has them.
func BenchmarkGroup(b *testing.B) {
	type pod struct {
		ownership.Object
		_ [1000]byte
	}
	view := func(p *pod) ownership.Object { return p.Object }
	for name, owner := range map[string]func(i int) int{
		"order=mixed":  func(i int) int { return i * 7919 % 1000 },
		"order=sorted": func(i int) int { return i / 10 },
	} {
		b.Run(name, func(b *testing.B) {
			pods := make([]pod, 10_000)
			for i := range pods {
				pods[i].ControlledBy.UID = fmt.Sprintf("14010bc1-b38b-4063-8b12-%012d", owner(i))
			}
			b.ReportAllocs()
			for b.Loop() {
				if len(ownership.Group(ownership.Pointers(pods), view)) != 1000 {
					b.Fatal("want 1000 groups")
				}
			}
		})
	}
}

func BenchmarkChain(b *testing.B) {
	objs := map[string]ownership.Object{}
	for _, o := range line(3) {
		objs[o.UID] = o
	}
	find := func(r ownership.Ref) (ownership.Object, bool) {
		o, found := objs[r.UID]
		return o, found
	}
	b.ReportAllocs()
	for b.Loop() {
		if chain, end := ownership.Chain(objs["u0"], find); len(chain) != 2 || end != ownership.Topmost {
			b.Fatal(chain, end)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	refs := []ownership.OwnerReference{ref("1", yes), ref("2", no)}
	b.ReportAllocs()
	for b.Loop() {
		if err := ownership.Validate(refs); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPatches(b *testing.B) {
	c, o := claim{"uid", "none", "match", "alive", "alive", "same"}.build()
	for name, patch := range map[string]func(ownership.Object, ...string) []byte{"patch=adopt": c.AdoptPatch, "patch=release": c.ReleasePatch} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				patch(o)
			}
		})
	}
}

// 1,000 controllers of one namespace, of which two fight.
func BenchmarkConflicts(b *testing.B) {
	cs := make([]ownership.Controller, 1000)
	for i := range cs {
		cs[i] = ownership.Controller{
			Ref:       ownership.Ref{Kind: "ReplicaSet", Name: strconv.Itoa(i), UID: strconv.Itoa(i)},
			Namespace: "shop",
			Selector:  check.Must(selector.FromLabels(map[string]string{"app": strconv.Itoa(i % 999), "tier": "web"})),
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if n := len(ownership.Conflicts(cs)); n != 1 {
			b.Fatal(n)
		}
	}
}
