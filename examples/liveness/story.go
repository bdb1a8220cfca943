//go:build unix

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/rollcall-go/rollcall/probe"
)

// storyCommand is the first argument that makes this program the server of the demonstration.
const storyCommand = "kubia-unhealthy"

// tellStory makes the container that of the demonstration: this program as the server, on a free port.
func (m *manifest) tellStory() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	m.Command = []string{program, storyCommand, fmt.Sprint(port)}
	for _, p := range []struct {
		to   **probe.Spec
		text string
	}{
		{&m.Startup, fmt.Sprintf("tcp-socket :%d period=1s #failure=300", port)}, // until it listens
		{&m.Liveness, fmt.Sprintf("http-get http://:%d/", port)},
		{&m.Readiness, fmt.Sprintf("tcp-socket :%d", port)},
	} {
		spec, err := probe.Parse(p.text)
		if err != nil {
			return err
		}
		*p.to = &spec
	}
	return nil
}

// serveStory runs the server: it answers five requests, and fails all others. It ignores SIGTERM, as the
// first process of a container does if it has no handler, so that only SIGKILL stops it.
func serveStory(port string, stderr io.Writer) int {
	signal.Ignore(syscall.SIGTERM)
	var requests atomic.Int32
	err := http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) > 5 {
			http.Error(w, "I'm not well. Please restart me!", http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "You've hit kubia")
	}))
	fmt.Fprintln(stderr, "kubia-unhealthy:", err)
	return 1
}
