// Package replica decides who is missing: the counting of the ReplicationController, the ReplicaSet and the DaemonSet
// controllers, as functions of pods and a time.
//
// # Which pods count
//
// A controller's own pods are those that it controls and that match its selector, active or not ([ownership.Filter]). A pod
// counts when it is active (neither succeeded nor failed nor being deleted) and the controller's own, or about to become so by
// adoption. [Judge] says for one pod whether it counts, and [Explain] why, in upstream's order: inactive pods are set aside
// before the claim is asked ([ownership.Controller.Decide]), so that a controller neither adopts nor releases one.
//
// # What is missing
//
// [Diff] compares the active pods with the number wanted: so many to create, or these to delete. [Summarize] counts for the
// status. [DiffNodes] does the same for a DaemonSet, which wants one pod on every node that its [Placement] allows.
//
// A pass of a ReplicaSet's controller is then, unless it is being deleted:
//
//	for each pod of the namespace: Judge, and adopt or release as it says
//	Diff over the pods that are counted, and create or delete
//	Summarize over the pods that are its own or just adopted, ended ones included
//
// and one of a DaemonSet's, which claims inactive pods too, so that it does not Judge:
//
//	for each pod of the namespace: Controller.Decide, and adopt or release as it says
//	DiffNodes over the nodes and the pods to keep or adopt, and create or delete; the status is in the plan
//
// # Time
//
// The time is always an argument and the same arguments give the same answer, in whatever order the pods come. Nothing
// changes its input, and all functions are safe for concurrent use.
package replica
