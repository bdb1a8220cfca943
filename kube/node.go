package kube

import (
	"errors"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// Node returns the view of a node for a DaemonSet. It shares n's labels, and allocates only for taints. The
// view of a nil n has no name, labels or taints.
func Node(n *corev1.Node) daemon.Node {
	if n == nil {
		return daemon.Node{}
	}
	v := daemon.Node{Name: n.Name, Labels: n.Labels}
	if len(n.Spec.Taints) > 0 {
		v.Taints = make([]daemon.Taint, len(n.Spec.Taints))
	}
	for i := range n.Spec.Taints {
		t := &n.Spec.Taints[i]
		v.Taints[i] = daemon.Taint{Key: t.Key, Value: t.Value, Effect: string(t.Effect)}
	}
	return v
}

// Placement returns on which nodes the pods of a DaemonSet run, by its pod template. The fields MinReady,
// Revision, Burst and FailedPods are not in the template: the caller sets them. [DaemonSet] sets MinReady.
//
// The error is a [field.Errors], first those of spec.nodeSelector, with paths such as
//
//	spec.nodeSelector[disk]
//	spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values
//
// The placement is valid even with an error, and does what the cluster does: an invalid term matches no node,
// and the other terms count; an invalid nodeSelector matches no node. For a nil template the placement allows
// no node, and the error is no field.Errors. Do not act on it: a sync would delete every pod.
func Placement(t *corev1.PodTemplateSpec) (daemon.Placement, error) {
	if t == nil {
		return daemon.Placement{NodeSelector: selector.Nothing()}, errors.New("kube: nil pod template")
	}
	var errs field.Errors
	p := daemon.Placement{NodeName: t.Spec.NodeName, HostNetwork: t.Spec.HostNetwork}
	var err error
	p.NodeSelector, err = selector.FromLabels(t.Spec.NodeSelector)
	relocate(&errs, err, "labels", "spec.nodeSelector")
	if terms, required := requiredTerms(t.Spec.Affinity); required {
		p.Affinity, err = daemon.CompileAffinity(nodeTerms(terms))
		relocate(&errs, err, "", "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.")
	}
	for i := range t.Spec.Tolerations {
		t := &t.Spec.Tolerations[i]
		p.Tolerations = append(p.Tolerations, daemon.Toleration{
			Key: t.Key, Operator: string(t.Operator), Value: t.Value, Effect: string(t.Effect),
		})
	}
	return p, errs.Err()
}

// relocate appends the field errors of err to errs, with the prefix to of their paths in place of from.
func relocate(errs *field.Errors, err error, from, to string) {
	var bad field.Errors
	errors.As(err, &bad)
	for _, e := range bad {
		*errs = append(*errs, field.Invalid(e.Value, e.Reason, "%s%s", to, strings.TrimPrefix(e.Path, from)))
	}
}

// requiredTerms returns the terms of the required node affinity, and whether there is one. Without terms it
// matches no node.
func requiredTerms(a *corev1.Affinity) (terms []corev1.NodeSelectorTerm, required bool) {
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil, false
	}
	return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, true
}

func nodeTerms(terms []corev1.NodeSelectorTerm) []daemon.NodeSelectorTerm {
	converted := make([]daemon.NodeSelectorTerm, len(terms))
	for i := range terms {
		converted[i].MatchExpressions = nodeRequirements(terms[i].MatchExpressions)
		converted[i].MatchFields = nodeRequirements(terms[i].MatchFields)
	}
	return converted
}

func nodeRequirements(reqs []corev1.NodeSelectorRequirement) []selector.Requirement {
	converted := make([]selector.Requirement, len(reqs))
	for i, r := range reqs {
		converted[i] = selector.Requirement{Key: r.Key, Operator: selector.Operator(r.Operator), Values: r.Values}
	}
	return converted
}
