package selectors

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// A Random generates selectors and label sets from a few words, so that they often match, and from invalid
// words. The same seed and number always give the same values.
type Random struct {
	*rand.Rand
	odd int // number of words in a thousand that may be invalid
}

// NewRandom returns the n-th Random of a seed. For every second n, invalid values come only from typing
// errors.
func NewRandom(seed, n uint64) Random {
	r := rand.New(rand.NewPCG(seed, n))
	odd := []int{0, 0, 0, 20, 60, 300}
	return Random{r, odd[r.IntN(len(odd))]}
}

var (
	long63 = strings.Repeat("v", 63)
	long64 = strings.Repeat("v", 64)

	keys = []string{
		"a", "b", "app", "tier", "in", "notin", "A", "0", "x_y", "a.b-C", "example.com/name", "x/a-_.b", "in/notin", long63,
		strings.Repeat("p", 253) + "/a", strings.Repeat("q", 64) + "/a", strings.Repeat("p", 253) + "/" + long63,
		strings.Repeat("p.", 126) + "p/a",
	}
	oddKeys = []string{
		"", "/", "a/", "/a", "a/b/c", "//", "a//b", "A/b", "-a", "a-", "_a", "a_", ".a", "a.", "a..b/c", ".a/c", "a./c",
		"a_b/c", "a-.b/c", "a.-b/c", "-/a", "./a", "a/-", "a b", " a", "a\n", "\na", "a/\n", "a\n/b", "a=b", "a,b", "!a",
		"a(", "$", "é", "é/a", "a/é", "\u212a", "🚀", "a\xff", "a\x00", long64, "p/" + long64,
		strings.Repeat("p", 254) + "/a", strings.Repeat("p.", 126) + "pp/a", strings.Repeat("é", 31) + "a",
	}
	values = []string{
		"", "a", "b", "web", "5", "6", "4", "0", "1", "in", "notin", "007", "9223372036854775806", "9223372036854775807",
		"9223372036854775808", "18446744073709551616", "00000000000000000000000000000005", "A.b_c-d", "1e3", "0x10", "1_000",
		long63, strings.Repeat("9", 63), strings.Repeat("0", 62) + "5",
	}
	oddValues = []string{
		"-5", "+5", "-0", "+0", "--5", "-", "+", " 5", "5 ", "5\n", "5\x00", "5.", "-9223372036854775808", "-9223372036854775809",
		"+9223372036854775807", "x y", "a/b", "a,b", "a)", "(", "-a", "a-", ".", "_", "\n", "\x00", "a\x00b", "é", "\xff", "٣", "５",
		"🚀", long64, strings.Repeat("é", 31) + "a",
	}
	numbers = []string{
		"0", "1", "4", "5", "6", "007", "9223372036854775806", "9223372036854775807", "9223372036854775808",
		strings.Repeat("0", 62) + "5",
	}

	operators = []selection.Operator{
		selection.In, selection.NotIn, selection.Exists, selection.DoesNotExist,
		selection.Equals, selection.DoubleEquals, selection.NotEquals, selection.GreaterThan, selection.LessThan,
	}
	apiOperators    = []string{"In", "NotIn", "Exists", "DoesNotExist"}
	oddAPIOperators = []string{"", "in", "IN", "In ", "exists", "Equals", "=", "!=", "==", "!", "Gt", "Lt", "gt", "é"}

	blanks = []string{"", "", "", "", " ", "  ", "\t", "\n", "\r"}
	tokens = []string{
		"=", "==", "!=", "!", "(", ")", ",", ">", "<", "in", "notin", "a", "b", "5", "gt", ">=", "=>", "===", "é", "\x00", "-", "/", " ",
	}
)

func pick[T any](r Random, from []T) T { return from[r.IntN(len(from))] }

// thousandth reports true n times in a thousand.
func (r Random) thousandth(n int) bool { return r.IntN(1000) < n }

// word picks one of the good words, most often one of the first four. Sometimes it picks an odd word or
// changes a good one.
func (r Random) word(good, odd []string) string {
	if !r.thousandth(r.odd) {
		if r.IntN(3) > 0 {
			good = good[:4]
		}
		return pick(r, good)
	}
	if r.IntN(2) == 0 {
		return r.slip(pick(r, good))
	}
	return pick(r, odd)
}

