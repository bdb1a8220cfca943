// Package ownership decides who is mine: which objects a controller owns, which it should adopt, and which
// release.
//
// An object has at most one controller, named by the owner reference that says controller: true. A controller
// selects its objects by label, but a label match alone does not make an object its own: two controllers may
// select the same pods. Whoever counts by label alone counts other controllers' pods too. So ask for both,
// the labels and the controller:
//
//	mine := ownership.Filter(controller, ownership.Pointers(pods), view)
//
// # Claims
//
// [Controller.Decide] is the claim of one object by one controller, the table of
// k8s.io/kubernetes/pkg/controller.BaseControllerRefManager.ClaimObject, row by row:
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
// The first row that fits decides. NoUID, OwnSelectorNothing and OrphanSelectorEverything are not upstream's:
// a controller that was never stored owns nobody, and one whose selector was never set, or was lost, must not
// take or drop every object in reach.
//
// Identity is the UID alone, as in ClaimObject: kind and name say nothing, since a new object may have taken
// the name of a deleted one.
//
// # Patches
//
// [Controller.AdoptPatch] and [Controller.ReleasePatch] are what to send to the API server for an [Adopt] and
// a [Release], as application/strategic-merge-patch+json, which it takes for its own kinds and not for custom
// resources. The object's UID is a precondition. (To a custom resource send a JSON merge patch with the whole
// list of its references, and its resourceVersion.) Before the first adoption upstream reads the controller
// once more, past all caches: one that is being deleted, or that has another UID by now, must not adopt. A
// 404 is no failure, since the object is gone; for a release nor is a 422.
//
// # Chains
//
// [Chain] goes from a pod over its ReplicaSet to its Deployment, and says how it ended: at the topmost, at
// one that is gone or whose name a new object has, in a circle, or too far up.
//
// # Conflicts
//
// Nothing keeps two controllers from selecting the same pods. As long as each pod has its controller they
// leave each other alone; an orphan goes to whoever comes first, which then may have one too many and deletes
// one. [Conflicts] finds such pairs before it happens, with labels that show it.
//
// # Views
//
// The package works on [Object], a small view that the caller fills from its own type without copying.
// Nothing changes its input, and all functions are safe for concurrent use.
package ownership
