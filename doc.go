// Package rollcall is the overview of a library that decides what Kubernetes controllers decide: who matches, who is mine,
// who is alive, who is missing. It has no code of its own; import what you need:
//
//   - [github.com/rollcall-go/rollcall/selector]: label selectors. Does this object match, and if not, why? Do these two
//     selectors overlap, and in what?
//   - [github.com/rollcall-go/rollcall/selector/index]: finding. Which of a million objects does this selector match, which of a
//     hundred thousand selectors match this object, and what did a change of either change?
//   - [github.com/rollcall-go/rollcall/ownership]: owner references. Whose is this object, and who should adopt or release
//     it? Labels first, then the controller: a label match alone counts other controllers' pods too.
//   - [github.com/rollcall-go/rollcall/replica]: counting. Is this pod counted, and if not, why? How many are to be created,
//     which deleted, on which nodes is a daemon pod missing?
//   - [github.com/rollcall-go/rollcall/probe]: probing. When is which probe tried, is the container alive and ready, when is it
//     killed and started again, and when would it be?
//
// The module github.com/rollcall-go/rollcall/kube has adapters to the types of k8s.io/api.
//
// All of it is pure: values in, decisions out. Nothing does I/O, reads a clock, starts a goroutine or changes its input;
// the time is an argument. Every match, claim and count comes with its reason, as data and as a sentence. The library
// behaves as Kubernetes 1.37 does, except where that is unsound: conformance/DEVIATIONS.md lists each place.
//
// The program in examples/rollcall shows the library at work on the dump of a cluster, the one in examples/liveness on processes of
// this machine.
package rollcall
