package daemon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

var now = podtest.Now

var (
	ssd   = daemon.Placement{NodeSelector: check.Must(selector.FromLabels(map[string]string{"disk": "ssd"})), MinReady: time.Minute}
	nodes = []daemon.Node{
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
		want daemon.Plan
	}{
		"no pods": {nil, daemon.Plan{Create: []string{"n1", "n2"}, Status: daemon.Status{Desired: 2, Unavailable: 2}}},
		"as wanted": {[]replica.Pod{pod("a", "n2"), pod("b", "n1")},
			daemon.Plan{Current: []int{1, 0}, Status: daemon.Status{Desired: 2, Current: 2, Ready: 2, Available: 2}}},
		"one ready but not for long": {[]replica.Pod{pod("a", "n1", justReady), pod("b", "n2")},
			daemon.Plan{Current: []int{0, 1}, NextCheck: time.Minute, Status: daemon.Status{Desired: 2, Unavailable: 1, Current: 2, Ready: 2, Available: 1}}},
		"one unready, one node relabelled": {[]replica.Pod{pod("a", "n1", unready), pod("c", "n3")},
			daemon.Plan{Create: []string{"n2"}, Delete: []daemon.Deletion{{Index: 1, Rule: daemon.NodeUnfit}}, Current: []int{0}, Status: daemon.Status{Desired: 2, Unavailable: 2, Current: 1, Misscheduled: 1}}},
		"two on a node that should run none": {[]replica.Pod{pod("a", "n1"), pod("b", "n2"), pod("c", "n3"), pod("d", "n3")},
			daemon.Plan{Delete: []daemon.Deletion{{Index: 2, Rule: daemon.NodeUnfit}, {Index: 3, Rule: daemon.NodeUnfit}}, Current: []int{0, 1}, Status: daemon.Status{Desired: 2, Current: 2, Ready: 2, Available: 2, Misscheduled: 1}}},
		"of the same age the name decides, then the UID": {[]replica.Pod{pod("b", "n1", uid("1")), pod("a", "n1", uid("9")), pod("d", "n2", uid("9")), pod("d", "n2", uid("1"))},
			daemon.Plan{Delete: []daemon.Deletion{{Index: 0, Rule: daemon.Duplicate}, {Index: 2, Rule: daemon.Duplicate}}, Current: []int{1, 3}, Status: daemon.Status{Desired: 2, Current: 2, Ready: 2, Available: 2}}},
		"several pods of missing nodes": {[]replica.Pod{pod("a", "gone", waiting), pod("b", "lost", waiting), pod("c", "gone", waiting), pod("d", "away", waiting), pod("e", "lost", waiting)},
			daemon.Plan{Create: []string{"n1", "n2"}, Delete: []daemon.Deletion{{Index: 0, Rule: daemon.NodeMissing}, {Index: 1, Rule: daemon.NodeMissing},
				{Index: 2, Rule: daemon.NodeMissing}, {Index: 3, Rule: daemon.NodeMissing}, {Index: 4, Rule: daemon.NodeMissing}}, Status: daemon.Status{Desired: 2, Unavailable: 2}}},
		"leaving the relabelled node": {[]replica.Pod{pod("c", "n3", leaving)},
			daemon.Plan{Create: []string{"n1", "n2"}, Status: daemon.Status{Desired: 2, Unavailable: 2, Misscheduled: 1}}},
		"a leaving pod blocks its successor": {[]replica.Pod{pod("a", "n1", leaving), pod("b", "n2")},
			daemon.Plan{Current: []int{0, 1}, Status: daemon.Status{Desired: 2, Current: 2, Ready: 2, Available: 2}}},
		"a failed and leaving pod does not": {[]replica.Pod{pod("a", "n1", failed, leaving), pod("b", "n2")},
			daemon.Plan{Create: []string{"n1"}, Current: []int{1}, Status: daemon.Status{Desired: 2, Unavailable: 1, Current: 1, Ready: 1, Available: 1}}},
		"failed and succeeded pods go first": {[]replica.Pod{pod("a", "n1", failed), pod("b", "n2", done)},
			daemon.Plan{Delete: []daemon.Deletion{{Index: 0, Rule: daemon.PodFailed}, {Index: 1, Rule: daemon.PodSucceeded}}, Current: []int{0, 1}, Status: daemon.Status{Desired: 2, Unavailable: 2, Current: 2}}},
		"the oldest stays": {[]replica.Pod{pod("a", "n1", younger), pod("c", "n1"), pod("b", "n1"), pod("d", "n2")},
			daemon.Plan{Delete: []daemon.Deletion{{Index: 1, Rule: daemon.Duplicate}, {Index: 0, Rule: daemon.Duplicate}}, Current: []int{2, 3}, Status: daemon.Status{Desired: 2, Current: 2, Ready: 2, Available: 2}}},
		"the scheduled one stays": {[]replica.Pod{pod("a", "n1", waiting), pod("b", "n1", younger), pod("d", "n2", waiting, unready)},
			daemon.Plan{Delete: []daemon.Deletion{{Index: 0, Rule: daemon.Duplicate}}, Current: []int{1, 2}, Status: daemon.Status{Desired: 2, Unavailable: 1, Current: 2, Ready: 1, Available: 1}}},
		"pods of missing nodes": {[]replica.Pod{pod("a", "n1"), pod("b", "n2"), pod("c", "gone", waiting), pod("d", "gone", waiting, leaving), pod("e", "gone"), pod("f", "")},
			daemon.Plan{Delete: []daemon.Deletion{{Index: 2, Rule: daemon.NodeMissing}}, Current: []int{0, 1}, Status: daemon.Status{Desired: 2, Current: 2, Ready: 2, Available: 2}}},
	} {
		if diff := cmp.Diff(tt.want, daemon.Diff(nodes, tt.pods, ssd, now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestANodeListedTwice(t *testing.T) {
	ps := []replica.Pod{{Object: ownership.Object{Name: "a"}, Node: "n1", Phase: "Running"}}
	once, twice := daemon.Diff(nodes[:2], ps, ssd, now), daemon.Diff([]daemon.Node{nodes[0], nodes[0], nodes[1]}, ps, ssd, now)
	if diff := cmp.Diff(once, twice); diff != "" {
		t.Errorf("(-once +twice):\n%s", diff)
	}
}

// A failed pod that is held back, on a node that only keeps its pod, beside others.
func TestDiffNodesWithBackoffAndTaints(t *testing.T) {
	pod := func(name, node, phase string) replica.Pod {
		return replica.Pod{Object: ownership.Object{Name: name, UID: name}, Node: node, Phase: phase, Revision: "old"}
	}
	cordoned := []daemon.Node{{Name: "n1", Taints: []daemon.Taint{{Key: "drained", Effect: "NoSchedule"}}}, {Name: "n2"}}
	ps := []replica.Pod{pod("a", "n1", "Failed"), pod("b", "n1", "Running"), pod("c", "n1", "Running"), pod("d", "n2", "Failed"), pod("e", "n2", "Failed")}
	ps[4].Revision = "new"
	p := daemon.Placement{Revision: "old", FailedPods: new(daemon.FailedPods)}
	want := daemon.Plan{Delete: []daemon.Deletion{{Index: 0, Rule: daemon.PodFailed}, {Index: 2, Rule: daemon.Duplicate}, {Index: 3, Rule: daemon.PodFailed}},
		Current: []int{3}, NextCheck: time.Second, Status: daemon.Status{Desired: 1, Current: 1, Updated: 1, Unavailable: 1, Misscheduled: 1}}
	if diff := cmp.Diff(want, daemon.Diff(cordoned, ps, p, now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.FailedPods.Deleted("n1", now.Add(-time.Second)) // over by now
	p.FailedPods.Deleted("n2", now)
	p.FailedPods.Deleted("n2", now)
	want.Delete, want.NextCheck = want.Delete[:2], 2*time.Second
	if diff := cmp.Diff(want, daemon.Diff(cordoned, ps, p, now)); diff != "" {
		t.Errorf("held back (-want +got):\n%s", diff)
	}
	want.NextCheck = 1
	if diff := cmp.Diff(want, daemon.Diff(cordoned, ps, p, now.Add(2*time.Second-1))); diff != "" {
		t.Errorf("held back for the last nanosecond (-want +got):\n%s", diff)
	}
	want.Delete = append(want.Delete, daemon.Deletion{Index: 3, Rule: daemon.PodFailed})
	want.NextCheck = 4 * time.Second // until the second may be deleted, once the first is
	if diff := cmp.Diff(want, daemon.Diff(cordoned, ps, p, now.Add(2*time.Second))); diff != "" {
		t.Errorf("after the wait (-want +got):\n%s", diff)
	}

	// After half an hour of quiet the node begins anew: the second failed pod waits a second again.
	want.NextCheck = time.Second
	if diff := cmp.Diff(want, daemon.Diff(cordoned, ps, p, now.Add(30*time.Minute+1))); diff != "" {
		t.Errorf("after half an hour (-want +got):\n%s", diff)
	}
}

func TestDiffNodesBurst(t *testing.T) {
	var many []daemon.Node
	var lost []replica.Pod
	for i := range 300 {
		many = append(many, daemon.Node{Name: fmt.Sprint("n", i)})
		lost = append(lost, replica.Pod{Object: ownership.Object{Name: fmt.Sprintf("p%03d", i)}, Target: "gone"})
	}
	for burst, want := range map[int]int{0: 250, -1: 250, 7: 7, 1000: 300} {
		plan := daemon.Diff(many, lost, daemon.Placement{Burst: burst}, now)
		if len(plan.Create) != want || len(plan.Delete) != want || plan.Status.Desired != 300 {
			t.Errorf("burst %d: creates %d, deletes %d, desired %d; want %d, %d, 300", burst, len(plan.Create), len(plan.Delete), plan.Status.Desired, want, want)
		}
		if plan.Create[0] != "n0" || plan.Delete[0].Index != 0 {
			t.Errorf("burst %d: begins with %s and pod %d", burst, plan.Create[0], plan.Delete[0].Index)
		}
	}
}

// slowDiffNodes asks of every node which pods it has, and of every pod whether it has to go.
func slowDiffNodes(nodes []daemon.Node, ps []replica.Pod, p daemon.Placement) daemon.Plan {
	var plan daemon.Plan
	check := func(d time.Duration) {
		if d > 0 && (plan.NextCheck == 0 || d < plan.NextCheck) {
			plan.NextCheck = d
		}
	}
	known := map[string]bool{}
	for _, n := range nodes {
		known[n.Name] = true
		var on []int
		for i, pod := range ps {
			ended := pod.Phase == "Failed" || pod.Phase == "Succeeded"
			if (pod.Node == n.Name || pod.Node == "" && pod.Target == n.Name) && !(ended && pod.Deleting) {
				on = append(on, i)
			}
		}
		slices.SortFunc(on, func(i, j int) int {
			switch {
			case ps[i].Node != "" && ps[j].Node == "":
				return -1
			case ps[i].Node == "" && ps[j].Node != "":
				return 1
			case !ps[i].Created.Equal(ps[j].Created):
				return ps[i].Created.Compare(ps[j].Created)
			default:
				return strings.Compare(ps[i].Name, ps[j].Name)
			}
		})
		fit, _ := p.On(n)
		if fit == daemon.ShouldRun {
			plan.Status.Desired++
		}
		switch {
		case fit != daemon.ShouldRun && len(on) > 0:
			plan.Status.Misscheduled++
		case fit == daemon.ShouldRun && len(on) == 0:
			plan.Create = append(plan.Create, n.Name)
			plan.Status.Unavailable++
		case fit == daemon.ShouldRun:
			first := ps[on[0]]
			plan.Status.Current++
			plan.Current = append(plan.Current, on[0])
			if first.Revision == "new" {
				plan.Status.Updated++
			}
			if first.Ready {
				plan.Status.Ready++
			}
			first.Deleting, first.Phase = false, "" // only how long it is ready
			if first.State(p.MinReady, now) == replica.Available {
				plan.Status.Available++
			} else {
				plan.Status.Unavailable++
				if first.Ready && !first.ReadySince.IsZero() {
					check(first.ReadySince.Add(p.MinReady).Sub(now))
				}
			}
		}
		running, held := 0, p.FailedPods.Wait(n.Name, now)
		for _, i := range on {
			rule := daemon.Rule(0)
			switch pod := ps[i]; {
			case pod.Deleting:
			case fit == daemon.ShouldNotRun:
				rule = daemon.NodeUnfit
			case pod.Phase == "Failed" && held > 0:
				check(held)
			case pod.Phase == "Failed":
				rule, held = daemon.PodFailed, time.Second
			case pod.Phase == "Succeeded":
				rule = daemon.PodSucceeded
			case running > 0:
				rule = daemon.Duplicate
			default:
				running++
			}
			if rule != 0 {
				plan.Delete = append(plan.Delete, daemon.Deletion{Index: i, Rule: rule})
			}
		}
	}
	var lost []daemon.Deletion
	for i, pod := range ps {
		if pod.Node == "" && pod.Target != "" && !known[pod.Target] && !pod.Deleting {
			lost = append(lost, daemon.Deletion{Index: i, Rule: daemon.NodeMissing})
		}
	}
	slices.SortFunc(lost, func(a, b daemon.Deletion) int { return strings.Compare(ps[a.Index].Name, ps[b.Index].Name) })
	plan.Delete = append(plan.Delete, lost...)
	return plan
}

func TestDiffNodesLaws(t *testing.T) {
	nodes := append(slices.Clone(nodes), daemon.Node{Name: "n4", Labels: nodes[0].Labels, Taints: []daemon.Taint{{Key: "drained", Effect: "NoSchedule"}}})
	rapid.Check(t, func(t *rapid.T) {
		ps := podtest.Draw().Draw(t, "pods")
		p := ssd
		p.Revision, p.FailedPods = "new", new(daemon.FailedPods)
		for _, node := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"n1", "n2", "n4"}), rapid.ID).Draw(t, "failed before") {
			p.FailedPods.Deleted(node, now.Add(-rapid.SampledFrom([]time.Duration{0, time.Second / 2, time.Hour}).Draw(t, "ago")))
		}
		before := slices.Clone(ps)
		plan := daemon.Diff(nodes, ps, p, now)
		if diff := cmp.Diff(before, ps); diff != "" {
			t.Fatalf("the input changed:\n%s", diff)
		}
		if diff := cmp.Diff(slowDiffNodes(nodes, ps, p), plan); diff != "" {
			t.Fatalf("(-slow +got):\n%s", diff)
		}
		// After the deletions each fit node has at most one running pod, and the unfit one none.
		running := map[string]int{}
		for i, pod := range ps {
			gone := slices.ContainsFunc(plan.Delete, func(v daemon.Deletion) bool { return v.Index == i })
			if pod.Active() && !gone {
				running[pod.Node]++
				if pod.Node == "" {
					running[pod.Target]++
				}
			}
		}
		if running["n1"] > 1 || running["n2"] > 1 || running["n3"] > 0 || running["n4"] > 1 {
			t.Fatalf("after the plan pods run like this: %v", running)
		}

		shuffled := rapid.Permutation(ps).Draw(t, "shuffled")
		again := daemon.Diff(nodes, shuffled, p, now)
		names := func(ps []replica.Pod, plan daemon.Plan) []string {
			var names []string
			for _, v := range plan.Delete {
				names = append(names, ps[v.Index].Name+" "+v.Rule.String())
			}
			for _, i := range plan.Current {
				names = append(names, ps[i].Name)
			}
			return names
		}
		if diff := cmp.Diff(names(ps, plan), names(shuffled, again)); diff != "" {
			t.Fatalf("(-as given +shuffled):\n%s", diff)
		}
	})
}

// Sync is Decide for each pod of the namespace and Diff for the claimed pods, with indices into all pods.
func TestSyncIsDecideAndDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ps := podtest.DrawController(t), podtest.Draw().Draw(t, "pods")
		var plan daemon.Plan
		var claimed []replica.Pod
		var index []int
		for i, p := range ps {
			if p.Namespace != c.Namespace {
				continue
			}
			d, _ := c.Decide(p.Object)
			switch d {
			case ownership.Adopt:
				plan.Adopt = append(plan.Adopt, i)
			case ownership.Release:
				plan.Release = append(plan.Release, i)
			}
			if d == ownership.Keep || d == ownership.Adopt {
				claimed, index = append(claimed, p), append(index, i)
			}
		}
		if c.UID != "" && !c.Deleting && c.Selector.String() == "app=web" {
			diff := daemon.Diff(nodes, claimed, ssd, now)
			diff.Adopt, diff.Release = plan.Adopt, plan.Release
			plan = diff
			for i, v := range plan.Delete {
				plan.Delete[i].Index = index[v.Index]
			}
			for i, n := range plan.Current {
				plan.Current[i] = index[n]
			}
		}
		if diff := cmp.Diff(plan, daemon.Sync(c, nodes, ps, ssd, now)); diff != "" {
			t.Fatalf("(-by hand +got):\n%s", diff)
		}
	})
}

