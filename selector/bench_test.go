package selector_test

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// mixed has the five operators that one meets, and matches mixedLabels.
func mixed(t interface{ Fatal(...any) }) selector.Selector {
	return mustNew(t,
		selector.Requirement{Key: "app", Operator: selector.Equals, Values: []string{"web"}},
		selector.Requirement{Key: "env", Operator: selector.In, Values: []string{"prod", "staging"}},
		selector.Requirement{Key: "tier", Operator: selector.NotIn, Values: []string{"db"}},
		selector.Requirement{Key: "team", Operator: selector.Exists},
		selector.Requirement{Key: "canary", Operator: selector.DoesNotExist},
	)
}

func mixedLabels() map[string]string {
	return map[string]string{"app": "web", "env": "prod", "tier": "frontend", "team": "shop", "pod-template-hash": "6c4969cbd"}
}

var sink any // keeps results alive

func BenchmarkMatches(b *testing.B) {
	hundred := selector.Requirement{Key: "app", Operator: selector.In}
	for i := range 99 {
		hundred.Values = append(hundred.Values, fmt.Sprintf("app-%02d", i))
	}
	hundred.Values = append(hundred.Values, "web")
	for name, s := range map[string]selector.Selector{
		"reqs=1": mustNew(b, selector.Requirement{Key: "app", Operator: selector.Equals, Values: []string{"web"}}),
		"reqs=3": mustNew(b,
			selector.Requirement{Key: "app", Operator: selector.Equals, Values: []string{"web"}},
			selector.Requirement{Key: "tier", Operator: selector.Equals, Values: []string{"frontend"}},
			selector.Requirement{Key: "env", Operator: selector.Equals, Values: []string{"prod"}}),
		"mixed=5":       mixed(b),
		"in_values=100": mustNew(b, hundred),
	} {
		b.Run(name, func(b *testing.B) {
			labels := mixedLabels()
			b.ReportAllocs()
			for b.Loop() {
				if !s.Matches(labels) {
					b.Fatal("no match")
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	ls := &selector.LabelSelector{
		MatchLabels:      map[string]string{"run": "myapp", "pod-template-hash": "6c4969cbd"},
		MatchExpressions: []selector.Requirement{{Key: "exclude", Operator: selector.NotIn, Values: []string{"true"}}},
	}
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = selector.Compile(ls)
	}
}

func BenchmarkString(b *testing.B) {
	s := mixed(b)
	b.ReportAllocs()
	for b.Loop() {
		sink = s.String()
	}
}

func BenchmarkExplain(b *testing.B) {
	s, labels := mixed(b), mixedLabels()
	b.ReportAllocs()
	for b.Loop() {
		sink = s.Explain(labels)
	}
}
