package kube_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

func TestClaim(t *testing.T) {
	failure := errors.New("timeout")
	notFound := apierrors.NewNotFound(podResource, "a")
	conflict := apierrors.NewConflict(podResource, "a", failure)
	invalid := apierrors.NewInvalid(corev1.SchemeGroupVersion.WithKind("Pod").GroupKind(), "a", nil)
	same, deleted := &metav1.ObjectMeta{UID: "web-uid"}, &metav1.ObjectMeta{UID: "web-uid", DeletionTimestamp: &metav1.Time{}}
	read := func(o metav1.Object, err error) func() (metav1.Object, error) {
		return func() (metav1.Object, error) { return o, err }
	}
	unread := func() (metav1.Object, error) { panic("the controller is read although no pod is adopted") }
	for _, row := range []struct {
		name           string
		adopt, release []int
		live           func() (metav1.Object, error)
		patched        map[string]error // the result of the patch of each pod
		calls          string
		want           []error
	}{
		{"nothing", nil, nil, unread, nil, "", nil},
		{"release", nil, []int{1}, unread, nil, "release b", nil},
		{"release of a pod that is gone", nil, []int{0}, unread, map[string]error{"a": notFound}, "release a", nil},
		{"release of a released pod", nil, []int{0}, unread, map[string]error{"a": invalid}, "release a", nil},
		{"release fails", nil, []int{0, 1}, unread, map[string]error{"a": failure}, "release a, release b", []error{failure}},
		{"adopt", []int{0, 2}, []int{1}, read(same, nil), nil, "release b, adopt a, adopt c", nil},
		{"adoption of a pod that is gone", []int{0, 1}, nil, read(same, nil), map[string]error{"a": notFound},
			"adopt a, adopt b", []error{notFound}},
		{"adoption of a pod that another controller adopted", []int{0}, nil, read(same, nil),
			map[string]error{"a": invalid}, "adopt a", []error{invalid}},
		{"adoption of a changed pod", []int{0}, nil, read(same, nil), map[string]error{"a": conflict}, "adopt a",
			[]error{conflict}},
		{"several failures", []int{0}, []int{1}, read(same, nil), map[string]error{"a": conflict, "b": failure},
			"release b, adopt a", []error{failure, conflict}},
		{"controller cannot be read", []int{0}, []int{1}, read(same, failure), nil, "release b", []error{failure}},
		{"controller is gone", []int{0}, nil, read(nil, notFound), nil, "", []error{notFound}},
		{"controller is nil", []int{0}, nil, read(nil, nil), nil, "", []error{errAny}},
		{"controller was replaced", []int{0}, nil, read(&metav1.ObjectMeta{UID: "next"}, nil), nil, "", []error{errAny}},
		{"controller is being deleted", []int{0}, nil, read(deleted, nil), nil, "", []error{errAny}},
	} {
		t.Run(row.name, func(t *testing.T) {
			pods := []*corev1.Pod{pod("a", nil, nil), pod("b", nil, nil), pod("c", nil, nil)}
			var calls []string
			err := kube.Claim(web, pods, row.adopt, row.release, row.live, func(p *corev1.Pod, data []byte) error {
				verb := "adopt"
				if string(data) == string(web.ReleasePatch(kube.Object(p))) {
					verb = "release"
				} else if string(data) != string(web.AdoptPatch(kube.Object(p))) {
					t.Errorf("%s", data)
				}
				calls = append(calls, verb+" "+p.Name)
				return row.patched[p.Name]
			})
			if got := strings.Join(calls, ", "); got != row.calls {
				t.Errorf("%s, want %s", got, row.calls)
			}
			if (err == nil) != (row.want == nil) {
				t.Errorf("error %v, want %v", err, row.want)
			}
			for _, want := range row.want {
				if want != errAny && !errors.Is(err, want) {
					t.Errorf("error %v, want %v", err, want)
				}
			}
		})
	}
}

var errAny = errors.New("any error")

func TestNewPod(t *testing.T) {
	labels := map[string]string{"app": "web"}
	template := &corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{
			Labels: labels, Annotations: map[string]string{"a": "b"}, Finalizers: []string{"example.com/f"},
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	}
	rs := replicaSet("web", 1, labels)
	got := kube.NewPod(web, template)
	want := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", GenerateName: "web-",
			Labels: template.Labels, Annotations: template.Annotations, Finalizers: template.Finalizers,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(rs, replicaSetKind)},
		},
		Spec: template.Spec,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	got.Labels["app"], got.Spec.Containers[0].Name = "db", "other"
	if template.Labels["app"] != "web" || template.Spec.Containers[0].Name != "main" {
		t.Error("shares memory with the template")
	}
	t.Run("nil template", func(t *testing.T) {
		if d, _ := web.Decide(kube.Object(kube.NewPod(web, nil))); d != ownership.Keep {
			t.Errorf("%v", d)
		}
	})
}

