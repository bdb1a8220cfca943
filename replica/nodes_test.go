package replica_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

var (
	ssd   = replica.Placement{NodeSelector: must(selector.FromLabels(map[string]string{"disk": "ssd"})), MinReady: time.Minute}
	nodes = []replica.Node{
		{Name: "n1", Labels: map[string]string{"disk": "ssd"}},
		{Name: "n2", Labels: map[string]string{"disk": "ssd"}},
		{Name: "n3", Labels: map[string]string{"disk": "hdd"}},
	}
)

func TestDiffNodes(t *testing.T) {
	pod := func(name, node string, change ...func(*replica.Pod)) replica.Pod {
		p := replica.Pod{Object: ownership.Object{Name: name, UID: name}, Node: node, Phase: "Running", Ready: true, ReadySince: now.Add(-time.Minute), Created: now.Add(-time.Hour)}
		for _, c := range change {
			c(&p)
		}
		return p
	}
	failed := func(p *replica.Pod) { p.Phase = "Failed"; p.Ready = false }
	done := func(p *replica.Pod) { p.Phase = "Succeeded"; p.Ready = false }
	leaving := func(p *replica.Pod) { p.Deleting = true }
	unready := func(p *replica.Pod) { p.Ready = false }
	justReady := func(p *replica.Pod) { p.ReadySince = now }
	younger := func(p *replica.Pod) { p.Created = now }
	uid := func(uid string) func(*replica.Pod) { return func(p *replica.Pod) { p.UID = uid } }
	waiting := func(p *replica.Pod) { p.Target, p.Node, p.Phase = p.Node, "", "Pending" }
	for name, tt := range map[string]struct {
		pods []replica.Pod
		want replica.NodePlan
	}{
		"no pods": {nil, replica.NodePlan{Create: []string{"n1", "n2"}, Desired: 2, Unavailable: 2}},
		"as wanted": {[]replica.Pod{pod("a", "n2"), pod("b", "n1")},
			replica.NodePlan{Counted: []int{1, 0}, Desired: 2, Current: 2, Ready: 2, Available: 2}},
		"one ready but not for long": {[]replica.Pod{pod("a", "n1", justReady), pod("b", "n2")},
			replica.NodePlan{Counted: []int{0, 1}, Desired: 2, Unavailable: 1, Current: 2, Ready: 2, Available: 1, NextCheck: time.Minute}},
		"one unready, one node relabelled": {[]replica.Pod{pod("a", "n1", unready), pod("c", "n3")},
			replica.NodePlan{Create: []string{"n2"}, Delete: []replica.Victim{{Index: 1, Rule: replica.NodeUnfit}}, Counted: []int{0}, Desired: 2, Unavailable: 2, Current: 1, Misscheduled: 1}},
		"two on a node that should run none": {[]replica.Pod{pod("a", "n1"), pod("b", "n2"), pod("c", "n3"), pod("d", "n3")},
			replica.NodePlan{Delete: []replica.Victim{{Index: 2, Rule: replica.NodeUnfit}, {Index: 3, Rule: replica.NodeUnfit}}, Counted: []int{0, 1}, Desired: 2, Current: 2, Ready: 2, Available: 2, Misscheduled: 1}},
		"of the same age the name decides, then the UID": {[]replica.Pod{pod("b", "n1", uid("1")), pod("a", "n1", uid("9")), pod("d", "n2", uid("9")), pod("d", "n2", uid("1"))},
			replica.NodePlan{Delete: []replica.Victim{{Index: 0, Rule: replica.Duplicate}, {Index: 2, Rule: replica.Duplicate}}, Counted: []int{1, 3}, Desired: 2, Current: 2, Ready: 2, Available: 2}},
		"several pods of missing nodes": {[]replica.Pod{pod("a", "gone", waiting), pod("b", "lost", waiting), pod("c", "gone", waiting), pod("d", "away", waiting), pod("e", "lost", waiting)},
			replica.NodePlan{Create: []string{"n1", "n2"}, Desired: 2, Unavailable: 2, Delete: []replica.Victim{{Index: 0, Rule: replica.NodeMissing}, {Index: 1, Rule: replica.NodeMissing},
				{Index: 2, Rule: replica.NodeMissing}, {Index: 3, Rule: replica.NodeMissing}, {Index: 4, Rule: replica.NodeMissing}}}},
		"leaving the relabelled node": {[]replica.Pod{pod("c", "n3", leaving)},
			replica.NodePlan{Create: []string{"n1", "n2"}, Desired: 2, Unavailable: 2, Misscheduled: 1}},
		"a leaving pod blocks its successor": {[]replica.Pod{pod("a", "n1", leaving), pod("b", "n2")},
			replica.NodePlan{Counted: []int{0, 1}, Desired: 2, Current: 2, Ready: 2, Available: 2}},
		"a failed and leaving pod does not": {[]replica.Pod{pod("a", "n1", failed, leaving), pod("b", "n2")},
			replica.NodePlan{Create: []string{"n1"}, Counted: []int{1}, Desired: 2, Unavailable: 1, Current: 1, Ready: 1, Available: 1}},
		"failed and succeeded pods go first": {[]replica.Pod{pod("a", "n1", failed), pod("b", "n2", done)},
			replica.NodePlan{Delete: []replica.Victim{{Index: 0, Rule: replica.PodFailed}, {Index: 1, Rule: replica.PodSucceeded}}, Counted: []int{0, 1}, Desired: 2, Unavailable: 2, Current: 2}},
		"the oldest stays": {[]replica.Pod{pod("a", "n1", younger), pod("c", "n1"), pod("b", "n1"), pod("d", "n2")},
			replica.NodePlan{Delete: []replica.Victim{{Index: 1, Rule: replica.Duplicate}, {Index: 0, Rule: replica.Duplicate}}, Counted: []int{2, 3}, Desired: 2, Current: 2, Ready: 2, Available: 2}},
		"the scheduled one stays": {[]replica.Pod{pod("a", "n1", waiting), pod("b", "n1", younger), pod("d", "n2", waiting, unready)},
			replica.NodePlan{Delete: []replica.Victim{{Index: 0, Rule: replica.Duplicate}}, Counted: []int{1, 2}, Desired: 2, Unavailable: 1, Current: 2, Ready: 1, Available: 1}},
		"pods of missing nodes": {[]replica.Pod{pod("a", "n1"), pod("b", "n2"), pod("c", "gone", waiting), pod("d", "gone", waiting, leaving), pod("e", "gone"), pod("f", "")},
			replica.NodePlan{Delete: []replica.Victim{{Index: 2, Rule: replica.NodeMissing}}, Counted: []int{0, 1}, Desired: 2, Current: 2, Ready: 2, Available: 2}},
	} {
		if diff := cmp.Diff(tt.want, replica.DiffNodes(nodes, tt.pods, ssd, now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestANodeListedTwice(t *testing.T) {
	ps := []replica.Pod{{Object: ownership.Object{Name: "a"}, Node: "n1", Phase: "Running"}}
	once, twice := replica.DiffNodes(nodes[:2], ps, ssd, now), replica.DiffNodes([]replica.Node{nodes[0], nodes[0], nodes[1]}, ps, ssd, now)
	if diff := cmp.Diff(once, twice); diff != "" {
		t.Errorf("(-once +twice):\n%s", diff)
	}
}

func TestDiffNodesLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := pods().Draw(t, "pods")
		before := slices.Clone(ps)
		plan := replica.DiffNodes(nodes, ps, ssd, now)
		if diff := cmp.Diff(before, ps); diff != "" {
			t.Fatalf("the input changed:\n%s", diff)
		}
		if plan.Current+len(plan.Create) != plan.Desired || plan.Current != len(plan.Counted) || plan.Ready > plan.Current || plan.Available > plan.Ready || plan.Desired != 2 {
			t.Fatalf("the counts do not add up: %+v", plan)
		}
		gone := map[int]bool{}
		for _, v := range plan.Delete {
			if gone[v.Index] || ps[v.Index].Deleting {
				t.Fatalf("deletes pod %d twice, or though it is being deleted: %+v", v.Index, plan)
			}
			gone[v.Index] = true
		}
		// After the deletions each fit node has at most one running pod, and the others none.
		running := map[string]int{}
		for i, p := range ps {
			if p.Active() && !gone[i] {
				running[p.Node]++
				if p.Node == "" {
					running[p.Target]++
				}
			}
		}
		if running["n1"] > 1 || running["n2"] > 1 || running["n3"] > 0 {
			t.Fatalf("after the plan pods run like this: %v", running)
		}

		shuffled := rapid.Permutation(ps).Draw(t, "shuffled")
		again := replica.DiffNodes(nodes, shuffled, ssd, now)
		names := func(ps []replica.Pod, plan replica.NodePlan) []string {
			var names []string
			for _, v := range plan.Delete {
				names = append(names, ps[v.Index].Name+" "+v.Rule.String())
			}
			slices.Sort(names)
			for _, i := range plan.Counted {
				names = append(names, ps[i].Name)
			}
			return names
		}
		if diff := cmp.Diff(names(ps, plan), names(shuffled, again)); diff != "" {
			t.Fatalf("(-as given +shuffled):\n%s", diff)
		}
	})
}
