// Package replica_test compares rollcall's decisions about pods with those of
// k8s.io/kubernetes/pkg/controller, the oracle.
package replica_test

import (
	"flag"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/replica"
)

var sets = flag.Int("sets", 20_000, "number of random sets of pods in TestDeletionOrder")

// arrivals is the number of random orders of arrival in which upstream sorts each set.
const arrivals = 20

// TestDeletionOrder compares the deleted pods, for each set of pods and each number of deletions. No pod or
// pair of pods is left out. Three things must hold:
//
//   - The order is the one that upstream has if the pods arrive ordered by UID. So it is one of upstream's
//     orders.
//   - Pods that upstream deletes for every order of arrival are deleted, and pods that upstream never deletes
//     are kept. Both follow from upstream's relation, for every sort algorithm: see components.
//   - If upstream deletes the same pods for 20 random orders of arrival and for the order by UID, rollcall
//     deletes them too.
//
// Sometimes 20 random orders agree by accident, but upstream chooses other pods for the order by UID. Then
// its choice depends on the order of arrival; the test counts these cases.
//
//	go test ./replica -run 'TestDeletionOrder$' -sets 1000000 -seed 18 -timeout 2h -v
func TestDeletionOrder(t *testing.T) {
	counts := forEach(t, *sets, func(n uint64) (map[string]int, error) {
		w := pods.NewWorld(*seed, n)
		active, related := rollout(w)
		if w.IntN(4) == 0 { // with arbitrary pods
			for _, p := range w.Pods(1 + w.IntN(15)) {
				if controller.IsPodActive(p) {
					active = append(active, p)
				}
			}
			for i, p := range active {
				p.UID = types.UID(fmt.Sprintf("uid-%04d-%d", w.IntN(10_000), i))
			}
			related = map[string]int{"n1": w.IntN(2) * w.IntN(3), "n2": w.IntN(2), "": w.IntN(2)}
		}
		ours := pods.Ours(active)
		order := replica.DeletionOrder(ours, pods.Now, related)
		if len(order) != len(active) {
			return nil, fmt.Errorf("the order has %d of %d pods", len(order), len(active))
		}
		theirs := newRanked(active, related, pods.Now)
		byUID := theirs.sorted(sortedByUID(active))
		if !slices.Equal(order, byUID) {
			return nil, fmt.Errorf("order %v, upstream for pods that arrive by UID %v\n%s", order, byUID, showAll(active))
		}
		certain, possible := theirs.components()
		for place, i := range order {
			if place < certain[i] || place >= possible[i] {
				return nil, fmt.Errorf("%s is at position %d, want at least %d and less than %d\n%s", active[i].Name, place, certain[i], possible[i], showAll(active))
			}
		}
		choices := theirs.choices(w)
		counts := map[string]int{}
		for diff := 1; diff < len(active); diff++ {
			want := choices[diff-1]
			if want == nil {
				counts["depends on the order of arrival"]++
				continue
			}
			got := slices.Sorted(slices.Values(order[:diff]))
			if !slices.Equal(got, want) {
				if i := order[diff-1]; possible[i] > diff {
					counts["depends, though 20 random orders agree"]++
					continue
				}
				return nil, fmt.Errorf("%d of %d deleted: %v, upstream %v\n%s", diff, len(active), got, want, showAll(active))
			}
			counts["equal"]++
			plan := replica.Diff(len(active)-diff, ours, pods.Now, replica.Options{Related: related})
			for k, d := range plan.Delete {
				if d.Index != order[k] {
					return nil, fmt.Errorf("Diff deletes %v, DeletionOrder returns %v", plan.Delete, order)
				}
			}
		}
		return counts, nil
	})
	covered(t, counts, "equal", "depends on the order of arrival")
}

// ranked is upstream's relation between the pods of a set.
type ranked struct {
	pods []*corev1.Pod
	less [][]bool
}

func newRanked(list []*corev1.Pod, related map[string]int, now time.Time) ranked {
	r := ranked{pods: list, less: make([][]bool, len(list))}
	all := controller.ActivePodsWithRanks{Pods: list, Rank: make([]int, len(list)), Now: metav1.NewTime(now)}
	for i, p := range list {
		all.Rank[i] = related[p.Spec.NodeName]
	}
	for i := range list {
		r.less[i] = make([]bool, len(list))
		for j := range list {
			r.less[i][j] = all.Less(i, j)
		}
	}
	return r
}

// certain reports whether upstream, if it deletes diff pods, deletes the same ones for every order of
// arrival.
func (r ranked) certain(diff int) bool {
	certain, possible := r.components()
	for i := range r.pods {
		if certain[i] < diff && diff < possible[i] {
			return false
		}
	}
	return true
}

// components returns two numbers for each pod: how many pods are before it in every possible upstream order,
// and its last possible position plus one. Two pods can be in either order if each reaches the other by steps
// between pods that may be neighbours.
func (r ranked) components() (certain, possible []int) {
	reach := make([][]bool, len(r.pods))
	for i := range reach {
		reach[i] = make([]bool, len(r.pods))
		for j := range reach[i] {
			reach[i][j] = !r.less[j][i]
		}
	}
	for k := range reach {
		for i := range reach {
			if reach[i][k] {
				for j := range reach {
					reach[i][j] = reach[i][j] || reach[k][j]
				}
			}
		}
	}
	certain, possible = make([]int, len(reach)), make([]int, len(reach))
	for j := range reach {
		for i := range reach {
			if reach[i][j] {
				possible[j]++
				if !reach[j][i] {
					certain[j]++
				}
			}
		}
	}
	return certain, possible
}

