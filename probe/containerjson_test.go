package probe_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/probe"
)

// The JSON of a container whose liveness probe has failed once, while an attempt of its readiness probe is
// under way.
func TestContainerJSON(t *testing.T) {
	c := probe.NewContainer(aliveAndReady, probe.Options{Lag: time.Second}, 0)
	for _, e := range []probe.Event{
		{Type: probe.Started}, {At: 5 * time.Second},
		{At: 6 * time.Second, Type: probe.Answered, Attempt: probe.Attempt{Kind: probe.Liveness}, Outcome: probe.Failed},
	} {
		c.Step(e)
	}
	const want = `{"options":{"lag":1000000000,` +
		`"backoff":{"initial":10000000000,"factor":2,"max":300000000000,"reset":600000000000}},"graceSeconds":30,` +
		`"liveness":{"kind":"liveness","initialDelaySeconds":5,"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,` +
		`"failureThreshold":2,"result":"success","lastResult":"failure","resultRun":1,"seen":1,"next":15000000000},` +
		`"readiness":{"kind":"readiness","timeoutSeconds":1,"periodSeconds":3,"successThreshold":2,"failureThreshold":3,` +
		`"result":"failure","seen":1,"next":3000000000,"asking":1},"phase":"started","starts":1}`
	if got, err := json.Marshal(c); string(got) != want || err != nil {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	var read probe.Container
	if err := json.Unmarshal([]byte(want), &read); err != nil || read != c {
		t.Errorf("got  %+v, %v\nwant %+v", read, err, c)
	}
}

func TestContainerFromJSON(t *testing.T) {
	before := probe.NewContainer(aliveAndReady, probe.Options{}, 0)
	for _, text := range []string{
		`1`,
		`{"phase":"Started"}`,
		`{"startup":{"kind":"liveness"}}`,
		`{"readiness":{"kind":"unset","asking":1}}`,
	} {
		t.Run(text, func(t *testing.T) {
			c := before
			if err := json.Unmarshal([]byte(text), &c); err == nil || c != before {
				t.Errorf("%+v, %v; want an error and no change", c, err)
			}
		})
	}
}

// A negative lag means 0, in JSON as in NewContainer.
func TestContainerFromJSONLag(t *testing.T) {
	want := probe.NewContainer(aliveAndReady, probe.Options{}, 0)
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), `"options":{`, `"options":{"lag":-5,`, 1)
	var got probe.Container
	if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
		t.Errorf("%s: got %+v, %v; want %+v", text, got, err, want)
	}
}

// A state that no Step leads to, such as that of a corrupt file, does not make a method panic.
func TestContainerFromAnyJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.IntRange(-2, 3), rapid.Int())
		worker := func(kind string) map[string]any {
			w := map[string]any{"kind": kind}
			for _, key := range []string{"seen", "next", "asking", "resultRun"} {
				w[key] = number.Draw(t, kind+" "+key)
			}
			for _, key := range []string{"onHold", "done", "prompted"} {
				w[key] = rapid.Bool().Draw(t, kind+" "+key)
			}
			w["result"] = rapid.SampledFrom([]string{"unknown", "success", "failure"}).Draw(t, kind+" result")
			w["periodSeconds"] = rapid.Int32().Draw(t, kind+" period")
			return w
		}
		state := map[string]any{
			"startup": worker("startup"), "liveness": worker("liveness"), "readiness": worker("readiness"),
			"phase":     rapid.SampledFrom([]string{"waiting", "starting", "running", "started", "done"}).Draw(t, "phase"),
			"killedFor": rapid.SampledFrom([]string{"unset", "startup", "liveness", "readiness"}).Draw(t, "killed for"),
			"deleted":   rapid.Bool().Draw(t, "deleted"),
			"options":   map[string]any{"kubelet": rapid.Bool().Draw(t, "kubelet"), "lag": number.Draw(t, "lag")},
		}
		for _, key := range []string{"starts", "startedAt", "exitedAt", "dueAt", "wait", "decidedAt", "graceSeconds"} {
			state[key] = number.Draw(t, key)
		}
		data, err := json.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		var c probe.Container
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		for m := range probe.Simulate(c, 0, 10*time.Second) {
			if m.Event.At > 5*time.Second {
				break
			}
		}
		for range 20 {
			e := probe.Event{At: c.Next(), Type: probe.EventType(rapid.IntRange(0, 5).Draw(t, "type"))}
			for a := range c.Underway() {
				e.Attempt, e.Outcome = a, probe.Failed
			}
			_ = c.Step(e).String()
			_ = c.Status()
			c.LastExit()
		}
	})
}

func TestLastExit(t *testing.T) {
	c := probe.NewContainer(probe.ContainerSpec{}, probe.Options{}, 0)
	for _, tt := range []struct {
		name   string
		event  probe.Event
		want   probe.ExitCode
		exited bool
	}{
		{"before the first start", probe.Event{}, 0, false},
		{"first instance", probe.Event{Type: probe.Started}, 0, false},
		{"after the exit", probe.Event{Type: probe.Exited, ExitCode: 3}, 3, true},
		{"second instance", probe.Event{Type: probe.Started}, 3, true},
		{"after its exit", probe.Event{Type: probe.Exited, ExitCode: 0}, 0, true},
	} {
		c.Step(tt.event)
		if got, exited := c.LastExit(); got != tt.want || exited != tt.exited {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, got, exited, tt.want, tt.exited)
		}
	}
}

func TestProbe(t *testing.T) {
	c := probe.NewContainer(aliveAndReady, probe.Options{}, 0)
	c.Step(probe.Event{Type: probe.Started})
	for _, tt := range []struct {
		kind probe.Kind
		want string
	}{{0, "Unset Unknown"}, {probe.Startup, "Unset Unknown"}, {probe.Liveness, "Liveness Success"}, {probe.Readiness, "Readiness Failure"}} {
		if got := c.Probe(tt.kind).String(); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.kind, got, tt.want)
		}
	}
}
