// Package replica decides who is missing: the counting of the ReplicationController, the ReplicaSet and the DaemonSet
// controllers, as functions of pods and a time.
//
// # A ReplicaSet, or a ReplicationController
//
// A controller's own pods are those that it controls and that match its selector, active or not ([ownership.Filter]). A pod
// counts when it is active (neither succeeded nor failed nor being deleted) and the controller's own, or about to become so by
// adoption. [Judge] says for one pod whether it counts, and [Explain] why, in upstream's order: inactive pods are set aside
// before the claim is asked ([ownership.Controller.Decide]), so that a controller neither adopts nor releases one.
//
// A Deployment owns ReplicaSets and no pods: ask about each of its ReplicaSets, not about the Deployment.
//
// [Reconcile] is one pass: whom to adopt and to release, then how many pods to create, or which to delete, in the order of
// [Compare]. [Diff] is its last part alone, for pods that are known to count. [Summarize] counts for the status. A controller
// that acts on a cache does this:
//
//	ask whether the Expectations are satisfied, and only then list the pods
//	Reconcile over the pods of the namespace
//	adopt and release as it says
//	if they were satisfied: expect the creations, and create in Batches; or expect the deletions, and delete
//	Summarize over the pods that it owns now, ended ones included
//
// # A DaemonSet
//
// It wants one pod on every node that its [Placement] allows, and claims inactive pods too. [ReconcileNodes] is one pass: whom to adopt
// and to release, where a pod is missing, which have to go, and the counts for the status. [DiffNodes] is its last part alone.
//
//	ask whether the Expectations are satisfied, and only then list the pods
//	ReconcileNodes over the nodes and the pods of the namespace
//	adopt and release as it says
//	if they were satisfied: expect, create and delete; tell the Backoff of each failed pod
//
// Updates of the template, rolling or with surge, are left out: pods of an earlier revision stay, and NodePlan.Updated counts the
// others.
//
// # Time
//
// The time is always an argument and the same arguments give the same answer, in whatever order the pods come. Nothing
// changes its input, and all functions are safe for concurrent use; [Expectations] and [Backoff] are values of the caller's,
// who sees to it that one goroutine at a time changes them.
package replica
