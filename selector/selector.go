package selector

import (
	"slices"
	"strings"
)

// A Selector is a compiled label selector: the label sets that meet all of its requirements.
// The zero value is [Everything]: a filter that was not given.
type Selector struct {
	reqs []requirement // by key, those of one key in the order given; shared, never changed
}

// Everything returns the selector without requirements, which matches every label set.
func Everything() Selector { return Selector{} }

// Nothing returns the selector that matches no label set, not even an invalid one. It has two requirements that
// contradict each other, so that it has a text like every other selector: "a,!a".
//
// Upstream: labels.Nothing, whose text is empty and so means everything to whoever reads it.
func Nothing() Selector { return Selector{nothing} }

var nothing = []requirement{
	{Requirement: Requirement{Key: "a", Operator: Exists}},
	{Requirement: Requirement{Key: "a", Operator: DoesNotExist}},
}

// IsEverything reports whether s has no requirements.
func (s Selector) IsEverything() bool { return len(s.reqs) == 0 }

// IsNothing reports whether s is [Nothing], the one selector of that text. It does not look for other contradictions.
func (s Selector) IsNothing() bool { return s.Equal(Nothing()) }

// Matches reports whether labels meet all requirements. A nil map is an empty label set. It does not allocate.
//
// Upstream: labels.Selector.Matches.
func (s Selector) Matches(labels map[string]string) bool {
	for i := range s.reqs {
		r := &s.reqs[i]
		if value, present := labels[r.Key]; !r.matches(value, present) {
			return false
		}
	}
	return true
}

// Requirements returns a copy of the requirements in their canonical order: by key, those of one key in the order in
// which they were given (matchLabels before matchExpressions), the values of each sorted. It is nil for [Everything].
// [New] makes an equal selector of them.
func (s Selector) Requirements() []Requirement {
	if len(s.reqs) == 0 {
		return nil
	}
	reqs := make([]Requirement, len(s.reqs))
	for i := range s.reqs {
		reqs[i] = s.reqs[i].clone()
	}
	return reqs
}

func (r *requirement) clone() Requirement {
	c := r.Requirement
	c.Values = slices.Clone(c.Values)
	return c
}

// String returns the canonical text, which kubectl's -l and the API's labelSelector parameter accept: the requirements
// in canonical order, joined by commas. It is empty for [Everything].
//
// Upstream: labels.Selector.String.
func (s Selector) String() string {
	texts := make([]string, len(s.reqs))
	for i := range s.reqs {
		texts[i] = s.reqs[i].String()
	}
	return strings.Join(texts, ",")
}

// Equal reports whether s and t have the same canonical text. It does not allocate. Selectors that are not equal may still
// match the same label sets: "app=web" and "app in (web)".
func (s Selector) Equal(t Selector) bool {
	return slices.EqualFunc(s.reqs, t.reqs, func(a, b requirement) bool {
		return a.Key == b.Key && a.Operator == b.Operator && slices.Equal(a.Values, b.Values)
	})
}
