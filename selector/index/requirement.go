package index

import (
	"iter"

	"github.com/rollcall-go/rollcall/internal/token"
	"github.com/rollcall-go/rollcall/selector"
)

// A requirement is one of a selector, as [selector.Selector.RequirementAt] returns it.
type requirement struct {
	key      string
	operator selector.Operator
	many     []string
	one      string
}

func requirementAt(sel selector.Selector, i int) (r requirement) {
	r.key, r.operator, r.many, r.one = sel.RequirementAt(token.Token{}, i)
	return r
}

// requirements yields the requirements of a selector.
func requirements(sel selector.Selector) iter.Seq2[int, requirement] {
	return func(yield func(int, requirement) bool) {
		for i := 0; ; i++ {
			if r := requirementAt(sel, i); r.operator == "" || !yield(i, r) {
				return
			}
		}
	}
}

// isPositive reports whether only label sets that have the key can meet a requirement with the operator.
func isPositive(o selector.Operator) bool {
	return o != selector.NotIn && o != selector.NotEquals && o != selector.DoesNotExist
}

// values yields the values of Equals or In, each once, and none for other operators.
func (r requirement) values() iter.Seq[string] {
	return func(yield func(string) bool) {
		switch r.operator {
		case selector.Equals:
			yield(r.one)
		case selector.In:
			distinct(r.many)(yield)
		}
	}
}

// distinct yields each of the values once. They are sorted.
func distinct(values []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, value := range values {
			if (i == 0 || value != values[i-1]) && !yield(value) {
				return
			}
		}
	}
}
