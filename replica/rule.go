package replica

import "github.com/rollcall-go/rollcall/internal/enum"

// A Rule is the reason why [Diff] deletes one pod rather than another. The zero value is unset.
type Rule int

// The rules Unassigned to SimilarAge are in the order in which Kubernetes checks them. The first rule by which
// two pods differ decides which of them is deleted first. A [Deletion] has the rule that decides between its pod
// and the first pod that stays: the pod after the last deletion in [DeletionOrder]. The last three values say
// why no rule decides.
//
// Kubernetes compares times by their bucket: the logarithm to the base 2 of the nanoseconds until now, rounded
// down.
const (
	Unassigned          Rule = 1 + iota // not assigned to a node
	EarlierPhase                        // Pending or an unlisted phase, then Unknown, then Running
	Unready                             // not ready
	LowerDeletionCost                   // lower pod-deletion-cost
	MoreRelated                         // more related pods on its node
	ReadyLater                          // ready for less time, in a smaller bucket
	SimilarReadyTime                    // different ready times in one bucket: the smaller UID goes first
	MoreRestarts                        // its containers restarted more often
	MoreSidecarRestarts                 // its sidecars restarted more often
	CreatedLater                        // younger, in a smaller bucket
	SimilarAge                          // different ages in one bucket: the smaller UID goes first

	Tie           // no rule tells it from the first pod that stays; Kubernetes may delete either
	NotTransitive // the rules are not transitive for it and the first pod that stays; Kubernetes may delete either
	NoneStays     // no pod stays
)

var ruleNames = []string{
	0:                   "Unset",
	Unassigned:          "Unassigned",
	EarlierPhase:        "EarlierPhase",
	Unready:             "Unready",
	LowerDeletionCost:   "LowerDeletionCost",
	MoreRelated:         "MoreRelated",
	ReadyLater:          "ReadyLater",
	SimilarReadyTime:    "SimilarReadyTime",
	MoreRestarts:        "MoreRestarts",
	MoreSidecarRestarts: "MoreSidecarRestarts",
	CreatedLater:        "CreatedLater",
	SimilarAge:          "SimilarAge",
	Tie:                 "Tie",
	NotTransitive:       "NotTransitive",
	NoneStays:           "NoneStays",
}

// String returns the name of the rule, as in "Unready".
func (r Rule) String() string { return enum.Name("Rule", int(r), ruleNames) }

// MarshalText returns String in lower camel case. It never fails.
func (r Rule) MarshalText() ([]byte, error) { return []byte(enum.Text(r.String())), nil }

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error
// and does not change r.
func (r *Rule) UnmarshalText(text []byte) error {
	return enum.Parse("Rule", text, ruleNames, (*int)(r))
}

var rulePhrases = []string{
	Unassigned:          "not assigned to a node",
	EarlierPhase:        "in an earlier phase",
	Unready:             "not ready",
	LowerDeletionCost:   "lower pod-deletion-cost",
	MoreRelated:         "more related pods on its node",
	ReadyLater:          "ready for less time",
	SimilarReadyTime:    "smaller UID (ready times within one power of two count as equal)",
	MoreRestarts:        "restarted more often",
	MoreSidecarRestarts: "sidecars restarted more often",
	CreatedLater:        "younger",
	SimilarAge:          "smaller UID (ages within one power of two count as equal)",
	Tie:                 "no rule tells it from a pod that stays; Kubernetes may delete either",
	NotTransitive:       "the rules are not transitive here; Kubernetes may delete this pod or one that stays",
	NoneStays:           "no pod stays",
}

// Phrase returns the rule in words, as in "not ready" or "ready for less time".
func (r Rule) Phrase() string {
	if r <= 0 || int(r) >= len(rulePhrases) {
		return r.String()
	}
	return rulePhrases[r]
}
