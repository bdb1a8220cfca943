package kube_test

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/selector"
)

func TestSelector(t *testing.T) {
	in := func(key string, op metav1.LabelSelectorOperator, values ...string) metav1.LabelSelectorRequirement {
		return metav1.LabelSelectorRequirement{Key: key, Operator: op, Values: values}
	}
	for _, test := range []struct {
		name string
		ls   *metav1.LabelSelector
		want string
	}{
		{"nil is nothing", nil, "a,!a"},
		{"empty is everything", &metav1.LabelSelector{}, ""},
		{"labels", &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "front", "app": "web"}}, "app=web,tier=front"},
		{"all operators", &metav1.LabelSelector{
			MatchLabels: map[string]string{"app": "web"},
			MatchExpressions: []metav1.LabelSelectorRequirement{
				in("env", "In", "prod", "dev"), in("tier", "NotIn", "db"), in("team", "Exists"), in("canary", "DoesNotExist"), in("app", "Exists"),
			},
		}, "app=web,app,!canary,env in (dev,prod),team,tier notin (db)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := kube.Selector(test.ls)
			if err != nil || got.String() != test.want {
				t.Errorf("%q, %v, want %q", got, err, test.want)
			}
			upstream, err := metav1.LabelSelectorAsSelector(test.ls)
			if err != nil {
				t.Fatal(err)
			}
			if test.ls != nil && upstream.String() != got.String() {
				t.Errorf("%q, upstream has %q", got, upstream)
			}
		})
	}
}

func TestSelectorErrors(t *testing.T) {
	got, err := kube.Selector(&metav1.LabelSelector{
		MatchLabels:      map[string]string{"app": "a b"},
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "tier", Operator: "In"}, {Key: "env", Operator: "Gt", Values: []string{"1"}}},
	})
	var bad field.Errors
	errors.As(err, &bad)
	if want := "matchLabels[app] matchExpressions[0].values matchExpressions[1].operator"; paths(bad) != want {
		t.Errorf("errors at %s, want %s", paths(bad), want)
	}
	if !got.IsNothing() {
		t.Errorf("%q, want nothing", got)
	}
}

func paths(errs field.Errors) string {
	var all []string
	for _, e := range errs {
		all = append(all, e.Path)
	}
	return strings.Join(all, " ")
}

// What the caller changes later does not change the selector.
func TestSelectorKeepsNoMemory(t *testing.T) {
	values := []string{"web"}
	ls := &metav1.LabelSelector{
		MatchLabels:      map[string]string{"tier": "front"},
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "In", Values: values}},
	}
	s, err := kube.Selector(ls)
	if err != nil {
		t.Fatal(err)
	}
	values[0], ls.MatchLabels["tier"] = "db", "back"
	if got, want := s.String(), "app in (web),tier=front"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	reqs, _ := kube.AsSelector(s).Requirements()
	reqs[0] = labels.Requirement{}
	if again, _ := kube.AsSelector(s).Requirements(); again[0].Key() != "app" {
		t.Error("a requirement that was handed out is shared")
	}
}

// A random selector of upstream and ours made of it are the same to whoever has a labels.Selector.
func TestAsSelectorIsUpstreams(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		reqs := randomRequirements(r)
		upstream := labels.NewSelector().Add(reqs...)
		s, err := kube.FromSelector(upstream)
		if err != nil {
			t.Fatalf("%q: %v", upstream, err)
		}
		got := kube.AsSelector(s)
		compare(t, got, upstream)

		more := randomRequirements(r)
		compare(t, got.Add(more...), upstream.Add(more...))
		compare(t, got.DeepCopySelector(), upstream)
		compare(t, got, upstream) // Add left it alone

		gotReqs, selectable := got.Requirements()
		if !selectable {
			t.Errorf("%q: not selectable", upstream)
		}
		compare(t, labels.NewSelector().Add(gotReqs...), upstream)
		if back, err := kube.FromSelector(got); err != nil || !back.Equal(s) {
			t.Errorf("%q: from AsSelector %q, %v", s, back, err)
		}
		if t.Failed() {
			return
		}
	}
}

// compare holds a selector against upstream's of the same requirements.
func compare(t *testing.T, got, upstream labels.Selector) {
	t.Helper()
	if got, want := got.String(), strings.ReplaceAll(upstream.String(), "==", "="); got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got.Empty() != upstream.Empty() {
		t.Errorf("%q: empty %v, want %v", upstream, got.Empty(), upstream.Empty())
	}
	for _, key := range append(keys, "other") {
		value, found := got.RequiresExactMatch(key)
		wantValue, wantFound := upstream.RequiresExactMatch(key)
		if value != wantValue || found != wantFound {
			t.Errorf("%q: requires %s=%q, %v, want %q, %v", upstream, key, value, found, wantValue, wantFound)
		}
	}
	for _, set := range sets {
		want := upstream.Matches(set)
		if got.Matches(set) != want || got.Matches(&other{set}) != want {
			t.Errorf("%q: matches %q %v and, not as a set, %v, want %v", upstream, set, got.Matches(set), got.Matches(&other{set}), want)
		}
	}
}

