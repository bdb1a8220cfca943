// Package daemon decides where a DaemonSet's pods are missing: one pod on every node that its [Placement] allows.
//
// [Sync] plans one sync: which pods to adopt and to release, on which nodes a pod is missing, which pods to delete, and the counts for
// the status. [Diff] is the part after the claims. A controller that acts on a cache does this:
//
//	check whether the Expectations are satisfied, and list the pods after that
//	Sync with the nodes and with the pods of the namespace
//	adopt and release; if that fails, return and sync again
//	if the Expectations were satisfied: record what follows in Expectations, create and delete; record the
//	deletion of each failed pod in FailedPods
//	write the status
//
// [Placement.Explain] says why a node gets a pod or not.
//
// Updates of the template are not part of this package yet: pods of an earlier revision stay, and Status.Updated counts the others.
//
// All functions are pure: the time is an argument, inputs are not changed, and the order of pods and of nodes does not matter, as long as
// UIDs and names differ. They are safe for concurrent use. [FailedPods] is the caller's value: only one goroutine at a time may change it.
package daemon
