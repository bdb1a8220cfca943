package kube_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func TestDaemonSetController(t *testing.T) {
	const always = "[create agent-a]"
	for _, row := range []struct {
		name    string
		change  func(*daemonCluster)
		calls   string
		failing bool
		status  appsv1.DaemonSetStatus
	}{
		{"creates", func(*daemonCluster) {}, always, false, appsv1.DaemonSetStatus{
			DesiredNumberScheduled: 2, CurrentNumberScheduled: 1, NumberUnavailable: 2, ObservedGeneration: 1,
		}},
		{"is gone", func(c *daemonCluster) { c.ds = nil }, "[]", false, appsv1.DaemonSetStatus{}},
		{"is being deleted", func(c *daemonCluster) { c.ds.DeletionTimestamp = &metav1.Time{} }, "[]", false,
			appsv1.DaemonSetStatus{}},
		{"is invalid", func(c *daemonCluster) { c.ds.Spec.Selector = nil }, "[]", true, appsv1.DaemonSetStatus{}},
		{"changed since it was cached", func(c *daemonCluster) {
			c.stored = c.ds.DeepCopy()
			c.stored.ResourceVersion = "2"
		}, always, false, appsv1.DaemonSetStatus{
			DesiredNumberScheduled: 2, CurrentNumberScheduled: 1, NumberUnavailable: 2, ObservedGeneration: 1,
		}},
		{"was replaced since it was cached", func(c *daemonCluster) {
			c.stored = c.ds.DeepCopy()
			c.stored.UID = "next"
		}, always, false, appsv1.DaemonSetStatus{}},
		{"adopts and releases", func(c *daemonCluster) {
			orphan, leaving := daemonPod("b", c.ds, "node-2"), daemonPod("c", c.ds, "node-2")
			orphan.OwnerReferences, leaving.Labels = nil, nil
			c.pods[orphan.Name], c.pods[leaving.Name] = orphan, leaving
			c.cachedPods[orphan.Name], c.cachedPods[leaving.Name] = orphan, leaving
		}, "[adopt b release c]", false, appsv1.DaemonSetStatus{
			DesiredNumberScheduled: 2, CurrentNumberScheduled: 2, NumberUnavailable: 2, ObservedGeneration: 1,
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			ds := daemonSet("agent", map[string]string{"app": "agent"})
			api := &daemonCluster{
				cluster: newCluster(nil, daemonPod("a", ds, "node-1")), ds: ds,
				nodes: []*corev1.Node{node("node-1", nil), node("node-2", nil)},
			}
			row.change(api)
			r := &DaemonSetController{DaemonSetClient: api}
			name := types.NamespacedName{Namespace: "shop", Name: "agent"}
			_, err := r.Sync(context.Background(), name, time.Unix(1e9, 0))
			slices.Sort(api.calls)
			if got := fmt.Sprint(api.calls); got != row.calls || (err != nil) != row.failing {
				t.Errorf("%s, %v; want %s", got, err, row.calls)
			}
			if api.ds != nil && fmt.Sprint(api.ds.Status) != fmt.Sprint(row.status) {
				t.Errorf("%+v, want %+v", api.ds.Status, row.status)
			}
		})
	}
}

// A failed pod is replaced at once, the next one of the node only after a delay. A new generation starts without delay.
func TestDaemonSetFailedPods(t *testing.T) {
	ds := daemonSet("agent", map[string]string{"app": "agent"})
	api := &daemonCluster{cluster: newCluster(nil), ds: ds, nodes: []*corev1.Node{node("node-1", nil)}}
	r := &DaemonSetController{DaemonSetClient: api}
	api.observer = &r.tracker
	name, now := types.NamespacedName{Namespace: "shop", Name: "agent"}, time.Unix(1e9, 0)
	for _, step := range []struct {
		name, failed string
		after        time.Duration
		generation   int64
		want         string
		again        time.Duration
	}{
		{"first", "a", 0, 1, "[delete a]", 5*time.Minute + 1},
		{"second", "b", 500 * time.Millisecond, 1, "[]", 500 * time.Millisecond},
		{"second after the delay", "b", time.Second, 1, "[delete b]", 5*time.Minute + 1},
		{"new generation", "c", 0, 2, "[delete c]", 5*time.Minute + 1},
	} {
		t.Run(step.name, func(t *testing.T) {
			api.ds = api.ds.DeepCopy()
			api.ds.Generation = step.generation
			p := daemonPod(step.failed, ds, "node-1")
			p.Status.Phase = corev1.PodFailed
			api.put(p.Name, p)
			api.catchUp(len(api.changes))
			now = now.Add(step.after)
			again, err := r.Sync(context.Background(), name, now)
			if got := fmt.Sprint(api.calls); got != step.want || again != step.again || err != nil {
				t.Errorf("%s, again in %v, %v; want %s in %v", got, again, err, step.want, step.again)
			}
			if api.calls != nil {
				api.put(p.Name, nil)
			}
			api.calls = nil
			api.catchUp(len(api.changes))
		})
	}
}
