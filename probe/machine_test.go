package probe_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/probe"
)

func newMachine(k probe.Kind, success, failure int32) probe.Machine {
	return probe.Machine{Kind: k, Timing: probe.Timing{SuccessThreshold: success, FailureThreshold: failure}}
}

// Three failures in a row put the probe on hold: the container is to be killed. Outcomes before the restart
// are ignored.
func ExampleMachine() {
	m, _ := newMachine(probe.Liveness, 1, 3).Start()
	fmt.Println(m)
	for _, o := range []probe.Outcome{probe.Passed, probe.Failed, probe.Failed, probe.Errored, probe.Failed, probe.Passed} {
		var change probe.Change
		m, change = m.Observe(o)
		fmt.Printf("%-7v %v", o, m)
		if change.OnHold {
			fmt.Print(": kill it")
		}
		fmt.Println()
	}
	m, _ = m.Start()
	fmt.Println(m)
	// Output:
	// Liveness Success
	// Passed  Liveness Success
	// Failed  Liveness Success, Failure 1 of 3
	// Failed  Liveness Success, Failure 2 of 3
	// Errored Liveness Success, Failure 2 of 3
	// Failed  Liveness Failure, on hold: kill it
	// Passed  Liveness Failure, on hold
	// Liveness Success
}

// In a kubelet, a run of outcomes continues after a restart. With a new Machine it does not.
func ExampleMachine_Start() {
	m, _ := newMachine(probe.Liveness, 1, 3).Start()
	m, _ = m.Observe(probe.Failed)
	m, _ = m.Observe(probe.Failed)
	crashed := m

	m, _ = crashed.Start()
	m, _ = m.Observe(probe.Failed)
	fmt.Println(m)

	m, _ = probe.Machine{Kind: crashed.Kind, Timing: crashed.Timing}.Start()
	m, _ = m.Observe(probe.Failed)
	fmt.Println(m)
	// Output:
	// Liveness Failure, on hold
	// Liveness Success, Failure 1 of 3
}

// A history is a model of a machine that keeps no counts: it evaluates the whole list for each outcome.
type history struct {
	kind             probe.Kind
	success, failure int
	told             []told
}

// told is an outcome or another event, and the state after it.
type told struct {
	outcome probe.Outcome
	what    string // start, stop (no restart follows), pause (a restart follows), delete; empty: an outcome

	result     probe.Result
	hold, done bool
	counted    probe.Result // the result for which the outcome counted; Unknown: ignored
}

func initial(k probe.Kind) probe.Result {
	return map[probe.Kind]probe.Result{probe.Liveness: probe.Success, probe.Readiness: probe.Failure, probe.Startup: probe.Unknown}[k]
}

// tell adds an event and returns it with the state after it.
func (h *history) tell(t told) told {
	if n := len(h.told); n > 0 {
		last := h.told[n-1]
		t.result, t.hold, t.done = last.result, last.hold, last.done
	}
	switch {
	case t.done:
	case t.what == "start":
		t.result, t.hold = initial(h.kind), false
	case t.hold:
	case t.what == "stop" || t.what == "pause":
		t.result, t.done = probe.Failure, t.what == "stop"
	case t.what == "delete" && h.kind != probe.Readiness:
		t.result, t.done = probe.Success, true
	case t.outcome == probe.Passed || t.outcome == probe.Warned:
		t.counted = probe.Success
		if h.run(probe.Success) >= h.success {
			t.result, t.hold = probe.Success, h.kind == probe.Startup
		}
	case t.outcome == probe.Failed:
		t.counted = probe.Failure
		if h.run(probe.Failure) >= h.failure {
			t.result, t.hold = probe.Failure, h.kind != probe.Readiness
		}
	}
	h.told = append(h.told, t)
	return t
}

// run returns the length of the run with one more outcome: back to a different outcome or to the last hold.
func (h *history) run(result probe.Result) int {
	run := 1
	for i := len(h.told) - 1; i >= 0; i-- {
		t := h.told[i]
		switch {
		case t.counted == probe.Unknown:
		case t.counted == result && !t.hold:
			run++
		default:
			return run
		}
	}
	return run
}

