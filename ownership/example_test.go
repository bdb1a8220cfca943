package ownership_test

import (
	"fmt"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// A pod in a type of the caller. viewPod gives the part that package ownership needs.
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

// The labels of three pods match. The controller owns one of them.
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

// The patch adopts the pod: kubectl patch --type=strategic takes it, and so does a client.
func ExampleController_AdoptPatch() {
	pod := ownership.Object{Namespace: "shop", Name: "kubia-3", UID: "pod-3", Labels: map[string]string{"app": "kubia"}}
	if decision, _ := kubia().Decide(pod); decision == ownership.Adopt {
		fmt.Printf("%s\n", kubia().AdoptPatch(pod))
	}
	// Output:
	// {"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ReplicationController","name":"kubia","uid":"rc-1","controller":true,"blockOwnerDeletion":true}],"uid":"pod-3"}}
}

// Pods of a Job have a finalizer, which is removed together with the owner reference.
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
	// kubia-1 owned and selected
	// kubia-2 selected, but controlled by ReplicaSet/kubia
	// kubia-3 selected, no controller: to be adopted
	// kubia-4 owned, but not selected (label app is "foo", want "kubia"): to be released
}

// A dashboard that shows many owners groups the pods once and then looks them up.
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

// Three controllers of one namespace.
func shop() []ownership.Controller {
	controller := func(name, uid, labels string) ownership.Controller {
		return ownership.Controller{
			Ref:       ownership.Ref{Kind: "ReplicaSet", Name: name, UID: uid},
			Namespace: "shop", Selector: selector.MustParse(labels),
		}
	}
	return []ownership.Controller{
		controller("web", "rs-1", "app=web"),
		controller("back", "rs-2", "tier=back"),
		controller("canary", "rs-3", "app=web,track=canary"),
	}
}

// web selects every pod that canary creates. Either of them adopts such a pod if it is an orphan.
func ExampleConflicts() {
	controllers := shop()
	for _, c := range ownership.Conflicts(controllers) {
		fmt.Println(controllers[c.A].Ref, controllers[c.B].Ref, c.Example)
	}
	// Output:
	// ReplicaSet/web ReplicaSet/canary map[app:web track:canary]
}

// The selectors of back and the two others overlap only in pods that have the labels of both. No controller
// here creates such a pod.
func ExampleOverlaps() {
	controllers := shop()
	for c := range ownership.Overlaps(controllers) {
		fmt.Println(controllers[c.A].Ref, controllers[c.B].Ref, c.Example, c.AllOfA || c.AllOfB)
	}
	// Output:
	// ReplicaSet/web ReplicaSet/back map[app:web tier:back] false
	// ReplicaSet/web ReplicaSet/canary map[app:web track:canary] true
	// ReplicaSet/back ReplicaSet/canary map[app:web tier:back track:canary] false
}

// Validate returns all errors that the API server would find in a list of owner references.
func ExampleValidate() {
	refs := append(controlledBy("ReplicaSet", "kubia", "rs-1"), controlledBy("Job", "kubia", "")...)
	fmt.Println(ownership.Validate(refs))
	// Output:
	// ownerReferences[1].uid: is missing
	// ownerReferences[1].controller: true: only one controller is allowed; ownerReferences[0] already is
}

// Chain goes from a pod to its ReplicaSet and its Deployment. The Deployment of the second pod was deleted, and
// another one was created under its name.
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
