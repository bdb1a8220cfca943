package replica_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

func activeOf(ps []replica.Pod) int {
	n := 0
	for _, p := range ps {
		if p.Active() {
			n++
		}
	}
	return n
}

// Kept and created are the number wanted, unless the burst limit cuts it short; nothing is created and
// deleted at once.
func TestDiffLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := podtest.Draw().Draw(t, "pods")
		want := rapid.IntRange(-1, 10).Draw(t, "want")
		burst := rapid.SampledFrom([]int{-1, 0, 1, 2, 500}).Draw(t, "burst")
		before := slices.Clone(ps)
		plan := replica.Diff(want, ps, now, replica.Options{Burst: burst})
		if diff := cmp.Diff(before, ps); diff != "" {
			t.Fatalf("the input changed:\n%s", diff)
		}

		limit := burst
		if burst <= 0 {
			limit = 500
		}
		active, wanted := activeOf(ps), max(want, 0)
		if plan.Create != min(max(wanted-active, 0), limit) || len(plan.Delete) != min(max(active-wanted, 0), limit) {
			t.Fatalf("%d active, want %d, burst %d: %+v", active, want, burst, plan)
		}
		if plan.Create > 0 && plan.Delete != nil {
			t.Fatalf("creates and deletes: %+v", plan)
		}
		seen := map[int]bool{}
		for _, v := range plan.Delete {
			if seen[v.Index] || !ps[v.Index].Active() {
				t.Fatalf("deletes pod %d twice, or though it is not active: %+v", v.Index, plan)
			}
			seen[v.Index] = true
			if v.Rule < replica.Unassigned || v.Rule > replica.NoneStays || (v.Rule == replica.NoneStays) != (wanted == 0) {
				t.Fatalf("want %d: rule %v", want, v.Rule)
			}
		}
	})
}

func deletions(ps []replica.Pod, plan replica.Plan) []string {
	var names []string
	for _, v := range plan.Delete {
		names = append(names, ps[v.Index].Name+" "+v.Rule.String())
	}
	return names
}

func TestDiffDoesNotDependOnTheOrderOfPods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := podtest.Draw().Draw(t, "pods")
		want := rapid.IntRange(0, 5).Draw(t, "want")
		shuffled := rapid.Permutation(ps).Draw(t, "shuffled")
		a, b := replica.Diff(want, ps, now, replica.Options{}), replica.Diff(want, shuffled, now, replica.Options{})
		if diff := cmp.Diff(deletions(ps, a), deletions(shuffled, b)); diff != "" {
			t.Fatalf("(-as given +shuffled):\n%s", diff)
		}
	})
}

func TestALowerTargetDeletesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := podtest.Draw().Draw(t, "pods")
		want := rapid.IntRange(0, 5).Draw(t, "want")
		some, more := replica.Diff(want+1, ps, now, replica.Options{}), replica.Diff(want, ps, now, replica.Options{})
		for i := range some.Delete {
			if some.Delete[i].Index != more.Delete[i].Index {
				t.Fatalf("want %d: %v, want %d: %v", want+1, some.Delete, want, more.Delete)
			}
		}
	})
}

