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

// A code is an [Operator] in compiled form: the index of its row in operators and texts. A switch over a byte is what
// keeps a requirement at the price of its lookup.
type code uint8

const (
	unset code = iota
	in
	notIn
	exists
	doesNotExist
	equals
	notEquals
	greaterThan
	lessThan
)

var (
	operators    = []Operator{"", In, NotIn, Exists, DoesNotExist, Equals, NotEquals, GreaterThan, LessThan}
	allOperators = operators[in:]
	apiOperators = operators[in:equals]
)

// codeOf returns the code of an operator, unset when there is no such operator.
func codeOf(op Operator) code { return code(max(0, slices.Index(operators, op))) }

// texts has what stands between key and values in the text form, and after them.
var texts = [...]struct{ before, after string }{
	unset:        {" ? (", ")"},
	in:           {" in (", ")"},
	notIn:        {" notin (", ")"},
	exists:       {"", ""},
	doesNotExist: {"", ""}, // and a '!' before the key
	equals:       {"=", ""},
	notEquals:    {"!=", ""},
	greaterThan:  {">", ""},
	lessThan:     {"<", ""},
}

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
	return Selector{[]requirement{compiled(r.Key, codeOf(r.Operator), slices.Clone(r.Values))}}.String()
}

// A requirement is a valid [Requirement] in compiled form.
type requirement struct {
	key    string
	value  string // of the operators that take exactly one
	bound  int64  // the same as a number, of GreaterThan and LessThan
	code   code
	absent bool     // whether a missing label meets it
	values []string // of In and NotIn, sorted
	many   table    // of values, when there are many
}

// manyValues is the number from which on a table finds a value sooner than comparing one after the other does.
const manyValues = 8

// compiled returns the compiled form of a valid requirement. It keeps a list of values, and sorts it.
func compiled(key string, c code, values []string) requirement {
	if c >= equals && len(values) == 1 {
		return single(key, c, values[0])
	}
	slices.Sort(values)
	r := single(key, c, "")
	r.values = values
	return r
}

// single is compiled for the operators that take no list: with a value, or with none, which is empty.
func single(key string, c code, value string) requirement {
	r := requirement{key: key, value: value, code: c, absent: c == notIn || c == notEquals || c == doesNotExist}
	if c >= greaterThan {
		r.bound, _ = parseInt(value)
	}
	return r
}

// A builder collects requirements. Their lists of values share one piece of memory.
type builder struct {
	reqs   []requirement
	values []string
}

// list adds a requirement whose values are the last n.
func (b *builder) list(key string, c code, n int) {
	b.reqs = append(b.reqs, compiled(key, c, slices.Clip(b.values[len(b.values)-n:])))
}

// selector returns the selector of what was added, if that was valid.
func (b *builder) selector() Selector {
	for i := range b.reqs {
		if r := &b.reqs[i]; len(r.values) >= manyValues && r.many == nil {
			r.many = newTable(r.values)
		}
	}
	slices.SortStableFunc(b.reqs, func(r, s requirement) int { return strings.Compare(r.key, s.key) })
	return Selector{b.reqs}
}

// clone returns r as it was given, but for the order of its values.
func (r *requirement) clone() Requirement {
	return Requirement{Key: r.key, Operator: operators[r.code], Values: slices.Clone(r.all())}
}

// all returns the values that r has as a Requirement; nil when there are none.
func (r *requirement) all() []string {
	if r.code >= equals {
		return []string{r.value}
	}
	return r.values
}

// equal reports whether r and s have the same canonical text.
func (r *requirement) equal(s *requirement) bool {
	return r.key == s.key && r.code == s.code && r.value == s.value && slices.Equal(r.values, s.values)
}

// matches reports whether a label with this value, or a missing one, meets the requirement.
func (r *requirement) matches(value string, present bool) bool {
	if !present {
		return r.absent
	}
	return r.allows(value)
}

// allows reports whether a label with this value meets the requirement.
func (r *requirement) allows(value string) bool {
	if r.many != nil {
		return r.many.has(r.values, value) == (r.code == in)
	}
	switch r.code {
	case in, notIn:
		for _, v := range r.values { // slices.Contains is a call more
			if v == value {
				return r.code == in
			}
		}
		return r.code == notIn
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
		return ok && (r.code == greaterThan && n > r.bound || r.code == lessThan && n < r.bound)
	}
}

// appendText appends the canonical text to b.
func (r *requirement) appendText(b []byte) []byte {
	if r.code == doesNotExist {
		b = append(b, '!')
	}
	b = append(b, r.key...)
	b = append(b, texts[r.code].before...)
	b = append(b, r.value...)
	for i, value := range r.values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, value...)
	}
	return append(b, texts[r.code].after...)
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
