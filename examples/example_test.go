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

// Steps is one pass of a controller, in words.
func Steps(c ownership.Controller, want int, pods []replica.Pod, now time.Time) (steps []string) {
	pass := replica.Sync(c, want, pods, now, replica.Options{})
	for _, i := range pass.Adopt {
		steps = append(steps, fmt.Sprintf("patch %s: %s", pods[i].Name, c.AdoptPatch(pods[i].Object)))
	}
	for _, i := range pass.Release {
		steps = append(steps, fmt.Sprintf("patch %s: %s", pods[i].Name, c.ReleasePatch(pods[i].Object)))
	}
	for n := range replica.Batches(pass.Create) { // the next batch only if all of this one were created
		steps = append(steps, fmt.Sprintf("create %d", n))
	}
	for _, victim := range pass.Delete {
		steps = append(steps, fmt.Sprintf("delete %s: %s", pods[victim.Index].Name, victim.Rule.Phrase()))
	}
	return steps
}

// PodsOf is what a dashboard shows of one controller: the status of its own pods, and of every pod why it counts or not.
func PodsOf(c ownership.Controller, pods []replica.Pod, now time.Time) (status replica.Status, why map[string]string) {
	view := func(p replica.Pod) ownership.Object { return p.Object }
	mine := ownership.Filter(c, slices.Values(pods), view) // by label and by controller
	why = map[string]string{}
	for _, pod := range pods {
		why[pod.Name] = replica.Explain(c, pod, 0, now).String()
	}
	return replica.Summarize(slices.Collect(mine), nil, 0, now), why
}

// Admit refuses a selector that cannot be read, that can match nothing, or that meets one that is taken.
func Admit(text string, taken []selector.Selector) error {
	s, err := selector.Parse(text)
	if err != nil {
		return err // what is wrong, each with its byte offset
	}
	if !s.Satisfiable() {
		return errors.New(s.Explain(nil).String())
	}
	for _, t := range taken {
		if labels, ok := s.And(t).Example(); ok {
			return fmt.Errorf("%v meets %v: both match %v", s, t, labels)
		}
	}
	return nil
}

// KilledAt foretells when a cluster kills a container of which so many attempts of the liveness probe pass, and no more.
func KilledAt(spec probe.ContainerSpec, passes int, until time.Duration) (kills []time.Duration) {
	life := probe.Life{Liveness: append(slices.Repeat([]probe.Outcome{probe.Passed}, passes), probe.Failed)}
	c := probe.NewContainer(spec, probe.Options{Kubelet: true}, 0)
	for moment := range probe.Simulate(c, 0, until, life) {
		if moment.Action.Kill != 0 {
			kills = append(kills, moment.Event.At)
		}
	}
	return kills
}

// Follow keeps, of each pod, by how many Services it is reached, from what an index.Join returns of each change of a pod or a Service.
func Follow(reached map[string]int, events []index.Event[string, string]) {
	for _, e := range events {
		if e.Matches {
			reached[e.Object]++
		} else {
			reached[e.Object]--
		}
	}
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
	//   delete kubia-b: tied with others, and first by UID
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
	// kubia-c is controlled by it, but does not match, to be released: label app is "foo", want one of [kubia]
	// kubia-d selected, no controller: to be adopted; Available
}

func Example_admission() {
	taken := []selector.Selector{selector.MustParse("tier notin (db,cache)")}
	for _, text := range []string{"!tier", "tier=db,app in (web web)", "shard>1,shard<2", "tier=db,app=web"} {
		fmt.Println(Admit(text, taken))
	}
	// Output:
	// !tier meets tier notin (cache,db): both match map[]
	// found "web" at offset 20 after "tier=db,app in (web ", want ',' or ')'
	// no label set can match: shard>1, shard<2 contradict each other
	// <nil>
}

// A server that answers five times: the third failure in a row has it killed. The next life is asked when the pod's next period begins.
func ExampleKilledAt() {
	liveness, err := probe.Parse("http-get http://:8080/")
	if err != nil {
		panic(err)
	}
	fmt.Println(KilledAt(probe.ContainerSpec{Liveness: &liveness}, 5, 4*time.Minute))
	// Output:
	// [1m10s 2m30s 3m50s]
}

// A pod becomes a canary, which the Service leaves out.
func ExampleFollow() {
	var pairs index.Join[string, string] // of pods and Services
	reached := map[string]int{}
	Follow(reached, pairs.SetSelector("shop/web", "shop", selector.MustParse("app=web,!canary")))
	Follow(reached, pairs.SetObject("shop/web-1", "shop", map[string]string{"app": "web"}))
	Follow(reached, pairs.SetObject("shop/web-2", "shop", map[string]string{"app": "web"}))
	Follow(reached, pairs.SetObject("shop/web-1", "shop", map[string]string{"app": "web", "canary": "yes"}))
	fmt.Println(reached)
	fmt.Println("behind it now:", slices.Sorted(pairs.Objects("shop/web")))
	// Output:
	// map[shop/web-1:0 shop/web-2:1]
	// behind it now: [shop/web-2]
}
