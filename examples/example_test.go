package examples

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/probe"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// Steps returns in words what a controller does in one sync.
func Steps(c ownership.Controller, want int, pods []replica.Pod, now time.Time) (steps []string) {
	plan := replica.Sync(c, want, pods, now, replica.Options{})
	for _, i := range plan.Adopt {
		steps = append(steps, fmt.Sprintf("patch %s: %s", pods[i].Name, c.AdoptPatch(pods[i].Object)))
	}
	for _, i := range plan.Release {
		steps = append(steps, fmt.Sprintf("patch %s: %s", pods[i].Name, c.ReleasePatch(pods[i].Object)))
	}
	for n := range replica.Batches(plan.Create) { // start a batch only if the one before succeeded
		steps = append(steps, fmt.Sprintf("create %d", n))
	}
	for _, d := range plan.Delete {
		steps = append(steps, fmt.Sprintf("delete %s: %s", pods[d.Index].Name, d.Rule.Phrase()))
	}
	return steps
}

// PodsOf returns what a dashboard shows of one controller: the status of its own pods, and why each pod
// counts or not.
func PodsOf(c ownership.Controller, pods []replica.Pod, now time.Time) (status replica.Status, why map[string]string) {
	view := func(p replica.Pod) ownership.Object { return p.Object }
	mine := ownership.Filter(c, slices.Values(pods), view) // by label and by controller
	why = map[string]string{}
	for _, pod := range pods {
		why[pod.Name] = replica.Explain(c, pod, 0, now).String()
	}
	return replica.Summarize(slices.Collect(mine), nil, 0, now), why
}

// Admit rejects a selector that is invalid, that no label set can match, or that overlaps with one that is
// taken.
func Admit(text string, taken []selector.Selector) error {
	s, err := selector.Parse(text)
	if err != nil {
		return err // all syntax errors, each with its byte offset
	}
	if !s.Satisfiable() {
		return errors.New(s.Explain(nil).String())
	}
	for _, t := range taken {
		if labels, ok := s.And(t).Example(); ok {
			return fmt.Errorf("%v overlaps with %v: both match %v", s, t, labels)
		}
	}
	return nil
}

// KilledAt returns when the kubelet kills a container whose first n liveness probes succeed and the rest
// fail.
func KilledAt(spec probe.ContainerSpec, n int, until time.Duration) (kills []time.Duration) {
	instance := probe.Instance{Liveness: append(slices.Repeat([]probe.Outcome{probe.Passed}, n), probe.Failed)}
	c := probe.NewContainer(spec, probe.Options{Kubelet: true}, 0)
	for moment := range probe.Simulate(c, 0, until, instance) {
		if moment.Action.Kill != 0 {
			kills = append(kills, moment.Event.At)
		}
	}
	return kills
}

// Follow counts how many Services select each pod. The events are what index.Join returns for a change.
func Follow(reached map[string]int, events []index.Event[string, string]) {
	for _, e := range events {
		if e.Matches {
			reached[e.Object]++
		} else {
			reached[e.Object]--
		}
	}
}

// newController returns a ReplicaSet as a controller of package ownership.
func newController(namespace, name, uid string, spec *selector.LabelSelector) (ownership.Controller, error) {
	s, err := selector.Compile(spec)
	return ownership.Controller{
		Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: name, UID: uid},
		Namespace: namespace,
		Selector:  s,
	}, err
}

// kubia returns a controller and the pods of its namespace. The labels of three pods match: the controller
// owns one of them, and one is an orphan.
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
	for _, want := range []int{5, 1} {
		fmt.Println(want, "wanted:")
		for _, step := range Steps(controller, want, pods, noon) {
			fmt.Println(" ", step)
		}
	}
	// Output:
	// 5 wanted:
	//   patch kubia-d: {"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"kubia","uid":"rs-1","controller":true,"blockOwnerDeletion":true}],"uid":"kubia-d"}}
	//   patch kubia-c: {"metadata":{"uid":"kubia-c","ownerReferences":[{"$patch":"delete","uid":"rs-1"}]}}
	//   create 1
	//   create 2
	// 1 wanted:
	//   patch kubia-d: {"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"kubia","uid":"rs-1","controller":true,"blockOwnerDeletion":true}],"uid":"kubia-d"}}
	//   patch kubia-c: {"metadata":{"uid":"kubia-c","ownerReferences":[{"$patch":"delete","uid":"rs-1"}]}}
	//   delete kubia-b: no rule tells it from a pod that stays; Kubernetes may delete either
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
	// kubia-a selected, but controlled by ReplicationController/kubia
	// kubia-b owned and selected; counted; Available
	// kubia-c owned, but not selected (label app is "foo", want one of [kubia]): to be released
	// kubia-d selected, no controller: to be adopted; Available
}

func Example_admission() {
	taken := []selector.Selector{selector.MustParse("tier notin (db,cache)")}
	for _, text := range []string{"!tier", "tier=db,app in (web web)", "shard>1,shard<2", "tier=db,app=web"} {
		fmt.Println(Admit(text, taken))
	}
	// Output:
	// !tier overlaps with tier notin (cache,db): both match map[]
	// found "web" at offset 20 after "tier=db,app in (web ", want ',' or ')'
	// no label set can match: shard>1, shard<2 contradict each other
	// <nil>
}

// The server of each container answers five probes. The third failure in a row gets it killed. After the
// restart, the first probe comes with the next period of the pod.
func ExampleKilledAt() {
	liveness, err := probe.Parse("http-get http://:8080/")
	if err != nil {
		panic(err)
	}
	fmt.Println(KilledAt(probe.ContainerSpec{Liveness: &liveness}, 5, 4*time.Minute))
	// Output:
	// [1m10s 2m30s 3m50s]
}

// A pod becomes a canary, which the Service does not select.
func ExampleFollow() {
	var pairs index.Join[string, string] // of pods and Services
	reached := map[string]int{}
	Follow(reached, pairs.SetSelector("shop/web", "shop", selector.MustParse("app=web,!canary")))
	Follow(reached, pairs.SetObject("shop/web-1", "shop", map[string]string{"app": "web"}))
	Follow(reached, pairs.SetObject("shop/web-2", "shop", map[string]string{"app": "web"}))
	Follow(reached, pairs.SetObject("shop/web-1", "shop", map[string]string{"app": "web", "canary": "yes"}))
	fmt.Println(reached)
	fmt.Println("backends now:", slices.Sorted(pairs.Objects("shop/web")))
	// Output:
	// map[shop/web-1:0 shop/web-2:1]
	// backends now: [shop/web-2]
}
