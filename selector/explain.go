package selector

import (
	"fmt"
	"strconv"
	"strings"
)

// An Explanation is the reason why a selector matches a label set or does not match it. In the zero value there is no match
// and no reason.
type Explanation struct {
	Matches      bool        // what Selector.Matches returns
	Requirements []Explained // one for each requirement, in the order of Selector.Requirements

	// Contradiction has requirements of one key that no valid label meets together. None of them can be left out. Other keys
	// may have contradictions too. It is nil if the selector is satisfiable, or if it matches this label set, which is then
	// not valid.
	Contradiction []Requirement
}

// An Explained is the result of one requirement for one label set.
type Explained struct {
	Requirement Requirement
	Met         bool   // whether the label set meets the requirement
	Present     bool   // whether the label set has a label with the requirement's key
	Value       string // value of that label; empty if it is missing
}

// Explain returns, for each requirement, whether a label set meets it. A nil map is an empty label set. Explain takes time
// proportional to the size of s, and O(n log n) time if s is not satisfiable.
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

// Unmet returns the requirements that are not met, in order. It returns nil if the label set matches.
func (e Explanation) Unmet() []Explained {
	var unmet []Explained
	for _, r := range e.Requirements {
		if !r.Met {
			unmet = append(unmet, r)
		}
	}
	return unmet
}

// String returns the reason in one line. It returns "matches", or each unmet requirement, or the contradiction if the
// selector is not satisfiable:
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

// Lines returns the whole explanation. The first line is the verdict. Each further line is the result of one requirement,
// met or not:
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

// String returns the value of the label and the values that the requirement accepts:
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

// want describes the labels that meet the requirement.
func (r Requirement) want() string {
	only := strings.Join(r.Values, ",") // the value of operators with exactly one
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
