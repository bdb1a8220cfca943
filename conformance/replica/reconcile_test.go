package replica_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/util/consistency"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
)

var replicaSet = appsv1.SchemeGroupVersion.WithKind("ReplicaSet")

// A replicaSetController is the upstream controller. It runs one sync at a time and records its requests.
type replicaSetController struct {
	*replicaset.ReplicaSetController
	pods, replicaSets cache.Indexer
	status            *appsv1.ReplicaSetStatus

	mu      sync.Mutex // creations and deletions run concurrently
	created int
	deleted []string
	patched []string // "web-1 {…}"
}

func newReplicaSetController() *replicaSetController {
	client := fake.NewClientset()
	factory := informers.NewSharedInformerFactory(client, 0)
	sets, list := factory.Apps().V1().ReplicaSets(), factory.Core().V1().Pods()
	c := &replicaSetController{pods: list.Informer().GetIndexer(), replicaSets: sets.Informer().GetIndexer()}
	client.PrependReactor("get", "replicasets", func(a clienttesting.Action) (bool, runtime.Object, error) {
		o, _, err := c.replicaSets.GetByKey(a.GetNamespace() + "/" + a.(clienttesting.GetAction).GetName())
		return true, o.(*appsv1.ReplicaSet), err
	})
	client.PrependReactor("update", "replicasets", func(a clienttesting.Action) (bool, runtime.Object, error) {
		rs := a.(clienttesting.UpdateAction).GetObject().(*appsv1.ReplicaSet)
		c.status = &rs.Status
		return true, rs, nil
	})
	c.ReplicaSetController = replicaset.NewBaseController(logger, sets, list, client, replicaset.BurstReplicas, replicaSet,
		"replicaset", "replicaset", c, record.NewBroadcaster(), replicaset.DefaultReplicaSetControllerFeatures(),
		consistency.NewNoopConsistencyStore())
	return c
}

func (c *replicaSetController) CreatePods(
	context.Context, string, *corev1.PodTemplateSpec, runtime.Object, *metav1.OwnerReference,
) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.created++
	return nil
}

func (c *replicaSetController) CreatePodsWithGenerateName(
	context.Context, string, *corev1.PodTemplateSpec, runtime.Object, *metav1.OwnerReference, string,
) error {
	panic("must not be called")
}

func (c *replicaSetController) DeletePod(_ context.Context, _, name string, _ runtime.Object) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deleted = append(c.deleted, name)
	return nil
}

func (c *replicaSetController) PatchPod(_ context.Context, _, name string, patch []byte) error {
	c.patched = append(c.patched, name+" "+string(patch))
	return nil
}

// sync runs one sync of the first of several ReplicaSets.
func (c *replicaSetController) sync(list []*corev1.Pod, sets ...*appsv1.ReplicaSet) error {
	if err := c.pods.Replace(objects(list), ""); err != nil {
		return err
	}
	if err := c.replicaSets.Replace(objects(sets), ""); err != nil {
		return err
	}
	c.status, c.created, c.deleted, c.patched = nil, 0, nil, nil
	return syncReplicaSet(c.ReplicaSetController, klog.NewContext(context.Background(), logger), sets[0].Namespace+"/"+sets[0].Name)
}

func objects[T any](list []T) []any {
	all := make([]any, len(list))
	for i, o := range list {
		all[i] = o
	}
	return all
}

// newReplicaSet returns a ReplicaSet of a Deployment.
func newReplicaSet(name string, replicas int, selector map[string]string) *appsv1.ReplicaSet {
	deployment := metav1.OwnerReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web", UID: "d1", Controller: new(true)}
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
		Namespace: "shop", Name: name, UID: types.UID("uid of " + name), Generation: 1,
		OwnerReferences: []metav1.OwnerReference{deployment},
	}}
	rs.Spec.Replicas = new(int32(replicas))
	rs.Spec.Selector = &metav1.LabelSelector{MatchLabels: selector}
	rs.Spec.Template.Labels = selector
	return rs
}

