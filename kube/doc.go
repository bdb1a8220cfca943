// Package kube turns the types of k8s.io/api and k8s.io/apimachinery into rollcall's, and selectors back: for controllers and
// dashboards that have such objects in memory. It is a module of its own, so that rollcall itself needs nothing of Kubernetes.
// Nothing changes what it is given, and all functions are safe for concurrent use.
//
// # Views
//
// [Object], [Pod] and [Node] fill the small views on which rollcall decides. They share the object's strings and its label map,
// which rollcall only reads: give it an informer's objects as they are. A list of values is ranged over with
// [ownership.Pointers], which copies none of them:
//
//	for pod := range ownership.Filter(controller, ownership.Pointers(list.Items), kube.Object) {
//		… // pod points into list.Items
//	}
//
// # Selectors
//
// [Selector] compiles the selector of an API object. [AsSelector] goes where client-go and controller-runtime want a
// labels.Selector, and [FromSelector] takes one of theirs.
//
// # Nil
//
// Nothing panics on a nil pointer. What is not there is an object being deleted, without name and labels: nobody adopts it, and
// it counts for nobody. A nil owner owns nobody. A nil selector matches nothing.
package kube
