package selector_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
	"pgregory.net/rapid"
)

// The JSON of the struct form is the API's, so that a spec.selector can be decoded as it stands.
func TestJSON(t *testing.T) {
	const text = `{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"env","operator":"In","values":["prod"]},{"key":"team","operator":"Exists"}]}`
	var ls selector.LabelSelector
	if err := json.Unmarshal([]byte(text), &ls); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(ls)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, string(got)); diff != "" {
		t.Errorf("(-in +out):\n%s", diff)
	}
	if got, _ := json.Marshal(selector.LabelSelector{}); string(got) != "{}" {
		t.Errorf("the zero value is %s, want {}", got)
	}
}

func TestErrors(t *testing.T) {
	long := strings.Repeat("v", 64)
	for _, tt := range []struct {
		name string
		make func() (selector.Selector, error)
		want []string
	}{
		{
			"everything that is wrong with a LabelSelector",
			func() (selector.Selector, error) {
				return selector.Compile(&selector.LabelSelector{
					MatchLabels: map[string]string{"b": "x y", "a b": "-", "ok": "ok"},
					MatchExpressions: []selector.Requirement{
						{Key: "ok", Operator: selector.In, Values: []string{"ok"}},
						{Key: "", Operator: "in", Values: []string{"a", long}},
						{Key: "k", Operator: selector.In},
						{Key: "k", Operator: selector.Exists, Values: []string{"v"}},
						{Key: "k", Operator: selector.GreaterThan, Values: []string{"1"}},
					},
				})
			},
			[]string{
				`matchLabels: "a b": key: ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
				`matchLabels[a b]: "-": '-' at offset 0, want a letter or digit at both ends`,
				`matchLabels[b]: "x y": ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
				`matchExpressions[1].key: "": nothing at offset 0, want a name`,
				`matchExpressions[1].operator: "in": unknown operator, want one of [In NotIn Exists DoesNotExist]`,
				`matchExpressions[1].values[1]: "` + long + `": 'v' at offset 63, want at most 63 bytes`,
				`matchExpressions[2].values: []: In needs at least one value`,
				`matchExpressions[3].values: [v]: Exists takes no values`,
				`matchExpressions[4].operator: "Gt": unknown operator, want one of [In NotIn Exists DoesNotExist]`,
			},
		},
		{
			"a map",
			func() (selector.Selector, error) {
				return selector.FromLabels(map[string]string{"é": "v", "k": "é"})
			},
			[]string{
				`labels[k]: "é": 'é' at offset 0, want letters, digits, '-', '_' and '.'`,
				`labels: "é": key: 'é' at offset 0, want letters, digits, '-', '_' and '.'`,
			},
		},
		{
			"the map of a Service", func() (selector.Selector, error) {
				return selector.FromService(map[string]string{"é": "v", "k": "é"})
			},
			[]string{
				`selector[k]: "é": 'é' at offset 0, want letters, digits, '-', '_' and '.'`,
				`selector: "é": key: 'é' at offset 0, want letters, digits, '-', '_' and '.'`,
			},
		},
		{
			"requirements",
			func() (selector.Selector, error) {
				return selector.New(
					selector.Requirement{Key: "k", Operator: selector.Equals, Values: []string{"a", "b"}},
					selector.Requirement{Key: "k", Operator: selector.NotEquals},
					selector.Requirement{Key: "k", Operator: selector.GreaterThan, Values: []string{"x"}},
					selector.Requirement{Key: "k", Operator: selector.LessThan, Values: []string{"9223372036854775808"}},
					selector.Requirement{Key: "k", Operator: selector.LessThan, Values: []string{"-5"}},
					selector.Requirement{Key: "k", Operator: selector.GreaterThan, Values: []string{"x y"}},
					selector.Requirement{Key: "k", Operator: selector.NotIn, Values: []string{}},
					selector.Requirement{Key: "k", Operator: selector.DoesNotExist, Values: []string{""}},
					selector.Requirement{},
				)
			},
			[]string{
				`requirements[0].values: [a b]: = needs exactly one value`,
				`requirements[1].values: []: != needs exactly one value`,
				`requirements[2].values[0]: "x": want an integer of 64 bits`,
				`requirements[3].values[0]: "9223372036854775808": want an integer of 64 bits`,
				`requirements[4].values[0]: "-5": '-' at offset 0, want a letter or digit at both ends`,
				`requirements[5].values[0]: "x y": ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
				`requirements[6].values: []: NotIn needs at least one value`,
				`requirements[7].values: []: DoesNotExist takes no values`,
				`requirements[8].key: "": nothing at offset 0, want a name`,
				`requirements[8].operator: "": unknown operator, want one of [In NotIn Exists DoesNotExist = != Gt Lt]`,
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := tt.make()
			if !s.IsNothing() {
				t.Errorf("got %q with an error, want Nothing", s)
			}
			var got []string
			var bad field.Errors
			if !errors.As(err, &bad) {
				t.Errorf("%T, want field.Errors", err)
			}
			for _, e := range bad {
				got = append(got, e.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An error keeps nothing of the input either.
func TestErrorsShareNoMemory(t *testing.T) {
	values := []string{"a", "b"}
	_, err := selector.New(selector.Requirement{Key: "k", Operator: selector.Exists, Values: values})
	values[0] = "x"
	if got, want := err.Error(), "requirements[0].values: [a b]: Exists takes no values"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// However many requirements there are, those of one key keep the order in which they were given, matchLabels first.
func TestOrderIsStable(t *testing.T) {
	ls := &selector.LabelSelector{MatchLabels: map[string]string{}}
	var want []string
	for _, key := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		ls.MatchLabels[key] = "v"
		want = append(want, key+"=v")
		if key != "m" {
			continue
		}
		for _, value := range []string{"z", "y", "x"} {
			ls.MatchExpressions = append(ls.MatchExpressions, selector.Requirement{Key: key, Operator: selector.NotIn, Values: []string{value}})
			want = append(want, key+" notin ("+value+")")
		}
	}
	for range 20 {
		s, err := selector.Compile(ls)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Join(want, ","), s.String()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

func TestLabelSelector(t *testing.T) {
	list := func(values ...string) []string { return values }
	for _, tt := range []struct {
		text string
		want *selector.LabelSelector
	}{
		{"", &selector.LabelSelector{}},
		{"a=1,b=2", &selector.LabelSelector{MatchLabels: map[string]string{"a": "1", "b": "2"}}},
		{"a=1,a=2,b", &selector.LabelSelector{MatchLabels: map[string]string{"a": "1"}, MatchExpressions: []selector.Requirement{{Key: "a", Operator: selector.In, Values: list("2")}, {Key: "b", Operator: selector.Exists}}}},
		{"a!=1,!b,c in (2,1),d notin (x)", &selector.LabelSelector{MatchExpressions: []selector.Requirement{
			{Key: "a", Operator: selector.NotIn, Values: list("1")}, {Key: "b", Operator: selector.DoesNotExist},
			{Key: "c", Operator: selector.In, Values: list("1", "2")}, {Key: "d", Operator: selector.NotIn, Values: list("x")}}}},
		{"n>1", nil},
		{"a=1,n<5", nil},
		{"n>1,n in (1,2,3)", &selector.LabelSelector{MatchExpressions: []selector.Requirement{{Key: "n", Operator: selector.In, Values: list("2", "3")}}}},
		{"n<0", &selector.LabelSelector{MatchExpressions: []selector.Requirement{{Key: "a", Operator: selector.Exists}, {Key: "a", Operator: selector.DoesNotExist}}}},
		{"n<2,n in (0,00,1,2,x)", &selector.LabelSelector{MatchExpressions: []selector.Requirement{{Key: "n", Operator: selector.In, Values: list("0", "00", "1")}}}},
		{"n<2,n>0,n notin (" + strings.Join(allSpellings("1")[1:], ",") + ")", &selector.LabelSelector{MatchLabels: map[string]string{"n": "1"}}},
		{"a,!a", &selector.LabelSelector{MatchExpressions: []selector.Requirement{{Key: "a", Operator: selector.Exists}, {Key: "a", Operator: selector.DoesNotExist}}}},
	} {
		t.Run(fmt.Sprintf("%.60s", tt.text), func(t *testing.T) {
			got, ok := selector.MustParse(tt.text).LabelSelector()
			if diff := cmp.Diff(tt.want, got); ok != (tt.want != nil) || diff != "" {
				t.Errorf("%v (-want +got):\n%s", ok, diff)
			}
		})
	}
}

// Simplify would replace a list of every spelling by a comparison of integers. LabelSelector keeps the list.
func TestLabelSelectorOfEverySpelling(t *testing.T) {
	zeros := selector.MustParse("n in (" + strings.Join(allSpellings("0"), ",") + ")")
	ls, ok := zeros.And(selector.MustParse("n<2")).LabelSelector()
	if !ok || len(ls.MatchExpressions) != 1 || len(ls.MatchExpressions[0].Values) != 63 {
		t.Errorf("got %v, %v", ls, ok)
	}
}

func TestLabelSelectorLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := check.Must(selector.New(drawRequirements(t)...))
		ls, ok := s.LabelSelector()
		if !ok {
			if !strings.ContainsAny(s.Simplify().String(), "<>") {
				t.Fatalf("%q has no LabelSelector, though it compares no integers", s)
			}
			return
		}
		back, err := selector.Compile(ls)
		if err != nil || !back.Equivalent(s) {
			t.Fatalf("%q became %q, %v", s, back, err)
		}
	})
}
