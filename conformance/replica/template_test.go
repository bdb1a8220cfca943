package replica_test

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	corev1defaults "k8s.io/kubernetes/pkg/apis/core/v1"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/conformance/internal/selectors"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
)

// theirTemplateErrors returns the API's errors about a ReplicaSet's selector and the labels of its template.
func theirTemplateErrors(ls *metav1.LabelSelector, template map[string]string) field.ErrorList {
	spec := &apps.ReplicaSetSpec{Selector: ls}
	spec.Template.Labels = template
	var errs field.ErrorList
	all := appsvalidation.ValidateReplicaSetSpec(spec, nil, field.NewPath("spec"), corevalidation.PodValidationOptions{})
	for _, err := range all {
		ours := strings.HasPrefix(err.Field, "spec.selector") || strings.HasPrefix(err.Field, "spec.template.labels")
		if ours || strings.Contains(err.Detail, "`selector` does not match") {
			errs = append(errs, err)
		}
	}
	return errs
}

// The API rejects the same templates, except templates without labels: for these the controller cannot create
// pods.
func TestCheckTemplate(t *testing.T) {
	counts := forEach(t, *lists/10, func(n uint64) (map[string]int, error) {
		r := selectors.NewRandom(*seed, n)
		ls := r.LabelSelector()
		theirs, err := metav1.LabelSelectorAsSelector(ls)
		if err != nil {
			return nil, nil
		}
		ours, err := kube.Selector(ls)
		if err != nil {
			return nil, err
		}
		reqs, _ := theirs.Requirements()
		counts := map[string]int{}
		for _, set := range append(r.LabelSets(reqs), nil, labels.Set{}) {
			errs := theirTemplateErrors(ls, set)
			got := replica.ValidateTemplate(ours, set)
			switch {
			case (got != nil) == (len(errs) > 0):
				counts[map[bool]string{true: "good", false: "bad"}[got == nil]]++
			case got != nil && len(set) == 0:
				counts["without labels"]++
				if err := createPod(set); err == nil || !strings.Contains(err.Error(), "no labels") {
					return nil, errors.New("upstream creates a pod without labels")
				}
			default:
				t.Errorf("%v with the template %v: %v, upstream %v", ours, set, got, errs)
			}
		}
		return counts, nil
	})
	covered(t, counts, "good", "bad", "without labels")
}

// createPod creates a pod from a template with these labels as a controller does.
func createPod(template map[string]string) error {
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u1"}}
	rs.Spec.Template.Labels = template
	ref := metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
	control := controller.RealPodControl{KubeClient: fake.NewClientset()}
	return control.CreatePods(context.Background(), "shop", &rs.Spec.Template, rs, ref)
}

// TestDefaultSelector compares the default selector of a ReplicationController. Upstream shares the
// template's map; rollcall does not.
func TestDefaultSelector(t *testing.T) {
	sets := []map[string]string{nil, {}, {"app": "web"}, {"app": "web", "rev": "2"}}
	for _, set := range sets {
		for _, template := range append(sets, nil) {
			rc := &corev1.ReplicationController{}
			rc.Spec.Selector = maps.Clone(set)
			rc.Spec.Template = &corev1.PodTemplateSpec{}
			rc.Spec.Template.Labels = maps.Clone(template)
			corev1defaults.SetDefaults_ReplicationController(rc)
			got := replica.DefaultSelector(set, template)
			if !maps.Equal(got, rc.Spec.Selector) {
				t.Errorf("selector %v, template %v: %v, upstream %v", set, template, got, rc.Spec.Selector)
			}
			if len(set) > 0 || len(template) == 0 {
				continue
			}
			if reflect.ValueOf(rc.Spec.Selector).Pointer() != reflect.ValueOf(rc.Spec.Template.Labels).Pointer() {
				t.Error("upstream: not the template's map")
			}
			if reflect.ValueOf(got).Pointer() == reflect.ValueOf(template).Pointer() {
				t.Error("shares the template's map")
			}
		}
	}
}
