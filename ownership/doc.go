// Package ownership decides which objects a controller owns, which objects it should adopt, and which objects
// it should release.
//
// An object has at most one controller: the object that its owner reference with controller=true names. A
// controller owns the objects whose controller it is. An object without a controller is an orphan. A
// controller selects its objects by label. A label match is not enough, because two controllers may select
// the same pods. So ask for both, the labels and the controller:
//
//	mine := ownership.Filter(controller, ownership.Pointers(pods), view)
//
// # Claims
//
// [Controller.Decide] decides the claim of one controller on one object. Its rules are those of ClaimObject
// in k8s.io/kubernetes/pkg/controller, with three rows of its own:
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
// The first row that applies decides. The rows NoUID, OwnSelectorNothing and OrphanSelectorEverything are not
// in ClaimObject, which would keep, release or adopt there. A controller without a UID is not stored yet, and
// owns no objects. The selector Nothing comes from a nil label selector, and would release every object. The
// selector Everything comes from an empty label selector, or is a Selector that was not set, and would adopt
// every orphan. Both are probably mistakes.
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
// is being deleted, or has another UID, it must not adopt. If a patch gets 404, the object is gone: do not
// report an error, but plan again after a failed adoption. If a release gets 422, the object has another UID
// or the reference is gone: do not report an error.
//
// # Chains
//
// [Chain] follows the controllers upward, for example from a pod to its ReplicaSet and then to its
// Deployment. It returns how the chain ends: at a topmost controller, at a missing or replaced one, in a
// cycle, or too deep.
//
// # Conflicts
//
// The API server accepts two controllers that select the same pods. They do not disturb each other while each
// pod has its controller. An orphan goes to the controller that adopts it first. That controller may then
// have a pod too many, and delete one. [Conflicts] returns the pairs in which one selector matches everything
// that the other matches. [Overlaps] yields all pairs whose selectors can match the same object.
//
// # Views
//
// The package works on [Object], a small view that the caller fills from its own type without copying.
// Inputs are not changed, and all functions are safe for concurrent use.
package ownership
