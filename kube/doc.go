// Package kube converts the types of k8s.io/api and k8s.io/apimachinery to rollcall's, and makes the writes
// that a plan asks for. It is for controllers and dashboards that hold such objects in memory. It is a module
// of its own, so that rollcall itself does not depend on Kubernetes.
//
// The examples are made to be copied: a ReplicaSet controller (example_controller_test.go), a DaemonSet
// controller (example_daemonset_test.go) and a dashboard of many owners (example_dashboard_test.go).
//
// # A sync
//
// A controller of pods makes a sync in this order. [ReplicaSet], [ReplicationController] and [DaemonSet]
// return the arguments of the plan; a controller of a custom workload uses [Controller] and its own fields.
//
//	c, want, minReady, err := kube.ReplicaSet(rs)     // an error ends the sync
//	stale := tracker.Wait(c, now) > 0                 // before the pods are listed
//	list := …                                         // the pods that c controls, and orphans
//	pods := …                                         // kube.Pod of each
//	plan := replica.Sync(c, want, pods, now, options)
//	err = kube.Claim(c, list, plan.Adopt, plan.Release, live, patch) // an error ends the sync
//	err = tracker.Create(c, now, plan.Create, create) // unless stale
//	err = tracker.Delete(c, now, surplus, remove)     // unless stale
//	status := replica.Summarize(kept, …)              // kept are the pods of plan.Kept
//
// Sync again after the sooner of tracker.Wait and NextCheck of the status; 0 is never. Write the status of a
// DaemonSet only if [ownership.Controller.Acts].
//
// [Claim] adopts and releases pods. A [Tracker] remembers creations and deletions until the cache shows them,
// so that no sync repeats them. [CreateInBatches] starts slowly, and stops after a failure. [NewPod] and
// [NewDaemonPod] return the pods to create.
//
// # Which pods to list
//
// A sync looks at two sets of pods: those that the controller controls, whatever their labels, and the
// orphans of its namespace. Leave out the pods of other controllers and of other namespaces: the plan is the
// same without them. So keep an index of the cache by namespace and by the UID of the controller, which is
// empty for an orphan:
//
//	func(pod *corev1.Pod) string { return pod.Namespace + "/" + kube.Object(pod).ControlledBy.UID }
//
// In a namespace of 10,000 pods such a sync of a ReplicaSet of 10 pods takes about a 500th of the time of one
// that looks at all pods, and an 800th of the memory. Only [replica.Related] needs other pods: those whose
// labels match, of any controller. It is needed only if pods may have to be deleted.
//
// # Views
//
// [Object], [Pod] and [Node] fill the small views on which rollcall decides. A view shares the strings and
// the label map of the object. Rollcall only reads them, so pass the objects of an informer as they are. To
// filter a list of values without copying them, use [ownership.Pointers]:
//
//	for pod := range ownership.Filter(controller, ownership.Pointers(list.Items), kube.Object) {
//		… // pod points into list.Items
//	}
//
// # Selectors
//
// [Selector] compiles the selector of an API object. [AsSelector] returns a labels.Selector for client-go and
// controller-runtime, and [FromSelector] converts one of theirs.
//
// # Probes
//
// [ContainerSpec] and [Probe] return what package probe needs to know of a container: how it is probed,
// killed and restarted.
//
// # Nil and concurrency
//
// No function panics on a nil pointer. The view of a nil object is an object that is being deleted, without
// name and labels: no controller adopts or counts it. A nil owner owns nothing. A nil selector matches
// nothing.
//
// No function changes its arguments. All functions, and the methods of a Tracker, are safe for concurrent
// use.
package kube
