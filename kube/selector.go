package kube

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/rollcall-go/rollcall/selector"
)

// Selector returns the selector that ls stands for, as [selector.Compile] does: [selector.Nothing] when ls is nil,
// [selector.Everything] when it is empty. It keeps no memory of ls.
//
// The error is a [field.Errors] with all that is wrong, by paths relative to ls such as "matchExpressions[1].values[0]".
// The selector is then Nothing.
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

// AsSelector returns s as client-go and controller-runtime want it: for listers, informers, list options and event handlers. Like
// s it is immutable, and safe for concurrent use. Its methods do what upstream's do for the same requirements, but for these:
//
//   - Matches takes nil labels for an empty label set, where upstream panics. It does not allocate.
//   - String is that of s. [selector.Nothing] prints "a,!a", which an API server evaluates to nothing, while the text of
//     labels.Nothing is empty and lists everything. As upstream's, Nothing is neither Empty nor selectable (Requirements returns
//     nil and false); but labels.MatchesNothing knows upstream's own alone, so that a lister asks for each object.
//   - Add gives Nothing when a requirement is not valid, so that it never matches more than it should.
//   - Requirements shares no memory with s, and allocates, as RequiresExactMatch does.
func AsSelector(s selector.Selector) labels.Selector { return &labelsSelector{s} }

// A labelsSelector is a pointer as a labels.Selector, so that two may be compared with ==.
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
			return nil, false // selector and labels agree on what is valid, so this is never so
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
		return "", false // as upstream, which looks at the first requirement of a key alone
	}
	return "", false
}

// FromSelector returns the selector that s stands for: what [AsSelector] was given, or one with the requirements of s, or
// [selector.Nothing] when s is not selectable, as labels.Nothing.
//
// It gives Nothing and an error for nil, which can be a filter that was not given as well as one that was lost, and for
// requirements that are not valid, which labels.SelectorFromSet does not look for. That error is a [field.Errors] with
// paths such as "requirements[1].values[0]".
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

// operators has each operator of ours with upstream's.
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

// fromOperator returns our operator; for one that does not exist, its text, which selector.New refuses.
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
