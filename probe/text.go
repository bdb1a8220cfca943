package probe

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/rollcall-go/rollcall/field"
)

// A SyntaxError describes one invalid place in the text of a probe. Its fields are
//
//	Input  string // the whole text
//	Offset int    // byte offset of the invalid place
//	Found  string // what is at the offset; empty at the end of the text
//	Want   string // what is accepted there
//
// All packages of rollcall share this type.
type SyntaxError = field.SyntaxError

// SyntaxErrors is the type of the errors of [Parse]: one or more [*SyntaxError], by offset. Its text has one
// line for each. errors.As finds it in an error that wraps it, and finds the first one as a *SyntaxError.
type SyntaxErrors = field.SyntaxErrors

// String returns the probe in the format of kubectl describe up to version 1.36:
//
//	http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3
//	tcp-socket :6379 delay=15s timeout=1s period=20s #success=1 #failure=3
//	exec [cat /tmp/healthy] delay=5s timeout=1s period=5s #success=1 #failure=3
//	grpc <pod>:9000 serving delay=0s timeout=1s period=10s #success=1 #failure=3
//	unknown delay=0s timeout=1s period=10s #success=1 #failure=3
//
// The last one has no handler. Unset numbers are 0 (see [Spec.WithDefaults]). The text lacks the headers, the
// grace period, the protocol and the mode. The words of a command are joined by spaces. kubectl 1.37 prints
// successThreshold and failureThreshold instead of #success and #failure.
//
// Upstream: DescribeProbe in k8s.io/kubectl/pkg/describe, which panics if the gRPC service is nil.
func (s Spec) String() string {
	return fmt.Sprintf("%v delay=%ds timeout=%ds period=%ds #success=%d #failure=%d", s.Handler,
		s.InitialDelaySeconds, s.TimeoutSeconds, s.PeriodSeconds, s.SuccessThreshold, s.FailureThreshold)
}

// String returns the first part of what [Spec.String] returns, as in "http-get http://:8080/healthz".
func (h Handler) String() string {
	switch {
	case h.Exec != nil:
		return fmt.Sprintf("exec %v", h.Exec.Command)
	case h.HTTPGet != nil:
		host := h.HTTPGet.Host
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		host += ":" + h.HTTPGet.Port.String()
		u := url.URL{Scheme: strings.ToLower(h.HTTPGet.Scheme), Host: host, Path: h.HTTPGet.Path}
		return "http-get " + u.String()
	case h.TCPSocket != nil:
		return fmt.Sprintf("tcp-socket %s:%v", h.TCPSocket.Host, h.TCPSocket.Port)
	case h.GRPC != nil:
		return fmt.Sprintf("grpc <pod>:%d %s", h.GRPC.Port, h.GRPC.Service)
	default:
		return "unknown"
	}
}

// Parse parses the text form of a probe: a handler and settings, as [Spec.String] and all versions of kubectl
// describe print them. Settings may be in any order. Omitted settings are 0 (see [Spec.WithDefaults]).
//
//	http-get http://:8080/healthz
//	tcp-socket :6379 period=20s delay=15s
//
// A command is split at its spaces, so that arguments with spaces are not restored. Fields that String omits
// are unset. Parse does not check whether the API accepts the probe; [Spec.Validate] does.
//
// The error is a [SyntaxErrors], and the Spec is then zero. It has an error for each invalid setting, and at
// most one for the handler. If the end of the handler is unclear, the error for the handler is the only one.
//
// Parse takes linear time and memory in the length of the text, also for its errors.
func Parse(text string) (Spec, error) {
	p := parser{text: text}
	s := Spec{Handler: p.handler()}
	p.timing(&s.Timing)
	if p.errs != nil {
		return Spec{}, p.errs
	}
	return s, nil
}

// blanks separate words.
const blanks = " \t\r\n"

// A parser reads a text from left to right.
type parser struct {
	text string
	pos  int // where the unread text begins
	errs field.SyntaxErrors
}

// expected adds an error: at the offset, it found one thing and wants another.
func (p *parser) expected(want string, offset int, found string) {
	p.errs = append(p.errs, &field.SyntaxError{Input: p.text, Offset: offset, Found: found, Want: want})
}

// word skips blanks, and returns the next word and its offset. At the end of the text the word is empty.
func (p *parser) word() (string, int) {
	rest := strings.TrimLeft(p.text[p.pos:], blanks)
	start := len(p.text) - len(rest)
	if blank := strings.IndexAny(rest, blanks); blank >= 0 {
		rest = rest[:blank]
	}
	p.pos = start + len(rest)
	return rest, start
}

func (p *parser) handler() (h Handler) {
	switch word, start := p.word(); word {
	case "exec":
		h.Exec = p.exec()
	case "http-get":
		h.HTTPGet = p.httpGet()
	case "tcp-socket":
		h.TCPSocket = p.tcpSocket()
	case "grpc":
		h.GRPC = p.grpc()
	case "unknown":
	default:
		p.expected("exec, http-get, tcp-socket, grpc or unknown", start, word)
		p.pos = len(p.text) // the rest could be anything
	}
	return h
}

