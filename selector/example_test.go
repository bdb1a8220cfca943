package selector_test

import (
	"encoding/json"
	"errors"
	"fmt"

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
	var bad selector.FieldErrors
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

func ExampleSelector_Explain() {
	s, err := selector.New(
		selector.Requirement{Key: "app", Operator: selector.In, Values: []string{"kubia"}},
		selector.Requirement{Key: "canary", Operator: selector.DoesNotExist},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
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
