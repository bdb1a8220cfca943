package probe_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	cri "k8s.io/cri-client/pkg"
	theirprobe "k8s.io/kubernetes/pkg/probe"
	execprobe "k8s.io/kubernetes/pkg/probe/exec"
	grpcprobe "k8s.io/kubernetes/pkg/probe/grpc"
	httpprobe "k8s.io/kubernetes/pkg/probe/http"
	tcpprobe "k8s.io/kubernetes/pkg/probe/tcp"
	"k8s.io/utils/exec"

	"github.com/rollcall-go/rollcall/probe"
)

// same fails unless upstream's prober came to the same.
func same(t *testing.T, what string, r theirprobe.Result, err error, ours probe.Outcome) {
	t.Helper()
	want := map[theirprobe.Result]probe.Outcome{
		theirprobe.Success: probe.Passed, theirprobe.Warning: probe.Warned, theirprobe.Failure: probe.Failed,
	}[r]
	if err != nil {
		want = probe.Errored
	}
	if ours != want {
		t.Errorf("%s: %v; upstream %v, %v", what, ours, r, err)
	}
}

// get is a GET request as the kubelet sends it, and what it came to by our rules.
func get(address string, timeout time.Duration) probe.Outcome {
	client := http.Client{Timeout: timeout, CheckRedirect: httpprobe.RedirectChecker(false), Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(address)
	if err != nil {
		return probe.HTTPOutcome(0, err)
	}
	defer response.Body.Close()
	_, err = io.CopyN(io.Discard, response.Body, 10<<10)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return probe.HTTPOutcome(response.StatusCode, err)
}

// theirGet is the same by the kubelet.
func theirGet(t *testing.T, address string, timeout time.Duration) (theirprobe.Result, error) {
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	request, err := httpprobe.NewProbeRequest(u, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := httpprobe.New(false).Probe(request, timeout)
	return r, err
}

func TestHTTPOutcome(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/code/", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/code/"))
		w.WriteHeader(code)
	})
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 50<<10)) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	server := httptest.NewServer(mux)
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port

	addresses := []string{
		"/to?to=/code/200", "/to?to=/code/500", "/loop", "/big", "/slow",
		"/to?to=" + url.QueryEscape(fmt.Sprintf("http://localhost:%d/code/500", port)), // another name: not followed
	}
	for code := 200; code <= 599; code++ {
		addresses = append(addresses, fmt.Sprint("/code/", code))
	}
	for _, a := range addresses {
		timeout := 5 * time.Second
		if a == "/slow" {
			timeout = 50 * time.Millisecond
		}
		r, err := theirGet(t, server.URL+a, timeout)
		same(t, a, r, err, get(server.URL+a, timeout))
	}
	r, err := theirGet(t, "http://127.0.0.1:1/", time.Second)
	same(t, "connection refused", r, err, get("http://127.0.0.1:1/", time.Second))
}

// Finding F2: a body that cannot be read has the kubelet throw the attempt away, whatever the status.
func TestHTTPBody(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/cut/", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/cut/"))
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(code)
		io.WriteString(w, "bad")
	})
	mux.HandleFunc("/hang/", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/hang/"))
		w.WriteHeader(code)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, path := range []string{"/cut/500", "/cut/200", "/hang/500", "/hang/200", "/hang/404"} {
		if r, err := theirGet(t, server.URL+path, 50*time.Millisecond); err == nil {
			t.Errorf("%s: upstream no longer throws it away: %v", path, r)
		}
		if got := get(server.URL+path, 50*time.Millisecond); got != probe.Failed {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestTCPOutcome(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, port := range []int{l.Addr().(*net.TCPAddr).Port, 1} {
		r, _, theirs := tcpprobe.New().Probe("127.0.0.1", port, time.Second)
		conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
		if err == nil {
			conn.Close()
		}
		same(t, fmt.Sprint("port ", port), r, theirs, probe.TCPOutcome(err))
	}
}

// A command is one that ends with an error, or none.
type command struct {
	exec.Cmd
	err error
}

func (command) SetStdout(io.Writer) {}
func (command) SetStderr(io.Writer) {}
func (c command) Start() error      { return c.err }
func (command) Wait() error         { return nil }

func TestExecOutcome(t *testing.T) {
	for _, tt := range []struct {
		theirs error
		ours   probe.Outcome
	}{
		{nil, probe.ExecOutcome(0, nil)},
		{exec.CodeExitError{Err: io.EOF, Code: 0}, probe.ExecOutcome(0, nil)},
		{exec.CodeExitError{Err: io.EOF, Code: 1}, probe.ExecOutcome(1, nil)},
		{exec.CodeExitError{Err: io.EOF, Code: 137}, probe.ExecOutcome(137, nil)},
		{fmt.Errorf("wrapped: %w", cri.ErrCommandTimedOut), probe.ExecOutcome(0, context.DeadlineExceeded)},
		{errors.New("no such container"), probe.ExecOutcome(0, errors.New("no such container"))},
	} {
		r, _, err := execprobe.New().Probe(command{err: tt.theirs})
		same(t, fmt.Sprint(tt.theirs), r, err, tt.ours)
	}
}

func TestGRPCOutcome(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service := health.NewServer()
	server := grpc.NewServer()
	healthpb.RegisterHealthServer(server, service)
	go server.Serve(l)
	defer server.Stop()
	service.SetServingStatus("well", healthpb.HealthCheckResponse_SERVING)
	service.SetServingStatus("ill", healthpb.HealthCheckResponse_NOT_SERVING)
	service.SetServingStatus("odd", healthpb.HealthCheckResponse_UNKNOWN)
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	port := l.Addr().(*net.TCPAddr).Port
	for _, name := range []string{"", "well", "ill", "odd", "nobody"} {
		r, _, theirs := grpcprobe.New().Probe("127.0.0.1", name, port, 5*time.Second, grpcprobe.ProbeOptions{})
		response, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{Service: name})
		same(t, "service "+name, r, theirs, probe.GRPCOutcome(int32(response.GetStatus()), err))
	}
	r, _, theirs := grpcprobe.New().Probe("127.0.0.1", "", 1, time.Second, grpcprobe.ProbeOptions{})
	same(t, "nobody there", r, theirs, probe.GRPCOutcome(0, errors.New("connection refused")))
}
