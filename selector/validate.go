package selector

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of label keys and values, in bytes.
const (
	maxPrefix = 253
	maxName   = 63 // of a key's part after the slash, and of a value
)

// keyProblem returns what is wrong with a label key, or "": an optional prefix, a lower-case DNS subdomain, and a
// slash before a name. Offsets are in bytes from the start of the key.
//
// Upstream: content.IsLabelKey.
func keyProblem(key string) string {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		return nameProblem(key, 0)
	}
	if strings.Contains(name, "/") {
		return fmt.Sprintf("second '/' at offset %d, want at most one", len(prefix)+1+strings.Index(name, "/"))
	}
	var problems []string
	for _, problem := range []string{prefixProblem(prefix), nameProblem(name, len(prefix)+1)} {
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	return strings.Join(problems, "; ")
}

// prefixProblem returns what is wrong with the part of a label key before its slash, or "".
func prefixProblem(prefix string) string {
	if prefix == "" {
		return "empty prefix before '/'"
	}
	if len(prefix) > maxPrefix {
		return fmt.Sprintf("prefix of %d bytes, want at most %d", len(prefix), maxPrefix)
	}
	start := 0
	for part := range strings.SplitSeq(prefix, ".") {
		if part == "" {
			return fmt.Sprintf("empty part at offset %d of the prefix", start)
		}
		for i := range len(part) {
			c := part[i]
			if isLower(c) || isDigit(c) {
				continue
			}
			if c != '-' {
				return fmt.Sprintf("%s at offset %d, want lower-case letters, digits, '-' and '.' in a prefix", quoteAt(part, i), start+i)
			}
			if i == 0 || i == len(part)-1 {
				return fmt.Sprintf("'-' at offset %d, want a letter or digit at both ends of each part of a prefix", start+i)
			}
		}
		start += len(part) + len(".")
	}
	return ""
}

// nameProblem returns what is wrong with the name of a label key, which starts at the offset, or "".
func nameProblem(name string, offset int) string {
	if name == "" {
		return "empty name"
	}
	return textProblem(name, offset)
}

// valueProblem returns what is wrong with a label value, or "". The empty value is valid.
//
// Upstream: content.IsLabelValue.
func valueProblem(value string) string {
	if value == "" {
		return ""
	}
	return textProblem(value, 0)
}

// textProblem returns what is wrong with the name of a key or a value that is not empty, or "".
func textProblem(text string, offset int) string {
	if len(text) > maxName {
		return fmt.Sprintf("%d bytes, want at most %d", len(text), maxName)
	}
	for i := range len(text) {
		c := text[i]
		if isLower(c) || isUpper(c) || isDigit(c) {
			continue
		}
		if c != '-' && c != '_' && c != '.' {
			return fmt.Sprintf("%s at offset %d, want letters, digits, '-', '_' and '.'", quoteAt(text, i), offset+i)
		}
		if i == 0 || i == len(text)-1 {
			return fmt.Sprintf("%s at offset %d, want a letter or digit at both ends", quoteAt(text, i), offset+i)
		}
	}
	return ""
}

// quoteAt returns the character of text at a byte offset, quoted.
func quoteAt(text string, i int) string {
	r, size := utf8.DecodeRuneInString(text[i:])
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("byte %#x", text[i])
	}
	return fmt.Sprintf("%q", r)
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
