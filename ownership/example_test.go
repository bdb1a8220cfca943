package ownership_test

import (
	"fmt"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// A pod as some caller has it; view makes of it what ownership has to know.
type pod struct {
	Name   string
	Labels map[string]string
	Owners []ownership.OwnerReference
}

func viewPod(p *pod) ownership.Object {
	return ownership.Object{Namespace: "shop", Name: p.Name, Labels: p.Labels, ControlledBy: ownership.ControllerOf(p.Owners).Ref()}
}

func controlledBy(kind, name, uid string) []ownership.OwnerReference {
	isController := true
	return []ownership.OwnerReference{{APIVersion: "v1", Kind: kind, Name: name, UID: uid, Controller: &isController}}
}

func pods() []pod {
	return []pod{
		{"kubia-1", map[string]string{"app": "kubia"}, controlledBy("ReplicationController", "kubia", "rc-1")},
		{"kubia-2", map[string]string{"app": "kubia"}, controlledBy("ReplicaSet", "kubia", "rs-1")},
		{"kubia-3", map[string]string{"app": "kubia"}, nil},
		{"kubia-4", map[string]string{"app": "foo"}, controlledBy("ReplicationController", "kubia", "rc-1")},
	}
}

func kubia() ownership.Controller {
	s, err := selector.FromLabels(map[string]string{"app": "kubia"})
	if err != nil {
		panic(err)
	}
	return ownership.Controller{
		Ref:       ownership.Ref{APIVersion: "v1", Kind: "ReplicationController", Name: "kubia", UID: "rc-1"},
		Namespace: "shop", Selector: s,
	}
}

// Three pods match by label; one of them is the controller's own.
func ExampleFilter() {
	pods := pods()
	for p := range ownership.Filter(kubia(), ownership.Pointers(pods), viewPod) {
		fmt.Println(p.Name)
	}
	// Output:
	// kubia-1
}

func ExampleController_Decide() {
	pods := pods()
	for p := range ownership.Pointers(pods) {
		decision, reason := kubia().Decide(viewPod(p))
		fmt.Println(p.Name, decision, reason)
	}
	// Output:
	// kubia-1 Keep OwnMatch
	// kubia-2 Ignore OtherController
	// kubia-3 Adopt OrphanMatch
	// kubia-4 Release OwnNoMatch
}

// What to send for what was decided. A tool that prints this can be piped to kubectl patch --type=strategic.
func ExampleController_AdoptPatch() {
	pod := ownership.Object{Namespace: "shop", Name: "kubia-3", UID: "pod-3", Labels: map[string]string{"app": "kubia"}}
	if decision, _ := kubia().Decide(pod); decision == ownership.Adopt {
		fmt.Printf("%s\n", kubia().AdoptPatch(pod))
	}
	// Output:
	// {"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ReplicationController","name":"kubia","uid":"rc-1","controller":true,"blockOwnerDeletion":true}],"uid":"pod-3"}}
}

// A Job's pods have a finalizer, which goes with the reference.
func ExampleController_ReleasePatch() {
	pod := ownership.Object{Namespace: "shop", Name: "kubia-4", UID: "pod-4", Labels: map[string]string{"app": "foo"}, ControlledBy: kubia().Ref}
	if decision, _ := kubia().Decide(pod); decision == ownership.Release {
		fmt.Printf("%s\n", kubia().ReleasePatch(pod, "batch.kubernetes.io/job-tracking"))
	}
	// Output:
	// {"metadata":{"uid":"pod-4","ownerReferences":[{"$patch":"delete","uid":"rc-1"}],"$deleteFromPrimitiveList/finalizers":["batch.kubernetes.io/job-tracking"]}}
}

func ExampleController_Explain() {
	pods := pods()
	for p := range ownership.Pointers(pods) {
		fmt.Println(p.Name, kubia().Explain(viewPod(p)))
	}
	// Output:
	// kubia-1 is controlled by it and matches
	// kubia-2 matches, but is controlled by ReplicaSet/kubia
	// kubia-3 matches and has no controller, to be adopted
	// kubia-4 is controlled by it, but does not match, to be released: label app is "foo", want "kubia"
}

// A dashboard that shows many owners groups once and then only looks up.
func ExampleGroup() {
	pods := pods()
	groups := ownership.Group(ownership.Pointers(pods), viewPod)
	fmt.Println(len(groups["rc-1"]), len(groups["rs-1"]), "orphans:", len(groups[""]))
	// Output:
	// 2 1 orphans: 1
}

func ExampleIsControlledBy() {
	refs := controlledBy("ReplicaSet", "kubia", "rs-1")
	fmt.Println(ownership.IsControlledBy(refs, "rs-1"), ownership.IsControlledBy(refs, "rc-1"))
	// Output:
	// true false
}

// The canary's pods are all web's as well: whoever comes first takes one that is nobody's. With back they meet only in pods that
// have the labels of both, which nobody may ever make.
func ExampleConflicts() {
	controllers := []ownership.Controller{
		{Ref: ownership.Ref{Kind: "ReplicaSet", Name: "web", UID: "rs-1"}, Namespace: "shop", Selector: selector.MustParse("app=web")},
		{Ref: ownership.Ref{Kind: "ReplicaSet", Name: "back", UID: "rs-2"}, Namespace: "shop", Selector: selector.MustParse("tier=back")},
		{Ref: ownership.Ref{Kind: "ReplicaSet", Name: "canary", UID: "rs-3"}, Namespace: "shop", Selector: selector.MustParse("app=web,track=canary")},
	}
	for _, c := range ownership.Conflicts(controllers) {
		fmt.Println(controllers[c.A].Ref, controllers[c.B].Ref, c.Example, c.AllOfA || c.AllOfB)
	}
	// Output:
	// ReplicaSet/web ReplicaSet/back map[app:web tier:back] false
	// ReplicaSet/web ReplicaSet/canary map[app:web track:canary] true
	// ReplicaSet/back ReplicaSet/canary map[app:web tier:back track:canary] false
}

// Everything that the API server would say of a list of owners.
func ExampleValidate() {
	refs := append(controlledBy("ReplicaSet", "kubia", "rs-1"), controlledBy("Job", "kubia", "")...)
	fmt.Println(ownership.Validate(refs))
	// Output:
	// ownerReferences[1].uid: is missing
	// ownerReferences[1].controller: true: there is one controller at most, and ownerReferences[0] is it
}

// From a pod over its ReplicaSet to its Deployment. Of the other pod's Deployment only the name is left, and a new one has it.
func ExampleChain() {
	objects := map[string]ownership.Object{ // by kind and name, all of one namespace
		"ReplicaSet/web-5788c96685": {UID: "rs-1", ControlledBy: ownership.Ref{Kind: "Deployment", Name: "web", UID: "deploy-1"}},
		"ReplicaSet/db-7db4c8ddbf":  {UID: "rs-2", ControlledBy: ownership.Ref{Kind: "Deployment", Name: "db", UID: "deploy-2"}},
		"Deployment/web":            {UID: "deploy-1"},
		"Deployment/db":             {UID: "deploy-3"},
	}
	find := func(r ownership.Ref) (ownership.Object, bool) {
		o, found := objects[r.String()]
		return o, found
	}
	for _, controller := range []ownership.Ref{
		{Kind: "ReplicaSet", Name: "web-5788c96685", UID: "rs-1"},
		{Kind: "ReplicaSet", Name: "db-7db4c8ddbf", UID: "rs-2"},
	} {
		fmt.Println(ownership.Chain(ownership.Object{ControlledBy: controller}, find))
	}
	// Output:
	// [ReplicaSet/web-5788c96685 Deployment/web] Topmost
	// [ReplicaSet/db-7db4c8ddbf Deployment/db] Replaced
}
