// Package rollcall is the overview of a library that decides what Kubernetes' workload controllers decide:
// who matches, who is mine, who is alive, who is missing. It has no code. Import the packages that you need:
//
//   - [github.com/rollcall-go/rollcall/selector] has label selectors: whether a label set matches and why,
//     and whether two selectors overlap.
//   - [github.com/rollcall-go/rollcall/selector/index] finds the objects that a selector matches, and the
//     selectors that match an object, without a scan.
//   - [github.com/rollcall-go/rollcall/ownership] has owner references: which objects a controller keeps,
//     adopts and releases, and which controllers fight over objects.
//   - [github.com/rollcall-go/rollcall/replica] counts pods and plans a sync of a ReplicaSet or
//     ReplicationController: how many pods to create, or which to delete.
//   - [github.com/rollcall-go/rollcall/replica/daemon] does the same for DaemonSets.
//   - [github.com/rollcall-go/rollcall/probe] decides when a container is probed, ready, killed and
//     restarted, and simulates it.
//   - [github.com/rollcall-go/rollcall/field] has the errors that all packages return for invalid input.
//
// The module github.com/rollcall-go/rollcall/kube has adapters to the types of k8s.io/api.
//
// All functions are pure: they take values and return decisions. They do no I/O, read no clock, start no
// goroutine and do not change their inputs; the time is an argument. Every decision comes with its reason, as
// data and as a sentence. Invalid input is an error that names its place.
//
// The library decides as Kubernetes 1.37 does. The file conformance/DEVIATIONS.md lists the deliberate
// differences.
//
// The program examples/rollcall applies the library to a dump of a cluster, and examples/liveness to
// processes of your machine.
package rollcall
