package probe_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// A runtime runs one container. The caller provides it.
type runtime struct {
	start func() (exited <-chan probe.ExitCode)
	kill  func(grace time.Duration)      // can be called again, and after the exit
	ask   func(probe.Kind) probe.Outcome // takes at most the probe's TimeoutSeconds
}

// lookAfter starts, probes, kills and restarts a container until it is done. When ctx ends, it kills the
// container.
func lookAfter(ctx context.Context, spec probe.ContainerSpec, run runtime, log io.Writer) {
	events, over := make(chan probe.Event), make(chan struct{})
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer close(over)
	tell := func(e probe.Event) {
		select {
		case events <- e:
		case <-over:
		}
	}

	epoch := time.Now()
	end := ctx.Done()
	c := probe.NewContainer(spec, probe.Options{}, 0)
	for e := (probe.Event{}); ; {
		e.At = time.Since(epoch)
		act := c.Step(e)
		fmt.Fprintf(log, "%vs %v: %v\n", e.At.Seconds(), e, act)
		if act.Start {
			helpers.Go(func() {
				exited := run.start()
				tell(probe.Event{Type: probe.Started})
				tell(probe.Event{Type: probe.Exited, ExitCode: <-exited})
			})
		}
		switch {
		case act.Kill != 0:
			helpers.Go(func() { run.kill(act.Grace) })
		case c.Deleted() && c.Running() && (e.Type == probe.Deleted || e.Type == probe.Started): // or after a start that was under way
			helpers.Go(func() { run.kill(30 * time.Second) })
		}
		for a := range act.Attempts() { // in parallel
			helpers.Go(func() { tell(probe.Event{Type: probe.Answered, Attempt: a, Outcome: run.ask(a.Kind)}) })
		}
		if c.Done() {
			return
		}
		select {
		case e = <-events:
		case <-time.After(c.Next() - time.Since(epoch)):
			e = probe.Event{}
		case <-end:
			end = nil
			e = probe.Event{Type: probe.Deleted}
		}
	}
}

// The caller's loop: one goroutine steps the container, and each attempt has a goroutine of its own. The
// caller provides the functions that start, kill and probe the container; examples/liveness has them for
// processes.
func Example() {
	var container runtime // provided by you
	spec := probe.ContainerSpec{
		Liveness:  &probe.Spec{Handler: httpGet("/healthz", 8080)},
		Readiness: &probe.Spec{Handler: httpGet("/ready", 8080)},
	}
	lookAfter(context.Background(), spec, container, os.Stdout)
}
