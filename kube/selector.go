package kube

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/rollcall-go/rollcall/selector"
)

// Selector compiles a label selector as [selector.Compile] does. It returns [selector.Nothing] if ls is nil
// and [selector.Everything] if ls is empty. The selector shares no memory with ls.
//
// The error is a [field.Errors] with every invalid field. Paths are relative to ls, such as
// "matchExpressions[1].values[0]". The selector is then Nothing.
//
// Upstream: metav1.LabelSelectorAsSelector.
func Selector(ls *metav1.LabelSelector) (selector.Selector, error) {
	if ls == nil {
		return selector.Compile(nil)
	}
	var few [4]selector.Requirement // most selectors have fewer
	reqs := few[:0]
	for i := range ls.MatchExpressions {
		e := &ls.MatchExpressions[i]
		reqs = append(reqs, selector.Requirement{Key: e.Key, Operator: selector.Operator(e.Operator), Values: e.Values})
	}
	return selector.Compile(&selector.LabelSelector{MatchLabels: ls.MatchLabels, MatchExpressions: reqs})
}

// AsSelector returns s as a labels.Selector for listers, informers, list options and event handlers of
// client-go and controller-runtime. It is immutable and safe for concurrent use. Its methods do what
// upstream's do for the same requirements, with these exceptions:
//
//   - Matches accepts nil labels as an empty label set, where upstream panics. It does not allocate.
//   - String returns the text of s. [selector.Nothing] prints "a,!a", which matches nothing on an API server,
//     while the text of labels.Nothing is empty and lists everything.
//   - Add returns Nothing if a requirement is invalid, so that it never matches more than it should.
//   - Requirements shares no memory with s, and allocates, as RequiresExactMatch does.
//
// As upstream's, Nothing is not Empty, and its Requirements returns nil and false. But labels.MatchesNothing
// recognizes only upstream's own, so that a lister checks each object.
func AsSelector(s selector.Selector) labels.Selector { return &labelsSelector{s} }

// A labelsSelector implements labels.Selector with a pointer, so that two can be compared with ==.
type labelsSelector struct{ s selector.Selector }

func (a *labelsSelector) Matches(l labels.Labels) bool {
	switch l := l.(type) {
	case labels.Set:
		return a.s.Matches(l)
	case nil:
		return a.s.Matches(nil)
	default:
		return a.s.MatchesFunc(l.Lookup)
	}
}

func (a *labelsSelector) Empty() bool { return a.s.IsEverything() }

func (a *labelsSelector) String() string { return a.s.String() }

func (a *labelsSelector) Add(reqs ...labels.Requirement) labels.Selector {
	more, err := fromRequirements(reqs)
	if err != nil {
		return AsSelector(selector.Nothing())
	}
	return AsSelector(a.s.And(more))
}

func (a *labelsSelector) Requirements() (labels.Requirements, bool) {
	if a.s.IsNothing() {
		return nil, false
	}
	var reqs labels.Requirements
	for _, r := range a.s.Requirements() {
		req, err := labels.NewRequirement(r.Key, toOperator(r.Operator), r.Values)
		if err != nil {
			return nil, false // impossible: both packages accept the same requirements
		}
		reqs = append(reqs, *req)
	}
	return reqs, true
}

func (a *labelsSelector) DeepCopySelector() labels.Selector { return a }

func (a *labelsSelector) RequiresExactMatch(label string) (value string, found bool) {
	for _, r := range a.s.Requirements() {
		if r.Key != label {
			continue
		}
		if (r.Operator == selector.Equals || r.Operator == selector.In) && len(r.Values) == 1 {
			return r.Values[0], true
		}
		return "", false // as upstream, which looks only at the first requirement of a key
	}
	return "", false
}

// FromSelector returns the selector with the requirements of s, or the argument of [AsSelector] if s is its
// result. It returns [selector.Nothing] if s is not selectable, as labels.Nothing.
//
// It returns Nothing and an error if s is nil, which may mean that a filter was not given or that it was
// lost, and if a requirement is invalid, which labels.SelectorFromSet does not check. The latter error is a
// [field.Errors] with paths such as "requirements[1].values[0]".
func FromSelector(s labels.Selector) (selector.Selector, error) {
	if s == nil {
		return selector.Nothing(), errors.New("kube: nil labels.Selector")
	}
	if a, ok := s.(*labelsSelector); ok {
		return a.s, nil
	}
	reqs, selectable := s.Requirements()
	if !selectable {
		return selector.Nothing(), nil
	}
	return fromRequirements(reqs)
}

func fromRequirements(reqs []labels.Requirement) (selector.Selector, error) {
	var few [8]selector.Requirement // most selectors have fewer
	converted := few[:0]
	for i := range reqs {
		r := &reqs[i]
		converted = append(converted, selector.Requirement{
			Key: r.Key(), Operator: fromOperator(r.Operator()), Values: r.ValuesUnsorted(),
		})
	}
	return selector.New(converted...)
}

// operators lists the operators of both packages.
var operators = []struct {
	ours     selector.Operator
	upstream selection.Operator
}{
	{selector.In, selection.In},
	{selector.NotIn, selection.NotIn},
	{selector.Exists, selection.Exists},
	{selector.DoesNotExist, selection.DoesNotExist},
	{selector.Equals, selection.Equals},
	{selector.NotEquals, selection.NotEquals},
	{selector.GreaterThan, selection.GreaterThan},
	{selector.LessThan, selection.LessThan},
	{selector.Equals, selection.DoubleEquals},
}

// fromOperator returns our operator, or for an unknown one its text, which selector.New refuses.
func fromOperator(op selection.Operator) selector.Operator {
	for _, o := range operators {
		if o.upstream == op {
			return o.ours
		}
	}
	return selector.Operator(op)
}

// toOperator returns upstream's operator.
func toOperator(op selector.Operator) selection.Operator {
	for _, o := range operators {
		if o.ours == op {
			return o.upstream
		}
	}
	return selection.Operator(op)
}