// TestReconcile compares one sync of the whole controller: adopted, released, created and deleted pods, and
// the status.
func TestReconcile(t *testing.T) {
	controller := newReplicaSetController()
	synctest.Test(t, func(t *testing.T) { // upstream reads the clock
		time.Sleep(time.Until(pods.Now))
		counts := map[string]int{}
		for n := range *lists / 5 {
			counted, err := checkSync(controller, pods.NewWorld(*seed, uint64(n)), fmt.Sprintf("web-%d", n))
			if err != nil {
				t.Fatalf("case %d of seed %d: %v", n, *seed, err)
			}
			for name, k := range counted {
				counts[name] += k
			}
			if !time.Now().Equal(pods.Now) {
				t.Fatal("the clock advanced")
			}
		}
		t.Logf("seed %d, %d cases: %v", *seed, *lists/5, counts)
		covered(t, counts, "adopted", "released", "created", "deleted", "certain", "terminating")
	})
}

func checkSync(upstream *replicaSetController, w *pods.World, name string) (map[string]int, error) {
	rs := newReplicaSet(name, w.IntN(8), []map[string]string{{"app": "web"}, {"rev": "2"}, {"app": "web", "rev": "2"}}[w.IntN(3)])
	other := newReplicaSet("old", 0, map[string]string{"rev": "2"}) // of the same Deployment
	rs.Spec.MinReadySeconds = minReady[w.IntN(len(minReady))]
	if w.IntN(8) == 0 {
		rs.DeletionTimestamp = &metav1.Time{Time: pods.Now}
	}
	list := w.Pods(w.IntN(10))
	for _, p := range list {
		p.Namespace = "shop"
		if owner := []*appsv1.ReplicaSet{nil, rs, rs, rs, other}[w.IntN(5)]; owner != nil {
			p.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(owner, replicaSet)}
		}
		if pods.Now.Sub(p.CreationTimestamp.Time).Milliseconds() == 0 { // see TestPodsOfThisMillisecond
			p.CreationTimestamp.Time = pods.Now.Add(-time.Second)
		}
	}
	if err := upstream.sync(list, rs, other); err != nil {
		return nil, err
	}

	s, err := kube.Selector(rs.Spec.Selector)
	if err != nil {
		return nil, err
	}
	c, ours := kube.Controller(rs, replicaSet, s), pods.Ours(list)
	otherSelector, err := kube.Selector(other.Spec.Selector)
	if err != nil {
		return nil, err
	}
	onNode := replica.Related(ours, s, otherSelector)
	plan := replica.Sync(c, int(*rs.Spec.Replicas), ours, pods.Now, replica.Options{Related: onNode})

	var patched []string
	for _, i := range plan.Adopt {
		patched = append(patched, list[i].Name+" "+string(c.AdoptPatch(ours[i].Object)))
	}
	for _, i := range plan.Release {
		patched = append(patched, list[i].Name+" "+string(c.ReleasePatch(ours[i].Object)))
	}
	slices.Sort(patched)
	slices.Sort(upstream.patched)
	if !slices.Equal(patched, upstream.patched) {
		return nil, fmt.Errorf("patches %q, upstream %q", patched, upstream.patched)
	}

	counts := map[string]int{
		"adopted": len(plan.Adopt), "released": len(plan.Release), "created": plan.Create, "deleted": len(plan.Delete),
	}
	if plan.Create != upstream.created || len(plan.Delete) != len(upstream.deleted) {
		return nil, fmt.Errorf("%+v, upstream creates %d and deletes %v", plan, upstream.created, upstream.deleted)
	}
	var claimed []*corev1.Pod
	for _, i := range plan.Claimed {
		claimed = append(claimed, list[i])
	}
	now := time.Now() // upstream sorts by the clock
	if diff := len(plan.Delete); newRanked(claimed, onNode, now).certain(diff) {
		var deleted []string
		for _, d := range replica.Diff(len(claimed)-diff, pods.Ours(claimed), now, replica.Options{Related: onNode}).Delete {
			deleted = append(deleted, claimed[d.Index].Name)
		}
		slices.Sort(deleted)
		slices.Sort(upstream.deleted)
		if !slices.Equal(deleted, upstream.deleted) {
			return nil, fmt.Errorf("deletes %v, upstream %v", deleted, upstream.deleted)
		}
		counts["certain"] = len(deleted)
	}

	var owned []replica.Pod
	for _, i := range plan.Kept {
		owned = append(owned, ours[i])
	}
	sum := replica.Summarize(owned, rs.Spec.Template.Labels, time.Duration(rs.Spec.MinReadySeconds)*time.Second, pods.Now)
	status := ourStatus(sum)
	status.ObservedGeneration = 1
	if status.String() != upstream.status.String() {
		return nil, fmt.Errorf("status %v, upstream %v", status, upstream.status)
	}
	counts["terminating"] = sum.Terminating
	return counts, nil
}

