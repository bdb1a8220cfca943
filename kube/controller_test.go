package kube_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/ownership"
)

// A simulation runs the example's controller for two ReplicaSets with the same labels, in a cluster in which
// everything happens at any time: before, between and after the controller's calls.
type simulation struct {
	*cluster
	*rand.Rand
	t          *testing.T
	reconciler *ReplicaSetController
	now        time.Time

	faults bool               // calls may fail, and the world changes
	live   map[types.UID]bool // was read from the API server since the pods were listed
	unseen map[types.UID]bool // a creation never was, or will not be, observed
	books  map[types.UID]*book

	passes, creations, relists, waits int
}

// A book is kept of each ReplicaSet's replicas.
type book struct {
	least, most      int // wanted at any time
	created          int
	claimed, adopted int // orphans that it took; of those, that still counted then
	lost, deleted    int // in whatever way; of those, by itself
}

// TestReconciler holds the example's controller to what a controller has to keep, in whatever order things
// happen: it never creates more than what was wanted and lost, nor deletes more than what was too much, all
// ends well, and nobody waits for the timeout unless an observation was lost.
func TestReconciler(t *testing.T) {
	var total simulation
	for seed := range uint64(600) {
		s := newSimulation(t, seed)
		for range 3 {
			s.faults = true
			for range s.IntN(60) {
				s.step()
			}
			s.faults = false
			s.settle()
		}
		total.passes += s.passes
		total.creations += s.creations
		total.relists += s.relists
		total.waits += s.waits
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
	t.Logf("%d passes, %d creations, %d relists, %d waits for the timeout", total.passes, total.creations, total.relists, total.waits)
	if total.waits == 0 || total.creations == 0 || total.relists == 0 {
		t.Error("the simulation misses something")
	}
}

func newSimulation(t *testing.T, seed uint64) *simulation {
	s := &simulation{
		Rand: rand.New(rand.NewPCG(seed, 0)), t: t, now: time.Unix(1e9, 0),
		live: map[types.UID]bool{}, unseen: map[types.UID]bool{}, books: map[types.UID]*book{},
	}
	s.cluster = newCluster(nil)
	s.reconciler = &ReplicaSetController{ReplicaSetClient: s}
	s.observer, s.between, s.fail, s.watch = &s.reconciler.tracker, s.happen, s.failure, s.enter
	for _, name := range []string{"web", "web-v2"} {
		s.sets[name] = replicaSet(name, 0, map[string]string{"app": "web"})
		s.scale(name, s.IntN(7))
	}
	s.cachedSets = maps.Clone(s.sets)
	return s
}

// step is a pass, or something else.
func (s *simulation) step() {
	s.now = s.now.Add(50 * time.Millisecond) // never so long that a timeout is over
	if s.IntN(2) == 0 {
		s.pass([]string{"web", "web-v2"}[s.IntN(2)])
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.happen()
}

// pass makes a pass for one ReplicaSet and returns in how long it asks for another, unless it failed.
func (s *simulation) pass(name string) (again time.Duration, ok bool) {
	s.passes++
	again, err := s.reconciler.Sync(context.Background(), types.NamespacedName{Namespace: "shop", Name: name}, s.now)
	taken := apierrors.IsInvalid(err) // both ReplicaSets want an orphan, and the other one has it
	if err != nil && !s.faults && !taken {
		s.t.Errorf("%s: %v", name, err)
	}
	return again, err == nil
}

// ListPodsByOwner ends what was known of the API server's ReplicaSets.
func (s *simulation) ListPodsByOwner(ctx context.Context, keys ...string) ([]*corev1.Pod, error) {
	clear(s.live)
	return s.cluster.ListPodsByOwner(ctx, keys...)
}

func (s *simulation) GetLive(ctx context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error) {
	rs, err := s.cluster.GetLive(ctx, name)
	if err == nil {
		s.live[rs.UID] = true
	}
	return rs, err
}

func (s *simulation) failure() error {
	if s.faults && s.IntN(8) == 0 {
		return errors.New(s.verb + " fails")
	}
	return nil
}

// enter enters a change of a pod in the books.
func (s *simulation) enter(old, pod *corev1.Pod) {
	was, is := replicaOf(old), replicaOf(pod)
	if b := s.books[was]; b != nil && was != is {
		b.lost++
		if s.verb == "delete" {
			b.deleted++
			if b.deleted+b.least > b.created+b.claimed {
				s.t.Errorf("%s deletes %s: %+v", was, pod.Name, *b)
			}
		}
	}
	switch s.verb {
	case "create":
		s.creations++
		b := s.books[is]
		if b.created++; b.created+b.adopted > b.most+b.lost {
			s.t.Errorf("%s creates %s: %+v", is, pod.Name, *b)
		}
	case "adopt":
		uid := controllerUID(pod)
		if controllerUID(old) == uid {
			return // it was adopted already
		}
		if s.books[uid].claimed++; is == uid {
			s.books[uid].adopted++
		}
		if !s.live[uid] {
			s.t.Errorf("%s adopts %s, and was not read from the API server", uid, pod.Name)
		}
	}
}

// replicaOf returns the UID of the ReplicaSet as whose replica the pod counts, if any.
func replicaOf(pod *corev1.Pod) types.UID {
	if pod == nil || pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodFailed || pod.Labels["app"] != "web" {
		return ""
	}
	return controllerUID(pod)
}

func controllerUID(pod *corev1.Pod) types.UID {
	if ref := metav1.GetControllerOf(pod); ref != nil {
		return ref.UID
	}
	return ""
}

// happen has the cache catch up with something, or not, and the world change.
func (s *simulation) happen() {
	s.fill(s.IntN(2) * s.IntN(len(s.changes)+1))
	s.tell(s.IntN(2) * s.IntN(len(s.news)+1))
	if s.IntN(4) == 0 {
		s.cachedSets = maps.Clone(s.sets)
	}
	if !s.faults || s.IntN(3) > 0 {
		return
	}
	if s.IntN(10) == 0 {
		s.relist()
	}
	name := []string{"web", "web-v2"}[s.IntN(2)]
	switch s.IntN(8) {
	case 0:
		if s.IntN(3) > 0 {
			return
		}
		s.scale(name, s.IntN(7))
		return
	case 1:
		if s.IntN(10) == 0 { // a new one takes the name
			rs := s.sets[name].DeepCopy()
			rs.UID += "'"
			s.putSet(rs)
			s.scale(name, s.IntN(7))
		}
		return
	case 2:
		name := fmt.Sprint("orphan-", s.IntN(3))
		if s.pods[name] == nil {
			s.created++
			orphan := pod(name, map[string]string{"app": "web"}, nil)
			orphan.UID = types.UID(fmt.Sprint(name, "-", s.created))
			s.put(name, orphan)
		}
		return
	}
	if len(s.pods) == 0 {
		return
	}
	pods := slices.Sorted(maps.Keys(s.pods))
	s.befall(s.pods[pods[s.IntN(len(pods))]].DeepCopy())
}

// befall has something happen to a pod.
func (s *simulation) befall(pod *corev1.Pod) {
	switch s.IntN(6) {
	case 0:
		pod.Status.Phase = corev1.PodFailed
	case 1:
		pod.Labels = map[string]string{"app": "debug"}
	case 2:
		pod.Labels = map[string]string{"app": "web"}
	case 3:
		pod.DeletionTimestamp = &metav1.Time{Time: s.now}
	case 4:
		if pod.DeletionTimestamp != nil || s.IntN(4) == 0 { // in the end, or by force
			s.put(pod.Name, nil)
			return
		}
	case 5:
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	}
	s.put(pod.Name, pod)
}

// scale sets how many replicas are wanted. For one it leaves the field out.
func (s *simulation) scale(name string, n int) {
	rs := s.sets[name].DeepCopy()
	replicas := int32(n)
	rs.Spec.Replicas = &replicas
	if n == 1 {
		rs.Spec.Replicas = nil
	}
	s.putSet(rs)
	if s.books[rs.UID] == nil {
		s.books[rs.UID] = &book{least: n}
	}
	b := s.books[rs.UID]
	b.least, b.most = min(b.least, n), max(b.most, n)
}

// relist has the cache see what is, and not how it came to be: its watch was interrupted.
func (s *simulation) relist() {
	s.relists++
	for _, c := range s.changes {
		if c.pod == nil || controllerUID(c.pod) == "" || s.cachedPods[c.name] != nil {
			continue
		}
		if now := s.pods[c.name]; now == nil || now.DeletionTimestamp != nil {
			s.unseen[controllerUID(c.pod)] = true
		}
	}
	s.changes = nil
	names := maps.Clone(s.pods)
	maps.Copy(names, s.cachedPods)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if s.pods[name] != s.cachedPods[name] {
			s.changes = append(s.changes, change{name, s.pods[name]})
		}
	}
	s.fill(len(s.changes))
}

// settle lets everything come to rest, with nothing happening from outside, and looks at the outcome.
func (s *simulation) settle() {
	for round := 0; !s.calm(); round++ {
		if round == 100 {
			s.t.Fatal("does not come to rest")
		}
	}
	for _, uid := range slices.Sorted(maps.Keys(s.books)) {
		if s.wait(uid) > 0 && !s.unseen[uid] {
			s.t.Errorf("something is still expected for %s", uid)
		}
	}
	for name, rs := range s.sets {
		want, got := 1, 0
		if rs.Spec.Replicas != nil {
			want = int(*rs.Spec.Replicas)
		}
		for _, pod := range s.pods {
			if replicaOf(pod) == rs.UID {
				got++
			}
		}
		if got != want || int(rs.Status.Replicas) != want {
			s.t.Errorf("%s: %d pods, want %d; the status says %d", name, got, want, rs.Status.Replicas)
		}
	}
}

// wait returns for how long the ReplicaSet waits for the cache.
func (s *simulation) wait(uid types.UID) time.Duration {
	return s.reconciler.tracker.Wait(ownership.Controller{Ref: ownership.Ref{UID: string(uid)}}, s.now)
}

// calm ends what is being deleted, tells the cache and the observer everything, and makes a pass for each
// ReplicaSet. It reports whether there was nothing to do.
func (s *simulation) calm() bool {
	uids := map[types.UID]bool{"": true}
	for _, rs := range s.sets {
		uids[rs.UID] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.pods)) {
		if pod := s.pods[name]; pod.DeletionTimestamp != nil || !uids[controllerUID(pod)] {
			s.put(name, nil)
		}
	}
	s.cachedSets = maps.Clone(s.sets)
	s.catchUp(len(s.changes))
	before := len(s.calls)
	for _, name := range []string{"web", "web-v2"} {
		uid := s.sets[name].UID
		wait := s.wait(uid)
		if wait > 0 {
			s.waits++
			if !s.unseen[uid] {
				s.t.Errorf("%s waits for the timeout", name)
			}
			if again, ok := s.pass(name); ok && again != wait {
				s.t.Errorf("%s: another pass in %v, want in %v", name, again, wait)
			}
			s.now = s.now.Add(wait)
		}
		delete(s.unseen, uid)
		s.pass(name)
	}
	return before == len(s.calls)
}

