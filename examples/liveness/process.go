//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// group has a command become the leader of a process group, so that its children can be ended with it. What it prints goes to
// standard error, since standard output is ours.
func group(c *exec.Cmd, env []string) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Env = append(os.Environ(), env...)
	c.Stderr = os.Stderr
	c.Stdout = os.Stderr
}

// start starts a command. When it has exited, what is left of its group is gone as well.
func start(command, env []string) (*container, error) {
	c := exec.Command(command[0], command[1:]...)
	group(c, env)
	if err := c.Start(); err != nil {
		return nil, err
	}
	send := func(s syscall.Signal) { _ = syscall.Kill(-c.Process.Pid, s) } // an error says that nobody is left
	exited, gone := make(chan probe.ExitCode, 1), make(chan struct{})
	go func() {
		_ = c.Wait() // whose error is the exit code once more
		send(syscall.SIGKILL)
		close(gone)
		exited <- exitCode(c.ProcessState)
	}()
	return &container{
		pid:    c.Process.Pid,
		exited: exited,
		stop: func(grace time.Duration) {
			send(syscall.SIGTERM)
			select {
			case <-gone:
			case <-time.After(grace):
				send(syscall.SIGKILL)
			}
		},
		force: func() { send(syscall.SIGKILL) },
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