// slip returns the word with one byte inserted, removed or replaced.
func (r Random) slip(word string) string {
	const other = "aA0z9Z-_./\n\x00 ,=!()<>+\xc3\xff"
	b, c := []byte(word), other[r.IntN(len(other))]
	i := r.IntN(len(b) + 1)
	switch {
	case i == len(b) || r.IntN(3) == 0:
		b = slices.Insert(b, i, c)
	case r.IntN(2) == 0:
		b = slices.Delete(b, i, i+1)
	default:
		b[i] = c
	}
	return string(b)
}

func (r Random) key() string { return r.word(keys, oddKeys) }

func (r Random) value() string {
	if r.IntN(6) == 0 {
		return r.alike()
	}
	return r.word(values, oddValues)
}

// alike returns a value of up to 20 bytes that differs little from others of the same length.
func (r Random) alike() string {
	b := bytes.Repeat([]byte("a"), 1+r.IntN(20))
	for range r.IntN(3) {
		b[r.IntN(len(b))] = 'b'
	}
	return string(b)
}

// A Requirement holds arguments for upstream's labels.NewRequirement, valid or not.
type Requirement struct {
	Key      string
	Operator selection.Operator
	Values   []string
}

// Requirement returns a requirement with any operator.
func (r Random) Requirement() Requirement {
	q := Requirement{Key: r.key(), Operator: pick(r, operators)}
	n := 1
	switch q.Operator {
	case selection.In, selection.NotIn:
		n = r.valueCount()
	case selection.Exists, selection.DoesNotExist:
		n = 0
	}
	if r.thousandth(r.odd / 4) {
		n = r.IntN(3)
	}
	for range n {
		q.Values = append(q.Values, r.value())
	}
	if number := q.Operator == selection.GreaterThan || q.Operator == selection.LessThan; number && n == 1 && !r.thousandth(100+r.odd) {
		q.Values[0] = pick(r, numbers[:len(numbers)-2]) // a valid number
	}
	if r.thousandth(r.odd / 4) {
		q.Operator = selection.Operator(pick(r, oddAPIOperators))
	}
	return q
}

// valueCount returns the number of values for In and NotIn: usually few, rarely many.
func (r Random) valueCount() int {
	if r.IntN(20) == 0 {
		return 5 + r.IntN(15)
	}
	return 1 + r.IntN(4)
}

// count returns the number of requirements for a selector: usually few, rarely more than upstream sorts
// stably.
func (r *Random) count() int {
	if r.IntN(50) == 0 {
		r.odd = 0 // otherwise almost no selector would be valid
		return 13 + r.IntN(20)
	}
	return r.IntN(5)
}

// Requirements returns a few requirements.
func (r Random) Requirements() []Requirement {
	var reqs []Requirement
	for range r.count() {
		reqs = append(reqs, r.Requirement())
	}
	return reqs
}

// Set returns a selector in the form of a plain map.
func (r Random) Set() map[string]string {
	n := r.count()
	if n == 0 && r.IntN(2) == 0 {
		return nil
	}
	set := map[string]string{}
	for range n {
		key := r.key()
		set[key] = r.value()
	}
	return set
}

// LabelSelector returns a selector in the form of the API's struct. It is sometimes nil.
func (r Random) LabelSelector() *metav1.LabelSelector {
	if r.IntN(200) == 0 {
		return nil
	}
	ls := &metav1.LabelSelector{}
	if r.IntN(2) == 0 {
		ls.MatchLabels = r.Set()
	}
	for range r.count() {
		q := metav1.LabelSelectorRequirement{Key: r.key()}
		op := pick(r, apiOperators)
		n := 0
		if op == "In" || op == "NotIn" {
			n = r.valueCount()
		}
		if r.thousandth(r.odd / 4) {
			n = r.IntN(3)
		}
		for range n {
			q.Values = append(q.Values, r.value())
		}
		if r.thousandth(r.odd / 4) {
			op = pick(r, oddAPIOperators)
		}
		q.Operator = metav1.LabelSelectorOperator(op)
		ls.MatchExpressions = append(ls.MatchExpressions, q)
	}
	return ls
}

