// Package replica decides how many pods a ReplicaSet or ReplicationController must create, and which pods it
// must delete. It makes the decisions of the Kubernetes controllers, as pure functions. Package daemon below
// it does the same for DaemonSets.
//
// # Which pods count
//
// A pod is active if it has neither succeeded nor failed and is not being deleted. A controller owns a pod if
// the pod's controller reference names the controller. An orphan is a pod without a controller. Three words
// must be kept apart:
//
//   - A pod is kept if the controller owns it and its selector matches the pod.
//   - A pod is counted if it is kept and active. The field status.replicas counts these pods.
//   - A pod is claimed if it is counted, or if it is an orphan that the controller would adopt. A sync
//     compares the number of claimed pods with spec.replicas. Two controllers can claim the same orphan. Only
//     the first one succeeds in adopting it.
//
// [Judge] decides all three for one pod, and [Explain] says why. [Summarize] counts for the status.
//
// A Deployment owns ReplicaSets and no pods: ask about each of its ReplicaSets.
//
// # A sync
//
// [Sync] plans one sync: which pods to adopt and to release, how many to create, or which to delete. [Diff]
// is its second part: it plans creations or deletions, after pods are adopted and released. [DeletionOrder]
// shows the complete order of deletion. A controller that acts on a cache does this:
//
//	check whether the Expectations are satisfied, and list the pods after that
//	call Sync with the pods that the controller owns and the orphans of its namespace
//	adopt and release; if that fails, return and sync again
//	if the Expectations were satisfied: record the planned writes in Expectations;
//	    then create the pods in Batches, or delete the pods
//	call Summarize with the pods of Plan.Kept, and write the status
//
// Without expectations, a stale cache would make the next sync repeat what the last one did.
//
// # Time and concurrency
//
// All functions are pure: the time is an argument, inputs are not changed, and the order of pods does not
// matter, as long as their UIDs differ. They are safe for concurrent use. [Expectations] is the caller's
// value: only one goroutine at a time may use it.
package replica
