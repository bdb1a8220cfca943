package replica

import (
	"errors"
	"maps"
	"strings"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// ValidateTemplate returns why a controller with the selector s can never be satisfied by pods with the labels of its template: s is
// empty, no pod can match it, it does not match the labels, a label is invalid, or there are none. Kubernetes creates no pod
// without labels. The error is a [field.Errors] with the paths "spec.selector", "spec.template.metadata.labels" and, as an
// example, "spec.template.metadata.labels[app]"; it is nil if the template is valid.
//
// If the selector could not be compiled, report that error and do not call ValidateTemplate.
//
// Upstream: ValidateReplicaSetSpec and ValidatePodTemplateSpecForReplicaSet in k8s.io/kubernetes/pkg/apis/apps/validation. They
// accept a template without labels.
func ValidateTemplate(s selector.Selector, labels map[string]string) error {
	var errs field.Errors
	switch {
	case s.IsEverything():
		errs = append(errs, field.Invalid(nil, "is empty and would match every pod", "spec.selector"))
	case s.IsNothing():
		errs = append(errs, field.Invalid(nil, "is missing, or selects nothing", "spec.selector"))
	case !s.Satisfiable():
		errs = append(errs, field.Invalid(s.String(), "contradicts itself: no pod can match it", "spec.selector"))
	}
	const path = "spec.template.metadata.labels"
	if len(labels) == 0 {
		errs = append(errs, field.Invalid(nil, "are missing: Kubernetes creates no pod without labels", path))
	}
	_, err := selector.FromLabels(labels)
	var invalid field.Errors
	errors.As(err, &invalid)
	for _, e := range invalid {
		errs = append(errs, field.Invalid(e.Value, e.Reason, "%s%s", path, strings.TrimPrefix(e.Path, "labels")))
	}
	if s.Satisfiable() && !s.Matches(labels) {
		errs = append(errs, field.Invalid(maps.Clone(labels), "do not match the selector: "+s.Explain(labels).String(), path))
	}
	return errs.Err()
}

// DefaultSelector returns the selector of a ReplicationController: set, or, if that is empty, a copy of its template's labels. It is
// nil if both are empty.
//
// Upstream: SetDefaults_ReplicationController in k8s.io/kubernetes/pkg/apis/core/v1, which makes one map of both.
func DefaultSelector(set, template map[string]string) map[string]string {
	if len(set) > 0 {
		return set
	}
	return maps.Clone(template)
}
