package replica_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// Reconcile is Judge for each pod and Diff for those that count, with the indices of the whole list.
func TestReconcileLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ps := drawController(t), pods().Draw(t, "pods")
		want := rapid.SampledFrom([]int{1, 2, 3, 10, 0, -1}).Draw(t, "want")
		o := replica.Options{Burst: rapid.IntRange(0, 2).Draw(t, "burst"), Related: map[string]int{"n1": 1}}

		var pass replica.Plan
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
			own := c.UID != "" && p.ControlledBy.UID == c.UID && c.Selector.Matches(p.Labels)
			if own || v.Decision == ownership.Adopt {
				pass.Owned = append(pass.Owned, i)
			}
		}
		if c.UID != "" && !c.Deleting && !c.Selector.IsNothing() {
			pass.Plan = replica.Diff(want, counted, now, o)
			for i, v := range pass.Delete {
				pass.Delete[i].Index = pass.Counted[v.Index]
			}
		}
		if diff := cmp.Diff(pass, replica.Sync(c, want, ps, now, o)); diff != "" {
			t.Fatalf("(-by hand +got):\n%s", diff)
		}
	})
}

// Which pods count is told in the order of the pods, however the plan sorts them.
func TestReconcileChooses(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Selector: selector.MustParse("app=web")}
	var ps []replica.Pod
	for _, uid := range []string{"c", "other", "a", "b"} {
		ps = append(ps, replica.Pod{Object: ownership.Object{UID: uid, Labels: map[string]string{"app": "web"}, ControlledBy: web.Ref}})
	}
	ps[1].ControlledBy.UID = "rs-2"
	want := replica.Plan{
		Owned: []int{0, 2, 3}, Counted: []int{0, 2, 3},
		Plan: replica.Plan{Delete: []replica.Deletion{{Index: 2, Rule: replica.SmallerUID}, {Index: 3, Rule: replica.SmallerUID}}},
	}
	if diff := cmp.Diff(want, replica.Sync(web, 1, ps, now, replica.Options{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ReconcileNodes is Decide for each pod and DiffNodes for those that are claimed, with the indices of the whole list.
func TestReconcileNodesLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ps := drawController(t), pods().Draw(t, "pods")
		var pass daemon.Plan
		var claimed []replica.Pod
		var index []int
		for i, p := range ps {
			d, _ := c.Decide(p.Object)
			switch d {
			case ownership.Adopt:
				pass.Adopt = append(pass.Adopt, i)
			case ownership.Release:
				pass.Release = append(pass.Release, i)
			}
			if d == ownership.Keep || d == ownership.Adopt {
				claimed, index = append(claimed, p), append(index, i)
			}
		}
		if c.UID != "" && !c.Deleting && c.Selector.String() == "app=web" {
			pass.NodePlan = daemon.Diff(nodes, claimed, ssd, now)
			for i, v := range pass.Delete {
				pass.Delete[i].Index = index[v.Index]
			}
			for i, n := range pass.NodePlan.Counted {
				pass.NodePlan.Counted[i] = index[n]
			}
		}
		if diff := cmp.Diff(pass, daemon.Sync(c, nodes, ps, ssd, now)); diff != "" {
			t.Fatalf("(-by hand +got):\n%s", diff)
		}
	})
}

// A pod that is not active is neither adopted nor released, and does not count, but is owned as long as it matches.
func TestReconcileLeavesInactivePodsAlone(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Selector: selector.MustParse("app=web")}
	pod := func(app string, owner ownership.Ref) replica.Pod {
		return replica.Pod{Object: ownership.Object{Labels: map[string]string{"app": app}, ControlledBy: owner}, Phase: "Running"}
	}
	ps := []replica.Pod{pod("web", web.Ref), pod("web", ownership.Ref{}), pod("db", web.Ref), pod("db", ownership.Ref{})}
	want := replica.Plan{Adopt: []int{1}, Release: []int{2}, Counted: []int{0, 1}, Owned: []int{0, 1}}
	if diff := cmp.Diff(want, replica.Sync(web, 2, ps, now, replica.Options{})); diff != "" {
		t.Errorf("active (-want +got):\n%s", diff)
	}
	want = replica.Plan{Owned: []int{0}, Plan: replica.Plan{Create: 2}}
	for name, change := range map[string]func(*replica.Pod){
		"failed":        func(p *replica.Pod) { p.Phase = "Failed" },
		"succeeded":     func(p *replica.Pod) { p.Phase = "Succeeded" },
		"being deleted": func(p *replica.Pod) { p.Deleting = true },
	} {
		for i := range ps {
			p := pod(ps[i].Labels["app"], ps[i].ControlledBy)
			change(&p)
			ps[i] = p
		}
		if diff := cmp.Diff(want, replica.Sync(web, 2, ps, now, replica.Options{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
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
		if got := replica.Sync(c, 3, nil, now, replica.Options{}); got.Create != 0 {
			t.Errorf("%s: creates %d", name, got.Create)
		}
		if got := daemon.Sync(c, nodes, nil, ssd, now); got.Create != nil || got.Desired != 0 {
			t.Errorf("%s: creates on %v, of %d nodes", name, got.Create, got.Desired)
		}
	}
	everything := web
	everything.Selector = selector.Everything()
	if got := daemon.Sync(everything, nodes, nil, ssd, now); got.Create != nil {
		t.Errorf("selects everything: creates on %v", got.Create)
	}
	if got := daemon.Sync(web, nodes, nil, ssd, now); len(got.Create) != 2 {
		t.Errorf("creates on %v, want two nodes", got.Create)
	}
	if got := replica.Sync(web, 3, nil, now, replica.Options{}); got.Create != 3 {
		t.Errorf("creates %d, want 3", got.Create)
	}
}
