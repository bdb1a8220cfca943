package selector

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Parse returns the selector that a text stands for, in the language of kubectl's -l and of the API's labelSelector
// parameter: requirements joined by commas, all of which have to be met.
//
//	app              the label is there
//	!app             the label is missing
//	app=web          the value is "web"; app==web is the same
//	app!=web         the label is missing, or its value is not "web"
//	app in (a,b)     the value is "a" or "b"
//	app notin (a,b)  the label is missing, or its value is neither "a" nor "b"
//	n>5, n<5         the value is an integer above, below 5
//
// Spaces, tabs and line breaks may stand between words and signs. A value that is left out is the empty one: "app=",
// "app in ()", "app in (,a)". The words in and notin are keys and values wherever no operator can stand. A value that is
// listed twice counts once. A blank text is [Everything].
//
// The error is a [SyntaxErrors]: one for each bad key and value, up to the first place where the grammar is broken, which
// is the last error. The selector is then [Nothing].
//
// Upstream: labels.Parse, which takes a NUL byte for the end of the text.
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

// MustParse is [Parse] for texts that are constants. It panics when there is an error.
func MustParse(text string) Selector {
	s, err := Parse(text)
	if err != nil {
		panic("selector: " + err.Error())
	}
	return s
}

// A parser goes through a text token by token. A token is a sign or a word: whatever is neither sign nor blank.
type parser struct {
	builder
	text  string
	token string // the current one, empty at the end of the text
	start int    // of the token
	pos   int    // behind the token
	errs  SyntaxErrors
}

// allocate makes room for as many requirements and values of lists as the commas of the text allow.
func (p *parser) allocate() {
	reqs, values, lists := 1, 0, 0
	inList := 0 // 1 between parentheses
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

// next goes on to the next token.
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

// requirements parses up to the end of the text, or to the first syntax error.
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

// requirement parses one. Like the methods below it reports whether there is a way on: a syntax error has none.
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
		return p.add(key, doesNotExist, "")
	}
	switch p.token {
	case "", ",":
		return p.add(key, exists, "")
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

// one parses an operator and the value after it.
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
	return p.add(key, c, value)
}

// add adds a requirement without a list.
func (p *parser) add(key string, c code, value string) bool {
	p.reqs = append(p.reqs, single(key, c, value))
	return true
}

// several parses an operator and the values in parentheses after it.
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
	p.builder.add(key, c, n)
	p.next()
	return true
}

// check notes what is wrong with the word at hand, which is no reason to stop.
func (p *parser) check(problem problem) {
	if problem.want == "" {
		return
	}
	offset := p.start + problem.offset
	_, size := utf8.DecodeRuneInString(p.text[offset:])
	p.errs = append(p.errs, &SyntaxError{Input: p.text, Offset: offset, Found: p.text[offset : offset+size], Want: problem.want})
}

// fail notes that the token is not what the grammar wants, unless check has something to say of the place, and returns false.
func (p *parser) fail(want string) bool {
	if n := len(p.errs); n == 0 || p.errs[n-1].Offset < p.start {
		p.errs = append(p.errs, &SyntaxError{Input: p.text, Offset: p.start, Found: p.token, Want: want})
	}
	return false
}
