package probe_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/probe"
)

// restarts lets container instances exit or be killed after these times, and returns the delays of the
// restarts.
func restarts(c probe.Container, kill bool, times ...time.Duration) (waits []time.Duration) {
	now := time.Duration(0)
	c.Step(probe.Event{})
	for _, runs := range times {
		through(&c, probe.Event{At: now, Type: probe.Started}, probe.Passed)
		if kill {
			for c.Probe(probe.Liveness).Result != probe.Failure {
				through(&c, probe.Event{At: c.Next()}, probe.Failed)
			}
		}
		now += runs
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
		times   []time.Duration
		want    []time.Duration
	}{
		{"kubelet", kubelet, false, second, []time.Duration{0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s, 300 * s}},
		{"supervisor", plain, false, second, []time.Duration{0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s, 300 * s}},
		{"kubelet: kills after a short time count from the second", kubelet, true, second, []time.Duration{0, 0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s}},
		{"kubelet: after kills, the time before the kill reduces the delay", kubelet, true, longer, []time.Duration{0, 0, 0, 0, 0, 0, 160 * s, 300 * s}},
		{"supervisor: after kills, the delay counts from the exit", plain, true, longer, []time.Duration{0, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s, 300 * s}},
		{"10 minutes do not reset the delay", plain, false, []time.Duration{s, s, 10 * m, s}, []time.Duration{0, 10 * s, 20 * s, 40 * s}},
		{"more than 10 minutes reset the delay", plain, false, []time.Duration{s, s, 10*m + 1, s}, []time.Duration{0, 10 * s, 0, 10 * s}},
		{"Max", probe.Options{Backoff: probe.Backoff{Max: 25 * s}}, false, second[:5], []time.Duration{0, 10 * s, 20 * s, 25 * s, 25 * s}},
		{"Max below Initial", probe.Options{Backoff: probe.Backoff{Max: 3 * s}}, false, second[:4], []time.Duration{0, 3 * s, 3 * s, 3 * s}},
		{"all fields set", probe.Options{Backoff: probe.Backoff{Initial: s, Factor: 1.5, Max: 3 * s, Reset: 5 * s}}, false,
			[]time.Duration{s, s, s, s, s, 6 * s, s}, []time.Duration{0, s, 1500 * time.Millisecond, 2250 * time.Millisecond, 3 * s, 0, s}},
		{"negative Max", probe.Options{Backoff: probe.Backoff{Max: -1}}, false, second[:3], []time.Duration{0, 0, 0}},
		{"huge Factor", probe.Options{Backoff: probe.Backoff{Factor: math.MaxFloat64}}, false, second[:3], []time.Duration{0, 10 * s, 5 * m}},
		{"infinite Factor", probe.Options{Backoff: probe.Backoff{Factor: math.Inf(1)}}, false, second[:3], []time.Duration{0, 10 * s, 20 * s}},
		{"Factor is not a number", probe.Options{Backoff: probe.Backoff{Factor: math.NaN()}}, false, second[:3], []time.Duration{0, 10 * s, 20 * s}},
		{"negative Factor", probe.Options{Backoff: probe.Backoff{Factor: -1}}, false, second[:3], []time.Duration{0, 10 * s, 20 * s}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := probe.NewContainer(probe.ContainerSpec{
				Liveness: spec(probe.Timing{PeriodSeconds: 1, FailureThreshold: 1}),
			}, tt.options, 0)
			if diff := cmp.Diff(tt.want, restarts(c, tt.kill, tt.times...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, err := json.Marshal(c); err != nil {
				t.Error(err)
			}
		})
	}
}

// Reset counts from when the last restart was decided, not from when the container started.
func TestBackoffReset(t *testing.T) {
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
