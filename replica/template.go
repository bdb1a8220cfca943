package replica

import (
	"errors"
	"maps"
	"strings"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// ValidateTemplate returns an error if pods with the labels of the template can never be replicas of a
// controller with the selector s. These are errors:
//
//   - the selector is empty
//   - no pod can match the selector
//   - the selector does not match the labels
//   - a label is invalid
//   - there are no labels: Kubernetes creates no pod without labels
//
// The error is a [field.Errors] with the paths "spec.selector", "spec.template.metadata.labels" and, as an
// example, "spec.template.metadata.labels[app]"; it is nil if the template is valid.
//
// If the selector could not be compiled, report that error and do not call ValidateTemplate.
//
// Upstream: ValidateReplicaSetSpec and ValidatePodTemplateSpecForReplicaSet in
// k8s.io/kubernetes/pkg/apis/apps/validation. They accept a template without labels.
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
		reason := "do not match the selector: " + s.Explain(labels).String()
		errs = append(errs, field.Invalid(maps.Clone(labels), reason, path))
	}
	return errs.Err()
}

// DefaultSelector returns the selector of a ReplicationController: spec, or a copy of the template's labels
// if spec is empty. It is nil if both are empty.
//
// Upstream: SetDefaults_ReplicationController in k8s.io/kubernetes/pkg/apis/core/v1, where selector and
// template labels then share one map.
func DefaultSelector(spec, template map[string]string) map[string]string {
	if len(spec) > 0 {
		return spec
	}
	return maps.Clone(template)
}
