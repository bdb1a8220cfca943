package probe_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/probe"
)

// The loop of the example in virtual time. The first container instance fails its liveness probe, and takes 3
// s to exit when it is killed. The second one exits with 0.
func TestLookAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		starts := 0
		var exited chan probe.ExitCode
		run := runtime{
			start: func() <-chan probe.ExitCode {
				starts++
				exit := make(chan probe.ExitCode, 1)
				if exited = exit; starts == 2 {
					time.AfterFunc(5*time.Second, func() { exit <- 0 })
				}
				return exit
			},
			kill: func(time.Duration) {
				time.Sleep(3 * time.Second)
				exited <- 143
			},
			ask: func(k probe.Kind) probe.Outcome {
				if time.Sleep(500 * time.Millisecond); k == probe.Liveness && starts == 1 {
					return probe.Failed
				}
				return probe.Passed
			},
		}
		spec := probe.ContainerSpec{
			Liveness:      spec(probe.Timing{PeriodSeconds: 3, FailureThreshold: 2}),
			Readiness:     spec(probe.Timing{PeriodSeconds: 4}),
			RestartPolicy: probe.OnFailure,
		}
		var log bytes.Buffer
		lookAfter(t.Context(), spec, run, &log)
		want := `0s time passed: start
0s Started: Liveness is Success; Readiness is Failure; try Liveness; try Readiness
0.5s Liveness Failed: nothing
0.5s Readiness Passed: Readiness is Success
3s time passed: try Liveness
3.5s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s
4s time passed: try Readiness
4.5s Readiness Passed: nothing
6.5s Exited with 143 = 128 + 15 (SIGTERM): Readiness is Failure; start
6.5s Started: Liveness is Success; Readiness is Failure; try Liveness; try Readiness
7s Liveness Passed: nothing
7s Readiness Passed: Readiness is Success
9.5s time passed: try Liveness
10s Liveness Passed: nothing
10.5s time passed: try Readiness
11s Readiness Passed: nothing
11.5s Exited with 0: Liveness is Failure; Readiness is Failure
`
		// Answers at the same time have no certain order.
		got := strings.ReplaceAll(log.String(), "0.5s Readiness Passed: Readiness is Success\n0.5s Liveness Failed: nothing\n",
			"0.5s Liveness Failed: nothing\n0.5s Readiness Passed: Readiness is Success\n")
		got = strings.ReplaceAll(got, "7s Readiness Passed: Readiness is Success\n7s Liveness Passed: nothing\n",
			"7s Liveness Passed: nothing\n7s Readiness Passed: Readiness is Success\n")
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// When the context ends, lookAfter kills the container and returns after its exit. No goroutine is left:
// synctest checks it.
func TestLookAfterIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		exited := make(chan probe.ExitCode, 1)
		run := runtime{
			start: func() <-chan probe.ExitCode { return exited },
			kill:  func(time.Duration) { time.Sleep(2 * time.Second); exited <- 143 },
			ask:   func(probe.Kind) probe.Outcome { time.Sleep(time.Second); return probe.Passed },
		}
		var log bytes.Buffer
		lookAfter(ctx, probe.ContainerSpec{Liveness: spec(probe.Timing{PeriodSeconds: 5})}, run, &log)
		want := `0s time passed: start
0s Started: Liveness is Success; try Liveness
1s Liveness Passed: nothing
5s time passed: try Liveness
6s Liveness Passed: nothing
7s Deleted: nothing
9s Exited with 143 = 128 + 15 (SIGTERM): nothing
`
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(log.String(), "\n")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// A container that is being started when the context ends is killed when it has started.
func TestLookAfterIsCancelledInAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		exited := make(chan probe.ExitCode, 1)
		running := false
		run := runtime{
			start: func() <-chan probe.ExitCode { time.Sleep(2 * time.Second); running = true; return exited },
			kill: func(time.Duration) {
				if running {
					exited <- 143
				}
			},
		}
		var log bytes.Buffer
		lookAfter(ctx, probe.ContainerSpec{}, run, &log)
		want := `0s time passed: start
1s Deleted: nothing
2s Started: nothing
2s Exited with 143 = 128 + 15 (SIGTERM): nothing
`
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(log.String(), "\n")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}
