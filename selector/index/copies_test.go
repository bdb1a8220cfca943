package index_test

import (
	"os/exec"
	"strings"
	"testing"
)

// An index must not be copied: go vet reports each copy in testdata/copies.
func TestVetReportsCopies(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go vet")
	}
	out, err := exec.Command("go", "vet", "./testdata/copies").CombinedOutput()
	if err == nil {
		t.Error("go vet reports nothing")
	}
	for _, name := range []string{"Objects", "Selectors", "Join"} {
		if !strings.Contains(string(out), "selector/index."+name) {
			t.Errorf("go vet does not report the copy of %s:\n%s", name, out)
		}
	}
}
