package probe_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/probe"
)

// A vector is one line of testdata/probe.jsonl: what the kubelet's own prober did.
type vector struct {
	Name string
	probe.ContainerSpec
	Lives []struct { // what each probe answers, a letter an attempt, the last for ever after
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

// streams are the events in the order that is certain: at one instant only the results of one probe, the attempts of one probe,
// and what happens to the container are ordered among themselves.
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

// play looks after a container as the recording did: attempts are answered at once, and a container that is to be killed ends
// at once, with 137, and starts again after the vector's own delay.
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
	f, err := os.Open("testdata/probe.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ran := 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		ran++
		t.Run(fmt.Sprintf("line %d %s", ran, v.Name), func(t *testing.T) {
			if diff := cmp.Diff(streams(v.Events), streams(v.play())); diff != "" {
				t.Errorf("-kubelet +rollcall:\n%s", diff)
			}
		})
	}
	if err := lines.Err(); err != nil || ran != 89 {
		t.Errorf("ran %d lines, %v; want 89", ran, err)
	}
}
