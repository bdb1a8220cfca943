// Package replica decides which pods are missing: what the controllers of ReplicaSets and ReplicationControllers decide, as functions of
// pods and a time. Package daemon below it does the same for DaemonSets.
//
// # Which pods count
//
// A pod is active if it has neither succeeded nor failed and is not being deleted. A controller owns a pod that names it as its
// controller and that its selector matches. Two words must be kept apart:
//
//   - A pod is counted if it is owned and active. The field status.replicas counts these pods.
//   - A pod is claimed if it is counted, or if it is an orphan that the controller adopts. Their number is compared with the number
//     wanted. Two controllers can claim one orphan; only one of them adopts it.
//
// [Judge] decides both for one pod, and [Explain] says why. [Summarize] counts for the status.
//
// A Deployment owns ReplicaSets and no pods: ask about each of its ReplicaSets.
//
// # A sync
//
// [Sync] plans one sync: which pods to adopt and to release, how many to create, or which to delete. [Diff] is the part after the
// claims. [DeletionOrder] shows the whole order of deletion. A controller that acts on a cache does this:
//
//	check whether the Expectations are satisfied, and list the pods after that
//	Sync with the pods that it controls and the orphans of its namespace
//	adopt and release; if that fails, return and sync again
//	if the Expectations were satisfied: record the creations or deletions in Expectations, then create in Batches, or delete
//	Summarize the pods that it owns, and write the status
//
// Without expectations, a stale cache would make the next sync repeat what the last one did.
//
// # Time and concurrency
//
// All functions are pure: the time is an argument, inputs are not changed, and the order of pods does not matter, as long as their
// UIDs differ. They are safe for concurrent use. [Expectations] is the caller's value: only one goroutine at a time may use it.
package replica