// One pair for each rule: the first pod is deleted, the second stays, in both orders.
func TestRules(t *testing.T) {
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	running := replica.Pod{Node: "n1", Phase: "Running", Ready: true, ReadySince: ago(time.Hour), Created: ago(time.Hour)}
	with := func(change func(*replica.Pod)) replica.Pod {
		p := running
		change(&p)
		return p
	}
	related := map[string]int{"crowded": 2, "n1": 1}
	for _, tt := range []struct {
		name        string
		goes, stays replica.Pod
		rule        replica.Rule
	}{
		{"beside others", with(func(p *replica.Pod) { p.Node = "crowded" }),
			with(func(p *replica.Pod) { p.ReadySince = now; p.Restarts = 9 }), replica.MoreRelated},
		{"beside others, but dear", with(func(p *replica.Pod) { p.DeletionCost = -1 }),
			with(func(p *replica.Pod) { p.Node = "crowded" }), replica.LowerDeletionCost},
		{"unassigned", with(func(p *replica.Pod) { p.Node = ""; p.DeletionCost = 9 }), running, replica.Unassigned},
		{"pending", with(func(p *replica.Pod) { p.Phase = "Pending"; p.DeletionCost = 9 }), running, replica.EarlierPhase},
		{"pending before unknown", with(func(p *replica.Pod) { p.Phase = "Pending"; p.DeletionCost = 9 }),
			with(func(p *replica.Pod) { p.Phase = "Unknown" }), replica.EarlierPhase},
		{"unknown before running", with(func(p *replica.Pod) { p.Phase = "Unknown"; p.DeletionCost = 9 }), running, replica.EarlierPhase},
		{"ready at this moment before long ago", with(func(p *replica.Pod) { p.ReadySince = now }),
			with(func(p *replica.Pod) { p.ReadySince = ago(1); p.Restarts = 9 }), replica.ReadyLater},
		{"the future is as good as now", with(func(p *replica.Pod) { p.ReadySince = ago(-time.Hour); p.UID = "a" }),
			with(func(p *replica.Pod) { p.ReadySince = now; p.UID = "b" }), replica.SimilarReadyTime},
		{"the last of a power of two", with(func(p *replica.Pod) { p.ReadySince = ago(1<<41 - 1); p.UID = "a" }),
			with(func(p *replica.Pod) { p.ReadySince = ago(1 << 40); p.UID = "b" }), replica.SimilarReadyTime},
		{"the first of the next", with(func(p *replica.Pod) { p.ReadySince = ago(1<<41 - 1); p.UID = "b" }),
			with(func(p *replica.Pod) { p.ReadySince = ago(1 << 41); p.UID = "a" }), replica.ReadyLater},
		{"no phase", with(func(p *replica.Pod) { p.Phase = "" }), running, replica.EarlierPhase},
		{"unready", with(func(p *replica.Pod) { p.Ready = false; p.DeletionCost = 9 }), running, replica.Unready},
		{"cheap", with(func(p *replica.Pod) { p.DeletionCost = -1 }),
			with(func(p *replica.Pod) { p.Restarts = 9; p.ReadySince = ago(time.Second) }), replica.LowerDeletionCost},
		{"ready since", with(func(p *replica.Pod) { p.ReadySince = ago(time.Minute) }), with(func(p *replica.Pod) { p.Restarts = 9 }), replica.ReadyLater},
		{"ready since unknown", with(func(p *replica.Pod) { p.ReadySince = time.Time{} }),
			with(func(p *replica.Pod) { p.ReadySince = ago(-time.Hour) }), replica.ReadyLater},
		{"ready in the future", with(func(p *replica.Pod) { p.ReadySince = ago(-time.Hour) }),
			with(func(p *replica.Pod) { p.ReadySince = ago(1) }), replica.ReadyLater},
		{"ready at about the same time, whatever the restarts", with(func(p *replica.Pod) { p.UID = "a" }),
			with(func(p *replica.Pod) { p.ReadySince = ago(time.Hour - time.Second); p.Restarts = 9; p.UID = "b" }), replica.SimilarReadyTime},
		{"restarts, ready at the same time", with(func(p *replica.Pod) { p.Restarts = 5 }),
			with(func(p *replica.Pod) { p.SidecarRestarts = 9 }), replica.MoreRestarts},
		{"created at about the same time", with(func(p *replica.Pod) { p.UID = "a" }),
			with(func(p *replica.Pod) { p.Created = ago(time.Hour - time.Second); p.UID = "b" }), replica.SimilarAge},
		{"sidecar restarts", with(func(p *replica.Pod) { p.SidecarRestarts = 5 }),
			with(func(p *replica.Pod) { p.Created = ago(time.Second) }), replica.MoreSidecarRestarts},
		{"created", with(func(p *replica.Pod) { p.Created = ago(time.Minute); p.UID = "z" }),
			with(func(p *replica.Pod) { p.UID = "a" }), replica.CreatedLater},
		{"not ready, whenever it was", with(func(p *replica.Pod) { p.Ready = false; p.ReadySince = ago(time.Hour); p.Restarts = 1 }),
			with(func(p *replica.Pod) { p.Ready = false; p.ReadySince = ago(time.Second) }), replica.MoreRestarts},
		{"tie, smaller UID", with(func(p *replica.Pod) { p.UID = "a"; p.Name = "z" }), with(func(p *replica.Pod) { p.UID = "b"; p.Name = "a" }), replica.Tie},
		{"tie, smaller name", with(func(p *replica.Pod) { p.Name = "a" }), with(func(p *replica.Pod) { p.Name = "b" }), replica.Tie},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, ps := range [][]replica.Pod{{tt.goes, tt.stays}, {tt.stays, tt.goes}} {
				plan := replica.Diff(1, ps, now, replica.Options{Related: related})
				if want := []replica.Deletion{{Index: i, Rule: tt.rule}}; !slices.Equal(plan.Delete, want) {
					t.Errorf("order %d: deletes %+v, want %+v", i, plan.Delete, want)
				}
			}
		})
	}
}

