package kube

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// ReplicaSet returns the arguments of [replica.Sync] and [replica.Summarize] for rs: the controller, the
// number of pods wanted, and minReadySeconds. A missing spec.replicas is 1.
//
// The error is a [field.Errors]. It has every error of the selector, or, if the selector is valid, every
// reason why the pods of the template can never satisfy rs ([replica.ValidateTemplate]). A missing selector
// is an error. Paths are such as "spec.selector.matchLabels[app]" and "spec.template.metadata.labels". Do not
// create or delete pods of an rs with an error. The other results may be used to count pods: the selector is
// [selector.Nothing] if it is invalid.
//
// A nil rs is an error, and its controller owns nothing.
func ReplicaSet(rs *appsv1.ReplicaSet) (c ownership.Controller, want int, minReady time.Duration, err error) {
	if rs == nil {
		rs = &appsv1.ReplicaSet{}
	}
	spec := &rs.Spec
	gvk := appsv1.SchemeGroupVersion.WithKind("ReplicaSet")
	c, errs := podController(rs, gvk, spec.Selector, spec.Template.Labels)
	return c, replicas(spec.Replicas), seconds(spec.MinReadySeconds), errs.Err()
}

// ReplicationController returns what [ReplicaSet] returns, for rc. A missing or empty selector is the labels
// of the template ([replica.DefaultSelector]). Paths of errors are such as "spec.selector[app]".
func ReplicationController(rc *corev1.ReplicationController) (
	c ownership.Controller, want int, minReady time.Duration, err error,
) {
	if rc == nil {
		rc = &corev1.ReplicationController{}
	}
	spec, template := &rc.Spec, map[string]string(nil)
	if spec.Template != nil {
		template = spec.Template.Labels
	}
	s, err := selector.FromLabels(replica.DefaultSelector(spec.Selector, template))
	var errs field.Errors
	switch {
	case err == nil:
		relocate(&errs, replica.ValidateTemplate(s, template), "", "")
	case len(spec.Selector) > 0:
		relocate(&errs, err, "labels", "spec.selector")
	default:
		relocate(&errs, err, "labels", "spec.template.metadata.labels")
	}
	c = Controller(rc, corev1.SchemeGroupVersion.WithKind("ReplicationController"), s)
	return c, replicas(spec.Replicas), seconds(spec.MinReadySeconds), errs.Err()
}

// DaemonSet returns the arguments of [daemon.Sync] for ds: the controller and the placement of its pods. Set
// the Revision, Burst and FailedPods of the placement.
//
// The error is a [field.Errors]: the errors that [ReplicaSet] describes, then those of [Placement], with
// "spec.template." before their paths. Do not create or delete pods of a ds with an error. The other results
// may be used to count pods.
//
// A nil ds is an error, and its controller owns nothing.
func DaemonSet(ds *appsv1.DaemonSet) (ownership.Controller, daemon.Placement, error) {
	if ds == nil {
		ds = &appsv1.DaemonSet{}
	}
	spec := &ds.Spec
	gvk := appsv1.SchemeGroupVersion.WithKind("DaemonSet")
	c, errs := podController(ds, gvk, spec.Selector, spec.Template.Labels)
	p, err := Placement(&spec.Template)
	relocate(&errs, err, "", "spec.template.")
	p.MinReady = seconds(spec.MinReadySeconds)
	return c, p, errs.Err()
}

// podController returns the view of a controller of pods, and what is wrong with its selector and template.
func podController(
	o metav1.Object, gvk schema.GroupVersionKind, ls *metav1.LabelSelector, template map[string]string,
) (ownership.Controller, field.Errors) {
	var errs field.Errors
	s, err := Selector(ls)
	if err != nil {
		relocate(&errs, err, "", "spec.selector.")
	} else {
		relocate(&errs, replica.ValidateTemplate(s, template), "", "")
	}
	return Controller(o, gvk, s), errs
}

func replicas(n *int32) int {
	if n == nil {
		return 1
	}
	return int(*n)
}

func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }
