package selectors

import (
	"iter"
	"math/rand/v2"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// A recorder generates vectors. Its random draws and their order determine the recorded file. Do not change
// them: a difference in the file should show only a change of upstream.
type recorder struct{ *rand.Rand }

var (
	recordedKeys = []string{
		"app", "tier", "env", "a", "in", "notin", "example.com/name", "app.kubernetes.io/name", "x_y", "A.b-C",
		"pod-template-hash", "1",
	}
	recordedBadKeys = []string{
		"", "-a", "a-", "_", "a b", "a/b/c", "/a", "a/", "Ex.com/a", "é", strings.Repeat("k", 64),
		strings.Repeat("p", 254) + "/a", "a=b", "a\x00", "$",
	}
	recordedValues = []string{
		"", "web", "db", "prod", "true", "1", "007", "42", "9223372036854775807", "9223372036854775808", "v1.2-3_x", "in",
		"A", strings.Repeat("v", 63),
	}
	recordedBadValues = []string{"-x", "x-", "a b", strings.Repeat("v", 64), "é", "a/b", "(", "a\x00"}
)

// recordedTexts are the valid and invalid selectors at the start of every recording.
var recordedTexts = []string{
	"", " ", ",",
	"x", "!x", "x=", "x==", "x!=", "x=a,", ",x=a", "x=a,,y=b",
	"x in (a,b)", "x in ()", "x in (,)", "x in (a,,b)", "x in (,a)", "x notin ()", "x notin (,a)",
	"in in (in)", "notin notin (notin)", "in=in", "in", "!in",
	"x in", "x in a", "x in (a", "x in a)", "x (a)",
	"x>1", "x<1", "x>a", "x>1,x<1", "x>-1",
	"!x=a", "!!x", "x=a b", "x = a , y != b", "x\t=\na",
	"x=a,x=b", "x=a,x!=a", "a in (b,c),a notin (c)",
	"x=a\x00,y=b", "\x00", "é=1", "x=é",
	"x==a==b", "x in (in,notin)", "x=(a)", "()", "x in ((a))", "x>1,x>2",
	"example.com/x=y", "a/b/c=d", "/x", "x/=a",
	"x in (a, b ,c )", "x notin(a)", "x in(a)",
}

func (r recorder) vectors(n int) iter.Seq[Vector] {
	return func(yield func(Vector) bool) {
		fixed := []Vector{
			{Form: "struct", Null: true},
			{Form: "struct", Struct: &metav1.LabelSelector{}},
			{Form: "struct", Struct: &metav1.LabelSelector{MatchLabels: map[string]string{}, MatchExpressions: []metav1.LabelSelectorRequirement{}}},
		}
		for _, text := range recordedTexts {
			fixed = append(fixed, Vector{Form: "text", Text: text})
		}
		for _, v := range fixed {
			if !yield(r.fill(v)) {
				return
			}
		}
		for range n {
			if !yield(r.fill(Vector{Form: "text", Text: r.text()})) ||
				!yield(r.fill(Vector{Form: "struct", Struct: r.labelSelector()})) ||
				!yield(r.fill(Vector{Form: "set", Set: r.set()})) {
				return
			}
		}
	}
}

// fill returns the vector with upstream's result.
func (r recorder) fill(v Vector) Vector {
	s, err := v.Select()
	if err != nil {
		v.Error = err.Error()
		return v
	}
	v.String = s.String()
	reqs, _ := s.Requirements()
	for _, set := range r.labelSets(reqs) {
		if s.Matches(labels.Set(set)) {
			v.Matches = append(v.Matches, set)
		} else {
			v.Mismatches = append(v.Mismatches, set)
		}
	}
	return v
}

func (r recorder) oneIn(n int) bool { return r.IntN(n) == 0 }

func (r recorder) pick(from ...string) string { return from[r.IntN(len(from))] }

// pickEarly picks one of the first few words more often than the others.
func (r recorder) pickEarly(from []string) string { return r.pick(from[:2+r.IntN(len(from)-1)]...) }

func (r recorder) key() string {
	if r.oneIn(25) {
		return r.pick(recordedBadKeys...)
	}
	return r.pickEarly(recordedKeys)
}

func (r recorder) value() string {
	if r.oneIn(25) {
		return r.pick(recordedBadValues...)
	}
	return r.pickEarly(recordedValues)
}

func (r recorder) values() []string {
	var values []string
	for range r.IntN(4) {
		values = append(values, r.value())
	}
	return values
}

func (r recorder) set() map[string]string {
	set := map[string]string{}
	for range r.IntN(4) {
		key := r.key()
		set[key] = r.value()
	}
	return set
}

func (r recorder) labelSelector() *metav1.LabelSelector {
	ls := &metav1.LabelSelector{}
	for range r.IntN(3) {
		if ls.MatchLabels == nil {
			ls.MatchLabels = map[string]string{}
		}
		key := r.key()
		ls.MatchLabels[key] = r.value()
	}
	for range r.IntN(4) {
		operators := []string{"In", "NotIn", "Exists", "DoesNotExist", "In", "NotIn", "Exists", "DoesNotExist", "In", "NotIn", "Gt", "in", ""}
		operator := r.pick(operators[:10+r.IntN(4)]...)
		values := r.values()
		switch {
		case (operator == "Exists" || operator == "DoesNotExist") && !r.oneIn(10):
			values = nil
		case len(values) == 0 && !r.oneIn(4):
			values = []string{r.value()}
		}
		ls.MatchExpressions = append(ls.MatchExpressions, metav1.LabelSelectorRequirement{
			Key: r.key(), Operator: metav1.LabelSelectorOperator(operator), Values: values,
		})
	}
	return ls
}

func (r recorder) text() string {
	var reqs []string
	for range r.IntN(4) {
		reqs = append(reqs, r.requirement())
	}
	text := strings.Join(reqs, r.blank()+",")
	if len(text) > 0 && r.oneIn(6) {
		text = r.slip(text)
	}
	return text
}

func (r recorder) blank() string { return r.pick("", "", "", " ", "  ", "\t", "\n") }

func (r recorder) requirement() string {
	key := r.key()
	switch r.IntN(9) {
	case 0:
		return r.blank() + key + r.blank()
	case 1:
		return r.blank() + "!" + r.blank() + key
	case 2, 3:
		return key + r.blank() + r.pick("=", "==", "!=") + r.blank() + r.value()
	case 4:
		return key + r.blank() + r.pick(">", "<") + r.blank() +
			r.pick("1", "42", "007", "-5", "x", "", "9223372036854775807", "9223372036854775808")
	case 5:
		return key + r.blank() + r.pick("===", "=!", "!==", "<>", ">=", "gt") + r.blank() + r.value()
	default:
		return key + r.pick(" ", "  ", "\t") + r.pick("in", "notin", "in", "notin", "IN", "exists") + r.blank() +
			"(" + r.blank() + strings.Join(r.values(), r.blank()+","+r.blank()) + r.blank() + ")"
	}
}

// slip returns the text with a typing error: a byte removed, a character inserted, or a part removed.
func (r recorder) slip(text string) string {
	i := r.IntN(len(text))
	switch r.IntN(3) {
	case 0:
		return text[:i] + text[i+1:]
	case 1:
		characters := []rune("=!,()<> \x00éaz09-_./")
		return text[:i] + string(characters[r.IntN(len(characters))]) + text[i:]
	default:
		return text[:i] + text[i+r.IntN(len(text)-i):]
	}
}

// labelSets returns the empty label set, sets with keys and values from the requirements, and sets that are
// likely to match.
func (r recorder) labelSets(reqs labels.Requirements) []map[string]string {
	keys, values := recordedKeys[:4:4], recordedValues[:6:6]
	for _, q := range reqs {
		keys = append(keys, q.Key(), q.Key())
		values = append(values, q.ValuesUnsorted()...)
		values = append(values, q.ValuesUnsorted()...)
	}
	sets := []map[string]string{{}}
	for range 7 {
		set := map[string]string{}
		for range r.IntN(5) {
			key := r.pick(keys...)
			set[key] = r.pick(values...)
		}
		sets = append(sets, set)
	}
	for range 3 {
		set := map[string]string{}
		for _, q := range reqs {
			if q.Operator() == selection.DoesNotExist || r.oneIn(5) {
				continue
			}
			values := q.ValuesUnsorted()
			negative := q.Operator() == selection.NotEquals || q.Operator() == selection.NotIn
			if len(values) > 0 && !negative {
				set[q.Key()] = r.pick(values...)
			} else if !r.oneIn(3) {
				set[q.Key()] = r.pick(recordedValues...)
			}
		}
		sets = append(sets, set)
	}
	return sets
}
