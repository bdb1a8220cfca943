//go:build unix

// Liveness is a small kubelet for processes of this machine. It starts a command, probes it over HTTP, TCP or
// with another command, kills it when its liveness probe fails, and restarts it, as package probe decides.
//
//	liveness [flags] [COMMAND [ARG...]]
//
// Without a command it demonstrates kubia-unhealthy, a server that answers five requests and fails all
// others.
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
	// When the reader of the output has gone, the write error ends the program and the container. The signal
	// is caught and not ignored, because the command would inherit an ignored signal.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], signals, os.Stdout, os.Stderr))
}

const usage = `Usage: liveness [flags] [COMMAND [ARG...]]

A small kubelet for processes of this machine. It starts the command, probes it,
kills it when a probe fails, and restarts it. It prints a line for each change,
as kubectl get -w does. Without a command and without -f, it demonstrates
kubia-unhealthy: a server that answers five requests and fails all others.

A probe is written as kubectl describe prints it. Omitted settings have the
defaults of Kubernetes:

  liveness -liveness 'http-get http://:8080/healthz period=5s' ./server
  liveness -readiness 'exec [test -e /tmp/ready] #success=2' ./server
  liveness -startup 'tcp-socket :6379 period=1s #failure=30' redis-server

An empty host is this machine. The command of an exec probe is split at spaces;
quotes have no meaning.

The file of -f is the JSON of a container. These keys are used: command, args,
env, workingDir, ports, startupProbe, livenessProbe, readinessProbe,
restartPolicy, and terminationGracePeriodSeconds, which a pod has in its spec.
Flags and COMMAND take precedence over the file.

With -speed, the clock for periods, delays, grace periods and back-off is
faster. Ages are times of this clock. Attempts and their timeouts, and the
command itself, are not faster.

With -o json, each line is an object: the age in seconds, the event and the
action of package probe (durations in nanoseconds), the reason, and the columns
of the table.

The program ends on a signal, after -for, after a restart with -once, or when
the command has exited and does not restart. It stops the command and its
children first, with the grace period. A second signal kills them at once.

Exit codes: 0 on success, 2 for invalid usage, 3 for a failure to write output.

Flags:
`

// options is the parsed command line.
type options struct {
	container manifest
	file      bool // -f was given
	output    string
	once      bool
	length    time.Duration // 0: unlimited
	speed     float64
}

// A manifest has the fields of a container's JSON that this program uses.
type manifest struct {
	Kind string // set if the file has a whole object, which is an error
	probe.ContainerSpec
	Command, Args []string
	Env           []struct{ Name, Value string }
	WorkingDir    string
	Ports         []struct {
		Name          string
		ContainerPort int32
	}
}

// At maxSpeed a second takes a tenth of a millisecond.
const maxSpeed = 10_000

// parseOptions returns flag.ErrHelp after it has printed the usage.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	var o options
	var own probe.ContainerSpec // from flags
	flags := flag.NewFlagSet("liveness", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, p := range []struct {
		name string
		spec **probe.Spec
	}{{"startup", &own.Startup}, {"liveness", &own.Liveness}, {"readiness", &own.Readiness}} {
		flags.Func(p.name, p.name+" `PROBE`", func(text string) error {
			spec, err := probe.Parse(text)
			*p.spec = &spec
			return err
		})
	}
	const fromFile = "read the container from a `FILE`: JSON of one of the containers in a pod's spec"
	flags.Func("f", fromFile, func(file string) error {
		o.file = true
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &o.container)
	})
	const policy = "restart `POLICY`: Always, OnFailure or Never (default Always)"
	flags.Func("restart-policy", policy, func(text string) error {
		return own.RestartPolicy.UnmarshalText([]byte(text))
	})
	const grace = "`SECONDS` between SIGTERM and SIGKILL, unless the probe has its own (default 30)"
	flags.Func("grace", grace, func(text string) error {
		n, err := strconv.ParseInt(text, 10, 64)
		own.TerminationGracePeriodSeconds = &n
		return err
	})
	flags.StringVar(&o.output, "o", "table", "output `FORMAT`: table, or json for one object a line")
	flags.BoolVar(&o.once, "once", false, "end after the first restart")
	flags.DurationVar(&o.length, "for", 0, "end after this `TIME` of the faster clock, as in 2m")
	flags.Float64Var(&o.speed, "speed", 1, "run the clock `TIMES` as fast")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, usage)
			flags.SetOutput(stdout)
			flags.PrintDefaults()
		}
		return nil, err
	}
	m := &o.container
	m.Startup = cmp.Or(own.Startup, m.Startup)
	m.Liveness = cmp.Or(own.Liveness, m.Liveness)
	m.Readiness = cmp.Or(own.Readiness, m.Readiness)
	m.RestartPolicy = cmp.Or(own.RestartPolicy, m.RestartPolicy)
	m.TerminationGracePeriodSeconds = cmp.Or(
		own.TerminationGracePeriodSeconds, m.TerminationGracePeriodSeconds)
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
		return fmt.Errorf("-o %q: must be table or json", o.output)
	case !(o.speed > 0 && o.speed <= maxSpeed):
		return fmt.Errorf("-speed %v: must be more than 0 and at most %d", o.speed, maxSpeed)
	case o.length < 0:
		return fmt.Errorf("-for %v: must not be negative", o.length)
	case m.Kind != "":
		return fmt.Errorf("the file has a %s; want one of the containers in its spec", m.Kind)
	case len(words) == 0:
		return errors.New("no COMMAND to start; want one as arguments or in the file of -f")
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return err
	}
	for _, p := range []*probe.Spec{m.Startup, m.Liveness, m.Readiness} {
		if p != nil && p.GRPC != nil {
			return fmt.Errorf("%v: gRPC probes are not supported; want exec, http-get or tcp-socket",
				p.Handler)
		}
	}
	return m.Validate()
}

// words returns the command with its arguments.
func (m *manifest) words() []string { return slices.Concat(m.Command, m.Args) }

// surroundings returns the environment and the directory of the container's commands.
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
		fmt.Fprintf(stderr, "liveness: %v\nRun liveness -h for help.\n", err)
		return exitUsage
	}
	m := &o.container
	in := m.surroundings()
	k := kubelet{
		spec:  m.ContainerSpec,
		speed: o.speed,
		start: func() (*process, error) { return start(m.words(), in) },
		ask:   newAsker(m, in).ask,
		print: newPrinter(stdout, o.output).print,
	}
	if err := k.run(signals, o.length, o.once); err != nil {
		fmt.Fprintf(stderr, "liveness: %v\n", err)
		return exitProblem
	}
	return exitOK
}
