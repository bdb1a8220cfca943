package examples

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The README's Go code is this package's, to the letter, and what it shows of the main job is what that
// prints.
func TestReadme(t *testing.T) {
	sources := map[string]string{
		"go": read(t, "example_test.go"),
		"text": read(t, "rollcall/testdata/table.golden") + read(t, "rollcall/testdata/why-released.golden") +
			read(t, "liveness/testdata/story.golden"),
	}
	found := map[string]int{}
	for _, block := range regexp.MustCompile("(?s)```(go|text)\n(.*?)```").FindAllStringSubmatch(read(t, "../README.md"), -1) {
		language, code := block[1], block[2]
		found[language]++
		for line := range strings.Lines(code) {
			if !strings.Contains(sources[language], line) {
				t.Errorf("in no %s source: %q", language, line)
			}
		}
		if language == "go" && !strings.Contains(sources["go"], code) {
			t.Errorf("not in example_test.go as it stands:\n%s", code)
		}
	}
	if found["go"] != 4 || found["text"] != 1 {
		t.Errorf("the README has %v blocks, want four of Go and one of text", found)
	}
}
