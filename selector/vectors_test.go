package selector_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// A vector is one line of testdata/selector.jsonl: what Kubernetes 1.37.2 makes of one selector.
type vector struct {
	Form       string // text, struct or set
	Text       string
	Null       bool // struct: a nil LabelSelector
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

// Every recorded selector is accepted or refused as by Kubernetes, prints the same, and matches the same label sets. The
// exceptions: the text of Nothing, empty upstream; "==", which prints as "="; and three texts with a NUL byte, which
// upstream takes for the end.
func TestVectors(t *testing.T) {
	ran, cutOff := map[string]int{}, 0
	for i, v := range readVectors(t) {
		ran[v.Form]++
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
		case "text":
			s, err = selector.Parse(v.Text)
			v.String = strings.ReplaceAll(v.String, "==", "=")
			if nul := strings.IndexByte(v.Text, 0); nul >= 0 && v.Error == "" {
				cutOff++
				var syntax *selector.SyntaxError
				if !errors.As(err, &syntax) || syntax.Offset != nul || syntax.Found != "\x00" {
					t.Errorf("line %d: error %v, want the NUL at offset %d", i+1, err, nul)
				}
				continue
			}
		}
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
	if want := map[string]int{"text": 658, "struct": 603, "set": 600}; !maps.Equal(ran, want) || cutOff != 3 {
		t.Errorf("ran %v lines, want %v; %d texts with a NUL, want 3", ran, want, cutOff)
	}
}