// Text returns a selector as a string, with random blanks between its tokens. One in four has a typing error.
func (r Random) Text() string {
	var toks []string
	for i, q := range r.Requirements() {
		if i > 0 {
			toks = append(toks, ",")
		}
		toks = append(toks, r.tokensOf(q)...)
	}
	var text strings.Builder
	slipped := r.IntN(4) == 0
	if slipped && r.IntN(2) == 0 {
		for range 1 + r.IntN(2) {
			i := r.IntN(len(toks) + 1)
			if i == len(toks) || r.IntN(2) == 0 {
				toks = slices.Insert(toks, i, pick(r, tokens))
			} else {
				toks = slices.Delete(toks, i, i+1)
			}
		}
		slipped = false
	}
	for _, tok := range toks {
		text.WriteString(pick(r, blanks))
		text.WriteString(tok)
		if tok == "in" || tok == "notin" || r.IntN(20) == 0 {
			text.WriteString(pick(r, blanks))
		}
	}
	text.WriteString(pick(r, blanks))
	if slipped {
		return r.slip(text.String())
	}
	return text.String()
}

// tokensOf returns the tokens of a requirement. Blanks inside a word belong to its token.
func (r Random) tokensOf(q Requirement) []string {
	switch q.Operator {
	case selection.Exists:
		return []string{q.Key}
	case selection.DoesNotExist:
		return []string{"!", q.Key}
	case selection.In, selection.NotIn:
		toks := []string{q.Key + " ", string(q.Operator), "("}
		for i, v := range q.Values {
			if i > 0 {
				toks = append(toks, ",")
			}
			toks = append(toks, v)
		}
		return append(toks, ")")
	}
	sign := map[selection.Operator]string{selection.GreaterThan: ">", selection.LessThan: "<"}[q.Operator]
	if sign == "" {
		sign = string(q.Operator)
	}
	return append([]string{q.Key, sign}, q.Values...)
}

// LabelSets returns label sets to match against these requirements: nil, some that match or nearly match, and
// some with unrelated labels.
func (r Random) LabelSets(reqs labels.Requirements) []labels.Set {
	r.odd = 200
	sets := []labels.Set{nil}
	for i := range 6 {
		set := labels.Set{}
		for _, q := range reqs {
			switch {
			case i%2 == 0 && !r.thousandth(50):
				r.satisfy(set, q)
			case r.IntN(5) > 0:
				set[q.Key()] = r.near(q)
			}
		}
		for range r.IntN(3) {
			key := r.key()
			set[key] = r.value()
		}
		sets = append(sets, set)
	}
	return sets
}

// satisfy changes the set to match the requirement. It keeps the present label if that matches.
func (r Random) satisfy(set labels.Set, q labels.Requirement) {
	named := q.ValuesUnsorted()
	value, there := set[q.Key()]
	switch q.Operator() {
	case selection.DoesNotExist:
		delete(set, q.Key())
	case selection.NotIn, selection.NotEquals:
		if there && slices.Contains(named, value) || !there && r.IntN(2) == 0 {
			set[q.Key()] = r.value()
		}
	case selection.Exists:
		if !there {
			set[q.Key()] = r.value()
		}
	case selection.GreaterThan:
		set[q.Key()] = r.integer(named[0], 1)
	case selection.LessThan:
		set[q.Key()] = r.integer(named[0], -1)
	default:
		if !slices.Contains(named, value) {
			set[q.Key()] = pick(r, named)
		}
	}
}

// near returns a label value near the limit between match and mismatch.
func (r Random) near(q labels.Requirement) string {
	named := "5"
	if values := q.ValuesUnsorted(); len(values) > 0 {
		named = pick(r, values)
	}
	switch r.IntN(7) {
	case 0:
		return ""
	case 6:
		return r.alike()
	case 1:
		return named
	case 2:
		return r.slip(named)
	case 3:
		return r.integer(named, r.IntN(5)-2)
	case 4:
		return pick(r, oddValues)
	default:
		return r.value()
	}
}

// integer returns number plus after, in a random spelling. It wraps around on overflow.
func (r Random) integer(number string, after int) string {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		n = int64(r.IntN(10))
	}
	text := strconv.FormatInt(n+int64(after), 10)
	switch r.IntN(12) {
	case 0:
		return "+" + text
	case 1:
		return "-" + text
	case 2, 3:
		return "00" + text
	case 4:
		return strings.Repeat("0", max(0, 63-len(text))) + text
	}
	return text
}
