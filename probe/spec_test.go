package probe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/probe"
)

var defaults = probe.Timing{TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}

func httpGet(path string, port int32) probe.Handler {
	return probe.Handler{HTTPGet: &probe.HTTPGet{Path: path, Port: probe.Port{Number: port}, Scheme: "HTTP"}}
}

func ExampleSpec() {
	var s probe.Spec
	if err := json.Unmarshal([]byte(`{"httpGet": {"path": "/healthz", "port": 8080}, "initialDelaySeconds": 15}`), &s); err != nil {
		panic(err)
	}
	fmt.Println(s.WithDefaults())
	// Output:
	// http-get http://:8080/healthz delay=15s timeout=1s period=10s #success=1 #failure=3
}

func ExampleParse() {
	s, err := probe.Parse("tcp-socket :6379 delay=15s timeout=1s period=20s successThreshold=1 failureThreshold=3") // kubectl 1.37's
	fmt.Println(s, err)
	s, err = probe.Parse("http-get http://:8080/healthz period=5s") // by hand
	fmt.Println(s.WithDefaults(), err)
	_, err = probe.Parse("http-get :8080 period=5 tiemout=1s")
	fmt.Println(err)
	// Output:
	// tcp-socket :6379 delay=15s timeout=1s period=20s #success=1 #failure=3 <nil>
	// http-get http://:8080/healthz delay=0s timeout=1s period=5s #success=1 #failure=3 <nil>
	// found ":8080" at offset 9 after "http-get ", want a URL with its port, as in http://:8080/healthz
	// found "5" at offset 22 after "http-get :8080 period=", want whole seconds, as in 10s
	// found "tiemout=1s" at offset 24 after "http-get :8080 period=5 ", want delay=, timeout=, period=, #success= or #failure=
}

func ExampleSpec_Validate() {
	s, err := probe.Parse("http-get ftp://:0/healthz #success=2")
	if err != nil {
		panic(err)
	}
	err = s.Validate(probe.Liveness)
	fmt.Println(err)
	var first *field.Error
	fmt.Println(errors.As(err, &first), first.Path)
	// Output:
	// livenessProbe.httpGet.port: 0: must be from 1 to 65535, or the name of a port
	// livenessProbe.httpGet.scheme: "FTP": must be HTTP or HTTPS
	// livenessProbe.successThreshold: 2: must be 1 for liveness and startup probes
	// true livenessProbe.httpGet.port
}

func TestWithDefaults(t *testing.T) {
	own := probe.Timing{InitialDelaySeconds: 1, TimeoutSeconds: 2, PeriodSeconds: 3, SuccessThreshold: 4, FailureThreshold: 5, TerminationGracePeriodSeconds: 6}
	get := probe.HTTPGet{Port: probe.Port{Number: 80}}
	for _, tt := range []struct{ name, in, want string }{
		{"empty", `{}`, `{"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}`},
		{"all fields set",
			`{"httpGet":{"path":"/a","port":"web","scheme":"HTTPS"},"initialDelaySeconds":1,"timeoutSeconds":2,"periodSeconds":3,"successThreshold":4,"failureThreshold":5,"terminationGracePeriodSeconds":6}`,
			`{"httpGet":{"path":"/a","port":"web","scheme":"HTTPS"},"initialDelaySeconds":1,"timeoutSeconds":2,"periodSeconds":3,"successThreshold":4,"failureThreshold":5,"terminationGracePeriodSeconds":6}`},
		{"negative numbers stay", `{"periodSeconds":-1}`,
			`{"timeoutSeconds":1,"periodSeconds":-1,"successThreshold":1,"failureThreshold":3}`},
		{"path and scheme", `{"httpGet":{"port":80}}`,
			`{"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}`},
	} {
		var s probe.Spec
		if err := json.Unmarshal([]byte(tt.in), &s); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(s.WithDefaults()); string(got) != tt.want || err != nil {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tt.name, err, got, tt.want)
		}
	}
	if got := (probe.Spec{Timing: own}).WithDefaults().Timing; got != own {
		t.Errorf("got %+v, want %+v", got, own)
	}
	s := probe.Spec{Handler: probe.Handler{HTTPGet: &get}}
	if s.WithDefaults(); get.Path != "" || get.Scheme != "" {
		t.Errorf("the caller's handler was changed: %+v", get)
	}
}

