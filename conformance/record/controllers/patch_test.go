package main

import (
	"context"
	"flag"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

var programs = flag.String("programs", "", "folder in which the recorder has built the control plane")

// TestPatchesOnAServer sends the patches of package ownership to a running API server. It is skipped without
// -programs, because the server takes minutes to build. TestClaims and TestPatches compare the same bytes
// with upstream's.
//
//	go test ./record/controllers -run TestPatchesOnAServer -programs ~/.cache/rollcall/controlplane
func TestPatchesOnAServer(t *testing.T) {
	if *programs == "" {
		t.Skip("needs a control plane: see -programs")
	}
	ctx, fail := context.WithCancelCause(t.Context())
	p, err := startPlane(ctx, fail, *programs)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	const namespace, finalizer = "patches", "example.com/kept"
	if err := p.createNamespace(ctx, namespace); err != nil {
		t.Fatal(err)
	}
	web := map[string]string{"app": "web"}
	create := func(name string) *appsv1.ReplicaSet {
		rs, err := p.AppsV1().ReplicaSets(namespace).Create(ctx, replicaSet(name, 0, metav1.LabelSelector{MatchLabels: web}, web), metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return rs
	}
	controller := func(rs *appsv1.ReplicaSet) ownership.Controller {
		return kube.Controller(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), selector.MustParse("app=web"))
	}
	mine, other := create("mine"), create("other")
	c := controller(mine)

	otherOwner := metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "config", UID: "config-uid"}
	plain := metav1.OwnerReference{APIVersion: c.APIVersion, Kind: c.Kind, Name: c.Name, UID: mine.UID} // owns without controlling
	pod := newPod("pod").Pod
	pod.Labels, pod.OwnerReferences = web, []metav1.OwnerReference{otherOwner, plain}
	stored, err := p.CoreV1().Pods(namespace).Create(ctx, &pod, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	patch := func(patch []byte) error {
		patched, err := p.CoreV1().Pods(namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
		if err == nil {
			stored = patched
		}
		return err
	}
	expect := func(when string, want ownership.Decision, references, finalizers int) {
		t.Helper()
		if d, _ := c.Decide(kube.Object(stored)); d != want || len(stored.OwnerReferences) != references || len(stored.Finalizers) != finalizers {
			t.Errorf("%s: %v, want %v; %+v, %v", when, d, want, stored.OwnerReferences, stored.Finalizers)
		}
	}
	expect("at first", ownership.Adopt, 2, 0)

	successor := kube.Object(stored)
	successor.UID = "another-uid"
	if err := patch(c.AdoptPatch(successor)); !apierrors.IsInvalid(err) {
		t.Errorf("patch for another pod's UID: %v, want it rejected as invalid", err)
	}
	if err := patch(c.AdoptPatch(kube.Object(stored), finalizer)); err != nil {
		t.Error(err)
	}
	expect("adopted", ownership.Keep, 2, 1)
	if err := patch(controller(other).AdoptPatch(kube.Object(stored))); !apierrors.IsInvalid(err) {
		t.Errorf("adoption by a second controller: %v, want it rejected as invalid", err)
	}
	if err := patch(c.ReleasePatch(kube.Object(stored), finalizer)); err != nil {
		t.Error(err)
	}
	expect("released", ownership.Adopt, 1, 0)
	if stored.OwnerReferences[0] != otherOwner {
		t.Errorf("the other owner's reference became %+v", stored.OwnerReferences[0])
	}
}
