package replica

import (
	"slices"
	"strings"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// A NodeSelectorTerm is one of the alternatives of a node affinity: a node has to meet all that it says. Its JSON is that of
// corev1.NodeSelectorTerm. The zero value matches no node.
type NodeSelectorTerm struct {
	// Of the node's labels: In, NotIn, Exists, DoesNotExist, and Gt and Lt with one integer.
	MatchExpressions []selector.Requirement `json:"matchExpressions,omitempty"`
	// Of the node's name, as the key metadata.name: In and NotIn with one value.
	MatchFields []selector.Requirement `json:"matchFields,omitempty"`
}

// A NodeAffinity says which nodes a pod may run on: those that meet any of its terms. The zero value is none, which allows
// every node.
type NodeAffinity struct {
	required bool
	terms    []nodeTerm // those that can match
}

// A nodeTerm is a NodeSelectorTerm that can be held to nodes.
type nodeTerm struct {
	labels    selector.Selector
	is, isNot []string // what the node's name has to be, and must not
}

// CompileAffinity returns the affinity with the terms of a requiredDuringSchedulingIgnoredDuringExecution. Without terms it allows
// no node. A term without requirements matches none.
//
// The error is a [field.Errors] with every bad field, by paths such as "nodeSelectorTerms[1].matchExpressions[0].values".
// The affinity is of use in spite of it, and says what the cluster does: a term with a bad requirement matches no node, and the
// others still count. (The API refuses most of these, but takes the value "abc" for Gt.)
//
// Upstream: NewLazyErrorNodeSelector in k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
func CompileAffinity(terms []NodeSelectorTerm) (NodeAffinity, error) {
	a := NodeAffinity{required: true}
	var errs field.Errors
	for i, term := range terms {
		if len(term.MatchExpressions) == 0 && len(term.MatchFields) == 0 {
			continue
		}
		t, bad := term.compile()
		if bad == nil {
			a.terms = append(a.terms, t)
		}
		for _, e := range bad {
			errs = append(errs, field.Invalid(e.Value, e.Reason, "nodeSelectorTerms[%d].%s", i, e.Path))
		}
	}
	return a, errs.Err()
}

// compile returns the term with all that is wrong with it.
func (t NodeSelectorTerm) compile() (nodeTerm, field.Errors) {
	var c nodeTerm
	var errs field.Errors
	for i, r := range t.MatchExpressions {
		switch r.Operator {
		case selector.In, selector.NotIn, selector.Exists, selector.DoesNotExist, selector.GreaterThan, selector.LessThan:
			s, err := selector.New(r)
			c.labels = c.labels.And(s)
			if err != nil {
				for _, e := range err.(field.Errors) {
					errs = append(errs, field.Invalid(e.Value, e.Reason, "matchExpressions[%d]%s", i, strings.TrimPrefix(e.Path, "requirements[0]")))
				}
			}
		default:
			errs = append(errs, field.Invalid(string(r.Operator), "want In, NotIn, Exists, DoesNotExist, Gt or Lt", "matchExpressions[%d].operator", i))
		}
	}
	for i, r := range t.MatchFields {
		if r.Key != "metadata.name" {
			errs = append(errs, field.Invalid(r.Key, "want metadata.name", "matchFields[%d].key", i))
		}
		if len(r.Values) != 1 {
			errs = append(errs, field.Invalid(r.Values, "want one value", "matchFields[%d].values", i))
		}
		switch r.Operator {
		case selector.In:
			c.is = append(c.is, r.Values...)
		case selector.NotIn:
			c.isNot = append(c.isNot, r.Values...)
		default:
			errs = append(errs, field.Invalid(string(r.Operator), "want In or NotIn", "matchFields[%d].operator", i))
		}
	}
	return c, errs
}

// Matches reports whether the affinity allows the node. It does not allocate.
func (a NodeAffinity) Matches(n Node) bool {
	for i := range a.terms {
		if a.terms[i].matches(&n) {
			return true
		}
	}
	return !a.required
}

// explain says of each term that can match why it does not.
func (a NodeAffinity) explain(n *Node) []TermExplanation {
	var terms []TermExplanation
	for i := range a.terms {
		t := &a.terms[i]
		terms = append(terms, TermExplanation{Labels: t.labels.Explain(n.Labels), Name: t.allows(n.Name)})
	}
	return terms
}

func (t *nodeTerm) matches(n *Node) bool { return t.allows(n.Name) && t.labels.Matches(n.Labels) }

// allows reports whether a node of that name meets the match fields.
func (t *nodeTerm) allows(name string) bool {
	for _, is := range t.is {
		if is != name {
			return false
		}
	}
	return !slices.Contains(t.isNot, name)
}
