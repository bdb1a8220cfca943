package probe_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

var (
	scenarios = flag.Int("scenarios", 1000, "random scenarios for the kubelet's prober")
	cases     = flag.Int("cases", 10000, "random cases of each other kind")
	seed      = flag.Uint64("seed", 1, "seed")
)

func random() *rand.Rand { return rand.New(rand.NewPCG(*seed, 41)) }

// A scenario is one container and all that happens to it, made up beforehand: what its probes answer and when, when it ends, and
// when the kubelet looks after it. It is played twice, once by the kubelet's prober and once by ours.
//
// No two things of different origin happen in the same nanosecond, since then upstream's goroutines race.
type scenario struct {
	probe.ContainerSpec
	lag   time.Duration // until a verdict reaches the container's status
	lives []life        // the last is every life after it, too
	syncs []time.Duration
	end   time.Duration
}

// A life is one life of the container.
type life struct {
	answers  map[probe.Kind][]answer // the last for ever after
	runs     time.Duration           // ends by itself; 0: only when killed
	code     probe.ExitCode          // with which it ends by itself
	ends     time.Duration           // from the kill to the end
	killCode probe.ExitCode
	restart  time.Duration // from the end to the next life
}

// An answer is what an attempt comes to, and how long it takes.
type answer struct {
	letter string // S success, F failure, T failure because of the timeout, E error of the prober itself
	takes  time.Duration
}

func (a answer) outcome() probe.Outcome {
	switch a.letter {
	case "S":
		return probe.ExecOutcome(0, nil)
	case "F":
		return probe.ExecOutcome(1, nil)
	case "T":
		return probe.ExecOutcome(0, timeout{})
	default:
		return probe.ExecOutcome(0, fmt.Errorf("broken"))
	}
}

type timeout struct{}

func (timeout) Error() string { return "too long" }
func (timeout) Timeout() bool { return true }

func (s *scenario) life(n int) *life { return &s.lives[min(n, len(s.lives)-1)] }

// answer returns what the nth attempt of a life comes to.
func (s *scenario) answer(a probe.Attempt, n int) answer {
	of := s.life(a.RestartCount).answers[a.Kind]
	return of[min(n, len(of)-1)]
}

func (s *scenario) String() string {
	var b strings.Builder
	for k, p := range map[probe.Kind]*probe.Spec{probe.Startup: s.Startup, probe.Liveness: s.Liveness, probe.Readiness: s.Readiness} {
		if p != nil {
			fmt.Fprintf(&b, "%v %v\n", k, p)
		}
	}
	fmt.Fprintf(&b, "%v, lag %v, until %v, syncs %v\n", s.RestartPolicy, s.lag, s.end, s.syncs)
	for i, l := range s.lives {
		fmt.Fprintf(&b, "life %d: %+v\n", i, l)
	}
	return b.String()
}

// An event is what can be seen of a container.
type event struct {
	At     time.Duration
	What   string // started, killed, exited, attempt, result, ready
	Life   int
	Kind   probe.Kind
	Detail string
}

func (e event) String() string {
	return fmt.Sprintf("%v %s, life %d, %v %s", e.At, e.What, e.Life, e.Kind, e.Detail)
}

// streams are the events in the order that is certain: what happens to the container, the attempts of each probe, and the results of
// each probe.
func streams(events []event) map[string][]string {
	s := map[string][]string{}
	for _, e := range events {
		name := "container"
		switch e.What {
		case "attempt", "result":
			name = fmt.Sprint(e.What, " ", e.Kind)
		case "ready":
			name = e.What
		}
		s[name] = append(s[name], e.String())
	}
	return s
}

// randomScenario makes one up.
func randomScenario(r *rand.Rand) *scenario {
	// Fractions of milliseconds keep what is made up apart.
	around := func(d time.Duration) time.Duration { return d + 1 + time.Duration(r.Int64N(int64(time.Millisecond))) }
	some := func(most time.Duration) time.Duration { return around(time.Duration(r.Int64N(int64(most)))) }

	s := &scenario{lag: some(time.Second), end: around(300 * time.Second)}
	s.RestartPolicy = []probe.RestartPolicy{probe.Always, probe.Always, probe.OnFailure, probe.Never, 0}[r.IntN(5)]
	spec := func(k probe.Kind) *probe.Spec {
		p := &probe.Spec{}
		p.TimeoutSeconds, p.SuccessThreshold = 1, 1
		p.PeriodSeconds, p.FailureThreshold = 1+r.Int32N(12), 1+r.Int32N(4)
		if r.IntN(2) == 0 {
			p.InitialDelaySeconds = r.Int32N(25)
		}
		if k == probe.Readiness {
			p.SuccessThreshold = 1 + r.Int32N(3)
		}
		return p
	}
	for s.Startup == nil && s.Liveness == nil && s.Readiness == nil {
		if r.IntN(2) == 0 {
			s.Startup = spec(probe.Startup)
		}
		if r.IntN(4) != 0 {
			s.Liveness = spec(probe.Liveness)
		}
		if r.IntN(3) != 0 {
			s.Readiness = spec(probe.Readiness)
		}
	}
	synced := r.IntN(2) == 0
	if synced {
		for range 1 + r.IntN(12) {
			s.syncs = append(s.syncs, some(s.end))
		}
	}
	slow := r.IntN(3) == 0    // some answers take longer than a period
	instant := r.IntN(4) == 0 // all others take no time
	for range 1 + r.IntN(4) {
		l := life{
			answers: map[probe.Kind][]answer{}, ends: some(5 * time.Second), restart: some(40 * time.Second),
			killCode: []probe.ExitCode{137, 143, 0, 1}[r.IntN(4)],
		}
		if r.IntN(3) == 0 {
			l.runs, l.code = some(100*time.Second), probe.ExitCode(r.Int32N(2))
		}
		if s.Startup != nil && s.RestartPolicy == probe.OnFailure { // see TestWorkersAreNotReplacedBesideAStartupProbe
			l.code, l.killCode = max(l.code, 1), max(l.killCode, 1)
		}
		for _, k := range []probe.Kind{probe.Startup, probe.Liveness, probe.Readiness} {
			bias := r.IntN(3)
			for range 1 + r.IntN(14) {
				a := answer{letter: "S"}
				if !instant {
					a.takes = some(100 * time.Millisecond)
				}
				switch x := r.IntN(10); {
				case x == 0:
					a.letter = "E"
				case x < 4+2*bias:
					a.letter = []string{"F", "F", "F", "T"}[r.IntN(4)]
				}
				if slow && r.IntN(4) == 0 && !(synced && k == probe.Readiness) {
					// Not beside a sync: of a tick and a prompt that wait at once, upstream takes any.
					a.takes = some(15 * time.Second)
				}
				l.answers[k] = append(l.answers[k], a)
			}
		}
		s.lives = append(s.lives, l)
	}
	return s
}
