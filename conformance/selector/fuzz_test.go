package selector_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollcall-go/rollcall/conformance/internal/selectors"
)

// FuzzText checks that a string parses to the same selector in both libraries, or in neither. Each key of the
// selector gets the value in one label set.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"x in (,,a,)", "x in (a,a)", "n>9223372036854775807", "n<9223372036854775808", "n>007,n<+5", "a\x00=b", "Ex\x00/a", "n>5\x00", "a in (b,\x00c)", "in in(in),notin notin(notin)",
		"x===a", "x=!a", "x!==a", "x<>1", "x>=1", "x gt 1", "\r\nx\t", "!\n!x", "x = ", "x!=a,x!=b,x=", strings.Repeat("k", 63) + "=" + strings.Repeat("v", 64),
		strings.Repeat("p", 253) + "/a", strings.Repeat("p", 254) + "/a", "a.-b/c", "x=a\xff", "\u212a", "a,b,c,d,e,f,g,h,i,j,k,l,a=1,a=2,a=3",
	} {
		f.Add(text, "-5", uint64(0))
	}
	for _, v := range recorded(f) {
		if v.Form == "text" {
			f.Add(v.Text, "5", uint64(0))
		}
	}
	f.Fuzz(func(t *testing.T, text, value string, seed uint64) {
		with := labels.Set{}
		if s, err := labels.Parse(text); err == nil {
			with = giveEach(s, value)
		}
		if _, err := checkText(selectors.NewRandom(seed, 0), text, with); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// recorded returns the recorded vectors.
func recorded(t testing.TB) []selectors.Vector {
	t.Helper()
	lines, err := os.ReadFile("../../selector/testdata/selector.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []selectors.Vector
	for line := range bytes.Lines(lines) {
		var v selectors.Vector
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, v)
	}
	return vectors
}

// FuzzStruct checks that a struct gives the same selector in both libraries, or in neither. Each line is one
// requirement: the operator (empty for matchLabels), the key and the values, separated by spaces.
func FuzzStruct(f *testing.F) {
	for _, lines := range []string{
		"", " app web", " app ", " app web\n app db", "In app web db\nNotIn tier db", "Exists app\nDoesNotExist app", "In app\nIn app ",
		"Exists app web", "in app web", "Gt app 5", " a b c", "In a/b/c x", "In app a a", " é v\n v é", "NotIn app -a", " x/ y\n /x y",
		" n 1\nNotIn n 01\nNotIn n 001", "In " + strings.Repeat("k", 64) + " v", "Exists " + strings.Repeat("p", 253) + "/a",
		strings.Repeat("NotIn app x\nNotIn app y\n", 7) + " app web",
	} {
		f.Add(lines, "web", uint64(0))
	}
	f.Fuzz(func(t *testing.T, lines, value string, seed uint64) {
		ls := &metav1.LabelSelector{MatchLabels: map[string]string{}}
		for line := range strings.SplitSeq(lines, "\n") {
			words := strings.Split(line, " ")
			switch {
			case len(words) < 2:
			case words[0] == "":
				ls.MatchLabels[words[1]] = strings.Join(words[2:], " ")
			default:
				ls.MatchExpressions = append(ls.MatchExpressions, metav1.LabelSelectorRequirement{
					Key: words[1], Operator: metav1.LabelSelectorOperator(words[0]), Values: words[2:],
				})
			}
		}
		with := labels.Set{}
		if s, err := metav1.LabelSelectorAsSelector(ls); err == nil {
			with = giveEach(s, value)
		}
		r := selectors.NewRandom(seed, 0)
		if _, err := checkStruct(r, ls, with); err != nil {
			t.Errorf("%q: %v", lines, err)
		}
		if _, err := checkSet(r, ls.MatchLabels, with); err != nil {
			t.Errorf("%q, only the matchLabels: %v", lines, err)
		}
	})
}

// giveEach returns a label set in which each key of the selector has the value.
func giveEach(s labels.Selector, value string) labels.Set {
	set := labels.Set{}
	reqs, _ := s.Requirements()
	for _, q := range reqs {
		set[q.Key()] = value
	}
	return set
}
