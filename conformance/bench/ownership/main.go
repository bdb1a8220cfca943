// Command ownership times how rollcall finds the pods of owners and the pods to delete. It compares with the
// loops of Kubernetes Dashboard and the code of the Kubernetes controllers, side by side, and prints a
// Markdown table:
//
//	go run ./bench/ownership
//
// The input is a slice of 10,000 corev1.Pods of 1,000 ReplicaSets, in random order.
package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/conformance/internal/bench"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

const (
	owners = 1_000
	each   = 10 // pods of one owner
)

var (
	now    = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	random = rand.New(rand.NewPCG(1, 2))
	sets   = replicaSets()
	pods   = podsOf(sets, each)
)

func main() {
	bench.Print([]bench.Row{
		filterByOwner(),
		filterByLabels("Filter of that: by owner and by label", countOfOwner),
		filterByLabels("Filter of all pods: by owner and by label", countOfAll),
		deletionOrder(),
		group(), // last, because it takes seconds
	})
}

func replicaSets() []appsv1.ReplicaSet {
	sets := make([]appsv1.ReplicaSet, owners)
	for i := range sets {
		sets[i].Namespace, sets[i].Name = "shop", fmt.Sprintf("web-%d", i)
		sets[i].UID = types.UID(fmt.Sprintf("0b7c1d5e-97c9-4e8d-a8ce-%012d", i))
	}
	return sets
}

// podsOf returns a number of pods for each owner, in random order. Each pod has the fields that every pod in
// a cluster has.
func podsOf(sets []appsv1.ReplicaSet, each int) []corev1.Pod {
	pods := make([]corev1.Pod, 0, len(sets)*each)
	for i := range sets {
		owner := metav1.NewControllerRef(&sets[i], appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
		for j := range each {
			created := metav1.NewTime(now.Add(-time.Duration(random.IntN(1_000_000)) * time.Second))
			pods = append(pods, corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{
					Namespace: "shop", Name: fmt.Sprintf("%s-%d", sets[i].Name, j), UID: types.UID(fmt.Sprintf("%08x-97c9-4e8d-a8ce-1dd54e119360", random.Uint32())),
					Labels:          map[string]string{"app": "web", "tier": "frontend", "pod-template-hash": sets[i].Name},
					OwnerReferences: []metav1.OwnerReference{*owner}, CreationTimestamp: created,
				},
				Spec: corev1.PodSpec{NodeName: fmt.Sprintf("node-%d", random.IntN(50))},
				Status: corev1.PodStatus{
					Phase:             corev1.PodRunning,
					Conditions:        []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: created}},
					ContainerStatuses: []corev1.ContainerStatus{{Name: "web", RestartCount: int32(random.IntN(3))}},
				},
			})
		}
	}
	random.Shuffle(len(pods), func(i, j int) { pods[i], pods[j] = pods[j], pods[i] })
	return pods
}

// controlledBy finds the pods of one owner as Kubernetes Dashboard does. It copies each pod to the heap,
// because it converts the address of the loop variable to an interface.
func controlledBy(owner metav1.Object, pods []corev1.Pod) []corev1.Pod {
	var mine []corev1.Pod
	for _, pod := range pods {
		if metav1.IsControlledBy(&pod, owner) {
			mine = append(mine, pod)
		}
	}
	return mine
}

// check panics if the contestants do not agree.
func check(got, want int) {
	if got != want {
		panic(fmt.Sprintf("%d pods, want %d", got, want))
	}
}

// group returns the row that finds the pods of every owner.
func group() bench.Row {
	return bench.Row{
		Name:   "Group: the pods of each of 1,000 owners",
		Faster: 1000,
		Rollcall: func(n int) {
			for range n {
				check(len(ownership.Group(ownership.Pointers(pods), kube.Object)), owners)
			}
		},
		Upstream: func(n int) {
			for range n {
				for i := range sets {
					check(len(controlledBy(&sets[i], pods)), each)
				}
			}
		},
	}
}

// filterByOwner returns the row that finds the pods of one owner.
func filterByOwner() bench.Row {
	return bench.Row{
		Name:   "FilterControlledBy: the pods of one owner",
		Faster: 5,
		Rollcall: func(n int) {
			for range n {
				check(len(kube.FilterControlledBy(&sets[7], pods)), each)
			}
		},
		Upstream: func(n int) {
			for range n {
				check(len(controlledBy(&sets[7], pods)), each)
			}
		},
	}
}

// filterByLabels returns the row that finds pods by owner and by labels. Dashboard does not check labels.
func filterByLabels(name string, count func(ownership.Controller) int) bench.Row {
	s, err := selector.FromLabels(map[string]string{"app": "web", "pod-template-hash": sets[7].Name})
	if err != nil {
		panic(err)
	}
	c := kube.Controller(&sets[7], appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), s)
	r := filterByOwner()
	r.Name = name
	r.Rollcall = func(n int) {
		for range n {
			check(count(c), each)
		}
	}
	return r
}

// countOfOwner filters by owner first, and converts only the pods that are left.
func countOfOwner(c ownership.Controller) (n int) {
	for range ownership.Filter(c, slices.Values(kube.FilterControlledBy(&sets[7], pods)), kube.Object) {
		n++
	}
	return n
}

// countOfAll converts all pods.
func countOfAll(c ownership.Controller) (n int) {
	for range ownership.Filter(c, ownership.Pointers(pods), kube.Object) {
		n++
	}
	return n
}

// deletionOrder returns the row that chooses 500 of 1,000 pods to delete, with related pods on their nodes.
func deletionOrder() bench.Row {
	surplus := pods[:1000]
	return bench.Row{
		Name: "Diff: which 500 of 1,000 pods go",
		Rollcall: func(n int) {
			for range n {
				views := make([]replica.Pod, len(surplus))
				for i := range surplus {
					views[i] = kube.Pod(&surplus[i])
				}
				plan := replica.Diff(500, views, now, replica.Options{Related: replica.Related(views, selector.Everything())})
				check(len(plan.Delete), 500)
			}
		},
		Upstream: func(n int) { // like getPodsToDelete, without its metric
			for range n {
				ranked := controller.ActivePodsWithRanks{Now: metav1.NewTime(now)}
				onNode := map[string]int{}
				for i := range surplus {
					if controller.IsPodActive(&surplus[i]) {
						ranked.Pods = append(ranked.Pods, &surplus[i])
						onNode[surplus[i].Spec.NodeName]++
					}
				}
				for _, pod := range ranked.Pods {
					ranked.Rank = append(ranked.Rank, onNode[pod.Spec.NodeName])
				}
				sort.Sort(ranked)
				check(len(ranked.Pods[:500]), 500)
			}
		},
	}
}
