package selector_test

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// mixed has the five operators that one meets, and matches mixedLabels.
func mixed() selector.Selector {
	return selector.MustParse("app=web,env in (prod,staging),tier notin (db),team,!canary")
}

func mixedLabels() map[string]string {
	return map[string]string{"app": "web", "env": "prod", "tier": "frontend", "team": "shop", "pod-template-hash": "6c4969cbd"}
}

var sink any // keeps results alive

func BenchmarkMatches(b *testing.B) {
	hundred := "app in (web"
	for i := range 99 {
		hundred += fmt.Sprintf(",app-%02d", i)
	}
	for name, s := range map[string]selector.Selector{
		"reqs=1":        selector.MustParse("app=web"),
		"reqs=3":        selector.MustParse("app=web,tier=frontend,env=prod"),
		"mixed=5":       mixed(),
		"in_values=100": selector.MustParse(hundred + ")"),
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
	s := mixed()
	b.ReportAllocs()
	for b.Loop() {
		sink = s.String()
	}
}

func BenchmarkExplain(b *testing.B) {
	s, labels := mixed(), mixedLabels()
	b.ReportAllocs()
	for b.Loop() {
		sink = s.Explain(labels)
	}
}

func BenchmarkParse(b *testing.B) {
	text := mixed().String()
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = selector.Parse(text)
	}
}

func BenchmarkOverlaps(b *testing.B) {
	s, other := mixed(), selector.MustParse("app=web,tier in (db,frontend)")
	b.ReportAllocs()
	for b.Loop() {
		sink = s.Overlaps(other)
	}
}

func BenchmarkSimplify(b *testing.B) {
	s := mixed()
	b.ReportAllocs()
	for b.Loop() {
		sink = s.Simplify()
	}
}