// An orphan that only the cache still shows ends the sync with an error, before it deletes a pod in its
// place.
func TestAdoptionOfPodThatIsGone(t *testing.T) {
	rs := replicaSet("web", 1, map[string]string{"app": "web"})
	web := rs.Spec.Template.Labels
	api := newCluster([]*appsv1.ReplicaSet{rs}, pod("a-mine", web, rs), pod("gone", web, nil))
	api.put("gone", nil)
	r := &ReplicaSetController{ReplicaSetClient: api}
	api.observer = &r.tracker
	name, now := types.NamespacedName{Namespace: "shop", Name: "web"}, time.Unix(1e9, 0)
	if _, err := r.Sync(context.Background(), name, now); !apierrors.IsNotFound(err) || api.calls != nil {
		t.Errorf("%v: %q", err, api.calls)
	}
	api.catchUp(1)
	_, err := r.Sync(context.Background(), name, now)
	if got := api.sets["web"].Status.Replicas; err != nil || api.calls != nil || got != 1 {
		t.Errorf("next sync: %v: %q, %d replicas in the status", err, api.calls, got)
	}
}

// In a namespace that is being deleted a sync tries one creation, and does not fail.
func TestTerminatingNamespace(t *testing.T) {
	rs := replicaSet("web", 10, map[string]string{"app": "web"})
	api := newCluster([]*appsv1.ReplicaSet{rs})
	r, tries := &ReplicaSetController{ReplicaSetClient: api}, 0
	api.observer = &r.tracker
	api.fail = func() error {
		if api.verb != "create" {
			return nil
		}
		tries++
		return namespaceTerminating()
	}
	name, now := types.NamespacedName{Namespace: "shop", Name: "web"}, time.Unix(1e9, 0)
	again, err := r.Sync(context.Background(), name, now)
	if again != 0 || err != nil || tries != 1 || api.sets["web"].Status.Conditions != nil {
		t.Errorf("%v, %v, %d tries, conditions %v", again, err, tries, api.sets["web"].Status.Conditions)
	}
}

