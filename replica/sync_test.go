package replica_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// Sync is Judge for each pod and Diff for the claimed pods, with indices into all pods.
func TestSyncIsJudgeAndDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ps := podtest.DrawController(t), podtest.Draw().Draw(t, "pods")
		want := rapid.SampledFrom([]int{1, 2, 3, 10, 0, -1}).Draw(t, "want")
		o := replica.Options{Burst: rapid.IntRange(0, 2).Draw(t, "burst"), Related: map[string]int{"n1": 1}}

		var plan replica.Plan
		var claimed []replica.Pod
		for i, p := range ps {
			v := replica.Judge(c, p, 0, now)
			if v.Decision == ownership.Adopt {
				plan.Adopt = append(plan.Adopt, i)
			}
			if v.Decision == ownership.Release {
				plan.Release = append(plan.Release, i)
			}
			if v.Claimed {
				plan.Claimed = append(plan.Claimed, i)
				claimed = append(claimed, p)
			}
			own := c.UID != "" && p.Namespace == c.Namespace && p.ControlledBy.UID == c.UID && c.Selector.Matches(p.Labels)
			if own || v.Decision == ownership.Adopt {
				plan.Kept = append(plan.Kept, i)
			}
		}
		if c.Acts() {
			diff := replica.Diff(want, claimed, now, o)
			plan.Create, plan.Delete = diff.Create, diff.Delete
			for i, d := range plan.Delete {
				plan.Delete[i].Index = plan.Claimed[d.Index]
			}
		}
		if diff := cmp.Diff(plan, replica.Sync(c, want, ps, now, o)); diff != "" {
			t.Fatalf("(-by hand +got):\n%s", diff)
		}
	})
}

// Pods of other namespaces change nothing, even with a forged owner reference.
func TestSyncIgnoresOtherNamespaces(t *testing.T) {
	c := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Namespace: "x", Selector: selector.MustParse("app=web")}
	forged := replica.Pod{Object: ownership.Object{Namespace: "evil", UID: "a", Labels: map[string]string{"app": "web"}, ControlledBy: c.Ref}}
	released := forged
	released.Labels = nil
	got := replica.Sync(c, 0, []replica.Pod{forged, released}, now, replica.Options{})
	if diff := cmp.Diff(replica.Plan{}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := replica.Explain(c, forged, 0, now); got.Reason != ownership.OtherNamespace || got.Counted || got.Kept {
		t.Errorf("explained %+v, want the reason OtherNamespace", got)
	}
}

// Claimed is in the order of the pods, however the deletions are sorted.
func TestSyncKeepsTheOrderOfPods(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Selector: selector.MustParse("app=web")}
	var ps []replica.Pod
	for _, uid := range []string{"c", "other", "a", "b"} {
		ps = append(ps, replica.Pod{Object: ownership.Object{UID: uid, Labels: map[string]string{"app": "web"}, ControlledBy: web.Ref}})
	}
	ps[1].ControlledBy.UID = "rs-2"
	want := replica.Plan{
		Kept: []int{0, 2, 3}, Claimed: []int{0, 2, 3},
		Delete: []replica.Deletion{{Index: 2, Rule: replica.Tie}, {Index: 3, Rule: replica.Tie}},
	}
	if diff := cmp.Diff(want, replica.Sync(web, 1, ps, now, replica.Options{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An inactive pod is neither adopted nor released, and does not count, but is owned as long as it is
// selected.
func TestSyncLeavesInactivePodsAlone(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Selector: selector.MustParse("app=web")}
	pod := func(app string, owner ownership.Ref) replica.Pod {
		return replica.Pod{Object: ownership.Object{Labels: map[string]string{"app": app}, ControlledBy: owner}, Phase: "Running"}
	}
	ps := []replica.Pod{pod("web", web.Ref), pod("web", ownership.Ref{}), pod("db", web.Ref), pod("db", ownership.Ref{})}
	want := replica.Plan{Adopt: []int{1}, Release: []int{2}, Claimed: []int{0, 1}, Kept: []int{0, 1}}
	if diff := cmp.Diff(want, replica.Sync(web, 2, ps, now, replica.Options{})); diff != "" {
		t.Errorf("active (-want +got):\n%s", diff)
	}
	want = replica.Plan{Kept: []int{0}, Create: 2}
	for _, tt := range []struct {
		name   string
		change func(*replica.Pod)
	}{
		{"failed", func(p *replica.Pod) { p.Phase = "Failed" }},
		{"succeeded", func(p *replica.Pod) { p.Phase = "Succeeded" }},
		{"being deleted", func(p *replica.Pod) { p.Deleting = true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := slices.Clone(ps)
			for i := range changed {
				tt.change(&changed[i])
			}
			if diff := cmp.Diff(want, replica.Sync(web, 2, changed, now, replica.Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A controller for which no pod can count must not create pods in every sync.
func TestSyncPlansNothingForAControllerThatMustNotAct(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Selector: selector.MustParse("app=web")}
	for _, tt := range []struct {
		name   string
		change func(*ownership.Controller)
		create int
	}{
		{"may act", func(*ownership.Controller) {}, 3},
		{"being deleted", func(c *ownership.Controller) { c.Deleting = true }, 0},
		{"without a UID", func(c *ownership.Controller) { c.UID = "" }, 0},
		{"selects nothing", func(c *ownership.Controller) { c.Selector = selector.Nothing() }, 0},
		{"selects everything", func(c *ownership.Controller) { c.Selector = selector.Everything() }, 0},
		{"contradicts itself", func(c *ownership.Controller) { c.Selector = selector.MustParse("app=web,app=db") }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := web
			tt.change(&c)
			if got := replica.Sync(c, 3, nil, now, replica.Options{}).Create; got != tt.create {
				t.Errorf("creates %d, want %d", got, tt.create)
			}
		})
	}
}