// At the zero time all times lie in the future, so they are similar.
func TestRulesAtTheZeroTime(t *testing.T) {
	ps := []replica.Pod{
		{Object: ownership.Object{UID: "a"}, Ready: true, ReadySince: now, Created: now},
		{Object: ownership.Object{UID: "b"}, Ready: true, ReadySince: now.Add(-time.Hour), Created: now.Add(-time.Hour)},
	}
	want := []replica.Deletion{{Index: 0, Rule: replica.SimilarReadyTime}}
	if got := replica.Diff(1, ps, time.Time{}, replica.Options{}).Delete; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// The rule of a deletion compares it with the first pod that stays, not with the last.
func TestRuleOfTheFirstThatStays(t *testing.T) {
	ps := []replica.Pod{
		{Object: ownership.Object{UID: "a"}, Node: "n", Phase: "Running", DeletionCost: 1},
		{Object: ownership.Object{UID: "b"}, Node: "n", Phase: "Running", DeletionCost: 2},
		{Object: ownership.Object{UID: "c"}, Node: "n", Phase: "Running", Ready: true},
	}
	want := []replica.Deletion{{Index: 0, Rule: replica.LowerDeletionCost}}
	if got := replica.Diff(2, ps, now, replica.Options{}).Delete; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDiffTable(t *testing.T) {
	three := []replica.Pod{
		{Object: ownership.Object{UID: "a"}}, {Object: ownership.Object{UID: "b"}, Phase: "Failed"}, {Object: ownership.Object{UID: "c"}},
	}
	for _, tt := range []struct {
		name string
		want int
		pods []replica.Pod
		o    replica.Options
		plan replica.Plan
	}{
		{"nothing wanted, nothing there", 0, nil, replica.Options{}, replica.Plan{}},
		{"from nothing", 3, nil, replica.Options{}, replica.Plan{Create: 3}},
		{"upstream's burst", 1000, nil, replica.Options{}, replica.Plan{Create: 500}},
		{"another burst", 1000, nil, replica.Options{Burst: 7}, replica.Plan{Create: 7}},
		{"a failed pod is replaced", 3, three, replica.Options{}, replica.Plan{Create: 1}},
		{"as wanted", 2, three, replica.Options{}, replica.Plan{}},
		{"one too many", 1, three, replica.Options{}, replica.Plan{Delete: []replica.Deletion{{Index: 0, Rule: replica.Tie}}}},
		{"all go", 0, three, replica.Options{}, replica.Plan{Delete: []replica.Deletion{{Index: 0, Rule: replica.NoneStays}, {Index: 2, Rule: replica.NoneStays}}}},
		{"all go, one at a time", -5, three, replica.Options{Burst: 1}, replica.Plan{Delete: []replica.Deletion{{Index: 0, Rule: replica.NoneStays}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.plan, replica.Diff(tt.want, tt.pods, now, tt.o)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Upstream computes a metric from the age of the youngest pod, and panics if it is zero.
func TestDiffOfNewbornPods(t *testing.T) {
	newborn := replica.Pod{Node: "n1", Phase: "Running", Ready: true, ReadySince: now, Created: now}
	if plan := replica.Diff(1, []replica.Pod{newborn, newborn}, now, replica.Options{}); len(plan.Delete) != 1 {
		t.Errorf("got %+v, want one to go", plan)
	}
}