func TestNewDaemonPod(t *testing.T) {
	ds := daemonSet("agent", map[string]string{"app": "agent"})
	c, placement, err := kube.DaemonSet(ds)
	if err != nil {
		t.Fatal(err)
	}
	got := kube.NewDaemonPod(c, &ds.Spec.Template, "node-1", "v1")
	v := kube.Pod(got)
	if v.Target != "node-1" || v.Node != "" || v.Revision != "v1" || len(ds.Spec.Template.Labels) != 1 {
		t.Errorf("%+v", v)
	}
	t.Run("no revision", func(t *testing.T) {
		if got := kube.NewDaemonPod(c, &ds.Spec.Template, "node-1", "").Labels; len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
	t.Run("nil template", func(t *testing.T) {
		if v := kube.Pod(kube.NewDaemonPod(c, nil, "node-1", "v1")); v.Target != "node-1" || v.Revision != "v1" {
			t.Errorf("%+v", v)
		}
	})
	t.Run("affinity", func(t *testing.T) { // preferred terms stay, required ones go
		template := ds.Spec.Template.DeepCopy()
		template.Spec.Affinity = requiring(labeled(expression("disk", "In", "ssd")))
		template.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution = []corev1.PreferredSchedulingTerm{{}}
		got := kube.NewDaemonPod(c, template, "node-1", "v1").Spec.Affinity.NodeAffinity
		if len(got.PreferredDuringSchedulingIgnoredDuringExecution) != 1 || !reflect.DeepEqual(
			got.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, []corev1.NodeSelectorTerm{named("In", "node-1")},
		) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("tolerations", func(t *testing.T) { // the pod tolerates what the placement takes for granted, without limit
		minute := int64(60)
		limited := corev1.Toleration{
			Key: corev1.TaintNodeNotReady, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute,
			TolerationSeconds: &minute,
		}
		for _, hostNetwork := range []bool{false, true} {
			template := ds.Spec.Template.DeepCopy()
			template.Spec.HostNetwork, template.Spec.Tolerations = hostNetwork, []corev1.Toleration{limited, limited}
			placement.HostNetwork = hostNetwork
			tolerations := kube.NewDaemonPod(c, template, "node-1", "v1").Spec.Tolerations
			again := &corev1.PodTemplateSpec{Spec: corev1.PodSpec{HostNetwork: hostNetwork, Tolerations: tolerations}}
			if got := kube.NewDaemonPod(c, again, "node-1", "v1").Spec.Tolerations; !reflect.DeepEqual(got, tolerations) {
				t.Errorf("tolerations are added twice: %v", got)
			}
			for _, taint := range []corev1.Taint{
				{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoExecute},
				{Key: corev1.TaintNodeUnreachable, Effect: corev1.TaintEffectNoExecute},
				{Key: corev1.TaintNodeDiskPressure, Effect: corev1.TaintEffectNoSchedule},
				{Key: corev1.TaintNodeMemoryPressure, Effect: corev1.TaintEffectNoSchedule},
				{Key: corev1.TaintNodePIDPressure, Effect: corev1.TaintEffectNoSchedule},
				{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule},
				{Key: corev1.TaintNodeNetworkUnavailable, Effect: corev1.TaintEffectNoSchedule},
				{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoSchedule},
			} {
				fit, _ := placement.On(kube.Node(node("node-1", nil, taint)))
				tolerated := slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool {
					return t.TolerationSeconds == nil && t.Key == taint.Key && t.Effect == taint.Effect
				})
				if tolerated != (fit == daemon.ShouldRun) {
					t.Errorf("host network %v, %v: tolerated %v, but %v", hostNetwork, taint, tolerated, fit)
				}
			}
		}
	})
}

func TestCreateInBatches(t *testing.T) {
	quota, other := errors.New("quota"), errors.New("other")
	for _, row := range []struct {
		name    string
		n       int
		fail    map[int]error
		calls   int
		created int
		want    error
	}{
		{"negative", -1, nil, 0, 0, nil},
		{"none", 0, nil, 0, 0, nil},
		{"all", 10, nil, 10, 10, nil},
		{"first fails", 10, map[int]error{0: quota}, 1, 0, quota},
		{"last of the second batch fails", 10, map[int]error{2: quota}, 3, 2, quota},
		{"first of the third batch fails", 10, map[int]error{3: quota}, 7, 6, quota},
		{"two fail", 10, map[int]error{6: other, 4: quota}, 7, 5, quota},
		{"last fails", 10, map[int]error{9: quota}, 10, 9, quota},
		{"namespace is being deleted", 10, map[int]error{1: namespaceTerminating()}, 3, 2, nil},
		{"namespace is being deleted, and another failure", 10, map[int]error{
			1: fmt.Errorf("pod: %w", namespaceTerminating()), 2: quota,
		}, 3, 1, quota},
	} {
		t.Run(row.name, func(t *testing.T) {
			var mu sync.Mutex
			var calls []int
			created, err := kube.CreateInBatches(row.n, func(i int) error {
				mu.Lock()
				defer mu.Unlock()
				calls = append(calls, i)
				return row.fail[i]
			})
			if created != row.created || !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
				t.Errorf("%d, %v; want %d, %v", created, err, row.created, row.want)
			}
			slices.Sort(calls)
			if len(calls) != row.calls || row.calls > 0 && calls[row.calls-1] != row.calls-1 {
				t.Errorf("calls %v, want the first %d", calls, row.calls)
			}
		})
	}
}

// The calls of a batch run at the same time, and no batch starts before the last one has ended.
func TestCreateInBatchesConcurrently(t *testing.T) {
	batches := map[int]int{0: 0, 1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 2} // by the number of the call
	var started [3]sync.WaitGroup
	for _, batch := range batches {
		started[batch].Add(1)
	}
	var mu sync.Mutex
	ended := 0
	created, err := kube.CreateInBatches(len(batches), func(i int) error {
		mu.Lock()
		if batch := batches[i]; ended != 1<<batch-1 {
			t.Errorf("call %d of batch %d after %d ended", i, batch, ended)
		}
		mu.Unlock()
		started[batches[i]].Done()
		started[batches[i]].Wait() // for all of the batch
		mu.Lock()
		defer mu.Unlock()
		ended++
		return nil
	})
	if created != 7 || err != nil {
		t.Errorf("%d, %v", created, err)
	}
}
