//go:build unix

// Liveness is a small kubelet for processes of this machine: it starts a command, probes it over HTTP, TCP or
// by another command, kills it when it is not alive, and starts it again, as the machines of package probe
// say.
//
//	liveness [flags] [COMMAND [ARG...]]
//
// Without a command it tells the story of kubia-unhealthy, a server that answers five requests and fails for
// ever after.
package main

import (
	"cmp"
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
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// When nobody reads the output any more, an error of writing it ends the container, too. To ignore the
	// signal would have the command ignore it as well.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
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

An empty host is this machine; the command of an exec is split at its spaces,
and quotes mean nothing. -f reads from a container's JSON what is needed here:
command, args, env, workingDir, ports, the three probes, restartPolicy and
terminationGracePeriodSeconds, which in a pod stands above it. Flags and COMMAND
win over the file.

With -speed, periods, delays, grace and back-off go by faster; what the command
and an attempt take does not, nor does an attempt's timeout. Times that are
shown are those of the faster clock.

-o json writes an object a line: age in seconds, why, the event and the action
of package probe (at and grace in nanoseconds), and what the table has.

It ends, and ends the command with its children, on a signal, after -for, with
-once, or when the command has ended and is not to be started again. The command
has its grace then, too, unless a second signal comes.

Exit code: 0; 2 on bad use; 3 when the output could not be written.

Flags:
`

// The command line.
type options struct {
	container manifest
	file      bool // there was one
	output    string
	once      bool
	length    time.Duration // 0: without end
	speed     float64
}

// A manifest is what of a container's JSON matters here.
type manifest struct {
	Kind string // of a whole object, which is none
	probe.ContainerSpec
	Command, Args []string
	Env           []struct{ Name, Value string }
	WorkingDir    string
	Ports         []struct {
		Name          string
		ContainerPort int32
	}
}

// maxSpeed is so fast that a second is a tenth of a millisecond.
const maxSpeed = 10_000

// parseOptions returns flag.ErrHelp when it has printed the usage.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	var o options
	var own probe.ContainerSpec // what flags say
	flags := flag.NewFlagSet("liveness", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, p := range []struct {
		name string
		spec **probe.Spec
	}{{"startup", &own.Startup}, {"liveness", &own.Liveness}, {"readiness", &own.Readiness}} {
		flags.Func(p.name, "the "+p.name+" `PROBE`", func(text string) error {
			spec, err := probe.Parse(text)
			*p.spec = &spec
			return err
		})
	}
	flags.Func("f", "a `FILE` with a container as it stands in a pod, in JSON", func(file string) error {
		o.file = true
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &o.container)
	})
	flags.Func("restart-policy", "when to start it again: `POLICY` Always (as without it), OnFailure or Never", func(text string) error {
		return own.RestartPolicy.UnmarshalText([]byte(text))
	})
	flags.Func("grace", "how many `SECONDS` it is given to end, unless the probe says so (as without it: 30)", func(text string) error {
		n, err := strconv.ParseInt(text, 10, 64)
		own.TerminationGracePeriodSeconds = &n
		return err
	})
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
	m := &o.container
	m.Startup, m.Liveness, m.Readiness = cmp.Or(own.Startup, m.Startup), cmp.Or(own.Liveness, m.Liveness), cmp.Or(own.Readiness, m.Readiness)
	m.RestartPolicy = cmp.Or(own.RestartPolicy, m.RestartPolicy)
	m.TerminationGracePeriodSeconds = cmp.Or(own.TerminationGracePeriodSeconds, m.TerminationGracePeriodSeconds)
	if words := flags.Args(); len(words) > 0 {
		m.Command, m.Args = words, nil
	} else if !o.file && own.Startup == nil && own.Liveness == nil && own.Readiness == nil {
		if err := m.tellStory(); err != nil {
			return nil, err
		}
	}
	return &o, o.check()
}

// check returns what is wrong with the options together.
func (o *options) check() error {
	m := &o.container
	words := m.words()
	switch {
	case o.output != "table" && o.output != "json":
		return fmt.Errorf("-o %q: want table or json", o.output)
	case !(o.speed > 0 && o.speed <= maxSpeed):
		return fmt.Errorf("-speed %v: want more than 0, and at most %d", o.speed, maxSpeed)
	case o.length < 0:
		return fmt.Errorf("-for %v: want 0 or more", o.length)
	case m.Kind != "":
		return fmt.Errorf("the file has a %s: want one of the containers in its spec", m.Kind)
	case len(words) == 0:
		return errors.New("want a COMMAND to start")
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return err
	}
	for _, p := range []*probe.Spec{m.Startup, m.Liveness, m.Readiness} {
		if p != nil && p.GRPC != nil {
			return fmt.Errorf("%v: this program does not speak gRPC", p.Handler)
		}
	}
	return m.Validate()
}

// words are the command with its arguments.
func (m *manifest) words() []string { return slices.Concat(m.Command, m.Args) }

// surroundings are what commands of the container run in.
func (m *manifest) surroundings() surroundings {
	s := surroundings{dir: m.WorkingDir}
	for _, e := range m.Env {
		s.env = append(s.env, e.Name+"="+e.Value)
	}
	return s
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
	m := &o.container
	in := m.surroundings()
	k := kubelet{
		container: probe.NewContainer(m.ContainerSpec, probe.Options{}, 0),
		speed:     o.speed,
		start:     func() (*container, error) { return start(m.words(), in) },
		ask:       newAsker(m, in).ask,
		print:     newPrinter(stdout, o.output).print,
	}
	if err := k.run(signals, o.length, o.once); err != nil {
		fmt.Fprintf(stderr, "liveness: %v\n", err)
		return exitProblem
	}
	return exitOK
}
