package selector_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// Rows of DEVIATIONS.md name these tests. Each test shows what upstream does and then what rollcall does. If
// upstream's part fails after an upgrade, the row may no longer be needed.

// other is a label set that no selector here should match.
var other = labels.Set{"app": "other"}

func TestNUL(t *testing.T) {
	for _, tt := range []struct {
		text, upstream string
		offset         int
	}{
		{"\x00app=x", "", 0}, // everything
		{"a=b \x00,c=d", "a=b", 4},
		{"a in (b,\x00c)", "a in (b,c)", 8},
		{"a=b\x00", "a=b", 3},
	} {
		if s, err := labels.Parse(tt.text); err != nil || s.String() != tt.upstream {
			t.Errorf("upstream: %q: %v, %v", tt.text, s, err)
		}
		s, err := selector.Parse(tt.text)
		var bad *selector.SyntaxError
		if !errors.As(err, &bad) || bad.Offset != tt.offset || !s.IsNothing() {
			t.Errorf("%q: %v, %v; want an error at offset %d", tt.text, s, err, tt.offset)
		}
	}
	if s := must(labels.Parse("\x00app=x")); !s.Matches(other) {
		t.Errorf("upstream: %v", s)
	}
}

func TestEqualsHasOneText(t *testing.T) {
	if s := must(labels.Parse("app==web,tier=db")); s.String() != "app==web,tier=db" {
		t.Errorf("upstream: %v", s)
	}
	if s := selector.MustParse("app==web,tier=db"); s.String() != "app=web,tier=db" || !s.Equal(selector.MustParse("app=web,tier==db")) {
		t.Error(s)
	}
}

func TestOrderOfManyRequirements(t *testing.T) {
	ls := &metav1.LabelSelector{MatchLabels: map[string]string{}}
	for i := range 40 {
		ls.MatchLabels[fmt.Sprintf("k%02d", i)] = "v"
	}
	for _, value := range []string{"x", "y", "z"} {
		ls.MatchExpressions = append(ls.MatchExpressions, metav1.LabelSelectorRequirement{
			Key: "k05", Operator: metav1.LabelSelectorOpNotIn, Values: []string{value},
		})
	}
	theirs := map[string]bool{}
	for range 10_000 { // usually a few are enough
		if theirs[must(metav1.LabelSelectorAsSelector(ls)).String()] = true; len(theirs) > 1 {
			break
		}
	}
	if len(theirs) < 2 {
		t.Error("upstream: the order is always the same")
	}
	const want = "k04=v,k05=v,k05 notin (x),k05 notin (y),k05 notin (z),k06=v"
	for range 100 {
		if s := must(selector.Compile(ourStruct(ls))); !strings.Contains(s.String(), want) {
			t.Fatalf("%v, want it to contain %s", s, want)
		}
	}
}

