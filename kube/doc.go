// Package kube turns the types of k8s.io/api and k8s.io/apimachinery into rollcall's, and selectors back: for controllers and
// dashboards that have such objects in memory. It is a module of its own, so that rollcall itself needs nothing of Kubernetes.
// Nothing changes what it is given, and all functions are safe for concurrent use.
//
// Begin with the examples, which are made to be copied: a controller, with its expectations, the observer of its cache, and what
// it does when a call fails (example_controller_test.go); a dashboard of many owners (example_dashboard_test.go); a DaemonSet's
// page (example_daemonset_test.go).
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
// The selector of a ReplicationController is a plain map. Without one it goes by the labels of its template:
//
//	s, err := selector.FromLabels(replica.DefaultSelector(rc.Spec.Selector, rc.Spec.Template.Labels))
//
// # Probes
//
// [ContainerSpec] and [Probe] are what package probe has to know of a container: how it is probed, killed and restarted.
//
// # Nil
//
// Nothing panics on a nil pointer. What is not there is an object being deleted, without name and labels: nobody adopts it, and
// it counts for nobody. A nil owner owns nobody. A nil selector matches nothing.
package kube
