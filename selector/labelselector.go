package selector

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rollcall-go/rollcall/field"
)

// A LabelSelector is the selector of a ReplicaSet, Deployment, DaemonSet, StatefulSet or Job in the form of the API. A label
// set matches if it has all of MatchLabels and meets all of MatchExpressions. The JSON is that of metav1.LabelSelector.
//
// [Compile] makes [Everything] from the zero value, and [Nothing] from a nil pointer.
type LabelSelector struct {
	MatchLabels      map[string]string `json:"matchLabels,omitempty"`
	MatchExpressions []Requirement     `json:"matchExpressions,omitempty"`
}

// Compile returns the selector of an API object. It returns [Nothing] if ls is nil and [Everything] if ls is empty.
// MatchExpressions may have the operators [In], [NotIn], [Exists] and [DoesNotExist] only. Compile takes O(n log n) time in
// the size of ls.
//
// The error is a [field.Errors] with one [*field.Error] for each invalid field. Paths are relative to ls:
//
//	matchLabels                    an invalid key
//	matchLabels[app]               the value of the key app
//	matchExpressions[1].operator
//	matchExpressions[1].values[0]
//
// The selector is [Nothing] if there is an error.
//
// Upstream: metav1.LabelSelectorAsSelector, which returns the first error only.
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

// LabelSelector returns a LabelSelector that matches the same valid label sets as s. MatchLabels has the first equality of
// each key. MatchExpressions has the other requirements, in canonical order. The result is empty for [Everything].
//
// The API's struct cannot compare integers. LabelSelector replaces Gt and Lt where it can. For "n>1,n in
// (1,2,3)" it returns n In [2, 3]. For "n<0", which no valid label set matches, it returns the requirements a
// Exists and a DoesNotExist. Otherwise, as for "n>1", it returns nil and false. Do not store the nil pointer
// in an object: where the API allows a missing selector, it can mean everything. LabelSelector takes O(n log
// n) time in the size of s.
//
// Upstream: metav1.ParseToLabelSelector, which drops all equalities of a key except the last, and refuses "!=".
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

// add adds a requirement that does not compare integers.
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

// FromLabels returns the selector that matches the label sets that have all labels of set, such as the node selector of a
// pod. It returns [Everything] if set is nil or empty. That is wrong for objects whose missing map selects nothing: use
// [FromService] for the selector of a Service. A ReplicationController without a selector has the labels of its template
// as its selector. FromLabels takes O(n log n) time in the size of set.
//
// The error is a [field.Errors] with one [*field.Error] for each invalid key and value. The path of a key is "labels", that
// of a value is as in "labels[app]". The selector is [Nothing] if there is an error.
//
// Upstream: labels.ValidatedSelectorFromSet.
func FromLabels(set map[string]string) (Selector, error) { return fromLabels("labels", set) }

// FromService returns the selector of a Service, which is its field spec.selector. It returns [Nothing] if the map is nil or
// empty, because a Service without a selector selects no pods: somebody else writes its endpoints. For other maps it
// returns what [FromLabels] returns, in the same time. The paths of errors begin with "selector" instead of "labels".
//
// Upstream: the endpoints and endpoint slice controllers, which skip a Service with a nil selector. The API server stores
// an empty selector as a nil one.
func FromService(set map[string]string) (Selector, error) {
	if len(set) == 0 {
		return Nothing(), nil
	}
	return fromLabels("selector", set)
}

func fromLabels(path string, set map[string]string) (Selector, error) {
	c := compiler{builder: builder{reqs: make([]requirement, 0, len(set))}}
	c.labels(path, set)
	return c.result()
}

// New returns the selector that matches the label sets that meet all of reqs. It returns [Everything] if there are none. It
// accepts all operators of this package, but not upstream's "==", which is [Equals] here. New takes O(n log n) time in the
// size of reqs.
//
// The error is a [field.Errors] with one [*field.Error] for each invalid field. A path is as in
// "requirements[1].values[0]". The selector is [Nothing] if there is an error.
//
// Upstream: labels.NewRequirement and labels.NewSelector.
func New(reqs ...Requirement) (Selector, error) {
	var c compiler
	c.reqs = make([]requirement, 0, len(reqs))
	c.requirements("requirements", reqs, allOperators)
	return c.result()
}

// A compiler makes a selector from API objects and collects the errors.
type compiler struct {
	builder
	errs field.Errors
}

// labels adds one equality for each label of set. It sorts the errors by key.
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

// requirements adds the requirements of the list at path. It accepts the given operators only.
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

// wantInteger describes the value of GreaterThan and LessThan.
const wantInteger = "an integer of 64 bits"

// result returns the selector, or Nothing and the errors.
func (c *compiler) result() (Selector, error) {
	if len(c.errs) > 0 {
		return Nothing(), c.errs
	}
	return c.selector(), nil
}
