package daemon

import (
	"errors"
	"slices"
	"strings"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/selector"
)

// A NodeSelectorTerm is one alternative of a node affinity. A node must meet all of its requirements. Its
// JSON is that of corev1.NodeSelectorTerm. The zero value matches no node.
type NodeSelectorTerm struct {
	// Requirements on the node's labels: In, NotIn, Exists, DoesNotExist, and Gt and Lt with one integer.
	MatchExpressions []selector.Requirement `json:"matchExpressions,omitempty"`
	// Requirements on the node's name, with the key metadata.name: In and NotIn with one value.
	MatchFields []selector.Requirement `json:"matchFields,omitempty"`
}

// A NodeAffinity is a compiled node affinity: a pod may run on the nodes that meet one of its terms. The zero
// value allows every node.
type NodeAffinity struct {
	required bool
	terms    []nodeTerm // without invalid and empty ones
}

// A nodeTerm is a compiled NodeSelectorTerm.
type nodeTerm struct {
	labels    selector.Selector
	is, isNot []string // names that the node must have, and must not have
}

// CompileAffinity compiles the terms of a requiredDuringSchedulingIgnoredDuringExecution. If terms is empty,
// the affinity allows no node, as in Kubernetes. If the template has no required node affinity, use the zero
// [NodeAffinity] instead, which allows every node. A term without requirements matches no node.
//
// The error is a [field.Errors] with every invalid field, by paths such as
// "nodeSelectorTerms[1].matchExpressions[0].values". The affinity is usable even with an error. As in
// Kubernetes, a term with an invalid requirement matches no node, and the valid terms still apply. The API
// server rejects most invalid requirements, but it accepts the value "abc" for Gt.
//
// It takes n log n steps in the size of the terms.
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

// compile returns the compiled term and its invalid fields.
func (t NodeSelectorTerm) compile() (nodeTerm, field.Errors) {
	var c nodeTerm
	var errs field.Errors
	for i, r := range t.MatchExpressions {
		switch r.Operator {
		case selector.In, selector.NotIn, selector.Exists, selector.DoesNotExist,
			selector.GreaterThan, selector.LessThan:
			_, err := selector.New(r)
			var invalid field.Errors
			errors.As(err, &invalid)
			for _, e := range invalid {
				below := strings.TrimPrefix(e.Path, "requirements[0]")
				errs = append(errs, field.Invalid(e.Value, e.Reason, "matchExpressions[%d]%s", i, below))
			}
		default:
			const reason = "must be In, NotIn, Exists, DoesNotExist, Gt or Lt"
			errs = append(errs, field.Invalid(string(r.Operator), reason, "matchExpressions[%d].operator", i))
		}
	}
	for i, r := range t.MatchFields {
		if r.Key != "metadata.name" {
			errs = append(errs, field.Invalid(r.Key, "must be metadata.name", "matchFields[%d].key", i))
		}
		if len(r.Values) != 1 {
			const reason = "must have exactly one value"
			errs = append(errs, field.Invalid(slices.Clone(r.Values), reason, "matchFields[%d].values", i))
		}
		switch r.Operator {
		case selector.In:
			c.is = append(c.is, r.Values...)
		case selector.NotIn:
			c.isNot = append(c.isNot, r.Values...)
		default:
			errs = append(errs, field.Invalid(string(r.Operator), "must be In or NotIn", "matchFields[%d].operator", i))
		}
	}
	if errs == nil {
		c.labels, _ = selector.New(t.MatchExpressions...) // each is valid
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

// explain returns why each valid term does not match.
func (a NodeAffinity) explain(n *Node) []TermExplanation {
	var terms []TermExplanation
	for i := range a.terms {
		t := &a.terms[i]
		terms = append(terms, TermExplanation{Labels: t.labels.Explain(n.Labels), Name: t.allows(n.Name)})
	}
	return terms
}

func (t *nodeTerm) matches(n *Node) bool { return t.allows(n.Name) && t.labels.Matches(n.Labels) }

// allows reports whether a node of that name meets the requirements on its name.
func (t *nodeTerm) allows(name string) bool {
	for _, is := range t.is {
		if is != name {
			return false
		}
	}
	return !slices.Contains(t.isNot, name)
}
