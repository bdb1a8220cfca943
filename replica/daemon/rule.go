package daemon

import "github.com/rollcall-go/rollcall/internal/enum"

// A Rule is the reason why a DaemonSet deletes a pod. The zero value is unset.
type Rule int

// The rules.
const (
	NodeUnfit    Rule = 1 + iota // its node should run no pod of the DaemonSet
	NodeMissing                  // it waits for a node that does not exist
	PodFailed                    // it failed; a later sync replaces it
	PodSucceeded                 // it succeeded; a later sync replaces it
	Duplicate                    // another pod stands for its node
)

var ruleNames = []string{
	0:            "Unset",
	NodeUnfit:    "NodeUnfit",
	NodeMissing:  "NodeMissing",
	PodFailed:    "PodFailed",
	PodSucceeded: "PodSucceeded",
	Duplicate:    "Duplicate",
}

// String returns the name of the rule, as in "NodeUnfit".
func (r Rule) String() string { return enum.Name("Rule", int(r), ruleNames) }

// MarshalText returns String in lower camel case. It never fails.
func (r Rule) MarshalText() ([]byte, error) { return []byte(enum.Text(r.String())), nil }

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error
// and does not change r.
func (r *Rule) UnmarshalText(text []byte) error {
	return enum.Parse("Rule", text, ruleNames, (*int)(r))
}

var rulePhrases = []string{
	NodeUnfit:    "its node should run no pod",
	NodeMissing:  "waits for a node that does not exist",
	PodFailed:    "failed; a later sync replaces it",
	PodSucceeded: "succeeded; a later sync replaces it",
	Duplicate:    "not the first pod on its node",
}

// Phrase returns the rule in words, as in "not the first pod on its node".
func (r Rule) Phrase() string {
	if r <= 0 || int(r) >= len(rulePhrases) {
		return r.String()
	}
	return rulePhrases[r]
}
