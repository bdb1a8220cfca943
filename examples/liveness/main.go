//go:build unix

// Liveness is a small kubelet for processes of this machine: it starts a command, probes it over HTTP, TCP or by another
// command, kills it when it is not alive, and starts it again, as the machines of package probe say.
//
//	liveness [flags] [COMMAND [ARG...]]
//
// Without a command it tells the story of kubia-unhealthy, a server that answers five requests and fails for ever after.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// Exit codes.
const (
	exitOK      = 0
	exitUsage   = 2
	exitProblem = 3
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == storyCommand {
		os.Exit(serveStory(os.Args[2], os.Stderr))
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	signal.Ignore(syscall.SIGPIPE) // to end the container, too, when nobody reads any more
	os.Exit(run(os.Args[1:], signals, os.Stdout, os.Stderr))
}

const usage = `Usage: liveness [flags] [COMMAND [ARG...]]

A small kubelet for processes of this machine: starts the command, probes it,
kills it and starts it again, and prints a line whenever something changes, as
kubectl get -w does. Without a command, and without -f, it tells the story of
kubia-unhealthy: a server that answers five requests and then fails for ever.

A probe is written as kubectl describe shows it; what is left out is as usual:

  liveness -liveness 'http-get http://:8080/healthz period=5s' ./server
  liveness -readiness 'exec [test -e /tmp/ready] #success=2' ./server
  liveness -startup 'tcp-socket :6379 period=1s #failure=30' redis-server

An empty host is this machine. With -speed, periods, delays, grace and back-off
go by faster; what the command and an attempt take does not, nor does an
attempt's timeout. Times that are shown are those of the faster clock.

It ends, and ends the command with its children, on a signal, after -for, with
-once, or when the command has ended and is not to be started again. A second
signal does not wait for the command.

Exit code: 0; 2 on bad use; 3 when the output could not be written.

Flags:
`

// The command line.
type options struct {
	spec    probe.ContainerSpec
	kubelet bool
	command []string
	env     []string
	ports   map[string]int32
	output  string
	once    bool
	length  time.Duration // 0: without end
	speed   float64
}

// A manifest is what of a container's JSON matters here.
type manifest struct {
	probe.ContainerSpec
	Command, Args []string
	Env           []struct{ Name, Value string }
	Ports         []struct {
		Name          string
		ContainerPort int32
	}
}

// parseOptions returns flag.ErrHelp when it has printed the usage.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := options{ports: map[string]int32{}}
	var m manifest
	flags := flag.NewFlagSet("liveness", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, p := range []struct {
		name string
		spec **probe.Spec
	}{{"startup", &m.Startup}, {"liveness", &m.Liveness}, {"readiness", &m.Readiness}} {
		flags.Func(p.name, "the "+p.name+" `PROBE`", func(text string) error {
			spec, err := probe.Parse(text)
			*p.spec = &spec
			return err
		})
	}
	fromFile := false
	flags.Func("f", "a `FILE` with a container as it stands in a pod, in JSON; flags that follow it win", func(file string) error {
		fromFile = true
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &m)
	})
	flags.TextVar(&m.RestartPolicy, "restart-policy", probe.Always, "when to start it again: `POLICY` Always, OnFailure or Never")
	flags.Func("grace", "how many `SECONDS` it is given to end, unless the probe says so (default 30)", func(text string) error {
		n, err := strconv.ParseInt(text, 10, 64)
		m.TerminationGracePeriodSeconds = &n
		return err
	})
	flags.BoolVar(&o.kubelet, "kubelet", false, "do as a kubelet in all: periods begin with the pod, not with each start, and so on")
	flags.StringVar(&o.output, "o", "table", "output `FORM`: table, or json for an object a line")
	flags.BoolVar(&o.once, "once", false, "end when it has been started again once")
	flags.DurationVar(&o.length, "for", 0, "end after this `TIME`, as in 2m, of the faster clock")
	flags.Float64Var(&o.speed, "speed", 1, "so many `TIMES` as fast")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, usage)
			flags.SetOutput(stdout)
			flags.PrintDefaults()
		}
		return nil, err
	}
	o.spec = m.ContainerSpec
	if o.command = flags.Args(); len(o.command) == 0 {
		o.command = slices.Concat(m.Command, m.Args)
	}
	for _, e := range m.Env {
		o.env = append(o.env, e.Name+"="+e.Value)
	}
	for _, p := range m.Ports {
		o.ports[p.Name] = p.ContainerPort
	}
	if len(o.command) == 0 && !fromFile && m.Startup == nil && m.Liveness == nil && m.Readiness == nil {
		if err := o.tellStory(); err != nil {
			return nil, err
		}
	}
	return &o, o.check()
}

// check returns what is wrong with the options together.
func (o *options) check() error {
	switch {
	case o.output != "table" && o.output != "json":
		return fmt.Errorf("-o %q: want table or json", o.output)
	case !(o.speed > 0):
		return fmt.Errorf("-speed %v: want more than 0", o.speed)
	case o.length < 0:
		return fmt.Errorf("-for %v: want 0 or more", o.length)
	case len(o.command) == 0:
		return errors.New("want a COMMAND to start")
	}
	if _, err := exec.LookPath(o.command[0]); err != nil {
		return err
	}
	for _, p := range []*probe.Spec{o.spec.Startup, o.spec.Liveness, o.spec.Readiness} {
		if p != nil && p.GRPC != nil {
			return fmt.Errorf("%v: this program does not speak gRPC", p.Handler)
		}
	}
	return o.spec.Validate()
}

// run runs the program and returns its exit code.
func run(args []string, signals <-chan os.Signal, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "liveness: %v\nliveness -h tells how to use it\n", err)
		return exitUsage
	}
	asker := newAsker(&o.spec, o.ports)
	k := kubelet{
		container: probe.NewContainer(o.spec, probe.Options{Kubelet: o.kubelet}, 0),
		speed:     o.speed,
		start:     func() (*container, error) { return start(o.command, o.env) },
		ask:       asker.ask,
		print:     newPrinter(stdout, o.output).print,
	}
	if err := k.run(signals, o.length, o.once); err != nil {
		fmt.Fprintf(stderr, "liveness: %v\n", err)
		return exitProblem
	}
	return exitOK
}
