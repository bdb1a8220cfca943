package replica

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/selector"
)

// A Rule is why a pod is deleted rather than another. The zero value is unset.
type Rule int

// The rules of [Diff], in the order in which they are asked: the first by which two pods differ decides which of them
// goes. A victim's Rule is the one by which it goes before the first pod that stays.
const (
	Unassigned          Rule = 1 + iota // bound to no node
	EarlierPhase                        // Pending (and texts that are no phase) before Unknown before Running
	Unready                             // not ready
	LowerDeletionCost                   // has the lower pod-deletion-cost
	MoreRelated                         // shares its node with more related pods
	ReadyLater                          // ready for a shorter time; times within one power of two of nanoseconds are alike
	MoreRestarts                        // its containers restarted more often
	MoreSidecarRestarts                 // its sidecars restarted more often
	CreatedLater                        // younger; ages within one power of two of nanoseconds are alike
	SmallerUID                          // nothing else tells them apart

	NoneStays // no pod is to stay, so none was preferred
)

// The rules of [DiffNodes].
const (
	NodeUnfit    Rule = NoneStays + 1 + iota // its node should not run it
	NodeMissing                              // it waits for a node that does not exist
	PodFailed                                // it failed; a later pass replaces it
	PodSucceeded                             // it ended; a later pass replaces it
	Duplicate                                // another pod stands for its node before it
)

var ruleNames = []string{
	0:                   "Unset",
	Unassigned:          "Unassigned",
	EarlierPhase:        "EarlierPhase",
	Unready:             "Unready",
	LowerDeletionCost:   "LowerDeletionCost",
	MoreRelated:         "MoreRelated",
	ReadyLater:          "ReadyLater",
	MoreRestarts:        "MoreRestarts",
	MoreSidecarRestarts: "MoreSidecarRestarts",
	CreatedLater:        "CreatedLater",
	SmallerUID:          "SmallerUID",
	NoneStays:           "NoneStays",
	NodeUnfit:           "NodeUnfit",
	NodeMissing:         "NodeMissing",
	PodFailed:           "PodFailed",
	PodSucceeded:        "PodSucceeded",
	Duplicate:           "Duplicate",
}

// String returns the name of the rule, as in "Unready".
func (r Rule) String() string { return enum.Name("Rule", int(r), ruleNames) }

// MarshalText returns String in lower camel case. It never fails.
func (r Rule) MarshalText() ([]byte, error) { return []byte(enum.Text(r.String())), nil }

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error and does not change r.
func (r *Rule) UnmarshalText(text []byte) error {
	return enum.Parse("Rule", text, ruleNames, (*int)(r))
}

var rulePhrases = []string{
	Unassigned:          "bound to no node",
	EarlierPhase:        "in an earlier phase",
	Unready:             "not ready",
	LowerDeletionCost:   "of a lower deletion cost",
	MoreRelated:         "beside more related pods on its node",
	ReadyLater:          "ready for less time",
	MoreRestarts:        "restarted more often",
	MoreSidecarRestarts: "with sidecars restarted more often",
	CreatedLater:        "younger",
	SmallerUID:          "tied with others, and first by UID",
	NoneStays:           "none is to stay",
	NodeUnfit:           "on a node that should run none",
	NodeMissing:         "waiting for a node that does not exist",
	PodFailed:           "failed, to be replaced",
	PodSucceeded:        "ended, to be replaced",
	Duplicate:           "not the first on its node",
}

// Phrase returns the rule in words, as in "not ready" or "ready for less time".
func (r Rule) Phrase() string {
	if r <= 0 || int(r) >= len(rulePhrases) {
		return r.String()
	}
	return rulePhrases[r]
}

// Compare is the order of deletion at the time now: negative when a goes before b, positive when b goes before a. It is a
// strict total order: of two pods of different UID, or name, one goes first, and the order never goes round in a circle, so
// that it does not matter how the pods were sorted before. It does not allocate.
//
// The rules are those from [Unassigned] to [SmallerUID]. For MoreRelated it takes the counts of [Related], nil for none.
//
// Upstream: ActivePodsWithRanks.Less in k8s.io/kubernetes/pkg/controller, whose order does go round in a circle. Compare
// differs on these pairs only: both are ready, no rule before ReadyLater tells them apart, they became ready at different times of
// the same power of two, and restarts or age tell them apart the other way round than their UIDs. There Compare lets restarts
// and age decide, as for pods that became ready at the same time, where upstream asks the UID at once. Besides, upstream has
// pairs of which neither goes first.
func Compare(a, b Pod, now time.Time, related map[string]int) int {
	ra, rb := rankOf(&a, now, related), rankOf(&b, now, related)
	c, _ := ra.compare(&rb)
	return c
}

// Related counts, by node, the active pods that any of the selectors matches, each once; those that wait for a node are
// under "". For a ReplicaSet that has a controller, pass the pods of its namespace and the selectors of all ReplicaSets with the
// same controller, itself included, so that pods that share a node with others of one Deployment go first. A
// ReplicaSet or ReplicationController on its own has no related pods.
//
// Upstream: getIndirectlyRelatedPods and getPodsRankedByRelatedPodsOnSameNode in k8s.io/kubernetes/pkg/controller/replicaset.
func Related(pods []Pod, selectors ...selector.Selector) map[string]int {
	onNode := make(map[string]int)
	for i := range pods {
		p := &pods[i]
		if p.Active() && slices.ContainsFunc(selectors, func(s selector.Selector) bool { return s.Matches(p.Labels) }) {
			onNode[p.Node]++
		}
	}
	return onNode
}

// DeletionCost returns the value of the annotation controller.kubernetes.io/pod-deletion-cost: a 32-bit integer, of which a plus
// sign and a leading zero are refused. It is 0 when the text is none, as without the annotation.
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

// A rank is the place of a pod in the order of deletion: the lower goes first.
type rank struct {
	keys [SmallerUID]int64 // by rule
	pod  *Pod
}

// rankOf holds the rules to one pod.
func rankOf(p *Pod, now time.Time, related map[string]int) rank {
	r := rank{pod: p}
	r.keys[Unassigned] = oneIf(p.Node != "")
	r.keys[EarlierPhase] = phaseOrder(p.Phase)
	r.keys[Unready] = oneIf(p.Ready)
	r.keys[LowerDeletionCost] = int64(p.DeletionCost)
	r.keys[MoreRelated] = ^int64(related[p.Node]) // the other way round, as by a minus, but of every number
	if p.Ready {
		r.keys[ReadyLater] = bucket(p.ReadySince, now)
	}
	r.keys[MoreRestarts] = -int64(p.Restarts)
	r.keys[MoreSidecarRestarts] = -int64(p.SidecarRestarts)
	r.keys[CreatedLater] = bucket(p.Created, now)
	return r
}

// compare returns which of two pods goes first, and the rule that says so.
func (r *rank) compare(s *rank) (int, Rule) {
	for rule := Unassigned; rule < SmallerUID; rule++ {
		if c := cmp.Compare(r.keys[rule], s.keys[rule]); c != 0 {
			return c, rule
		}
	}
	return cmp.Or(
		cmp.Compare(r.pod.UID, s.pod.UID),
		cmp.Compare(r.pod.Namespace, s.pod.Namespace), // of pods without UID
		cmp.Compare(r.pod.Name, s.pod.Name),
	), SmallerUID
}

// phaseOrder is the place of a phase, in which all but two are as Pending.
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

// bucket returns the age of t at the time now in powers of two of a nanosecond, so that pods of about the same age are
// equal. The zero time comes before all others, and now and the future before the past.
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
