package selector

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rollcall-go/rollcall/field"
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
// The error has a [*field.Error] for every bad field, its path relative to ls: "matchLabels" (a bad key),
// "matchLabels[app]" (the value of that key), "matchExpressions[1].operator", "matchExpressions[1].values[0]".
//
// Upstream: metav1.LabelSelectorAsSelector, which stops at the first error.
func Compile(ls *LabelSelector) (Selector, error) {
	if ls == nil {
		return Nothing(), nil
	}
	var c compiler
	c.reqs = make([]requirement, 0, len(ls.MatchLabels)+len(ls.MatchExpressions))
	c.labels("matchLabels", ls.MatchLabels)
	c.requirements("matchExpressions", ls.MatchExpressions, apiOperators)
	return c.result()
}

// LabelSelector returns a LabelSelector that matches the same valid label sets as s: equalities in MatchLabels, the first
// of each key, and the rest in MatchExpressions, in canonical order. [Everything] gives an empty one, and what compares
// integers and can match nothing gives that of [Nothing].
//
// It returns nil and false when s needs a comparison of integers: for "n>1", not for "n>1,n in (1,2,3)", which is
// n In [2, 3]. A nil one must not be stored: where the API lets a selector be missing, that can mean everything.
//
// Upstream: metav1.ParseToLabelSelector, which takes the last equality of a key for all, and has no "!=".
func (s Selector) LabelSelector() (*LabelSelector, bool) {
	if s.unsatisfiable && compareIntegers(s.reqs) {
		s = Nothing()
	}
	ls := &LabelSelector{}
	for reqs := range byKey(s.reqs) {
		if compareIntegers(reqs) {
			if d := newDomain(reqs); d.listed {
				reqs = listed(reqs[0].key, d.values())
			} else if reqs = simplify(reqs); compareIntegers(reqs) {
				return nil, false
			}
		}
		for i := range reqs {
			ls.add(&reqs[i])
		}
	}
	return ls, true
}

// compareIntegers reports whether some requirement compares integers.
func compareIntegers(reqs []requirement) bool {
	return slices.ContainsFunc(reqs, func(r requirement) bool { return r.comparesIntegers() })
}

// add adds a requirement that compares no integers.
func (ls *LabelSelector) add(compiled *requirement) {
	r := compiled.clone()
	switch compiled.code {
	case equals:
		if _, taken := ls.MatchLabels[r.Key]; !taken {
			if ls.MatchLabels == nil {
				ls.MatchLabels = map[string]string{}
			}
			ls.MatchLabels[r.Key] = r.Values[0]
			return
		}
		r.Operator = In
	case notEquals:
		r.Operator = NotIn
	}
	ls.MatchExpressions = append(ls.MatchExpressions, r)
}

// FromLabels returns the selector that matches every label set that has all of set: what a ReplicationController's
// or a Service's map selects. A nil or empty set gives [Everything]. Where the API lets a map be missing that means
// something else, which is the caller's to know: a Service without a selector selects nothing.
//
// The error has a [*field.Error] for every bad key, with the path "labels", and for every bad value, with a path such as
// "labels[app]".
//
// Upstream: labels.ValidatedSelectorFromSet.
func FromLabels(set map[string]string) (Selector, error) {
	var c compiler
	c.reqs = make([]requirement, 0, len(set))
	c.labels("labels", set)
	return c.result()
}

// New returns the selector that matches when all of reqs are met, and [Everything] when there are none. It takes all
// operators of this package; upstream's "==" is Equals.
//
// The error has a [*field.Error] for every bad field, with a path such as "requirements[1].values[0]".
//
// Upstream: labels.NewRequirement and labels.NewSelector.
func New(reqs ...Requirement) (Selector, error) {
	var c compiler
	c.reqs = make([]requirement, 0, len(reqs))
	c.requirements("requirements", reqs, allOperators)
	return c.result()
}

// A compiler makes a selector of API objects, and collects what is wrong with them.
type compiler struct {
	builder
	errs field.Errors
}

// labels adds one Equals requirement for each label of set. Errors are by key.
func (c *compiler) labels(path string, set map[string]string) {
	valid := true
	for key, value := range set {
		valid = valid && keyProblem(key).want == "" && valueProblem(value).want == ""
		c.reqs = append(c.reqs, single(key, equals, value))
	}
	if valid {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if p := keyProblem(key); p.want != "" {
			c.errs = append(c.errs, field.Invalid(key, "key: "+p.in(key), "%s", path))
		}
		if p := valueProblem(set[key]); p.want != "" {
			c.errs = append(c.errs, field.Invalid(set[key], p.in(set[key]), "%s[%s]", path, key))
		}
	}
}

// requirements adds those of the list at path, where only the given operators may stand.
func (c *compiler) requirements(path string, reqs []Requirement, operators []Operator) {
	values, lists := 0, 0
	for i := range reqs {
		values += len(reqs[i].Values)
		if op := reqs[i].Operator; op == In || op == NotIn {
			lists++
		}
	}
	c.values, c.lists = make([]string, 0, values), make([]list, 0, lists)
	for i, r := range reqs {
		if p := keyProblem(r.Key); p.want != "" {
			c.errs = append(c.errs, field.Invalid(r.Key, p.in(r.Key), "%s[%d].key", path, i))
		}
		if !slices.Contains(operators, r.Operator) {
			c.errs = append(c.errs, field.Invalid(string(r.Operator), fmt.Sprintf("unknown operator, want one of %v", operators), "%s[%d].operator", path, i))
		} else if problem := r.Operator.countProblem(len(r.Values)); problem != "" {
			c.errs = append(c.errs, field.Invalid(slices.Clone(r.Values), problem, "%s[%d].values", path, i))
		}
		for j, value := range r.Values {
			if p := valueProblem(value); p.want != "" {
				c.errs = append(c.errs, field.Invalid(value, p.in(value), "%s[%d].values[%d]", path, i, j))
			} else if _, ok := parseInt(value); !ok && (r.Operator == GreaterThan || r.Operator == LessThan) {
				c.errs = append(c.errs, field.Invalid(value, "want "+wantInteger, "%s[%d].values[%d]", path, i, j))
			}
		}
		c.values = append(c.values, r.Values...)
		c.add(r.Key, codeOf(r.Operator), len(r.Values))
	}
}

// wantInteger is what GreaterThan and LessThan want.
const wantInteger = "an integer of 64 bits"

// result returns the selector, or what is wrong with it.
func (c *compiler) result() (Selector, error) {
	if len(c.errs) > 0 {
		return Nothing(), c.errs
	}
	return c.selector(), nil
}
