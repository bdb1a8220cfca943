package selector_test

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
)

// slowMatch decides one requirement as the Kubernetes documentation tells it, sentence by sentence. It is the second
// opinion on Selector.Matches.
func slowMatch(r selector.Requirement, labels map[string]string) bool {
	value, exists := labels[r.Key]
	isOne := false
	for _, v := range r.Values {
		isOne = isOne || v == value
	}
	switch r.Operator {
	case selector.In, selector.Equals:
		return exists && isOne
	case selector.NotIn, selector.NotEquals: // "and all resources with no labels with the key"
		return !exists || !isOne
	case selector.Exists: // "including a label with key; no values are checked"
		return exists
	case selector.DoesNotExist: // "without a label with key; no values are checked"
		return !exists
	case selector.GreaterThan, selector.LessThan: // "interpreted as an integer", of 64 bits
		have, ok := new(big.Int).SetString(value, 10)
		if !exists || !ok || !have.IsInt64() || strings.Contains(value, "_") {
			return false
		}
		want, _ := new(big.Int).SetString(r.Values[0], 10)
		if r.Operator == selector.GreaterThan {
			return have.Cmp(want) > 0
		}
		return have.Cmp(want) < 0
	}
	panic("no such operator: " + r.Operator)
}

func slowMatches(reqs []selector.Requirement, labels map[string]string) bool {
	for _, r := range reqs {
		if !slowMatch(r, labels) {
			return false
		}
	}
	return true
}

var (
	keys    = rapid.SampledFrom([]string{"a", "app", "tier", "in", "example.com/name"})
	numbers = rapid.SampledFrom([]string{"0", "1", "007", "42", "9223372036854775807"})
	values  = rapid.SampledFrom([]string{"", "a", "web", "db", "1", "007", "42", "9223372036854775807", "9223372036854775808"})
	// Label sets come from dumps and from users too, so invalid values are asked about as well.
	labelValues = rapid.OneOf(values, rapid.SampledFrom([]string{"-5", "+5", "1_0", "-9223372036854775808", "-", "x y"}))
	labelSets   = rapid.MapOf(keys, labelValues)

	apiOperators = []selector.Operator{selector.In, selector.NotIn, selector.Exists, selector.DoesNotExist}
	allOperators = append(slices.Clip(apiOperators),
		selector.Equals, selector.NotEquals, selector.GreaterThan, selector.LessThan)
)

func requirements(operators []selector.Operator) *rapid.Generator[selector.Requirement] {
	return rapid.Custom(func(t *rapid.T) selector.Requirement {
		r := selector.Requirement{Key: keys.Draw(t, "key"), Operator: rapid.SampledFrom(operators).Draw(t, "operator")}
		switch r.Operator {
		case selector.In, selector.NotIn:
			r.Values = rapid.SliceOfN(values, 1, 5).Draw(t, "values")
		case selector.Equals, selector.NotEquals:
			r.Values = []string{values.Draw(t, "value")}
		case selector.GreaterThan, selector.LessThan:
			r.Values = []string{numbers.Draw(t, "number")}
		}
		return r
	})
}

func drawRequirements(t *rapid.T) []selector.Requirement {
	return rapid.SliceOfN(requirements(allOperators), 0, 5).Draw(t, "requirements")
}

func TestMatchesAgreesWithDocumentation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reqs, labels := drawRequirements(t), labelSets.Draw(t, "labels")
		if got, want := check.Must(selector.New(reqs...)).Matches(labels), slowMatches(reqs, labels); got != want {
			t.Fatalf("%v matches %v: %v, the documentation says %v", reqs, labels, got, want)
		}
	})
}

// Two keys, each missing, empty, "a" or "b", and every requirement on them: nothing is left to chance.
func TestMatchesInASmallWorld(t *testing.T) {
	states := []string{"missing", "", "a", "b"}
	var worlds []map[string]string
	for _, x := range states {
		for _, y := range states {
			labels := map[string]string{"x": x, "y": y}
			maps.DeleteFunc(labels, func(_, v string) bool { return v == "missing" })
			worlds = append(worlds, labels)
		}
	}
	var reqs []selector.Requirement
	for _, key := range []string{"x", "y"} {
		reqs = append(reqs, selector.Requirement{Key: key, Operator: selector.Exists}, selector.Requirement{Key: key, Operator: selector.DoesNotExist})
		for subset := 1; subset < 8; subset++ {
			var vs []string
			for i, v := range states[1:] {
				if subset&(1<<i) != 0 {
					vs = append(vs, v)
				}
			}
			reqs = append(reqs, selector.Requirement{Key: key, Operator: selector.In, Values: vs}, selector.Requirement{Key: key, Operator: selector.NotIn, Values: vs})
		}
	}
	checked := 0
	for _, r1 := range reqs {
		for _, r2 := range reqs {
			s := check.Must(selector.New(r1, r2))
			for _, labels := range worlds {
				checked++
				if got, want := s.Matches(labels), slowMatches([]selector.Requirement{r1, r2}, labels); got != want {
					t.Errorf("%v matches %v: %v, want %v", s, labels, got, want)
				}
			}
		}
	}
	if checked != 32*32*16 {
		t.Errorf("checked %d cases, want all %d", checked, 32*32*16)
	}
}

func TestOrderOfRequirementsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reqs, labels := drawRequirements(t), labelSets.Draw(t, "labels")
		shuffled := rapid.Permutation(reqs).Draw(t, "shuffled")
		for i, r := range shuffled {
			shuffled[i].Values = rapid.Permutation(r.Values).Draw(t, "values")
		}
		if s, u := check.Must(selector.New(reqs...)), check.Must(selector.New(shuffled...)); s.Matches(labels) != u.Matches(labels) {
			t.Fatalf("%v and %v differ on %v", s, u, labels)
		}
	})
}

