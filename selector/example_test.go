package selector_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// A spec.selector as it stands in the API, compiled once and asked about two pods.
func ExampleCompile() {
	var ls *selector.LabelSelector
	if err := json.Unmarshal([]byte(`{
		"matchLabels": {"run": "myapp"},
		"matchExpressions": [{"key": "exclude", "operator": "NotIn", "values": ["true"]}]
	}`), &ls); err != nil {
		fmt.Println(err)
		return
	}
	s, err := selector.Compile(ls)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s)
	fmt.Println(s.Matches(map[string]string{"run": "myapp"}))
	fmt.Println(s.Matches(map[string]string{"run": "myapp", "exclude": "true"}))
	// Output:
	// exclude notin (true),run=myapp
	// true
	// false
}

// Everything that is wrong is said at once, and every error has its place as data too.
func ExampleCompile_errors() {
	s, err := selector.Compile(&selector.LabelSelector{
		MatchLabels: map[string]string{"app": "front end"},
		MatchExpressions: []selector.Requirement{
			{Key: "tier", Operator: "in", Values: []string{"web"}},
			{Key: "env", Operator: selector.In},
		},
	})
	var bad field.Errors
	if errors.As(err, &bad) {
		for _, e := range bad {
			fmt.Println(e)
		}
		fmt.Println("first:", bad[0].Path)
	}
	fmt.Println("matches anything:", !s.IsNothing())
	// Output:
	// matchLabels[app]: "front end": ' ' at offset 5, want letters, digits, '-', '_' and '.'
	// matchExpressions[0].operator: "in": unknown operator, want one of [In NotIn Exists DoesNotExist]
	// matchExpressions[1].values: []: In needs at least one value
	// first: matchLabels[app]
	// matches anything: false
}

// A nil selector and an empty one are opposites.
func ExampleCompile_nil() {
	missing, _ := selector.Compile(nil)
	empty, _ := selector.Compile(&selector.LabelSelector{})
	pod := map[string]string{"app": "web"}
	fmt.Println(missing.Matches(pod), empty.Matches(pod))
	// Output:
	// false true
}

// What a ReplicationController or a Service has: a plain map.
func ExampleFromLabels() {
	s, err := selector.FromLabels(map[string]string{"app": "kubia", "tier": "web"})
	fmt.Println(s, err)
	fmt.Println(s.Matches(map[string]string{"app": "kubia", "tier": "web", "type": "special"}))
	// Output:
	// app=kubia,tier=web <nil>
	// true
}

// What kubectl's -l takes.
func ExampleParse() {
	s, err := selector.Parse("tier in (front, edge), app==web, !canary")
	fmt.Println(s, err)
	fmt.Println(s.Matches(map[string]string{"app": "web", "tier": "front"}))
	// Output:
	// app=web,!canary,tier in (edge,front) <nil>
	// true
}

// Every error has its offset, what was found there and what could stand there.
func ExampleParse_errors() {
	_, err := selector.Parse("tiér=db, app in (front end)")
	var bad selector.SyntaxErrors
	if errors.As(err, &bad) {
		for _, e := range bad {
			fmt.Println(e.Offset, e)
		}
	}
	// Output:
	// 2 found "é" at offset 2 after "ti", want letters, digits, '-', '_' and '.'
	// 24 found "end" at offset 24 after "tiér=db, app in (front ", want ',' or ')'
}

// A Selector is a flag as it is, and a string in JSON and in logs.
func ExampleSelector_UnmarshalText() {
	flags := flag.NewFlagSet("tool", flag.ContinueOnError)
	var s selector.Selector
	flags.TextVar(&s, "l", selector.Everything(), "show the objects that match this `selector`")
	err := flags.Parse([]string{"-l", "app=web,!canary"})
	fmt.Println(s, err)
	// Output:
	// app=web,!canary <nil>
}

// A rule for nodes without a tier and one for all tiers but two meet, since NotIn takes a missing label too.
func ExampleSelector_Overlaps() {
	without := selector.MustParse("!tier")
	others := selector.MustParse("tier notin (db,cache)")
	both, ok := without.And(others).Example()
	fmt.Println(without.Overlaps(others), both, ok)

	numbers := selector.MustParse("shard>1,shard<3,shard!=2")
	fmt.Println(numbers.Example())
	// Output:
	// true map[] true
	// map[shard:02] true
}

// Why one selector does not imply another.
func ExampleSelector_Counterexample() {
	service := selector.MustParse("app=web")
	policy := selector.MustParse("app=web,tier notin (db)")
	fmt.Println(policy.Implies(service), service.Implies(policy))
	fmt.Println(service.Counterexample(policy))
	// Output:
	// true false
	// map[app:web tier:db] true
}

func ExampleSelector_Simplify() {
	for _, text := range []string{
		"app in (web,api),app notin (api)",
		"env,env in (prod,staging),env!=dev",
		"shard>1,shard>5,shard<9",
		"app=web,app=api",
	} {
		fmt.Println(selector.MustParse(text).Simplify())
	}
	// Output:
	// app=web
	// env in (prod,staging)
	// shard<9,shard>5
	// a,!a
}

// From a text to what an API object holds.
func ExampleSelector_LabelSelector() {
	ls, ok := selector.MustParse("app=web,tier!=db").LabelSelector()
	data, err := json.Marshal(ls)
	fmt.Println(string(data), err, ok)

	_, ok = selector.MustParse("shard>1").LabelSelector() // the API's struct has no comparison
	fmt.Println(ok)
	// Output:
	// {"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"NotIn","values":["db"]}]} <nil> true
	// false
}

// A selector that can never match says so, with what contradicts.
func ExampleExplanation_Lines() {
	labels := map[string]string{"app": "web", "tier": "db"}
	for _, text := range []string{"app=web,tier notin (db)", "app=web,tier in (db),tier notin (db,cache)"} {
		fmt.Println(strings.Join(selector.MustParse(text).Explain(labels).Lines(), "\n   "))
	}
	// Output:
	// does not match
	//    label app is "web", as wanted: "web"
	//    label tier is "db", want none of [db]
	// no label set can match: tier in (db), tier notin (cache,db) contradict each other
	//    label app is "web", as wanted: "web"
	//    label tier is "db", as wanted: one of [db]
	//    label tier is "db", want none of [cache, db]
}

func ExampleSelector_Explain() {
	s := selector.MustParse("app in (kubia),!canary")
	e := s.Explain(map[string]string{"app": "foo"})
	fmt.Println(e.Matches, "because", e)
	for _, r := range e.Requirements {
		fmt.Println(r.Met, r)
	}
	// Output:
	// false because label app is "foo", want one of [kubia]
	// false label app is "foo", want one of [kubia]
	// true label canary is missing, as wanted: no such label
}
