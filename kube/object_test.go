package kube_test

import (
	"reflect"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// meta returns metadata with all that a view has.
func meta() metav1.ObjectMeta {
	owner := &metav1.ObjectMeta{Name: "web", UID: "rs-uid"}
	return metav1.ObjectMeta{
		Namespace: "shop", Name: "web-x", UID: "pod-uid",
		Labels:            map[string]string{"app": "web"},
		DeletionTimestamp: &metav1.Time{Time: time.Unix(1_790_000_000, 0)},
		OwnerReferences: []metav1.OwnerReference{
			{APIVersion: "v1", Kind: "ConfigMap", Name: "other", UID: "no-controller"},
			*metav1.NewControllerRef(owner, replicaSetKind),
		},
	}
}

func TestObject(t *testing.T) {
	want := ownership.Object{
		Namespace: "shop", Name: "web-x", UID: "pod-uid", Labels: map[string]string{"app": "web"}, Deleting: true,
		ControlledBy: ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "rs-uid"},
	}
	pod := &corev1.Pod{ObjectMeta: meta()}
	m := meta()
	dynamic := &unstructured.Unstructured{}
	dynamic.SetNamespace(m.Namespace)
	dynamic.SetName(m.Name)
	dynamic.SetUID(m.UID)
	dynamic.SetLabels(m.Labels)
	dynamic.SetDeletionTimestamp(m.DeletionTimestamp)
	dynamic.SetOwnerReferences(m.OwnerReferences)
	for name, got := range map[string]ownership.Object{
		"a pod":            kube.Object(pod),
		"another kind":     kube.Object(&appsv1.ReplicaSet{ObjectMeta: meta()}),
		"metadata alone":   kube.Object(&metav1.PartialObjectMetadata{ObjectMeta: meta()}),
		"an interface":     kube.Object[metav1.Object](pod),
		"unstructured":     kube.Object(dynamic),
		"the pod's object": kube.Pod(pod).Object,
	} {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	pod.Labels["tier"] = "front"
	if got := kube.Object(pod); reflect.ValueOf(got.Labels).Pointer() != reflect.ValueOf(pod.Labels).Pointer() {
		t.Error("the labels are a copy")
	}
	for name, got := range map[string]ownership.Object{
		"pod": kube.Object(&corev1.Pod{}), "unstructured": kube.Object(&unstructured.Unstructured{}),
	} {
		if !reflect.DeepEqual(got, ownership.Object{}) {
			t.Errorf("the zero %s is %+v", name, got)
		}
	}
}

// The controller is the one that both upstream and ownership find, whatever the references.
func TestObjectController(t *testing.T) {
	var refs []metav1.OwnerReference
	no, yes := false, true
	for _, controller := range []*bool{nil, &no, &yes} {
		refs = append(refs,
			metav1.OwnerReference{Controller: controller},
			metav1.OwnerReference{Controller: controller, APIVersion: "apps/v1"},
			metav1.OwnerReference{Controller: controller, Kind: "ReplicaSet"},
			metav1.OwnerReference{Controller: controller, Name: "web"},
			metav1.OwnerReference{Controller: controller, UID: "u1"},
			metav1.OwnerReference{Controller: controller, APIVersion: "v1", Kind: "ReplicationController", Name: "kubia", UID: "u2"},
		)
	}
	check := func(refs ...metav1.OwnerReference) {
		t.Helper()
		ours := make([]ownership.OwnerReference, len(refs))
		for i, r := range refs {
			ours[i] = ownership.OwnerReference{APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name, UID: string(r.UID), Controller: r.Controller}
		}
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{OwnerReferences: refs}}
		got := kube.Object(pod).ControlledBy
		if want := ownership.ControllerOf(ours).Ref(); got != want {
			t.Errorf("%+v: %+v, want %+v", refs, got, want)
		}
		if other := kube.Object[metav1.Object](&appsv1.ReplicaSet{ObjectMeta: pod.ObjectMeta}).ControlledBy; got != other {
			t.Errorf("%+v: a pod's is %+v, another kind's %+v", refs, got, other)
		}
		if upstream := metav1.GetControllerOfNoCopy(pod); (upstream == nil) != (got == ownership.Ref{}) || upstream != nil && string(upstream.UID) != got.UID {
			t.Errorf("%+v: %+v, upstream has %+v", refs, got, upstream)
		}
	}
	check()
	for _, a := range refs {
		check(a)
		for _, b := range refs {
			check(a, b)
		}
	}
}

// What is not there is nobody's: it is neither adopted nor kept, nor counted.
func TestNilObject(t *testing.T) {
	c := ownership.Controller{Ref: ownership.Ref{UID: "u"}, Selector: selector.MustParse("!app")} // matches no labels, in every namespace
	for name, o := range map[string]ownership.Object{
		"a pod":                 kube.Object[*corev1.Pod](nil),
		"another kind":          kube.Object[*appsv1.ReplicaSet](nil),
		"an interface":          kube.Object[metav1.Object](nil),
		"a pod as an interface": kube.Object[metav1.Object]((*corev1.Pod)(nil)),
		"the pod's object":      kube.Pod(nil).Object,
	} {
		if want := (ownership.Object{Deleting: true}); !reflect.DeepEqual(o, want) {
			t.Errorf("nil as %s is %+v, want %+v", name, o, want)
		}
		if d, _ := c.Decide(o); d != ownership.Ignore {
			t.Errorf("nil as %s: %v", name, d)
		}
	}
}

