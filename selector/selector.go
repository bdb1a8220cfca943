package selector

import (
	"slices"

	"github.com/rollcall-go/rollcall/internal/token"
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

var nothing = []requirement{{key: "a", code: exists}, {key: "a", code: doesNotExist, absent: true}}

// IsEverything reports whether s has no requirements.
func (s Selector) IsEverything() bool { return len(s.reqs) == 0 }

// IsNothing reports whether s is [Nothing], the one selector of that text. [Selector.Satisfiable] finds other contradictions.
func (s Selector) IsNothing() bool { return s.Equal(Nothing()) }

// Matches reports whether labels meet all requirements. A nil map is an empty label set. It does not allocate.
//
// Upstream: labels.Selector.Matches.
func (s Selector) Matches(labels map[string]string) bool {
	for i := range s.reqs {
		r := &s.reqs[i]
		value, present := labels[r.key]
		if !present {
			if r.absent {
				continue
			}
			return false
		}
		if r.code != equals {
			if r.code == exists || r.allows(value) {
				continue
			}
			return false
		}
		n, want := len(value), r.value
		if n != len(want) {
			return false
		}
		switch { // value == want, spelled out: see short.go
		case n > 16:
			if value != want {
				return false
			}
		case n >= 8:
			if eight(value) != eight(want) || eight(value[n-8:]) != eight(want[n-8:]) {
				return false
			}
		case n >= 4:
			if four(value) != four(want) || four(value[n-4:]) != four(want[n-4:]) {
				return false
			}
		case n > 0:
			if value[0] != want[0] || value[n/2] != want[n/2] || value[n-1] != want[n-1] {
				return false
			}
		}
	}
	return true
}

// MatchesFunc is [Selector.Matches] for label sets that are not maps: lookup returns the value of a label and whether
// there is one. It is called once for each requirement, in their order, until one is not met.
func (s Selector) MatchesFunc(lookup func(key string) (value string, present bool)) bool {
	for i := range s.reqs {
		if !s.reqs[i].matches(lookup(s.reqs[i].key)) {
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

// RequirementAt is for package selector/index, which cannot afford the copies of [Selector.Requirements]. It returns requirement i, or
// an empty operator if i is too large. Operators with exactly one value have it in one; others have theirs in values, which must not
// be changed.
func (s Selector) RequirementAt(_ token.Token, i int) (key string, o Operator, values []string, one string) {
	if i < len(s.reqs) {
		r := &s.reqs[i]
		return r.key, operators[r.code], r.values, r.value
	}
	return "", "", nil, ""
}

// Without is for package selector/index. It returns s without requirement i, and shares memory with s where it can.
func (s Selector) Without(_ token.Token, i int) Selector {
	switch i {
	case 0:
		return Selector{s.reqs[1:]}
	case len(s.reqs) - 1:
		return Selector{s.reqs[:i]}
	}
	return Selector{slices.Concat(s.reqs[:i], s.reqs[i+1:])}
}

// String returns the canonical text, which kubectl's -l and the API's labelSelector parameter accept: the requirements
// in canonical order, joined by commas. It is empty for [Everything]. [Parse] makes a selector of it that means the
// same, and an equal one unless a list has a value twice.
//
// Upstream: labels.Selector.String.
func (s Selector) String() string {
	var short [128]byte // most texts are; a longer one takes more memory as it grows
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
// still match the same label sets, as "app=web" and "app in (web)" do: see [Selector.Equivalent].
func (s Selector) Equal(t Selector) bool {
	return slices.EqualFunc(s.reqs, t.reqs, func(a, b requirement) bool { return a.equal(&b) })
}

// MarshalText returns the text of [Selector.String], so that a Selector is a string in JSON, logs and flags. It never fails.
func (s Selector) MarshalText() ([]byte, error) { return s.appendText(nil), nil }

// UnmarshalText is [Parse]. When it fails, s is what it was.
func (s *Selector) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}
