package selector

import (
	"math"
	"slices"
	"strings"
)

// An Operator is the relation of a [Requirement] between a label and values. Its text is that of the API: "In", not "in".
// The zero value is invalid.
type Operator string

// Operators of the API's label selectors. [Compile] accepts these.
const (
	In           Operator = "In"           // the label is present and its value is one of the values; at least one
	NotIn        Operator = "NotIn"        // the label is missing or its value is none of the values; at least one
	Exists       Operator = "Exists"       // the label is present; no values
	DoesNotExist Operator = "DoesNotExist" // the label is missing; no values
)

// Operators of the text form and of node affinity. [New] accepts these too. Each takes exactly one value.
const (
	Equals      Operator = "="  // the label is present and has the value
	NotEquals   Operator = "!=" // the label is missing or has another value
	GreaterThan Operator = "Gt" // the label is an integer greater than the value, which is one too
	LessThan    Operator = "Lt" // the label is an integer less than the value, which is one too
)

// A code is an [Operator] in compiled form: an index of operators and texts. A switch over a byte is cheap.
type code uint8

const (
	unset code = iota
	in
	notIn
	exists
	doesNotExist
	equals // from here on, operators with exactly one value
	notEquals
	greaterThan // from here on, operators that compare integers
	lessThan
)

var (
	operators    = []Operator{"", In, NotIn, Exists, DoesNotExist, Equals, NotEquals, GreaterThan, LessThan}
	allOperators = operators[in:]
	apiOperators = operators[in:equals]
)

// codeOf returns the code of an operator, or unset for an unknown operator.
func codeOf(op Operator) code { return code(max(0, slices.Index(operators, op))) }

// texts holds what the text form has between key and values, and after the values.
var texts = [...]struct{ before, after string }{
	unset:        {" ? (", ")"},
	in:           {" in (", ")"},
	notIn:        {" notin (", ")"},
	exists:       {"", ""},
	doesNotExist: {"", ""}, // appendText adds '!' before the key
	equals:       {"=", ""},
	notEquals:    {"!=", ""},
	greaterThan:  {">", ""},
	lessThan:     {"<", ""},
}

// countProblem returns why the operator does not take n values, or "".
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

// A Requirement is one condition on one label. The table in the package comment shows which labels meet it. Its JSON is
// that of metav1.LabelSelectorRequirement. The zero value is invalid.
type Requirement struct {
	Key      string   `json:"key"`
	Operator Operator `json:"operator"`
	Values   []string `json:"values,omitempty"` // as many as the operator takes
}

// String returns the text of the selector with this one requirement: "app=web", "app in (web,www)" or "!canary". It sorts
// the values. The text of an invalid requirement is unspecified.
//
// Upstream: labels.Requirement.String.
func (r Requirement) String() string {
	b := builder{values: slices.Clone(r.Values)}
	b.add(r.Key, codeOf(r.Operator), len(r.Values))
	return text(b.reqs)
}

// A requirement is a valid [Requirement] in compiled form. It is small, because Matches reads one for each lookup.
type requirement struct {
	key    string
	value  string // of the operators that take exactly one
	list   *list  // of In and NotIn; otherwise nil
	code   code
	absent bool // whether a missing label meets the requirement
}

// A list holds the values of In and NotIn.
type list struct {
	values []string            // sorted
	set    map[string]struct{} // the same values; nil if there are few
}

// manyValues is the number of values from which on a map finds a value faster than a loop.
const manyValues = 12

// newList returns the list of sorted values. It keeps them.
func newList(values []string) list {
	l := list{values: values}
	if len(values) >= manyValues {
		l.set = make(map[string]struct{}, len(values))
		for _, value := range values {
			l.set[value] = struct{}{}
		}
	}
	return l
}

func (l *list) has(value string) bool {
	if l.set != nil {
		_, found := l.set[value]
		return found
	}
	for _, v := range l.values {
		if v == value {
			return true
		}
	}
	return false
}

// ofList returns a requirement with In or NotIn. It keeps the sorted values.
func ofList(key string, c code, values []string) requirement {
	l, r := newList(values), single(key, c, "")
	r.list = &l
	return r
}

// single returns a requirement without a list. The value is empty for operators without values.
func single(key string, c code, value string) requirement {
	return requirement{key: key, value: value, code: c, absent: c == notIn || c == notEquals || c == doesNotExist}
}

// clone returns r as a Requirement in fresh memory. Its values are sorted.
func (r *requirement) clone() Requirement {
	return Requirement{Key: r.key, Operator: operators[r.code], Values: slices.Clone(r.all())}
}

// values returns the values of In and NotIn, and nil for other operators.
func (r *requirement) values() []string {
	if r.list == nil {
		return nil
	}
	return r.list.values
}

// all returns the values of the requirement for any operator; nil when it has none.
func (r *requirement) all() []string {
	if r.code >= equals {
		return []string{r.value}
	}
	return r.values()
}

// equal reports whether r and s have the same canonical text.
func (r *requirement) equal(s *requirement) bool {
	return r.key == s.key && r.code == s.code && r.value == s.value && slices.Equal(r.values(), s.values())
}

// matches reports whether a label meets the requirement. The value is ignored when the label is missing.
func (r *requirement) matches(value string, present bool) bool {
	if !present {
		return r.absent
	}
	return r.allows(value)
}

// allows reports whether a label with this value meets the requirement.
func (r *requirement) allows(value string) bool {
	switch r.code {
	case in:
		return r.list.has(value)
	case notIn:
		return !r.list.has(value)
	case equals:
		return value == r.value
	case notEquals:
		return value != r.value
	case exists:
		return true
	case doesNotExist:
		return false
	default: // greaterThan, lessThan
		n, ok := parseInt(value)
		return ok && (r.code == greaterThan && n > r.bound() || r.code == lessThan && n < r.bound())
	}
}

// comparesIntegers reports whether the operator is GreaterThan or LessThan.
func (r *requirement) comparesIntegers() bool { return r.code >= greaterThan }

// bound returns the value of GreaterThan and LessThan.
func (r *requirement) bound() int64 {
	n, _ := parseInt(r.value)
	return n
}

// appendText appends the canonical text to b.
func (r *requirement) appendText(b []byte) []byte {
	if r.code == doesNotExist {
		b = append(b, '!')
	}
	b = append(b, r.key...)
	b = append(b, texts[r.code].before...)
	b = append(b, r.value...)
	for i, value := range r.values() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, value...)
	}
	return append(b, texts[r.code].after...)
}

// text returns the canonical text of requirements in canonical order.
func text(reqs []requirement) string { return Selector{reqs: reqs}.String() }

// parseInt is strconv.ParseInt(s, 10, 64) without the error. Most label values are not integers, and an error would
// allocate memory.
func parseInt(s string) (n int64, ok bool) {
	digits := s
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		digits = s[1:]
	}
	if digits == "" {
		return 0, false
	}
	// n is negative, because the range of int64 has one more negative integer.
	for _, c := range []byte(digits) {
		d := int64(c - '0') // bytes less than '0' wrap around and are greater than 9
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
