package selector_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

func TestNilAndEmpty(t *testing.T) {
	compile := func(ls *selector.LabelSelector) selector.Selector {
		s, err := selector.Compile(ls)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	fromLabels := func(set map[string]string) selector.Selector {
		s, err := selector.FromLabels(set)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, tt := range map[string]struct {
		s          selector.Selector
		everything bool
		text       string
	}{
		"the zero Selector":         {selector.Selector{}, true, ""},
		"Everything":                {selector.Everything(), true, ""},
		"Nothing":                   {selector.Nothing(), false, "a,!a"},
		"a nil LabelSelector":       {compile(nil), false, "a,!a"},
		"an empty LabelSelector":    {compile(&selector.LabelSelector{}), true, ""},
		"empty fields":              {compile(&selector.LabelSelector{MatchLabels: map[string]string{}, MatchExpressions: []selector.Requirement{}}), true, ""},
		"a nil map":                 {fromLabels(nil), true, ""},
		"an empty map":              {fromLabels(map[string]string{}), true, ""},
		"no requirements":           {mustNew(t), true, ""},
		"Nothing's requirements":    {mustNew(t, selector.Nothing().Requirements()...), false, "a,!a"},
		"Everything's requirements": {mustNew(t, selector.Everything().Requirements()...), true, ""},
	} {
		if tt.s.IsEverything() != tt.everything || tt.s.IsNothing() == tt.everything || tt.s.String() != tt.text {
			t.Errorf("%s: IsEverything %v, IsNothing %v, text %q", name, tt.s.IsEverything(), tt.s.IsNothing(), tt.s)
		}
		for _, labels := range []map[string]string{nil, {}, {"a": ""}, {"a": "b"}, {"not valid": "x y"}} {
			if tt.s.Matches(labels) != tt.everything {
				t.Errorf("%s matches %v: %v, want %v", name, labels, tt.s.Matches(labels), tt.everything)
			}
		}
	}
	if s := mustNew(t, selector.Requirement{Key: "a", Operator: selector.Exists}); s.IsEverything() || s.IsNothing() {
		t.Errorf("%q: IsEverything %v, IsNothing %v, want neither", s, s.IsEverything(), s.IsNothing())
	}
}

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
	for name, tt := range map[string]struct {
		make func() (selector.Selector, error)
		want []string
	}{
		"everything that is wrong with a LabelSelector": {
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
		"a map": {
			func() (selector.Selector, error) {
				return selector.FromLabels(map[string]string{"é": "v", "k": "é"})
			},
			[]string{
				`labels[k]: "é": 'é' at offset 0, want letters, digits, '-', '_' and '.'`,
				`labels: "é": key: 'é' at offset 0, want letters, digits, '-', '_' and '.'`,
			},
		},
		"requirements": {
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
		s, err := tt.make()
		if !s.IsNothing() {
			t.Errorf("%s: got %q with an error, want Nothing", name, s)
		}
		var got []string
		var bad field.Errors
		if !errors.As(err, &bad) {
			t.Errorf("%s: %T, want field.Errors", name, err)
		}
		for _, e := range bad {
			got = append(got, e.Error())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestExplanationTexts(t *testing.T) {
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
		s := mustNew(t, tt.req)
		if s.String() != tt.text {
			t.Errorf("text %q, want %q", s, tt.text)
		}
		e := s.Explain(labels)
		if got := e.Requirements[0].String(); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", s, got, tt.want)
		}
		if want := tt.want; !e.Matches && e.String() != want {
			t.Errorf("%s\n got %s\nwant %s", s, e, want)
		}
	}

	for name, tt := range map[string]struct {
		e     selector.Explanation
		want  string
		lines []string
	}{
		"everything": {selector.Everything().Explain(labels), "matches", []string{"matches"}},
		"a match": {selector.MustParse("app=foo,!z").Explain(labels), "matches",
			[]string{"matches", `label app is "foo", as wanted: "foo"`, "label z is missing, as wanted: no such label"}},
		"two unmet, one met": {selector.MustParse("z,app,!n").Explain(labels),
			`label n is "5", want no such label; label z is missing, want any value`,
			[]string{"does not match", `label app is "foo", as wanted: any value`, `label n is "5", want no such label`, "label z is missing, want any value"}},
		"Nothing": {selector.Nothing().Explain(nil), "no label set can match: a, !a contradict each other",
			[]string{"no label set can match: a, !a contradict each other", "label a is missing, want any value", "label a is missing, as wanted: no such label"}},
		"a bound that nothing meets": {selector.MustParse("app=foo,n<0").Explain(labels), "no label set can match: no label value meets n<0",
			[]string{"no label set can match: no label value meets n<0", `label app is "foo", as wanted: "foo"`, `label n is "5", want an integer below 0`}},
		"an invalid label meets what no valid one does": {selector.MustParse("n<0").Explain(map[string]string{"n": "-1"}), "matches",
			[]string{"matches", `label n is "-1", as wanted: an integer below 0`}},
		"made by hand": {selector.Explanation{Requirements: []selector.Explained{{Requirement: selector.Requirement{Key: "k", Operator: "?"}}}},
			"label k is missing, want k ? ()", []string{"does not match", "label k is missing, want k ? ()"}},
	} {
		if got := tt.e.String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
		if diff := cmp.Diff(tt.lines, tt.e.Lines()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// MatchesFunc asks for each key once, in order, until a requirement is not met.
func TestMatchesFunc(t *testing.T) {
	s := selector.MustParse("a=1,b,c!=2,d,e")
	for _, labels := range []map[string]string{nil, {"a": "1"}, {"a": "1", "b": "", "c": "2"}, {"a": "1", "b": "", "d": "", "e": ""}} {
		var asked []string
		got := s.MatchesFunc(func(key string) (string, bool) {
			asked = append(asked, key)
			value, ok := labels[key]
			return value, ok
		})
		var want []string
		for _, r := range s.Explain(labels).Requirements {
			want = append(want, r.Requirement.Key)
			if !r.Met {
				break
			}
		}
		if got != s.Matches(labels) || !cmp.Equal(asked, want) {
			t.Errorf("%v: %v, asked for %v, want %v", labels, got, asked, want)
		}
	}
}

// Requirements print with their values sorted, whoever made them.
func TestRequirementStringSorts(t *testing.T) {
	r := selector.Requirement{Key: "k", Operator: selector.NotIn, Values: []string{"b", "a", "b"}}
	if got := r.String(); got != "k notin (a,b,b)" || r.Values[0] != "b" {
		t.Errorf("got %q from %v", got, r.Values)
	}
}

func TestEqual(t *testing.T) {
	req := func(key string, op selector.Operator, values ...string) selector.Selector {
		return mustNew(t, selector.Requirement{Key: key, Operator: op, Values: values})
	}
	s := req("a", selector.In, "x", "y")
	for name, tt := range map[string]struct {
		other selector.Selector
		want  bool
	}{
		"the same":                {req("a", selector.In, "x", "y"), true},
		"values in another order": {req("a", selector.In, "y", "x"), true},
		"a value twice":           {req("a", selector.In, "x", "x", "y"), false},
		"another value":           {req("a", selector.In, "x", "z"), false},
		"another key":             {req("b", selector.In, "x", "y"), false},
		"another operator":        {req("a", selector.NotIn, "x", "y"), false},
		"one more requirement":    {mustNew(t, append(s.Requirements(), selector.Requirement{Key: "b", Operator: selector.Exists})...), false},
		"everything":              {selector.Everything(), false},
	} {
		if s.Equal(tt.other) != tt.want || tt.other.Equal(s) != tt.want {
			t.Errorf("%s: %q equals %q: %v, want %v", name, s, tt.other, s.Equal(tt.other), tt.want)
		}
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

func TestAllocations(t *testing.T) {
	s, other := mixed(), mixed()
	labels := mixedLabels()
	labels["number"] = "18446744073709551616" // no int64: strconv would allocate the error
	overflow := mustNew(t, selector.Requirement{Key: "number", Operator: selector.GreaterThan, Values: []string{"1"}})
	many := selector.MustParse("app in (1,2,3,4,5,6,7,8,9,web)")
	lookup := func(key string) (string, bool) { value, ok := labels[key]; return value, ok }
	for name, f := range map[string]func() bool{
		"Matches":                        func() bool { return s.Matches(labels) },
		"Matches, a number that is none": func() bool { return !overflow.Matches(labels) },
		"Equal":                          func() bool { return s.Equal(other) },
		"Matches, many values":           func() bool { return many.Matches(labels) },
		"MatchesFunc":                    func() bool { return s.MatchesFunc(lookup) },
		"IsNothing":                      func() bool { return !s.IsNothing() },
	} {
		if !f() {
			t.Fatalf("%s: want true", name)
		}
		if n := testing.AllocsPerRun(100, func() { f() }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
	// One for all requirements, one for all values of lists, and one for a table.
	for text, want := range map[string]float64{
		"a=1,b,!c,d>5":                      1,
		"a in (1,2),b notin (3,4,5),c=d":    2,
		"a in (1,2,3,4,5,6,7,8),b in (c)":   3,
		"a in (1,2,3,4,5,6,7),b in (c),c=d": 2,
	} {
		if n := testing.AllocsPerRun(100, func() { sink, _ = selector.Parse(text) }) - 1; n != want { // one is sink's
			t.Errorf("Parse(%q): %v allocations, want %v", text, n, want)
		}
	}
}
