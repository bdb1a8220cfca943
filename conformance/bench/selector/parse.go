package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/rollcall-go/rollcall/selector"
)

// parse is selector.Parse, once there is one.
var parse func(text string) (selector.Selector, error)

func mustParse(text string) selector.Selector {
	var reqs []selector.Requirement
	theirs, _ := must(labels.Parse(text)).Requirements()
	for _, q := range theirs {
		op := map[selection.Operator]selector.Operator{
			selection.Equals: selector.Equals, selection.In: selector.In, selection.NotIn: selector.NotIn,
			selection.Exists: selector.Exists, selection.DoesNotExist: selector.DoesNotExist,
		}[q.Operator()]
		r := selector.Requirement{Key: strings.Clone(q.Key()), Operator: op}
		for _, v := range q.ValuesUnsorted() {
			r.Values = append(r.Values, strings.Clone(v))
		}
		reqs = append(reqs, r)
	}
	return must(selector.New(reqs...))
}
