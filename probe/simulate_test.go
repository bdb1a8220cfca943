package probe_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/probe"
)

// When does a cluster restart this pod? The server answers five requests, fails all others, and ignores
// SIGTERM. The third failure in a row causes a kill, which takes the whole grace period. The restart is
// immediate at first. Later, the back-off is longer than the time from one exit to the next.
func ExampleSimulate() {
	spec := probe.ContainerSpec{Liveness: &probe.Spec{Handler: httpGet("/", 8080)}}
	unhealthy := probe.Instance{
		Liveness: append(slices.Repeat([]probe.Outcome{probe.Passed}, 5), probe.Failed),
		StopTime: time.Hour,
	}
	c := probe.NewContainer(spec, probe.Options{Kubelet: true}, 0)
	for m := range probe.Simulate(c, 0, 16*time.Minute, unhealthy) {
		switch {
		case m.Action.Kill != 0:
			fmt.Printf("%v: killed for %v\n", m.Event.At, m.Action.Kill)
		case m.Event.Type == probe.Exited:
			fmt.Printf("%v: %v, %s, %d restarts\n", m.Event.At, m.Event, m.Container.Status(), m.Container.RestartCount())
		}
	}
	// Output:
	// 1m10s: killed for Liveness
	// 1m40s: Exited with 137 = 128 + 9 (SIGKILL), Error, 0 restarts
	// 2m50s: killed for Liveness
	// 3m20s: Exited with 137 = 128 + 9 (SIGKILL), Error, 1 restarts
	// 4m30s: killed for Liveness
	// 5m0s: Exited with 137 = 128 + 9 (SIGKILL), Error, 2 restarts
	// 6m10s: killed for Liveness
	// 6m40s: Exited with 137 = 128 + 9 (SIGKILL), Error, 3 restarts
	// 7m50s: killed for Liveness
	// 8m20s: Exited with 137 = 128 + 9 (SIGKILL), Error, 4 restarts
	// 9m30s: killed for Liveness
	// 10m0s: Exited with 137 = 128 + 9 (SIGKILL), Error, 5 restarts
	// 11m10s: killed for Liveness
	// 11m40s: Exited with 137 = 128 + 9 (SIGKILL), CrashLoopBackOff, 6 restarts
	// 15m30s: killed for Liveness
	// 16m0s: Exited with 137 = 128 + 9 (SIGKILL), CrashLoopBackOff, 7 restarts
}

// timeline returns a line for each moment of a simulation.
func timeline(c probe.Container, from, until time.Duration, instances ...probe.Instance) (lines []string) {
	for m := range probe.Simulate(c, from, until, instances...) {
		lines = append(lines, fmt.Sprintf("%gs %v: %v", m.Event.At.Seconds(), m.Event, m.Action))
	}
	return lines
}

