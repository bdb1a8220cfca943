package probe

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"
	"time"
)

// The cost of a simulation is n log n in its steps, for scripts that plan many events far ahead.
func TestSimulateCost(t *testing.T) {
	const year = 365 * 24 * time.Hour
	second := &Spec{Timing: Timing{PeriodSeconds: 1, SuccessThreshold: 1, FailureThreshold: 1}}
	slow := &Spec{Timing: Timing{PeriodSeconds: 1, TimeoutSeconds: 1 << 30, FailureThreshold: 1}}
	flapping := make([]Outcome, 20_000)
	for i := range flapping {
		flapping[i] = Passed + Outcome(i%2)*(Failed-Passed)
	}
	for _, tt := range []struct {
		name     string
		spec     ContainerSpec
		options  Options
		instance Instance
	}{
		{"syncs after a year", ContainerSpec{Readiness: second}, Options{Kubelet: true, Lag: year}, Instance{Readiness: flapping}},
		{"exits after a year, kills before", ContainerSpec{Liveness: second}, Options{Backoff: Backoff{Max: -1}},
			Instance{Liveness: []Outcome{Passed, Failed}, RunTime: year}},
		{"attempts that take a year", ContainerSpec{Liveness: slow}, Options{Backoff: Backoff{Max: -1}},
			Instance{ProbeTime: year, RunTime: time.Second}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1000, 2000, 4000} {
				steps := 0
				c := NewContainer(tt.spec, tt.options, 0)
				until := time.Duration(n) * time.Second
				compared := simulate(c, 0, until, []Instance{tt.instance}, func(Moment) bool { steps++; return true })
				if most := 3 * steps * bits.Len(uint(steps)); steps < n || compared > most {
					t.Errorf("%d seconds: %d steps, %d comparisons; want at least %d and at most %d", n, steps, compared, n, most)
				}
			}
		})
	}
}

// The memory that Parse and Validate need, and the size of their errors, is linear in the input.
func TestErrorCost(t *testing.T) {
	headers := func(n int) Spec {
		return Spec{Handler: Handler{HTTPGet: &HTTPGet{Port: Port{Number: 80}, HTTPHeaders: make([]HTTPHeader, n)}}}
	}
	for _, tt := range []struct {
		name string
		make func(n int) func() error
	}{
		{"Parse, invalid settings", func(n int) func() error {
			text := "unknown" + strings.Repeat(" delay=x", n)
			return func() error { _, err := Parse(text); return err }
		}},
		{"Parse, unknown words", func(n int) func() error {
			text := "tcp-socket :80" + strings.Repeat(" x", n)
			return func() error { _, err := Parse(text); return err }
		}},
		{"Validate, invalid headers", func(n int) func() error {
			s := headers(n)
			return func() error { return s.Validate(Liveness) }
		}},
	} {
		for _, n := range []int{1000, 2000, 4000} {
			t.Run(fmt.Sprint(tt.name, " ", n), func(t *testing.T) {
				f := tt.make(n)
				if allocs := testing.AllocsPerRun(1, func() { f() }); allocs > float64(8*n) {
					t.Errorf("%v allocations, want at most %d", allocs, 8*n)
				}
				if err := f(); err == nil || len(err.Error()) > 200*n {
					t.Errorf("an error of %d bytes, want at most %d", len(err.Error()), 200*n)
				}
			})
		}
	}
}

// Planned events of one time happen in the order in which they were planned.
func TestPlanOrder(t *testing.T) {
	s := simulation{instances: []Instance{{}}}
	s.Phase = starting
	for i := range 100 {
		s.expect(Event{At: time.Duration(i % 3), Type: Answered, Attempt: Attempt{RestartCount: i}})
	}
	last := -1
	for at := range 3 {
		for i := at; i < 100; i += 3 {
			if e, ok := s.nextEvent(); !ok || e.At != time.Duration(at) || e.Attempt.RestartCount != i {
				t.Fatalf("after %d: event %d at %d, want %d at %d", last, e.Attempt.RestartCount, e.At, i, at)
			}
			last = i
		}
	}
	if e, ok := s.nextEvent(); ok {
		t.Errorf("got %+v, want no event", e)
	}
}

// A difference of times that a Duration cannot have is the maximum, not negative.
func TestSince(t *testing.T) {
	for _, tt := range []struct{ t, now, want time.Duration }{
		{1, 3, 2}, {3, 3, 0}, {3, 1, -2}, {-2, never - 1, never}, {-never, never, never},
	} {
		if got := since(tt.t, tt.now); got != tt.want {
			t.Errorf("since(%d, %d) = %d, want %d", tt.t, tt.now, got, tt.want)
		}
	}
}
