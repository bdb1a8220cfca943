package kube

import (
	"reflect"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// Object returns what rollcall has to know of an object that may be owned, of whatever kind: a view function for
// [ownership.Filter] and [ownership.Group], and what [ownership.Controller.Decide] takes. It shares the map of o's labels, and
// does not allocate unless o's own methods do, as those of unstructured.Unstructured. A nil o is an object being deleted, without
// name and labels.
func Object[O metav1.Object](o O) (v ownership.Object) {
	if p, ok := any(o).(*corev1.Pod); ok && p != nil {
		fill(&v, &p.ObjectMeta) // by far the most, and sooner without calls through an interface
		return v
	}
	if isNil(o) {
		v.Deleting = true
		return v
	}
	v.Namespace, v.Name, v.UID = o.GetNamespace(), o.GetName(), string(o.GetUID())
	v.Labels = o.GetLabels()
	fillController(&v.ControlledBy, o.GetOwnerReferences())
	v.Deleting = o.GetDeletionTimestamp() != nil
	return v
}

// fill fills the zero Object from metadata. It is filled where it is: to return it costs as much again.
func fill(v *ownership.Object, m *metav1.ObjectMeta) {
	v.Namespace, v.Name, v.UID = m.Namespace, m.Name, string(m.UID)
	v.Labels = m.Labels
	fillController(&v.ControlledBy, m.OwnerReferences)
	v.Deleting = m.DeletionTimestamp != nil
}

// fillController fills the zero Ref with what [ownership.ControllerOf] finds in refs.
func fillController(v *ownership.Ref, refs []metav1.OwnerReference) {
	r := controllerOf(refs)
	if r == nil {
		return
	}
	v.APIVersion, v.Kind, v.Name, v.UID = r.APIVersion, r.Kind, r.Name, string(r.UID)
	if *v == (ownership.Ref{}) {
		*v = (&ownership.OwnerReference{}).Ref() // which is not nobody: it must not be adopted
	}
}

// controllerOf returns the first of refs that is a controller, or nil.
func controllerOf(refs []metav1.OwnerReference) *metav1.OwnerReference {
	for i := range refs {
		if r := &refs[i]; r.Controller != nil && *r.Controller {
			return r
		}
	}
	return nil
}

// Controller returns what rollcall has to know of an object that owns others by the selector s. The kind comes from gvk, such as
// appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), because typed objects seldom carry their own. A nil o, like one that was
// never stored, has no UID and owns nobody.
//
// Upstream: metav1.NewControllerRef.
func Controller(o metav1.Object, gvk schema.GroupVersionKind, s selector.Selector) ownership.Controller {
	c := ownership.Controller{Ref: ownership.Ref{APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind}, Selector: s}
	if isNil(o) {
		return c
	}
	c.Name, c.UID = o.GetName(), string(o.GetUID())
	c.Namespace = o.GetNamespace()
	c.Deleting = o.GetDeletionTimestamp() != nil
	return c
}

// OwnerReferences returns refs as rollcall's, for [ownership.Validate]; nil for none. The bools are shared.
func OwnerReferences(refs []metav1.OwnerReference) []ownership.OwnerReference {
	var ours []ownership.OwnerReference
	for _, r := range refs {
		ours = append(ours, ownership.OwnerReference{
			APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name, UID: string(r.UID),
			Controller: r.Controller, BlockOwnerDeletion: r.BlockOwnerDeletion,
		})
	}
	return ours
}

// FilterControlledBy returns pointers to those of objs whose controller is owner, in their order; nil when there are none. It is
// for lists of values, as client-go returns them, and copies no object:
//
//	pods := kube.FilterControlledBy(rs, list.Items)
//
// The owner is known by its UID. A nil owner and one without UID, which was never stored, own nobody.
//
// It asks for the controller alone, which will do for owners that have no selector. Who has a selector should use
// [ownership.Filter] with [Object], which filters by the labels first and then by the controller, as Kubernetes' own controllers
// do: a pod that was relabelled, and is not released yet, counts no more. In a long list it is sooner done with what this function
// leaves:
//
//	mine := ownership.Filter(c, slices.Values(kube.FilterControlledBy(rs, list.Items)), kube.Object)
//
// Upstream: metav1.IsControlledBy, for which two empty UIDs are the same owner.
func FilterControlledBy[T any, P interface {
	*T
	metav1.Object
}](owner metav1.Object, objs []T) []P {
	if isNil(owner) || owner.GetUID() == "" {
		return nil
	}
	uid := owner.GetUID()
	var mine []P
	for i := range objs {
		o := P(&objs[i])
		if r := controllerOf(o.GetOwnerReferences()); r != nil && r.UID == uid {
			mine = append(mine, o)
		}
	}
	return mine
}

// isNil reports whether o is nil, or a nil pointer.
func isNil(o metav1.Object) bool {
	if o == nil {
		return true
	}
	v := reflect.ValueOf(o)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
