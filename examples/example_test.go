package examples

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// Reconcile is one pass of a controller that wants a number of pods. It decides; the caller patches, creates and deletes.
func Reconcile(c ownership.Controller, want int, pods []replica.Pod, now time.Time) (claims map[string]ownership.Decision, plan replica.Plan) {
	claims = map[string]ownership.Decision{} // by pod: Keep, Adopt, Release or Ignore
	var counted []replica.Pod
	for _, pod := range pods {
		verdict := replica.Judge(c, pod, 0, now)
		claims[pod.Name] = verdict.Decision
		if verdict.Counted {
			counted = append(counted, pod)
		}
	}
	return claims, replica.Diff(want, counted, now, replica.Options{})
}

// PodsOf is what a dashboard shows of one controller: the status of its own pods, and of every pod why it counts or not.
func PodsOf(c ownership.Controller, pods []replica.Pod, now time.Time) (status replica.Status, why map[string]string) {
	view := func(p replica.Pod) ownership.Object { return p.Object }
	mine := ownership.Filter(c, slices.Values(pods), view) // labels first, then the controller
	why = map[string]string{}
	for _, pod := range pods {
		why[pod.Name] = replica.Explain(c, pod, 0, now).String()
	}
	return replica.Summarize(slices.Collect(mine), nil, 0, now), why
}

// kubia is a controller and the pods of its namespace. Three match by label, two are its own and active.
func kubia() (ownership.Controller, []replica.Pod) {
	s, err := selector.Compile(&selector.LabelSelector{
		MatchExpressions: []selector.Requirement{{Key: "app", Operator: selector.In, Values: []string{"kubia"}}},
	})
	if err != nil {
		panic(err)
	}
	mine := ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "kubia", UID: "rs-1"}
	others := ownership.Ref{APIVersion: "v1", Kind: "ReplicationController", Name: "kubia", UID: "rc-1"}
	pod := func(name, app string, owner ownership.Ref) replica.Pod {
		return replica.Pod{
			Object: ownership.Object{Namespace: "shop", Name: name, UID: name, Labels: map[string]string{"app": app}, ControlledBy: owner},
			Node:   "node-1", Phase: "Running", Ready: true,
		}
	}
	return ownership.Controller{Ref: mine, Namespace: "shop", Selector: s}, []replica.Pod{
		pod("kubia-a", "kubia", mine),
		pod("kubia-b", "kubia", others),
		pod("kubia-c", "foo", mine),
		pod("kubia-d", "kubia", ownership.Ref{}),
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func Example_controller() {
	controller, pods := kubia()
	claims, plan := Reconcile(controller, 3, pods, noon)
	for _, pod := range pods {
		fmt.Println(pod.Name, claims[pod.Name])
	}
	fmt.Println("create", plan.Create)
	// Output:
	// kubia-a Keep
	// kubia-b Ignore
	// kubia-c Release
	// kubia-d Adopt
	// create 1
}

func Example_dashboard() {
	controller, pods := kubia()
	status, why := PodsOf(controller, pods, noon)
	fmt.Println(status.Replicas, "pods,", status.Ready, "ready")
	for _, pod := range pods {
		fmt.Println(pod.Name, why[pod.Name])
	}
	// Output:
	// 1 pods, 1 ready
	// kubia-a is controlled by it and matches: counted, Available
	// kubia-b matches, but is controlled by ReplicationController/kubia
	// kubia-c is controlled by it, but does not match, to be released: label app is "foo", want one of [kubia]
	// kubia-d matches and has no controller, to be adopted
}