func TestNothingOnTheWire(t *testing.T) {
	theirs := must(metav1.LabelSelectorAsSelector(nil))
	if theirs.Matches(other) || !must(labels.Parse(theirs.String())).Matches(other) {
		t.Error("upstream: the string of Nothing does not parse to Everything")
	}
	ours := must(selector.Compile(nil))
	if !ours.IsNothing() || !selector.MustParse(ours.String()).IsNothing() {
		t.Errorf("%v", ours)
	}
	again := must(labels.Parse(ours.String()))
	for _, set := range []labels.Set{nil, other, {"a": ""}, {"a": "b", "b": "a"}} {
		if again.Matches(set) {
			t.Errorf("upstream reads %q, which matches %v", ours, set)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range []struct {
		text, upstream string // upstream: part of its error
		offset         int
		want           string // part of what is accepted there
	}{
		{"é=1", "<nil>: Invalid value", 0, "letters"},
		{"x gt 5", "gt, lt", 2, ">, <"},
		{"app = web, tier in (front end), x", "found 'end', expected: ',' or ')'", 26, "',' or ')'"},
	} {
		_, err := labels.Parse(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.upstream) {
			t.Errorf("upstream: %q: %v", tt.text, err)
		}
		_, err = selector.Parse(tt.text)
		var bad *selector.SyntaxError
		if !errors.As(err, &bad) || bad.Offset != tt.offset || !strings.Contains(bad.Want, tt.want) || strings.Contains(err.Error(), "<nil>") {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
	// rollcall returns all errors. Upstream returns the first, and for a map any one.
	const text = "é=1,a=-,b in (c d)"
	if _, err := labels.Parse(text); err == nil || strings.Contains(err.Error(), "values[0][a]") {
		t.Errorf("upstream: %v", err)
	}
	var all selector.SyntaxErrors
	if _, err := selector.Parse(text); !errors.As(err, &all) || len(all) != 3 {
		t.Errorf("%v, want three errors", err)
	}
}

func TestUnvalidatedSet(t *testing.T) {
	set := map[string]string{"app": "x,tier=db"}
	theirs := labels.SelectorFromSet(set)
	if again, err := labels.Parse(theirs.String()); err != nil || again.String() != "app=x,tier=db" || !theirs.Matches(labels.Set(set)) ||
		again.Matches(labels.Set(set)) || !again.Matches(labels.Set{"app": "x", "tier": "db"}) {
		t.Errorf("upstream: %v, %v", again, err)
	}
	s, err := selector.FromLabels(set)
	var bad *field.Error
	if !errors.As(err, &bad) || bad.Path != "labels[app]" || !s.IsNothing() {
		t.Errorf("%v, %v", s, err)
	}
}

func TestSharedMemory(t *testing.T) {
	values, set := []string{"a"}, map[string]string{"k": "a"}
	theirs := labels.NewSelector().Add(*must(labels.NewRequirement("k", selection.In, values)))
	wrapped := labels.Selector(labels.ValidatedSetSelector(set))
	ours := must(selector.New(selector.Requirement{Key: "k", Operator: selector.In, Values: values}))
	ofSet := must(selector.FromLabels(set))
	values[0], set["k"] = "changed", "changed"
	if theirs.String() != "k in (changed)" || wrapped.String() != "k=changed" {
		t.Errorf("upstream: %v, %v", theirs, wrapped)
	}
	reqs, _ := theirs.Requirements()
	reqs[0] = *must(labels.NewRequirement("other", selection.Exists, nil))
	if theirs.String() != "other" {
		t.Errorf("upstream: %v", theirs)
	}
	ours.Requirements()[0].Values[0] = "changed"
	ofSet.Requirements()[0] = selector.Requirement{}
	if ours.String() != "k in (a)" || ofSet.String() != "k=a" {
		t.Errorf("%v, %v", ours, ofSet)
	}
}

// A duplicate value is kept, as upstream keeps it. This is the only case where parsing the string of a
// selector gives another selector. Both match the same.
func TestDuplicateValues(t *testing.T) {
	theirs := labels.NewSelector().Add(*must(labels.NewRequirement("x", selection.In, []string{"a", "a"})))
	ours := must(selector.New(selector.Requirement{Key: "x", Operator: selector.In, Values: []string{"a", "a"}}))
	for name, texts := range map[string][2]string{
		"upstream": {theirs.String(), must(labels.Parse(theirs.String())).String()},
		"rollcall": {ours.String(), selector.MustParse(ours.String()).String()},
	} {
		if texts != [2]string{"x in (a,a)", "x in (a)"} {
			t.Errorf("%s: %q", name, texts)
		}
	}
}
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestStructForm(t *testing.T) {
	// upstream: the string of the result of ParseToLabelSelector, or its error.
	for _, tt := range []struct{ text, upstream string }{
		{"a=,a=A", "a=A"}, // the last one wins
		{"a!=", "is not a valid label selector operator"},
		{"a!=b,a!=c", "is not a valid label selector operator"},
	} {
		got := ""
		if ls, err := metav1.ParseToLabelSelector(tt.text); err != nil {
			got = err.Error()
		} else {
			got = metav1.FormatLabelSelector(ls)
		}
		if !strings.Contains(got, tt.upstream) {
			t.Errorf("upstream: %q: %s", tt.text, got)
		}
		ls, ok := selector.MustParse(tt.text).LabelSelector()
		if !ok {
			t.Errorf("%q has no struct form", tt.text)
		}
		again, err := selector.Compile(ls)
		if err != nil || !again.Equivalent(selector.MustParse(tt.text)) {
			t.Errorf("%q as a struct: %+v, %v", tt.text, ls, err)
		}
	}

	// A struct whose map form selects something else.
	ls := &metav1.LabelSelector{
		MatchLabels:      map[string]string{"b": ""},
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "b", Operator: metav1.LabelSelectorOpIn, Values: []string{"a"}}},
	}
	if set, err := metav1.LabelSelectorAsMap(ls); err != nil || !maps.Equal(set, map[string]string{"b": "a"}) || must(metav1.LabelSelectorAsSelector(ls)).Matches(labels.Set(set)) {
		t.Errorf("upstream: %v, %v", set, err)
	}
	ours, ok := must(selector.Compile(ourStruct(ls))).LabelSelector()
	if s, err := selector.Compile(ours); !ok || err != nil || s.Satisfiable() {
		t.Errorf("%+v, %v: %v, %v", ours, ok, s, err)
	}
}

func TestContradictions(t *testing.T) {
	for _, text := range []string{
		"a=1,a=2", "a,!a", "a=1,a!=1", "a in (1),a notin (1)", "a>5,a<5", "a>9223372036854775807", "a in (x),a>1", "a<0", "a>1,a<2",
	} {
		if labels.MatchesNothing(must(labels.Parse(text))) {
			t.Errorf("upstream: %s reports that it matches nothing", text)
		}
		if s := selector.MustParse(text); s.Satisfiable() {
			t.Errorf("%v is satisfiable", s)
		}
	}
}
