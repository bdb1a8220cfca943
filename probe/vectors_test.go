package probe_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/probe"
)

// A vector is one line of testdata/probe.jsonl: a recording of the kubelet's prober.
type vector struct {
	Name string
	probe.ContainerSpec
	Lives []struct { // the outcomes of each probe, one letter each; the last one repeats
		Startup, Liveness, Readiness string
	}
	RestartDelaySeconds float64
	Seconds             float64
	Events              []vectorEvent
}

type vectorEvent struct {
	T       float64 // seconds since the first start
	Event   string
	Life    int
	Probe   string
	Outcome string
	Result  string
}

// streams returns the events in streams with a certain order each: the container's events, and each probe's
// attempts and results. The order of events in different streams at one time is not certain.
func streams(events []vectorEvent) map[string][]vectorEvent {
	s := map[string][]vectorEvent{}
	for _, e := range events {
		name := "container"
		if e.Probe != "" {
			name = e.Event + " " + e.Probe
		}
		s[name] = append(s[name], e)
	}
	return s
}

var (
	letters   = map[string]probe.Outcome{"S": probe.Passed, "F": probe.Failed, "E": probe.Errored}
	kindNames = map[probe.Kind]string{probe.Startup: "startup", probe.Liveness: "liveness", probe.Readiness: "readiness"}
)

func seconds(s float64) time.Duration { return time.Duration(math.Round(s*1000)) * time.Millisecond }

// play runs a container as in the recording: attempts are answered at once, a kill ends the container at once
// with 137, and the restart follows after the delay of the vector.
func (v *vector) play() []vectorEvent {
	const never = math.MaxInt64
	c := probe.NewContainer(v.ContainerSpec, probe.Options{Kubelet: true, Lag: 250 * time.Millisecond}, 0)
	var events []vectorEvent
	now, startAt := time.Duration(0), time.Duration(0)
	add := func(e vectorEvent) {
		e.T, e.Life = now.Seconds(), c.RestartCount()
		events = append(events, e)
	}
	asked := map[probe.Attempt]int{}
	var step func(probe.Event)
	step = func(e probe.Event) {
		e.At = now
		act := c.Step(e)
		if e.Type == probe.Started {
			add(vectorEvent{Event: "started"})
		}
		for ch := range act.Changes() {
			add(vectorEvent{Event: "result", Probe: kindNames[ch.Kind], Result: ch.Result.String()})
		}
		if act.Kill != 0 {
			add(vectorEvent{Event: "killed"})
			if v.RestartPolicy != probe.Never {
				startAt = now + seconds(v.RestartDelaySeconds)
			}
			step(probe.Event{Type: probe.Exited, ExitCode: 137})
		}
		for a := range act.Attempts() {
			life := v.Lives[min(a.RestartCount, len(v.Lives)-1)]
			script := map[probe.Kind]string{probe.Startup: life.Startup, probe.Liveness: life.Liveness, probe.Readiness: life.Readiness}[a.Kind]
			i := min(asked[a], len(script)-1)
			asked[a]++
			add(vectorEvent{Event: "probe", Probe: kindNames[a.Kind], Outcome: script[i : i+1]})
			step(probe.Event{Type: probe.Answered, Attempt: a, Outcome: letters[script[i:i+1]]})
		}
	}
	for end := seconds(v.Seconds); now <= end; now = min(c.Next(), startAt) {
		if now == startAt {
			startAt = never
			step(probe.Event{Type: probe.Started})
		} else {
			step(probe.Event{})
		}
	}
	return events
}

func TestVectors(t *testing.T) {
	check.Lines(t, "testdata/probe.jsonl", 89, func(t *testing.T, v vector) {
		if diff := cmp.Diff(streams(v.Events), streams(v.play())); diff != "" {
			t.Errorf("%s (-kubelet +rollcall):\n%s", v.Name, diff)
		}
	})
}
