package selector_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
)

func TestExplainedRequirements(t *testing.T) {
	labels := map[string]string{"app": "foo", "canary": "", "n": "5"}
	for _, tt := range []struct {
		req        selector.Requirement
		text, want string
	}{
		{selector.Requirement{Key: "app", Operator: selector.In, Values: []string{"kubia"}},
			"app in (kubia)", `label app is "foo", want one of [kubia]`},
		{selector.Requirement{Key: "app", Operator: selector.In, Values: []string{"www", "", "foo"}},
			"app in (,foo,www)", `label app is "foo", as wanted: one of ["", foo, www]`},
		{selector.Requirement{Key: "tier", Operator: selector.Equals, Values: []string{"db"}},
			"tier=db", `label tier is missing, want "db"`},
		{selector.Requirement{Key: "app", Operator: selector.NotIn, Values: []string{"foo"}},
			"app notin (foo)", `label app is "foo", want none of [foo]`},
		{selector.Requirement{Key: "canary", Operator: selector.NotEquals, Values: []string{""}},
			"canary!=", `label canary is "", want anything but ""`},
		{selector.Requirement{Key: "tier", Operator: selector.NotEquals, Values: []string{"db"}},
			"tier!=db", `label tier is missing, as wanted: anything but "db"`},
		{selector.Requirement{Key: "tier", Operator: selector.Exists},
			"tier", `label tier is missing, want any value`},
		{selector.Requirement{Key: "canary", Operator: selector.DoesNotExist},
			"!canary", `label canary is "", want no such label`},
		{selector.Requirement{Key: "n", Operator: selector.GreaterThan, Values: []string{"5"}},
			"n>5", `label n is "5", want an integer above 5`},
		{selector.Requirement{Key: "n", Operator: selector.LessThan, Values: []string{"5"}},
			"n<5", `label n is "5", want an integer below 5`},
		{selector.Requirement{Key: "app", Operator: selector.LessThan, Values: []string{"5"}},
			"app<5", `label app is "foo", want an integer below 5`},
	} {
		t.Run(tt.text, func(t *testing.T) {
			s := check.Must(selector.New(tt.req))
			if s.String() != tt.text {
				t.Errorf("text %q, want %q", s, tt.text)
			}
			e := s.Explain(labels)
			if got := e.Requirements[0].String(); got != tt.want {
				t.Errorf("requirement\n got %s\nwant %s", got, tt.want)
			}
			if !e.Matches && e.String() != tt.want {
				t.Errorf("explanation\n got %s\nwant %s", e, tt.want)
			}
		})
	}
}

func TestExplanations(t *testing.T) {
	labels := map[string]string{"app": "foo", "canary": "", "n": "5"}
	for _, tt := range []struct {
		name  string
		e     selector.Explanation
		want  string
		lines []string
	}{
		{"everything", selector.Everything().Explain(labels), "matches", []string{"matches"}},
		{"a match", selector.MustParse("app=foo,!z").Explain(labels), "matches",
			[]string{"matches", `label app is "foo", as wanted: "foo"`, "label z is missing, as wanted: no such label"}},
		{"two unmet, one met", selector.MustParse("z,app,!n").Explain(labels),
			`label n is "5", want no such label; label z is missing, want any value`,
			[]string{"does not match", `label app is "foo", as wanted: any value`, `label n is "5", want no such label`, "label z is missing, want any value"}},
		{"Nothing", selector.Nothing().Explain(nil), "no label set can match: a, !a contradict each other",
			[]string{"no label set can match: a, !a contradict each other", "label a is missing, want any value", "label a is missing, as wanted: no such label"}},
		{"a bound that nothing meets", selector.MustParse("app=foo,n<0").Explain(labels), "no label set can match: no label value meets n<0",
			[]string{"no label set can match: no label value meets n<0", `label app is "foo", as wanted: "foo"`, `label n is "5", want an integer below 0`}},
		{"an invalid label meets what no valid one does", selector.MustParse("n<0").Explain(map[string]string{"n": "-1"}), "matches",
			[]string{"matches", `label n is "-1", as wanted: an integer below 0`}},
		{"made by hand", selector.Explanation{Requirements: []selector.Explained{{Requirement: selector.Requirement{Key: "k", Operator: "?"}}}},
			"label k is missing, want k ? ()", []string{"does not match", "label k is missing, want k ? ()"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.e.String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if diff := cmp.Diff(tt.lines, tt.e.Lines()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
