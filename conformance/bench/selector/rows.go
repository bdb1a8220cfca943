package main

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

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
// a search from the start takes on average, 99 the most.
func hundred(before int) string {
	var values []string
	for i := range 99 {
		first := 'v'
		if i >= before {
			first = 'x'
		}
		values = append(values, fmt.Sprintf("%c%02d", first, i))
	}
	return "app in (" + strings.Join(slices.Insert(values, before, "web"), ",") + ")"
}

func rows() []row {
	rows := []row{
		equalities(one, 1.25),
		equalities(three, 1.25),
		matches(five, 1.15),
		matches(hundred(49), 10),
		matches(hundred(99), 10),
		equalities(miss, 1.25),
	}
	for _, text := range []string{one, three, five, hundred(99)} {
		rows = append(rows, parses(text, 5, 0.25))
	}
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

// name shortens a long text.
func name(operation, text string) string {
	if len(text) > 80 {
		text = text[:14] + "…" + text[len(text)-9:]
	}
	return operation + " " + text
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func matches(text string, faster float64) row {
	ours, theirs := selector.MustParse(text), must(labels.Parse(text))
	if want := text != miss; ours.Matches(object) != want || theirs.Matches(labels.Set(object)) != want {
		panic("wrong answer of " + text)
	}
	return row{
		name:   name("Matches", text),
		faster: faster,
		rollcall: func(n int) {
			for range n {
				result.matched = ours.Matches(object)
			}
		},
		upstream: func(n int) {
			set := labels.Labels(labels.Set(object))
			for range n {
				result.matched = theirs.Matches(set)
			}
		},
	}
}

// equalities are matches of requirements with = alone, which one also writes by hand.
func equalities(text string, faster float64) row {
	r := matches(text, faster)
	var want []pair
	for _, q := range selector.MustParse(text).Requirements() {
		want = append(want, pair{q.Key, q.Values[0]})
	}
	r.byHand = func(n int) {
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

func parses(text string, faster, allocs float64) row {
	return row{
		name:   name("Parse", text),
		faster: faster,
		allocs: allocs,
		rollcall: func(n int) {
			for range n {
				result.made = must(selector.Parse(text))
			}
		},
		upstream: func(n int) {
			for range n {
				result.madeByUpstream = must(labels.Parse(text))
			}
		},
	}
}

// compiles makes selectors of the API's struct, whose matchLabels have what has = in the text.
func compiles(text string, faster float64) row {
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
	return row{
		name:   name("Compile", text),
		faster: faster,
		rollcall: func(n int) {
			for range n {
				result.made = must(selector.Compile(ours))
			}
		},
		upstream: func(n int) {
			for range n {
				result.madeByUpstream = must(metav1.LabelSelectorAsSelector(theirs))
			}
		},
	}
}

func fromLabels(text string, faster float64) row {
	set := must(labels.ConvertSelectorToLabelsMap(text))
	return row{
		name:   name("FromLabels", text),
		faster: faster,
		rollcall: func(n int) {
			for range n {
				result.made = must(selector.FromLabels(set))
			}
		},
		upstream: func(n int) {
			for range n {
				result.madeByUpstream = must(labels.ValidatedSelectorFromSet(set))
			}
		},
	}
}

func prints(of string, faster float64) row {
	ours, theirs := selector.MustParse(of), must(labels.Parse(of))
	return row{
		name:   name("String", of),
		faster: faster,
		rollcall: func(n int) {
			for range n {
				result.text = ours.String()
			}
		},
		upstream: func(n int) {
			for range n {
				result.text = theirs.String()
			}
		},
	}
}