var (
	keys      = []string{"b", "c", "example.com/d"} // without a, whose contradiction is the text of nothing
	values    = []string{"", "x", "1", "02", "3"}
	upstreams = []selection.Operator{
		selection.In, selection.NotIn, selection.Exists, selection.DoesNotExist, selection.Equals, selection.DoubleEquals,
		selection.NotEquals, selection.GreaterThan, selection.LessThan,
	}
	sets = labelSets()
)

// labelSets returns all sets of the first two keys and some values, and nil.
func labelSets() []labels.Set {
	all := []labels.Set{nil}
	for _, b := range append(values, "-") {
		for _, c := range append(values, "-") {
			set := labels.Set{"b": b, "c": c}
			for key, value := range set {
				if value == "-" {
					delete(set, key)
				}
			}
			all = append(all, set)
		}
	}
	return all
}

// randomRequirements returns at most four. Upstream does not sort more than twelve of one key stably.
func randomRequirements(r *rand.Rand) []labels.Requirement {
	var reqs []labels.Requirement
	for range r.IntN(5) {
		op := upstreams[r.IntN(len(upstreams))]
		var list []string
		switch op {
		case selection.Exists, selection.DoesNotExist:
		case selection.In, selection.NotIn:
			for range 1 + r.IntN(10) { // the same value twice, too
				list = append(list, values[r.IntN(len(values))])
			}
		case selection.GreaterThan, selection.LessThan:
			list = []string{strconv.Itoa(r.IntN(4))}
		default:
			list = []string{values[r.IntN(len(values))]}
		}
		req, err := labels.NewRequirement(keys[r.IntN(len(keys))], op, list)
		if err != nil {
			panic(err)
		}
		reqs = append(reqs, *req)
	}
	return reqs
}

// Nothing stays nothing in every use that client-go has for a selector.
func TestAsSelectorNothing(t *testing.T) {
	nothing := kube.AsSelector(selector.Nothing())
	app, err := labels.NewRequirement("app", selection.Exists, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]labels.Selector{
		"nothing": nothing, "with more": nothing.Add(*app), "a copy": nothing.DeepCopySelector(),
	} {
		if s.Matches(labels.Set{"a": "b"}) || s.Matches(labels.Set{}) || s.Matches(nil) {
			t.Errorf("%s matches", name)
		}
		if s.Empty() {
			t.Errorf("%s is empty: a lister would give everything", name)
		}
		if reqs, selectable := s.Requirements(); selectable || reqs != nil {
			t.Errorf("%s has the requirements %v, %v", name, reqs, selectable)
		}
		if value, found := s.RequiresExactMatch("a"); found {
			t.Errorf("%s requires %q", name, value)
		}
		if back, err := kube.FromSelector(s); err != nil || !back.IsNothing() {
			t.Errorf("%s is %q, %v", name, back, err)
		}
		// The text is what a list option sends. An API server reads it with labels.Parse.
		received, err := labels.Parse(s.String())
		if err != nil || received.Empty() || received.Matches(labels.Set{"a": "b"}) || received.Matches(labels.Set{}) {
			t.Errorf("%s: the API server reads %q, %v", name, received, err)
		}
	}
	if received, err := labels.Parse(labels.Nothing().String()); err != nil || !received.Empty() {
		t.Errorf("upstream's nothing is %q on the wire, %v: no deviation any more", received, err)
	}
	// Two can be compared, as labels.MatchesNothing does; upstream's cannot.
	if labels.MatchesNothing(nothing) || nothing == kube.AsSelector(selector.Everything()) {
		t.Error("nothing is another selector")
	}
}

func TestAsSelectorNilLabels(t *testing.T) {
	for text, want := range map[string]bool{"": true, "!app": true, "app": false} {
		s := kube.AsSelector(selector.MustParse(text))
		if s.Matches(nil) != want || s.Matches(labels.Set(nil)) != want {
			t.Errorf("%q: nil labels match %v, a nil set %v, want %v", text, s.Matches(nil), s.Matches(labels.Set(nil)), want)
		}
	}
}

