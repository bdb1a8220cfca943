package selector

import (
	"math"
	"slices"
	"strings"
)

// An Operator says how a [Requirement] relates a label to values. Its text is that of the API: "In", not "in".
// The zero value is no operator and is refused.
type Operator string

// The operators of the API's label selectors, which [Compile] takes.
const (
	In           Operator = "In"           // the value is one of one or more
	NotIn        Operator = "NotIn"        // the label is missing, or its value none of one or more
	Exists       Operator = "Exists"       // the label is there; takes no values
	DoesNotExist Operator = "DoesNotExist" // the label is missing; takes no values
)

// The other operators, which [New] takes too: those of the text form and of node affinity.
const (
	Equals      Operator = "="  // the value is the one given
	NotEquals   Operator = "!=" // the label is missing, or its value not the one given
	GreaterThan Operator = "Gt" // the value is an integer greater than the one given
	LessThan    Operator = "Lt" // the value is an integer less than the one given
)

var (
	apiOperators = []Operator{In, NotIn, Exists, DoesNotExist}
	allOperators = append(slices.Clip(apiOperators), Equals, NotEquals, GreaterThan, LessThan)
)

// countProblem returns what is wrong with n values for the operator, or "".
func (op Operator) countProblem(n int) string {
	switch op {
	case In, NotIn:
		if n == 0 {
			return string(op) + " needs at least one value"
		}
	case Exists, DoesNotExist:
		if n != 0 {
			return string(op) + " takes no values"
		}
	default:
		if n != 1 {
			return string(op) + " needs exactly one value"
		}
	}
	return ""
}

// A Requirement is one condition on one label. Its JSON is that of metav1.LabelSelectorRequirement.
// The zero value is invalid. The table in the package comment says what each operator matches.
type Requirement struct {
	Key      string   `json:"key"`
	Operator Operator `json:"operator"`
	Values   []string `json:"values,omitempty"` // how many: see the operators
}

// String returns the requirement in the canonical text of a selector: "app=web", "app in (web,www)", "!canary".
// Values are sorted. The text of an invalid requirement is unspecified.
//
// Upstream: labels.Requirement.String.
func (r Requirement) String() string {
	values := r.Values
	if !slices.IsSorted(values) {
		values = slices.Sorted(slices.Values(values))
	}
	list := strings.Join(values, ",")
	switch r.Operator {
	case Exists:
		return r.Key
	case DoesNotExist:
		return "!" + r.Key
	case In:
		return r.Key + " in (" + list + ")"
	case NotIn:
		return r.Key + " notin (" + list + ")"
	case GreaterThan:
		return r.Key + ">" + list
	case LessThan:
		return r.Key + "<" + list
	default: // Equals, NotEquals
		return r.Key + string(r.Operator) + list
	}
}

// A requirement is a valid Requirement in compiled form: Values are sorted and never change.
type requirement struct {
	Requirement
	bound int64 // the value of GreaterThan and LessThan
}

// matches reports whether a label with this value, or a missing one, meets the requirement.
func (r *requirement) matches(value string, present bool) bool {
	switch r.Operator {
	case In, Equals:
		return present && r.has(value)
	case NotIn, NotEquals:
		return !present || !r.has(value)
	case Exists:
		return present
	case DoesNotExist:
		return !present
	default: // GreaterThan, LessThan
		n, ok := parseInt(value)
		return ok && (r.Operator == GreaterThan && n > r.bound || r.Operator == LessThan && n < r.bound)
	}
}

func (r *requirement) has(value string) bool {
	_, found := slices.BinarySearch(r.Values, value)
	return found
}

// parseInt is strconv.ParseInt(s, 10, 64), without the error and so without its allocation: labels that are no
// integers are the common case.
func parseInt(s string) (n int64, ok bool) {
	digits := s
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		digits = s[1:]
	}
	if digits == "" {
		return 0, false
	}
	// Counted below zero, where the range has one integer more.
	for _, c := range []byte(digits) {
		d := int64(c - '0') // of a byte: above 9 for what comes before '0', too
		if d > 9 || n < (math.MinInt64+d)/10 {
			return 0, false
		}
		n = n*10 - d
	}
	if negative {
		return n, true
	}
	return -n, n != math.MinInt64
}
