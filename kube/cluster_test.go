package kube_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// A cluster is an API server of one namespace, and a cache that lags behind: the Client of the controller in
// the example.
type cluster struct {
	mu         sync.Mutex
	sets       map[string]*appsv1.ReplicaSet // by name; who changes one stores a copy
	pods       map[string]*corev1.Pod        // by name; who changes one stores a copy
	cachedSets map[string]*appsv1.ReplicaSet
	cachedPods map[string]*corev1.Pod
	changes    []change // which cachedPods has not got yet
	news       []func() // of which the observer was not told yet
	created    int
	version    int // resourceVersion of the newest ReplicaSet
	observer   interface {
		OnAdd(pod *corev1.Pod)
		OnUpdate(old, pod *corev1.Pod)
		OnDelete(pod *corev1.Pod)
	}
	calls []string // that changed a pod, in words

	verb    string                     // the call that is made now; empty: none
	between func()                     // happens before and after every call; may be nil
	fail    func() error               // has a call fail; may be nil
	watch   func(old, pod *corev1.Pod) // sees every change of a pod; may be nil
}

// A change of a pod. It is gone when pod is nil.
type change struct {
	name string
	pod  *corev1.Pod
}

var (
	replicaSetKind     = appsv1.SchemeGroupVersion.WithKind("ReplicaSet")
	daemonSetKind      = appsv1.SchemeGroupVersion.WithKind("DaemonSet")
	podResource        = corev1.Resource("pods")
	replicaSetResource = appsv1.Resource("replicasets")
)

// newCluster returns a cluster whose cache is up to date.
func newCluster(sets []*appsv1.ReplicaSet, pods ...*corev1.Pod) *cluster {
	c := &cluster{sets: map[string]*appsv1.ReplicaSet{}, pods: map[string]*corev1.Pod{}}
	for _, rs := range sets {
		c.sets[rs.Name] = rs
	}
	for _, pod := range pods {
		c.pods[pod.Name] = pod
	}
	c.cachedSets, c.cachedPods = maps.Clone(c.sets), maps.Clone(c.pods)
	return c
}

func replicaSet(name string, replicas int32, labels map[string]string) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name + "-uid")},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}},
		},
	}
}

func pod(name string, labels map[string]string, owner *appsv1.ReplicaSet) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name + "-uid"), Labels: labels}}
	if owner != nil {
		p.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(owner, replicaSetKind)}
	}
	return p
}

// put stores a pod, or removes the one of that name when pod is nil.
func (c *cluster) put(name string, pod *corev1.Pod) {
	if c.watch != nil {
		c.watch(c.pods[name], pod)
	}
	c.pods[name] = pod
	if pod == nil {
		delete(c.pods, name)
	}
	c.changes = append(c.changes, change{name, pod})
}

// catchUp has the cache get the next n changes, and then tells the observer of all.
func (c *cluster) catchUp(n int) {
	c.fill(n)
	c.tell(len(c.news))
}

// fill has the cache get the next n changes. The observer is not told yet.
func (c *cluster) fill(n int) {
	for _, change := range c.changes[:n] {
		old, pod := c.cachedPods[change.name], change.pod
		switch {
		case pod == nil:
			delete(c.cachedPods, change.name)
			c.news = append(c.news, func() { c.observer.OnDelete(old) })
		case old == nil:
			c.cachedPods[change.name] = pod
			c.news = append(c.news, func() { c.observer.OnAdd(pod) })
		default:
			c.cachedPods[change.name] = pod
			c.news = append(c.news, func() { c.observer.OnUpdate(old, pod) })
		}
	}
	c.changes = c.changes[n:]
}

// tell tells the observer the next n news.
func (c *cluster) tell(n int) {
	for _, tell := range c.news[:n] {
		tell()
	}
	c.news = c.news[n:]
}

func (c *cluster) call(verb string, do func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.between != nil {
		c.between()
		defer c.between()
	}
	c.verb = verb
	defer func() { c.verb = "" }()
	if c.fail != nil {
		if err := c.fail(); err != nil {
			return err
		}
	}
	return do()
}

