package selector_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// A vector is one line of testdata/selector.jsonl: what Kubernetes 1.37.2 makes of one selector.
type vector struct {
	Form       string // text, struct or set
	Null       bool   // struct: a nil LabelSelector
	Struct     *selector.LabelSelector
	Set        map[string]string
	Error      string
	String     string
	Matches    []map[string]string
	Mismatches []map[string]string
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	f, err := os.Open("testdata/selector.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var vs []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("line %d: %v", len(vs)+1, err)
		}
		vs = append(vs, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return vs
}

// Every recorded selector in struct and set form is accepted or refused as by Kubernetes, prints the same, and matches
// the same label sets. The text of Nothing, upstream's empty one, is the one exception.
func TestVectors(t *testing.T) {
	ran := map[string]int{}
	for i, v := range readVectors(t) {
		var s selector.Selector
		var err error
		switch v.Form {
		case "struct":
			s, err = selector.Compile(v.Struct)
			if (v.Struct == nil) != v.Null {
				t.Fatalf("line %d: struct and null disagree", i+1)
			}
		case "set":
			s, err = selector.FromLabels(v.Set)
		default:
			continue
		}
		ran[v.Form]++
		if (err != nil) != (v.Error != "") {
			t.Errorf("line %d: error %v, upstream's %q", i+1, err, v.Error)
			continue
		}
		if got := s.String(); err == nil && !v.Null && got != v.String {
			t.Errorf("line %d: text %q, upstream's %q", i+1, got, v.String)
		}
		for _, labels := range v.Matches {
			if !s.Matches(labels) {
				t.Errorf("line %d: %v does not match %v, want a match", i+1, s, labels)
			}
		}
		for _, labels := range v.Mismatches {
			if s.Matches(labels) {
				t.Errorf("line %d: %v matches %v, want none", i+1, s, labels)
			}
		}
	}
	if ran["struct"] != 603 || ran["set"] != 600 {
		t.Errorf("ran %v lines, want 603 in struct form and 600 in set form", ran)
	}
}
