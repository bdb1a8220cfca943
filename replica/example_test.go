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

// By labels only, there would be four pods.
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
	// frontend-d false Adopt NotReady
}

// Why is this pod not counted?
func ExampleExplain() {
	controller, pods := frontend()
	for _, pod := range pods {
		fmt.Println(pod.Name, replica.Explain(controller, pod, 0, noon))
	}
	// Output:
	// frontend-a owned and selected; counted; Available
	// frontend-b phase Failed: not active
	// frontend-v2-c selected, but controlled by ReplicaSet/frontend-v2
	// frontend-d selected, no controller: to be adopted; NotReady
}

// One pod is adopted. Then one pod is missing, or two are too many.
func ExampleSync() {
	controller, pods := frontend()
	for _, want := range []int{3, 1} {
		plan := replica.Sync(controller, want, pods, noon, replica.Options{})
		for _, i := range plan.Adopt {
			fmt.Println("adopt", pods[i].Name)
		}
		fmt.Println("create", plan.Create)
		for _, deletion := range plan.Delete {
			fmt.Printf("delete %s (%s)\n", pods[deletion.Index].Name, deletion.Rule.Phrase())
		}
	}
	// Output:
	// adopt frontend-d
	// create 1
	// adopt frontend-d
	// create 0
	// delete frontend-d (in an earlier phase)
}

// A pod that is not ready is deleted first, then the pod that became ready last. The other two have been
// ready for about as long, so the smaller UID decides, although one of them restarted often.
func ExampleDeletionOrder() {
	pod := func(name string, ready time.Duration, restarts int32) replica.Pod {
		return replica.Pod{
			Object: ownership.Object{Name: name, UID: name}, Node: "node-1", Phase: "Running",
			Ready: ready > 0, ReadySince: noon.Add(-ready), Restarts: restarts,
		}
	}
	pods := []replica.Pod{pod("calm", 100*time.Minute, 0), pod("shaky", 101*time.Minute, 7), pod("down", 0, 0), pod("young", time.Minute, 0)}
	for _, i := range replica.DeletionOrder(pods, noon, nil) {
		fmt.Println(pods[i].Name)
	}
	// Output:
	// down
	// young
	// calm
	// shaky
}

// Two ReplicaSets of one Deployment have pods on node-1, so a pod on node-1 is deleted before the pod on
// node-2.
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

// The cache is stale until it shows the three creations. Until then the controller makes no plan.
func ExampleExpectations() {
	var e replica.Expectations
	e.ExpectCreations(3, noon)
	e.CreationsObserved(1) // a pod appears
	fmt.Println(e.Satisfied(noon.Add(time.Second)))
	e.CreationsObserved(2) // another pod appears, and one creation failed
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

func ExampleValidateTemplate() {
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
