package kube_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// A PodClient reads pods from a cache and writes them to the API server. Callers do not change what it
// returns.
type PodClient interface {
	ListPodsByOwner(ctx context.Context, keys ...string) ([]*corev1.Pod, error) // by an index of ownerKey
	PatchPod(ctx context.Context, pod *corev1.Pod, data []byte) error           // types.StrategicMergePatchType
	CreatePod(ctx context.Context, pod *corev1.Pod) error
	DeletePod(ctx context.Context, pod *corev1.Pod) error // metav1.NewUIDPreconditions(pod.UID)
}

// A ReplicaSetClient reads from a cache, except for GetLive, and writes to the API server. Callers
// may change only what GetLive returns.
type ReplicaSetClient interface {
	PodClient
	Get(ctx context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error)
	GetLive(ctx context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error)
	ListPods(ctx context.Context, namespace string) ([]*corev1.Pod, error)
	ListByController(ctx context.Context, uid types.UID) ([]*appsv1.ReplicaSet, error)
	UpdateStatus(ctx context.Context, rs *appsv1.ReplicaSet) error
}

// A ReplicaSetController does what Kubernetes' ReplicaSet controller does.
type ReplicaSetController struct {
	ReplicaSetClient
	tracker kube.Tracker // gets the events of the cache of pods
}

// Sync makes one sync. It returns after how long to sync again even if no event arrives; 0 for never.
func (r *ReplicaSetController) Sync(
	ctx context.Context, name types.NamespacedName, now time.Time,
) (time.Duration, error) {
	rs, err := r.Get(ctx, name)
	if err != nil {
		return 0, ignoreNotFound(err)
	}
	c, want, minReady, err := kube.ReplicaSet(rs)
	if err != nil {
		return 0, err
	}
	stale := r.tracker.Wait(c, now) > 0 // before the pods are listed
	list, related, err := r.list(ctx, c, rs, want)
	if err != nil {
		return 0, err
	}
	pods := convert(list, kube.Pod)
	plan := replica.Sync(c, want, pods, now, replica.Options{Related: related})
	live := func() (metav1.Object, error) { return r.GetLive(ctx, name) }
	patch := func(pod *corev1.Pod, data []byte) error { return r.PatchPod(ctx, pod, data) }
	if err := kube.Claim(c, list, plan.Adopt, plan.Release, live, patch); err != nil {
		return 0, err
	}
	var failure error
	if !stale {
		failure = r.write(ctx, c, rs, list, plan, now)
	}
	kept := convert(plan.Kept, func(i int) replica.Pod { return pods[i] })
	status := replica.Summarize(kept, rs.Spec.Template.Labels, minReady, now)
	err = r.updateStatus(ctx, rs, newStatus(rs, status, plan.FailureReason(), failure, now))
	return sooner(r.tracker.Wait(c, now), status.NextCheck), errors.Join(failure, err)
}

// list returns the pods that rs controls and the orphans of its namespace, which are all pods that a sync
// looks at. If some may have to be deleted, it also counts the pods of the ReplicaSets with the same
// controller: a Deployment's.
func (r *ReplicaSetController) list(
	ctx context.Context, c ownership.Controller, rs *appsv1.ReplicaSet, want int,
) (pods []*corev1.Pod, related map[string]int, err error) {
	pods, err = r.ListPodsByOwner(ctx, ownerKey(c.Namespace, c.UID), ownerKey(c.Namespace, ""))
	owner := metav1.GetControllerOfNoCopy(rs)
	if err != nil || owner == nil || len(pods) <= want {
		return pods, nil, err
	}
	siblings, err := r.ListByController(ctx, owner.UID)
	if err != nil {
		return nil, nil, err
	}
	all, err := r.ListPods(ctx, rs.Namespace) // whoever controls them: only their labels matter
	if err != nil {
		return nil, nil, err
	}
	var selectors []selector.Selector
	for _, rs := range siblings {
		if s, err := kube.Selector(rs.Spec.Selector); err == nil {
			selectors = append(selectors, s)
		}
	}
	return pods, replica.Related(convert(all, kube.Pod), selectors...), nil
}

// write creates the missing pods, or deletes the surplus.
func (r *ReplicaSetController) write(
	ctx context.Context, c ownership.Controller, rs *appsv1.ReplicaSet, list []*corev1.Pod, plan replica.Plan, now time.Time,
) error {
	surplus := convert(plan.Delete, func(d replica.Deletion) *corev1.Pod { return list[d.Index] })
	create := func(int) error { return r.CreatePod(ctx, kube.NewPod(c, &rs.Spec.Template)) }
	remove := func(pod *corev1.Pod) error { return r.DeletePod(ctx, pod) }
	return errors.Join(r.tracker.Create(c, now, plan.Create, create), r.tracker.Delete(c, now, surplus, remove))
}

