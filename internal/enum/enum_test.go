package enum_test

import (
	"fmt"
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

func TestText(t *testing.T) {
	for name, want := range map[string]string{"Keep": "keep", "OwnMatch": "ownMatch", "NoUID": "noUID", "Decision(9)": "decision(9)"} {
		if got := enum.Text(name); got != want {
			t.Errorf("Text(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	names := []string{"Unset", "OwnMatch"}
	for want, text := range []string{"unset", "ownMatch"} {
		i := 9
		if err := enum.Parse("Reason", []byte(text), names, &i); err != nil || i != want {
			t.Errorf("Parse(%q) = %d, %v, want %d", text, i, err, want)
		}
	}
	for _, text := range []string{"OwnMatch", "ownmatch", "", "Reason(1)"} {
		i := 9
		want := fmt.Sprintf("unknown Reason %q; want one of unset, ownMatch", text)
		if err := enum.Parse("Reason", []byte(text), names, &i); err == nil || err.Error() != want || i != 9 {
			t.Errorf("Parse(%q) = %d, %v, want the error %s", text, i, err, want)
		}
	}
}

func TestParseName(t *testing.T) {
	i := 9
	if err := enum.ParseName("RestartPolicy", []byte("Never"), []string{"Always", "Never"}, &i); err != nil || i != 1 {
		t.Errorf("ParseName = %d, %v, want 1", i, err)
	}
}
