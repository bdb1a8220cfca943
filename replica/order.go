package replica

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/rollcall-go/rollcall/selector"
)

// DeletionOrder returns the order in which the ReplicaSet controller deletes pods at the time now: the
// indices of the active pods, in the order of deletion; nil if there are none. [Diff] deletes a prefix of it.
// Pass the result of [Related] for the rule [MoreRelated]. If related is nil, that rule never applies.
//
// Kubernetes' comparison of two pods is not transitive (see [SimilarReadyTime]). So the result of upstream
// can depend on the order of its input. DeletionOrder sorts the pods by UID first, and then as upstream does.
// If the result of upstream is the same for every order of input, DeletionOrder returns it. If not, it
// returns one of the possible results, always the same one. The order of pods does not matter, as long as
// their UIDs differ.
//
// It takes n log n steps.
//
// Upstream: ActivePodsWithRanks in k8s.io/kubernetes/pkg/controller, sorted by sort.Sort.
func DeletionOrder(pods []Pod, now time.Time, related map[string]int) []int {
	indices := active(pods)
	sortRanks(ranksOf(pods, indices, now, related), indices)
	return indices
}

// active returns the indices of the active pods.
func active(pods []Pod) []int {
	var active []int
	for i := range pods {
		if pods[i].Active() {
			active = append(active, i)
		}
	}
	return active
}

// ranksOf returns the ranks of the pods with these indices, by index.
func ranksOf(pods []Pod, indices []int, now time.Time, related map[string]int) []rank {
	ranks := make([]rank, len(pods))
	for _, i := range indices {
		ranks[i] = rankOf(&pods[i], now, related)
	}
	return ranks
}

func sortRanks(ranks []rank, indices []int) {
	slices.SortFunc(indices, func(i, j int) int { return compareIdentity(ranks[i].pod, ranks[j].pod) })
	// The relation is not transitive, so the result depends on the algorithm. slices.SortFunc has that of
	// sort.Sort.
	slices.SortFunc(indices, func(i, j int) int {
		c, _ := ranks[i].compare(&ranks[j])
		return c
	})
}

// compareIdentity orders pods by UID, and pods without a UID by namespace and name.
func compareIdentity(a, b *Pod) int {
	return cmp.Or(cmp.Compare(a.UID, b.UID), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

// A rank has what the rules compare of one pod. The lower value goes first.
type rank struct {
	pod      *Pod
	early    [MoreRelated + 1]int64 // by rule, from Unassigned to MoreRelated
	ready    int64                  // bucket of ReadySince
	restarts [2]int64               // of containers, of sidecars
	created  int64                  // bucket of Created
}

func rankOf(p *Pod, now time.Time, related map[string]int) rank {
	r := rank{pod: p}
	r.early[Unassigned] = oneIf(p.Node != "")
	r.early[EarlierPhase] = phaseOrder(p.Phase)
	r.early[Unready] = oneIf(p.Ready)
	r.early[LowerDeletionCost] = int64(p.DeletionCost)
	r.early[MoreRelated] = ^int64(related[p.Node]) // descending; unlike a minus, it does not overflow
	r.ready = bucket(p.ReadySince, now)
	r.restarts = [2]int64{-int64(p.Restarts), -int64(p.SidecarRestarts)}
	r.created = bucket(p.Created, now)
	return r
}

// compare returns which of two pods goes first, and the rule that decides it; 0 and [Tie] if no rule does.
func (r *rank) compare(s *rank) (int, Rule) {
	for rule := Unassigned; rule <= MoreRelated; rule++ {
		if c := cmp.Compare(r.early[rule], s.early[rule]); c != 0 {
			return c, rule
		}
	}
	if r.pod.Ready && !r.pod.ReadySince.Equal(s.pod.ReadySince) {
		return r.compareTimes(s, r.ready, s.ready, ReadyLater, SimilarReadyTime)
	}
	for i, rule := range [...]Rule{MoreRestarts, MoreSidecarRestarts} {
		if c := cmp.Compare(r.restarts[i], s.restarts[i]); c != 0 {
			return c, rule
		}
	}
	if !r.pod.Created.Equal(s.pod.Created) {
		return r.compareTimes(s, r.created, s.created, CreatedLater, SimilarAge)
	}
	return 0, Tie
}

// rule returns the rule by which r is deleted although s stays.
func (r *rank) rule(s *rank) Rule {
	c, rule := r.compare(s)
	if c > 0 {
		return NotTransitive
	}
	return rule
}

// compareTimes compares two different times by their buckets, or by UID if they are in one.
func (r *rank) compareTimes(s *rank, a, b int64, later, similar Rule) (int, Rule) {
	if c := cmp.Compare(a, b); c != 0 {
		return c, later
	}
	if c := cmp.Compare(r.pod.UID, s.pod.UID); c != 0 {
		return c, similar
	}
	return 0, Tie
}

// phaseOrder returns the place of a phase. A phase that does not exist counts as Pending.
func phaseOrder(phase string) int64 {
	switch phase {
	case "Unknown":
		return 1
	case "Running":
		return 2
	default:
		return 0
	}
}

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// bucket returns the power of two of the nanoseconds from t to now. The zero time comes first, then now and
// the future, then the past.
func bucket(t, now time.Time) int64 {
	if t.IsZero() {
		return -2
	}
	age := now.Sub(t)
	if age <= 0 {
		return -1
	}
	return int64(math.Log2(float64(age)))
}

// Related counts, for each node, the active pods that match at least one of the selectors. Pods that are not
// assigned to a node count under "". The result is not nil.
//
// Pass all pods of the namespace, and the selectors of all ReplicaSets with the same controller as the
// ReplicaSet to sync, its own selector included. Put the result in [Options]. Then pods that share a node
// with other pods of their Deployment are deleted first. If the ReplicaSet has no controller, leave
// Options.Related nil.
//
// It takes one match for each pod and selector.
//
// Upstream: getIndirectlyRelatedPods and getPodsRankedByRelatedPodsOnSameNode in
// k8s.io/kubernetes/pkg/controller/replicaset.
func Related(pods []Pod, selectors ...selector.Selector) map[string]int {
	onNode := make(map[string]int)
	for i := range pods {
		p := &pods[i]
		matches := func(s selector.Selector) bool { return s.Matches(p.Labels) }
		if p.Active() && slices.ContainsFunc(selectors, matches) {
			onNode[p.Node]++
		}
	}
	return onNode
}

// DeletionCost returns the value of the annotation controller.kubernetes.io/pod-deletion-cost: a 32-bit
// integer without plus sign and without leading zeros. Any other text counts as 0, as does a missing
// annotation.
//
// Upstream: GetDeletionCostFromPodAnnotations in k8s.io/kubernetes/pkg/apis/core/helper, which accepts "-05".
func DeletionCost(annotation string) int32 {
	if annotation == "" || annotation[0] == '+' || annotation[0] == '0' {
		return 0
	}
	cost, err := strconv.ParseInt(annotation, 10, 32)
	if err != nil {
		return 0
	}
	return int32(cost)
}