// choices returns the sorted indices of the pods that upstream deletes, for each number of deletions from 1
// to all pods but one. It is nil where they depend on the order of arrival. The relation is read from a
// table, which is faster; the sort is upstream's.
func (r ranked) choices(w *pods.World) [][]int {
	choices := make([][]int, max(0, len(r.pods)-1))
	for n := range arrivals {
		order := r.sorted(w.Perm(len(r.pods)))
		for diff := range choices {
			chosen := slices.Sorted(slices.Values(order[:diff+1]))
			if n == 0 {
				choices[diff] = chosen
			} else if !slices.Equal(choices[diff], chosen) {
				choices[diff] = nil
			}
		}
	}
	return choices
}

// sorted sorts pods that arrive in this order as upstream does, and returns their indices.
func (r ranked) sorted(arrival []int) []int {
	sort.Sort(&byTable{r.less, arrival})
	return arrival
}

func sortedByUID(list []*corev1.Pod) []int {
	arrival := make([]int, len(list))
	for i := range arrival {
		arrival[i] = i
	}
	slices.SortFunc(arrival, func(i, j int) int { return strings.Compare(string(list[i].UID), string(list[j].UID)) })
	return arrival
}

// byTable sorts indices by a relation.
type byTable struct {
	less  [][]bool
	order []int
}

func (b *byTable) Len() int           { return len(b.order) }
func (b *byTable) Swap(i, j int)      { b.order[i], b.order[j] = b.order[j], b.order[i] }
func (b *byTable) Less(i, j int) bool { return b.less[b.order[i]][b.order[j]] }

// rollout returns pods of one ReplicaSet as they are in a real cluster, and the number of related pods on
// each node. The pods are created together seconds to days ago, become ready within seconds to minutes of
// each other, and may have restarts. Some sets have deletion costs, pods that are not ready, or pods of a
// later rollout.
func rollout(w *pods.World) ([]*corev1.Pod, map[string]int) {
	n := 2 + w.IntN(9)
	if w.IntN(8) == 0 {
		n += w.IntN(30)
	}
	related := map[string]int{}
	if w.IntN(3) == 0 {
		related = map[string]int{"n0": 1 + w.IntN(3), "n1": 1 + w.IntN(3), "n2": 1}
	}
	spread := []int{1, 5, 30, 300}[w.IntN(4)]                     // all became ready within this many seconds
	age := []int{20, 600, 7200, 86_400, 9 * 86_400}[w.IntN(5)]    // seconds since the rollout
	restarting, costs, unready := w.IntN(3), w.IntN(6), w.IntN(4) // how common each property is
	second := func(ago int) metav1.Time {
		return metav1.NewTime(pods.Now.Truncate(time.Second).Add(-time.Duration(ago) * time.Second))
	}
	list := make([]*corev1.Pod, n)
	for i, place := range w.Perm(n) {
		since := age
		if w.IntN(5) == 0 && age > 7200 {
			since = w.IntN(age) // replaced or restarted later
		}
		created := since + w.IntN(spread) + 5
		p := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: fmt.Sprintf("web-%d", i), UID: types.UID(fmt.Sprintf("%04d-%d", w.IntN(10_000), place)),
				CreationTimestamp: second(created),
			},
			Spec:   corev1.PodSpec{NodeName: fmt.Sprintf("n%d", w.IntN(4))},
			Status: corev1.PodStatus{Phase: corev1.PodRunning},
		}
		status := corev1.ConditionTrue
		if unready == 0 && w.IntN(3) == 0 {
			status = corev1.ConditionFalse
		}
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: status, LastTransitionTime: second(since + w.IntN(spread))}}
		restarts := int32(0)
		if restarting > 0 && w.IntN(4) < restarting {
			restarts = int32(w.IntN(4))
			if w.IntN(2) == 0 { // the restart made it ready later
				p.Status.Conditions[0].LastTransitionTime = second(w.IntN(since + 1))
			}
		}
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "web", RestartCount: restarts}}
		if costs == 0 && w.IntN(3) == 0 {
			p.Annotations = map[string]string{corev1.PodDeletionCost: fmt.Sprint(w.IntN(3) - 1)}
		}
		list[i] = p
	}
	return list, related
}

// showAll returns the properties of pods that the deletion order depends on.
func showAll(list []*corev1.Pod) string {
	var b strings.Builder
	for i, p := range list {
		fmt.Fprintf(&b, "%d %s UID %q: node %q, phase %q, cost %q, restarts %d, age %v", i, p.Name, p.UID, p.Spec.NodeName, p.Status.Phase,
			p.Annotations[corev1.PodDeletionCost], p.Status.ContainerStatuses[0].RestartCount, pods.Now.Sub(p.CreationTimestamp.Time))
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodReady {
				fmt.Fprintf(&b, ", ready %s for %v", c.Status, pods.Now.Sub(c.LastTransitionTime.Time))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestRankOfAnExtremeAge compares ages near powers of two, where the rounded age changes.
func TestRankOfAnExtremeAge(t *testing.T) {
	for power := range 62 {
		for _, d := range []time.Duration{1<<power - 1, 1 << power, 1<<power + 1} {
			a := running("a", "2", pods.Now, pods.Now.Add(-d), 0)
			b := running("b", "1", pods.Now, pods.Now.Add(-(1 << power)), 0)
			list := []*corev1.Pod{a, b}
			less := newRanked(list, nil, pods.Now).less
			if order := replica.DeletionOrder(pods.Ours(list), pods.Now, nil); less[0][1] && order[0] != 0 || less[1][0] && order[0] != 1 {
				t.Errorf("2^%d and %d: %v, upstream %v", power, d, order, less)
			}
		}
	}
}