// A DaemonSet for which no pod can count must not create pods in every sync.
func TestSyncPlansNothingForADaemonSetThatMustNotAct(t *testing.T) {
	web := ownership.Controller{Ref: ownership.Ref{UID: "ds-1"}, Selector: selector.MustParse("app=web")}
	for _, tt := range []struct {
		name    string
		change  func(*ownership.Controller)
		desired int
	}{
		{"may act", func(*ownership.Controller) {}, 2},
		{"being deleted", func(c *ownership.Controller) { c.Deleting = true }, 0},
		{"without a UID", func(c *ownership.Controller) { c.UID = "" }, 0},
		{"selects nothing", func(c *ownership.Controller) { c.Selector = selector.Nothing() }, 0},
		{"selects everything", func(c *ownership.Controller) { c.Selector = selector.Everything() }, 0},
		{"contradicts itself", func(c *ownership.Controller) { c.Selector = selector.MustParse("app=web,app=db") }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := web
			tt.change(&c)
			if got := daemon.Sync(c, nodes, nil, ssd, now); len(got.Create) != tt.desired || got.Status.Desired != tt.desired {
				t.Errorf("creates on %v, %d desired; want %d", got.Create, got.Status.Desired, tt.desired)
			}
		})
	}
}

// Pods of one name and UID that wait for different missing nodes are deleted in the order of the pods, not in
// that of a map.
func TestDiffIsDeterministicForPodsOfOneUID(t *testing.T) {
	var ps []replica.Pod
	for i := range 20 {
		ps = append(ps, replica.Pod{Object: ownership.Object{Name: "a", UID: "a"}, Target: fmt.Sprint("gone-", i), Phase: "Pending"})
	}
	p := ssd
	p.Burst = 1
	for range 20 {
		want := []daemon.Deletion{{Index: 0, Rule: daemon.NodeMissing}}
		if got := daemon.Diff(nil, ps, p, now).Delete; !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}
