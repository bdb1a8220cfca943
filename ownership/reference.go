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

// Ref returns the object that the reference names. It is the zero [Ref] for a nil reference, so that
// ControllerOf(refs).Ref() works for orphans too. If all fields of the reference are empty, the Ref has the
// Name "?", so that its object is not treated as an orphan. The API server rejects such a reference.
func (r *OwnerReference) Ref() Ref {
	if r == nil {
		return Ref{}
	}
	ref := Ref{APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name, UID: r.UID}
	if ref == (Ref{}) {
		ref.Name = "?" // otherwise the object would be an orphan, and be adopted
	}
	return ref
}

// ControllerOf returns the first reference in refs with Controller true, or nil if there is none. It points
// into refs.
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

// IsControlledBy reports whether the controller in refs has the UID ownerUID. References whose Controller is
// not true do not count. It is false if ownerUID is empty.
//
// Upstream: metav1.IsControlledBy, for which two empty UIDs are the same owner.
func IsControlledBy(refs []OwnerReference, ownerUID string) bool {
	c := ControllerOf(refs)
	return c != nil && c.UID == ownerUID && ownerUID != ""
}

// A Ref names one object. It is comparable. The zero value names no object.
type Ref struct {
	APIVersion, Kind, Name, UID string
}

// String returns kind and name, as in "ReplicaSet/frontend", or the UID if both are empty. It is empty for
// the zero Ref.
func (r Ref) String() string {
	if r.Kind == "" && r.Name == "" {
		return r.UID
	}
	return r.Kind + "/" + r.Name
}
