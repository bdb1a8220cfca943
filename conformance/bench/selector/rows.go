package main

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollcall-go/rollcall/conformance/internal/bench"
	"github.com/rollcall-go/rollcall/internal/workload"
	"github.com/rollcall-go/rollcall/selector"
)

// result receives the results of the timed code, so that the compiler does not remove it.
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
)

func rows() []bench.Row {
	var rows []bench.Row
	for _, row := range workload.Loop() {
		rows = append(rows, matches(row))
	}
	for _, n := range workload.Sizes {
		for _, class := range workload.Classes {
			rows = append(rows, workingSet(class, n))
		}
	}
	hundred := workload.Loop()[7].Text
	for _, text := range []string{one, three, five} {
		rows = append(rows, parses(text, 5, 0.25))
	}
	rows = append(rows, parses(hundred, 5, 0.25).Named("Parse app in (100 values)"))
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

// matches returns the row that matches one selector with one label set.
func matches(row workload.Row) bench.Row {
	ours, theirs, object := selector.MustParse(row.Text), must(labels.Parse(row.Text)), workload.Object()
	if ours.Matches(object) != row.Matches || theirs.Matches(labels.Set(object)) != row.Matches {
		panic("wrong result for " + row.Text)
	}
	r := bench.Row{
		Name:   "Matches, one selector, " + row.Name,
		Faster: 1,
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
	var want []pair
	for _, q := range ours.Requirements() {
		if q.Operator != selector.Equals {
			return r
		}
		want = append(want, pair{q.Key, q.Values[0]})
	}
	r.ByHand = func(n int) { // a loop by hand exists only for equalities
		for range n {
			result.matched = hasAll(object, want)
		}
	}
	return r
}

// set is the timed working set.
var set struct {
	questions []workload.Question
	ours      []selector.Selector
	theirs    []labels.Selector
	labels    []map[string]string
	wrapped   []labels.Labels // the same label sets
}

// workingSet returns the row that matches n selectors with n label sets.
func workingSet(class string, n int) bench.Row {
	return bench.Row{
		Name: fmt.Sprintf("Matches, %d selectors, %s", n, class),
		Setup: func() {
			texts, sets, questions := workload.WorkingSet(class, n)
			set.ours, set.theirs, set.labels, set.wrapped, set.questions = nil, nil, sets, nil, questions
			for _, text := range texts {
				set.ours = append(set.ours, selector.MustParse(text))
			}
			for _, text := range texts {
				set.theirs = append(set.theirs, must(labels.Parse(text)))
			}
			for _, s := range sets {
				set.wrapped = append(set.wrapped, labels.Set(s))
			}
			for _, q := range questions {
				if set.ours[q.Selector].Matches(sets[q.Set]) != set.theirs[q.Selector].Matches(set.wrapped[q.Set]) {
					panic("rollcall and upstream differ")
				}
			}
		},
		Rollcall: func(n int) {
			for n > 0 {
				for _, q := range set.questions[:min(n, len(set.questions))] {
					result.matched = set.ours[q.Selector].Matches(set.labels[q.Set])
				}
				n -= len(set.questions)
			}
		},
		Upstream: func(n int) {
			for n > 0 {
				for _, q := range set.questions[:min(n, len(set.questions))] {
					result.matched = set.theirs[q.Selector].Matches(set.wrapped[q.Set])
				}
				n -= len(set.questions)
			}
		},
	}
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

// compiles returns the row that compiles the API struct. Requirements with = become matchLabels.
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
