package kube_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
)

// PodsOf shows the pods of a ReplicaSet. Its functions read from informers' caches or from the API server.
func PodsOf(get func(namespace, name string) (*appsv1.ReplicaSet, error), list func(namespace string) (*corev1.PodList, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rs, err := get(r.PathValue("namespace"), r.PathValue("name"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		pods, err := list(rs.Namespace)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		s, err := kube.Selector(rs.Spec.Selector)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		c := kube.Controller(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), s)
		for pod := range ownership.Filter(c, ownership.Pointers(pods.Items), kube.Object) { // by label and by controller
			fmt.Fprintln(w, pod.Name, pod.Status.Phase)
		}
	}
}

// A dashboard's page of one ReplicaSet. Two have the same labels here, so that labels alone would show the pods of both.
func Example_dashboard() {
	replicaSet := func(name string) *appsv1.ReplicaSet {
		return &appsv1.ReplicaSet{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name + "-uid")},
			Spec:       appsv1.ReplicaSetSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "front"}}},
		}
	}
	pod := func(name string, owner *appsv1.ReplicaSet) corev1.Pod {
		return corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Name: name, Labels: map[string]string{"tier": "front"},
				OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(owner, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))},
			},
			Status: corev1.PodStatus{Phase: corev1.PodRunning},
		}
	}
	v1, v2 := replicaSet("front"), replicaSet("front-v2")
	pods := &corev1.PodList{Items: []corev1.Pod{pod("front-a", v1), pod("front-v2-a", v2), pod("front-b", v1)}}

	mux := http.NewServeMux()
	mux.Handle("GET /{namespace}/replicasets/{name}", PodsOf(
		func(namespace, name string) (*appsv1.ReplicaSet, error) { return v1, nil },
		func(namespace string) (*corev1.PodList, error) { return pods, nil },
	))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/shop/replicasets/front", nil))
	fmt.Print(w.Code, "\n", w.Body)
	// Output:
	// 200
	// front-a Running
	// front-b Running
}
