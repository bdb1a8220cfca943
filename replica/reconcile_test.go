package replica_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// Reconcile is Judge for each pod and Diff for those that count, with the indices of the whole list.
func TestReconcileLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ps := drawController(t), pods().Draw(t, "pods")
		want := rapid.IntRange(-1, 10).Draw(t, "want")
		o := replica.Options{Burst: rapid.IntRange(0, 2).Draw(t, "burst"), Related: map[string]int{"n1": 1}}

		var pass replica.Pass
		var counted []replica.Pod
		for i, p := range ps {
			v := replica.Judge(c, p, 0, now)
			if v.Decision == ownership.Adopt {
				pass.Adopt = append(pass.Adopt, i)
			}
			if v.Decision == ownership.Release {
				pass.Release = append(pass.Release, i)
			}
			if v.Counted {
				pass.Counted = append(pass.Counted, i)
				counted = append(counted, p)
			}
		}
		if c.UID != "" && !c.Deleting && !c.Selector.IsNothing() {
			pass.Plan = replica.Diff(want, counted, now, o)
			for i, v := range pass.Delete {
				pass.Delete[i].Index = pass.Counted[v.Index]
			}
		}
		if diff := cmp.Diff(pass, replica.Reconcile(c, want, ps, now, o)); diff != "" {
			t.Fatalf("(-by hand +got):\n%s", diff)
		}
	})
}

// A controller for which no pod can count must not be told to create more and more.
func TestReconcileDoesNotCreateForEver(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Selector: selector.MustParse("app=web")}
	for name, change := range map[string]func(*ownership.Controller){
		"being deleted":      func(c *ownership.Controller) { c.Deleting = true },
		"without UID":        func(c *ownership.Controller) { c.UID = "" },
		"selects nothing":    func(c *ownership.Controller) { c.Selector = selector.Nothing() },
		"contradicts itself": func(c *ownership.Controller) { c.Selector = selector.MustParse("app=web,app=db") },
	} {
		c := web
		change(&c)
		if got := replica.Reconcile(c, 3, nil, now, replica.Options{}); got.Create != 0 {
			t.Errorf("%s: creates %d", name, got.Create)
		}
	}
	if got := replica.Reconcile(web, 3, nil, now, replica.Options{}); got.Create != 3 {
		t.Errorf("creates %d, want 3", got.Create)
	}
}
