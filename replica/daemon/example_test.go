package daemon_test

import (
	"fmt"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// One pod on every node with an SSD. Node b has lost its label.
func ExampleDiff() {
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
	for _, deletion := range plan.Delete {
		fmt.Println("delete", pods[deletion.Index].Name, deletion.Rule)
	}
	// Output:
	// create on [a]
	// delete monitor-1 NodeUnfit
}

// Why does a node get no pod of the DaemonSet?
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
	// b gets no new pod, but keeps its pod: taint dedicated=db:NoSchedule is not tolerated
	// c should run no pod: node affinity: label cpus is "4", want an integer above 4
}

// A node on which every pod fails gets the next pod after a second, then after two, and so on.
func ExampleFailedPods() {
	var failedPods daemon.FailedPods
	node := []daemon.Node{{Name: "a"}}
	failed := []replica.Pod{{Object: ownership.Object{Name: "monitor-1"}, Node: "a", Phase: "Failed"}}
	placement := daemon.Placement{FailedPods: &failedPods}
	for now, syncs := noon, 0; syncs < 4; syncs++ {
		plan := daemon.Diff(node, failed, placement, now)
		for range plan.Delete { // the next pod is created and fails
			failedPods.Deleted("a", now)
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
