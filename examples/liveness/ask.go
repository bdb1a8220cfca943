//go:build unix

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// An asker carries out attempts.
type asker struct {
	probes map[probe.Kind]*probe.Spec
	ports  map[string]int32
}

func newAsker(spec *probe.ContainerSpec, ports map[string]int32) *asker {
	a := asker{probes: map[probe.Kind]*probe.Spec{}, ports: ports}
	for kind, p := range map[probe.Kind]*probe.Spec{
		probe.Startup: spec.Startup, probe.Liveness: spec.Liveness, probe.Readiness: spec.Readiness,
	} {
		if p != nil {
			full := p.WithDefaults()
			a.probes[kind] = &full
		}
	}
	return &a
}

// ask tries a probe, and says what it came to and why. Like a kubelet it tries three times before it gives up on an error of
// its own.
func (a *asker) ask(k probe.Kind) (outcome probe.Outcome, why string) {
	for range 3 {
		if outcome, why = a.try(a.probes[k]); outcome != probe.Errored {
			break
		}
	}
	return outcome, why
}

func (a *asker) try(p *probe.Spec) (probe.Outcome, string) {
	timeout := time.Duration(p.TimeoutSeconds) * time.Second
	switch {
	case p.Exec != nil:
		return command(p.Exec.Command, timeout)
	case p.HTTPGet != nil:
		return a.get(p.HTTPGet, timeout)
	default:
		return a.connect(p.TCPSocket, timeout)
	}
}

// address is a host, or this machine, and a port.
func (a *asker) address(host string, port probe.Port) (string, error) {
	if host == "" {
		host = "127.0.0.1"
	}
	number, err := port.Resolve(a.ports)
	return net.JoinHostPort(host, strconv.Itoa(int(number))), err
}

func (a *asker) connect(s *probe.TCPSocket, timeout time.Duration) (probe.Outcome, string) {
	address, err := a.address(s.Host, s.Port)
	if err == nil {
		var conn net.Conn
		if conn, err = net.DialTimeout("tcp", address, timeout); err == nil {
			conn.Close()
			return probe.TCPOutcome(nil), "connected"
		}
	}
	return probe.TCPOutcome(err), err.Error()
}

func (a *asker) get(g *probe.HTTPGet, timeout time.Duration) (probe.Outcome, string) {
	address, err := a.address(g.Host, g.Port)
	if err != nil {
		return probe.HTTPOutcome(0, err), err.Error()
	}
	request, err := newRequest(g, address)
	if err != nil {
		return probe.HTTPOutcome(0, err), err.Error()
	}
	transport := &http.Transport{
		DisableKeepAlives: true, DisableCompression: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	if g.Protocol == "HTTP2" {
		transport.Protocols = new(http.Protocols)
		transport.Protocols.SetUnencryptedHTTP2(true)
	}
	client := http.Client{Timeout: timeout, Transport: transport, CheckRedirect: sameHost}
	response, err := client.Do(request)
	if err != nil {
		return probe.HTTPOutcome(0, err), err.Error()
	}
	defer response.Body.Close()
	const most = 10 << 10 // as a kubelet reads
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, most))
	why := fmt.Sprintf("HTTP status %d", response.StatusCode)
	if err != nil {
		why += ": " + err.Error()
	}
	return probe.HTTPOutcome(response.StatusCode, err), why
}

// newRequest is the request as a kubelet makes it.
func newRequest(g *probe.HTTPGet, address string) (*http.Request, error) {
	u, err := url.Parse(g.Path)
	if err != nil {
		u = &url.URL{Path: g.Path}
	}
	u.Scheme, u.Host = strings.ToLower(g.Scheme), address
	request, err := http.NewRequest(http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "kube-probe/1.37")
	request.Header.Set("Accept", "*/*")
	own := map[string]bool{}
	for _, h := range g.HTTPHeaders {
		name := http.CanonicalHeaderKey(h.Name)
		if name == "Host" {
			request.Host = h.Value
		}
		if !own[name] { // in place of ours
			request.Header.Del(name)
			own[name] = true
		}
		if name != "Accept" || h.Value != "" {
			request.Header.Add(name, h.Value)
		}
	}
	return request, nil
}

// sameHost follows redirects within one host name, ten at the most.
func sameHost(r *http.Request, via []*http.Request) error {
	switch {
	case r.URL.Hostname() != via[0].URL.Hostname():
		return http.ErrUseLastResponse
	case len(via) >= 10:
		return errors.New("ten redirects")
	default:
		return nil
	}
}

// command runs a command, whose children end with it when it takes too long.
func command(words []string, timeout time.Duration) (probe.Outcome, string) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	group(c, nil)
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	err := c.Run()
	switch exited := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return probe.ExecOutcome(0, ctx.Err()), fmt.Sprintf("not ended within %v", timeout)
	case errors.As(err, &exited):
		code := exitCode(exited.ProcessState)
		return probe.ExecOutcome(code, nil), "exit code " + code.String()
	case err != nil:
		return probe.ExecOutcome(0, err), err.Error()
	default:
		return probe.ExecOutcome(0, nil), "exit code 0"
	}
}