// The JSON of corev1.Probe.
func TestJSON(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`{"exec":{"command":["cat","/tmp/healthy"]},"terminationGracePeriodSeconds":5}`,
		`{"exec":{}}`,
		`{"httpGet":{"path":"/","port":8080,"host":"example.com","scheme":"HTTP","httpHeaders":[{"name":"X","value":"1"},{"name":"X","value":""}],"protocol":"HTTP2"},"initialDelaySeconds":1,"timeoutSeconds":2,"periodSeconds":3,"successThreshold":4,"failureThreshold":5}`,
		`{"httpGet":{"port":"web"}}`,
		`{"httpGet":{"port":"8080"}}`, // an invalid name
		`{"tcpSocket":{"port":6379,"host":"::1"}}`,
		`{"grpc":{"port":9000,"service":"","mode":"TLS"}}`,
	} {
		var s probe.Spec
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if again, err := json.Marshal(s); string(again) != text || err != nil {
			t.Errorf("%v\ngot  %s\nwant %s", err, again, text)
		}
	}
	port := probe.Port{Number: 1}
	for _, text := range []string{`true`, `1.5`, `4294967296`, `{}`, `"`, ``} {
		if err := port.UnmarshalJSON([]byte(text)); err == nil || port != (probe.Port{Number: 1}) {
			t.Errorf("port %s: %+v, %v; want an error, and nothing changed", text, port, err)
		}
	}
}

