package kube_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

var clusterTime = time.Unix(1_790_000_000, 0)

// drawPods draws pods of two namespaces, of every owner and state, with different names and UIDs.
func drawPods(t *rapid.T) []*corev1.Pod {
	refs := []*metav1.OwnerReference{
		nil, nil, {UID: "web-uid"}, {UID: "web-uid"}, {UID: "other-uid"}, {UID: ""}, {Name: "web"},
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *corev1.Pod {
		p := pod("", map[string]string{"app": rapid.SampledFrom([]string{"web", "web", "db"}).Draw(t, "app")}, nil)
		p.Namespace = rapid.SampledFrom([]string{"shop", "shop", "evil"}).Draw(t, "namespace")
		if ref := rapid.SampledFrom(refs).Draw(t, "controller"); ref != nil {
			yes := true
			p.OwnerReferences = []metav1.OwnerReference{{Name: ref.Name, UID: ref.UID, Controller: &yes}}
		}
		if rapid.IntRange(0, 4).Draw(t, "deleting") == 0 {
			p.DeletionTimestamp = &metav1.Time{Time: clusterTime}
		}
		p.Spec.NodeName = rapid.SampledFrom([]string{"", "node-1", "node-2", "node-3"}).Draw(t, "node")
		p.Status.Phase = rapid.SampledFrom([]corev1.PodPhase{"Running", "Running", "Pending", "Failed"}).Draw(t, "phase")
		age := time.Duration(rapid.IntRange(0, 1000).Draw(t, "age")) * time.Second
		p.CreationTimestamp = metav1.NewTime(clusterTime.Add(-age))
		if rapid.Bool().Draw(t, "ready") {
			p.Status.Conditions = []corev1.PodCondition{
				{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: p.CreationTimestamp},
			}
		}
		return p
	}), 0, 40).Draw(t, "pods")
}

// byOwner returns the pods that the owner index of the example has for a controller.
func byOwner(c ownership.Controller, pods []*corev1.Pod) []*corev1.Pod {
	var list []*corev1.Pod
	for _, p := range pods {
		switch ownerKey(p.Namespace, string(controllerUID(p))) {
		case ownerKey(c.Namespace, c.UID), ownerKey(c.Namespace, ""):
			list = append(list, p)
		}
	}
	return list
}

// names returns the pods of a plan by name: their indices differ.
func names(pods []*corev1.Pod, indices []int) []string {
	return convert(indices, func(i int) string { return pods[i].Name })
}

// A sync with the pods of an owner index plans what a sync with all pods plans.
func TestSyncWithOwnerIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawPods(t)
		for i, p := range all {
			p.Name = fmt.Sprint("pod-", i)
			p.UID = types.UID(p.Name + "-uid")
		}
		want := rapid.IntRange(0, 20).Draw(t, "want")
		indexed := byOwner(web, all)
		c, _, _, err := kube.ReplicaSet(replicaSet("web", 1, map[string]string{"app": "web"}))
		if err != nil {
			t.Fatal(err)
		}
		o := replica.Options{Related: map[string]int{"node-1": 2}}
		plan := func(pods []*corev1.Pod) any {
			p := replica.Sync(c, want, convert(pods, kube.Pod), clusterTime, o)
			return []any{names(pods, p.Adopt), names(pods, p.Release), names(pods, p.Claimed), names(pods, p.Kept), p.Create,
				convert(p.Delete, func(d replica.Deletion) any { return []any{pods[d.Index].Name, d.Rule} })}
		}
		if got, want := plan(indexed), plan(all); !reflect.DeepEqual(got, want) {
			t.Fatalf("ReplicaSet:\n%v\n%v with all pods", got, want)
		}
		d, placement, err := kube.DaemonSet(daemonSet("web", map[string]string{"app": "web"}))
		if err != nil {
			t.Fatal(err)
		}
		nodes := []daemon.Node{{Name: "node-1"}, {Name: "node-2"}, {Name: "node-4"}}
		daemonPlan := func(pods []*corev1.Pod) any {
			p := daemon.Sync(d, nodes, convert(pods, kube.Pod), placement, clusterTime)
			return []any{names(pods, p.Adopt), names(pods, p.Release), p.Create, names(pods, p.Current), p.Status, p.NextCheck,
				convert(p.Delete, func(d daemon.Deletion) any { return []any{pods[d.Index].Name, d.Rule} })}
		}
		if got, want := daemonPlan(indexed), daemonPlan(all); !reflect.DeepEqual(got, want) {
			t.Fatalf("DaemonSet:\n%v\n%v with all pods", got, want)
		}
	})
}

// The pods of one ReplicaSet of 10,000 pods, all in one namespace: with the whole list, and with what an
// owner index has.
func BenchmarkSync(b *testing.B) {
	const owners, each = 1000, 10
	var all []*corev1.Pod
	labels := map[string]string{"app": "web"}
	for i := range owners {
		rs := replicaSet(fmt.Sprint("web-", i), each, labels)
		for j := range each {
			p := pod(fmt.Sprint(rs.Name, "-", j), labels, rs)
			p.Spec.NodeName, p.Status.Phase = fmt.Sprint("node-", j), corev1.PodRunning
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
			all = append(all, p)
		}
	}
	c, _, _, err := kube.ReplicaSet(replicaSet("web-7", each, labels))
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range []struct {
		name string
		pods []*corev1.Pod
	}{{"namespace", all}, {"ownerIndex", byOwner(c, all)}} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				plan := replica.Sync(c, each-1, convert(row.pods, kube.Pod), clusterTime, replica.Options{})
				if len(plan.Delete) != 1 || len(plan.Claimed) != each {
					b.Fatal(plan)
				}
			}
		})
	}
}