func TestViewsDoNotAllocate(t *testing.T) {
	_, pods := world()
	pod := &pods[0]
	pod.Annotations = map[string]string{corev1.PodDeletionCost: "-5"}
	rs := &appsv1.ReplicaSet{ObjectMeta: meta()}
	node := &corev1.Node{ObjectMeta: meta()}
	var o metav1.Object = rs
	for name, f := range map[string]func(){
		"Object, a pod":           func() { kube.Object(pod) },
		"Object, another kind":    func() { kube.Object(rs) },
		"Object, an interface":    func() { kube.Object(o) },
		"Pod":                     func() { kube.Pod(pod) },
		"Node":                    func() { kube.Node(node) },
		"FilterControlledBy none": func() { kube.FilterControlledBy(o, pods) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
}

func TestController(t *testing.T) {
	s := selector.MustParse("app=web")
	m := meta()
	for _, test := range []struct {
		name string
		o    metav1.Object
		gvk  schema.GroupVersionKind
		want ownership.Controller
	}{
		{"being deleted", &m, replicaSetKind, ownership.Controller{
			Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web-x", UID: "pod-uid"},
			Namespace: "shop", Selector: s, Deleting: true,
		}},
		{"the core group", &metav1.ObjectMeta{Name: "kubia"}, corev1.SchemeGroupVersion.WithKind("ReplicationController"), ownership.Controller{
			Ref: ownership.Ref{APIVersion: "v1", Kind: "ReplicationController", Name: "kubia"}, Selector: s,
		}},
		{"nil", nil, replicaSetKind, ownership.Controller{Ref: ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet"}, Selector: s}},
		{"a nil pointer", (*appsv1.ReplicaSet)(nil), replicaSetKind, ownership.Controller{
			Ref: ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet"}, Selector: s,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := kube.Controller(test.o, test.gvk, s); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestFilterControlledBy(t *testing.T) {
	rs, pods := world()
	mine := kube.FilterControlledBy(rs, pods)
	n := 0
	for i := range pods {
		if !metav1.IsControlledBy(&pods[i], rs) {
			continue
		}
		if n == len(mine) || mine[n] != &pods[i] {
			t.Fatalf("%d of %d is not a pointer to pod %d", n, len(mine), i)
		}
		n++
	}
	if n != 10 || len(mine) != n {
		t.Errorf("%d pods, upstream finds %d", len(mine), n)
	}
}

func TestFilterControlledByRules(t *testing.T) {
	controlledBy := func(uids ...types.UID) corev1.Pod {
		var p corev1.Pod
		for _, uid := range uids {
			p.OwnerReferences = append(p.OwnerReferences, *metav1.NewControllerRef(&metav1.ObjectMeta{UID: uid}, replicaSetKind))
		}
		return p
	}
	ownedOnly := controlledBy("u1")
	ownedOnly.OwnerReferences[0].Controller = nil
	pods := []corev1.Pod{controlledBy(), controlledBy("u1", "u2"), ownedOnly, controlledBy(""), controlledBy("u3")}
	for _, test := range []struct {
		name  string
		owner metav1.Object
		want  []*corev1.Pod
	}{
		{"a pod's first controller, and no mere owner", &metav1.ObjectMeta{UID: "u1"}, []*corev1.Pod{&pods[1]}},
		{"a pod's second controller", &metav1.ObjectMeta{UID: "u2"}, nil},
		{"nobody's", &metav1.ObjectMeta{UID: "u4"}, nil},
		{"an owner without UID", &metav1.ObjectMeta{Name: "web"}, nil},
		{"nil", nil, nil},
		{"a nil pointer", (*appsv1.ReplicaSet)(nil), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := kube.FilterControlledBy(test.owner, pods); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%d pods, want %d", len(got), len(test.want))
			}
		})
	}
	if got := kube.FilterControlledBy[corev1.Pod](&metav1.ObjectMeta{UID: "u1"}, nil); got != nil {
		t.Errorf("of no pods: %v", got)
	}
	if !metav1.IsControlledBy(&pods[3], &metav1.ObjectMeta{}) {
		t.Error("upstream tells empty UIDs apart: no deviation any more")
	}
}

func TestOwnerReferences(t *testing.T) {
	yes := true
	full := metav1.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "u1", Controller: &yes, BlockOwnerDeletion: &yes}
	got := kube.OwnerReferences([]metav1.OwnerReference{full, {}})
	want := []ownership.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "u1", Controller: &yes, BlockOwnerDeletion: &yes}, {}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if kube.OwnerReferences(nil) != nil {
		t.Error("of none, not nil")
	}
}
