package selector_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
)

func TestNilAndEmpty(t *testing.T) {
	for _, tt := range []struct {
		name       string
		s          selector.Selector
		everything bool
		text       string
	}{
		{"the zero Selector", selector.Selector{}, true, ""},
		{"Everything", selector.Everything(), true, ""},
		{"Nothing", selector.Nothing(), false, "a,!a"},
		{"a nil LabelSelector", check.Must(selector.Compile(nil)), false, "a,!a"},
		{"an empty LabelSelector", check.Must(selector.Compile(&selector.LabelSelector{})), true, ""},
		{"empty fields", check.Must(selector.Compile(&selector.LabelSelector{MatchLabels: map[string]string{}, MatchExpressions: []selector.Requirement{}})), true, ""},
		{"a nil map", check.Must(selector.FromLabels(nil)), true, ""},
		{"an empty map", check.Must(selector.FromLabels(map[string]string{})), true, ""},
		{"a Service with a nil map", check.Must(selector.FromService(nil)), false, "a,!a"},
		{"a Service with an empty map", check.Must(selector.FromService(map[string]string{})), false, "a,!a"},
		{"no requirements", check.Must(selector.New()), true, ""},
		{"Nothing's requirements", check.Must(selector.New(selector.Nothing().Requirements()...)), false, "a,!a"},
		{"Everything's requirements", check.Must(selector.New(selector.Everything().Requirements()...)), true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.s.IsEverything() != tt.everything || tt.s.IsNothing() == tt.everything || tt.s.Satisfiable() != tt.everything || tt.s.String() != tt.text {
				t.Errorf("IsEverything %v, IsNothing %v, Satisfiable %v, text %q", tt.s.IsEverything(), tt.s.IsNothing(), tt.s.Satisfiable(), tt.s)
			}
			for _, labels := range []map[string]string{nil, {}, {"a": ""}, {"a": "b"}, {"not valid": "x y"}} {
				if tt.s.Matches(labels) != tt.everything {
					t.Errorf("matches %v: %v, want %v", labels, tt.s.Matches(labels), tt.everything)
				}
			}
		})
	}
}

// A selector with requirements that can be met is neither Everything nor Nothing.
func TestNeitherEverythingNorNothing(t *testing.T) {
	if s := check.Must(selector.New(selector.Requirement{Key: "a", Operator: selector.Exists})); s.IsEverything() || s.IsNothing() {
		t.Errorf("%q: IsEverything %v, IsNothing %v, want neither", s, s.IsEverything(), s.IsNothing())
	}
}

// MatchesFunc looks up the key of each requirement once, in order, until one is not met.
func TestMatchesFunc(t *testing.T) {
	s := selector.MustParse("a=1,b,c!=2,d,e")
	for _, tt := range []struct {
		name   string
		labels map[string]string
		want   []string
	}{
		{"no labels", nil, []string{"a"}},
		{"the first label", map[string]string{"a": "1"}, []string{"a", "b"}},
		{"a value that is excluded", map[string]string{"a": "1", "b": "", "c": "2"}, []string{"a", "b", "c"}},
		{"all labels", map[string]string{"a": "1", "b": "", "d": "", "e": ""}, []string{"a", "b", "c", "d", "e"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			got := s.MatchesFunc(func(key string) (string, bool) {
				asked = append(asked, key)
				value, ok := tt.labels[key]
				return value, ok
			})
			if want := s.Matches(tt.labels); got != want || !cmp.Equal(asked, tt.want) {
				t.Errorf("%v, asked for %v, want %v, %v", got, asked, want, tt.want)
			}
		})
	}
}

func TestEqual(t *testing.T) {
	req := func(key string, op selector.Operator, values ...string) selector.Selector {
		return check.Must(selector.New(selector.Requirement{Key: key, Operator: op, Values: values}))
	}
	s := req("a", selector.In, "x", "y")
	for _, tt := range []struct {
		name  string
		other selector.Selector
		want  bool
	}{
		{"the same", req("a", selector.In, "x", "y"), true},
		{"values in another order", req("a", selector.In, "y", "x"), true},
		{"a value twice", req("a", selector.In, "x", "x", "y"), false},
		{"another value", req("a", selector.In, "x", "z"), false},
		{"another key", req("b", selector.In, "x", "y"), false},
		{"another operator", req("a", selector.NotIn, "x", "y"), false},
		{"one more requirement", check.Must(selector.New(append(s.Requirements(), selector.Requirement{Key: "b", Operator: selector.Exists})...)), false},
		{"everything", selector.Everything(), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if s.Equal(tt.other) != tt.want || tt.other.Equal(s) != tt.want {
				t.Errorf("%q equals %q: %v, want %v", s, tt.other, s.Equal(tt.other), tt.want)
			}
		})
	}
}

func TestAllocations(t *testing.T) {
	s, other := mixed(), mixed()
	labels := mixedLabels()
	labels["number"] = "18446744073709551616" // not an int64: strconv would allocate an error
	overflow := check.Must(selector.New(selector.Requirement{Key: "number", Operator: selector.GreaterThan, Values: []string{"1"}}))
	many := selector.MustParse("app in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,web)")
	lookup := func(key string) (string, bool) { value, ok := labels[key]; return value, ok }
	for _, tt := range []struct {
		name string
		f    func() bool
	}{
		{"Matches", func() bool { return s.Matches(labels) }},
		{"Matches, an integer out of range", func() bool { return !overflow.Matches(labels) }},
		{"Equal", func() bool { return s.Equal(other) }},
		{"Matches, many values", func() bool { return many.Matches(labels) }},
		{"MatchesFunc", func() bool { return s.MatchesFunc(lookup) }},
		{"IsNothing", func() bool { return !s.IsNothing() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !tt.f() {
				t.Fatal("want true")
			}
			if n := testing.AllocsPerRun(100, func() { tt.f() }); n != 0 {
				t.Errorf("%v allocations, want 0", n)
			}
		})
	}
}

// Parse allocates the requirements, the lists and the values of all lists together, and the map of each long list.
func TestParseAllocations(t *testing.T) {
	for _, tt := range []struct {
		text string
		want float64
	}{
		{"a=1,b,!c,d!=5", 1},
		{"a!=1,a!=2", 1},
		{"a in (1,2),b notin (3,4,5),c=d", 3},
		{"a in (1,2,3,4,5,6,7,8,9,10,11),b in (c),c=d", 3},
	} {
		t.Run(tt.text, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, func() { sink, _ = selector.Parse(tt.text) }) - 1; n != tt.want { // one is sink's
				t.Errorf("%v allocations, want %v", n, tt.want)
			}
		})
	}
}

// String sorts the values and leaves the Requirement unchanged.
func TestRequirementStringSorts(t *testing.T) {
	r := selector.Requirement{Key: "k", Operator: selector.NotIn, Values: []string{"b", "a", "b"}}
	if got := r.String(); got != "k notin (a,b,b)" || r.Values[0] != "b" {
		t.Errorf("got %q from %v", got, r.Values)
	}
}