// What kubectl describe printed of each, with the names of the two thresholds that it had up to version 1.36.
var described = []struct {
	spec probe.Spec
	text string
}{
	{probe.Spec{Handler: httpGet("/", 8080), Timing: defaults}, "http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3"},
	{probe.Spec{Handler: httpGet("", 8080), Timing: defaults}, "http-get http://:8080 delay=0s timeout=1s period=10s #success=1 #failure=3"},
	{probe.Spec{Handler: probe.Handler{HTTPGet: &probe.HTTPGet{Path: "/healthz?full=1&a b", Port: probe.Port{Name: "web"}, Scheme: "HTTPS", Host: "example.com"}}},
		"http-get https://example.com:web/healthz%3Ffull=1&a%20b delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{HTTPGet: &probe.HTTPGet{Path: "*", Port: probe.Port{Number: 80}}}},
		"http-get //:80/* delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{HTTPGet: &probe.HTTPGet{Path: "/*", Port: probe.Port{Number: 80}, Host: "[a"}}},
		"http-get //[a:80/%2A delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{HTTPGet: &probe.HTTPGet{Path: "/noslash", Port: probe.Port{Number: 80}, Host: "::1"}}},
		"http-get //[::1]:80/noslash delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{HTTPGet: &probe.HTTPGet{Path: "/", Port: probe.Port{Number: 80}, Host: "fe80::1%eth0", Scheme: "HTTP"}}},
		"http-get http://[fe80::1%25eth0]:80/ delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{TCPSocket: &probe.TCPSocket{Port: probe.Port{Number: 6379}}}, Timing: probe.Timing{InitialDelaySeconds: 5, TimeoutSeconds: 2, PeriodSeconds: 7, SuccessThreshold: 8, FailureThreshold: 9}},
		"tcp-socket :6379 delay=5s timeout=2s period=7s #success=8 #failure=9"},
	{probe.Spec{Handler: probe.Handler{TCPSocket: &probe.TCPSocket{Port: probe.Port{Name: "db"}, Host: "::1"}}},
		"tcp-socket ::1:db delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{Exec: &probe.Exec{Command: []string{"cat", "/tmp/healthy"}}}, Timing: defaults},
		"exec [cat /tmp/healthy] delay=0s timeout=1s period=10s #success=1 #failure=3"},
	{probe.Spec{Handler: probe.Handler{Exec: &probe.Exec{}}}, "exec [] delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{Exec: &probe.Exec{Command: []string{"[", "-f", "/a", "]"}}}},
		"exec [[ -f /a ]] delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{Exec: &probe.Exec{Command: []string{"", "b"}}}}, "exec [ b] delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{probe.Spec{Handler: probe.Handler{GRPC: &probe.GRPC{Port: 9000}}, Timing: defaults}, "grpc <pod>:9000  delay=0s timeout=1s period=10s #success=1 #failure=3"},
	{probe.Spec{Handler: probe.Handler{GRPC: &probe.GRPC{Port: 9000, Service: "svc"}}, Timing: defaults}, "grpc <pod>:9000 svc delay=0s timeout=1s period=10s #success=1 #failure=3"},
	{probe.Spec{Timing: defaults}, "unknown delay=0s timeout=1s period=10s #success=1 #failure=3"},
	{probe.Spec{Timing: probe.Timing{InitialDelaySeconds: -1, FailureThreshold: -2}}, "unknown delay=-1s timeout=0s period=0s #success=0 #failure=-2"},
}

func TestDescribe(t *testing.T) {
	for _, tt := range described {
		if got := tt.spec.String(); got != tt.text {
			t.Errorf("got  %s\nwant %s", got, tt.text)
		}
		for _, text := range []string{tt.text, strings.NewReplacer("#success", "successThreshold", "#failure", "failureThreshold").Replace(tt.text)} {
			if got, err := probe.Parse(text); err != nil {
				t.Errorf("%s: %v", text, err)
			} else if diff := cmp.Diff(tt.spec, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
		}
	}
	// Of several handlers the first is shown, as it is the first that is asked.
	all := probe.Handler{
		Exec: &probe.Exec{Command: []string{"a"}}, HTTPGet: &probe.HTTPGet{Port: probe.Port{Name: "b"}},
		TCPSocket: &probe.TCPSocket{Port: probe.Port{Name: "c"}}, GRPC: &probe.GRPC{Port: 4},
	}
	for _, want := range []string{"exec [a]", "http-get //:b", "tcp-socket :c", "grpc <pod>:4 ", "unknown"} {
		if got := all.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		switch {
		case all.Exec != nil:
			all.Exec = nil
		case all.HTTPGet != nil:
			all.HTTPGet = nil
		case all.TCPSocket != nil:
			all.TCPSocket = nil
		default:
			all.GRPC = nil
		}
	}
	// What cannot be told apart.
	for _, tt := range []struct {
		handler probe.Handler
		want    string // after one more reading
	}{
		{probe.Handler{Exec: &probe.Exec{Command: []string{"cat", "/tmp/a b"}}}, `{"exec":{"command":["cat","/tmp/a","b"]}}`},
		{probe.Handler{Exec: &probe.Exec{Command: []string{""}}}, `{"exec":{}}`},
		{probe.Handler{HTTPGet: &probe.HTTPGet{Path: "noslash", Port: probe.Port{Number: 80}, HTTPHeaders: []probe.HTTPHeader{{Name: "X"}}, Protocol: "HTTP2"}}, `{"httpGet":{"path":"/noslash","port":80}}`},
		{probe.Handler{HTTPGet: &probe.HTTPGet{Port: probe.Port{Name: "80"}}}, `{"httpGet":{"port":80}}`},
		{probe.Handler{GRPC: &probe.GRPC{Port: 1, Mode: "TLS"}}, `{"grpc":{"port":1,"service":""}}`},
	} {
		text := tt.handler.String()
		s, err := probe.Parse(text)
		got, _ := json.Marshal(s)
		if err != nil || string(got) != tt.want || s.Handler.String() != text {
			t.Errorf("%s: %v\ngot  %s\nwant %s", text, err, got, tt.want)
		}
	}
}

// By hand: settings in any order, left out, more spaces.
var written = []struct{ text, want string }{
	{"unknown", "unknown delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{"\thttp-get http://:80/x\r\n\tperiod=3s\n", "http-get http://:80/x delay=0s timeout=0s period=3s #success=0 #failure=0"},
	{"  tcp-socket   :80  ", "tcp-socket :80 delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{"http-get //:#", "http-get //:%23 delay=0s timeout=0s period=0s #success=0 #failure=0"}, // no valid port
	{"exec [a b]period=5s", "exec [a b] delay=0s timeout=0s period=5s #success=0 #failure=0"},
	{"http-get http://:80/ failureThreshold=2   delay=1s", "http-get http://:80/ delay=1s timeout=0s period=0s #success=0 #failure=2"},
	{"grpc <pod>:9000", "grpc <pod>:9000  delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{"grpc <pod>:9000 ", "grpc <pod>:9000  delay=0s timeout=0s period=0s #success=0 #failure=0"},
	{"grpc <pod>:9000 delay=2s", "grpc <pod>:9000  delay=2s timeout=0s period=0s #success=0 #failure=0"},
	{"grpc <pod>:9000 timeout=2s", "grpc <pod>:9000  delay=0s timeout=2s period=0s #success=0 #failure=0"},
	{"grpc <pod>:9000  timeout=2s", "grpc <pod>:9000  delay=0s timeout=2s period=0s #success=0 #failure=0"},
	{"grpc <pod>:9000 svc timeout=2s", "grpc <pod>:9000 svc delay=0s timeout=2s period=0s #success=0 #failure=0"},
}

const (
	wantHandler = "exec, http-get, tcp-socket, grpc or unknown"
	wantCommand = "a command in brackets, as in [cat /tmp/healthy]"
	wantURL     = "a URL with its port, as in http://:8080/healthz"
	wantASCII   = "a URL of printable ASCII characters"
	wantSocket  = "host:port, where the host may be empty, as in :6379"
	wantPod     = "<pod> and a port, as in <pod>:9000"
	wantSetting = "delay=, timeout=, period=, #success= or #failure="
	wantSeconds = "whole seconds, as in 10s"
	wantNumber  = "a whole number"
)

var refused = []struct {
	text string
	want []probe.SyntaxError // without the input
}{
	{"", []probe.SyntaxError{{Offset: 0, Want: wantHandler}}},
	{"   ", []probe.SyntaxError{{Offset: 3, Want: wantHandler}}},
	{"http http://:80/ period=x", []probe.SyntaxError{{Offset: 0, Found: "http", Want: wantHandler}}},
	{"period=5s", []probe.SyntaxError{{Offset: 0, Found: "period=5s", Want: wantHandler}}},
	{"exec", []probe.SyntaxError{{Offset: 4, Want: wantCommand}}},
	{"exec cat", []probe.SyntaxError{{Offset: 5, Found: "cat", Want: wantCommand}}},
	{"exec [cat /tmp/healthy delay=5s", []probe.SyntaxError{{Offset: 31, Want: "']' after the command"}}},
	{"exec cat] delay=5", []probe.SyntaxError{{Offset: 5, Found: "cat]", Want: wantCommand}}},
	{"exec [a] b", []probe.SyntaxError{{Offset: 9, Found: "b", Want: wantSetting}}},
	{"http-get", []probe.SyntaxError{{Offset: 8, Want: wantURL}}},
	{"http-get :80/", []probe.SyntaxError{{Offset: 9, Found: ":80/", Want: wantURL}}},
	{"http-get http//:80/", []probe.SyntaxError{{Offset: 9, Found: "http//:80/", Want: wantURL}}},
	{"http-get ://:80/", []probe.SyntaxError{{Offset: 9, Found: "://:80/", Want: wantURL}}},
	{"http-get http://host/", []probe.SyntaxError{{Offset: 9, Found: "http://host/", Want: wantURL}}},
	{"http-get http://host:/", []probe.SyntaxError{{Offset: 9, Found: "http://host:/", Want: wantURL}}},
	{"http-get http://[::1:80/", []probe.SyntaxError{{Offset: 9, Found: "http://[::1:80/", Want: "']' after the host"}}},
	{"http-get http://%zz:80/", []probe.SyntaxError{{Offset: 9, Found: "http://%zz:80/", Want: wantURL}}},
	{"http-get http://:80/%z", []probe.SyntaxError{{Offset: 9, Found: "http://:80/%z", Want: "a URL with valid %-escapes in its path"}}},
	{"http-get http:///a:80", []probe.SyntaxError{{Offset: 9, Found: "http:///a:80", Want: wantURL}}},
	{"tcp-socket", []probe.SyntaxError{{Offset: 10, Want: wantSocket}}},
	{"tcp-socket 80", []probe.SyntaxError{{Offset: 11, Found: "80", Want: wantSocket}}},
	{"tcp-socket host:", []probe.SyntaxError{{Offset: 11, Found: "host:", Want: wantSocket}}},
	{"grpc", []probe.SyntaxError{{Offset: 4, Want: wantPod}}},
	{"grpc :9000", []probe.SyntaxError{{Offset: 5, Found: ":9000", Want: wantPod}}},
	{"grpc <pod>:web", []probe.SyntaxError{{Offset: 5, Found: "<pod>:web", Want: wantPod}}},
	{"grpc <pod>:2147483648", []probe.SyntaxError{{Offset: 5, Found: "<pod>:2147483648", Want: wantPod}}},
	{"grpc <pod>:9000  svc", []probe.SyntaxError{{Offset: 17, Found: "svc", Want: wantSetting}}},
	{"unknown y delay=1", []probe.SyntaxError{{Offset: 8, Found: "y", Want: wantSetting}, {Offset: 16, Found: "1", Want: wantSeconds}}},
	{"unknown delay=5", []probe.SyntaxError{{Offset: 14, Found: "5", Want: wantSeconds}}},
	{"unknown delay=5ms", []probe.SyntaxError{{Offset: 14, Found: "5ms", Want: wantSeconds}}},
	{"unknown delay=", []probe.SyntaxError{{Offset: 14, Want: wantSeconds}}},
	{"unknown period=2147483648s", []probe.SyntaxError{{Offset: 15, Found: "2147483648s", Want: wantSeconds + " that fits into 32 bits"}}},
	{"unknown #success=-2147483649", []probe.SyntaxError{{Offset: 17, Found: "-2147483649", Want: wantNumber + " that fits into 32 bits"}}},
	{"http-get http://:80/\u00a0period=3s", []probe.SyntaxError{{Offset: 9, Found: "http://:80/\u00a0period=3s", Want: wantASCII}}},
	{"http-get http://:80/\x7f", []probe.SyntaxError{{Offset: 9, Found: "http://:80/\x7f", Want: wantASCII}}},
	{"http-get http://ü:80/", []probe.SyntaxError{{Offset: 9, Found: "http://ü:80/", Want: wantASCII}}},
	{"unknown #success=1s", []probe.SyntaxError{{Offset: 17, Found: "1s", Want: wantNumber}}},
	{"unknown failureThreshold=x", []probe.SyntaxError{{Offset: 25, Found: "x", Want: wantNumber}}},
	{"unknown delay=1s delay=1s", []probe.SyntaxError{{Offset: 17, Found: "delay=1s", Want: "delay= at most once"}}},
	{"unknown #success=1 successThreshold=1", []probe.SyntaxError{{Offset: 19, Found: "successThreshold=1", Want: "#success= at most once"}}},
	{"tcp-socket 80 delay=1 #failure=x y", []probe.SyntaxError{
		{Offset: 11, Found: "80", Want: wantSocket}, {Offset: 20, Found: "1", Want: wantSeconds},
		{Offset: 31, Found: "x", Want: wantNumber}, {Offset: 33, Found: "y", Want: wantSetting},
	}},
}

func TestParse(t *testing.T) {
	for _, tt := range written {
		t.Run(tt.text, func(t *testing.T) {
			if got, err := probe.Parse(tt.text); err != nil || got.String() != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
	for _, tt := range refused {
		t.Run(tt.text, func(t *testing.T) {
			s, err := probe.Parse(tt.text)
			var all probe.SyntaxErrors
			if !errors.As(err, &all) {
				t.Fatalf("%v is not a SyntaxErrors", err)
			}
			if diff := cmp.Diff(probe.Spec{}, s); diff != "" {
				t.Errorf("not the zero Spec:\n%s", diff)
			}
			var got []probe.SyntaxError
			for _, e := range all {
				if e.Input != tt.text || !strings.HasPrefix(tt.text[e.Offset:], e.Found) {
					t.Errorf("%+v", *e)
				}
				got = append(got, probe.SyntaxError{Offset: e.Offset, Found: e.Found, Want: e.Want})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

var (
	ports = rapid.OneOf(
		rapid.Map(rapid.Int32(), func(n int32) probe.Port { return probe.Port{Number: n} }),
		rapid.Map(rapid.StringMatching(`[a-z][a-z0-9-]{0,14}`), func(s string) probe.Port { return probe.Port{Name: s} }),
	)
	hosts    = rapid.OneOf(rapid.SampledFrom([]string{"", "::1", "fe80::1%eth0", "example.com", "ü.example", "[", "[]", "[a:b]", "[a:"}), rapid.StringMatching(`[ -~]*`))
	handlers = rapid.OneOf(
		rapid.Just(probe.Handler{}),
		rapid.Custom(func(t *rapid.T) probe.Handler {
			return probe.Handler{Exec: &probe.Exec{Command: rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"]", "delay=1s", "[", ""}))).Draw(t, "command")}}
		}),
		rapid.Custom(func(t *rapid.T) probe.Handler {
			return probe.Handler{HTTPGet: &probe.HTTPGet{
				Path: rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"*", "/*", "//", "/a//b"})).Draw(t, "path"), Port: ports.Draw(t, "port"),
				Host: hosts.Draw(t, "host"), Scheme: rapid.SampledFrom([]string{"", "HTTP", "HTTPS"}).Draw(t, "scheme"),
			}}
		}),
		rapid.Custom(func(t *rapid.T) probe.Handler {
			return probe.Handler{TCPSocket: &probe.TCPSocket{Port: ports.Draw(t, "port"), Host: strings.Join(strings.Fields(hosts.Draw(t, "host")), "")}}
		}),
		rapid.Custom(func(t *rapid.T) probe.Handler {
			return probe.Handler{GRPC: &probe.GRPC{Port: rapid.Int32().Draw(t, "port"), Service: rapid.StringMatching(`[a-zA-Z.]*`).Draw(t, "service")}}
		}),
	)
	timings = rapid.Custom(func(t *rapid.T) probe.Timing {
		n := rapid.OneOf(rapid.Int32Range(0, 20), rapid.Int32())
		return probe.Timing{
			InitialDelaySeconds: n.Draw(t, "delay"), TimeoutSeconds: n.Draw(t, "timeout"), PeriodSeconds: n.Draw(t, "period"),
			SuccessThreshold: n.Draw(t, "success"), FailureThreshold: n.Draw(t, "failure"),
		}
	})
)

// Parse accepts what String returns, and String returns the same again.
func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := probe.Spec{Handler: handlers.Draw(t, "handler"), Timing: timings.Draw(t, "timing")}
		text := s.String()
		again, err := probe.Parse(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if again.String() != text || again.Timing != s.Timing {
			t.Fatalf("got  %q\nwant %q", again, text)
		}
		// The second time, no field is lost.
		third, err := probe.Parse(again.String())
		if diff := cmp.Diff(again, third); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, tt := range described {
		f.Add(tt.text)
	}
	for _, tt := range written {
		f.Add(tt.text)
	}
	for _, tt := range refused {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := probe.Parse(text)
		if err != nil {
			var all probe.SyntaxErrors
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("%q: %T", text, err)
			}
			last := -1
			for _, e := range all {
				if e.Offset < last || e.Offset > len(text) || !strings.HasPrefix(text[e.Offset:], e.Found) {
					t.Fatalf("%q: %+v", text, *e)
				}
				last = e.Offset
			}
			return
		}
		again, err := probe.Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%q is %q, which is %q, %v", text, s, again, err)
		}
	})
}

func TestValidate(t *testing.T) {
	const tcp = `"tcpSocket":{"port":80}`
	for _, tt := range []struct {
		name  string
		kinds []probe.Kind // nil: all three
		json  string
		want  []string // paths after the probe's, and reasons
	}{
		{"minimal", nil, `{` + tcp + `}`, nil},
		{"all fields", []probe.Kind{probe.Liveness, probe.Startup},
			`{"httpGet":{"path":"/","port":"a-1","host":"h","scheme":"HTTPS","httpHeaders":[{"name":"X-1","value":"\n"}],"protocol":"HTTP1"},"initialDelaySeconds":1,"timeoutSeconds":30,"periodSeconds":1,"successThreshold":1,"failureThreshold":9,"terminationGracePeriodSeconds":1}`, nil},
		{"no handler", nil, `{}`, []string{": has no handler; want one of exec, httpGet, tcpSocket and grpc"}},
		{"four handlers, the first invalid", nil, `{"grpc":{"port":0},` + tcp + `,"httpGet":{"port":0},"exec":{}}`, []string{
			".exec.command: is missing",
			".httpGet: is a further handler; want one of exec, httpGet, tcpSocket and grpc",
			".tcpSocket: is a further handler; want one of exec, httpGet, tcpSocket and grpc",
			".grpc: is a further handler; want one of exec, httpGet, tcpSocket and grpc",
		}},
		{"exec", nil, `{"exec":{"command":[""]}}`, nil},
		{"port 0", nil, `{"tcpSocket":{"port":0}}`, []string{".tcpSocket.port: 0: must be from 1 to 65535, or the name of a port"}},
		{"port 65536", nil, `{"httpGet":{"port":65536}}`, []string{".httpGet.port: 65536: must be from 1 to 65535, or the name of a port"}},
		{"port 65535", nil, `{"tcpSocket":{"port":65535}}`, nil},
		{"port 1", nil, `{"tcpSocket":{"port":1}}`, nil},
		{"port number in quotes", nil, `{"tcpSocket":{"port":"80"}}`, []string{`.tcpSocket.port: "80": must contain a letter; write a number without quotes`}},
		{"port name without a letter", nil, `{"tcpSocket":{"port":"8-0"}}`, []string{`.tcpSocket.port: "8-0": must contain a letter`}},
		{"port name of 15 bytes", nil, `{"tcpSocket":{"port":"a23456789012345"}}`, nil},
		{"port name of 16 bytes", nil, `{"tcpSocket":{"port":"a234567890123456"}}`, []string{`.tcpSocket.port: "a234567890123456": must have at most 15 characters`}},
		{"port name with two hyphens", nil, `{"tcpSocket":{"port":"a--b"}}`, []string{`.tcpSocket.port: "a--b": must have hyphens only between letters or digits`}},
		{"port name with a leading hyphen", nil, `{"tcpSocket":{"port":"-b"}}`, []string{`.tcpSocket.port: "-b": must have hyphens only between letters or digits`}},
		{"port name with a trailing hyphen", nil, `{"tcpSocket":{"port":"b-"}}`, []string{`.tcpSocket.port: "b-": must have hyphens only between letters or digits`}},
		{"port name with an upper-case letter", nil, `{"tcpSocket":{"port":"Web"}}`, []string{`.tcpSocket.port: "Web": must consist of lower-case letters, digits and '-'`}},
		{"port name with an underscore", nil, `{"tcpSocket":{"port":"a_b"}}`, []string{`.tcpSocket.port: "a_b": must consist of lower-case letters, digits and '-'`}},
		{"lower-case scheme", nil, `{"httpGet":{"port":80,"scheme":"http"}}`, []string{`.httpGet.scheme: "http": must be HTTP or HTTPS`}},
		{"headers", nil, `{"httpGet":{"port":80,"httpHeaders":[{"name":"AZ-az09"},{"name":"a b"},{"name":""},{"name":"a_b"},{"name":"\u0010"},{"name":"["},{"name":"@"}]}}`, []string{
			`.httpGet.httpHeaders[1].name: "a b": must consist of letters, digits and '-'`,
			`.httpGet.httpHeaders[2].name: "": must consist of letters, digits and '-'`,
			`.httpGet.httpHeaders[3].name: "a_b": must consist of letters, digits and '-'`,
			`.httpGet.httpHeaders[4].name: "\x10": must consist of letters, digits and '-'`,
			`.httpGet.httpHeaders[5].name: "[": must consist of letters, digits and '-'`,
			`.httpGet.httpHeaders[6].name: "@": must consist of letters, digits and '-'`,
		}},
		{"unknown protocol", nil, `{"httpGet":{"port":80,"protocol":"HTTP3"}}`, []string{`.httpGet.protocol: "HTTP3": must be HTTP1 or HTTP2`}},
		{"HTTP2", nil, `{"httpGet":{"port":80,"protocol":"HTTP2"}}`, nil},
		{"HTTP2 with HTTPS", nil, `{"httpGet":{"port":80,"protocol":"HTTP2","scheme":"HTTPS","host":"h"}}`, []string{`.httpGet.protocol: "HTTP2": needs the scheme HTTP`}},
		{"HTTP2 with a host", nil, `{"httpGet":{"port":80,"protocol":"HTTP2","host":"h"}}`, []string{`.httpGet.host: "h": must be empty with the protocol HTTP2`}},
		{"gRPC", nil, `{"grpc":{"port":1,"service":"","mode":"Plaintext"}}`, nil},
		{"gRPC with TLS", nil, `{"grpc":{"port":1,"service":"","mode":"TLS"}}`, nil},
		{"gRPC with invalid fields", nil, `{"grpc":{"port":65536,"service":"","mode":"tls"}}`, []string{`.grpc.port: 65536: must be from 1 to 65535`, `.grpc.mode: "tls": must be Plaintext or TLS`}},
		{"negative numbers", nil, `{` + tcp + `,"initialDelaySeconds":-1,"timeoutSeconds":-2,"periodSeconds":-3,"successThreshold":-4,"failureThreshold":-5,"terminationGracePeriodSeconds":-6}`, []string{
			".initialDelaySeconds: -1: must not be negative", ".timeoutSeconds: -2: must not be negative", ".periodSeconds: -3: must not be negative",
			".successThreshold: -4: must not be negative", ".failureThreshold: -5: must not be negative", ".terminationGracePeriodSeconds: -6: must be at least 1",
		}},
		{"success threshold 2 for readiness", []probe.Kind{probe.Readiness}, `{` + tcp + `,"successThreshold":2}`, nil},
		{"success threshold 2 for liveness and startup", []probe.Kind{probe.Liveness, probe.Startup}, `{` + tcp + `,"successThreshold":2}`, []string{
			".successThreshold: 2: must be 1 for liveness and startup probes",
		}},
		{"grace period for readiness", []probe.Kind{probe.Readiness}, `{` + tcp + `,"terminationGracePeriodSeconds":5}`, []string{
			".terminationGracePeriodSeconds: 5: must not be set: a readiness probe kills no container",
		}},
		{"timeout longer than the period", nil, `{` + tcp + `,"timeoutSeconds":9,"periodSeconds":1}`, nil},
	} {
		var s probe.Spec
		if err := json.Unmarshal([]byte(tt.json), &s); err != nil {
			t.Fatal(err)
		}
		if tt.kinds == nil {
			tt.kinds = []probe.Kind{probe.Liveness, probe.Readiness, probe.Startup}
		}
		for _, k := range tt.kinds {
			t.Run(tt.name+"/"+k.String(), func(t *testing.T) {
				var want []string
				for _, w := range tt.want {
					want = append(want, strings.ToLower(k.String())+"Probe"+w)
				}
				if diff := cmp.Diff(strings.Join(want, "\n"), text(s.Validate(k))); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
	if got, want := text(probe.Spec{Timing: probe.Timing{SuccessThreshold: 2, TerminationGracePeriodSeconds: 1}}.Validate(0)),
		"probe: has no handler; want one of exec, httpGet, tcpSocket and grpc"; got != want {
		t.Errorf("unset kind: %s", got)
	}
}

// text returns the text of an error; empty for nil.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func ExampleContainerSpec() {
	const manifest = `{
		"name": "kubia",
		"image": "luksa/kubia-unhealthy",
		"livenessProbe": {"httpGet": {"path": "/", "port": 8080}},
		"readinessProbe": {"exec": {"command": ["ls", "/var/ready"]}, "successThreshold": 0, "periodSeconds": -5}
	}`
	var c probe.ContainerSpec
	if err := json.Unmarshal([]byte(manifest), &c); err != nil {
		panic(err)
	}
	fmt.Println(c.Liveness.WithDefaults())
	fmt.Println(c.Validate())
	// Output:
	// http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3
	// readinessProbe.periodSeconds: -5: must not be negative
}

func TestContainerSpecValidate(t *testing.T) {
	minus, zero := int64(-1), int64(0)
	good := &probe.Spec{Handler: httpGet("/", 80)}
	for _, tt := range []struct {
		name string
		spec probe.ContainerSpec
		want string
	}{
		{"empty", probe.ContainerSpec{}, ""},
		{"valid", probe.ContainerSpec{Startup: good, Liveness: good, Readiness: good, RestartPolicy: probe.Never, TerminationGracePeriodSeconds: &zero}, ""},
		{"all invalid", probe.ContainerSpec{Startup: &probe.Spec{}, Liveness: &probe.Spec{}, Readiness: &probe.Spec{}, RestartPolicy: 4, TerminationGracePeriodSeconds: &minus},
			`startupProbe: has no handler; want one of exec, httpGet, tcpSocket and grpc
livenessProbe: has no handler; want one of exec, httpGet, tcpSocket and grpc
readinessProbe: has no handler; want one of exec, httpGet, tcpSocket and grpc
restartPolicy: RestartPolicy(4): must be Always, OnFailure or Never`},
		{"policy", probe.ContainerSpec{RestartPolicy: -1}, "restartPolicy: RestartPolicy(-1): must be Always, OnFailure or Never"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(tt.spec.Validate()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
