package kube_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

// A DaemonSetClient reads from a cache, except for GetLive, and writes to the API server. Callers may change
// only what GetLive returns. PodClient is that of the ReplicaSet controller (example_controller_test.go).
type DaemonSetClient interface {
	PodClient
	Get(ctx context.Context, name types.NamespacedName) (*appsv1.DaemonSet, error)
	GetLive(ctx context.Context, name types.NamespacedName) (*appsv1.DaemonSet, error)
	Revision(ctx context.Context, ds *appsv1.DaemonSet) (string, error) // controller-revision-hash of the template
	ListNodes(ctx context.Context) ([]*corev1.Node, error)
	UpdateStatus(ctx context.Context, ds *appsv1.DaemonSet) error
}

// A DaemonSetController does what Kubernetes' DaemonSet controller does with the update strategy OnDelete.
type DaemonSetController struct {
	DaemonSetClient
	tracker    kube.Tracker // gets the events of the cache of pods
	failedPods sync.Map     // *daemon.FailedPods by specKey
}

// A specKey is the spec of one DaemonSet at one time.
type specKey struct {
	uid        types.UID
	generation int64
}

// Sync makes one sync. It returns after how long to sync again even if no event arrives; 0 for never.
func (r *DaemonSetController) Sync(
	ctx context.Context, name types.NamespacedName, now time.Time,
) (time.Duration, error) {
	ds, err := r.Get(ctx, name)
	if err != nil || ds.DeletionTimestamp != nil {
		return 0, ignoreNotFound(err)
	}
	c, placement, err := kube.DaemonSet(ds)
	if err != nil {
		return 0, err
	}
	stale := r.tracker.Wait(c, now) > 0 // before the pods are listed
	nodes, list, err := r.list(ctx, c, ds, &placement)
	if err != nil {
		return 0, err
	}
	plan := daemon.Sync(c, convert(nodes, kube.Node), convert(list, kube.Pod), placement, now)
	live := func() (metav1.Object, error) { return r.GetLive(ctx, name) }
	patch := func(pod *corev1.Pod, data []byte) error { return r.PatchPod(ctx, pod, data) }
	if err := kube.Claim(c, list, plan.Adopt, plan.Release, live, patch); err != nil {
		return 0, err
	}
	var failure error
	if !stale {
		failure = r.write(ctx, c, ds, list, placement, plan, now)
	}
	err = r.updateStatus(ctx, ds, newDaemonStatus(ds, plan.Status, stale))
	return sooner(r.tracker.Wait(c, now), plan.NextCheck), errors.Join(failure, err)
}

// list returns all nodes, the pods that ds controls, and the orphans of its namespace, which are all pods
// that a sync looks at. It completes the placement.
func (r *DaemonSetController) list(
	ctx context.Context, c ownership.Controller, ds *appsv1.DaemonSet, placement *daemon.Placement,
) (nodes []*corev1.Node, pods []*corev1.Pod, err error) {
	if placement.Revision, err = r.Revision(ctx, ds); err != nil {
		return nil, nil, err
	}
	failed, _ := r.failedPods.LoadOrStore(specKey{ds.UID, ds.Generation}, &daemon.FailedPods{})
	placement.FailedPods = failed.(*daemon.FailedPods)
	if nodes, err = r.ListNodes(ctx); err != nil {
		return nil, nil, err
	}
	pods, err = r.ListPodsByOwner(ctx, ownerKey(c.Namespace, c.UID), ownerKey(c.Namespace, ""))
	return nodes, pods, err
}

// write creates the missing pods and deletes those that no node should run, or that have ended.
func (r *DaemonSetController) write(
	ctx context.Context, c ownership.Controller, ds *appsv1.DaemonSet, list []*corev1.Pod,
	placement daemon.Placement, plan daemon.Plan, now time.Time,
) error {
	surplus := convert(plan.Delete, func(d daemon.Deletion) *corev1.Pod {
		if d.Rule == daemon.PodFailed {
			placement.FailedPods.Deleted(kube.Pod(list[d.Index]).TargetNode(), now)
		}
		return list[d.Index]
	})
	create := func(i int) error {
		return r.CreatePod(ctx, kube.NewDaemonPod(c, &ds.Spec.Template, plan.Create[i], placement.Revision))
	}
	remove := func(pod *corev1.Pod) error { return r.DeletePod(ctx, pod) }
	return errors.Join(
		r.tracker.Create(c, now, len(plan.Create), create), r.tracker.Delete(c, now, surplus, remove))
}

