package selector

import (
	"slices"

	"github.com/rollcall-go/rollcall/internal/token"
)

// A Selector is a compiled label selector: a list of requirements. It matches the label sets that meet all of them.
// The zero value is [Everything].
type Selector struct {
	// reqs are in canonical order: by key, and those of one key in the order given. Selectors share them; nothing changes
	// them.
	reqs []requirement

	// unsatisfiable reports that no valid label set meets reqs.
	unsatisfiable bool
}

// Everything returns the selector without requirements, which matches every label set.
func Everything() Selector { return Selector{} }

// Nothing returns the selector "a,!a", which matches no label set. Its two requirements contradict each other.
//
// Upstream: labels.Nothing. The text of upstream's Nothing is empty, and labels.Parse reads the empty text as
// everything.
func Nothing() Selector { return Selector{nothing, true} }

var nothing = []requirement{single("a", exists, ""), single("a", doesNotExist, "")}

// IsEverything reports whether s has no requirements.
func (s Selector) IsEverything() bool { return len(s.reqs) == 0 }

// IsNothing reports whether s equals [Nothing]: whether its text is "a,!a". [Selector.Satisfiable] recognizes every
// contradiction.
func (s Selector) IsNothing() bool { return s.Equal(Nothing()) }

// Matches reports whether a label set meets all requirements. A nil map is an empty label set. Matches does not allocate.
// It looks up one label for each requirement, until one is not met. The number of values of In and NotIn does not matter.
//
// Upstream: labels.Selector.Matches.
func (s Selector) Matches(labels map[string]string) bool {
	for i := range s.reqs {
		r := &s.reqs[i]
		value, present := labels[r.key]
		switch {
		case !present:
			if !r.absent {
				return false
			}
		case r.code == equals:
			if value != r.value {
				return false
			}
		case r.code == exists:
		default:
			if !r.allows(value) {
				return false
			}
		}
	}
	return true
}

// MatchesFunc is [Selector.Matches] for label sets that are not maps. The function returns the value of a label and
// whether the label is present. MatchesFunc calls it once for each requirement, in order, until one is not met.
func (s Selector) MatchesFunc(lookup func(key string) (value string, present bool)) bool {
	for i := range s.reqs {
		if !s.reqs[i].matches(lookup(s.reqs[i].key)) {
			return false
		}
	}
	return true
}

// Requirements returns a copy of the requirements in canonical order: sorted by key, and those of one key in the order
// given, with matchLabels before matchExpressions. The values of each are sorted. It returns nil for [Everything].
// [New] makes an equal selector from the result.
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

// RequirementAt is for package selector/index only, which cannot afford the copies of [Selector.Requirements]. It returns
// requirement i, or an empty operator if i is too large. An operator with exactly one value has it in one. Other operators
// have theirs in values, which the caller must not change.
func (s Selector) RequirementAt(_ token.Token, i int) (key string, o Operator, values []string, one string) {
	if i < len(s.reqs) {
		r := &s.reqs[i]
		return r.key, operators[r.code], r.values(), r.value
	}
	return "", "", nil, ""
}

// Without is for package selector/index only. It returns s without requirement i. The result may share memory with s.
func (s Selector) Without(_ token.Token, i int) Selector {
	var rest []requirement
	switch i {
	case 0:
		rest = s.reqs[1:]
	case len(s.reqs) - 1:
		rest = s.reqs[:i]
	default:
		rest = slices.Concat(s.reqs[:i], s.reqs[i+1:])
	}
	return Selector{rest, s.unsatisfiable && unmet(rest) != nil}
}

// String returns the canonical text: the requirements in canonical order, joined by commas. kubectl's -l and the API's
// labelSelector parameter accept it. It is empty for [Everything]. [Parse] makes a selector from it that matches the same
// label sets. That selector is equal to s unless a requirement of s has a value twice.
//
// Upstream: labels.Selector.String.
func (s Selector) String() string {
	var short [128]byte // long enough for most texts
	return string(s.appendText(short[:0]))
}

func (s Selector) appendText(b []byte) []byte {
	for i := range s.reqs {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.reqs[i].appendText(b)
	}
	return b
}

// Equal reports whether s and t have the same canonical text. It does not allocate. Selectors that are not equal may
// match the same label sets, as "app=web" and "app in (web)" do. [Selector.Equivalent] reports that.
func (s Selector) Equal(t Selector) bool {
	return slices.EqualFunc(s.reqs, t.reqs, func(a, b requirement) bool { return a.equal(&b) })
}

// MarshalText returns the text of [Selector.String]. It lets JSON, logs and flags show a Selector as a string. The error is
// always nil.
func (s Selector) MarshalText() ([]byte, error) { return s.appendText(nil), nil }

// UnmarshalText sets s to the result of [Parse]. It leaves s unchanged if the text is invalid.
func (s *Selector) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}
