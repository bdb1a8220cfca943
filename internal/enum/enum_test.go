package enum_test

import (
	"testing"

	"github.com/rollcall-go/rollcall/internal/enum"
)

func TestName(t *testing.T) {
	names := []string{"Unset", "Keep"}
	for i, want := range map[int]string{-1: "Decision(-1)", 0: "Unset", 1: "Keep", 2: "Decision(2)"} {
		if got := enum.Name("Decision", i, names); got != want {
			t.Errorf("Name(%d) = %q, want %q", i, got, want)
		}
	}
}
