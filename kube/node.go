package kube

import (
	"errors"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// Node returns what a DaemonSet has to know of a node. It shares the map of n's labels, and allocates for taints alone. A nil n
// is a node without name, labels and taints.
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

// Placement returns on which nodes the pods of a DaemonSet run, by its pod template. MinReady, Revision, Burst and Backoff are
// not the template's: the caller sets them.
//
// The error is a [field.Errors], those of spec.nodeSelector first, with paths such as
//
//	spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values
//
// The placement is of use in spite of it, and says what the cluster does: a bad term matches no node, and the others still
// count; a bad nodeSelector matches no node, as no node can have such labels. A nil template fits no node either, and has an
// error of another type: to act on that would delete every pod.
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

// relocate adds the field errors of err to errs. In their paths, to stands instead of from.
func relocate(errs *field.Errors, err error, from, to string) {
	var bad field.Errors
	errors.As(err, &bad)
	for _, e := range bad {
		*errs = append(*errs, field.Invalid(e.Value, e.Reason, "%s%s", to, strings.TrimPrefix(e.Path, from)))
	}
}

// requiredTerms returns the terms of the node affinity that is required, and whether one is: without terms it matches no node.
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
