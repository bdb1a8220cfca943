package replica

import (
	"maps"
	"strings"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// CheckTemplate says why a controller with the selector s could never be satisfied by pods with the labels of its template: the
// selector is empty, nothing can match it, it does not match the labels, a label is not valid, or there are none, with which
// upstream creates no pods. The error is a [field.Errors] with the paths "spec.selector", "spec.template.metadata.labels"
// and such as "spec.template.metadata.labels[app]"; it is nil when all is well. Do not ask when the selector could not be read:
// it is then [selector.Nothing].
//
// Upstream: ValidateReplicaSetSpec and ValidatePodTemplateSpecForReplicaSet in k8s.io/kubernetes/pkg/apis/apps/validation, which
// accept a template without labels.
func CheckTemplate(s selector.Selector, labels map[string]string) error {
	var errs field.Errors
	switch {
	case s.IsEverything():
		errs = append(errs, field.Invalid(nil, "is empty: it would match every pod", "spec.selector"))
	case s.IsNothing():
		errs = append(errs, field.Invalid(nil, "is missing, or selects nothing", "spec.selector"))
	case !s.Satisfiable():
		errs = append(errs, field.Invalid(s.String(), "contradicts itself: no pod can match it", "spec.selector"))
	}
	const path = "spec.template.metadata.labels"
	if len(labels) == 0 {
		errs = append(errs, field.Invalid(nil, "are missing: a pod without labels is not created", path))
	}
	if _, err := selector.FromLabels(labels); err != nil {
		for _, e := range err.(field.Errors) {
			errs = append(errs, field.Invalid(e.Value, e.Reason, "%s%s", path, strings.TrimPrefix(e.Path, "labels")))
		}
	}
	if s.Satisfiable() && !s.Matches(labels) {
		errs = append(errs, field.Invalid(labels, "do not match the selector: "+s.Explain(labels).String(), path))
	}
	return errs.Err()
}

// DefaultSelector returns the selector of a ReplicationController: set, or, when that is empty, a copy of its template's labels,
// nil without any.
//
// Upstream: SetDefaults_ReplicationController in k8s.io/kubernetes/pkg/apis/core/v1, which makes one map of both.
func DefaultSelector(set, template map[string]string) map[string]string {
	if len(set) > 0 {
		return set
	}
	return maps.Clone(template)
}
