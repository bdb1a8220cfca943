package kube_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

// Lists reads the ReplicaSets and the pods of a namespace, from informers' caches or from the API server.
type Lists func(namespace string) (*appsv1.ReplicaSetList, *corev1.PodList, error)

// ServeHTTP shows the ReplicaSets with their pods, and the pods that are nobody's.
func (read Lists) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sets, pods, err := read(r.PathValue("namespace"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	now := time.Now()
	groups := ownership.Group(ownership.Pointers(pods.Items), kube.Object) // by controller, for all owners at once
	for i := range sets.Items {
		rs := &sets.Items[i]
		s, err := kube.Selector(rs.Spec.Selector)
		if err != nil {
			fmt.Fprintln(w, rs.Name, err)
			continue
		}
		c := kube.Controller(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), s)
		if c.UID == "" {
			continue // was never stored; groups[""] are the orphans
		}
		var mine []replica.Pod
		for pod := range ownership.Filter(c, slices.Values(groups[c.UID]), kube.Object) { // by label too
			mine = append(mine, kube.Pod(pod))
		}
		minReady := time.Duration(rs.Spec.MinReadySeconds) * time.Second
		status := replica.Summarize(mine, rs.Spec.Template.Labels, minReady, now)
		fmt.Fprintf(w, "%s: %d replicas, %d available\n", rs.Name, status.Replicas, status.Available)
		for _, pod := range mine {
			fmt.Fprintln(w, "  ", pod.Name, pod.State(minReady, now))
		}
	}
	for _, pod := range groups[""] {
		fmt.Fprintln(w, "nobody's:", pod.Name)
	}
}

// A dashboard's page. Both ReplicaSets have the same labels, so that each would show the pods of both by
// labels alone. By the controller alone the first would still show front-c, which was relabelled and is to be
// released.
func Example_dashboard() {
	front, debug := map[string]string{"tier": "front"}, map[string]string{"tier": "debug"}
	v1, v2 := replicaSet("front", 2, front), replicaSet("front-v2", 1, front)
	sets := &appsv1.ReplicaSetList{Items: []appsv1.ReplicaSet{*v1, *v2}}
	pods := &corev1.PodList{Items: []corev1.Pod{
		*pod("front-a", front, v1), *pod("front-v2-a", front, v2), *pod("front-b", front, v1), *pod("front-c", debug, v1),
		*pod("alone", front, nil),
	}}
	pods.Items[0].Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	pods.Items[2].DeletionTimestamp = &metav1.Time{}

	mux := http.NewServeMux()
	mux.Handle("GET /{namespace}/replicasets", Lists(func(string) (*appsv1.ReplicaSetList, *corev1.PodList, error) {
		return sets, pods, nil
	}))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/shop/replicasets", nil))
	fmt.Print(w.Code, "\n", w.Body)
	// Output:
	// 200
	// front: 1 replicas, 1 available
	//    front-a Available
	//    front-b Terminating
	// front-v2: 1 replicas, 0 available
	//    front-v2-a NotReady
	// nobody's: alone
}
