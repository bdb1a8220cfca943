package kube_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
	"github.com/rollcall-go/rollcall/replica"
)

// A Client reads from a cache and writes to the API server, as controller-runtime's does. The errors are the API's.
type Client interface {
	Get(ctx context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error)
	GetLive(ctx context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error) // past the cache
	List(ctx context.Context, namespace string) ([]corev1.Pod, error)
	Patch(ctx context.Context, pod *corev1.Pod, patch []byte) error // a strategic merge patch
	Create(ctx context.Context, pod *corev1.Pod) error
	Delete(ctx context.Context, pod *corev1.Pod) error // with its UID as precondition
	UpdateStatus(ctx context.Context, rs *appsv1.ReplicaSet) error
}

// A Reconciler does what the ReplicaSet controller does. It does the I/O; rollcall decides.
type Reconciler struct {
	Client
	mu       sync.Mutex
	expected map[types.UID]*replica.Expectations // of each ReplicaSet: what was begun and is not in the cache yet
}

var replicaSetKind = appsv1.SchemeGroupVersion.WithKind("ReplicaSet")

// Reconcile makes one pass. It returns in how long to make another although nothing happens; zero is never.
func (r *Reconciler) Reconcile(ctx context.Context, name types.NamespacedName, now time.Time) (time.Duration, error) {
	rs, err := r.Get(ctx, name)
	if apierrors.IsNotFound(err) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	s, err := kube.Selector(rs.Spec.Selector)
	if err != nil {
		return 0, err
	}
	upToDate := r.wait(rs.UID, now) == 0     // asked before the pods are listed: what the cache sees later is not in the list
	list, err := r.List(ctx, name.Namespace) // whatever their labels: one that does not match any more is to be released
	if err != nil {
		return 0, err
	}
	pods := make([]replica.Pod, len(list))
	for i := range list {
		pods[i] = kube.Pod(&list[i])
	}
	want := 1
	if rs.Spec.Replicas != nil {
		want = int(*rs.Spec.Replicas)
	}
	c := kube.Controller(rs, replicaSetKind, s)
	pass := replica.Sync(c, want, pods, now, replica.Options{})
	if err := r.claim(ctx, c, list, pods, pass); err != nil {
		return 0, err // the plan has counted a pod that is not its own
	}
	pass = replica.Sync(c, want, pods, now, replica.Options{}) // without those that turned out to be gone
	if upToDate {
		err = errors.Join(r.create(ctx, rs, pass.Create, now), r.delete(ctx, rs, list, pass.Delete, now))
	} // else the cache does not have yet what the last pass did

	var owned []replica.Pod
	for _, i := range pass.Owned {
		owned = append(owned, pods[i])
	}
	minReady := time.Duration(rs.Spec.MinReadySeconds) * time.Second
	status := replica.Summarize(owned, rs.Spec.Template.Labels, minReady, now)
	wait := r.wait(rs.UID, now)
	again := cmp.Or(min(wait, status.NextCheck), max(wait, status.NextCheck)) // the sooner one; zero is none
	return again, errors.Join(err, r.updateStatus(ctx, rs, status))
}

// claim releases and adopts pods, which are views of list. It marks those to adopt that turned out to be gone.
func (r *Reconciler) claim(
	ctx context.Context, c ownership.Controller, list []corev1.Pod, pods []replica.Pod, pass replica.Plan,
) error {
	var errs []error
	for _, i := range pass.Release {
		err := r.Patch(ctx, &list[i], c.ReleasePatch(pods[i].Object))
		if !apierrors.IsNotFound(err) && !apierrors.IsInvalid(err) { // gone, or not its own any more
			errs = append(errs, err)
		}
	}
	if len(pass.Adopt) > 0 { // not for one that the cache alone still has
		live, err := r.GetLive(ctx, types.NamespacedName{Namespace: c.Namespace, Name: c.Name})
		if err != nil {
			return err
		}
		if string(live.UID) != c.UID || live.DeletionTimestamp != nil {
			return fmt.Errorf("%v was deleted: it adopts nobody", c.Ref)
		}
	}
	for _, i := range pass.Adopt {
		err := r.Patch(ctx, &list[i], c.AdoptPatch(pods[i].Object))
		if apierrors.IsNotFound(err) {
			pods[i].Deleting, err = true, nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// create creates n pods, in batches. After one in which a pod failed no other begins.
func (r *Reconciler) create(ctx context.Context, rs *appsv1.ReplicaSet, n int, now time.Time) (err error) {
	r.expect(rs.UID, func(e *replica.Expectations) { e.ExpectCreations(n, now) })
	missing := n
	for batch := range replica.Batches(n) {
		done := make(chan error)
		for range batch {
			go func() { done <- r.Create(ctx, newPod(rs)) }()
		}
		for range batch {
			if e := <-done; e != nil {
				err = errors.Join(err, e)
			} else {
				missing--
			}
		}
		if err != nil {
			break
		}
	}
	r.expect(rs.UID, func(e *replica.Expectations) { e.CreationsObserved(missing) }) // there will be nothing to see
	return err
}

func newPod(rs *appsv1.ReplicaSet) *corev1.Pod {
	t := rs.Spec.Template.DeepCopy() // the cache's stays as it is
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: rs.Namespace, GenerateName: rs.Name + "-",
			Labels: t.Labels, Annotations: t.Annotations, Finalizers: t.Finalizers,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(rs, replicaSetKind)},
		},
		Spec: t.Spec,
	}
}

