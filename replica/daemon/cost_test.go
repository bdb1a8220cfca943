package daemon_test

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// The bytes that CompileAffinity allocates grow with n log n in the number of expressions.
func TestCompileAffinityBytes(t *testing.T) {
	for _, tt := range []struct {
		name       string
		expression func(i int) selector.Requirement
	}{
		{"one key", func(i int) selector.Requirement {
			return selector.Requirement{Key: "k", Operator: selector.NotIn, Values: []string{fmt.Sprint("v", i)}}
		}},
		{"many keys", func(i int) selector.Requirement {
			return selector.Requirement{Key: fmt.Sprint("k", i), Operator: selector.Exists}
		}},
		{"invalid", func(i int) selector.Requirement {
			return selector.Requirement{Key: fmt.Sprint("k", i), Operator: selector.In}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check.Linear(t, 2000, func(n int) float64 {
				var term daemon.NodeSelectorTerm
				for i := range n {
					term.MatchExpressions = append(term.MatchExpressions, tt.expression(i))
				}
				return check.Bytes(func() { daemon.CompileAffinity([]daemon.NodeSelectorTerm{term}) })
			})
		})
	}
}
