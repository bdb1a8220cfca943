package kube_test

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
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

// A ReplicationController has a plain map as its selector, or none, and is then given the labels of its
// template.
func ExampleController() {
	rc := &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "kubia", UID: "u1"}}
	rc.Spec.Template = &corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "kubia"}}}
	s, err := selector.FromLabels(replica.DefaultSelector(rc.Spec.Selector, rc.Spec.Template.Labels))
	if err != nil {
		fmt.Println(err)
	}
	c := kube.Controller(rc, corev1.SchemeGroupVersion.WithKind("ReplicationController"), s)
	fmt.Println(c.Decide(kube.Object(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Labels: rc.Spec.Template.Labels}})))
	// Output: Adopt OrphanMatch
}

// The text of a list option: upstream's nothing would list everything.
func ExampleAsSelector() {
	fmt.Printf("%q\n", labels.Nothing().String())
	fmt.Printf("%q\n", metav1.ListOptions{LabelSelector: kube.AsSelector(selector.Nothing()).String()}.LabelSelector)
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
	pods[1].OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))}
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
	node := kube.Node(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: map[string]string{"disk": "hdd"}}})
	fmt.Println(placement.Explain(node))
	fmt.Println(placement.On(daemon.Node{Labels: map[string]string{"disk": "ssd"}}))
	// Output:
	// should run no pod: label disk is "hdd", want "ssd"
	// ShouldRun None
}
