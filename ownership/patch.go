package ownership

import "encoding/json"

// AdoptPatch returns the strategic merge patch that makes c the controller of o and adds finalizers to it.
// Send it if [Controller.Decide] returns [Adopt]. Owner references to other objects stay. An existing
// reference to c whose Controller is not true is replaced. The API server rejects the patch if o has another
// controller by then. The patch contains the UID of o, so the API server also rejects it if another object
// has the name of o. The patch is nil if c or o has no UID. Finalizers are not validated.
//
// Upstream: AdoptPod and similar functions in k8s.io/kubernetes/pkg/controller; the bytes are equal.
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
		APIVersion: c.APIVersion, Kind: c.Kind, Name: c.Name, UID: c.UID,
		Controller: &yes, BlockOwnerDeletion: &yes,
	}
	p.Metadata.UID = o.UID
	p.Metadata.Finalizers = finalizers
	text, _ := json.Marshal(p) // cannot fail: strings and bools only
	return text
}

// ReleasePatch returns the strategic merge patch that removes every owner reference to c, and the finalizers,
// from o. Send it if [Controller.Decide] returns [Release]. Owner references to other objects stay. The patch
// contains the UID of o, so the API server rejects it if another object has the name of o. The patch is nil
// if c or o has no UID. Finalizers are not validated.
//
// Upstream: ReleasePod and similar functions in k8s.io/kubernetes/pkg/controller; the bytes are equal.
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
	text, _ := json.Marshal(p) // cannot fail: strings and bools only
	return text
}
