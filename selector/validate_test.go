package selector

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The grammar as upstream writes it. It checks the hand-written functions.
var (
	nameRegexp   = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`)
	prefixRegexp = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
)

func slowValidName(s string) bool { return len(s) <= 63 && nameRegexp.MatchString(s) }

func slowValidKey(key string) bool {
	parts := strings.Split(key, "/")
	switch len(parts) {
	case 1:
		return slowValidName(parts[0])
	case 2:
		return len(parts[0]) <= 253 && prefixRegexp.MatchString(parts[0]) && slowValidName(parts[1])
	default:
		return false
	}
}

func checkText(t interface{ Errorf(string, ...any) }, s string) {
	if got, want := keyProblem(s).want == "", slowValidKey(s); got != want {
		t.Errorf("key %q: valid %v, want %v (%v)", s, got, want, keyProblem(s))
	}
	if got, want := valueProblem(s).want == "", s == "" || slowValidName(s); got != want {
		t.Errorf("value %q: valid %v, want %v (%v)", s, got, want, valueProblem(s))
	}
}

func TestValidityOfTexts(t *testing.T) {
	alphabet := rapid.SampledFrom([]string{"a", "Z", "0", "-", "_", ".", "/", " ", "é", "\x00", "\n", "\xff", strings.Repeat("a", 61)})
	rapid.Check(t, func(t *rapid.T) {
		checkText(t, strings.Join(rapid.SliceOfN(alphabet, 0, 7).Draw(t, "parts"), ""))
	})
}

func sentence(p problem, text string) string {
	if p.want == "" {
		return ""
	}
	return p.in(text)
}

func TestProblems(t *testing.T) {
	for _, tt := range []struct{ text, key, value string }{
		{"", "nothing at offset 0, want a name", ""},
		{"a", "", ""},
		{"a-B_c.9", "", ""},
		{strings.Repeat("n", 63), "", ""},
		{strings.Repeat("n", 64), "'n' at offset 63, want at most 63 bytes", "'n' at offset 63, want at most 63 bytes"},
		{"a\n", `'\n' at offset 1, want letters, digits, '-', '_' and '.'`, `'\n' at offset 1, want letters, digits, '-', '_' and '.'`},
		{"a\xff", `byte 0xff at offset 1, want letters, digits, '-', '_' and '.'`, `byte 0xff at offset 1, want letters, digits, '-', '_' and '.'`},
		{"a_", "'_' at offset 1, want a letter or digit at both ends", "'_' at offset 1, want a letter or digit at both ends"},
		{"example.com/name", "", "'/' at offset 11, want letters, digits, '-', '_' and '.'"},
		{strings.Repeat("p", 253) + "/n", "", "'p' at offset 63, want at most 63 bytes"},
		{strings.Repeat("p", 254) + "/n", "'p' at offset 253, want at most 253 bytes before '/'", "'p' at offset 63, want at most 63 bytes"},
		{"a/b/c", "'/' at offset 3, want letters, digits, '-', '_' and '.'", "'/' at offset 1, want letters, digits, '-', '_' and '.'"},
		{"/", "'/' at offset 0, want a prefix before '/'", "'/' at offset 0, want letters, digits, '-', '_' and '.'"},
		{"a/", "nothing at offset 2, want a name", "'/' at offset 1, want letters, digits, '-', '_' and '.'"},
		{"a/b c", "' ' at offset 3, want letters, digits, '-', '_' and '.'", "'/' at offset 1, want letters, digits, '-', '_' and '.'"},
		{"a/-x", "'-' at offset 2, want a letter or digit at both ends", "'/' at offset 1, want letters, digits, '-', '_' and '.'"},
		{"a..b/n", "'.' at offset 1, want a letter or digit at both ends of each part of a prefix", "'/' at offset 4, want letters, digits, '-', '_' and '.'"},
		{"a.b-/n", "'-' at offset 3, want a letter or digit at both ends of each part of a prefix", "'/' at offset 4, want letters, digits, '-', '_' and '.'"},
		{"aa.bb.cC/n", "'C' at offset 7, want lower-case letters, digits, '-' and '.' in a prefix", "'/' at offset 8, want letters, digits, '-', '_' and '.'"},
		{"aa.-b/n", "'-' at offset 3, want a letter or digit at both ends of each part of a prefix", "'/' at offset 5, want letters, digits, '-', '_' and '.'"},
		{"a-b.c--d/n", "", "'/' at offset 8, want letters, digits, '-', '_' and '.'"},
		{"a.B/n", "'B' at offset 2, want lower-case letters, digits, '-' and '.' in a prefix", "'/' at offset 3, want letters, digits, '-', '_' and '.'"},
	} {
		t.Run(strconv.Quote(tt.text), func(t *testing.T) {
			if got := sentence(keyProblem(tt.text), tt.text); got != tt.key {
				t.Errorf("key\n got %s\nwant %s", got, tt.key)
			}
			if got := sentence(valueProblem(tt.text), tt.text); got != tt.value {
				t.Errorf("value\n got %s\nwant %s", got, tt.value)
			}
			checkText(t, tt.text)
		})
	}
}
