// Package daemon decides where a DaemonSet's pods are missing: one pod on every node that its [Placement]
// allows.
//
// [Sync] plans one sync: which pods to adopt and to release, on which nodes a pod is missing, which pods to
// delete, and the counts for the status. [Diff] is its second part: it plans creations and deletions, after
// pods are adopted and released. A controller that acts on a cache does this:
//
//	check whether the replica.Expectations are satisfied, and list the pods after that
//	call Sync with all nodes, the pods that the DaemonSet owns and the orphans of its namespace
//	adopt and release; if that fails, return and sync again
//	if the Expectations were satisfied: record the planned writes in Expectations; create and delete;
//	    for each deletion with the rule PodFailed, call FailedPods.Deleted
//	write the status, if the DaemonSet may act (ownership.Controller.Acts)
//
// [Placement.Explain] says why a node gets a pod or not.
//
// The package does not plan rolling updates yet: it does not delete pods of an earlier revision.
// Status.Updated counts the nodes whose pod has the current revision.
//
// All functions are pure: the time is an argument, and inputs are not changed. The order of pods and of nodes
// does not matter, as long as no two pods have the same UID and no two nodes have the same name. The functions
// are safe for concurrent use, but FailedPods.Deleted must not run while another function uses the same
// [FailedPods].
package daemon