func TestComplements(t *testing.T) {
	complement := map[selector.Operator]selector.Operator{
		selector.In: selector.NotIn, selector.Exists: selector.DoesNotExist, selector.Equals: selector.NotEquals,
	}
	operators := slices.Collect(maps.Keys(complement))
	slices.Sort(operators)
	rapid.Check(t, func(t *rapid.T) {
		r, labels := requirements(operators).Draw(t, "requirement"), labelSets.Draw(t, "labels")
		not := r
		not.Operator = complement[r.Operator]
		if check.Must(selector.New(r)).Matches(labels) == check.Must(selector.New(not)).Matches(labels) {
			t.Fatalf("%v and %v both say the same of %v", r, not, labels)
		}
	})
}

func TestOneMoreRequirementNeverMatchesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reqs, labels := drawRequirements(t), labelSets.Draw(t, "labels")
		more := append(slices.Clip(reqs), requirements(allOperators).Draw(t, "one more"))
		if check.Must(selector.New(more...)).Matches(labels) && !check.Must(selector.New(reqs...)).Matches(labels) {
			t.Fatalf("%v matches %v, %v does not", more, labels, reqs)
		}
	})
}

func TestExplainAgreesWithMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reqs, labels := drawRequirements(t), labelSets.Draw(t, "labels")
		s := check.Must(selector.New(reqs...))
		e := s.Explain(labels)
		if e.Matches != s.Matches(labels) || e.Matches != (len(e.Unmet()) == 0) {
			t.Fatalf("%v on %v: Matches %v, explained as %+v", s, labels, s.Matches(labels), e)
		}
		var explained []selector.Requirement
		for _, r := range e.Requirements {
			explained = append(explained, r.Requirement)
			value, present := labels[r.Requirement.Key]
			if r.Met != slowMatch(r.Requirement, labels) || r.Present != present || r.Value != value {
				t.Fatalf("on %v: %+v", labels, r)
			}
		}
		if diff := cmp.Diff(s.Requirements(), explained); diff != "" {
			t.Fatalf("explained requirements (-selector's, +explained):\n%s", diff)
		}
	})
}

func TestRequirementsMakeAnEqualSelector(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := check.Must(selector.New(drawRequirements(t)...))
		again := check.Must(selector.New(s.Requirements()...))
		if !again.Equal(s) || again.String() != s.String() {
			t.Fatalf("%v became %v", s, again)
		}
	})
}

func TestEqualMeansTheSameText(t *testing.T) {
	// A small world, so that equal ones are met.
	reqs := rapid.SliceOfN(rapid.SampledFrom([]selector.Requirement{
		{Key: "a", Operator: selector.In, Values: []string{"x"}},
		{Key: "a", Operator: selector.In, Values: []string{"x", "x"}},
		{Key: "a", Operator: selector.Equals, Values: []string{"x"}},
		{Key: "a", Operator: selector.Exists},
		{Key: "b", Operator: selector.Exists},
		{Key: "a", Operator: selector.DoesNotExist},
	}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		s, u := check.Must(selector.New(reqs.Draw(t, "s")...)), check.Must(selector.New(reqs.Draw(t, "u")...))
		if s.Equal(u) != (s.String() == u.String()) {
			t.Fatalf("%q equals %q: %v", s, u, s.Equal(u))
		}
	})
}

// A map, its matchLabels and its In expressions with one value each all select the same.
func TestFormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, labels := rapid.MapOf(keys, values).Draw(t, "set"), labelSets.Draw(t, "labels")
		var in []selector.Requirement
		subset := true
		for key, value := range set {
			in = append(in, selector.Requirement{Key: key, Operator: selector.In, Values: []string{value}})
			have, ok := labels[key]
			subset = subset && ok && have == value
		}
		fromSet, err1 := selector.FromLabels(set)
		matchLabels, err2 := selector.Compile(&selector.LabelSelector{MatchLabels: set})
		expressions, err3 := selector.Compile(&selector.LabelSelector{MatchExpressions: in})
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		if !fromSet.Equal(matchLabels) {
			t.Fatalf("FromLabels gives %q, Compile %q", fromSet, matchLabels)
		}
		for _, s := range []selector.Selector{fromSet, expressions} {
			if s.Matches(labels) != subset {
				t.Fatalf("%q matches %v: %v, want %v", s, labels, s.Matches(labels), subset)
			}
		}
	})
}

// A selector keeps nothing of what it was made from, and hands out nothing of its own.
func TestNoSharedMemory(t *testing.T) {
	ls := &selector.LabelSelector{
		MatchLabels:      map[string]string{"app": "web"},
		MatchExpressions: []selector.Requirement{{Key: "env", Operator: selector.In, Values: []string{"prod", "dev"}}},
	}
	s, err := selector.Compile(ls)
	if err != nil {
		t.Fatal(err)
	}
	const want = "app=web,env in (dev,prod)"
	ls.MatchLabels["app"] = "x"
	ls.MatchExpressions[0].Values[0] = "x"
	s.Requirements()[1].Values[0] = "x"
	s.Explain(nil).Requirements[1].Requirement.Values[0] = "x"
	if got := s.String(); got != want {
		t.Errorf("the selector became %q, want it to stay %q", got, want)
	}

	reqs := []selector.Requirement{{Key: "b", Operator: selector.In, Values: []string{"2", "1"}}, {Key: "a", Operator: selector.Exists}}
	check.Must(selector.New(reqs...))
	if reqs[0].Key != "b" || reqs[0].Values[0] != "2" {
		t.Errorf("New changed its input to %v", reqs)
	}
}