// newDaemonStatus returns the status of ds after a sync. A sync with a stale cache did not act on its
// generation.
func newDaemonStatus(ds *appsv1.DaemonSet, s daemon.Status, stale bool) appsv1.DaemonSetStatus {
	status := *ds.Status.DeepCopy()
	status.DesiredNumberScheduled, status.CurrentNumberScheduled = int32(s.Desired), int32(s.Current)
	status.UpdatedNumberScheduled, status.NumberMisscheduled = int32(s.Updated), int32(s.Misscheduled)
	status.NumberReady = int32(s.Ready)
	status.NumberAvailable, status.NumberUnavailable = int32(s.Available), int32(s.Unavailable)
	if !stale {
		status.ObservedGeneration = ds.Generation
	}
	return status
}

// updateStatus writes a changed status. If the cached ds is not the newest, it tries once more with the live
// one.
func (r *DaemonSetController) updateStatus(
	ctx context.Context, ds *appsv1.DaemonSet, status appsv1.DaemonSetStatus,
) error {
	if apiequality.Semantic.DeepEqual(ds.Status, status) {
		return nil
	}
	uid, ds := ds.UID, ds.DeepCopy()
	ds.Status = status
	err := r.UpdateStatus(ctx, ds)
	if !apierrors.IsConflict(err) {
		return err
	}
	ds, err = r.GetLive(ctx, types.NamespacedName{Namespace: ds.Namespace, Name: ds.Name})
	if err != nil || ds.UID != uid {
		return err // another DaemonSet with this name gets its own sync
	}
	ds.Status = status
	return r.UpdateStatus(ctx, ds)
}

// A DaemonSet selects nodes with an SSD, and has a pod on each of the first three nodes. The pod on node-1
// failed, node-2 has lost the label, and node-3 has got a taint. Node-4 is new. The pod on node-3 stays until
// it is evicted.
func Example_daemonSet() {
	agent, ssd := map[string]string{"app": "agent"}, map[string]string{"disk": "ssd"}
	ds := daemonSet("agent", agent)
	ds.Spec.Template.Spec.NodeSelector = ssd
	api := &daemonCluster{
		cluster: newCluster(nil, daemonPod("agent-1", ds, "node-1"), daemonPod("agent-2", ds, "node-2"),
			daemonPod("agent-3", ds, "node-3")),
		ds: ds,
		nodes: []*corev1.Node{
			node("node-1", ssd), node("node-2", nil),
			node("node-3", ssd, corev1.Taint{Key: "dedicated", Value: "db", Effect: corev1.TaintEffectNoSchedule}),
			node("node-4", ssd),
		},
	}
	api.pods["agent-1"].Status.Phase = corev1.PodFailed
	r := &DaemonSetController{DaemonSetClient: api}
	api.observer = &r.tracker

	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	sync := func(cache string) {
		again, err := r.Sync(context.Background(), types.NamespacedName{Namespace: ds.Namespace, Name: ds.Name}, now)
		if err != nil {
			fmt.Println(err)
		}
		slices.Sort(api.calls) // deletions are concurrent
		fmt.Printf("%s: %s; again in %v\n", cache, api.calls, again.Round(time.Second))
		api.calls, now = nil, now.Add(time.Minute)
	}
	sync("first sync")
	sync("same cache")
	api.catchUp(len(api.changes))
	for _, name := range []string{"agent-1", "agent-2"} { // their containers have ended
		api.put(name, nil)
	}
	api.catchUp(len(api.changes))
	sync("cache with the deletions and the new pod")
	fmt.Println(api.ds.Status.DesiredNumberScheduled, "desired,", api.ds.Status.CurrentNumberScheduled, "current,",
		api.ds.Status.NumberMisscheduled, "misscheduled")
	// Output:
	// first sync: [create agent-a delete agent-1 delete agent-2]; again in 5m0s
	// same cache: []; again in 4m0s
	// cache with the deletions and the new pod: [create agent-b]; again in 5m0s
	// 2 desired, 1 current, 1 misscheduled
}
