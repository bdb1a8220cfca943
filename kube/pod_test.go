package kube_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

func TestPod(t *testing.T) {
	t0 := time.Unix(1_790_000_000, 0)
	ready := func(status corev1.ConditionStatus, since time.Time) corev1.PodCondition {
		return corev1.PodCondition{Type: corev1.PodReady, Status: status, LastTransitionTime: metav1.NewTime(since)}
	}
	conditions := func(all ...corev1.PodCondition) corev1.Pod {
		return corev1.Pod{Status: corev1.PodStatus{Conditions: all}}
	}
	cost := func(text string) corev1.Pod {
		return corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"controller.kubernetes.io/pod-deletion-cost": text}}}
	}
	always, onFailure := corev1.ContainerRestartPolicyAlways, corev1.ContainerRestartPolicyOnFailure
	for _, test := range []struct {
		name string
		pod  corev1.Pod
		want replica.Pod
	}{
		{"the zero pod", corev1.Pod{}, replica.Pod{}},
		{"plain fields", corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Name: "web", CreationTimestamp: metav1.NewTime(t0),
				Labels: map[string]string{appsv1.ControllerRevisionHashLabelKey: "5d8f"},
			},
			Spec:   corev1.PodSpec{NodeName: "node-1"},
			Status: corev1.PodStatus{Phase: corev1.PodRunning},
		}, replica.Pod{
			Object: ownership.Object{Name: "web", Labels: map[string]string{"controller-revision-hash": "5d8f"}},
			Node:   "node-1", Phase: "Running", Revision: "5d8f", Created: t0,
		}},

		{"ready", conditions(ready("True", t0)), replica.Pod{Ready: true, ReadySince: t0}},
		{"ready, nobody knows since when", conditions(ready("True", time.Time{})), replica.Pod{Ready: true}},
		{"not ready", conditions(ready("False", t0)), replica.Pod{}},
		{"perhaps ready", conditions(ready("Unknown", t0)), replica.Pod{}},
		{"another condition", conditions(corev1.PodCondition{Type: corev1.ContainersReady, Status: "True"}), replica.Pod{}},
		{"the first Ready condition counts", conditions(ready("False", t0), ready("True", t0)), replica.Pod{}},

		{"deletion cost", cost("-7"), replica.Pod{DeletionCost: -7}},
		{"deletion cost, not valid", cost("+7"), replica.Pod{}},

		{"regular containers", corev1.Pod{Status: corev1.PodStatus{
			ContainerStatuses: []corev1.ContainerStatus{{RestartCount: 1}, {RestartCount: 4}, {RestartCount: 2}},
		}}, replica.Pod{Restarts: 4}},
		{"sidecars, not other init containers", corev1.Pod{
			Spec: corev1.PodSpec{InitContainers: []corev1.Container{
				{Name: "init"}, {Name: "log", RestartPolicy: &always}, {Name: "once", RestartPolicy: &onFailure}, {Name: "proxy", RestartPolicy: &always},
			}},
			Status: corev1.PodStatus{InitContainerStatuses: []corev1.ContainerStatus{
				{Name: "init", RestartCount: 9}, {Name: "proxy", RestartCount: 2}, {Name: "once", RestartCount: 8},
				{Name: "log", RestartCount: 1}, {Name: "gone", RestartCount: 7},
			}},
		}, replica.Pod{SidecarRestarts: 2}},
	} {
		if got := kube.Pod(&test.pod); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// Pods as a real API server serves them: one in a crash loop, one evicted, one of a DaemonSet.
func TestRealPods(t *testing.T) {
	text, err := os.ReadFile("testdata/pods.json")
	if err != nil {
		t.Fatal(err)
	}
	var pods corev1.PodList
	if err := json.Unmarshal(text, &pods); err != nil {
		t.Fatal(err)
	}
	created := time.Date(2026, 11, 23, 19, 7, 21, 0, time.UTC)
	for i, want := range []replica.Pod{
		{
			Object: ownership.Object{
				Namespace: "shop", Name: "kubia-28pq4", UID: "ec81d0b7-9f06-490d-a22d-284a55495a39",
				Labels: map[string]string{"app": "kubia", "topology.kubernetes.io/zone": "zone-2", "type": "special"},
				ControlledBy: ownership.Ref{
					APIVersion: "v1", Kind: "ReplicationController", Name: "kubia", UID: "a12ef280-7f85-4824-a6aa-181e155bc0c3",
				},
			},
			Node: "node-5", Phase: "Running", Created: created, Restarts: 7,
		},
		{ // evicted, though its Ready condition was left as it was
			Object: ownership.Object{
				Namespace: "shop", Name: "frontend-v2-njhsz", UID: "a5e690fb-4b1f-42cc-a25c-ac7e66c2713f",
				Labels: map[string]string{"tier": "frontend", "topology.kubernetes.io/zone": "zone-1", "track": "canary"},
				ControlledBy: ownership.Ref{
					APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "frontend-v2", UID: "d64da9a5-a05d-4f0a-9ef2-dfa74d2df54d",
				},
			},
			Node: "node-1", Phase: "Failed", Ready: true, ReadySince: created, Created: created,
		},
		{
			Object: ownership.Object{
				Namespace: "shop", Name: "ssd-monitor-865hh", UID: "2a6e1a5f-13a1-4d1d-bcd8-12c46f94d9d9",
				Labels: map[string]string{
					"app": "ssd-monitor", "controller-revision-hash": "5b4894bdd8", "pod-template-generation": "1",
					"topology.kubernetes.io/zone": "zone-0",
				},
				ControlledBy: ownership.Ref{
					APIVersion: "apps/v1", Kind: "DaemonSet", Name: "ssd-monitor", UID: "0b27ed9d-65b1-4e54-b59e-521484ff64d0",
				},
			},
			Node: "node-0", Phase: "Running", Revision: "5b4894bdd8", Ready: true, ReadySince: created, Created: created,
		},
	} {
		got := kube.Pod(&pods.Items[i])
		got.Created, got.ReadySince = got.Created.UTC(), got.ReadySince.UTC()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestPodTarget(t *testing.T) {
	term := func(fields ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchFields: fields}
	}
	const name = "metadata.name"
	for _, test := range []struct {
		name  string
		node  string
		terms []corev1.NodeSelectorTerm
		want  string
	}{
		{"as the DaemonSet controller makes it", "", []corev1.NodeSelectorTerm{term(expression(name, "In", "node-1"))}, "node-1"},
		{"bound to a node", "node-2", []corev1.NodeSelectorTerm{term(expression(name, "In", "node-1"))}, ""},
		{"no terms", "", nil, ""},
		{"another operator", "", []corev1.NodeSelectorTerm{term(expression(name, "NotIn", "node-1"))}, ""},
		{"another field, then it", "", []corev1.NodeSelectorTerm{term(expression("metadata.uid", "In", "u"), expression(name, "In", "node-1"))}, "node-1"},
		{"the first of two terms", "", []corev1.NodeSelectorTerm{term(), term(expression(name, "In", "a")), term(expression(name, "In", "b"))}, "a"},
		{"two values, then one", "", []corev1.NodeSelectorTerm{term(expression(name, "In", "a", "b")), term(expression(name, "In", "c"))}, ""},
		{"a node without a name", "", []corev1.NodeSelectorTerm{term(expression(name, "In", "")), term(expression(name, "In", "a"))}, ""},
		{"a label", "", []corev1.NodeSelectorTerm{labeled(expression(name, "In", "node-1"))}, ""},
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{NodeName: test.node, Affinity: requiring(test.terms...)}}
		if got := kube.Pod(pod); got.Target != test.want || got.Node != test.node {
			t.Errorf("%s: target %q, node %q, want %q and %q", test.name, got.Target, got.Node, test.want, test.node)
		}
	}
	for _, affinity := range []*corev1.Affinity{nil, {}, {NodeAffinity: &corev1.NodeAffinity{}}} {
		if got := kube.Pod(&corev1.Pod{Spec: corev1.PodSpec{Affinity: affinity}}); got.Target != "" {
			t.Errorf("%v: target %q", affinity, got.Target)
		}
	}
}

func requiring(terms ...corev1.NodeSelectorTerm) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms},
	}}
}

// Upstream counts a daemon pod of the template's generation as updated too, whatever its revision.
func TestUpdatedByRevisionAlone(t *testing.T) {
	pod := corev1.Pod{Spec: corev1.PodSpec{NodeName: "node-1"}}
	pod.Labels = map[string]string{"pod-template-generation": "2", "controller-revision-hash": "1"}
	for revision, want := range map[string]int{"1": 1, "2": 0, "": 0} {
		p := daemon.Placement{Revision: revision}
		if got := daemon.Diff([]daemon.Node{{Name: "node-1"}}, []replica.Pod{kube.Pod(&pod)}, p, time.Time{}).Status.Updated; got != want {
			t.Errorf("revision %q: %d updated, want %d", revision, got, want)
		}
	}
}

// A pod that is not there is nobody's replica, and stands for no node.
func TestNilPod(t *testing.T) {
	if p := kube.Pod(nil); p.Active() || p.Node != "" || p.Target != "" {
		t.Errorf("nil is %+v", p)
	}
	plan := replica.Diff(1, []replica.Pod{kube.Pod(nil)}, time.Time{}, replica.Options{})
	if plan.Create != 1 || plan.Delete != nil {
		t.Errorf("with a nil pod: %+v, want one to create", plan)
	}
}
