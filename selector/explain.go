package selector

import (
	"fmt"
	"strconv"
	"strings"
)

// An Explanation says why a selector matches a label set or does not. The zero value is unset: no match, no reason.
type Explanation struct {
	Matches      bool        // as Selector.Matches
	Requirements []Explained // one each, in the order of Selector.Requirements

	// Contradiction says that no valid label set can match: it has requirements of one key that contradict each other, none
	// of which can be left out. Other keys may have contradictions too. It is nil when some label set can match, or when
	// these labels do.
	Contradiction []Requirement
}

// Explained is one requirement, held against one label set.
type Explained struct {
	Requirement Requirement
	Met         bool
	Present     bool   // whether there is a label with the requirement's key
	Value       string // that label's value; empty when there is none
}

// Explain says of every requirement whether labels meet it. A nil map is an empty label set.
func (s Selector) Explain(labels map[string]string) Explanation {
	e := Explanation{Matches: true}
	for i := range s.reqs {
		r := &s.reqs[i]
		value, present := labels[r.key]
		met := r.matches(value, present)
		e.Matches = e.Matches && met
		e.Requirements = append(e.Requirements, Explained{Requirement: r.clone(), Met: met, Present: present, Value: value})
	}
	if e.Matches {
		return e
	}
	for _, r := range s.contradiction() {
		e.Contradiction = append(e.Contradiction, r.clone())
	}
	return e
}

// Unmet returns the requirements that are not met, in order; nil when the labels match.
func (e Explanation) Unmet() []Explained {
	var unmet []Explained
	for _, r := range e.Requirements {
		if !r.Met {
			unmet = append(unmet, r)
		}
	}
	return unmet
}

// String returns the reason in one line: "matches", or what stands in the way. Each unmet requirement is said as in the
// first line, a selector that matches nothing at all as in the second.
//
//	label app is "foo", want one of [kubia]; label canary is "yes", want no such label
//	no label set can match: app in (a), app notin (a,b) contradict each other
func (e Explanation) String() string {
	switch {
	case e.Matches:
		return "matches"
	case e.Contradiction != nil:
		return "no label set can match: " + e.contradiction()
	}
	var unmet []string
	for _, r := range e.Unmet() {
		unmet = append(unmet, r.String())
	}
	return strings.Join(unmet, "; ")
}

func (e Explanation) contradiction() string {
	texts := make([]string, len(e.Contradiction))
	for i, r := range e.Contradiction {
		texts[i] = r.String()
	}
	if len(texts) == 1 {
		return "no label value meets " + texts[0]
	}
	return strings.Join(texts, ", ") + " contradict each other"
}

// Lines returns the whole of it, to be shown one below the other: whether the labels match, and then each requirement, met
// or not, as in
//
//	does not match
//	label app is "foo", want one of [kubia]
//	label canary is missing, as wanted: no such label
func (e Explanation) Lines() []string {
	verdict := "does not match"
	if e.Matches || e.Contradiction != nil {
		verdict = e.String()
	}
	lines := []string{verdict}
	for _, r := range e.Requirements {
		lines = append(lines, r.String())
	}
	return lines
}

// String returns what the label is and what the requirement wants, as in
//
//	label app is "foo", want one of [kubia]
//	label team is missing, want any value
//	label app is "kubia", as wanted: one of [kubia]
func (e Explained) String() string {
	is := "missing"
	if e.Present {
		is = strconv.Quote(e.Value)
	}
	wanted := "want"
	if e.Met {
		wanted = "as wanted:"
	}
	return fmt.Sprintf("label %s is %s, %s %s", e.Requirement.Key, is, wanted, e.Requirement.want())
}

// want names what meets the requirement.
func (r Requirement) want() string {
	only := strings.Join(r.Values, ",") // of the operators with exactly one value
	switch r.Operator {
	case Equals:
		return strconv.Quote(only)
	case NotEquals:
		return "anything but " + strconv.Quote(only)
	case In:
		return "one of " + bracketed(r.Values)
	case NotIn:
		return "none of " + bracketed(r.Values)
	case Exists:
		return "any value"
	case DoesNotExist:
		return "no such label"
	case GreaterThan:
		return "an integer above " + only
	case LessThan:
		return "an integer below " + only
	default:
		return r.String()
	}
}

// bracketed returns values in brackets. An empty value is in quotes, to be visible.
func bracketed(values []string) string {
	shown := make([]string, len(values))
	for i, v := range values {
		if v == "" {
			v = `""`
		}
		shown[i] = v
	}
	return "[" + strings.Join(shown, ", ") + "]"
}
