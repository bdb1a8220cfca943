// Package ownership decides who is mine: which objects a controller owns, which it should adopt, and which
// release.
//
// An object has at most one controller: the owner reference with controller: true. A controller selects its
// objects by label. A label match is not enough, because two controllers may select the same pods. So ask for
// both, the labels and the controller:
//
//	mine := ownership.Filter(controller, ownership.Pointers(pods), view)
//
// # Claims
//
// [Controller.Decide] decides the claim of one controller on one object. These are its rules, and those of
// ClaimObject in k8s.io/kubernetes/pkg/controller:
//
//	the object's controller   and                                    decision  Reason
//	any or none               the controller has no UID              Ignore    NoUID
//	another                                                          Ignore    OtherController
//	this one                  labels match                           Keep      OwnMatch
//	this one                  no match, controller being deleted     Ignore    OwnControllerDeleting
//	this one                  no match, selector is Nothing          Ignore    OwnSelectorNothing
//	this one                  no match                               Release   OwnNoMatch
//	none                      no match                               Ignore    OrphanNoMatch
//	none                      match, controller being deleted        Ignore    OrphanControllerDeleting
//	none                      match, object being deleted            Ignore    OrphanDeleting
//	none                      match, in another namespace            Ignore    OrphanOtherNamespace
//	none                      match, selector is Everything          Ignore    OrphanSelectorEverything
//	none                      match                                  Adopt     OrphanMatch
//
// The first row that applies decides. The rows NoUID, OwnSelectorNothing and OrphanSelectorEverything are
// stricter than upstream. A controller that is not stored yet owns no objects. A controller whose selector is
// missing must not adopt or release every object of its namespace.
//
// Only the UID identifies a controller, as in ClaimObject: a new object may have the kind and name of a
// deleted one.
//
// # Patches
//
// [Controller.AdoptPatch] and [Controller.ReleasePatch] return the patches for [Adopt] and [Release], of the
// type application/strategic-merge-patch+json. The API server accepts this type for built-in kinds only. For
// a custom resource, send a JSON merge patch with the complete list of owner references and with
// resourceVersion. The UID of the object is a precondition of both patches.
//
// Before its first adoption in a sync, a controller reads itself from the API server, not from a cache. If it
// is being deleted, or has another UID, it must not adopt. The answer 404 to a patch is not a failure: the
// object is gone. For a release, 422 is not a failure either.
//
// # Chains
//
// [Chain] goes from a pod to its ReplicaSet and to the Deployment of that. It returns how the chain ends: at
// a topmost controller, at a missing or replaced one, in a cycle, or too deep.
//
// # Conflicts
//
// The API server accepts two controllers that select the same pods. They do not disturb each other while each
// pod has its controller. An orphan goes to the controller that adopts it first. That controller may then
// have a pod too many, and delete one. [Conflicts] finds such pairs, with a label set that both select.
//
// # Views
//
// The package works on [Object], a small view that the caller fills from its own type without copying.
// Inputs are not changed, and all functions are safe for concurrent use.
package ownership
