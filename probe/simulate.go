package probe

import (
	"container/heap"
	"iter"
	"time"
)

// A Moment is one step of a simulation. Several moments can have the same time; they are in the order of the
// steps.
type Moment struct {
	Event     Event     `json:"event"`     // what happened, and when
	Action    Action    `json:"action"`    // what the container asked for; the simulation does it
	Container Container `json:"container"` // the state after the step
}

// Simulate yields, in order, all that happens to a container from one time until another. The instances
// script it: the first is for the first start, and the last repeats for all further starts. Without
// instances, all goes well.
//
// The container may be new, or may have been stepped before. Then attempts under way are answered at once,
// and the script of a container that runs begins at the time from. Simulate does not change c. The sequence
// can be used repeatedly.
//
// With [Options.Kubelet], Simulate predicts what a cluster does: the pod is [Synced] after each start, exit and
// published result, when [Options.Lag] is over. It includes no other delay of the kubelet.
//
// The number of steps is unlimited: the caller must limit until, or stop. A step takes O(log n) time if n
// events are planned. Usually n is small. If Lag, RunTime or a timeout is long, n is at most in proportion to
// the number of steps before.
func Simulate(c Container, from, until time.Duration, instances ...Instance) iter.Seq[Moment] {
	return func(yield func(Moment) bool) { simulate(c, from, until, instances, yield) }
}

// simulate also returns the number of comparisons of events.
func simulate(c Container, from, until time.Duration, instances []Instance, yield func(Moment) bool) int {
	if len(instances) == 0 {
		instances = []Instance{{}}
	}
	s := simulation{state: c.state, instances: instances}
	s.resume(from)
	for e, more := (Event{At: from}), true; more && e.At <= until; e, more = s.nextEvent() {
		before := s.Phase
		var act Action
		s.step(&e, &act)
		happened := e.Type != 0 || act != (Action{}) || s.Phase != before
		if happened && !yield(Moment{Event: e, Action: act, Container: Container{s.state}}) {
			break
		}
		s.do(e, act)
	}
	return s.plan.compared
}

// A simulation is a container and its surroundings.
type simulation struct {
	state
	instances []Instance
	attempts  [len(kinds) + 1]int // of the last instance, by kind
	plan      plan

	syncAt    time.Duration // the last planned sync
	syncing   bool          // it is planned still
	cancelled int           // how often planned syncs were cancelled
}

// An event is a planned Event.
type event struct {
	Event
	number    int // events of one time happen in the order in which they were planned
	starts    int // the start after which the event was planned
	cancelled int // of the simulation, when the event was planned
}

// A plan is a heap of events, the next one first.
type plan struct {
	events   []event
	planned  int
	compared int // comparisons of events
}

func (p *plan) Len() int      { return len(p.events) }
func (p *plan) Swap(i, j int) { p.events[i], p.events[j] = p.events[j], p.events[i] }
func (p *plan) Push(e any)    { p.events = append(p.events, e.(event)) }

func (p *plan) Less(i, j int) bool {
	p.compared++
	a, b := &p.events[i], &p.events[j]
	return a.At < b.At || a.At == b.At && a.number < b.number
}

func (p *plan) Pop() any {
	last := len(p.events) - 1
	e := p.events[last]
	p.events = p.events[:last]
	return e
}

// expect plans an event.
func (s *simulation) expect(e Event) {
	s.plan.planned++
	heap.Push(&s.plan, event{Event: e, number: s.plan.planned, starts: s.Starts, cancelled: s.cancelled})
}

// happens reports whether a planned event still happens. An exit does not if its instance has exited. A sync
// does not if it was planned before the end of a kill: a kubelet kills in a sync.
func (s *simulation) happens(e event) bool {
	switch e.Type {
	case Exited:
		return s.Phase.runs() && s.Starts == e.starts
	case Synced:
		return s.cancelled == e.cancelled
	default:
		return true
	}
}

