// Command ownership times how rollcall finds the pods of owners, and which of them go, against the loops of Kubernetes Dashboard and
// the code of Kubernetes' controllers, side by side, and prints a Markdown table:
//
//	go run ./bench/ownership
//
// The pods are a slice of 10,000 corev1.Pods of 1,000 ReplicaSets, in mixed order.
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
		group(), // the one that takes seconds last
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

// podsOf returns so many pods of each owner, in mixed order, each with what a pod of a cluster has at the least.
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

// controlledBy is how Kubernetes Dashboard finds the pods of one owner: over values, each of which is copied to the heap, because
// its address is taken as an interface.
func controlledBy(owner metav1.Object, pods []corev1.Pod) []corev1.Pod {
	var mine []corev1.Pod
	for _, pod := range pods {
		if metav1.IsControlledBy(&pod, owner) {
			mine = append(mine, pod)
		}
	}
	return mine
}

// check ends the program when the contestants do not agree.
func check(got, want int) {
	if got != want {
		panic(fmt.Sprintf("%d pods, want %d", got, want))
	}
}

// group finds the pods of every owner.
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

// filterByOwner finds the pods of one owner.
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

// filterByLabels finds them by label as well, which Dashboard does not do.
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

// countOfOwner looks at the views of those pods that are left when the owner was asked for first.
func countOfOwner(c ownership.Controller) (n int) {
	for range ownership.Filter(c, slices.Values(kube.FilterControlledBy(&sets[7], pods)), kube.Object) {
		n++
	}
	return n
}

// countOfAll looks at the views of all pods.
func countOfAll(c ownership.Controller) (n int) {
	for range ownership.Filter(c, ownership.Pointers(pods), kube.Object) {
		n++
	}
	return n
}

// deletionOrder chooses 500 of 1,000 pods to delete, beside others on their nodes.
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
		Upstream: func(n int) { // as getPodsToDelete, without its metric
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