// What labels.NewRequirement returns with an error can still be added.
func TestAddInvalid(t *testing.T) {
	for _, bad := range []struct {
		op       selection.Operator
		values   []string
		upstream bool // whether upstream's selector then matches no labels
	}{
		{selection.NotIn, nil, true},
		{selection.NotIn, []string{"b c"}, true},
		{selection.DoesNotExist, []string{"x"}, true},
		{selection.In, nil, false},
		{"?", nil, false},
	} {
		req, err := labels.NewRequirement("app", bad.op, bad.values)
		if err == nil {
			t.Fatalf("%v is valid", bad)
		}
		s := kube.AsSelector(selector.Everything()).Add(*req)
		if got, err := kube.FromSelector(s); err != nil || !got.IsNothing() {
			t.Errorf("%v: %q, %v, want nothing", bad, got, err)
		}
		if got := labels.NewSelector().Add(*req).Matches(labels.Set{}); got != bad.upstream {
			t.Errorf("%v: upstream matches %v, want %v", bad, got, bad.upstream)
		}
	}
	if s := kube.AsSelector(selector.Everything()).Add(labels.Requirement{}); s.Matches(labels.Set{}) {
		t.Error("the zero requirement is passed over")
	}
}

func TestFromSelector(t *testing.T) {
	set := labels.Set{"app": "web", "tier": "front"}
	for _, test := range []struct {
		name string
		s    labels.Selector
		want string
	}{
		{"nothing", labels.Nothing(), "a,!a"},
		{"the text of nothing", labels.NewSelector().Add(
			requirement("a", selection.Exists), requirement("a", selection.DoesNotExist), requirement("b", selection.Exists),
		), "a,!a,b"},
		{"everything", labels.Everything(), ""},
		{"no requirements", labels.NewSelector(), ""},
		{"a set", labels.SelectorFromSet(set), "app=web,tier=front"},
		{"a validated set", labels.ValidatedSetSelector(set), "app=web,tier=front"},
		{"a nil set", labels.ValidatedSetSelector(nil), ""},
		{"==", labels.NewSelector().Add(requirement("app", selection.DoubleEquals, "web")), "app=web"},
		{"ours", kube.AsSelector(selector.MustParse("app in (web)")), "app in (web)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := kube.FromSelector(test.s); err != nil || got.String() != test.want {
				t.Errorf("%q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func requirement(key string, op selection.Operator, values ...string) labels.Requirement {
	r, err := labels.NewRequirement(key, op, values)
	if err != nil {
		panic(err)
	}
	return *r
}

func TestFromSelectorErrors(t *testing.T) {
	got, err := kube.FromSelector(nil)
	if err == nil || !got.IsNothing() {
		t.Errorf("nil: %q, %v, want nothing and an error", got, err)
	}
	got, err = kube.FromSelector(labels.SelectorFromSet(labels.Set{"app": "x,tier=db", "b c": ""}))
	var bad field.Errors
	errors.As(err, &bad)
	if want := "requirements[0].values[0] requirements[1].key"; paths(bad) != want || !got.IsNothing() {
		t.Errorf("%q, errors at %s, want nothing and %s", got, paths(bad), want)
	}
}

func TestMatchesDoesNotAllocate(t *testing.T) {
	s := kube.AsSelector(selector.MustParse("app=web,tier in (front,back),!canary,n>1"))
	var set labels.Labels = labels.Set{"app": "web", "tier": "back", "n": "2"}
	var lookup labels.Labels = &other{set.(labels.Set)}
	for _, l := range []labels.Labels{set, lookup, nil} {
		if n := testing.AllocsPerRun(100, func() { s.Matches(l) }); n != 0 {
			t.Errorf("%T: %v allocations, want none", l, n)
		}
	}
	if !s.Matches(set) || !s.Matches(lookup) {
		t.Error("no match")
	}
}

// The selector that kube.Selector makes and upstream's match the same.
func TestSelectorIsUpstreams(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	api := []metav1.LabelSelectorOperator{"In", "NotIn", "Exists", "DoesNotExist"}
	for range 5_000 {
		ls := &metav1.LabelSelector{}
		for _, key := range keys {
			if r.IntN(3) == 0 {
				ls.MatchLabels = labels.Set{key: values[r.IntN(len(values))]}
			}
		}
		for range r.IntN(4) {
			e := metav1.LabelSelectorRequirement{Key: keys[r.IntN(len(keys))], Operator: api[r.IntN(len(api))]}
			for range r.IntN(3) { // too few or too many for the operator, too
				e.Values = append(e.Values, values[r.IntN(len(values))])
			}
			ls.MatchExpressions = append(ls.MatchExpressions, e)
		}
		got, err := kube.Selector(ls)
		upstream, upstreamErr := metav1.LabelSelectorAsSelector(ls)
		if (err == nil) != (upstreamErr == nil) {
			t.Fatalf("%v: error %v, upstream's %v", ls, err, upstreamErr)
		}
		if err == nil {
			compare(t, kube.AsSelector(got), upstream)
		}
	}
}

// other is a labels.Labels that is no labels.Set.
type other struct{ set labels.Set }

func (o *other) Has(key string) bool              { return o.set.Has(key) }
func (o *other) Get(key string) string            { return o.set.Get(key) }
func (o *other) Lookup(key string) (string, bool) { return o.set.Lookup(key) }
