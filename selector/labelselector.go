package selector

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rollcall-go/rollcall/internal/field"
)

// A LabelSelector is the selector of a ReplicaSet, a Deployment, a DaemonSet, a StatefulSet or a Job as it stands in the
// API: all of MatchLabels and all of MatchExpressions have to be met. Its JSON is that of metav1.LabelSelector.
//
// The zero value matches everything once compiled; a nil pointer matches nothing.
type LabelSelector struct {
	MatchLabels      map[string]string `json:"matchLabels,omitempty"`
	MatchExpressions []Requirement     `json:"matchExpressions,omitempty"`
}

// Compile returns the selector that ls stands for: [Nothing] when ls is nil, [Everything] when it is empty. Expressions
// take the API's four operators alone: [In], [NotIn], [Exists] and [DoesNotExist].
//
// The error has a [*FieldError] for every bad field, its path relative to ls: "matchLabels" (a bad key),
// "matchLabels[app]" (the value of that key), "matchExpressions[1].operator", "matchExpressions[1].values[0]".
//
// Upstream: metav1.LabelSelectorAsSelector, which stops at the first error.
func Compile(ls *LabelSelector) (Selector, error) {
	if ls == nil {
		return Nothing(), nil
	}
	var errs field.Errors
	reqs := fromMap(&errs, "matchLabels", ls.MatchLabels)
	for i, r := range ls.MatchExpressions {
		reqs = append(reqs, compile(&errs, "matchExpressions", i, r, apiOperators))
	}
	return build(reqs, errs)
}

// FromLabels returns the selector that matches every label set that has all of set: what a ReplicationController's
// or a Service's map selects. A nil or empty set gives [Everything]. Where the API lets a map be missing that means
// something else, which is the caller's to know: a Service without a selector selects nothing.
//
// The error has a [*FieldError] for every bad key, with the path "labels", and for every bad value, with a path such as
// "labels[app]".
//
// Upstream: labels.ValidatedSelectorFromSet.
func FromLabels(set map[string]string) (Selector, error) {
	var errs field.Errors
	reqs := fromMap(&errs, "labels", set)
	return build(reqs, errs)
}

// New returns the selector that matches when all of reqs are met, and [Everything] when there are none. It takes all
// operators of this package; upstream's "==" is Equals.
//
// The error has a [*FieldError] for every bad field, with a path such as "requirements[1].values[0]".
//
// Upstream: labels.NewRequirement and labels.NewSelector.
func New(reqs ...Requirement) (Selector, error) {
	var errs field.Errors
	compiled := make([]requirement, 0, len(reqs))
	for i, r := range reqs {
		compiled = append(compiled, compile(&errs, "requirements", i, r, allOperators))
	}
	return build(compiled, errs)
}

// fromMap returns one Equals requirement for each label of set, in any order. Its errors are by key.
func fromMap(errs *field.Errors, path string, set map[string]string) []requirement {
	reqs := make([]requirement, 0, len(set))
	values := make([]string, 0, len(set)) // one piece of memory for all
	valid := true
	for key, value := range set {
		valid = valid && keyProblem(key).want == "" && valueProblem(value).want == ""
		values = append(values, value)
		reqs = append(reqs, compiled(key, Equals, values[len(values)-1:len(values):len(values)]))
	}
	if valid {
		return reqs
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if p := keyProblem(key); p.want != "" {
			errs.Add(key, "key: "+p.in(key), "%s", path)
		}
		if p := valueProblem(set[key]); p.want != "" {
			errs.Add(set[key], p.in(set[key]), "%s[%s]", path, key)
		}
	}
	return reqs
}

// compile returns r in compiled form, sharing no memory with it, and adds to errs what is wrong with it: the i-th element
// of the list at path, where only the given operators may stand.
func compile(errs *field.Errors, path string, i int, r Requirement, operators []Operator) requirement {
	if p := keyProblem(r.Key); p.want != "" {
		errs.Add(r.Key, p.in(r.Key), "%s[%d].key", path, i)
	}
	if !slices.Contains(operators, r.Operator) {
		errs.Add(string(r.Operator), fmt.Sprintf("unknown operator, want one of %v", operators), "%s[%d].operator", path, i)
	} else if problem := r.Operator.countProblem(len(r.Values)); problem != "" {
		errs.Add(slices.Clone(r.Values), problem, "%s[%d].values", path, i)
	}
	for j, value := range r.Values {
		if p := valueProblem(value); p.want != "" {
			errs.Add(value, p.in(value), "%s[%d].values[%d]", path, i, j)
		} else if _, ok := parseInt(value); !ok && (r.Operator == GreaterThan || r.Operator == LessThan) {
			errs.Add(value, "want "+wantInteger, "%s[%d].values[%d]", path, i, j)
		}
	}
	return compiled(r.Key, r.Operator, slices.Clone(r.Values))
}

// wantInteger is what GreaterThan and LessThan want.
const wantInteger = "an integer of 64 bits"

// build returns the selector of reqs, which it keeps, unless there are errors.
func build(reqs []requirement, errs field.Errors) (Selector, error) {
	if len(errs) > 0 {
		return Nothing(), errs.Join()
	}
	return sorted(reqs), nil
}

// sorted returns the selector of valid requirements, which it keeps.
func sorted(reqs []requirement) Selector {
	slices.SortStableFunc(reqs, func(r, s requirement) int { return strings.Compare(r.key, s.key) })
	return Selector{reqs}
}
