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

// surroundings has the environment variables, added to those of this program, and the directory of a command.
type surroundings struct {
	env []string
	dir string // empty: this program's
}

// A group is a command and its children.
type group struct {
	cmd *exec.Cmd

	mu   sync.Mutex
	gone bool // all have exited; the process ID may be reused
}

// newGroup makes the command the leader of a process group, so that signals reach its children. Its output
// goes to standard error, because this program prints reports to standard output.
func newGroup(words []string, in surroundings) *group {
	c := exec.Command(words[0], words[1:]...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Env = append(os.Environ(), in.env...)
	c.Dir = in.dir
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	return &group{cmd: c}
}

// send sends a signal to the command and its children, unless all have exited.
func (g *group) send(s syscall.Signal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.gone {
		_ = syscall.Kill(-g.cmd.Process.Pid, s) // an error means that all have exited
	}
}

// wait waits for the exit of the command, and kills the remaining children.
func (g *group) wait() *os.ProcessState {
	_ = g.cmd.Wait() // the error repeats the exit code
	g.send(syscall.SIGKILL)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gone = true
	return g.cmd.ProcessState
}

// start starts a command.
func start(words []string, in surroundings) (*process, error) {
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
	return &process{
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
		kill: func() { g.send(syscall.SIGKILL) },
	}, nil
}

// exitCode returns the code that a container runtime reports.
func exitCode(s *os.ProcessState) probe.ExitCode {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + probe.ExitCode(status.Signal())
	}
	return probe.ExitCode(s.ExitCode())
}

// codeOf returns the exit code of a shell for a command that cannot be started.
func codeOf(err error) probe.ExitCode {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return 127
	}
	return 126
}
