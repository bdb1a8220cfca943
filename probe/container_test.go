package probe_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/probe"
)

const never time.Duration = math.MaxInt64

func spec(t probe.Timing) *probe.Spec { return &probe.Spec{Handler: httpGet("/", 8080), Timing: t} }

// A tale is told to a container line by line: a time, what happens, and what the container does about it.
//
//	10s started: try Liveness
//	10.1s Liveness Passed: nothing
type tale struct {
	name      string
	container probe.Container
	lines     string
}

// tell steps the container and returns the lines as they came.
func (tt tale) tell(t *testing.T) string {
	c := tt.container
	life := map[probe.Kind]int{}
	var told strings.Builder
	for line := range strings.Lines(tt.lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		happens, _, _ := strings.Cut(line, ": ")
		words := strings.Fields(happens)
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
		default: // Kind Outcome, and perhaps the life, if it is not that of the last attempt
			e.Type = probe.Answered
			if err := e.Attempt.Kind.UnmarshalText([]byte(strings.ToLower(words[1]))); err != nil {
				t.Fatal(err)
			}
			if err := e.Outcome.UnmarshalText([]byte(strings.ToLower(words[2]))); err != nil {
				t.Fatal(err)
			}
			e.Attempt.RestartCount = life[e.Attempt.Kind]
			if len(words) > 3 {
				fmt.Sscan(words[3], &e.Attempt.RestartCount)
			}
		}
		act := c.Step(e)
		for a := range act.Attempts() {
			life[a.Kind] = a.RestartCount
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
		fmt.Fprintf(&told, "%s: %v | %v, next %s\n", happens, act, strings.Join(append([]string{c.Status()}, is...), " "), next)
	}
	return told.String()
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

var tales = []tale{
	{"a supervisor: from the first start to the first restart", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
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
	{"a supervisor: the others begin when the startup probe passes, and their delay is over", probe.NewContainer(allThree, probe.Options{}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next never
		6s Startup Passed: Startup is Success, on hold; try Readiness | Running started, next 7s
		7s time: try Liveness | Running started, next never
		8s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 2s | Running started, next never
		8.5s exited 143: start | Error, next never
	`},
	{"a supervisor: a startup probe that fails", probe.NewContainer(allThree, probe.Options{Lag: time.Second}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next never
		5s Startup Failed: Startup is Failure, on hold | Running, next 6s
		6s time: kill for Startup within 7s | Running, next never
	`},
	{"an attempt that takes longer than the period: the next one follows at once, and what was missed is not made up for", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		5s time: try Liveness | Running started, next never
		7s Readiness Passed: try Readiness | Running started, next never
		8s Readiness Passed: Readiness is Success | Running started ready, next 9s
	`},
	{"who comes late finds one attempt due", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		1s Readiness Passed: nothing | Running started, next 3s
		31s time: try Liveness; try Readiness | Running started, next never
		31.1s Readiness Passed: Readiness is Success | Running started ready, next 33s
		31.2s Liveness Passed: nothing | Running started ready, next 33s
		33s time: try Readiness | Running started ready, next 35s
	`},
	{"what cannot be changes nothing", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
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
	{"a supervisor: a late answer of a former life", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		1s exited 1: Liveness is Failure; start | Error, next never
		2s Readiness Failed: nothing | Error, next never
		2s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 7s
		3s Readiness Failed 0: nothing | Running started, next 7s
		4s Readiness Passed: nothing | Running started, next 5s
	`},
	{"an exit that was overlooked", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 5s
		2s started: Liveness is Success; Readiness is Failure; try Readiness | Running started, next 7s
		3s Readiness Failed 0: nothing | Running started, next 7s
		4s Readiness Passed 1: nothing | Running started, next 5s
	`},
	{"the kill is off when it ends by itself before", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1}), RestartPolicy: probe.OnFailure}, probe.Options{Lag: time.Second}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 2s
		1.5s exited 0: nothing | Completed, next never
		2s time: nothing | Completed, next never
	`},
	{"no probe at all", probe.NewContainer(probe.ContainerSpec{}, probe.Options{}, 5*time.Second), `
		0s time: nothing | ContainerCreating, next 5s
		5s time: start | ContainerCreating, next never
		6s started: nothing | Running started ready, next never
		7s exited 0: start | Completed, next never
	`},
	{"deleted while it runs", probe.NewContainer(allThree, probe.Options{Lag: time.Second}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		2s deleted: Startup is Success | Running, next 3s
		2.5s Startup Failed: nothing | Running, next 3s
		3s time: try Readiness | Running started, next never
		4s Readiness Passed: Readiness is Success | Running started ready, next 13s
		5s exited 143: Readiness is Failure | Error, next never
	`},
	{"deleted while it is to be killed", probe.NewContainer(allThree, probe.Options{Lag: time.Second}, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next never
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next never
		5s Startup Failed: Startup is Failure, on hold | Running, next 6s
		5.5s deleted: Startup is Success | Running, next 6.5s
		6s started: Readiness is Failure; try Readiness | Running started, next never
		7s exited 0: nothing | Completed, next never
	`},
	{"deleted while it waits", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
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
	{"a kubelet: workers look when their period begins", probe.NewContainer(allThree, lagging, 0), `
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
	{"a kubelet: an attempt that outlives the container holds the probe up, and counts for the run", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 2})}, lagging, 0), `
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
	{"a kubelet: a verdict about a former life is nobody's", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, lagging, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s exited 1: start | Error, next never
		2s started: nothing | Running started ready, next never
		3s Liveness Failed: nothing | Running started ready, next 10s
		10s time: Liveness is Success; try Liveness | Running started ready, next never
	`},
	{"a kubelet: an answer after the exit is published, and kills nothing", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, lagging, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s exited 1: start | Error, next never
		1.5s Liveness Failed: Liveness is Failure, on hold | Error, next never
		10s started: Liveness is Success; try Liveness | Running started ready, next never
	`},
	{"a kubelet: while it is not ready, computing the status tries it at once", probe.NewContainer(probe.ContainerSpec{Readiness: spec(probe.Timing{})}, lagging, 0), `
		0s synced: start | ContainerCreating, next never
		1s started: nothing | Running started, next 10s
		2s synced: Readiness is Failure; try Readiness | Running started, next never
		3s synced: nothing | Running started, next never
		4s Readiness Failed: try Readiness | Running started, next never
		5s Readiness Passed: Readiness is Success | Running started ready, next 14s
		6s synced: nothing | Running started ready, next 14s
		14s time: try Readiness | Running started ready, next never
	`},
	{"a kubelet: on hold with no next life", probe.NewContainer(withPolicy(aliveAndReady, probe.Never), lagging, 0), `
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
	{"a kubelet: a worker that ended is replaced", probe.NewContainer(withPolicy(aliveAndReady, probe.OnFailure), lagging, 0), `
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
	{"deleted between being asked to start and starting: not done before it has exited", probe.NewContainer(aliveAndReady, probe.Options{}, 0), `
		0s time: start | ContainerCreating, next never
		1s deleted: nothing | ContainerCreating, next never
		2s started: Readiness is Failure; try Readiness | Running started, next never
		3s exited 143: nothing | Error, next never
	`},
	{"a supervisor does not sync", probe.NewContainer(probe.ContainerSpec{Readiness: spec(probe.Timing{InitialDelaySeconds: 5})}, probe.Options{Lag: time.Second}, 0), `
		0s started: Readiness is Failure | Running started, next 5s
		4s synced: nothing | Running started, next 5s
		5s synced: try Readiness | Running started, next never
	`},
	{"a verdict is off when the container starts anew", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.Options{Lag: 5 * time.Second}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 6s
		2s started: Liveness is Success; try Liveness | Running started ready, next never
		6s time: nothing | Running started ready, next never
		7s Liveness Passed: nothing | Running started ready, next 12s
	`},
	{"a kubelet: likewise", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.Options{Kubelet: true, Lag: 5 * time.Second}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 6s
		2s started: nothing | Running started ready, next 10s
		6s time: nothing | Running started ready, next 10s
		10s synced: Liveness is Success; try Liveness | Running started ready, next never
	`},
	{"a kubelet: a sync waits for no verdict", probe.NewContainer(allThree, lagging, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next 10s
		1s Startup Passed: Startup is Success, on hold | Running, next 1.25s
		1.1s synced: try Readiness | Running started, next 10s
		2s Readiness Passed: Readiness is Success | Running started ready, next 10s
		10s time: try Liveness | Running started ready, next 11.1s
		10.5s Liveness Failed: Liveness is Failure, on hold | Running started ready, next 10.75s
		10.6s synced: kill for Liveness within 2s | Running started ready, next 11.1s
		10.7s synced: nothing | Running started ready, next 11.1s
	`},
	{"a kubelet: another worker's look does not put a verdict off", probe.NewContainer(allThree, probe.Options{Kubelet: true, Lag: 8 * time.Second}, 0), `
		1s started: nothing | Running, next 4s
		4s time: Startup is Unknown; try Startup | Running, next 10s
		5s Startup Passed: Startup is Success, on hold | Running, next 10s
		10s time: Liveness is Success; Readiness is Failure | Running, next 13s
		13s time: nothing | Running started, next 20s
	`},
	{"a kubelet: who comes late does not shift the periods", probe.NewContainer(allThree, lagging, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next 10s
		4s Startup Passed: Startup is Success, on hold | Running, next 4.25s
		12s time: try Liveness; try Readiness | Running started, next never
		13s Readiness Passed: Readiness is Success | Running started ready, next 20s
	`},
	{"a kubelet: the first kill is not counted, whatever the epoch", probe.NewContainer(withPolicy(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.OnFailure), lagging, -100*time.Second), `
		-100s started: Liveness is Success; try Liveness | Running started ready, next never
		-99s Liveness Failed: Liveness is Failure, on hold | Running started ready, next -1m38.75s
		-98s time: kill for Liveness within 30s | Running started ready, next never
		-97s exited 0: start | Completed, next never
	`},
	{"a kubelet: readiness of a former life is nobody's", probe.NewContainer(probe.ContainerSpec{Readiness: spec(probe.Timing{})}, lagging, 0), `
		0s started: Readiness is Failure; try Readiness | Running started, next never
		1s Readiness Passed: Readiness is Success | Running started ready, next 10s
		2s exited 1: start | Error, next 10s
		3s started: nothing | Running started, next 10s
		4s synced: Readiness is Failure; try Readiness | Running started, next never
	`},
	{"a kubelet: an exit that was overlooked is one to count the back-off from", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, lagging, 0), `
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
	{"a supervisor: killed, ended with 0, restarts on failure, has to wait", probe.NewContainer(withPolicy(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.OnFailure), probe.Options{}, 0), `
		0s started: Liveness is Success; try Liveness | Running started ready, next never
		1s exited 1: Liveness is Failure; start | Error, next never
		1s started: Liveness is Success; try Liveness | Running started ready, next never
		2s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s | Running started ready, next never
		3s exited 0: nothing | CrashLoopBackOff, next 13s
		13s time: start | CrashLoopBackOff, next never
	`},
	{"a kubelet: likewise, it is not started again", probe.NewContainer(withPolicy(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.OnFailure), lagging, 0), `
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
	{"a kubelet: deleted before its workers have looked", probe.NewContainer(allThree, lagging, 0), `
		1s started: nothing | Running, next 4s
		2s deleted: Startup is Unknown; Startup is Success; Liveness is Success | Running, next 2.25s
		3s time: nothing | Running started, next 10s
		10s time: Readiness is Failure; try Readiness | Running started, next never
		11s exited 143: nothing | Error, next never
		12s Readiness Passed: Readiness is Success | Error, next 20s
		20s time: Readiness is Failure | Error, next never
	`},
	{"a kubelet: of a pod that is never started again, the pod's grace counts", probe.NewContainer(withPolicy(allThree, probe.Never), lagging, 0), `
		0s started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup | Running, next 10s
		1s Startup Failed: nothing | Running, next 4s
		4s time: try Startup | Running, next 10s
		5s Startup Failed: Startup is Failure, on hold | Running, next 5.25s
		5.25s time: kill for Startup within 30s | Running, next 10s
	`},
	{"a kubelet: never started, and deleted", probe.NewContainer(aliveAndReady, lagging, 0), `
		0s time: start | ContainerCreating, next never
		1s deleted: nothing | ContainerCreating, next never
		10s time: nothing | ContainerCreating, next never
	`},
}

func TestTales(t *testing.T) {
	for _, tt := range tales {
		var want strings.Builder
		for line := range strings.Lines(tt.lines) {
			if line = strings.TrimSpace(line); line != "" {
				want.WriteString(line + "\n")
			}
		}
		if diff := cmp.Diff(strings.Split(want.String(), "\n"), strings.Split(tt.tell(t), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Whatever it is told, in whatever order: what a container says fits together, and it can be stored at any time.
func TestContainerLaws(t *testing.T) {
	timing := rapid.Custom(func(t *rapid.T) *probe.Spec {
		n := rapid.Int32Range(-1, 4)
		return spec(probe.Timing{
			InitialDelaySeconds: n.Draw(t, "delay"), PeriodSeconds: n.Draw(t, "period"), SuccessThreshold: n.Draw(t, "success"),
			FailureThreshold: n.Draw(t, "failure"), TerminationGracePeriodSeconds: rapid.Int64Range(-1, 5).Draw(t, "grace"),
		})
	})
	rapid.Check(t, func(t *rapid.T) {
		maybe := func(name string) *probe.Spec { return rapid.OneOf(timing, rapid.Just[*probe.Spec](nil)).Draw(t, name) }
		spec := probe.ContainerSpec{
			Startup: maybe("startup"), Liveness: maybe("liveness"), Readiness: maybe("readiness"),
			RestartPolicy: rapid.SampledFrom([]probe.RestartPolicy{0, probe.Always, probe.OnFailure, probe.Never}).Draw(t, "policy"),
		}
		options := probe.Options{
			Kubelet: rapid.Bool().Draw(t, "kubelet"), Lag: rapid.SampledFrom([]time.Duration{0, 250 * time.Millisecond, 3 * time.Second}).Draw(t, "lag"),
		}
		c := probe.NewContainer(spec, options, 0)
		now := time.Duration(0)
		underway := map[probe.Kind]probe.Attempt{}
		var old []probe.Attempt // answered, or void
		asked, deleted, killed := false, false, false
		starts, startedAt := 0, time.Duration(0)
		t.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) {},
			"step": func(t *rapid.T) {
				e := probe.Event{
					Type:     probe.EventType(rapid.IntRange(-1, 6).Draw(t, "type")),
					Outcome:  probe.Outcome(rapid.IntRange(-1, 5).Draw(t, "outcome")),
					ExitCode: probe.ExitCode(rapid.IntRange(0, 1).Draw(t, "code")),
					Attempt:  probe.Attempt{Kind: probe.Kind(rapid.IntRange(-1, 4).Draw(t, "kind")), RestartCount: rapid.IntRange(-1, 3).Draw(t, "restart count")},
				}
				if a, ok := underway[e.Attempt.Kind]; ok && rapid.Bool().Draw(t, "as handed out") {
					e.Attempt = a
				} else if len(old) > 0 && rapid.Bool().Draw(t, "an old one") {
					e.Attempt = rapid.SampledFrom(old).Draw(t, "attempt")
				}
				if next := c.Next(); next != never && rapid.Bool().Draw(t, "in time") {
					now = max(now, next)
				} else {
					now += time.Duration(rapid.IntRange(0, 20).Draw(t, "halves")) * time.Second / 2
				}
				e.At = now

				before, startsBefore := c, starts
				act := c.Step(e)
				copied := before
				if again := copied.Step(e); again != act || copied != c {
					t.Fatalf("%v, of a copy: %v, want %v", e, again, act)
				}
				var read probe.Container
				if data, err := json.Marshal(c); err != nil || json.Unmarshal(data, &read) != nil || read != c {
					t.Fatalf("%+v in JSON is %s, which is %+v (%v)", c, data, read, err)
				}
				if c.Next() <= now {
					t.Fatalf("%v at %v: again at %v, %+v", e, now, c.Next(), c)
				}

				if a, ok := underway[e.Attempt.Kind]; ok && e.Type == probe.Answered && a == e.Attempt {
					delete(underway, a.Kind)
					old = append(old, a)
				} else if e.Type == probe.Answered && e.Attempt.RestartCount != startsBefore-1 && !options.Kubelet {
					// A late answer of a former life changes nothing: it is as if only time had passed.
					passed := before
					if want := passed.Step(probe.Event{At: now}); want != act || passed != c {
						t.Fatalf("late: %+v: %v, want %v\n%+v\n%+v\n%+v", e, act, want, before, c, passed)
					}
				}
				if e.Type == probe.Started {
					asked, killed = false, false
					starts, startedAt = starts+1, now
				}
				if !options.Kubelet && (e.Type == probe.Started || e.Type == probe.Exited && before.Running()) {
					for k, a := range underway {
						delete(underway, k)
						old = append(old, a)
					}
				}
				deleted = deleted || e.Type == probe.Deleted
				for a := range act.Attempts() {
					if two, ok := underway[a.Kind]; ok {
						t.Fatalf("%v is handed out, and %v under way", a, two)
					}
					underway[a.Kind] = a
					switch {
					case !c.Running() || a.RestartCount != starts-1:
						t.Fatalf("%v of a container that does not run", a)
					case now-startedAt < time.Duration(specOf(spec, a.Kind).InitialDelaySeconds)*time.Second:
						t.Fatalf("%v before its delay is over", a)
					case c.Started() == (a.Kind == probe.Startup):
						t.Fatalf("%v, while started is %v", a, c.Started())
					case deleted && a.Kind != probe.Readiness:
						t.Fatalf("%v of a container that is deleted", a)
					}
				}
				if act.Start && (c.Running() || asked || deleted || spec.RestartPolicy == probe.Never && starts > 0) {
					t.Fatalf("start: %+v", c)
				}
				asked = asked || act.Start
				if act.Kill != 0 {
					p := specOf(spec, act.Kill)
					grace := max(p.TerminationGracePeriodSeconds, 2)
					if p.TerminationGracePeriodSeconds <= 0 || options.Kubelet && spec.RestartPolicy == probe.Never {
						grace = 30
					}
					if !c.Running() || killed || deleted || act.Grace != time.Duration(grace)*time.Second {
						t.Fatalf("%v: %+v", act, c)
					}
					killed = true
				}
				if c.Ready() && !c.Started() || c.Started() && !c.Running() || c.RestartCount() != max(starts-1, 0) {
					t.Fatalf("ready %v, started %v, %+v", c.Ready(), c.Started(), c)
				}
				if c.Done() && c.Running() || c.Deleted() != deleted {
					t.Fatalf("done: %+v", c)
				}
			},
		})
	})
}

func specOf(s probe.ContainerSpec, k probe.Kind) *probe.Spec {
	return map[probe.Kind]*probe.Spec{probe.Startup: s.Startup, probe.Liveness: s.Liveness, probe.Readiness: s.Readiness}[k]
}

// restarts ends a container again and again, each life as long as told, and returns how long it waits each time.
func restarts(c probe.Container, kill bool, lives ...time.Duration) (waits []time.Duration) {
	now := time.Duration(0)
	c.Step(probe.Event{})
	for _, life := range lives {
		through(&c, probe.Event{At: now, Type: probe.Started}, probe.Passed)
		if kill {
			for c.Probe(probe.Liveness).Result != probe.Failure {
				through(&c, probe.Event{At: c.Next()}, probe.Failed)
			}
		}
		now += life
		act := c.Step(probe.Event{At: now, Type: probe.Exited, ExitCode: 137})
		wait := time.Duration(0)
		for !act.Start {
			wait = c.Next() - now
			act = c.Step(probe.Event{At: c.Next()})
		}
		now += wait
		waits = append(waits, wait)
	}
	return waits
}

func TestBackoff(t *testing.T) {
	const s, m = time.Second, time.Minute
	second := slices.Repeat([]time.Duration{s}, 8)
	longer := slices.Repeat([]time.Duration{100 * s}, 8)
	kubelet, plain := probe.Options{Kubelet: true}, probe.Options{}
	for _, tt := range []struct {
		name    string
		options probe.Options
		kill    bool
		lives   []time.Duration
		want    []time.Duration
	}{
		{"the kubelet's", kubelet, false, second, []time.Duration{0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s, 300 * s}},
		{"ours is the same", plain, false, second, []time.Duration{0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s, 300 * s}},
		{"after kills of short lives: the kubelet begins with the second", kubelet, true, second, []time.Duration{0, 0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s}},
		{"after kills of longer lives: most of the wait is over before", kubelet, true, longer, []time.Duration{0, 0, 0, 0, 0, 0, 160 * s, 300 * s}},
		{"ours counts from the exit", plain, true, longer, []time.Duration{0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s, 300 * s}},
		{"ten minutes are not enough to begin anew", plain, false, []time.Duration{s, s, 10 * m, s}, []time.Duration{0, 10 * s, 20 * s, 40 * s}},
		{"more are", plain, false, []time.Duration{s, s, 10*m + 1, s}, []time.Duration{0, 10 * s, 0, 10 * s}},
		{"an administrator's maximum", probe.Options{Backoff: probe.Backoff{Max: 25 * s}}, false, second[:5], []time.Duration{0, 10 * s, 20 * s, 25 * s, 25 * s}},
		{"below the first wait", probe.Options{Backoff: probe.Backoff{Max: 3 * s}}, false, second[:4], []time.Duration{0, 3 * s, 3 * s, 3 * s}},
		{"all one's own", probe.Options{Backoff: probe.Backoff{Initial: s, Factor: 1.5, Max: 3 * s, Reset: 5 * s}}, false,
			[]time.Duration{s, s, s, s, s, 6 * s, s}, []time.Duration{0, s, 1500 * time.Millisecond, 2250 * time.Millisecond, 3 * s, 0, s}},
		{"no waiting", probe.Options{Backoff: probe.Backoff{Max: -1}}, false, second[:3], []time.Duration{0, 0, 0}},
		{"a factor that goes beyond all measure", probe.Options{Backoff: probe.Backoff{Factor: math.MaxFloat64}}, false, second[:3], []time.Duration{0, 10 * s, 5 * m}},
		{"what is no factor is 2", probe.Options{Backoff: probe.Backoff{Factor: math.Inf(1)}}, false, second[:3], []time.Duration{0, 10 * s, 20 * s}},
		{"nor is this a number", probe.Options{Backoff: probe.Backoff{Factor: math.NaN()}}, false, second[:3], []time.Duration{0, 10 * s, 20 * s}},
		{"nor is this one", probe.Options{Backoff: probe.Backoff{Factor: -1}}, false, second[:3], []time.Duration{0, 10 * s, 20 * s}},
	} {
		c := probe.NewContainer(probe.ContainerSpec{
			Liveness: spec(probe.Timing{PeriodSeconds: 1, FailureThreshold: 1}),
		}, tt.options, 0)
		if diff := cmp.Diff(tt.want, restarts(c, tt.kill, tt.lives...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if _, err := json.Marshal(c); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// A life is measured from when its start was decided, not from when it started.
func TestBackoffBeginsAnew(t *testing.T) {
	const s = time.Second
	c := probe.NewContainer(probe.ContainerSpec{}, probe.Options{Backoff: probe.Backoff{Reset: 20 * s}}, 0)
	c.Step(probe.Event{Type: probe.Started})
	c.Step(probe.Event{At: s, Type: probe.Exited}) // decided at once
	c.Step(probe.Event{At: 10 * s, Type: probe.Started})
	if again := c; again.Step(probe.Event{At: 21 * s, Type: probe.Exited}).Start {
		t.Error("starts after 20 s, want a wait")
	}
	if !c.Step(probe.Event{At: 21*s + 1, Type: probe.Exited}).Start {
		t.Error("waits after more than 20 s, want a start")
	}
}

// The zero Container has no probes and asks to be started; nothing ever happens at the highest of all durations.
func TestNeverAndNothing(t *testing.T) {
	var zero probe.Container
	if act := zero.Step(probe.Event{At: never}); act != (probe.Action{}) || zero != (probe.Container{}) {
		t.Errorf("at no time: %v, %+v", act, zero)
	}
	if act := zero.Step(probe.Event{}); act != (probe.Action{Start: true}) || zero.Next() != never {
		t.Errorf("at first: %v, next %v", act, zero.Next())
	}
	zero.Step(probe.Event{At: 1, Type: probe.Started})
	if !zero.Ready() || zero.Next() != never {
		t.Errorf("%+v", zero)
	}
	if act := zero.Step(probe.Event{At: zero.Next()}); act != (probe.Action{}) {
		t.Errorf("at no time: %v", act)
	}
	if act := zero.Step(probe.Event{At: 2, Type: probe.Exited, ExitCode: 1}); act != (probe.Action{Start: true}) {
		t.Errorf("at the end: %v", act)
	}
	if data, err := json.Marshal(probe.NewContainer(probe.ContainerSpec{}, probe.Options{}, 0)); strings.Contains(string(data), "9223372") {
		t.Errorf("a number that only integers of 64 bits can hold: %s, %v", data, err)
	}
}

// Times and periods beyond all measure neither go round nor come to an end: after each step, the next is later.
func TestTimesBeyondMeasure(t *testing.T) {
	most := probe.Timing{InitialDelaySeconds: math.MaxInt32, PeriodSeconds: math.MaxInt32, SuccessThreshold: math.MaxInt32, FailureThreshold: 1}
	least := probe.Timing{InitialDelaySeconds: math.MinInt32, PeriodSeconds: math.MinInt32, SuccessThreshold: math.MinInt32, FailureThreshold: math.MinInt32}
	for _, timing := range []probe.Timing{most, least} {
		for _, o := range []probe.Options{{}, {Lag: never}, {Lag: -1}, {Kubelet: true}, {Kubelet: true, Lag: never}} {
			for _, at := range []time.Duration{math.MinInt64, -1, 0, never - 1} {
				c := probe.NewContainer(probe.ContainerSpec{Startup: spec(timing), Liveness: spec(timing), Readiness: spec(timing)}, o, at)
				for _, e := range []probe.Event{
					{At: at}, {At: at, Type: probe.Started}, {At: never - 1}, {At: math.MinInt64}, {At: never - 1, Type: probe.Synced},
					{At: at, Type: probe.Exited}, {At: at, Type: probe.Started}, {At: 0}, {At: never - 1}, {At: 0, Type: probe.Deleted}, {At: at},
				} {
					through(&c, e, probe.Failed)
					if c.Next() <= e.At {
						t.Fatalf("%+v, %+v, %v: next %v, %+v", timing, o, e, c.Next(), c)
					}
				}
			}
		}
	}
	for range probe.Simulate(probe.NewContainer(allThree, probe.Options{}, never-time.Minute), never-time.Minute, never,
		probe.Instance{ProbeTime: never, RunTime: never, StopTime: never}) {
	}
}

// Attempts whose answers were lost, with the program that was asked for them.
func ExampleContainer_Underway() {
	c := probe.NewContainer(aliveAndReady, probe.Options{}, 0)
	c.Step(probe.Event{Type: probe.Started})
	c.Step(probe.Event{At: 5 * time.Second})
	stored, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}

	var restored probe.Container
	if err := json.Unmarshal(stored, &restored); err != nil {
		panic(err)
	}
	for a := range restored.Underway() {
		fmt.Println("lost:", a.Kind)
		restored.Step(probe.Event{At: 20 * time.Second, Type: probe.Answered, Attempt: a, Outcome: probe.Errored})
	}
	fmt.Println(restored.Probe(probe.Liveness), "|", restored.Probe(probe.Readiness))
	// Output:
	// lost: Liveness
	// lost: Readiness
	// Liveness Success | Readiness Failure
}

func TestUnderway(t *testing.T) {
	c := probe.NewContainer(allThree, probe.Options{}, 0)
	for a := range c.Underway() {
		t.Errorf("%v before the start", a)
	}
	c.Step(probe.Event{Type: probe.Started})
	if got := slices.Collect(c.Underway()); !slices.Equal(got, []probe.Attempt{{Kind: probe.Startup}}) {
		t.Errorf("got %v", got)
	}
	through(&c, probe.Event{At: 1, Type: probe.Answered, Attempt: probe.Attempt{Kind: probe.Startup}, Outcome: probe.Passed}, probe.Passed)
	c.Step(probe.Event{At: c.Next()})
	c.Step(probe.Event{At: c.Next()})
	if got := slices.Collect(c.Underway()); !slices.Equal(got, []probe.Attempt{{Kind: probe.Liveness}, {Kind: probe.Readiness}}) {
		t.Errorf("got %v, %+v", got, c)
	}
	for range c.Underway() {
		break // stops
	}
	c.Step(probe.Event{At: time.Hour, Type: probe.Deleted}) // the answer about liveness is of no use any more
	if got := slices.Collect(c.Underway()); !slices.Equal(got, []probe.Attempt{{Kind: probe.Readiness}}) {
		t.Errorf("got %v, %+v", got, c)
	}
}

func TestGrace(t *testing.T) {
	zero, most := int64(0), int64(math.MaxInt64)
	for _, tt := range []struct {
		own  int64
		pods *int64
		want time.Duration
	}{
		{0, nil, 30 * time.Second},
		{5, nil, 5 * time.Second},
		{1, nil, 2 * time.Second},
		{0, &zero, 2 * time.Second},
		{60, &zero, 60 * time.Second},
		{0, &most, math.MaxInt64 / time.Second * time.Second},
	} {
		c := probe.NewContainer(probe.ContainerSpec{
			Liveness:                      spec(probe.Timing{FailureThreshold: 1, TerminationGracePeriodSeconds: tt.own}),
			TerminationGracePeriodSeconds: tt.pods,
		}, probe.Options{}, 0)
		for a := range c.Step(probe.Event{Type: probe.Started}).Attempts() {
			if act := c.Step(probe.Event{Type: probe.Answered, Attempt: a, Outcome: probe.Failed}); act.Kill != probe.Liveness || act.Grace != tt.want {
				t.Errorf("own %d: %v, want %v", tt.own, act, tt.want)
			}
		}
	}
}

func TestActionJSON(t *testing.T) {
	c := probe.NewContainer(aliveAndReady, probe.Options{}, 0)
	for _, tt := range []struct {
		event probe.Event
		want  string
	}{
		{probe.Event{}, `{"event":{"at":0},"action":{"start":true}}`},
		{probe.Event{Type: probe.Started}, `{"event":{"at":0,"type":"started"},"action":{"attempts":[{"kind":"readiness","restartCount":0}],` +
			`"changes":[{"kind":"liveness","result":"success"},{"kind":"readiness","result":"failure"}]}}`},
		{probe.Event{At: 1, Type: probe.Answered, Attempt: probe.Attempt{Kind: probe.Readiness}, Outcome: probe.Failed},
			`{"event":{"at":1,"type":"answered","attempt":{"kind":"readiness","restartCount":0},"outcome":"failed"},"action":{}}`},
		{probe.Event{At: 2, Type: probe.Exited, ExitCode: 1}, `{"event":{"at":2,"type":"exited","exitCode":1},` +
			`"action":{"start":true,"changes":[{"kind":"liveness","result":"failure"}]}}`},
	} {
		got, err := json.Marshal(struct {
			Event  probe.Event  `json:"event"`
			Action probe.Action `json:"action"`
		}{tt.event, c.Step(tt.event)})
		if string(got) != tt.want || err != nil {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
		}
	}
}

func TestActionFromJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := probe.NewContainer(allThree, probe.Options{Kubelet: rapid.Bool().Draw(t, "kubelet")}, 0)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			e := probe.Event{At: c.Next(), Type: probe.EventType(rapid.IntRange(0, 5).Draw(t, "type"))}
			act := c.Step(e)
			var read probe.Action
			if data, err := json.Marshal(act); err != nil || json.Unmarshal(data, &read) != nil || read != act {
				t.Fatalf("%v in JSON is %s, which is %v (%v)", act, data, read, err)
			}
		}
	})
	most := `{"attempts":[{"kind":"startup","restartCount":1},{"kind":"liveness","restartCount":1},{"kind":"readiness","restartCount":1}],` +
		`"changes":[{"kind":"startup","result":"failure"},{},{},{},{},{},{"kind":"liveness","result":"success","onHold":true}]}`
	var act probe.Action
	if err := json.Unmarshal([]byte(most), &act); err != nil || len(slices.Collect(act.Attempts())) != 3 || len(slices.Collect(act.Changes())) != 7 {
		t.Errorf("%v, %v", act, err)
	}
	for _, text := range []string{
		`1`,
		`{"kill":"Nobody"}`,
		`{"attempts":[{},{},{},{}]}`,
		`{"attempts":[{"kind":"startup","restartCount":1},{"kind":"liveness","restartCount":2}]}`,
		`{"changes":[{},{},{},{},{},{},{},{}]}`,
	} {
		act := probe.Action{Start: true}
		if err := json.Unmarshal([]byte(text), &act); err == nil || act != (probe.Action{Start: true}) {
			t.Errorf("%s: %v, %v; want an error, and nothing changed", text, act, err)
		}
	}
}

// through steps the container, answers all that is due at once, and returns how much that was.
func through(c *probe.Container, e probe.Event, outcome probe.Outcome) (attempts int) {
	for a := range c.Step(e).Attempts() {
		attempts += 1 + through(c, probe.Event{At: e.At, Type: probe.Answered, Attempt: a, Outcome: outcome}, outcome)
	}
	return attempts
}

func TestContainerDoesNotAllocate(t *testing.T) {
	for _, o := range []probe.Options{{}, lagging} {
		c := probe.NewContainer(allThree, o, 0)
		now := time.Duration(0)
		if n := testing.AllocsPerRun(100, func() {
			through(&c, probe.Event{At: now, Type: probe.Started}, probe.Passed)
			for range 5 {
				through(&c, probe.Event{At: c.Next()}, probe.Passed)
			}
			for c.Probe(probe.Liveness).Result != probe.Failure {
				now = c.Next()
				through(&c, probe.Event{At: now}, probe.Failed)
			}
			through(&c, probe.Event{At: now, Type: probe.Synced}, probe.Failed)
			for range c.Step(probe.Event{At: now, Type: probe.Exited, ExitCode: 137}).Changes() {
			}
			copied := c
			copied.Step(probe.Event{At: now, Type: probe.Deleted})
		}); n != 0 {
			t.Errorf("%+v: %v allocations, want 0", o, n)
		}
	}
}

// Every probe of a container in the steady state: a round is one step that hands two attempts out, and two that hand them in.
func BenchmarkContainer(b *testing.B) {
	for _, o := range []struct {
		name string
		probe.Options
	}{{"plain", probe.Options{}}, {"kubelet", lagging}} {
		b.Run(o.name, func(b *testing.B) {
			c := probe.NewContainer(probe.ContainerSpec{Startup: spec(defaults), Liveness: spec(defaults), Readiness: spec(defaults)}, o.Options, 0)
			through(&c, probe.Event{Type: probe.Started}, probe.Passed)
			attempts := 0
			b.ReportAllocs()
			for b.Loop() {
				attempts += through(&c, probe.Event{At: c.Next()}, probe.Passed)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(attempts), "ns/attempt")
		})
	}
}
