package kube_test

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// world returns a ReplicaSet with ten pods, among those of a hundred.
func world() (*appsv1.ReplicaSet, []corev1.Pod) {
	uid := func(i int) types.UID { return types.UID(fmt.Sprintf("0b7c2a4e-93f1-4d50-8a66-%012d", i)) }
	pods := make([]corev1.Pod, 1000)
	for i := range pods {
		rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("rs-%d", i%100), UID: uid(i % 100)}}
		pods[i] = corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: fmt.Sprintf("pod-%d", i), UID: uid(1000 + i),
				CreationTimestamp: metav1.NewTime(time.Unix(1_790_000_000, 0)),
				Labels:            map[string]string{"app": "web", "pod-template-hash": rs.Name},
				OwnerReferences:   []metav1.OwnerReference{*metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))},
			},
			Spec: corev1.PodSpec{NodeName: "node-1"},
			Status: corev1.PodStatus{
				Phase:             corev1.PodRunning,
				Conditions:        []corev1.PodCondition{{Type: corev1.PodScheduled}, {Type: corev1.PodReady, Status: corev1.ConditionTrue}},
				ContainerStatuses: []corev1.ContainerStatus{{Name: "main", RestartCount: 3}},
			},
		}
	}
	return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "rs-7", UID: uid(7)}}, pods
}

func BenchmarkObject(b *testing.B) {
	_, pods := world()
	rs := &appsv1.ReplicaSet{ObjectMeta: pods[0].ObjectMeta}
	b.Run("pod", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			kube.Object(&pods[i%8])
		}
	})
	b.Run("replicaSet", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			kube.Object(rs)
		}
	})
	b.Run("interface", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			kube.Object[metav1.Object](rs)
		}
	})
}

func BenchmarkPod(b *testing.B) {
	_, pods := world()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		kube.Pod(&pods[i%8])
	}
}

func BenchmarkFilter(b *testing.B) {
	rs, pods := world()
	c := kube.Controller(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), selector.MustParse("app=web"))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range ownership.Filter(c, ownership.Pointers(pods), kube.Object) {
			n++
		}
		if n != 10 {
			b.Fatal(n)
		}
	}
}

func BenchmarkFilterControlledBy(b *testing.B) {
	rs, pods := world()
	b.Run("rollcall", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n := len(kube.FilterControlledBy(rs, pods)); n != 10 {
				b.Fatal(n)
			}
		}
	})
	b.Run("pointers", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var mine []*corev1.Pod
			for i := range pods {
				if metav1.IsControlledBy(&pods[i], rs) {
					mine = append(mine, &pods[i])
				}
			}
			if len(mine) != 10 {
				b.Fatal(len(mine))
			}
		}
	})
	b.Run("dashboard", func(b *testing.B) { // as Kubernetes Dashboard does
		b.ReportAllocs()
		for b.Loop() {
			var mine []corev1.Pod
			for _, pod := range pods {
				if metav1.IsControlledBy(&pod, rs) {
					mine = append(mine, pod)
				}
			}
			if len(mine) != 10 {
				b.Fatal(len(mine))
			}
		}
	})
}

func BenchmarkAsSelector(b *testing.B) {
	s := kube.AsSelector(selector.MustParse("app=web,tier in (front,back)"))
	up, err := labels.Parse("app=web,tier in (front,back)")
	if err != nil {
		b.Fatal(err)
	}
	set := labels.Set{"app": "web", "tier": "back", "x": "y"}
	for _, row := range []struct {
		name   string
		s      labels.Selector
		labels labels.Labels
	}{{"set", s, set}, {"other", s, &other{set}}, {"upstream", up, set}} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				row.s.Matches(row.labels)
			}
		})
	}
}
