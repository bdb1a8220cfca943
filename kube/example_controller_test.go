package kube_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
)

// A Client reads from a cache and writes to the API server, as controller-runtime's does.
type Client interface {
	Get(ctx context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error)
	List(ctx context.Context, namespace string) ([]corev1.Pod, error)
	Patch(ctx context.Context, pod string, patch []byte) error // a strategic merge patch
	Create(ctx context.Context, owner *appsv1.ReplicaSet) error
	Delete(ctx context.Context, pod string) error
}

// A Reconciler does what the ReplicaSet controller does. It does the I/O; rollcall decides.
type Reconciler struct {
	Client
	mu       sync.Mutex
	expected map[types.NamespacedName]replica.Expectations // what was begun and is not in the cache yet
}

// Expectations has f ask or change what is expected for one ReplicaSet. Event handlers call it too, when a pod appears or goes.
func (r *Reconciler) Expectations(name types.NamespacedName, f func(*replica.Expectations)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.expected[name]
	f(&e)
	r.expected[name] = e
}

var replicaSetKind = appsv1.SchemeGroupVersion.WithKind("ReplicaSet")

func (r *Reconciler) Reconcile(ctx context.Context, req types.NamespacedName, now time.Time) error {
	rs, err := r.Get(ctx, req)
	if err != nil {
		return err
	}
	s, err := kube.Selector(rs.Spec.Selector)
	if err != nil {
		return err
	}
	var upToDate bool // asked before the pods are listed: what is observed later is not in this list
	r.Expectations(req, func(e *replica.Expectations) { upToDate = e.Satisfied(now) })
	list, err := r.List(ctx, req.Namespace) // whatever their labels: one that does not match any more is to be released
	if err != nil {
		return err
	}
	pods := make([]replica.Pod, len(list))
	for i := range list {
		pods[i] = kube.Pod(&list[i])
	}
	c := kube.Controller(rs, replicaSetKind, s)
	pass := replica.Reconcile(c, int(*rs.Spec.Replicas), pods, now, replica.Options{})

	for _, i := range pass.Release {
		if err := r.Patch(ctx, pods[i].Name, c.ReleasePatch(pods[i].Object)); err != nil {
			return err
		}
	}
	for _, i := range pass.Adopt { // a real one reads rs past the cache first: package ownership says why
		if err := r.Patch(ctx, pods[i].Name, c.AdoptPatch(pods[i].Object)); err != nil {
			return err
		}
	}
	if !upToDate {
		return nil // the cache does not have yet what the last pass did
	}
	for range pass.Create {
		r.Expectations(req, func(e *replica.Expectations) { e.ExpectCreations(1, now) })
		if err := r.Create(ctx, rs); err != nil {
			r.Expectations(req, func(e *replica.Expectations) { e.CreationsObserved(1) }) // there will be nothing to see
			return err
		}
	}
	for _, victim := range pass.Delete {
		pod := pods[victim.Index]
		r.Expectations(req, func(e *replica.Expectations) { e.ExpectDeletions(now, pod.UID) })
		if err := r.Delete(ctx, pod.Name); err != nil {
			r.Expectations(req, func(e *replica.Expectations) { e.DeletionObserved(pod.UID) })
			return err
		}
	}
	return nil
}

// A controller in the manner of controller-runtime: it adopts an orphan, releases a pod that was relabelled, and creates the
// one that is missing. Until that one is in the cache it creates no other. It leaves the other ReplicaSet's pod alone.
func Example_controller() {
	web, debug := map[string]string{"app": "web"}, map[string]string{"app": "debug"}
	three := int32(3)
	rs := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u1"},
		Spec:       appsv1.ReplicaSetSpec{Replicas: &three, Selector: &metav1.LabelSelector{MatchLabels: web}},
	}
	pod := func(name string, labels map[string]string, owner metav1.Object) corev1.Pod {
		p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name + "-uid"), Labels: labels}}
		if owner != nil {
			p.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(owner, replicaSetKind)}
		}
		return p
	}
	r := &Reconciler{
		Client: printer{rs, []corev1.Pod{
			pod("web-1", web, rs),
			pod("web-2", debug, rs),
			pod("web-3", web, nil),
			pod("web-v2-1", web, &metav1.ObjectMeta{Name: "web-v2", UID: "u2"}),
		}},
		expected: map[types.NamespacedName]replica.Expectations{},
	}
	name := types.NamespacedName{Namespace: "shop", Name: "web"}
	if err := r.Reconcile(context.Background(), name, time.Now()); err != nil {
		fmt.Println(err)
	}
	creations, deletions := r.expected[name].Outstanding()
	fmt.Println(creations, "to appear,", deletions, "to go, until the cache has seen it")
	// Output:
	// patch web-2 {"metadata":{"uid":"web-2-uid","ownerReferences":[{"$patch":"delete"…
	// patch web-3 {"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"Repl…
	// create a pod
	// 1 to appear, 0 to go, until the cache has seen it
}

// A printer prints what it is told to do, and does not do it.
type printer struct {
	rs   *appsv1.ReplicaSet
	pods []corev1.Pod
}

func (p printer) Get(context.Context, types.NamespacedName) (*appsv1.ReplicaSet, error) {
	return p.rs, nil
}

func (p printer) List(context.Context, string) ([]corev1.Pod, error) { return p.pods, nil }

func (p printer) Patch(_ context.Context, pod string, patch []byte) error {
	fmt.Printf("patch %s %.68s…\n", pod, patch)
	return nil
}

func (p printer) Create(context.Context, *appsv1.ReplicaSet) error {
	fmt.Println("create a pod")
	return nil
}

func (p printer) Delete(_ context.Context, pod string) error {
	fmt.Println("delete", pod)
	return nil
}
