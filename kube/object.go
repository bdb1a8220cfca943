package kube

import (
	"reflect"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// Object returns the view of an object of any kind that may be owned. It is the view function for
// [ownership.Filter] and [ownership.Group], and its result the argument of [ownership.Controller.Decide]. It
// shares o's labels, and allocates only if o's own methods do, as those of unstructured.Unstructured. The
// view of a nil o is an object that is being deleted, without name and labels.
func Object[O metav1.Object](o O) (v ownership.Object) {
	if p, ok := any(o).(*corev1.Pod); ok && p != nil {
		fill(&v, &p.ObjectMeta) // the usual case; without calls through an interface
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

// fill sets the zero Object from metadata. Returning an Object would copy it once more.
func fill(v *ownership.Object, m *metav1.ObjectMeta) {
	v.Namespace, v.Name, v.UID = m.Namespace, m.Name, string(m.UID)
	v.Labels = m.Labels
	fillController(&v.ControlledBy, m.OwnerReferences)
	v.Deleting = m.DeletionTimestamp != nil
}

// fillController sets the zero Ref to the controller among refs, as [ownership.ControllerOf] finds it.
func fillController(v *ownership.Ref, refs []metav1.OwnerReference) {
	r := controllerOf(refs)
	if r == nil {
		return
	}
	v.APIVersion, v.Kind, v.Name, v.UID = r.APIVersion, r.Kind, r.Name, string(r.UID)
	if *v == (ownership.Ref{}) {
		*v = (&ownership.OwnerReference{}).Ref() // not the zero Ref: the object has a controller, and must not be adopted
	}
}

// controllerOf returns the first of refs with controller=true, or nil.
func controllerOf(refs []metav1.OwnerReference) *metav1.OwnerReference {
	for i := range refs {
		if r := &refs[i]; r.Controller != nil && *r.Controller {
			return r
		}
	}
	return nil
}

// Controller returns the view of an object that owns others by the selector s. The argument gvk is its kind,
// such as appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), because typed objects seldom have their own. The
// view of a nil o has no UID and owns nothing, like that of an object that was never stored.
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

// OwnerReferences converts refs for [ownership.Validate]. It returns nil if there are none. The bools are
// shared.
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

// FilterControlledBy returns pointers to the elements of objs whose controller is owner, in their order; nil
// if there are none. It is for lists of values, as client-go returns them, and copies no object:
//
//	pods := kube.FilterControlledBy(rs, list.Items)
//
// It compares only UIDs. A nil owner, and one without UID, own nothing. It does not compare labels or
// namespaces, so use it for owners without a selector. For an owner with a selector use [ownership.Filter]
// with [Object]: it leaves out pods that the selector does not match any more and that will be released, as
// Kubernetes' own controllers do. In a long list it is faster to filter by the controller first:
//
//	mine := ownership.Filter(c, slices.Values(kube.FilterControlledBy(rs, list.Items)), kube.Object)
//
// Do not pass the result to [replica.Sync] or [daemon.Sync]: it lacks the orphans to adopt. They need the
// pods that the owner controls and the orphans of its namespace, and no others.
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

// isNil reports whether o is nil or a nil pointer.
func isNil(o metav1.Object) bool {
	if o == nil {
		return true
	}
	v := reflect.ValueOf(o)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
