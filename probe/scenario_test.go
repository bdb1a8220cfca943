package probe_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/probe"
)

const never time.Duration = math.MaxInt64

func spec(t probe.Timing) *probe.Spec { return &probe.Spec{Handler: httpGet("/", 8080), Timing: t} }

// A scenario has a line for each event: the time, the event, the action, the container's status, and when the
// next step is due.
//
//	10s started: try Liveness | Running started, next 20s
//	10.1s Liveness Passed: nothing | Running started, next 20s
type scenario struct {
	name      string
	container probe.Container
	lines     string
}

// run applies the events of the lines, and returns the lines with the actual results.
func (tt scenario) run(t *testing.T) string {
	c := tt.container
	restartCount := map[probe.Kind]int{} // of the last attempt
	var lines strings.Builder
	for line := range strings.Lines(tt.lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		event, _, _ := strings.Cut(line, ": ")
		words := strings.Fields(event)
		at, err := time.ParseDuration(words[0])
		if err != nil {
			t.Fatal(err)
		}
		e := probe.Event{At: at}
		switch words[1] {
		case "time":
		case "started", "exited", "deleted", "synced":
			if err := e.Type.UnmarshalText([]byte(words[1])); err != nil {
				t.Fatal(err)
			}
			if len(words) > 2 {
				fmt.Sscan(words[2], &e.ExitCode)
			}
		default: // Kind Outcome [RestartCount]; default: that of the last attempt
			e.Type = probe.Answered
			if err := e.Attempt.Kind.UnmarshalText([]byte(strings.ToLower(words[1]))); err != nil {
				t.Fatal(err)
			}
			if err := e.Outcome.UnmarshalText([]byte(strings.ToLower(words[2]))); err != nil {
				t.Fatal(err)
			}
			e.Attempt.RestartCount = restartCount[e.Attempt.Kind]
			if len(words) > 3 {
				fmt.Sscan(words[3], &e.Attempt.RestartCount)
			}
		}
		act := c.Step(e)
		for a := range act.Attempts() {
			restartCount[a.Kind] = a.RestartCount
		}
		next := "never"
		if c.Next() != never {
			next = c.Next().String()
		}
		var is []string
		for _, f := range []struct {
			name string
			is   bool
		}{{"started", c.Started()}, {"ready", c.Ready()}} {
			if f.is {
				is = append(is, f.name)
			}
		}
		status := strings.Join(append([]string{c.Status()}, is...), " ")
		fmt.Fprintf(&lines, "%s: %v | %v, next %s\n", event, act, status, next)
	}
	return lines.String()
}

var (
	aliveAndReady = probe.ContainerSpec{
		Liveness:  spec(probe.Timing{InitialDelaySeconds: 5, FailureThreshold: 2}),
		Readiness: spec(probe.Timing{PeriodSeconds: 3, SuccessThreshold: 2}),
	}
	allThree = probe.ContainerSpec{
		Startup:   spec(probe.Timing{PeriodSeconds: 4, FailureThreshold: 2, TerminationGracePeriodSeconds: 7}),
		Liveness:  spec(probe.Timing{InitialDelaySeconds: 7, FailureThreshold: 1, TerminationGracePeriodSeconds: 1}),
		Readiness: spec(probe.Timing{}),
	}
	lagging = probe.Options{Kubelet: true, Lag: 250 * time.Millisecond}
)

func withPolicy(s probe.ContainerSpec, p probe.RestartPolicy) probe.ContainerSpec {
	s.RestartPolicy = p
	return s
}