// One sync creates at most 500 pods or deletes at most 500, and no more than wanted.
func TestBurst(t *testing.T) {
	upstream := newReplicaSetController()
	for _, tt := range []struct{ want, have int }{{0, 0}, {3, 3}, {499, 0}, {500, 0}, {501, 0}, {0, 501}, {1, 500}, {501, 1}} {
		rs := newReplicaSet(fmt.Sprintf("web-%d-%d", tt.want, tt.have), tt.want, map[string]string{"app": "web"})
		var list []*corev1.Pod
		for i := range tt.have {
			p := running(fmt.Sprintf("web-%d", i), fmt.Sprintf("uid-%d", i), pods.Now, pods.Now, 0)
			p.Labels = rs.Spec.Selector.MatchLabels
			p.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(rs, replicaSet)}
			list = append(list, p)
		}
		if err := upstream.sync(list, rs); err != nil {
			t.Fatal(err)
		}
		plan := replica.Diff(tt.want, pods.Ours(list), pods.Now, replica.Options{})
		if plan.Create != upstream.created || len(plan.Delete) != len(upstream.deleted) {
			t.Errorf("%d pods, want %d: create %d and delete %d, upstream %d and %d", tt.have, tt.want,
				plan.Create, len(plan.Delete), upstream.created, len(upstream.deleted))
		}
	}
}

// Upstream panics: it removes more pods from a list than the list has. rollcall takes a negative number as 0.
func TestNegativeNumberWanted(t *testing.T) {
	one := []*corev1.Pod{running("web-1", "1", pods.Now, pods.Now, 0)}
	rs := newReplicaSet("web", -1, map[string]string{"app": "web"})
	one[0].Labels = rs.Spec.Selector.MatchLabels
	one[0].OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(rs, replicaSet)}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("upstream: no panic")
			}
		}()
		_ = newReplicaSetController().sync(one, rs)
	}()
	if plan := replica.Diff(-1, pods.Ours(one), pods.Now, replica.Options{}); len(plan.Delete) != 1 {
		t.Errorf("%+v", plan)
	}
}

// Upstream, a controller whose selector is missing or contradictory creates pods that it never counts, and
// creates more in the next sync. rollcall creates none.
func TestCreationsForEver(t *testing.T) {
	upstream := newReplicaSetController()
	contradiction := &metav1.LabelSelector{
		MatchLabels:      map[string]string{"app": "web"},
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: metav1.LabelSelectorOpDoesNotExist}},
	}
	for i, ls := range []*metav1.LabelSelector{nil, contradiction} {
		rs := newReplicaSet(fmt.Sprintf("web-%d", i), 3, map[string]string{"app": "web"})
		rs.Spec.Selector = ls
		created := pods.NewWorld(*seed, 0).Pods(3)
		for _, p := range created { // created in the last sync
			p.Labels = rs.Spec.Template.Labels
		}
		if err := upstream.sync(created, rs); err != nil || upstream.created != 3 {
			t.Errorf("upstream: %d created, want 3: %v", upstream.created, err)
		}
		s, err := kube.Selector(ls)
		if err != nil {
			t.Fatal(err)
		}
		plan := replica.Sync(kube.Controller(rs, replicaSet, s), 3, pods.Ours(created), pods.Now, replica.Options{})
		if plan.Create != 0 {
			t.Errorf("%+v", plan)
		}
	}
}