// fastHistory returns the result and the hold after outcomes of one container instance.
func fastHistory(k probe.Kind, success, failure int, outcomes []probe.Outcome) (probe.Result, bool) {
	result := initial(k)
	for end := range outcomes {
		o := outcomes[end]
		if o == probe.Errored {
			continue
		}
		run := 0
		for j := end; j >= 0; j-- {
			if outcomes[j] == probe.Errored {
				continue
			}
			if (outcomes[j] == probe.Failed) != (o == probe.Failed) {
				break
			}
			run++
		}
		if o == probe.Failed && run >= failure {
			result = probe.Failure
		} else if o != probe.Failed && run >= success {
			result = probe.Success
		} else {
			continue
		}
		if k == probe.Startup || k == probe.Liveness && result == probe.Failure {
			return result, true
		}
	}
	return result, false
}

// All sequences of eight outcomes, for each kind and all thresholds up to three, against the model.
func TestMachineExhaustively(t *testing.T) {
	all := []probe.Outcome{probe.Passed, probe.Warned, probe.Failed, probe.Errored}
	sequences := 0
	for _, k := range []probe.Kind{probe.Liveness, probe.Readiness, probe.Startup} {
		for success := 1; success <= 3; success++ {
			for failure := 1; failure <= 3; failure++ {
				var outcomes [8]probe.Outcome
				var check func(m probe.Machine, n int)
				check = func(m probe.Machine, n int) {
					result, hold := fastHistory(k, success, failure, outcomes[:n])
					if m.Result != result || m.OnHold != hold || m.Done {
						t.Fatalf("%v, thresholds %d and %d, after %v: %+v; want %v, hold %v", k, success, failure, outcomes[:n], m, result, hold)
					}
					if n == len(outcomes) {
						sequences++
						return
					}
					for _, o := range all {
						outcomes[n] = o
						next, change := m.Observe(o)
						if want := (probe.Change{Kind: k, Result: next.Result, OnHold: next.OnHold}); next.Result != m.Result && change != want ||
							next.Result == m.Result && change != (probe.Change{}) {
							t.Fatalf("%v, thresholds %d and %d, after %v: change %+v of %v to %v", k, success, failure, outcomes[:n+1], change, m, next)
						}
						check(next, n+1)
					}
				}
				m, _ := newMachine(k, int32(success), int32(failure)).Start()
				check(m, 0)
			}
		}
	}
	if sequences != 27*65536 {
		t.Errorf("%d sequences, want 27 times four to the eighth", sequences)
	}
}

// Random events in any order, against the model.
func TestMachineAgainstHistory(t *testing.T) {
	outcomes := []probe.Outcome{probe.Passed, probe.Passed, probe.Warned, probe.Failed, probe.Failed, probe.Failed, probe.Errored, 0, 9}
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom([]probe.Kind{probe.Liveness, probe.Readiness, probe.Startup}).Draw(t, "kind")
		h := history{kind: k, success: rapid.IntRange(-1, 3).Draw(t, "success"), failure: rapid.IntRange(-1, 3).Draw(t, "failure")}
		m := newMachine(k, int32(h.success), int32(h.failure))
		for range rapid.IntRange(0, 25).Draw(t, "steps") {
			before, change := m, probe.Change{}
			step := told{what: rapid.SampledFrom([]string{"", "", "", "", "", "", "start", "pause", "stop", "delete"}).Draw(t, "what")}
			switch step.what {
			case "start":
				m, change = m.Start()
			case "pause":
				m, change = m.Stop(true)
			case "stop":
				m, change = m.Stop(false)
			case "delete":
				m, change = m.Delete()
			default:
				step.outcome = rapid.SampledFrom(outcomes).Draw(t, "outcome")
				m, change = m.Observe(step.outcome)
			}
			if want := h.tell(step); m.Result != want.result || m.OnHold != want.hold || m.Done != want.done {
				t.Fatalf("told %v: %+v", h.told, m)
			}
			published := m.Result != before.Result || step.what == "start" && !before.Done
			if want := (probe.Change{Kind: k, Result: m.Result, OnHold: m.OnHold}); published && change != want || !published && change != (probe.Change{}) {
				t.Fatalf("told %v: change %+v of %v to %v", h.told, change, before, m)
			}
			var read probe.Machine
			if data, err := json.Marshal(m); err != nil || json.Unmarshal(data, &read) != nil || read != m {
				t.Fatalf("%+v in JSON is %s, which is %+v (%v)", m, data, read, err)
			}
		}
	})
}