func (c *cluster) get(verb string, sets map[string]*appsv1.ReplicaSet, name string) (rs *appsv1.ReplicaSet, err error) {
	err = c.call(verb, func() error {
		if rs = sets[name].DeepCopy(); rs == nil {
			return apierrors.NewNotFound(replicaSetResource, name)
		}
		return nil
	})
	return rs, err
}

func (c *cluster) Get(_ context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error) {
	return c.get("get", c.cachedSets, name.Name)
}

func (c *cluster) GetLive(_ context.Context, name types.NamespacedName) (*appsv1.ReplicaSet, error) {
	return c.get("get live", c.sets, name.Name)
}

func (c *cluster) ListByController(_ context.Context, uid types.UID) (list []*appsv1.ReplicaSet, err error) {
	err = c.call("list sets", func() error {
		for _, name := range slices.Sorted(maps.Keys(c.cachedSets)) {
			if metav1.IsControlledBy(c.cachedSets[name], &metav1.ObjectMeta{UID: uid}) {
				list = append(list, c.cachedSets[name])
			}
		}
		return nil
	})
	return list, err
}

func (c *cluster) ListPods(context.Context, string) ([]*corev1.Pod, error) {
	return c.list(func(*corev1.Pod) bool { return true })
}

func (c *cluster) ListPodsByOwner(_ context.Context, keys ...string) ([]*corev1.Pod, error) {
	return c.list(func(pod *corev1.Pod) bool {
		return slices.Contains(keys, ownerKey(pod.Namespace, string(controllerUID(pod))))
	})
}

func (c *cluster) list(listed func(*corev1.Pod) bool) (list []*corev1.Pod, err error) {
	err = c.call("list", func() error {
		for _, name := range slices.Sorted(maps.Keys(c.cachedPods)) {
			if listed(c.cachedPods[name]) {
				list = append(list, c.cachedPods[name])
			}
		}
		return nil
	})
	return list, err
}

func (c *cluster) CreatePod(_ context.Context, pod *corev1.Pod) error {
	return c.call("create", func() error {
		c.created++ // names are unique
		pod.Name = fmt.Sprintf("%s%c", pod.GenerateName, 'a'+c.created-1)
		pod.UID = types.UID(pod.Name + "-uid")
		c.calls = append(c.calls, "create "+pod.Name)
		c.put(pod.Name, pod)
		return nil
	})
}

// change has do change a copy of the pod that is stored, if it is the one that the caller means.
func (c *cluster) change(verb string, pod *corev1.Pod, do func(*corev1.Pod) error) error {
	return c.call(verb, func() error {
		stored := c.pods[pod.Name]
		if stored == nil {
			return apierrors.NewNotFound(podResource, pod.Name)
		}
		if stored.UID != pod.UID {
			return apierrors.NewConflict(podResource, pod.Name, errors.New("another UID"))
		}
		stored = stored.DeepCopy()
		if err := do(stored); err != nil {
			return err
		}
		c.calls = append(c.calls, verb+" "+pod.Name)
		if !apiequality.Semantic.DeepEqual(stored, c.pods[pod.Name]) { // else nobody hears of it
			c.put(pod.Name, stored)
		}
		return nil
	})
}

// DeletePod begins a pod's deletion. It is gone later.
func (c *cluster) DeletePod(_ context.Context, pod *corev1.Pod) error {
	return c.change("delete", pod, func(pod *corev1.Pod) error {
		if pod.DeletionTimestamp == nil {
			pod.DeletionTimestamp = &metav1.Time{}
		}
		return nil
	})
}