var scenarios = []scenario{
	{"supervisor: from the first start to the first restart",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s time: start | ContainerCreating, next never
		1s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 6s
		1.5s Readiness Passed: nothing | Running started, next 4s
		4s time: try Readiness | Running started, next 6s
		5s Readiness Passed: Readiness is Success | Running started ready, next 6s
		6s time: try Liveness | Running started ready, next 7s
		7s Liveness Failed: try Readiness | Running started ready, next 16s
		7.5s Readiness Failed: nothing | Running started ready, next 10s
		16s time: try Liveness; try Readiness | Running started ready, next never
		17s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s | Running started ready, next never
		17.1s Readiness Passed: nothing | Running started ready, next 19s
		18s exited 137: Readiness is Failure; start | Error, next never
		20s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 25s
		20.1s Readiness Warned: nothing | Running started, next 23s
		21s exited 0: Liveness is Failure | CrashLoopBackOff, next 31s
		31s time: start | CrashLoopBackOff, next never
	`},
	{"supervisor: the other probes begin after the startup probe and their delay",
		probe.NewContainer(allThree, probe.Options{}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next never
		6s Startup Passed: Startup is Success, on hold; try Readiness | Running started, next 7s
		7s time: try Liveness | Running started, next never
		8s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 2s | Running started, next never
		8.5s exited 143: start | Error, next never
	`},
	{"supervisor: the startup probe fails",
		probe.NewContainer(allThree, probe.Options{Lag: time.Second}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next never
		5s Startup Failed: Startup is Failure, on hold | Running, next 6s
		6s time: kill for Startup within 7s | Running, next never
	`},
	{"an attempt longer than the period: the next one follows at once, missed periods are skipped",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		5s time: try Liveness | Running started, next never
		7s Readiness Passed: try Readiness | Running started, next never
		8s Readiness Passed: Readiness is Success | Running started ready, next 9s
	`},
	{"a late step makes one attempt of each probe",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		1s Readiness Passed: nothing | Running started, next 3s
		31s time: try Liveness; try Readiness | Running started, next never
		31.1s Readiness Passed: Readiness is Success | Running started ready, next 33s
		31.2s Liveness Passed: nothing | Running started ready, next 33s
		33s time: try Readiness | Running started ready, next 35s
	`},
	{"impossible events are ignored",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s exited 1: start | ContainerCreating, next never
		0s Readiness Passed: nothing | ContainerCreating, next never
		1s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 6s
		1s Startup Passed: nothing | Running started, next 6s
		1s Unset Passed: nothing | Running started, next 6s
		1s Liveness Failed: nothing | Running started, next 6s
		1s Readiness Passed 1: nothing | Running started, next 6s
		2s Readiness Passed: nothing | Running started, next 4s
		2s Readiness Passed: nothing | Running started, next 4s
	`},
	{"supervisor: a late answer from an earlier instance",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		1s exited 1: Liveness is Failure; start | Error, next never
		2s Readiness Failed: nothing | Error, next never
		2s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 7s
		3s Readiness Failed 0: nothing | Running started, next 7s
		4s Readiness Passed: nothing | Running started, next 5s
	`},
	{"an exit that was not reported",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		2s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 7s
		3s Readiness Failed 0: nothing | Running started, next 7s
		4s Readiness Passed 1: nothing | Running started, next 5s
	`},
	{"no kill if the container exits by itself before",
		probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1}), RestartPolicy: probe.OnFailure}, probe.Options{Lag: time.Second}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 2s
		1.5s exited 0: nothing | Completed, next never
		2s time: nothing | Completed, next never
	`},
	{"no probes",
		probe.NewContainer(probe.ContainerSpec{}, probe.Options{}, 5*time.Second), `
		0s time: nothing | ContainerCreating, next 5s
		5s time: start | ContainerCreating, next never
		6s started: nothing | Running started ready, next never
		7s exited 0: start | Completed, next never
	`},
	{"deleted while it runs",
		probe.NewContainer(allThree, probe.Options{Lag: time.Second}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		2s deleted: Startup is Success | Running, next 3s
		2.5s Startup Failed: nothing | Running, next 3s
		3s time: try Readiness | Running started, next never
		4s Readiness Passed: Readiness is Success | Running started ready, next 13s
		5s exited 143: Readiness is Failure | Error, next never
	`},
	{"deleted before a kill",
		probe.NewContainer(allThree, probe.Options{Lag: time.Second}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next never
		5s Startup Failed: Startup is Failure, on hold | Running, next 6s
		5.5s deleted: Startup is Success | Running, next 6.5s
		6s started: Readiness is Failure; try Readiness | Running started, next never
		7s exited 0: nothing | Completed, next never
	`},
	{"deleted during the back-off",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		1s exited 1: Liveness is Failure; start | Error, next never
		2s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 7s
		3s exited 1: Liveness is Failure | CrashLoopBackOff, next 13s
		4s deleted: nothing | Error, next never
		20s time: nothing | Error, next never
		21s started: Readiness is Failure; try Readiness | Running started, next never
		22s Readiness Failed: nothing | Running started, next 24s
		23s exited 1: nothing | Error, next never
	`},
	{"kubelet: workers look when their period begins",
		probe.NewContainer(allThree, lagging, 0), `
		0s time: start | ContainerCreating, next never
		1s started: nothing | Running, next 4s
		4s time: Startup is Unknown; try Startup | Running, next 10s
		4.5s Startup Passed: Startup is Success, on hold | Running, next 4.75s
		4.75s time: nothing | Running started, next 10s
		8s time: nothing | Running started, next 10s
		10s time: Liveness is Success; Readiness is Failure; try Liveness; try Readiness | Running started, next never
		10.1s Readiness Passed: Readiness is Success | Running started ready, next 20s
		10.2s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 10.45s
		10.45s time: kill for Liveness within 2s | Running started ready, next 20s
		12s exited 137: start | Error, next 20s
		20s time: Readiness is Failure | Error, next 30s
		22s started: nothing | Running, next 24s
		24s time: Startup is Unknown; try Startup | Running, next 30s
		24.5s Startup Failed: nothing | Running, next 28s
	`},
	{"kubelet: an attempt that outlives the container delays the probe and counts",
		probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 2})}, lagging, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s exited 1: start | Error, next never
		2s started: nothing | Running started ready, next never
		10s time: nothing | Running started ready, next never
		12s Liveness Failed 1: nothing | Running started ready, next never
		13s Liveness Failed: Liveness is Success; try Liveness | Running started ready, next never
		14s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 14.25s
		14.25s time: kill for Liveness within 30s | Running started ready, next never
		44.25s exited 137: start | Error, next never
		45s started: nothing | Running started ready, next 50s
		50s time: Liveness is Success; try Liveness | Running started ready, next never
	`},
	{"kubelet: a verdict about an earlier instance has no effect",
		probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, lagging, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s exited 1: start | Error, next never
		2s started: nothing | Running started ready, next never
		3s Liveness Failed: nothing | Running started ready, next 10s
		10s time: Liveness is Success; try Liveness | Running started ready, next never
	`},
	{"kubelet: an answer after the exit is published and kills nothing",
		probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, lagging, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s exited 1: start | Error, next never
		1.5s Liveness Failed: Liveness is Failure, on hold | Error, next never
		10s started: Liveness is Success; try Liveness | Running started ready, next never
	`},
	{"kubelet: a sync tries the readiness probe at once while it is not Success",
		probe.NewContainer(probe.ContainerSpec{Readiness: spec(probe.Timing{})}, lagging, 0), `
		0s synced: start | ContainerCreating, next never
		1s started: nothing | Running started, next 10s
		2s synced: Readiness is Failure; try Readiness | Running started, next never
		3s synced: nothing | Running started, next never
		4s Readiness Failed: try Readiness | Running started, next never
		5s Readiness Passed: Readiness is Success | Running started ready, next 14s
		6s synced: nothing | Running started ready, next 14s
		14s time: try Readiness | Running started ready, next never
	`},
	{"kubelet: on hold, and no restart follows",
		probe.NewContainer(withPolicy(aliveAndReady, probe.Never), lagging, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 10s
		1s Readiness Passed: nothing | Running started, next 3s
		10s time: try Liveness; try Readiness | Running started, next never
		11s Liveness Failed: nothing | Running started, next 20s
		11s Readiness Passed: Readiness is Success | Running started ready, next 12s
		20s time: try Liveness; try Readiness | Running started ready, next never
		20.5s Readiness Failed: nothing | Running started ready, next 21s
		20.75s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 21s
		21s time: kill for Liveness within 30s; try Readiness | Running started ready, next never
		22s exited 137: nothing | Error, next never
		23s Readiness Passed: nothing | Error, next 24s
		24s time: Readiness is Failure | Error, next never
	`},
	{"kubelet: a worker that has ended is replaced",
		probe.NewContainer(withPolicy(aliveAndReady, probe.OnFailure), lagging, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 10s
		1s Readiness Passed: nothing | Running started, next 3s
		10s time: try Liveness; try Readiness | Running started, next never
		11s Liveness Failed: nothing | Running started, next 20s
		11s Readiness Passed: Readiness is Success | Running started ready, next 12s
		20s time: try Liveness; try Readiness | Running started ready, next never
		20.5s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 20.75s
		20.75s time: kill for Liveness within 30s | Running started ready, next never
		21s Readiness Passed: try Readiness | Running started ready, next never
		22.5s Readiness Passed: nothing | Running started ready, next 24s
		23s exited 0: start | Completed, next 24s
		24s time: Readiness is Failure | Completed, next never
		25s started: Readiness is Failure; try Readiness | Running started, next 30s
		26s Readiness Passed: nothing | Running started, next 28s
	`},
	{"deleted while it is being started: not done before it has exited",
		probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s time: start | ContainerCreating, next never
		1s deleted: nothing | ContainerCreating, next never
		2s started: Readiness is Failure; try Readiness | Running started, next never
		3s exited 143: nothing | Error, next never
	`},
	{"supervisor: Synced is ignored",
		probe.NewContainer(probe.ContainerSpec{Readiness: spec(probe.Timing{InitialDelaySeconds: 5})}, probe.Options{Lag: time.Second}, 0), `
		0s started: Readiness is Failure | Running started, next 5s
		4s synced: nothing | Running started, next 5s
		5s synced: try Readiness | Running started, next never
	`},
	{"supervisor: a restart cancels a verdict",
		probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.Options{Lag: 5 * time.Second}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 6s
		2s started: Liveness is Success; try Liveness | Running started ready, next never
		6s time: nothing | Running started ready, next never
		7s Liveness Passed: nothing | Running started ready, next 12s
	`},
	{"kubelet: a restart cancels a verdict",
		probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.Options{Kubelet: true, Lag: 5 * time.Second}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 6s
		2s started: nothing | Running started ready, next 10s
		6s time: nothing | Running started ready, next 10s
		10s synced: Liveness is Success; try Liveness | Running started ready, next never
	`},
	{"kubelet: a sync gives verdicts their effect at once",
		probe.NewContainer(allThree, lagging, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next 10s
		1s Startup Passed: Startup is Success, on hold | Running, next 1.25s
		1.1s synced: try Readiness | Running started, next 10s
		2s Readiness Passed: Readiness is Success | Running started ready, next 10s
		10s time: try Liveness | Running started ready, next 11.1s
		10.5s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 10.75s
		10.6s synced: kill for Liveness within 2s | Running started ready, next 11.1s
		10.7s synced: nothing | Running started ready, next 11.1s
	`},
	{"kubelet: a result of another worker does not delay a verdict",
		probe.NewContainer(allThree, probe.Options{Kubelet: true, Lag: 8 * time.Second}, 0), `
		1s started: nothing | Running, next 4s
		4s time: Startup is Unknown; try Startup | Running, next 10s
		5s Startup Passed: Startup is Success, on hold | Running, next 10s
		10s time: Liveness is Success; Readiness is Failure | Running, next 13s
		13s time: nothing | Running started, next 20s
	`},
	{"kubelet: a late step does not move the periods",
		probe.NewContainer(allThree, lagging, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next 10s
		4s Startup Passed: Startup is Success, on hold | Running, next 4.25s
		12s time: try Liveness; try Readiness | Running started, next never
		13s Readiness Passed: Readiness is Success | Running started ready, next 20s
	`},
	{"kubelet: the first kill does not count, at any epoch",
		probe.NewContainer(withPolicy(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.OnFailure), lagging, -100*time.Second), `
		-100s started: Liveness is Success; try Liveness | Running started ready, next never
		-99s Liveness Failed: Liveness is Failure, on hold | Running started ready, next -1m38.75s
		-98s time: kill for Liveness within 30s | Running started ready, next never
		-97s exited 0: start | Completed, next never
	`},
	{"kubelet: readiness of an earlier instance has no effect",
		probe.NewContainer(probe.ContainerSpec{Readiness: spec(probe.Timing{})}, lagging, 0), `
		0s started: Readiness is Failure; try Readiness | Running started, next never
		1s Readiness Passed: Readiness is Success | Running started ready, next 10s
		2s exited 1: start | Error, next 10s
		3s started: nothing | Running started, next 10s
		4s synced: Readiness is Failure; try Readiness | Running started, next never
	`},
	{"kubelet: the back-off counts from an exit that was not reported",
		probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, lagging, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		0.5s Liveness Passed: nothing | Running started ready, next 10s
		1s exited 1: start | Error, next 10s
		1s started: nothing | Running started ready, next 10s
		2s exited 1: nothing | CrashLoopBackOff, next 10s
		12s time: Liveness is Success; Liveness is Failure; start | CrashLoopBackOff, next 20s
		13s started: nothing | Running started ready, next 20s
		20s time: Liveness is Success; try Liveness | Running started ready, next never

		20.1s Liveness Passed: nothing | Running started ready, next 30s
		29s started: nothing | Running started ready, next 30s
		30s time: Liveness is Success; try Liveness | Running started ready, next never
		31s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 31.25s
		31.25s time: kill for Liveness within 30s | Running started ready, next never
		32s exited 137: nothing | CrashLoopBackOff, next 52s
	`},
	{"supervisor: OnFailure, killed, exit code 0, with a back-off: restarts",
		probe.NewContainer(withPolicy(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.OnFailure), probe.Options{}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s exited 1: Liveness is Failure; start | Error, next never
		1s started: Liveness is Success; try Liveness | Running started ready, next never
		2s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s | Running started ready, next never
		3s exited 0: nothing | CrashLoopBackOff, next 13s
		13s time: start | CrashLoopBackOff, next never
	`},
	{"kubelet: OnFailure, killed, exit code 0, with a back-off: does not restart",
		probe.NewContainer(withPolicy(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.OnFailure), lagging, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		0.5s Liveness Passed: nothing | Running started ready, next 10s
		1s exited 1: start | Error, next 10s
		1s started: nothing | Running started ready, next 10s
		2s exited 1: nothing | CrashLoopBackOff, next 10s
		12s time: Liveness is Success; Liveness is Failure; start | CrashLoopBackOff, next 20s
		13s started: nothing | Running started ready, next 20s
		20s time: Liveness is Success; try Liveness | Running started ready, next never

		20.5s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 20.75s
		20.75s time: kill for Liveness within 30s | Running started ready, next never
		21s exited 0: nothing | Completed, next never
	`},
	{"kubelet: deleted before the workers have looked",
		probe.NewContainer(allThree, lagging, 0), `
		1s started: nothing | Running, next 4s
		2s deleted: Startup is Unknown; Startup is Success; Liveness is Success | Running, next 2.25s
		3s time: nothing | Running started, next 10s
		10s time: Readiness is Failure; try Readiness | Running started, next never
		11s exited 143: nothing | Error, next never
		12s Readiness Passed: Readiness is Success | Error, next 20s
		20s time: Readiness is Failure | Error, next never
	`},
	{"kubelet: with the policy Never, the grace period is the pod's",
		probe.NewContainer(withPolicy(allThree, probe.Never), lagging, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next 10s
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next 10s
		5s Startup Failed: Startup is Failure, on hold | Running, next 5.25s
		5.25s time: kill for Startup within 30s | Running, next 10s
	`},
	{"kubelet: deleted before the first start",
		probe.NewContainer(aliveAndReady, lagging, 0), `
		0s time: start | ContainerCreating, next never
		1s deleted: nothing | ContainerCreating, next never
		10s time: nothing | ContainerCreating, next never
	`},
}

func TestContainer(t *testing.T) {
	for _, tt := range scenarios {
		t.Run(tt.name, func(t *testing.T) {
			var want strings.Builder
			for line := range strings.Lines(tt.lines) {
				if line = strings.TrimSpace(line); line != "" {
					want.WriteString(line + "\n")
				}
			}
			if diff := cmp.Diff(strings.Split(want.String(), "\n"), strings.Split(tt.run(t), "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
