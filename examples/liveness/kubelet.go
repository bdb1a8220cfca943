//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// A kubelet looks after one container. One goroutine steps the container. Each start, kill and attempt has a
// goroutine of its own.
type kubelet struct {
	spec  probe.ContainerSpec
	speed float64
	start func() (*process, error)
	ask   func(context.Context, probe.Kind) (probe.Outcome, string) // outcome and reason
	print func(*report) error

	container probe.Container
	epoch     time.Time
	process   *process // the last one; nil before the first start and after a start that failed
	reports   chan happening
	over      context.Context // cancelled when run returns
	helpers   sync.WaitGroup
}

// A process is a command that was started.
type process struct {
	pid    int
	exited <-chan probe.ExitCode
	stop   func(grace time.Duration) // sends SIGTERM, and SIGKILL after the grace period
	kill   func()                    // sends SIGKILL
}

// A happening is an event and an explanation.
type happening struct {
	probe.Event
	text string
}

// now returns the time of the faster clock.
func (k *kubelet) now() time.Duration { return time.Duration(float64(time.Since(k.epoch)) * k.speed) }

// real returns the time that a duration of the faster clock takes on a real clock, at most math.MaxInt64.
func (k *kubelet) real(d time.Duration) time.Duration {
	if r := float64(d) / k.speed; r < math.MaxInt64 {
		return time.Duration(r)
	}
	return math.MaxInt64
}

func (k *kubelet) report(h happening) {
	select {
	case k.reports <- h:
	case <-k.over.Done():
	}
}

// run looks after the container until it is done, or until the program is to end. When run returns, no
// process and no goroutine is left.
func (k *kubelet) run(signals <-chan os.Signal, length time.Duration, once bool) error {
	k.container = probe.NewContainer(k.spec, probe.Options{}, 0)
	k.epoch = time.Now()
	k.reports = make(chan happening)
	over, cancel := context.WithCancel(context.Background())
	k.over = over
	defer k.helpers.Wait()
	defer cancel()
	var timeUp <-chan time.Time
	if length > 0 {
		timeUp = time.After(k.real(length))
	}
	var failed error // of print; it ends the program
	for h := (happening{}); ; {
		h.At = k.now()
		before := k.container
		act := k.container.Step(h.Event)
		if failed == nil {
			failed = k.print(k.describe(h, &before, act))
		}
		k.do(act)
		if k.container.Done() {
			return failed
		}
		restarted := h.Type == probe.Started && k.container.RestartCount() > 0
		if (failed != nil || once && restarted) && !k.container.Deleted() {
			h = k.end("the container has restarted")
			continue
		}
		select {
		case h = <-k.reports:
		case <-time.After(k.real(k.container.Next() - k.now())):
			h = happening{}
		case <-timeUp:
			if h = (happening{}); !k.container.Deleted() {
				h = k.end("the time of -for is over")
			}
		case s := <-signals:
			if !k.container.Deleted() {
				h = k.end(fmt.Sprintf("signal %v; a second signal kills the command at once", s))
			} else if h = (happening{}); k.process != nil {
				k.process.kill()
			}
		}
	}
}

// end begins to end the program: it deletes the container and stops the process.
func (k *kubelet) end(why string) happening {
	k.stop(k.real(gracePeriod(k.spec)))
	return happening{Event: probe.Event{Type: probe.Deleted}, text: why}
}

// gracePeriod returns the grace period of the spec, at most as many whole seconds as a duration can have.
func gracePeriod(s probe.ContainerSpec) time.Duration {
	const most = int64(math.MaxInt64 / time.Second)
	seconds := int64(30)
	if s.TerminationGracePeriodSeconds != nil {
		seconds = min(*s.TerminationGracePeriodSeconds, most)
	}
	return time.Duration(max(seconds, 0)) * time.Second
}

// stop begins to stop the process.
func (k *kubelet) stop(grace time.Duration) {
	if p := k.process; p != nil {
		k.helpers.Go(func() { p.stop(grace) })
	}
}

// do begins what the container asks for.
func (k *kubelet) do(act probe.Action) {
	if act.Start {
		k.begin()
	}
	if act.Kill != 0 {
		k.stop(k.real(act.Grace))
	}
	for a := range act.Attempts() {
		k.helpers.Go(func() {
			outcome, why := k.ask(k.over, a.Kind)
			k.report(happening{probe.Event{Type: probe.Answered, Attempt: a, Outcome: outcome}, why})
		})
	}
}

// begin starts the container. If that fails, the container has exited with the code that a shell gives such a
// command.
func (k *kubelet) begin() {
	p, err := k.start()
	k.process = p
	k.helpers.Go(func() {
		k.report(happening{Event: probe.Event{Type: probe.Started}})
		if err != nil {
			k.report(happening{probe.Event{Type: probe.Exited, ExitCode: codeOf(err)}, err.Error()})
			return
		}
		k.report(happening{Event: probe.Event{Type: probe.Exited, ExitCode: <-p.exited}})
	})
}

// describe returns the report of a step.
func (k *kubelet) describe(h happening, before *probe.Container, act probe.Action) *report {
	c := &k.container
	r := &report{
		Age: h.At.Seconds(), Event: h.Event, Action: act, Why: h.text,
		Status: c.Status(), Started: c.Started(), Ready: c.Ready(),
		Ending: c.Deleted(), Restarts: c.RestartCount(),
	}
	if k.process != nil && c.Running() {
		r.PID = k.process.pid
	}
	if code, exited := c.LastExit(); exited {
		r.LastExitCode, r.LastExit = &code, code.String()
	}
	if h.Type == probe.Answered {
		r.Ignored = !slices.Contains(slices.Collect(before.Underway()), h.Attempt)
		if h.Outcome == probe.Failed && !r.Ignored {
			m := before.Probe(h.Attempt.Kind)
			r.ResultRun, r.FailureThreshold = 1, int(m.FailureThreshold)
			if m.LastResult == probe.Failure {
				r.ResultRun += m.ResultRun
			}
		}
	}
	return r
}
