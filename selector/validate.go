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

// A problem is the first thing that is wrong with a key or a value: what stands at the offset is not what is wanted there.
// It is none when want is empty.
type problem struct {
	offset int // in bytes
	want   string
}

// in returns the problem as a sentence about the text that has it.
func (p problem) in(text string) string {
	return fmt.Sprintf("%s at offset %d, want %s", quoteAt(text, p.offset), p.offset, p.want)
}

// keyProblem returns what is wrong with a label key: an optional prefix, a lower-case DNS subdomain, and a slash
// before a name.
//
// Upstream: content.IsLabelKey.
func keyProblem(key string) problem {
	slash := strings.IndexByte(key, '/')
	if slash >= 0 {
		if p := prefixProblem(key[:slash]); p.want != "" {
			return p
		}
	}
	p := nameProblem(key[slash+1:])
	p.offset += slash + 1
	return p
}

// prefixProblem returns what is wrong with the part of a label key before its slash.
func prefixProblem(prefix string) problem {
	if prefix == "" {
		return problem{0, "a prefix before '/'"}
	}
	for i := range len(prefix) {
		c := prefix[i]
		switch {
		case i == maxPrefix:
			return problem{i, "at most 253 bytes before '/'"}
		case isLower(c) || isDigit(c):
		case c != '-' && c != '.':
			return problem{i, "lower-case letters, digits, '-' and '.' in a prefix"}
		case i == 0 || i == len(prefix)-1 || prefix[i-1] == '.' || prefix[i+1] == '.':
			return problem{i, "a letter or digit at both ends of each part of a prefix"}
		}
	}
	return problem{}
}

// valueProblem returns what is wrong with a label value. The empty value is valid.
//
// Upstream: content.IsLabelValue.
func valueProblem(value string) problem {
	if value == "" {
		return problem{}
	}
	return nameProblem(value)
}

// nameProblem returns what is wrong with the name of a label key, or with a value that is not empty.
func nameProblem(name string) problem {
	if name == "" {
		return problem{0, "a name"}
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case i == maxName:
			return problem{i, "at most 63 bytes"}
		case isLower(c) || isUpper(c) || isDigit(c):
		case c != '-' && c != '_' && c != '.':
			return problem{i, "letters, digits, '-', '_' and '.'"}
		case i == 0 || i == len(name)-1:
			return problem{i, "a letter or digit at both ends"}
		}
	}
	return problem{}
}

// quoteAt returns the character of text at a byte offset, quoted.
func quoteAt(text string, offset int) string {
	r, size := utf8.DecodeRuneInString(text[offset:])
	switch {
	case size == 0:
		return "nothing"
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("byte %#x", text[offset])
	default:
		return fmt.Sprintf("%q", r)
	}
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
