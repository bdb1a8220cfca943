package selector_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
)

// A vector is one line of testdata/selector.jsonl: a selector, and what Kubernetes 1.37.2 does with it.
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

// The vectors are 658 texts, 603 structs and 600 maps. Each is accepted or refused as by Kubernetes, prints the same, and
// matches the same label sets. There are three exceptions: the text of Nothing, which is empty upstream; "==", which prints
// as "=" here; and a NUL byte, which ends the text upstream and is an error here.
func TestVectors(t *testing.T) {
	check.Lines(t, "testdata/selector.jsonl", 658+603+600, func(t *testing.T, v vector) {
		var s selector.Selector
		var err error
		switch v.Form {
		case "struct":
			s, err = selector.Compile(v.Struct)
			if (v.Struct == nil) != v.Null {
				t.Fatal("struct and null disagree")
			}
		case "set":
			s, err = selector.FromLabels(v.Set)
		case "text":
			s, err = selector.Parse(v.Text)
			v.String = strings.ReplaceAll(v.String, "==", "=")
			if nul := strings.IndexByte(v.Text, 0); nul >= 0 && v.Error == "" {
				var syntax *selector.SyntaxError
				if !errors.As(err, &syntax) || syntax.Offset != nul || syntax.Found != "\x00" {
					t.Errorf("error %v, want the NUL at offset %d", err, nul)
				}
				return
			}
		default:
			t.Fatalf("unknown form %q", v.Form)
		}
		if (err != nil) != (v.Error != "") {
			t.Fatalf("error %v, upstream's %q", err, v.Error)
		}
		if got := s.String(); err == nil && !v.Null && got != v.String {
			t.Errorf("text %q, upstream's %q", got, v.String)
		}
		for _, labels := range v.Matches {
			if !s.Matches(labels) {
				t.Errorf("%v does not match %v, want a match", s, labels)
			}
		}
		for _, labels := range v.Mismatches {
			if s.Matches(labels) {
				t.Errorf("%v matches %v, want no match", s, labels)
			}
		}
	})
}
