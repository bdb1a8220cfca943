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

// A problem is the first error of a key or a value. The zero value means that there is none.
type problem struct {
	offset int    // of the invalid character, in bytes
	want   string // what is accepted there
}

// in returns the problem as a sentence about the text.
func (p problem) in(text string) string {
	return fmt.Sprintf("%s at offset %d, want %s", quoteAt(text, p.offset), p.offset, p.want)
}

// keyProblem returns the problem of a label key. A valid key is a name, or a prefix, a slash and a name. The prefix is a
// DNS subdomain in lower case.
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

// prefixProblem returns the problem of the part of a label key before its slash.
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

// valueProblem returns the problem of a label value. The empty value is valid.
//
// Upstream: content.IsLabelValue.
func valueProblem(value string) problem {
	if value == "" {
		return problem{}
	}
	return nameProblem(value)
}

// nameProblem returns the problem of the name of a label key, or of a value that is not empty.
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

// quoteAt returns the character at a byte offset of the text, in quotes.
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
