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

func TestParse(t *testing.T) {
	names := []string{"Unset", "Keep"}
	for want, name := range names {
		i := 9
		if err := enum.Parse("Decision", []byte(name), names, &i); err != nil || i != want {
			t.Errorf("Parse(%q) = %d, %v, want %d", name, i, err, want)
		}
	}
	i := 9
	if err := enum.Parse("Decision", []byte("Decision(1)"), names, &i); err == nil || err.Error() != `"Decision(1)" is no Decision` || i != 9 {
		t.Errorf("Parse of no name: %d, %v", i, err)
	}
}
