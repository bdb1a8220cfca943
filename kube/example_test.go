package kube_test

import (
	"errors"
	"fmt"
	"sync/atomic"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

func ExampleSelector() {
	_, err := kube.Selector(&metav1.LabelSelector{
		MatchLabels:      map[string]string{"app": "web shop"},
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "tier", Operator: metav1.LabelSelectorOpIn}},
	})
	fmt.Println(err)
	// Output:
	// matchLabels[app]: "web shop": ' ' at offset 3, want letters, digits, '-', '_' and '.'
	// matchExpressions[0].values: []: In needs at least one value
}

// The owner of pods may be of any kind. The selector comes from a field of it.
func ExampleController() {
	web := map[string]string{"app": "web"}
	game := &metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u1"} // any metav1.Object
	kind := schema.GroupVersionKind{Group: "games.example.com", Version: "v1", Kind: "GameServerSet"}
	s, err := kube.Selector(&metav1.LabelSelector{MatchLabels: web})
	if err != nil {
		fmt.Println(err)
	}
	c := kube.Controller(game, kind, s)
	orphan := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-1", Labels: web}}
	fmt.Println(c.Ref)
	fmt.Println(c.Explain(kube.Object(orphan)))
	// Output:
	// GameServerSet/web
	// selected, no controller: to be adopted
}

// All errors of the spec are found at once.
func ExampleReplicaSet() {
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u1"}}
	_, _, _, err := kube.ReplicaSet(rs)
	fmt.Println(err)
	// Output:
	// spec.selector: is missing, or selects nothing
	// spec.template.metadata.labels: are missing: Kubernetes creates no pod without labels
}

// A ReplicationController without a selector selects the labels of its template.
func ExampleReplicationController() {
	rc := &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "kubia", UID: "u1"}}
	rc.Spec.Template = &corev1.PodTemplateSpec{}
	rc.Spec.Template.Labels = map[string]string{"app": "kubia"}
	c, want, _, err := kube.ReplicationController(rc)
	fmt.Println(c.Ref, c.Selector, want, err)
	// Output: ReplicationController/kubia app=kubia 1 <nil>
}

// The string form of labels.Nothing is empty, so it would list everything.
func ExampleAsSelector() {
	fmt.Printf("%q\n", labels.Nothing().String())
	fmt.Printf("%q\n", kube.AsSelector(selector.Nothing()).String())
	fmt.Println(kube.AsSelector(selector.MustParse("app in (web,www)")).Matches(labels.Set{"app": "web"}))
	// Output:
	// ""
	// "a,!a"
	// true
}

func ExampleFilterControlledBy() {
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "web", UID: "u1"}}
	pods := make([]corev1.Pod, 3)
	pods[1].Name = "web-1"
	kind := appsv1.SchemeGroupVersion.WithKind("ReplicaSet")
	pods[1].OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(rs, kind)}
	for _, pod := range kube.FilterControlledBy(rs, pods) {
		fmt.Println(pod.Name, pod == &pods[1])
	}
	// Output: web-1 true
}

func ExamplePlacement() {
	ds := &appsv1.DaemonSet{}
	ds.Spec.Template.Spec.NodeSelector = map[string]string{"disk": "ssd"}
	placement, err := kube.Placement(&ds.Spec.Template)
	if err != nil {
		fmt.Println(err)
	}
	hdd := map[string]string{"disk": "hdd"}
	fmt.Println(placement.Explain(kube.Node(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: hdd}})))
	fmt.Println(placement.On(daemon.Node{Labels: map[string]string{"disk": "ssd"}}))
	// Output:
	// should run no pod: label disk is "hdd", want "ssd"
	// ShouldRun None
}

// A quota allows two pods. Of the batches of 1, 2 and 1 pods, the second fails.
func ExampleCreateInBatches() {
	var pods atomic.Int32
	created, err := kube.CreateInBatches(4, func(int) error {
		if pods.Add(1) > 2 {
			return errors.New("exceeded quota")
		}
		return nil
	})
	fmt.Println(created, "created:", err)
	// Output: 2 created: exceeded quota
}