func namespaceTerminating() error {
	err := apierrors.NewForbidden(podResource, "web-a", errors.New("namespace shop is being terminated"))
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
	return err
}

// The condition ReplicaFailure keeps the first failure until a sync succeeds.
func TestReplicaFailure(t *testing.T) {
	web := map[string]string{"app": "web"}
	rs := replicaSet("web", 2, web)
	api := newCluster([]*appsv1.ReplicaSet{rs})
	r := &ReplicaSetController{ReplicaSetClient: api}
	api.observer = &r.tracker
	now := time.Unix(1e9, 0)
	for _, step := range []struct {
		name     string
		replicas int32
		failing  string // verb
		message  string
		want     string
	}{
		{"creation fails", 2, "create", "quota", "FailedCreate: quota"},
		{"creation fails for another reason", 2, "create", "webhook", "FailedCreate: quota"},
		{"creation succeeds", 2, "", "", ""},
		{"deletion fails", 1, "delete", "webhook", "FailedDelete: webhook"},
		{"deletion succeeds", 1, "", "", ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			scaled := api.sets["web"].DeepCopy()
			scaled.Spec.Replicas = &step.replicas
			api.putSet(scaled)
			api.cachedSets = maps.Clone(api.sets)
			api.fail = func() error {
				if api.verb == step.failing {
					return errors.New(step.message)
				}
				return nil
			}
			_, err := r.Sync(context.Background(), types.NamespacedName{Namespace: "shop", Name: "web"}, now)
			if (err != nil) != (step.failing != "") {
				t.Errorf("error %v", err)
			}
			got := ""
			for _, c := range api.sets["web"].Status.Conditions {
				got += c.Reason + ": " + c.Message
			}
			if got != step.want {
				t.Errorf("%q, want %q", got, step.want)
			}
			api.catchUp(len(api.changes))
		})
	}
}