func (r *Reconciler) delete(
	ctx context.Context, rs *appsv1.ReplicaSet, list []corev1.Pod, victims []replica.Deletion, now time.Time,
) error {
	var errs []error
	for _, v := range victims {
		pod := &list[v.Index]
		r.expect(rs.UID, func(e *replica.Expectations) { e.ExpectDeletions(now, string(pod.UID)) })
		if err := r.Delete(ctx, pod); err != nil {
			r.expect(rs.UID, func(e *replica.Expectations) { e.DeletionObserved(string(pod.UID)) })
			if !apierrors.IsNotFound(err) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

func (r *Reconciler) updateStatus(ctx context.Context, rs *appsv1.ReplicaSet, s replica.Status) error {
	old, rs := rs.Status, rs.DeepCopy()
	rs.Status.Replicas, rs.Status.FullyLabeledReplicas = int32(s.Replicas), int32(s.FullyLabeled)
	rs.Status.ReadyReplicas, rs.Status.AvailableReplicas = int32(s.Ready), int32(s.Available)
	terminating := int32(s.Terminating)
	rs.Status.TerminatingReplicas, rs.Status.ObservedGeneration = &terminating, rs.Generation
	if apiequality.Semantic.DeepEqual(rs.Status, old) {
		return nil
	}
	return r.UpdateStatus(ctx, rs)
}

// wait returns for how long at most the cache may not have yet what was begun; zero when it has it all.
func (r *Reconciler) wait(rs types.UID, now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.expected, func(_ types.UID, e *replica.Expectations) bool {
		return e.Satisfied(now) // in time those of ReplicaSets that are gone are, too
	})
	if e := r.expected[rs]; e != nil {
		return e.Wait(now)
	}
	return 0
}

// expect changes what is expected for a ReplicaSet.
func (r *Reconciler) expect(rs types.UID, change func(*replica.Expectations)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.expected[rs] == nil {
		r.expected[rs] = &replica.Expectations{}
	}
	change(r.expected[rs])
}

// OnAdd, OnUpdate and OnDelete are for the events of the cache of pods; of a DeletedFinalStateUnknown, pass the Obj. Besides, have
// the ReplicaSets reconciled that control the pod, before and after the event, and for an orphan each that selects it.
func (r *Reconciler) OnAdd(pod *corev1.Pod) {
	if pod.DeletionTimestamp != nil {
		r.OnDelete(pod)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ref := metav1.GetControllerOfNoCopy(pod); ref != nil && r.expected[ref.UID] != nil {
		r.expected[ref.UID].CreationsObserved(1) // an adopted pod is not added, but updated
	}
}

func (r *Reconciler) OnUpdate(old, pod *corev1.Pod) {
	if old.UID != pod.UID { // a new pod took the name, and the cache missed it
		r.OnDelete(old)
		r.OnAdd(pod)
	} else if pod.DeletionTimestamp != nil {
		r.OnDelete(pod)
	}
}

func (r *Reconciler) OnDelete(pod *corev1.Pod) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.expected { // whoever controls it: it may have been adopted or released meanwhile
		e.DeletionObserved(string(pod.UID))
	}
}

// The cache lags behind. The controller releases the pod that was relabelled, adopts the orphan, leaves the other ReplicaSet's
// pod alone, and creates what is missing, once: as long as the cache does not show its new pods it creates no others.
func Example_controller() {
	web, debug := map[string]string{"app": "web"}, map[string]string{"app": "debug"}
	rs, other := replicaSet("web", 4, web), replicaSet("web-v2", 1, web)
	leaving := pod("web-0", web, rs)
	leaving.DeletionTimestamp = &metav1.Time{}
	api := newCluster([]*appsv1.ReplicaSet{rs, other}, leaving,
		pod("web-1", web, rs), pod("web-2", debug, rs), pod("web-3", web, nil), pod("web-v2-1", web, other))
	r := &Reconciler{Client: api, expected: map[types.UID]*replica.Expectations{}}
	api.observer = r

	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	pass := func(cache string) {
		again, err := r.Reconcile(context.Background(), types.NamespacedName{Namespace: rs.Namespace, Name: rs.Name}, now)
		if err != nil {
			fmt.Println(err)
		}
		fmt.Printf("%s: %s; again in %v\n", cache, api.calls, again.Round(time.Second))
		api.calls, now = nil, now.Add(time.Minute)
	}
	pass("at first")
	pass("the cache as it was")
	api.catchUp(3)
	pass("the cache with one of the new pods")
	api.catchUp(1)
	pass("the cache with both")
	status := api.sets["web"].Status
	fmt.Println(status.Replicas, "replicas, and", *status.TerminatingReplicas, "being deleted")
	// Output:
	// at first: [release web-2 adopt web-3 create web-a create web-b]; again in 5m0s
	// the cache as it was: [release web-2 adopt web-3]; again in 4m0s
	// the cache with one of the new pods: []; again in 3m0s
	// the cache with both: []; again in 0s
	// 4 replicas, and 1 being deleted
}
