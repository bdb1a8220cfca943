package probe_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/probe"
)

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

// JSON restores each Action that Step returns.
func TestActionRoundTrip(t *testing.T) {
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
}

func TestActionFromJSON(t *testing.T) {
	const most = `{"attempts":[{"kind":"startup","restartCount":1},{"kind":"liveness","restartCount":1},{"kind":"readiness","restartCount":1}],` +
		`"changes":[{"kind":"startup","result":"failure"},{},{},{},{},{},{"kind":"liveness","result":"success","onHold":true}]}`
	var act probe.Action
	if err := json.Unmarshal([]byte(most), &act); err != nil || len(slices.Collect(act.Attempts())) != 3 || len(slices.Collect(act.Changes())) != 7 {
		t.Errorf("%v, %v", act, err)
	}
	for _, text := range []string{
		`1`,
		`{"kill":"Liveness"}`,
		`{"attempts":[{},{},{},{}]}`,
		`{"attempts":[{"kind":"startup","restartCount":1},{"kind":"liveness","restartCount":2}]}`,
		`{"changes":[{},{},{},{},{},{},{},{}]}`,
	} {
		t.Run(text, func(t *testing.T) {
			act := probe.Action{Start: true}
			if err := json.Unmarshal([]byte(text), &act); err == nil || act != (probe.Action{Start: true}) {
				t.Errorf("%v, %v; want an error and no change", act, err)
			}
		})
	}
}
