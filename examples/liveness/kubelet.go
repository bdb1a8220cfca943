//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"sync"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// A kubelet looks after one container. It is one goroutine that steps the container, and one for everything
// that takes its time.
type kubelet struct {
	container probe.Container
	speed     float64
	start     func() (*container, error)
	ask       func(context.Context, probe.Kind) (probe.Outcome, string) // and why; ends early with the context
	print     func(*report) error

	epoch   time.Time
	running *container // the last that was started; nil before, and if that did not work
	news    chan news
	over    context.Context // done when nobody listens to news any more
	helpers sync.WaitGroup
}

// A container is a command that was started.
type container struct {
	pid    int
	exited <-chan probe.ExitCode
	stop   func(grace time.Duration) // asks it to end, and has it end when the grace is over
	force  func()                    // has it end
}

// news is an event, and what there is to say of it.
type news struct {
	probe.Event
	text string
}

// now is the time of the faster clock.
func (k *kubelet) now() time.Duration { return time.Duration(float64(time.Since(k.epoch)) * k.speed) }

// wait is how long it takes until then, by a real clock.
func (k *kubelet) wait(until time.Duration) time.Duration { return k.real(until - k.now()) }

// real is how long that takes by a real clock. What takes for ever takes no longer.
func (k *kubelet) real(d time.Duration) time.Duration {
	if r := float64(d) / k.speed; r < math.MaxInt64 {
		return time.Duration(r)
	}
	return math.MaxInt64
}

func (k *kubelet) tell(n news) {
	select {
	case k.news <- n:
	case <-k.over.Done():
	}
}

// run looks after the container until it is done, by itself or because the program is to end. When it
// returns, nothing runs any more.
func (k *kubelet) run(signals <-chan os.Signal, length time.Duration, once bool) error {
	k.epoch = time.Now()
	k.news = make(chan news)
	over, cancel := context.WithCancel(context.Background())
	k.over = over
	defer k.helpers.Wait()
	defer cancel()
	var timeUp <-chan time.Time
	if length > 0 {
		timeUp = time.After(k.real(length))
	}
	var failed error // what has the program end early
	for n := (news{}); ; {
		n.At = k.now()
		before := k.container
		act := k.container.Step(n.Event)
		if failed == nil {
			failed = k.print(k.report(n, &before, act))
		}
		k.do(act)
		if k.container.Done {
			return failed
		}
		if (failed != nil || once && n.Type == probe.Started && k.container.RestartCount() > 0) && !k.container.Deleted {
			n = k.end("it has been started again")
			continue
		}
		select {
		case n = <-k.news:
		case <-time.After(k.wait(k.container.Next())):
			n = news{}
		case <-timeUp:
			if n = (news{}); !k.container.Deleted {
				n = k.end("the time is over")
			}
		case s := <-signals:
			if !k.container.Deleted {
				n = k.end(fmt.Sprintf("signal %v; another one does not wait for the command", s))
			} else if n = (news{}); k.running != nil {
				k.running.force()
			}
		}
	}
}

// end begins the end of the program: the container is deleted, and has its grace.
func (k *kubelet) end(why string) news {
	k.stop(k.real(time.Duration(k.container.GraceSeconds) * time.Second))
	return news{Event: probe.Event{Type: probe.Deleted}, text: why}
}

// stop begins the end of what runs.
func (k *kubelet) stop(grace time.Duration) {
	if c := k.running; c != nil {
		k.helpers.Go(func() { c.stop(grace) })
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
			k.tell(news{Event: probe.Event{Type: probe.Answered, Attempt: a, Outcome: outcome}, text: why})
		})
	}
}

// begin starts the container. One that cannot be started has ended at once, with the code that a shell gives
// it.
func (k *kubelet) begin() {
	c, err := k.start()
	k.running = c
	if err != nil {
		k.helpers.Go(func() {
			k.tell(news{Event: probe.Event{Type: probe.Started}})
			k.tell(news{Event: probe.Event{Type: probe.Exited, ExitCode: codeOf(err)}, text: err.Error()})
		})
		return
	}
	k.helpers.Go(func() {
		k.tell(news{Event: probe.Event{Type: probe.Started}})
		k.tell(news{Event: probe.Event{Type: probe.Exited, ExitCode: <-c.exited}})
	})
}

// report is what there is to say after a step.
func (k *kubelet) report(n news, before *probe.Container, act probe.Action) *report {
	c := &k.container
	r := &report{
		Age: n.At.Seconds(), Event: n.Event, Action: act, Why: n.text,
		Status: c.Status(), Started: c.Started(), Ready: c.Ready(), Ending: c.Deleted, Restarts: c.RestartCount(),
	}
	if k.running != nil && c.Running {
		r.PID = k.running.pid
	}
	if c.Starts > 1 || c.Starts == 1 && !c.Running {
		code := c.ExitCode
		r.LastExitCode, r.LastExit = &code, code.String()
	}
	if n.Type == probe.Answered {
		w := map[probe.Kind]*probe.Worker{
			probe.Startup: &before.Startup, probe.Liveness: &before.Liveness, probe.Readiness: &before.Readiness,
		}[n.Attempt.Kind]
		r.Void = w.Asking != n.Attempt.Life+1
		if n.Outcome == probe.Failed && !r.Void {
			r.Run, r.Of = 1, int(w.FailureThreshold)
			if w.Last == probe.Failure {
				r.Run += w.Run
			}
		}
	}
	return r
}