// exec reads a list in brackets. It ends at the last bracket of the text: a command may contain brackets,
// settings do not.
func (p *parser) exec() *Exec {
	word, start := p.word()
	if !strings.HasPrefix(word, "[") {
		p.expected("a command in brackets, as in [cat /tmp/healthy]", start, word)
		p.pos = len(p.text) // the rest could be the words of a command
		return nil
	}
	end := strings.LastIndexByte(p.text, ']')
	if end < start {
		p.expected("']' after the command", len(p.text), "")
		p.pos = len(p.text)
		return nil
	}
	p.pos = end + 1
	command := p.text[start+1 : end]
	if command == "" {
		return &Exec{}
	}
	return &Exec{Command: strings.Split(command, " ")}
}

func (p *parser) httpGet() *HTTPGet {
	const want = "a URL with its port, as in http://:8080/healthz"
	word, start := p.word()
	scheme, rest, found := strings.Cut(word, "//")
	if !found || scheme != "" && (!strings.HasSuffix(scheme, ":") || len(scheme) == 1) {
		p.expected(want, start, word)
		return nil
	}
	if strings.ContainsFunc(word, func(r rune) bool { return r < '!' || r > '~' }) { // String escapes them
		p.expected("a URL of printable ASCII characters", start, word)
		return nil
	}
	authority, path := rest, ""
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		authority, path = rest[:slash], rest[slash:]
	}
	authority, err := url.PathUnescape(authority)
	host, port, ok := splitHostPort(authority)
	if !ok || err != nil {
		p.expected(want, start, word)
		return nil
	}
	if inner, found := strings.CutPrefix(host, "["); found && strings.Contains(inner, ":") {
		if host, found = strings.CutSuffix(inner, "]"); !found {
			p.expected("']' after the host", start, word)
			return nil
		}
	}
	if path == "/*" {
		path = "*" // what prints like this: the path "/*" is shown as "/%2A"
	}
	path, err = url.PathUnescape(path)
	if err != nil {
		p.expected("a URL with valid %-escapes in its path", start, word)
		return nil
	}
	scheme = strings.ToUpper(strings.TrimSuffix(scheme, ":"))
	return &HTTPGet{Scheme: scheme, Host: host, Port: port, Path: path}
}

func (p *parser) tcpSocket() *TCPSocket {
	word, start := p.word()
	host, port, ok := splitHostPort(word)
	if !ok {
		p.expected("host:port, where the host may be empty, as in :6379", start, word)
		return nil
	}
	return &TCPSocket{Port: port, Host: host}
}

// grpc reads the port, one space, and the service, which may be empty. A service that is empty may lack its
// space.
func (p *parser) grpc() *GRPC {
	word, start := p.word()
	number, found := strings.CutPrefix(word, "<pod>:")
	port, err := strconv.ParseInt(number, 10, 32)
	if !found || err != nil {
		p.expected("<pod> and a port, as in <pod>:9000", start, word)
		return nil
	}
	g := &GRPC{Port: int32(port)}
	if rest := p.text[p.pos:]; strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "  ") {
		before := p.pos
		if g.Service, _ = p.word(); isSetting(g.Service) {
			g.Service, p.pos = "", before
		}
	}
	return g
}

// splitHostPort splits at the last colon. It returns false without a colon, or without a port after it.
func splitHostPort(text string) (host string, port Port, ok bool) {
	colon := strings.LastIndexByte(text, ':')
	if colon < 0 {
		return "", Port{}, false
	}
	port, ok = parsePort(text[colon+1:])
	return text[:colon], port, ok
}

// A setting is one number of a Timing.
type setting struct {
	names []string // with '='
	unit  string
	of    func(*Timing) *int32
}

var settings = [...]setting{
	{[]string{"delay="}, "s", func(t *Timing) *int32 { return &t.InitialDelaySeconds }},
	{[]string{"timeout="}, "s", func(t *Timing) *int32 { return &t.TimeoutSeconds }},
	{[]string{"period="}, "s", func(t *Timing) *int32 { return &t.PeriodSeconds }},
	{[]string{"#success=", "successThreshold="}, "", func(t *Timing) *int32 { return &t.SuccessThreshold }},
	{[]string{"#failure=", "failureThreshold="}, "", func(t *Timing) *int32 { return &t.FailureThreshold }},
}

// findSetting returns the index of the setting in a word, and the text after '='. The index is -1 for any
// other word.
func findSetting(word string) (int, string) {
	for i, s := range settings {
		for _, name := range s.names {
			if value, found := strings.CutPrefix(word, name); found {
				return i, value
			}
		}
	}
	return -1, ""
}

func isSetting(word string) bool {
	i, _ := findSetting(word)
	return i >= 0
}

// timing reads settings to the end of the text.
func (p *parser) timing(t *Timing) {
	var seen [len(settings)]bool
	for word, start := p.word(); word != ""; word, start = p.word() {
		i, value := findSetting(word)
		switch {
		case i < 0:
			p.expected("delay=, timeout=, period=, #success= or #failure=", start, word)
			continue
		case seen[i]:
			p.expected(settings[i].names[0]+" at most once", start, word)
			continue
		}
		seen[i] = true
		number, hasUnit := strings.CutSuffix(value, settings[i].unit)
		n, err := strconv.ParseInt(number, 10, 32)
		if !hasUnit || err != nil {
			want := "a whole number"
			if settings[i].unit != "" {
				want = "whole seconds, as in 10s"
			}
			if errors.Is(err, strconv.ErrRange) {
				want += " that fits into 32 bits"
			}
			p.expected(want, start+len(word)-len(value), value)
			continue
		}
		*settings[i].of(t) = int32(n)
	}
}