func TestSimulate(t *testing.T) {
	const s = time.Second
	running := probe.NewContainer(aliveAndReady, probe.Options{}, 0) // since 100 s, with an attempt of each probe under way
	running.Step(probe.Event{At: 100 * s, Type: probe.Started})
	running.Step(probe.Event{At: 105 * s})
	killed := running // and to be killed, while an attempt of the readiness probe is under way still
	killed.Step(probe.Event{At: 106 * s, Type: probe.Answered, Attempt: probe.Attempt{Kind: probe.Liveness}, Outcome: probe.Failed})
	killed.Step(probe.Event{At: 115 * s})
	killed.Step(probe.Event{At: 116 * s, Type: probe.Answered, Attempt: probe.Attempt{Kind: probe.Liveness}, Outcome: probe.Failed})
	kubelet := probe.NewContainer(probe.ContainerSpec{Readiness: spec(probe.Timing{})}, lagging, 0)
	kubelet.Step(probe.Event{At: s, Type: probe.Started})
	crashed := running
	crashed.Step(probe.Event{At: 106 * s, Type: probe.Exited, ExitCode: 1})

	for _, tt := range []struct {
		name        string
		c           probe.Container
		from, until time.Duration
		instances   []probe.Instance
		want        []string
	}{
		{"supervisor: all goes well", probe.NewContainer(aliveAndReady, probe.Options{}, 0), 0, 7 * s, nil, []string{
			"0s time passed: start",
			"0s Started: Liveness is Success; Readiness is Failure; try Readiness",
			"0s Readiness Passed: nothing",
			"3s time passed: try Readiness",
			"3s Readiness Passed: Readiness is Success",
			"5s time passed: try Liveness",
			"5s Liveness Passed: nothing",
			"6s time passed: try Readiness",
			"6s Readiness Passed: nothing",
		}},
		{"supervisor: two scripted instances", probe.NewContainer(allThree, probe.Options{}, 2*s), 0, 40 * s, []probe.Instance{
			{Startup: []probe.Outcome{probe.Errored, probe.Passed}, ProbeTime: 100 * time.Millisecond, RunTime: 7 * s, ExitCode: 3},
			{Startup: []probe.Outcome{probe.Failed}, StopTime: 3 * s},
		}, []string{
			"2s time passed: start",
			"2s Started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup",
			"2.1s Startup Errored: nothing",
			"6s time passed: try Startup",
			"6.1s Startup Passed: Startup is Success, on hold; try Readiness",
			"6.2s Readiness Passed: Readiness is Success",
			"9s Exited with 3: Liveness is Failure; Readiness is Failure; start",
			"9s Started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup",
			"9s Startup Failed: nothing",
			"13s time passed: try Startup",
			"13s Startup Failed: Startup is Failure, on hold; kill for Startup within 7s",
			"16s Exited with 143 = 128 + 15 (SIGTERM): Liveness is Failure",
			"26s time passed: start",
			"26s Started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup",
			"26s Startup Failed: nothing",
			"30s time passed: try Startup",
			"30s Startup Failed: Startup is Failure, on hold; kill for Startup within 7s",
			"33s Exited with 143 = 128 + 15 (SIGTERM): Liveness is Failure",
		}},
		{"an exit by itself during a kill happens once", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1}), RestartPolicy: probe.Never}, probe.Options{}, 0),
			0, time.Hour, []probe.Instance{{Liveness: []probe.Outcome{probe.Failed}, RunTime: 5 * s, StopTime: 20 * s}}, []string{
				"0s time passed: start",
				"0s Started: Liveness is Success; try Liveness",
				"0s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s",
				"5s Exited with 0: nothing",
			}},
		{"an attempt longer than the timeout is Failed; a graceful exit has its own code",
			probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{TimeoutSeconds: 2, FailureThreshold: 1}), RestartPolicy: probe.Never}, probe.Options{}, 0),
			0, time.Hour, []probe.Instance{{ProbeTime: 3 * s, StopTime: s, ExitCode: 7, Graceful: true}}, []string{
				"0s time passed: start",
				"0s Started: Liveness is Success; try Liveness",
				"2s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s",
				"3s Exited with 7: nothing",
			}},
		{"an attempt as long as the timeout is in time; SIGKILL after the grace period",
			probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1, TerminationGracePeriodSeconds: 4}), RestartPolicy: probe.Never}, probe.Options{}, 0),
			0, time.Hour, []probe.Instance{{ProbeTime: s, Liveness: []probe.Outcome{probe.Passed, probe.Failed}, StopTime: 4 * s, RunTime: -1, Graceful: true}}, []string{
				"0s time passed: start",
				"0s Started: Liveness is Success; try Liveness",
				"1s Liveness Passed: nothing",
				"10s time passed: try Liveness",
				"11s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 4s",
				"15s Exited with 137 = 128 + 9 (SIGKILL): nothing",
			}},
		{"negative times mean 0", probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1}), RestartPolicy: probe.Never}, probe.Options{}, 0),
			0, time.Hour, []probe.Instance{{ProbeTime: -1, Liveness: []probe.Outcome{probe.Failed}, StopTime: -1, RunTime: -1}}, []string{
				"0s time passed: start",
				"0s Started: Liveness is Success; try Liveness",
				"0s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s",
				"0s Exited with 143 = 128 + 15 (SIGTERM): nothing",
			}},
		{"a planned exit does not end the next instance",
			probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1})}, probe.Options{}, 0),
			0, 14 * s, []probe.Instance{{Liveness: []probe.Outcome{probe.Passed, probe.Failed}, RunTime: 12 * s}, {}}, []string{
				"0s time passed: start",
				"0s Started: Liveness is Success; try Liveness",
				"0s Liveness Passed: nothing",
				"10s time passed: try Liveness",
				"10s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 30s",
				"10s Exited with 143 = 128 + 15 (SIGTERM): start",
				"10s Started: Liveness is Success; try Liveness",
				"10s Liveness Passed: nothing",
			}},
		{"a moment without an action: the startup probe has passed",
			probe.NewContainer(probe.ContainerSpec{Startup: spec(probe.Timing{}), Liveness: spec(probe.Timing{InitialDelaySeconds: 60})}, probe.Options{Lag: s}, 0),
			0, 14 * s, nil, []string{
				"0s time passed: start",
				"0s Started: Startup is Unknown; Liveness is Success; try Startup",
				"0s Startup Passed: Startup is Success, on hold",
				"1s time passed: nothing",
			}},
		{"kubelet: one sync for events at one time, and none during a kill",
			probe.NewContainer(probe.ContainerSpec{
				Liveness: spec(probe.Timing{FailureThreshold: 1}), Readiness: spec(probe.Timing{}), RestartPolicy: probe.Never,
			}, lagging, 0), 500 * time.Millisecond, 30 * s, []probe.Instance{{
				Liveness: []probe.Outcome{probe.Failed}, Readiness: []probe.Outcome{probe.Passed, probe.Failed}, ProbeTime: s, StopTime: 19 * s,
			}}, []string{
				"0.5s time passed: start",
				"0.5s Started: nothing",
				"0.75s Synced: Readiness is Failure; try Readiness",
				"1s Synced: nothing", // for the initial result; the probe is tried again after the attempt
				"1.75s Readiness Passed: Readiness is Success; try Readiness",
				"2s Synced: nothing",
				"2.75s Readiness Failed: nothing",
				"10s time passed: Liveness is Success; try Liveness",
				"10.25s Synced: nothing",
				"11s Liveness Failed: Liveness is Failure, on hold",
				"11.25s Synced: kill for Liveness within 30s",
				"11.75s time passed: try Readiness",
				"12.75s Readiness Failed: nothing",
				"21.75s time passed: try Readiness",
				"22.75s Readiness Failed: Readiness is Failure", // no sync follows
			}},
		{"kubelet: one sync for a start and results at one time", probe.NewContainer(allThree, lagging, 0), 0, 5 * s, nil, []string{
			"0s time passed: start",
			"0s Started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup",
			"0s Startup Passed: Startup is Success, on hold",
			"0.25s Synced: try Readiness",
			"0.25s Readiness Passed: Readiness is Success",
			"0.5s Synced: nothing",
		}},
		{"each instance has its own exit",
			probe.NewContainer(probe.ContainerSpec{Liveness: spec(probe.Timing{FailureThreshold: 1, TerminationGracePeriodSeconds: 5})}, probe.Options{}, 0),
			0, 20 * s, []probe.Instance{{Liveness: []probe.Outcome{probe.Failed}, StopTime: s}, {Liveness: []probe.Outcome{probe.Failed}, StopTime: 9 * s}, {}}, []string{
				"0s time passed: start",
				"0s Started: Liveness is Success; try Liveness",
				"0s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 5s",
				"1s Exited with 143 = 128 + 15 (SIGTERM): start",
				"1s Started: Liveness is Success; try Liveness",
				"1s Liveness Failed: Liveness is Failure, on hold; kill for Liveness within 5s",
				"6s Exited with 137 = 128 + 9 (SIGKILL): nothing",
				"16s time passed: start",
				"16s Started: Liveness is Success; try Liveness",
				"16s Liveness Passed: nothing",
			}},
		{"kubelet: a running container is synced after the lag", kubelet, 1 * s, 3 * s, []probe.Instance{{ProbeTime: s}}, []string{
			"1.25s Synced: Readiness is Failure; try Readiness",
			"1.5s Synced: nothing",
			"2.25s Readiness Passed: Readiness is Success; try Readiness",
			"2.5s Synced: nothing",
		}},
		{"kubelet: a sync after each start, exit and result tries the readiness probe at once",
			probe.NewContainer(allThree, lagging, 0), 0, 13 * s, []probe.Instance{{ProbeTime: s}}, []string{
				"0s time passed: start",
				"0s Started: Startup is Unknown; Liveness is Success; Readiness is Failure; try Startup",
				"0.25s Synced: nothing",
				"1s Startup Passed: Startup is Success, on hold",
				"1.25s Synced: try Readiness",
				"2.25s Readiness Passed: Readiness is Success",
				"2.5s Synced: nothing",
				"10s time passed: try Liveness",
				"11s Liveness Passed: nothing",
				"11.25s time passed: try Readiness",
				"12.25s Readiness Passed: nothing",
			}},
		{"from a running container", running, 106 * s, 109 * s, []probe.Instance{{RunTime: 2 * s}}, []string{
			"106s Liveness Passed: nothing",
			"106s Readiness Passed: try Readiness",
			"106s Readiness Passed: Readiness is Success",
			"108s Exited with 0: Liveness is Failure; Readiness is Failure; start",
			"108s Started: Liveness is Success; Readiness is Failure; try Readiness",
			"108s Readiness Passed: nothing",
		}},
		{"from a container that is being killed", killed, 117 * s, 121 * s, []probe.Instance{{StopTime: 3 * s, ProbeTime: s}}, []string{
			"117s Readiness Passed: try Readiness",
			"118s Readiness Passed: Readiness is Success; try Readiness",
			"119s Readiness Passed: nothing",
			"120s Exited with 143 = 128 + 15 (SIGTERM): Readiness is Failure; start",
			"120s Started: Liveness is Success; Readiness is Failure; try Readiness",
			"121s Readiness Passed: nothing",
		}},
		{"from a container that is being started", crashed, 107 * s, 108 * s, nil, []string{
			"107s Started: Liveness is Success; Readiness is Failure; try Readiness",
			"107s Readiness Passed: nothing",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, timeline(tt.c, tt.from, tt.until, tt.instances...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A simulation from any moment of another one continues it, if the script depends neither on the number of
// attempts nor on the time since the start.
func TestSimulateContinues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		always := func(name string) []probe.Outcome {
			return []probe.Outcome{rapid.SampledFrom([]probe.Outcome{probe.Passed, probe.Failed, probe.Errored}).Draw(t, name)}
		}
		instance := probe.Instance{Startup: always("startup"), Liveness: always("liveness"), Readiness: always("readiness")}
		spec := rapid.SampledFrom([]probe.ContainerSpec{aliveAndReady, allThree, {}}).Draw(t, "spec")
		c := probe.NewContainer(spec, probe.Options{Lag: rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(t, "lag")}, 0)
		moments := slices.Collect(probe.Simulate(c, 0, time.Minute, instance))
		if again := slices.Collect(probe.Simulate(c, 0, time.Minute, instance)); !slices.Equal(moments, again) {
			t.Fatalf("two runs differ: %v\n%v", moments, again)
		}
		i := rapid.IntRange(0, len(moments)-1).Draw(t, "moment")
		from := moments[i].Event.At
		want := moments[i+1:]
		got := slices.Collect(probe.Simulate(moments[i].Container, from, time.Minute, instance))
		// Events at the time of the moment can have another order.
		tail := func(ms []probe.Moment) (later []probe.Moment) {
			for _, m := range ms {
				if m.Event.At > from {
					later = append(later, m)
				}
			}
			return later
		}
		if !slices.Equal(tail(want), tail(got)) {
			t.Fatalf("from %+v\nwant %v\ngot  %v", moments[i], tail(want), tail(got))
		}
		for range probe.Simulate(c, 0, time.Minute, instance) {
			break // stops
		}
	})
}

func TestMomentJSON(t *testing.T) {
	for m := range probe.Simulate(probe.NewContainer(aliveAndReady, probe.Options{}, 0), 0, time.Minute) {
		data, err := json.Marshal(m)
		var read probe.Moment
		if err != nil || json.Unmarshal(data, &read) != nil || read != m {
			t.Fatalf("%s, %v", data, err)
		}
	}
}
