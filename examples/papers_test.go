package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// papers are the documents of the project, relative to the root.
var papers = []string{
	"README.md", "BENCHMARKS.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
	"conformance/README.md", "conformance/DEVIATIONS.md", "conformance/FINDINGS.md",
}

// TestPapersLayout checks that lines outside code and tables have at most 110 columns, and that the README is short.
func TestPapersLayout(t *testing.T) {
	for _, paper := range papers {
		t.Run(paper, func(t *testing.T) {
			text := read(t, filepath.Join("..", paper))
			n, code := 0, false
			for line := range strings.Lines(text) {
				n++
				line = strings.TrimSuffix(line, "\n")
				if strings.HasPrefix(line, "```") {
					code = !code
				}
				if !code && !strings.HasPrefix(line, "|") && utf8.RuneCountInString(line) > 110 {
					t.Errorf("line %d has more than 110 columns", n)
				}
			}
			if paper == "README.md" && n > 150 {
				t.Errorf("%d lines, want at most 150", n)
			}
		})
	}
}

// TestPapersLinks checks that relative links lead to files of the repository.
func TestPapersLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	for _, paper := range papers {
		t.Run(paper, func(t *testing.T) {
			for _, found := range link.FindAllStringSubmatch(read(t, filepath.Join("..", paper)), -1) {
				target := found[1]
				if strings.Contains(target, "://") {
					continue
				}
				if _, err := os.Stat(filepath.Join("..", filepath.Dir(paper), target)); err != nil {
					t.Errorf("broken link to %s", target)
				}
			}
		})
	}
}

// TestDeviations checks that each deviation says what Kubernetes does, what rollcall does, and why, and has a test; that the tests
// which DEVIATIONS.md and FINDINGS.md name exist; and that the findings which DEVIATIONS.md cites are listed.
func TestDeviations(t *testing.T) {
	deviations, findings := read(t, "../conformance/DEVIATIONS.md"), read(t, "../conformance/FINDINGS.md")
	list, _, _ := strings.Cut(deviations, "\n## Reproduced on purpose\n")
	for _, entry := range strings.Split(list, "\n### ")[1:] {
		title, _, _ := strings.Cut(entry, "\n")
		for _, part := range []string{"Kubernetes", "rollcall", "Why", "Tests"} {
			if strings.Count(entry, "\n- "+part+": ") != 1 {
				t.Errorf("%s: want one item %q", title, part)
			}
		}
	}
	for _, cited := range regexp.MustCompile(`\bF[1-9][0-9]?\b`).FindAllString(deviations, -1) {
		if !strings.Contains(findings, "\n### "+cited+". ") {
			t.Errorf("%s is not a finding", cited)
		}
	}
	named := regexp.MustCompile("`([a-z/]+)`:((?:,?\\s+`(?:Test|Example)[A-Za-z0-9]*`)+)")
	checked := 0
	for _, found := range named.FindAllStringSubmatch(deviations+findings, -1) {
		source := testsOf(t, filepath.Join("..", found[1]))
		for _, name := range regexp.MustCompile("`(.*?)`").FindAllStringSubmatch(found[2], -1) {
			if checked++; !strings.Contains(source, "func "+name[1]+"(") {
				t.Errorf("%s has no %s", found[1], name[1])
			}
		}
	}
	if all := len(regexp.MustCompile("`(?:Test|Example)[A-Za-z0-9]*`").FindAllString(deviations+findings, -1)); checked != all {
		t.Errorf("%d of %d names of tests have the form `folder`: `Test`", checked, all)
	}
}

// testsOf returns the test files of a folder.
func testsOf(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil || files == nil {
		t.Fatalf("no tests in %s: %v", folder, err)
	}
	var all strings.Builder
	for _, file := range files {
		all.WriteString(read(t, file))
	}
	return all.String()
}
