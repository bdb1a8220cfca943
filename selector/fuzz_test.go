package selector_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// Any LabelSelector that JSON can hold is compiled or refused with a place, and what compiles is consistent.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `{"matchLabels":{"app":"web"}}`, `{"matchLabels":{"a b":"é","":""}}`,
		`{"matchExpressions":[{"key":"app","operator":"In","values":["kubia",""]}]}`,
		`{"matchExpressions":[{"key":"exclude","operator":"NotIn","values":["true"]},{"key":"x/y/z","operator":"in"}]}`,
		`{"matchExpressions":[{"key":"app","operator":"Exists","values":["x"]},{"key":"app","operator":"DoesNotExist"}]}`,
		"{\"matchLabels\":{\"a\":\"\\u0000\"}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ls *selector.LabelSelector
		if json.Unmarshal(data, &ls) != nil {
			return
		}
		s, err := selector.Compile(ls)
		if err != nil {
			var bad field.Errors
			if !errors.As(err, &bad) || len(bad) == 0 {
				t.Errorf("%T, want field.Errors", err)
			}
			for _, e := range bad {
				if e.Path == "" || e.Reason == "" {
					t.Errorf("%#v: want a path and a reason", e)
				}
			}
			if !s.IsNothing() {
				t.Errorf("%q with an error, want Nothing", s)
			}
			return
		}
		again, err := selector.New(s.Requirements()...)
		if err != nil || !again.Equal(s) {
			t.Errorf("%q: its requirements give %q, %v", s, again, err)
		}
		if ls == nil {
			return
		}
		reqs := ls.MatchExpressions
		for key, value := range ls.MatchLabels {
			reqs = append(reqs, selector.Requirement{Key: key, Operator: selector.Equals, Values: []string{value}})
		}
		for _, labels := range []map[string]string{nil, ls.MatchLabels, {"app": "kubia"}, {"app": "", "exclude": "true"}} {
			if got, want := s.Matches(labels), slowMatches(reqs, labels); got != want || s.Explain(labels).Matches != want {
				t.Errorf("%q matches %v: %v, want %v", s, labels, got, want)
			}
		}
	})
}

// Any text is a selector that its own text gives again, or is refused with a place.
func FuzzParse(f *testing.F) {
	for _, tt := range accepted {
		f.Add(tt.text)
	}
	for _, tt := range refused {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := selector.Parse(text)
		if err != nil {
			var all selector.SyntaxErrors
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("%T, want SyntaxErrors", err)
			}
			before := -1
			for _, e := range all {
				if e.Input != text || e.Offset < before || !strings.HasPrefix(text[e.Offset:], e.Found) || (e.Found == "") != (e.Offset == len(text)) || e.Want == "" || e.Error() == "" {
					t.Errorf("%+v after offset %d", *e, before)
				}
				before = e.Offset
			}
			if !s.IsNothing() {
				t.Errorf("%q with an error, want Nothing", s)
			}
			return
		}
		if again, err := selector.Parse(s.String()); err != nil || !again.Equal(s) {
			t.Errorf("%q became %q, %v", s, again, err)
		}
		if again, err := selector.New(s.Requirements()...); err != nil || !again.Equal(s) {
			t.Errorf("%q: its requirements give %q, %v", s, again, err)
		}
		simple := s.Simplify()
		if !simple.Equivalent(s) || !simple.Simplify().Equal(simple) || s.Satisfiable() && len(simple.String()) > len(s.String()) {
			t.Errorf("%q simplifies to %q and that to %q", s, simple, simple.Simplify())
		}
		if labels, ok := s.Example(); ok != s.Satisfiable() || ok && !s.Matches(labels) {
			t.Errorf("%q: example %v, %v", s, labels, ok)
		}
	})
}
