package ownership

import "encoding/json"

// AdoptPatch returns the strategic merge patch that makes c the controller of o, and adds the finalizers to
// o's. Send it when [Controller.Decide] says [Adopt]. References to others stay, and one to c that does not
// say controller becomes one that does; the API server refuses the patch when o has got another controller
// meanwhile, or when another object has o's name: the patch has o's UID in it. It is nil when c or o has no
// UID. Finalizers are taken as they are.
//
// Upstream: AdoptPod and its likes in k8s.io/kubernetes/pkg/controller, byte by byte.
func (c Controller) AdoptPatch(o Object, finalizers ...string) []byte {
	if c.UID == "" || o.UID == "" {
		return nil
	}
	yes := true
	var p struct {
		Metadata struct {
			OwnerReferences [1]OwnerReference `json:"ownerReferences"`
			UID             string            `json:"uid"`
			Finalizers      []string          `json:"finalizers,omitempty"`
		} `json:"metadata"`
	}
	p.Metadata.OwnerReferences[0] = OwnerReference{
		APIVersion: c.APIVersion, Kind: c.Kind, Name: c.Name, UID: c.UID, Controller: &yes, BlockOwnerDeletion: &yes,
	}
	p.Metadata.UID = o.UID
	p.Metadata.Finalizers = finalizers
	text, _ := json.Marshal(p) // strings and bools: it cannot fail
	return text
}

// ReleasePatch returns the strategic merge patch that removes every reference to c from o, and the finalizers
// from o's. Send it when [Controller.Decide] says [Release]. References to others stay, and the API server
// refuses the patch when another object has o's name: the patch has o's UID in it. It is nil when c or o has
// no UID. Finalizers are taken as they are.
//
// Upstream: ReleasePod and its likes in k8s.io/kubernetes/pkg/controller, byte by byte.
func (c Controller) ReleasePatch(o Object, finalizers ...string) []byte {
	if c.UID == "" || o.UID == "" {
		return nil
	}
	type deletion struct {
		Patch string `json:"$patch"`
		UID   string `json:"uid"`
	}
	var p struct {
		Metadata struct {
			UID             string      `json:"uid"`
			OwnerReferences [1]deletion `json:"ownerReferences"`
			Finalizers      []string    `json:"$deleteFromPrimitiveList/finalizers,omitempty"`
		} `json:"metadata"`
	}
	p.Metadata.UID = o.UID
	p.Metadata.OwnerReferences[0] = deletion{Patch: "delete", UID: c.UID}
	p.Metadata.Finalizers = finalizers
	text, _ := json.Marshal(p) // strings and bools: it cannot fail
	return text
}
