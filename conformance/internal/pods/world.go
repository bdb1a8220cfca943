package pods

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Now is the current time in every World.
var Now = time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)

// A World generates pods. It has few values for each field, often only one. So pods differ in few fields, and
// each rule of an order is sometimes the first that distinguishes two pods. The same seed and number always
// give the same pods.
type World struct {
	*rand.Rand
	namespaces, nodes, targets, phases, costs, revisions []string
	labels                                               []map[string]string
	conditions                                           [][]corev1.ConditionStatus // of the conditions of type Ready in one pod
	deleting                                             []bool
	readySince, created                                  []time.Time
	restarts, sidecarRestarts                            []int32
}

// Costs lists values of the annotation controller.kubernetes.io/pod-deletion-cost, valid ones first.
var Costs = []string{
	"1", "2", "-1", "100", "0", "-0", "-05", "2147483647", "-2147483648",
	"", "+1", "01", "00", "--1", "-", "+", "1 ", " 1", "1.0", "1e3", "0x10", "1_000", "2147483648", "-2147483649", "١", "one",
}

// NoCost stands for a pod without the annotation.
const NoCost = "none"

// NewWorld returns the n-th World of a seed.
func NewWorld(seed, n uint64) *World {
	w := &World{Rand: rand.New(rand.NewPCG(seed, n))}
	w.namespaces = some(w, "shop", "shop", "other")
	w.nodes = some(w, "n1", "n2", "n3", "")
	w.targets = some(w, "", "n1", "n2", "n4")
	w.phases = some(w, "Running", "Running", "Running", "Pending", "Unknown", "Failed", "Succeeded", "", "Odd")
	w.costs = some(w, append([]string{NoCost, NoCost, NoCost, NoCost}, Costs...)...)
	w.revisions = some(w, "", "new", "old")
	w.labels = some(w,
		nil, map[string]string{"app": "web"}, map[string]string{"app": "web", "rev": "2"}, map[string]string{"rev": ""})
	w.conditions = some(w,
		[]corev1.ConditionStatus{"True"}, []corev1.ConditionStatus{"True"}, []corev1.ConditionStatus{"True"}, nil,
		[]corev1.ConditionStatus{"False"}, []corev1.ConditionStatus{"Unknown"}, []corev1.ConditionStatus{"true"},
		[]corev1.ConditionStatus{"True", "True"}, []corev1.ConditionStatus{"False", "True"}, []corev1.ConditionStatus{"True", "False"})
	w.deleting = some(w, false, false, false, true)
	if w.IntN(2) == 0 { // pods differ only in times and restarts
		w.nodes, w.phases, w.costs, w.deleting = w.nodes[:1], []string{"Running"}, []string{NoCost}, []bool{false}
		w.conditions = [][]corev1.ConditionStatus{{"True"}}
	}
	w.readySince, w.created = w.times(), w.times()
	w.restarts = some[int32](w, 0, 1, 2, math.MaxInt32)
	w.sidecarRestarts = some[int32](w, 0, 1, 2, math.MaxInt32)
	return w
}

// some returns a few of the values, often only one.
func some[T any](w *World, all ...T) []T {
	few := make([]T, min([]int{1, 1, 1, 2, 2, 3, len(all)}[w.IntN(7)], len(all)))
	for i := range few {
		few[i] = all[w.IntN(len(all))]
	}
	return few
}

func pick[T any](w *World, from []T) T { return from[w.IntN(len(from))] }

// times returns one of three lists: a few times that are often equal; times whose age is near a power of two
// in nanoseconds; or widely spread times.
func (w *World) times() []time.Time {
	border := time.Duration(1) << w.IntN(61)
	switch w.IntN(3) {
	case 0:
		return some(w, time.Time{}, ago(0), ago(-1), ago(-time.Hour), ago(1), ago(time.Millisecond), ago(time.Second),
			ago(99*time.Second), ago(100*time.Second), ago(100*time.Second), ago(101*time.Second), ago(time.Hour),
			time.Unix(0, 0), Now.AddDate(-400, 0, 0), Now.AddDate(400, 0, 0))
	case 1:
		return some(w, time.Time{}, ago(border-1), ago(border), ago(border).Local(), ago(border+1),
			ago(border+border/3), ago(2*border-1))
	default:
		many := make([]time.Time, 20)
		for i := range many {
			many[i] = ago(time.Duration(1)<<w.IntN(61) + time.Duration(w.IntN(1000)))
		}
		return many
	}
}

func ago(d time.Duration) time.Time { return Now.Add(-d) }

// Pods returns n pods with different names and UIDs. The order by name is not the order by UID.
func (w *World) Pods(n int) []*corev1.Pod {
	pods := make([]*corev1.Pod, n)
	for i, place := range w.Perm(n) {
		pods[i] = w.pod(fmt.Sprintf("web-%d", i), fmt.Sprintf("uid-%04d", place))
	}
	return pods
}

var always = corev1.ContainerRestartPolicyAlways

func (w *World) pod(name, uid string) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: pick(w, w.namespaces), Name: name, UID: types.UID(uid), CreationTimestamp: metav1.NewTime(pick(w, w.created)),
		},
		Spec:   corev1.PodSpec{NodeName: pick(w, w.nodes)},
		Status: corev1.PodStatus{Phase: corev1.PodPhase(pick(w, w.phases))},
	}
	p.Labels = map[string]string{}
	for key, value := range pick(w, w.labels) {
		p.Labels[key] = value
	}
	if revision := pick(w, w.revisions); revision != "" {
		p.Labels["controller-revision-hash"] = revision
	}
	if cost := pick(w, w.costs); cost != NoCost {
		p.Annotations = map[string]string{corev1.PodDeletionCost: cost}
	}
	if pick(w, w.deleting) {
		p.DeletionTimestamp = &metav1.Time{Time: Now}
	}
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: "True", LastTransitionTime: metav1.NewTime(Now)}}
	for _, status := range pick(w, w.conditions) {
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{
			Type: corev1.PodReady, Status: status, LastTransitionTime: metav1.NewTime(pick(w, w.readySince)),
		})
	}
	if target := pick(w, w.targets); target != "" {
		p.Spec.Affinity = affinityTo(target)
	}
	// The highest count of the containers is used. Init containers that are not sidecars do not count.
	p.Spec.InitContainers = []corev1.Container{
		{Name: "migrate"}, {Name: "proxy", RestartPolicy: &always}, {Name: "logs", RestartPolicy: &always},
	}
	p.Status.InitContainerStatuses = []corev1.ContainerStatus{
		{Name: "migrate", RestartCount: 7}, {Name: "proxy", RestartCount: pick(w, w.sidecarRestarts)},
		{Name: "logs", RestartCount: pick(w, w.sidecarRestarts)}, {Name: "unheard-of", RestartCount: 7},
	}
	p.Status.ContainerStatuses = []corev1.ContainerStatus{
		{Name: "web", RestartCount: pick(w, w.restarts)}, {Name: "cache", RestartCount: pick(w, w.restarts)},
	}
	return p
}

// affinityTo returns the affinity that the DaemonSet controller sets for a pod on one node.
func affinityTo(node string) *corev1.Affinity {
	name := corev1.NodeSelectorRequirement{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{name}}},
	}}}
}
