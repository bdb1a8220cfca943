package selector

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Parse returns the selector of a text that kubectl's -l or the API's labelSelector parameter accepts. The text has
// requirements separated by commas. A label set matches if it meets all of them.
//
//	app              the label app is present
//	!app             the label is missing
//	app=web          the label has the value "web"; app==web is the same
//	app!=web         the label is missing or has another value
//	app in (a,b)     the label has the value "a" or "b"
//	app notin (a,b)  the label is missing or has another value
//	n>5              the label n is an integer greater than 5
//	n<5              the label n is an integer less than 5
//
// Spaces, tabs and line breaks are ignored between words and signs. A missing value is the empty value, as in "app=",
// "app in ()" and "app in (,a)". The words in and notin are operators only where the grammar expects an operator; elsewhere
// they are keys or values. Parse drops the duplicates in a list of values. It returns [Everything] for a blank text.
//
// The error is a [SyntaxErrors]. Parse stops at the first violation of the grammar. It returns one error for
// that, and one for each invalid key or value before it. The selector is [Nothing] if there is an error.
// Parse takes O(n log n) time in the length of the text.
//
// Upstream: labels.Parse, which also ends the text at a NUL byte.
func Parse(text string) (Selector, error) {
	p := parser{text: text}
	p.allocate()
	if p.next(); p.token != "" {
		p.requirements()
	}
	if len(p.errs) > 0 {
		return Nothing(), p.errs
	}
	return p.selector(), nil
}

// MustParse is [Parse] for constants. It panics if the text is invalid.
func MustParse(text string) Selector {
	s, err := Parse(text)
	if err != nil {
		panic("selector: " + err.Error())
	}
	return s
}

// A parser reads a text token by token. A token is a sign or a word. A word has neither signs nor blanks.
type parser struct {
	builder
	text  string
	token string // the current token; empty at the end of the text
	start int    // offset of the token
	pos   int    // offset after the token
	errs  SyntaxErrors
}

// allocate makes room for the requirements and values. It counts the commas and parentheses of the text.
func (p *parser) allocate() {
	reqs, values, lists := 1, 0, 0
	inList := 0 // 1 inside parentheses
	for i := range len(p.text) {
		switch p.text[i] {
		case '(':
			inList = 1
			values++
			lists++
		case ')':
			inList = 0
		case ',':
			values += inList
			reqs += 1 - inList
		}
	}
	p.reqs = make([]requirement, 0, reqs)
	p.values = make([]string, 0, values)
	p.lists = make([]list, 0, lists)
}

// next reads the next token.
func (p *parser) next() {
	for p.pos < len(p.text) && isBlank(p.text[p.pos]) {
		p.pos++
	}
	p.start = p.pos
	switch rest := p.text[p.pos:]; {
	case strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "!="):
		p.pos += 2
	case rest != "" && isSign(rest[0]):
		p.pos++
	default:
		for p.pos < len(p.text) && !isSign(p.text[p.pos]) && !isBlank(p.text[p.pos]) {
			p.pos++
		}
	}
	p.token = p.text[p.start:p.pos]
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isSign(c byte) bool {
	switch c {
	case '=', '!', '(', ')', ',', '>', '<':
		return true
	}
	return false
}

func (p *parser) atWord() bool { return p.token != "" && !isSign(p.token[0]) }

// requirements parses up to the end of the text or to the first violation of the grammar.
func (p *parser) requirements() {
	for p.requirement() {
		switch p.token {
		case ",":
			p.next()
		case "":
			return
		default:
			p.fail("',' or the end")
			return
		}
	}
}

// requirement parses one requirement. Like the methods below, it returns false after a violation of the grammar.
func (p *parser) requirement() bool {
	negated := p.token == "!"
	if negated {
		p.next()
	}
	switch {
	case p.atWord():
	case negated:
		return p.fail("a key")
	default:
		return p.fail("a key or '!'")
	}
	key := p.token
	p.check(keyProblem(key))
	p.next()
	if negated {
		return p.simple(key, doesNotExist, "")
	}
	switch p.token {
	case "", ",":
		return p.simple(key, exists, "")
	case "=", "==":
		return p.one(key, equals)
	case "!=":
		return p.one(key, notEquals)
	case ">":
		return p.one(key, greaterThan)
	case "<":
		return p.one(key, lessThan)
	case "in":
		return p.several(key, in)
	case "notin":
		return p.several(key, notIn)
	default:
		return p.fail("=, ==, !=, in, notin, >, <, ',' or the end")
	}
}

// one parses an operator and its value.
func (p *parser) one(key string, c code) bool {
	p.next()
	if _, ok := parseInt(p.token); !ok && (c == greaterThan || c == lessThan) {
		return p.fail(wantInteger)
	}
	value := ""
	if p.atWord() {
		value = p.token
		p.check(valueProblem(value))
		p.next()
	} else if p.token != "" && p.token != "," {
		return p.fail("a value, ',' or the end")
	}
	return p.simple(key, c, value)
}

// simple adds a requirement without a list.
func (p *parser) simple(key string, c code, value string) bool {
	p.reqs = append(p.reqs, single(key, c, value))
	return true
}

// several parses an operator and its values in parentheses.
func (p *parser) several(key string, c code) bool {
	if p.next(); p.token != "(" {
		return p.fail("'('")
	}
	first := len(p.values)
	for p.token != ")" {
		p.next()
		value, want := "", "a value, ',' or ')'"
		if p.atWord() {
			value, want = p.token, "',' or ')'"
			p.check(valueProblem(value))
			p.next()
		}
		p.values = append(p.values, value)
		if p.token != "," && p.token != ")" {
			return p.fail(want)
		}
	}
	slices.Sort(p.values[first:])
	n := len(slices.Compact(p.values[first:]))
	p.values = p.values[:first+n]
	p.add(key, c, n)
	p.next()
	return true
}

// check records the problem of the current word, if it has one. Parsing continues.
func (p *parser) check(problem problem) {
	if problem.want == "" {
		return
	}
	offset := p.start + problem.offset
	_, size := utf8.DecodeRuneInString(p.text[offset:])
	p.errs = append(p.errs, &SyntaxError{Input: p.text, Offset: offset, Found: p.text[offset : offset+size], Want: problem.want})
}

// fail records that the grammar does not accept the current token, and returns false. It records nothing if check already
// reported this place.
func (p *parser) fail(want string) bool {
	if n := len(p.errs); n == 0 || p.errs[n-1].Offset < p.start {
		p.errs = append(p.errs, &SyntaxError{Input: p.text, Offset: p.start, Found: p.token, Want: want})
	}
	return false
}
