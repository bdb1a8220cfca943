//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// surroundings are what a command runs in, beside what this program has.
type surroundings struct {
	env []string
	dir string // empty: this program's
}

// A group is a command and its children.
type group struct {
	cmd *exec.Cmd

	mu   sync.Mutex
	gone bool // nobody is left of it, and its number may be that of another
}

// newGroup has the command become the leader of a process group, so that its children can be ended with it.
// What it prints goes to standard error, since standard output is ours.
func newGroup(words []string, in surroundings) *group {
	c := exec.Command(words[0], words[1:]...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Env = append(os.Environ(), in.env...)
	c.Dir = in.dir
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	return &group{cmd: c}
}

// send sends all of them a signal, as long as they are there.
func (g *group) send(s syscall.Signal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.gone {
		_ = syscall.Kill(-g.cmd.Process.Pid, s) // an error says that nobody is left
	}
}

// wait waits for the command to end, and has what is left of its children end with it.
func (g *group) wait() *os.ProcessState {
	_ = g.cmd.Wait() // whose error is the exit code once more
	g.send(syscall.SIGKILL)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gone = true
	return g.cmd.ProcessState
}

// start starts a command.
func start(words []string, in surroundings) (*container, error) {
	g := newGroup(words, in)
	if err := g.cmd.Start(); err != nil {
		return nil, err
	}
	exited, gone := make(chan probe.ExitCode, 1), make(chan struct{})
	go func() {
		state := g.wait()
		close(gone)
		exited <- exitCode(state)
	}()
	return &container{
		pid:    g.cmd.Process.Pid,
		exited: exited,
		stop: func(grace time.Duration) {
			g.send(syscall.SIGTERM)
			select {
			case <-gone:
			case <-time.After(grace):
				g.send(syscall.SIGKILL)
			}
		},
		force: func() { g.send(syscall.SIGKILL) },
	}, nil
}

// exitCode is what a container runtime makes of the end of a process.
func exitCode(s *os.ProcessState) probe.ExitCode {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + probe.ExitCode(status.Signal())
	}
	return probe.ExitCode(s.ExitCode())
}

// codeOf is the code that a shell gives a command that cannot be started.
func codeOf(err error) probe.ExitCode {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return 127
	}
	return 126
}
