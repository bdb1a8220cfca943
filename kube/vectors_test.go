package kube_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// A vector is one line of testdata: objects as the API serves them, and what Kubernetes' own controller did
// about them.
type vector struct {
	Kind        string
	Now         time.Time
	ReplicaSet  string // whose spec.replicas became ScaleTo
	ScaleTo     int
	ReplicaSets []appsv1.ReplicaSet
	DaemonSet   *appsv1.DaemonSet
	Nodes       []corev1.Node
	Pods        []corev1.Pod
	Did         struct{ Deleted, CreatedOn []string }
	Status      appsv1.DaemonSetStatus
}

func TestVectors(t *testing.T) {
	f, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kinds := map[string]int{}
	for d := json.NewDecoder(f); ; {
		var v vector
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		kinds[v.Kind]++
		switch v.Kind {
		case "scale-down":
			v.scaleDown(t)
		case "daemon":
			v.daemon(t)
		}
	}
	if kinds["scale-down"] < 2 || kinds["daemon"] < 4 {
		t.Errorf("only %v", kinds)
	}
}

// scaleDown holds the pods that are to go against those that the ReplicaSet controller deleted.
func (v *vector) scaleDown(t *testing.T) {
	rs := &v.ReplicaSets[slices.IndexFunc(v.ReplicaSets, func(rs appsv1.ReplicaSet) bool { return rs.Name == v.ReplicaSet })]
	c := kube.Controller(rs, replicaSetKind, mustSelector(t, rs.Spec.Selector))
	var pods []replica.Pod
	for i := range v.Pods {
		pods = append(pods, kube.Pod(&v.Pods[i]))
	}
	var o replica.Options
	if deployment := metav1.GetControllerOf(rs); deployment != nil {
		var siblings []selector.Selector
		for _, rs := range kube.FilterControlledBy(&metav1.ObjectMeta{UID: deployment.UID}, v.ReplicaSets) {
			siblings = append(siblings, mustSelector(t, rs.Spec.Selector))
		}
		o.Related = replica.Related(pods, siblings...)
	}
	var deleted []string
	for _, victim := range replica.Sync(c, v.ScaleTo, pods, v.Now, o).Delete {
		deleted = append(deleted, pods[victim.Index].Name)
	}
	slices.Sort(deleted)
	if !slices.Equal(deleted, v.Did.Deleted) {
		t.Errorf("%s: %v are to go, Kubernetes deleted %v", rs.Namespace, deleted, v.Did.Deleted)
	}
}

// daemon holds the nodes that get a pod against those where the DaemonSet controller created one.
func (v *vector) daemon(t *testing.T) {
	p, err := kube.Placement(&v.DaemonSet.Spec.Template)
	if err != nil {
		t.Fatal(err)
	}
	var nodes []daemon.Node
	for i := range v.Nodes {
		nodes = append(nodes, kube.Node(&v.Nodes[i]))
	}
	var pods []replica.Pod
	for i := range v.Pods {
		pods = append(pods, kube.Pod(&v.Pods[i]))
	}
	plan := daemon.Diff(nodes, pods, p, v.Now)
	slices.Sort(plan.Create)
	if !slices.Equal(plan.Create, v.Did.CreatedOn) {
		t.Errorf("%s: a pod is to be on %v, Kubernetes created them on %v", v.DaemonSet.Namespace, plan.Create, v.Did.CreatedOn)
	}
	if want := int(v.Status.DesiredNumberScheduled); plan.Status.Desired != want {
		t.Errorf("%s: %d desired, want %d", v.DaemonSet.Namespace, plan.Status.Desired, want)
	}
}

func mustSelector(t *testing.T, ls *metav1.LabelSelector) selector.Selector {
	t.Helper()
	s, err := kube.Selector(ls)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
