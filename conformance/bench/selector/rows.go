package main

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollcall-go/rollcall/conformance/internal/bench"
	"github.com/rollcall-go/rollcall/selector"
)

// result is where what is timed leaves its result, so that it is not optimized away.
var result struct {
	matched        bool
	made           selector.Selector
	madeByUpstream labels.Selector
	text           string
}

const (
	one   = "app=web"
	three = "app=web,tier=frontend,env=prod"
	five  = "app=web,env in (prod,staging),tier notin (db),team,!canary"
	miss  = "zone=a,app=web"
)

// object is what all but miss match.
var object = map[string]string{"app": "web", "tier": "frontend", "env": "prod", "team": "a", "version": "v1"}

// hundred is a selector of one hundred values, of which the one that object has comes after so many others: 49 is what
// a search from the start takes on average, 99 the most. With 100 it has none of them.
func hundred(before int) string {
	var values []string
	for i := range 100 {
		value := fmt.Sprintf("v%02d", i)
		switch {
		case i == before:
			value = "web"
		case i > before:
			value = "x" + value[1:]
		}
		values = append(values, value)
	}
	return "app in (" + strings.Join(values, ",") + ")"
}

func rows() []bench.Row {
	rows := []bench.Row{
		equalities(one, 1.25),
		equalities(three, 1.25),
		matches(five, 1.15),
		matches(hundred(49), 10).Named("Matches app in (100 values), the 50th"),
		matches(hundred(99), 10).Named("Matches app in (100 values), the last"),
		matches(hundred(100), 10).Named("Matches app in (100 values), none"),
		equalities(miss, 1.25),
	}
	for _, text := range []string{one, three, five} {
		rows = append(rows, parses(text, 5, 0.25))
	}
	rows = append(rows, parses(hundred(99), 5, 0.25).Named("Parse app in (100 values)"))
	for _, text := range []string{one, three, five} {
		rows = append(rows, compiles(text, 5))
	}
	for _, text := range []string{one, three} {
		rows = append(rows, fromLabels(text, 5))
	}
	rows = append(rows,
		prints(one, 0),
		prints(three, 3),
		prints(five, 3),
	)
	return rows
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func matches(text string, faster float64) bench.Row {
	ours, theirs := selector.MustParse(text), must(labels.Parse(text))
	want := text != miss && text != hundred(100)
	if ours.Matches(object) != want || theirs.Matches(labels.Set(object)) != want {
		panic("wrong answer of " + text)
	}
	return bench.Row{
		Name:   "Matches " + text,
		Faster: faster,
		Rollcall: func(n int) {
			for range n {
				result.matched = ours.Matches(object)
			}
		},
		Upstream: func(n int) {
			set := labels.Labels(labels.Set(object))
			for range n {
				result.matched = theirs.Matches(set)
			}
		},
	}
}

// equalities are matches of requirements with = alone, which one also writes by hand.
func equalities(text string, faster float64) bench.Row {
	r := matches(text, faster)
	var want []pair
	for _, q := range selector.MustParse(text).Requirements() {
		want = append(want, pair{q.Key, q.Values[0]})
	}
	r.ByHand = func(n int) {
		for range n {
			result.matched = hasAll(object, want)
		}
	}
	return r
}

type pair struct{ key, value string }

//go:noinline
func hasAll(labels map[string]string, want []pair) bool {
	for i := range want {
		if value, ok := labels[want[i].key]; !ok || value != want[i].value {
			return false
		}
	}
	return true
}

func parses(text string, faster, allocs float64) bench.Row {
	return bench.Row{
		Name:   "Parse " + text,
		Faster: faster,
		Allocs: allocs,
		Rollcall: func(n int) {
			for range n {
				result.made = must(selector.Parse(text))
			}
		},
		Upstream: func(n int) {
			for range n {
				result.madeByUpstream = must(labels.Parse(text))
			}
		},
	}
}

// compiles makes selectors of the API's struct, whose matchLabels have what has = in the text.
func compiles(text string, faster float64) bench.Row {
	theirs := &metav1.LabelSelector{MatchLabels: map[string]string{}}
	ours := &selector.LabelSelector{MatchLabels: map[string]string{}}
	for _, q := range selector.MustParse(text).Requirements() {
		if q.Operator == selector.Equals {
			theirs.MatchLabels[q.Key] = q.Values[0]
			ours.MatchLabels[q.Key] = q.Values[0]
			continue
		}
		theirs.MatchExpressions = append(theirs.MatchExpressions, metav1.LabelSelectorRequirement{
			Key: q.Key, Operator: metav1.LabelSelectorOperator(q.Operator), Values: q.Values,
		})
		ours.MatchExpressions = append(ours.MatchExpressions, q)
	}
	return bench.Row{
		Name:   "Compile " + text,
		Faster: faster,
		Rollcall: func(n int) {
			for range n {
				result.made = must(selector.Compile(ours))
			}
		},
		Upstream: func(n int) {
			for range n {
				result.madeByUpstream = must(metav1.LabelSelectorAsSelector(theirs))
			}
		},
	}
}

func fromLabels(text string, faster float64) bench.Row {
	set := must(labels.ConvertSelectorToLabelsMap(text))
	return bench.Row{
		Name:   "FromLabels " + text,
		Faster: faster,
		Rollcall: func(n int) {
			for range n {
				result.made = must(selector.FromLabels(set))
			}
		},
		Upstream: func(n int) {
			for range n {
				result.madeByUpstream = must(labels.ValidatedSelectorFromSet(set))
			}
		},
	}
}

func prints(of string, faster float64) bench.Row {
	ours, theirs := selector.MustParse(of), must(labels.Parse(of))
	return bench.Row{
		Name:   "String " + of,
		Faster: faster,
		Rollcall: func(n int) {
			for range n {
				result.text = ours.String()
			}
		},
		Upstream: func(n int) {
			for range n {
				result.text = theirs.String()
			}
		},
	}
}
