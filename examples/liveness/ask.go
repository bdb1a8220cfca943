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
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// An asker makes attempts.
type asker struct {
	probes map[probe.Kind]*probe.Spec
	ports  map[string]int32
	in     surroundings
}

func newAsker(m *manifest, in surroundings) *asker {
	a := asker{probes: map[probe.Kind]*probe.Spec{}, ports: map[string]int32{}, in: in}
	for kind, p := range map[probe.Kind]*probe.Spec{
		probe.Startup: m.Startup, probe.Liveness: m.Liveness, probe.Readiness: m.Readiness,
	} {
		if p != nil {
			full := p.WithDefaults()
			a.probes[kind] = &full
		}
	}
	for _, p := range m.Ports {
		a.ports[p.Name] = p.ContainerPort
	}
	return &a
}

// ask makes an attempt, and returns the outcome and the reason. Like a kubelet, it tries up to three times
// while the outcome is Errored.
func (a *asker) ask(ctx context.Context, k probe.Kind) (outcome probe.Outcome, why string) {
	for range 3 {
		if outcome, why = a.try(ctx, a.probes[k]); outcome != probe.Errored {
			break
		}
	}
	return outcome, why
}

func (a *asker) try(ctx context.Context, p *probe.Spec) (probe.Outcome, string) {
	timeout := time.Duration(p.TimeoutSeconds) * time.Second
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case p.Exec != nil:
		return command(ctx, p.Exec.Command, a.in, timeout)
	case p.HTTPGet != nil:
		return a.get(ctx, p.HTTPGet)
	default:
		return a.connect(ctx, p.TCPSocket)
	}
}

// address returns host and port. An empty host is this machine.
func (a *asker) address(host string, port probe.Port) (string, error) {
	if host == "" {
		host = "127.0.0.1"
	}
	number, err := port.Resolve(a.ports)
	return net.JoinHostPort(host, strconv.Itoa(int(number))), err
}

func (a *asker) connect(ctx context.Context, s *probe.TCPSocket) (probe.Outcome, string) {
	address, err := a.address(s.Host, s.Port)
	if err == nil {
		var conn net.Conn
		if conn, err = new(net.Dialer).DialContext(ctx, "tcp", address); err == nil {
			conn.Close()
			return probe.TCPOutcome(nil), "connected"
		}
	}
	return probe.TCPOutcome(err), err.Error()
}

func (a *asker) get(ctx context.Context, g *probe.HTTPGet) (probe.Outcome, string) {
	address, err := a.address(g.Host, g.Port)
	if err != nil {
		return probe.HTTPOutcome(0, err), err.Error()
	}
	request, err := newRequest(ctx, g, address)
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
	client := http.Client{Transport: transport, CheckRedirect: sameHost}
	response, err := client.Do(request)
	if err != nil {
		return probe.HTTPOutcome(0, err), err.Error()
	}
	defer response.Body.Close()
	const most = 10 << 10 // as a kubelet
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, most))
	why := fmt.Sprintf("HTTP status %d", response.StatusCode)
	if err != nil {
		why += ": " + err.Error()
	}
	return probe.HTTPOutcome(response.StatusCode, err), why
}

// newRequest returns the request that a kubelet sends.
func newRequest(ctx context.Context, g *probe.HTTPGet, address string) (*http.Request, error) {
	u, err := url.Parse(g.Path)
	if err != nil {
		u = &url.URL{Path: g.Path}
	}
	u.Scheme, u.Host = strings.ToLower(g.Scheme), address
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
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
		if !own[name] { // replaces the default
			request.Header.Del(name)
			own[name] = true
		}
		if name != "Accept" || h.Value != "" {
			request.Header.Add(name, h.Value)
		}
	}
	return request, nil
}

// sameHost follows at most ten redirects, all to the same host name.
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

// command runs a command. It kills the command's children when the command exits, and all of them when ctx
// ends.
func command(ctx context.Context, words []string, in surroundings, timeout time.Duration) (probe.Outcome, string) {
	g := newGroup(words, in)
	if err := g.cmd.Start(); err != nil {
		return probe.ExecOutcome(0, err), err.Error()
	}
	stop := context.AfterFunc(ctx, func() { g.send(syscall.SIGKILL) })
	code := exitCode(g.wait())
	if !stop() {
		return probe.ExecOutcome(0, ctx.Err()), fmt.Sprintf("no exit within %v", timeout)
	}
	return probe.ExecOutcome(code, nil), "exit code " + code.String()
}
