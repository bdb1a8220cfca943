package replica_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

func frontend() (ownership.Controller, []replica.Pod) {
	s, err := selector.FromLabels(map[string]string{"tier": "frontend"})
	if err != nil {
		panic(err)
	}
	mine := ownership.Ref{Kind: "ReplicaSet", Name: "frontend", UID: "rs-1"}
	other := ownership.Ref{Kind: "ReplicaSet", Name: "frontend-v2", UID: "rs-2"}
	labels := map[string]string{"tier": "frontend"}
	pod := func(name, phase string, owner ownership.Ref) replica.Pod {
		return replica.Pod{
			Object: ownership.Object{Namespace: "shop", Name: name, UID: name, Labels: labels, ControlledBy: owner},
			Node:   "node-1", Phase: phase, Ready: phase == "Running",
		}
	}
	return ownership.Controller{Ref: mine, Namespace: "shop", Selector: s}, []replica.Pod{
		pod("frontend-a", "Running", mine),
		pod("frontend-b", "Failed", mine),
		pod("frontend-v2-c", "Running", other),
		pod("frontend-d", "Pending", ownership.Ref{}),
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A label match alone would count four pods.
func ExampleJudge() {
	controller, pods := frontend()
	for _, pod := range pods {
		verdict := replica.Judge(controller, pod, 0, noon)
		fmt.Println(pod.Name, verdict.Counted, verdict.Decision, verdict.State)
	}
	// Output:
	// frontend-a true Keep Available
	// frontend-b false Ignore Failed
	// frontend-v2-c false Ignore Available
	// frontend-d true Adopt NotReady
}

// Why is this pod not counted?
func ExampleExplain() {
	controller, pods := frontend()
	for _, pod := range pods {
		fmt.Println(pod.Name, replica.Explain(controller, pod, 0, noon))
	}
	// Output:
	// frontend-a is controlled by it and matches: counted, Available
	// frontend-b phase Failed: not active
	// frontend-v2-c matches, but is controlled by ReplicaSet/frontend-v2
	// frontend-d matches and has no controller, to be adopted: counted, NotReady
}

// A pass of a controller: one pod is adopted, then one is missing, or one too many.
func ExampleReconcile() {
	controller, pods := frontend()
	for _, want := range []int{3, 1} {
		pass := replica.Sync(controller, want, pods, noon, replica.Options{})
		for _, i := range pass.Adopt {
			fmt.Println("adopt", pods[i].Name)
		}
		fmt.Println("create", pass.Create)
		for _, victim := range pass.Delete {
			fmt.Printf("delete %s (%s)\n", pods[victim.Index].Name, victim.Rule.Phrase())
		}
	}
	// Output:
	// adopt frontend-d
	// create 1
	// adopt frontend-d
	// create 0
	// delete frontend-d (in an earlier phase)
}

// Which of these would go first? Most like to go: not ready; then restarted most often, though ready for a little longer.
func ExampleCompare() {
	pod := func(name string, ready time.Duration, restarts int32) replica.Pod {
		return replica.Pod{
			Object: ownership.Object{Name: name, UID: name}, Node: "node-1", Phase: "Running",
			Ready: ready > 0, ReadySince: noon.Add(-ready), Restarts: restarts,
		}
	}
	pods := []replica.Pod{pod("calm", 100*time.Minute, 0), pod("shaky", 101*time.Minute, 7), pod("down", 0, 0), pod("young", time.Minute, 0)}
	slices.SortFunc(pods, func(a, b replica.Pod) int { return replica.Compare(a, b, noon, nil) })
	for _, p := range pods {
		fmt.Println(p.Name)
	}
	// Output:
	// down
	// young
	// shaky
	// calm
}

// Two ReplicaSets of one Deployment have pods on node-1, so that one of these goes before the one on node-2.
func ExampleRelated() {
	pod := func(name, hash, node string) replica.Pod {
		return replica.Pod{Object: ownership.Object{Name: name, UID: name, Labels: map[string]string{"pod-template-hash": hash}}, Node: node, Phase: "Running"}
	}
	old, current := selector.MustParse("pod-template-hash=1"), selector.MustParse("pod-template-hash=2")
	pods := []replica.Pod{pod("a", "1", "node-1"), pod("b", "2", "node-2"), pod("c", "2", "node-1")}
	related := replica.Related(pods, old, current)
	plan := replica.Diff(1, pods[1:], noon, replica.Options{Related: related})
	fmt.Println(related, pods[1:][plan.Delete[0].Index].Name, plan.Delete[0].Rule)
	// Output:
	// map[node-1:2 node-2:1] c MoreRelated
}

// The cache lags behind: until the three creations are seen, no plan is made from it.
func ExampleExpectations() {
	var e replica.Expectations
	e.ExpectCreations(3, noon)
	e.CreationsObserved(1) // a pod appears
	fmt.Println(e.Satisfied(noon.Add(time.Second)))
	e.CreationsObserved(2) // a second one, and one that could not be created
	fmt.Println(e.Satisfied(noon.Add(time.Second)))
	// Output:
	// false
	// true
}

func ExampleBatches() {
	for n := range replica.Batches(10) {
		fmt.Print(n, " ")
	}
	// Output:
	// 1 2 4 3
}

func ExampleCheckTemplate() {
	s := selector.MustParse("app=web,tier=frontend")
	fmt.Println(replica.ValidateTemplate(s, map[string]string{"app": "web"}))
	// Output:
	// spec.template.metadata.labels: map[app:web]: do not match the selector: label tier is missing, want "frontend"
}

func ExampleSummarize() {
	_, pods := frontend()
	status := replica.Summarize(pods[:2], map[string]string{"tier": "frontend"}, 0, noon)
	fmt.Println(status.Replicas, "replicas,", status.Ready, "ready,", status.Phases.Failed, "failed")
	// Output:
	// 1 replicas, 1 ready, 1 failed
}

// One pod on every node with an SSD. Node b has just got another disk.
func ExampleDiffNodes() {
	s, err := selector.FromLabels(map[string]string{"disk": "ssd"})
	if err != nil {
		fmt.Println(err)
		return
	}
	nodes := []daemon.Node{
		{Name: "a", Labels: map[string]string{"disk": "ssd"}},
		{Name: "b", Labels: map[string]string{"disk": "hdd"}},
	}
	pods := []replica.Pod{{Object: ownership.Object{Name: "monitor-1"}, Node: "b", Phase: "Running"}}
	plan := daemon.Diff(nodes, pods, daemon.Placement{NodeSelector: s}, noon)
	fmt.Println("create on", plan.Create)
	for _, victim := range plan.Delete {
		fmt.Println("delete", pods[victim.Index].Name, victim.Rule)
	}
	// Output:
	// create on [a]
	// delete monitor-1 NodeUnfit
}

// Why does this node get no pod of the DaemonSet?
func ExamplePlacement_Explain() {
	affinity, err := daemon.CompileAffinity([]daemon.NodeSelectorTerm{
		{MatchExpressions: []selector.Requirement{{Key: "cpus", Operator: selector.GreaterThan, Values: []string{"4"}}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	placement := daemon.Placement{Affinity: affinity, Tolerations: []daemon.Toleration{{Key: "gpu", Operator: "Exists"}}}
	gpu, db := daemon.Taint{Key: "gpu", Effect: "NoSchedule"}, daemon.Taint{Key: "dedicated", Value: "db", Effect: "NoSchedule"}
	for _, n := range []daemon.Node{
		{Name: "a", Labels: map[string]string{"cpus": "8"}, Taints: []daemon.Taint{gpu}},
		{Name: "b", Labels: map[string]string{"cpus": "8"}, Taints: []daemon.Taint{gpu, db}},
		{Name: "c", Labels: map[string]string{"cpus": "4"}},
	} {
		fmt.Println(n.Name, placement.Explain(n))
	}
	// Output:
	// a should run a pod
	// b gets no new pod, but keeps one that it has: taint dedicated=db:NoSchedule is not tolerated
	// c should run none: node affinity: label cpus is "4", want an integer above 4
}

// A node that fails its pod again and again gets a new one after a second, then after two, and so on.
func ExampleBackoff() {
	var backoff daemon.FailedPods
	node := []daemon.Node{{Name: "a"}}
	failed := []replica.Pod{{Object: ownership.Object{Name: "monitor-1"}, Node: "a", Phase: "Failed"}}
	placement := daemon.Placement{Backoff: &backoff}
	for now, pass := noon, 0; pass < 4; pass++ {
		plan := daemon.Diff(node, failed, placement, now)
		for range plan.Delete { // and another one is created, and fails
			backoff.Deleted("a", now)
		}
		fmt.Println(now.Sub(noon), "deletes", len(plan.Delete), "look again in", plan.NextCheck)
		now = now.Add(plan.NextCheck)
	}
	// Output:
	// 0s deletes 1 look again in 0s
	// 0s deletes 0 look again in 1s
	// 1s deletes 1 look again in 0s
	// 1s deletes 0 look again in 2s
}
