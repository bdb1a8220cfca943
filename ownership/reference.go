package ownership

// An OwnerReference is one entry of an object's metadata.ownerReferences. Its JSON is that of
// metav1.OwnerReference. The zero value is invalid.
type OwnerReference struct {
	APIVersion         string `json:"apiVersion"`
	Kind               string `json:"kind"`
	Name               string `json:"name"`
	UID                string `json:"uid"`
	Controller         *bool  `json:"controller,omitempty"`         // nil means false
	BlockOwnerDeletion *bool  `json:"blockOwnerDeletion,omitempty"` // nil means false
}

// Ref returns what the reference points at. A nil reference points at nobody, the zero [Ref], so that
// ControllerOf(refs).Ref() is the controller of an object whether it has one or not. A reference that names
// nothing at all, which the API refuses, points at somebody all the same: its Ref has the Name "?".
func (r *OwnerReference) Ref() Ref {
	if r == nil {
		return Ref{}
	}
	ref := Ref{APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name, UID: r.UID}
	if ref == (Ref{}) {
		ref.Name = "?" // or else the object would pass for an orphan and be adopted
	}
	return ref
}

// ControllerOf returns the reference to the controller: the first in refs with Controller true, or nil when
// there is none. It points into refs.
//
// Upstream: metav1.GetControllerOfNoCopy.
func ControllerOf(refs []OwnerReference) *OwnerReference {
	for i := range refs {
		if refs[i].Controller != nil && *refs[i].Controller {
			return &refs[i]
		}
	}
	return nil
}

// IsControlledBy reports whether the controller among refs has the UID ownerUID. References that do not say
// controller: true are no control, and an empty UID controls nothing.
//
// Upstream: metav1.IsControlledBy, for which two empty UIDs are the same owner.
func IsControlledBy(refs []OwnerReference, ownerUID string) bool {
	c := ControllerOf(refs)
	return c != nil && c.UID == ownerUID && ownerUID != ""
}

// A Ref names one object. It is comparable; the zero Ref is nobody.
type Ref struct {
	APIVersion, Kind, Name, UID string
}

// String returns kind and name, as in "ReplicaSet/frontend", or the UID when there is neither. It is empty
// for nobody.
func (r Ref) String() string {
	if r.Kind == "" && r.Name == "" {
		return r.UID
	}
	return r.Kind + "/" + r.Name
}