// nextEvent returns the next event; false if there is none.
func (s *simulation) nextEvent() (Event, bool) {
	if s.Phase.runs() && s.KilledFor != 0 {
		s.cancelled++
		s.syncing = false
	}
	for len(s.plan.events) > 0 {
		first := s.plan.events[0]
		if s.happens(first) && first.At > s.next() {
			break
		}
		heap.Pop(&s.plan)
		if s.happens(first) {
			s.syncing = s.syncing && (first.Type != Synced || first.At != s.syncAt)
			return first.Event, true
		}
	}
	return Event{At: s.next()}, len(s.plan.events) > 0 || s.next() != never
}

// resume plans what a container waits for that was stepped before.
func (s *simulation) resume(now time.Duration) {
	for _, w := range s.workers() {
		if w.Asking != 0 {
			a := Attempt{Kind: w.Kind, RestartCount: w.Asking - 1}
			o, _ := s.outcome(a)
			s.expect(Event{At: now, Type: Answered, Attempt: a, Outcome: o})
		}
	}
	switch {
	case s.Phase.runs():
		s.planExit(now)
		s.planSync(now)
		if s.KilledFor != 0 {
			s.planKill(now, s.grace())
		}
	case s.Phase == starting:
		s.expect(Event{At: now, Type: Started})
	}
}

// do does what the container asks for.
func (s *simulation) do(e Event, act Action) {
	if e.Type == Started {
		s.attempts = [len(kinds) + 1]int{}
		s.planExit(e.At)
	}
	if e.Type == Started || act.changes > 0 {
		s.planSync(e.At)
	}
	if act.Kill != 0 {
		s.planKill(e.At, act.Grace)
	}
	if act.Start {
		s.expect(Event{At: e.At, Type: Started})
	}
	for a := range act.Attempts() {
		o, takes := s.outcome(a)
		s.expect(Event{At: after(e.At, takes), Type: Answered, Attempt: a, Outcome: o})
	}
}

// planSync plans the kubelet's next sync, one for all that happens at a time.
func (s *simulation) planSync(now time.Duration) {
	at := after(now, s.Options.Lag)
	if s.Options.Kubelet && !(s.syncing && s.syncAt == at) {
		s.expect(Event{At: at, Type: Synced})
		s.syncAt, s.syncing = at, true
	}
}

// instance returns the script for a restart count.
func (s *simulation) instance(restarts int) *Instance {
	return &s.instances[min(max(restarts, 0), len(s.instances)-1)]
}

// outcome returns the outcome of the next attempt, and how long the attempt takes.
func (s *simulation) outcome(a Attempt) (Outcome, time.Duration) {
	n := s.attempts[a.Kind]
	s.attempts[a.Kind]++
	i := s.instance(a.RestartCount)
	timeout := time.Duration(max(s.worker(a.Kind).TimeoutSeconds, 1)) * time.Second
	if i.ProbeTime > timeout {
		return Failed, timeout
	}
	return i.outcome(a.Kind, n), max(i.ProbeTime, 0)
}

// planExit plans the exit of an instance that exits without a kill.
func (s *simulation) planExit(now time.Duration) {
	if i := s.instance(s.Starts - 1); i.RunTime > 0 {
		s.expect(Event{At: after(now, i.RunTime), Type: Exited, ExitCode: i.ExitCode})
	}
}

// planKill plans the exit of an instance that is killed.
func (s *simulation) planKill(now, grace time.Duration) {
	const sigkill, sigterm = 128 + 9, 128 + 15
	i := s.instance(s.Starts - 1)
	e := Event{At: after(now, max(i.StopTime, 0)), Type: Exited, ExitCode: sigterm}
	if i.Graceful {
		e.ExitCode = i.ExitCode
	}
	if i.StopTime >= grace {
		e.At, e.ExitCode = after(now, grace), sigkill
	}
	s.expect(e)
}
