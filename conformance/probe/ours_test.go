package probe_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/probe"
)

// ours plays the scenario with a [probe.Container].
func ours(s *scenario) []event {
	p := &player{
		scenario: s, killed: -1, asked: map[probe.Attempt]int{},
		c: probe.NewContainer(s.ContainerSpec, probe.Options{Kubelet: true, Lag: s.lag}, 0),
	}
	p.expect(0, p.start)
	for _, at := range s.syncs {
		p.expect(at, p.sync)
	}
	for {
		next := p.c.Next()
		if len(p.coming) > 0 && p.coming[0].at <= next {
			next = p.coming[0].at
		}
		if next > s.end || next == math.MaxInt64 {
			return p.events
		}
		p.now = next
		if len(p.coming) > 0 && p.coming[0].at == next {
			do := p.coming[0].do
			p.coming = p.coming[1:]
			do()
		} else {
			p.step(probe.Event{})
		}
	}
}

// A player is the world that the container is in.
type player struct {
	*scenario
	c      probe.Container
	now    time.Duration
	killed int // restart count of the last instance that was to be killed; -1: none
	asked  map[probe.Attempt]int
	coming []coming
	events []event
}

type coming struct {
	at time.Duration
	do func()
}

func (p *player) expect(at time.Duration, do func()) {
	p.coming = append(p.coming, coming{at, do})
	slices.SortStableFunc(p.coming, func(a, b coming) int { return int(min(max(a.at-b.at, -1), 1)) })
}

func (p *player) see(what string, k probe.Kind, detail any) {
	p.events = append(p.events, event{At: p.now, What: what, Life: p.c.RestartCount(), Kind: k, Detail: fmt.Sprint(detail)})
}

func (p *player) start() {
	p.step(probe.Event{Type: probe.Started})
	life := p.c.RestartCount()
	p.see("started", 0, "")
	if l := p.life(life); l.runs > 0 {
		p.expect(p.now+l.runs, func() { p.exit(life, l.code) })
	}
}

// exit ends a life, unless it has ended already.
func (p *player) exit(life int, code probe.ExitCode) {
	if p.c.RestartCount() != life || !p.c.Running() {
		return
	}
	killed := p.killed == life
	p.see("exited", 0, code)
	p.step(probe.Event{Type: probe.Exited, ExitCode: code})
	if restarts(p.RestartPolicy, code, killed) {
		p.expect(p.now+p.life(life).restart, p.start)
	}
}

// restarts is what this world does, whatever the container asks for: the back-off is held to upstream's elsewhere.
func restarts(policy probe.RestartPolicy, code probe.ExitCode, killed bool) bool {
	switch policy {
	case probe.Never:
		return false
	case probe.OnFailure:
		return killed || code != 0
	default:
		return true
	}
}

func (p *player) sync() {
	p.step(probe.Event{Type: probe.Synced})
	p.see("ready", 0, fmt.Sprint(p.c.Started(), p.c.Ready()))
}

func (p *player) step(e probe.Event) {
	e.At = p.now
	act := p.c.Step(e)
	for ch := range act.Changes() {
		p.see("result", ch.Kind, ch.Result)
	}
	if act.Kill != 0 {
		life := p.c.RestartCount()
		p.killed = life
		p.see("killed", act.Kill, "")
		l := p.life(life)
		p.expect(p.now+l.ends, func() { p.exit(life, l.killCode) })
	}
	for a := range act.Attempts() {
		answer := p.answer(a, p.asked[a])
		p.asked[a]++
		p.see("attempt", a.Kind, answer.letter)
		p.expect(p.now+answer.takes, func() {
			p.step(probe.Event{Type: probe.Answered, Attempt: a, Outcome: answer.outcome()})
		})
	}
}
