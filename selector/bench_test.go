package selector_test

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/internal/workload"
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

// One selector is asked about one label set, again and again.
func BenchmarkMatches(b *testing.B) {
	for _, row := range workload.Loop() {
		b.Run(row.Name, func(b *testing.B) {
			s, labels := selector.MustParse(row.Text), workload.Object()
			b.ReportAllocs()
			for b.Loop() {
				if s.Matches(labels) != row.Matches {
					b.Fatal("wrong answer")
				}
			}
		})
	}
}

// Many selectors are asked about as many label sets, so that caches and branch predictors do not know the answer.
func BenchmarkMatchesWorkingSet(b *testing.B) {
	for _, n := range workload.Sizes {
		for _, class := range workload.Classes {
			b.Run(fmt.Sprintf("n=%d/%s", n, class), func(b *testing.B) {
				texts, sets, questions := workload.WorkingSet(class, n)
				var selectors []selector.Selector
				for _, text := range texts {
					selectors = append(selectors, selector.MustParse(text))
				}
				b.ReportAllocs()
				matches, i := 0, 0
				for b.Loop() {
					q := questions[i]
					if selectors[q.Selector].Matches(sets[q.Set]) {
						matches++
					}
					if i++; i == len(questions) {
						i = 0
					}
				}
				sink = matches
			})
		}
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