// A status is written to the live ReplicaSet if the cached one is not the newest, unless it was replaced.
func TestStatusConflict(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*appsv1.ReplicaSet)
		want   int32 // replicas in the status
	}{
		{"changed", func(rs *appsv1.ReplicaSet) { rs.Annotations = map[string]string{"a": "b"} }, 1},
		{"replaced", func(rs *appsv1.ReplicaSet) { rs.UID = "next" }, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			rs := replicaSet("web", 1, map[string]string{"app": "web"})
			api := newCluster([]*appsv1.ReplicaSet{rs}, pod("web-a", rs.Spec.Template.Labels, rs))
			changed := rs.DeepCopy()
			row.change(changed)
			api.putSet(changed)
			r := &ReplicaSetController{ReplicaSetClient: api}
			name := types.NamespacedName{Namespace: "shop", Name: "web"}
			_, err := r.Sync(context.Background(), name, time.Unix(1e9, 0))
			if got := api.sets["web"].Status.Replicas; err != nil || got != row.want {
				t.Errorf("%v: %d replicas in the status, want %d", err, got, row.want)
			}
		})
	}
}

// Of two pods that differ in nothing else, the one on the node with more pods of the Deployment is deleted
// first. Pods with the labels of the Deployment's ReplicaSets count even if another ReplicaSet controls them.
func TestRelatedPods(t *testing.T) {
	v1, v2 := map[string]string{"app": "web", "v": "1"}, map[string]string{"app": "web", "v": "2"}
	deployment := &metav1.ObjectMeta{Name: "web", UID: "deployment-uid"}
	kind := appsv1.SchemeGroupVersion.WithKind("Deployment")
	set := func(name string, labels map[string]string) *appsv1.ReplicaSet {
		rs := replicaSet(name, 1, labels)
		rs.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(deployment, kind)}
		return rs
	}
	on := func(node string, p *corev1.Pod) *corev1.Pod {
		p.Spec.NodeName = node
		return p
	}
	for _, row := range []struct {
		name string
		node string // of the related pod
		want string
	}{{"node 1", "node-1", "[delete a]"}, {"node 2", "node-2", "[delete b]"}} {
		t.Run(row.name, func(t *testing.T) {
			rs, sibling, stranger := set("web-1", v1), set("web-2", v2), replicaSet("stranger", 1, v2)
			api := newCluster([]*appsv1.ReplicaSet{rs, sibling, stranger},
				on("node-1", pod("a", v1, rs)), on("node-2", pod("b", v1, rs)), on(row.node, pod("c", v2, stranger)))
			r := &ReplicaSetController{ReplicaSetClient: api}
			name := types.NamespacedName{Namespace: "shop", Name: "web-1"}
			_, err := r.Sync(context.Background(), name, time.Unix(1e9, 0))
			if got := fmt.Sprint(api.calls); err != nil || got != row.want {
				t.Errorf("%v: %s, want %s", err, got, row.want)
			}
		})
	}
}
