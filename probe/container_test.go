package probe_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/probe"
)

// Random events in any order: the actions and the state are consistent, and JSON restores the state at any
// time.
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
		var old []probe.Attempt // answered or ignored
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
					// An answer from an earlier instance is ignored, as if only time had passed.
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

// The zero Container has no probes and asks for a start. Events at the maximum of Duration are ignored.
func TestZeroContainer(t *testing.T) {
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

// Extreme times and periods do not overflow: after each step, the next one is later.
func TestExtremeTimes(t *testing.T) {
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

// The answers of these attempts were lost when the program was restarted.
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
	c.Step(probe.Event{At: time.Hour, Type: probe.Deleted}) // ends the liveness probe
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

// through steps the container, answers all attempts at once, and returns their number.
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

// The liveness and the readiness probe of a running container. An iteration is three steps: two attempts and
// their answers.
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