// ownerKey is the key of a pod in the index that ListPodsByOwner reads: its namespace and the UID of its
// controller, "" for an orphan.
func ownerKey(namespace, uid string) string { return namespace + "/" + uid }

// newStatus returns the status of rs after a sync that failed, or did not fail, to create or delete pods.
func newStatus(
	rs *appsv1.ReplicaSet, s replica.Status, reason string, failure error, now time.Time,
) appsv1.ReplicaSetStatus {
	terminating := int32(s.Terminating)
	status := appsv1.ReplicaSetStatus{
		Replicas: int32(s.Replicas), FullyLabeledReplicas: int32(s.FullyLabeled),
		ReadyReplicas: int32(s.Ready), AvailableReplicas: int32(s.Available),
		TerminatingReplicas: &terminating, ObservedGeneration: rs.Generation,
		Conditions: slices.Clone(rs.Status.Conditions),
	}
	isFailure := func(c appsv1.ReplicaSetCondition) bool { return c.Type == appsv1.ReplicaSetReplicaFailure }
	if failure == nil {
		status.Conditions = slices.DeleteFunc(status.Conditions, isFailure)
	} else if !slices.ContainsFunc(status.Conditions, isFailure) { // else the first failure stays
		status.Conditions = append(status.Conditions, appsv1.ReplicaSetCondition{
			Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue,
			Reason: reason, Message: failure.Error(), LastTransitionTime: metav1.NewTime(now),
		})
	}
	return status
}

// updateStatus writes a changed status. If the cached rs is not the newest, it tries once more with the live
// one.
func (r *ReplicaSetController) updateStatus(
	ctx context.Context, rs *appsv1.ReplicaSet, status appsv1.ReplicaSetStatus,
) error {
	if apiequality.Semantic.DeepEqual(rs.Status, status) {
		return nil
	}
	uid, rs := rs.UID, rs.DeepCopy()
	rs.Status = status
	err := r.UpdateStatus(ctx, rs)
	if !apierrors.IsConflict(err) {
		return err
	}
	rs, err = r.GetLive(ctx, types.NamespacedName{Namespace: rs.Namespace, Name: rs.Name})
	if err != nil || rs.UID != uid {
		return err // another ReplicaSet with this name gets its own sync
	}
	rs.Status = status
	return r.UpdateStatus(ctx, rs)
}

// convert returns what f makes of each element of list.
func convert[T, U any](list []T, f func(T) U) []U {
	converted := make([]U, len(list))
	for i, v := range list {
		converted[i] = f(v)
	}
	return converted
}

// sooner returns the shorter of two delays, of which 0 is never.
func sooner(a, b time.Duration) time.Duration { return cmp.Or(min(a, b), max(a, b)) }

func ignoreNotFound(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// The cache is stale. The controller releases the pod that was relabelled, adopts the orphan, does not touch
// the pod of another ReplicaSet, and creates the missing pods once: until the cache shows them it creates no
// others.
func Example_controller() {
	web, debug := map[string]string{"app": "web"}, map[string]string{"app": "debug"}
	rs, other := replicaSet("web", 4, web), replicaSet("web-v2", 1, web)
	leaving := pod("web-0", web, rs)
	leaving.DeletionTimestamp = &metav1.Time{}
	api := newCluster([]*appsv1.ReplicaSet{rs, other}, leaving,
		pod("web-1", web, rs), pod("web-2", debug, rs), pod("web-3", web, nil), pod("web-v2-1", web, other))
	r := &ReplicaSetController{ReplicaSetClient: api}
	api.observer = &r.tracker

	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	sync := func(cache string) {
		again, err := r.Sync(context.Background(), types.NamespacedName{Namespace: rs.Namespace, Name: rs.Name}, now)
		if err != nil {
			fmt.Println(err)
		}
		fmt.Printf("%s: %s; again in %v\n", cache, api.calls, again.Round(time.Second))
		api.calls, now = nil, now.Add(time.Minute)
	}
	sync("first sync")
	sync("same cache")
	api.catchUp(3)
	sync("cache with one of the new pods")
	api.catchUp(1)
	sync("cache with both")
	status := api.sets["web"].Status
	fmt.Println(status.Replicas, "replicas,", *status.TerminatingReplicas, "terminating")
	// Output:
	// first sync: [release web-2 adopt web-3 create web-a create web-b]; again in 5m0s
	// same cache: [release web-2 adopt web-3]; again in 4m0s
	// cache with one of the new pods: []; again in 3m0s
	// cache with both: []; again in 0s
	// 4 replicas, 1 terminating
}
