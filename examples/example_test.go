package examples

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// Reconcile is one pass of a controller that wants a number of pods. It decides; what it decides, the caller's do does.
func Reconcile(c ownership.Controller, want int, pods []replica.Pod, now time.Time, do func(verb, pod string)) {
	var counted []replica.Pod
	for _, pod := range pods {
		verdict := replica.Judge(c, pod, 0, now)
		do(verdict.Decision.String(), pod.Name) // Keep, Adopt, Release or Ignore
		if verdict.Counted {
			counted = append(counted, pod)
		}
	}
	if c.Deleting || c.UID == "" || c.Selector.IsNothing() {
		return // it cannot count its pods, and must not create more
	}
	plan := replica.Diff(want, counted, now, replica.Options{})
	for range plan.Create {
		do("Create", "one more")
	}
	for _, victim := range plan.Delete {
		do("Delete", counted[victim.Index].Name)
	}
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

// newController is a controller of this library, made of what the API says of a ReplicaSet.
func newController(namespace, name, uid string, spec *selector.LabelSelector) (ownership.Controller, error) {
	s, err := selector.Compile(spec)
	return ownership.Controller{
		Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: name, UID: uid},
		Namespace: namespace,
		Selector:  s,
	}, err
}

// kubia is a controller and the pods of its namespace. Three match by label; one of them is its own, one nobody's.
func kubia() (ownership.Controller, []replica.Pod) {
	controller, err := newController("shop", "kubia", "rs-1", &selector.LabelSelector{
		MatchExpressions: []selector.Requirement{{Key: "app", Operator: selector.In, Values: []string{"kubia"}}},
	})
	if err != nil {
		panic(err)
	}
	others := ownership.Ref{APIVersion: "v1", Kind: "ReplicationController", Name: "kubia", UID: "rc-1"}
	pod := func(name, app string, owner ownership.Ref) replica.Pod {
		return replica.Pod{
			Object: ownership.Object{Namespace: "shop", Name: name, UID: name, Labels: map[string]string{"app": app}, ControlledBy: owner},
			Node:   "node-1", Phase: "Running", Ready: true,
		}
	}
	return controller, []replica.Pod{
		pod("kubia-a", "kubia", others),
		pod("kubia-b", "kubia", controller.Ref),
		pod("kubia-c", "foo", controller.Ref),
		pod("kubia-d", "kubia", ownership.Ref{}),
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func Example_controller() {
	controller, pods := kubia()
	do := func(verb, pod string) { fmt.Println(" ", verb, pod) }
	fmt.Println("three wanted:")
	Reconcile(controller, 3, pods, noon, do)
	fmt.Println("one wanted:")
	Reconcile(controller, 1, pods, noon, do)
	// Output:
	// three wanted:
	//   Ignore kubia-a
	//   Keep kubia-b
	//   Release kubia-c
	//   Adopt kubia-d
	//   Create one more
	// one wanted:
	//   Ignore kubia-a
	//   Keep kubia-b
	//   Release kubia-c
	//   Adopt kubia-d
	//   Delete kubia-b
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
	// kubia-a matches, but is controlled by ReplicationController/kubia
	// kubia-b is controlled by it and matches: counted, Available
	// kubia-c is controlled by it, but does not match, to be released: label app is "foo", want one of [kubia]
	// kubia-d matches and has no controller, to be adopted: counted, Available
}
