package replica

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
)

// Options tune [Diff]. The zero value is upstream's.
type Options struct {
	Burst int // at most so many pods are created or deleted at once; 500 when zero or less
}

const defaultBurst = 500

// A Plan says what would bring a controller to the wanted number of pods: some to create, or some to delete, never both.
// The zero value is nothing to do.
type Plan struct {
	Create int      // how many, at most Options.Burst even if more are missing
	Delete []Victim // which, the first to go first, at most Options.Burst; nil for none
}

// A Victim is a pod to delete.
type Victim struct {
	Index int  // into the pods that Diff or DiffNodes was given, not into a list that they were chosen from
	Rule  Rule // why it goes and others stay
}

// A Rule is why a pod is deleted rather than another. The zero value is unset.
type Rule int

// The rules of [Diff], in the order in which they are asked: the first by which two pods differ decides which of them
// goes. A victim's Rule is the one by which it goes before the first pod that stays.
const (
	Unassigned          Rule = 1 + iota // bound to no node
	EarlierPhase                        // Pending (and texts that are no phase) before Unknown before Running
	Unready                             // not ready
	LowerDeletionCost                   // has the lower pod-deletion-cost
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

// MarshalText returns String; it never fails.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText sets r to the value of that name. For another text it returns an error and leaves r alone.
func (r *Rule) UnmarshalText(text []byte) error {
	return enum.Parse("Rule", text, ruleNames, (*int)(r))
}

// Diff compares pods with the number wanted, and returns what to do at the time now. Pass the pods that count for the
// controller ([Verdict].Counted), and no others: any of them may be chosen to go. Inactive ones among them neither count nor are
// deleted. A negative want is 0. The order of pods does not matter, as long as their UIDs differ.
//
// Do not ask on behalf of a controller that is being deleted, nor of one that can own nobody, without UID or with the selector
// selector.Nothing: it would be told to create more pods at every pass.
//
// Upstream: manageReplicas and getPodsToDelete in k8s.io/kubernetes/pkg/controller/replicaset. The rule about several
// related pods on one node is not asked yet, and pods that were ready or created at about the same time are told apart by the
// later rules before the UID is asked, where upstream's order can go round in a circle.
func Diff(want int, pods []Pod, now time.Time, o Options) Plan {
	want = max(want, 0)
	burst := o.Burst
	if burst <= 0 {
		burst = defaultBurst
	}
	var active []int
	for i := range pods {
		if pods[i].Active() {
			active = append(active, i)
		}
	}
	if len(active) <= want {
		return Plan{Create: min(want-len(active), burst)}
	}
	ranks := make([]rank, len(pods))
	for _, i := range active {
		ranks[i] = rankOf(&pods[i], now)
	}
	slices.SortFunc(active, func(i, j int) int {
		c, _ := ranks[i].compare(&ranks[j])
		return c
	})
	surplus := active[:len(active)-want]
	var plan Plan
	for _, i := range surplus[:min(len(surplus), burst)] {
		rule := NoneStays
		if want > 0 {
			_, rule = ranks[i].compare(&ranks[active[len(surplus)]])
		}
		plan.Delete = append(plan.Delete, Victim{Index: i, Rule: rule})
	}
	return plan
}

// A rank is the place of a pod in the order of deletion: the lower goes first.
type rank struct {
	keys [SmallerUID]int64 // by rule
	uid  string
	name string // of pods without UID
}

// rankOf holds the rules to one pod.
func rankOf(p *Pod, now time.Time) rank {
	var readySince int64
	if p.Ready {
		readySince = bucket(p.ReadySince, now)
	}
	return rank{
		keys: [SmallerUID]int64{
			Unassigned:          oneIf(p.Node != ""),
			EarlierPhase:        phaseOrder[p.Phase],
			Unready:             oneIf(p.Ready),
			LowerDeletionCost:   int64(p.DeletionCost),
			ReadyLater:          readySince,
			MoreRestarts:        -int64(p.Restarts),
			MoreSidecarRestarts: -int64(p.SidecarRestarts),
			CreatedLater:        bucket(p.Created, now),
		},
		uid:  p.UID,
		name: p.Name,
	}
}

var phaseOrder = map[string]int64{"Pending": 0, "Unknown": 1, "Running": 2} // others as Pending

func (r *rank) compare(s *rank) (int, Rule) {
	for rule := Unassigned; rule < SmallerUID; rule++ {
		if c := cmp.Compare(r.keys[rule], s.keys[rule]); c != 0 {
			return c, rule
		}
	}
	return cmp.Or(cmp.Compare(r.uid, s.uid), cmp.Compare(r.name, s.name)), SmallerUID
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
