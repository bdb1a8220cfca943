package replica_test

import (
	"fmt"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
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

func ExampleDiff() {
	controller, pods := frontend()
	var counted []replica.Pod
	for _, pod := range pods {
		if replica.Judge(controller, pod, 0, noon).Counted {
			counted = append(counted, pod)
		}
	}
	fmt.Println("for 3, create", replica.Diff(3, counted, noon, replica.Options{}).Create)
	for _, victim := range replica.Diff(1, counted, noon, replica.Options{}).Delete {
		fmt.Println("for 1, delete", counted[victim.Index].Name, victim.Rule)
	}
	// Output:
	// for 3, create 1
	// for 1, delete frontend-d EarlierPhase
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
	nodes := []replica.Node{
		{Name: "a", Labels: map[string]string{"disk": "ssd"}},
		{Name: "b", Labels: map[string]string{"disk": "hdd"}},
	}
	pods := []replica.Pod{{Object: ownership.Object{Name: "monitor-1"}, Node: "b", Phase: "Running"}}
	plan := replica.DiffNodes(nodes, pods, replica.Placement{NodeSelector: s}, noon)
	fmt.Println("create on", plan.Create)
	for _, victim := range plan.Delete {
		fmt.Println("delete", pods[victim.Index].Name, victim.Rule)
	}
	// Output:
	// create on [a]
	// delete monitor-1 NodeUnfit
}
