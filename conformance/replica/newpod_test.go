package replica_test

import (
	"fmt"
	"maps"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/controller"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"

	"github.com/rollcall-go/rollcall/kube"
)

// TestNewPod compares the pods that kube.NewPod and kube.NewDaemonPod make of a template with those of the
// controllers.
func TestNewPod(t *testing.T) {
	minute := int64(60)
	counts := forEach(t, *lists, func(n uint64) (map[string]int, error) {
		w := newNodeWorld(n)
		ds := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "agent", UID: "ds"}}
		template := &ds.Spec.Template
		*template = *w.template()
		if w.IntN(4) > 0 {
			template.Labels = map[string]string{"app": "agent"}
			template.Annotations, template.Finalizers = map[string]string{"a": "b"}, []string{"example.com/f"}
		}
		for w.IntN(2) == 0 {
			template.Spec.Tolerations = append(template.Spec.Tolerations, corev1.Toleration{
				Key: pick(w, taintKeys...), Operator: pick(w, corev1.TolerationOpExists, corev1.TolerationOpEqual),
				Effect:            pick(w, corev1.TaintEffectNoExecute, corev1.TaintEffectNoSchedule),
				TolerationSeconds: pick(w, nil, &minute),
			})
		}
		c, _, _ := kube.DaemonSet(ds)
		ref := metav1.NewControllerRef(ds, daemonKind)
		theirs, err := controller.GetPodFromTemplate(template, ds, ref)
		if err != nil {
			return nil, err
		}
		theirs.Namespace = ds.Namespace // which upstream passes separately
		if ours := kube.NewPod(c, template); !apiequality.Semantic.DeepEqual(ours, theirs) {
			return nil, fmt.Errorf("NewPod:\n%+v\n%+v upstream", ours, theirs)
		}

		counts := map[string]int{"pods": 1}
		revision := pick(w, "", "v1")
		before := template.DeepCopy()
		theirTemplate := daemonutil.CreatePodTemplate(*template, nil, revision)
		affinity := &theirTemplate.Spec.Affinity
		*affinity = daemonutil.ReplaceDaemonSetPodNodeNameNodeAffinity(*affinity, "n1")
		if theirs, err = controller.GetPodFromTemplate(&theirTemplate, ds, ref); err != nil {
			return nil, err
		}
		theirs.Namespace = ds.Namespace
		if ours := kube.NewDaemonPod(c, template, "n1", revision); !apiequality.Semantic.DeepEqual(ours, theirs) {
			return nil, fmt.Errorf("NewDaemonPod:\n%+v\n%+v upstream", ours, theirs)
		}
		if !apiequality.Semantic.DeepEqual(before, template) {
			return nil, fmt.Errorf("the template was changed: %+v, before %+v", template, before)
		}
		maps.Copy(counts, map[string]int{
			fmt.Sprintf("host network %v, revision %q", template.Spec.HostNetwork, revision): 1,
			fmt.Sprintf("affinity %v", template.Spec.Affinity != nil):                        1,
		})
		return counts, nil
	})
	covered(t, counts, `host network true, revision "v1"`, `host network false, revision "v1"`,
		`host network true, revision ""`, `host network false, revision ""`)
	covered(t, counts, "affinity true", "affinity false")
}