// Surprising behaviour of the kubelet, with the numbers of the findings: a run of outcomes continues after a
// restart (F6), and a worker on hold outlives its container (F33).
func TestMachine(t *testing.T) {
	fail, pass := probe.Failed, probe.Passed
	for _, tt := range []struct {
		name string
		m    probe.Machine
		told []any // outcomes; "start", "stop", "pause" and "delete"
		want string
	}{
		{"F6, liveness", newMachine(probe.Liveness, 1, 3), []any{"start", pass, fail, fail, "pause", "start", fail}, "Liveness Failure, on hold"},
		{"F6, readiness", newMachine(probe.Readiness, 3, 1), []any{"start", pass, pass, pass, "pause", "start", pass}, "Readiness Success"},
		{"F6, readiness, interrupted by a failure", newMachine(probe.Readiness, 3, 1), []any{"start", pass, pass, pass, "pause", "start", fail, pass, pass}, "Readiness Failure, Success 2 of 3"},
		{"F6, startup", newMachine(probe.Startup, 1, 3), []any{"start", fail, fail, "pause", "start", fail}, "Startup Failure, on hold"},
		{"a hold resets the run, startup", newMachine(probe.Startup, 1, 3), []any{"start", fail, fail, fail, "pause", "start", fail}, "Startup Unknown, Failure 1 of 3"},
		{"a hold resets the run, liveness", newMachine(probe.Liveness, 1, 2), []any{"start", fail, fail, pass, "pause", "start", fail}, "Liveness Success, Failure 1 of 2"},
		{"Errored is ignored", newMachine(probe.Liveness, 1, 2), []any{"start", fail, probe.Errored, probe.Errored, fail}, "Liveness Failure, on hold"},
		{"F33, on hold at the last exit", newMachine(probe.Liveness, 1, 1), []any{"start", fail, "stop"}, "Liveness Failure, on hold"},
		{"done after the last exit", newMachine(probe.Liveness, 1, 2), []any{"start", fail, "stop", "start", fail}, "Liveness Failure, done"},
		{"delete, liveness", newMachine(probe.Liveness, 1, 2), []any{"start", fail, "delete", fail}, "Liveness Success, Failure 1 of 2, done"},
		{"delete, startup", newMachine(probe.Startup, 1, 2), []any{"start", "delete"}, "Startup Success, done"},
		{"delete, readiness", newMachine(probe.Readiness, 1, 1), []any{"start", pass, "delete", fail}, "Readiness Failure"},
		{"delete on hold", newMachine(probe.Startup, 1, 1), []any{"start", fail, "delete", "start"}, "Startup Unknown"},
		{"thresholds below 1 mean 1", newMachine(probe.Readiness, 0, -1), []any{"start", pass}, "Readiness Success"},
		{"a threshold below 1 in String", newMachine(probe.Readiness, 2, 0), []any{"start", pass}, "Readiness Failure, Success 1 of 2"},
		{"the zero Machine", probe.Machine{}, nil, "Unset Unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.m
			for _, what := range tt.told {
				switch what := what.(type) {
				case probe.Outcome:
					m, _ = m.Observe(what)
				case string:
					switch what {
					case "start":
						m, _ = m.Start()
					case "delete":
						m, _ = m.Delete()
					default:
						m, _ = m.Stop(what == "pause")
					}
				}
			}
			if m.String() != tt.want {
				t.Errorf("got %v, want %s", m, tt.want)
			}
		})
	}
}

func TestMachineDoesNotAllocate(t *testing.T) {
	m, _ := newMachine(probe.Liveness, 1, 3).Start()
	if n := testing.AllocsPerRun(100, func() {
		m, _ = m.Observe(probe.Failed)
		m, _ = m.Observe(probe.Passed)
		m, _ = m.Stop(true)
		m, _ = m.Start()
		_, _ = m.Delete()
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkMachine(b *testing.B) {
	m, _ := newMachine(probe.Readiness, 2, 3).Start()
	outcomes := [...]probe.Outcome{probe.Passed, probe.Passed, probe.Failed, probe.Errored, probe.Passed, probe.Warned, probe.Failed, probe.Failed}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m, _ = m.Observe(outcomes[i%len(outcomes)])
	}
}
