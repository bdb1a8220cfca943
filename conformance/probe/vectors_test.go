package probe_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/probe"
)

var rewrite = flag.Bool("rewrite", false, "write what the kubelet did to package probe's vectors")

const vectors = "../../probe/testdata/probe.jsonl"

// A vector is one line of the recorded file. Answers come at once, a container ends as it is killed, and a verdict takes a quarter of
// a second to reach its status.
type vector struct {
	Name                string        `json:"name"`
	RestartPolicy       string        `json:"restartPolicy"`
	Startup             *probe.Timing `json:"startupProbe,omitempty"`
	Liveness            *probe.Timing `json:"livenessProbe,omitempty"`
	Readiness           *probe.Timing `json:"readinessProbe,omitempty"`
	Lives               []vectorLife  `json:"lives"`
	RestartDelaySeconds float64       `json:"restartDelaySeconds"` // from the kill to the next start
	Seconds             float64       `json:"seconds"`             // for how long it was watched
	Events              []vectorEvent `json:"events"`
}

// A vectorLife is what each probe answers in one life, a letter an attempt, the last for ever after.
type vectorLife struct {
	Startup   string `json:"startup,omitempty"`
	Liveness  string `json:"liveness,omitempty"`
	Readiness string `json:"readiness,omitempty"`
}

type vectorEvent struct {
	T       float64 `json:"t"`
	Event   string  `json:"event"` // started, probe, result, killed
	Life    int     `json:"life"`
	Probe   string  `json:"probe,omitempty"`
	Outcome string  `json:"outcome,omitempty"` // of a probe
	Result  string  `json:"result,omitempty"`  // what the result is from now on
}

func (v *vector) scenario(t *testing.T) *scenario {
	seconds := func(s float64) time.Duration { return time.Duration(s*1000) * time.Millisecond }
	s := &scenario{lag: 250 * time.Millisecond, end: seconds(v.Seconds)}
	if err := s.RestartPolicy.UnmarshalText([]byte(v.RestartPolicy)); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		from *probe.Timing
		to   **probe.Spec
	}{{v.Startup, &s.Startup}, {v.Liveness, &s.Liveness}, {v.Readiness, &s.Readiness}} {
		if p.from != nil {
			*p.to = &probe.Spec{Timing: *p.from}
		}
	}
	for _, l := range v.Lives {
		made := life{answers: map[probe.Kind][]answer{}, killCode: 137, restart: seconds(v.RestartDelaySeconds)}
		for k, letters := range map[probe.Kind]string{probe.Startup: l.Startup, probe.Liveness: l.Liveness, probe.Readiness: l.Readiness} {
			for _, letter := range letters {
				made.answers[k] = append(made.answers[k], answer{letter: string(letter)})
			}
		}
		s.lives = append(s.lives, made)
	}
	return s
}

// vectorEvents are the events as the file has them.
func vectorEvents(events []event) (list []vectorEvent) {
	for _, e := range events {
		v := vectorEvent{T: float64(e.At.Milliseconds()) / 1000, Event: e.What, Life: e.Life}
		switch e.What {
		case "attempt":
			v.Event, v.Probe, v.Outcome = "probe", strings.ToLower(e.Kind.String()), e.Detail
		case "result":
			v.Probe, v.Result = strings.ToLower(e.Kind.String()), e.Detail
		case "exited":
			continue
		}
		list = append(list, v)
	}
	return list
}

// What package probe holds its containers to is what the kubelet does. With -rewrite, for the next release of Kubernetes, it is
// recorded anew.
func TestVectors(t *testing.T) {
	file, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	lines := bufio.NewScanner(bytes.NewReader(file))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		recorded := v.Events
		v.Events = vectorEvents(theirs(t, v.scenario(t)))
		if *rewrite {
			if err := json.NewEncoder(&out).Encode(v); err != nil {
				t.Fatal(err)
			}
			continue
		}
		streams := func(events []vectorEvent) map[string][]vectorEvent {
			s := map[string][]vectorEvent{}
			for _, e := range events {
				name := ""
				if e.Probe != "" {
					name = e.Event + " " + e.Probe
				}
				s[name] = append(s[name], e)
			}
			return s
		}
		if diff := cmp.Diff(streams(recorded), streams(v.Events)); diff != "" {
			t.Errorf("%s: -recorded +kubelet:\n%s", v.Name, diff)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if *rewrite {
		if err := os.WriteFile(vectors, out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