// PatchPod knows the patches of a claim.
func (c *cluster) PatchPod(_ context.Context, pod *corev1.Pod, patch []byte) error {
	var p struct {
		Metadata struct {
			UID             types.UID
			OwnerReferences []struct {
				metav1.OwnerReference
				Directive string `json:"$patch"`
			}
		}
	}
	if err := json.Unmarshal(patch, &p); err != nil || len(p.Metadata.OwnerReferences) != 1 || p.Metadata.UID != pod.UID {
		return apierrors.NewBadRequest(fmt.Sprintf("not a claim: %s", patch))
	}
	ref, verb := p.Metadata.OwnerReferences[0], "adopt"
	if ref.Directive == "delete" {
		verb = "release"
	}
	return c.change(verb, pod, func(pod *corev1.Pod) error {
		pod.OwnerReferences = slices.DeleteFunc(pod.OwnerReferences, func(r metav1.OwnerReference) bool { return r.UID == ref.UID })
		if verb == "release" {
			return nil
		}
		if metav1.GetControllerOf(pod) != nil {
			return apierrors.NewInvalid(corev1.SchemeGroupVersion.WithKind("Pod").GroupKind(), pod.Name, nil)
		}
		pod.OwnerReferences = append(pod.OwnerReferences, ref.OwnerReference)
		return nil
	})
}

// UpdateStatus refuses an rs that is not the newest.
func (c *cluster) UpdateStatus(_ context.Context, rs *appsv1.ReplicaSet) error {
	return c.call("update status", func() error {
		stored := c.sets[rs.Name]
		if stored == nil {
			return apierrors.NewNotFound(replicaSetResource, rs.Name)
		}
		if stored.UID != rs.UID || stored.ResourceVersion != rs.ResourceVersion {
			return apierrors.NewConflict(replicaSetResource, rs.Name, errors.New("not the newest"))
		}
		stored = stored.DeepCopy()
		stored.Status = rs.Status
		c.putSet(stored)
		return nil
	})
}

// putSet stores a ReplicaSet as a new version.
func (c *cluster) putSet(rs *appsv1.ReplicaSet) {
	c.version++
	rs.ResourceVersion = fmt.Sprint(c.version)
	c.sets[rs.Name] = rs
}

// A daemonCluster is the client of the DaemonSet controller in the example.
type daemonCluster struct {
	*cluster
	ds, stored *appsv1.DaemonSet // in the cache, and in the API server; nil if it has the same
	nodes      []*corev1.Node
}

func daemonSet(name string, labels map[string]string) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name + "-uid"), Generation: 1},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}},
		},
	}
}

// daemonPod returns a pod of ds on a node.
func daemonPod(name string, ds *appsv1.DaemonSet, node string) *corev1.Pod {
	p := pod(name, ds.Spec.Template.Labels, nil)
	p.Spec.NodeName = node
	p.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(ds, daemonSetKind)}
	return p
}

func node(name string, labels map[string]string, taints ...corev1.Taint) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec:       corev1.NodeSpec{Taints: taints},
	}
}

func (c *daemonCluster) Get(context.Context, types.NamespacedName) (*appsv1.DaemonSet, error) {
	if c.ds == nil {
		return nil, apierrors.NewNotFound(appsv1.Resource("daemonsets"), "agent")
	}
	return c.ds, nil
}

func (c *daemonCluster) GetLive(context.Context, types.NamespacedName) (*appsv1.DaemonSet, error) {
	return cmp.Or(c.stored, c.ds).DeepCopy(), nil
}

func (c *daemonCluster) Revision(context.Context, *appsv1.DaemonSet) (string, error) {
	return "v1", nil
}

func (c *daemonCluster) ListNodes(context.Context) ([]*corev1.Node, error) { return c.nodes, nil }

// UpdateStatus refuses a ds that is not the newest.
func (c *daemonCluster) UpdateStatus(_ context.Context, ds *appsv1.DaemonSet) error {
	live := cmp.Or(c.stored, c.ds)
	if live.UID != ds.UID || live.ResourceVersion != ds.ResourceVersion {
		return apierrors.NewConflict(appsv1.Resource("daemonsets"), ds.Name, errors.New("not the newest"))
	}
	c.ds, c.stored = ds, nil
	return nil
}
