package probe

import (
	"iter"
	"slices"
	"time"
)

// A Life is how one life of a container is made up for [Simulate]. The zero value passes every probe at once, runs until it is
// killed and then ends at once.
type Life struct {
	// What each attempt comes to, one after another, the last for ever after; none: Passed.
	Startup   []Outcome `json:"startup,omitempty"`
	Liveness  []Outcome `json:"liveness,omitempty"`
	Readiness []Outcome `json:"readiness,omitempty"`

	// How long each attempt takes. One that takes longer than the probe's timeout has failed when that is over; slow ones among
	// quick ones are scripted as Failed. Nanoseconds in JSON, as all durations here.
	Answers time.Duration `json:"answers,omitempty"`

	Runs     time.Duration `json:"runs,omitempty"`     // how long it runs until it ends by itself; 0: until it is killed
	Ends     time.Duration `json:"ends,omitempty"`     // how long it takes to end on a SIGTERM; when its grace is over, a SIGKILL ends it
	ExitCode ExitCode      `json:"exitCode,omitempty"` // with which it ends by itself
	Graceful bool          `json:"graceful,omitempty"` // it ends with that code on a SIGTERM, too, and not with 143
}

// outcome returns what the nth attempt comes to, counted from 0.
func (l *Life) outcome(k Kind, n int) Outcome {
	of := l.Readiness
	switch k {
	case Startup:
		of = l.Startup
	case Liveness:
		of = l.Liveness
	}
	if len(of) == 0 {
		return Passed
	}
	return of[min(n, len(of)-1)]
}

// A Moment is one step of a simulation. Several may have the same time: what happens at once comes one after another.
type Moment struct {
	Event     Event     `json:"event"`     // what happened, and when
	Action    Action    `json:"action"`    // what the container asked for, which is done
	Container Container `json:"container"` // what it is from then on
}

// Simulate yields, in order, whatever happens to the container from one time until another, if its lives are made up like that:
// the first of them is the container's first life, and the last is every life after it, too. Without any, all goes well.
//
// The container may be a new one, or one that has run for a while: an attempt under way is then answered at once, and a life in
// which it runs begins at the time from. It is not changed, and the sequence can be ranged over again.
//
// With [Options.Kubelet] this foretells what a cluster would do: the container is Synced after each start, each exit and each
// published result, when the Lag is over. How long the kubelet itself takes is left out beyond that.
func Simulate(c Container, from, until time.Duration, lives ...Life) iter.Seq[Moment] {
	if len(lives) == 0 {
		lives = []Life{{}}
	}
	return func(yield func(Moment) bool) {
		s := simulation{Container: c, lives: lives}
		s.resume(from)
		for next, more := (Event{At: from}), true; more && next.At <= until; next, more = s.next() {
			begun := s.Begun
			act := s.Step(next)
			happened := next.Type != 0 || act != (Action{}) || s.Begun != begun
			if happened && !yield(Moment{Event: next, Action: act, Container: s.Container}) {
				return
			}
			s.do(next, act)
		}
	}
}

// A simulation is a container, and the world that it is in.
type simulation struct {
	Container
	lives  []Life
	asked  [len(kinds) + 1]int // attempts of this life, by kind
	coming []coming
}

// coming is what is going to happen to the container.
type coming struct {
	Event
	start int
}

// happens reports whether it does. An exit does not, unless the life that it was to end has lasted until then; nor does a sync
// while the one before it is killing the container.
func (s *simulation) happens(c coming) bool {
	switch c.Type {
	case Exited:
		return s.Running && s.Starts == c.start
	case Synced:
		return !s.Running || s.KilledFor == 0
	default:
		return true
	}
}

func (s *simulation) life(n int) *Life { return &s.lives[min(max(n, 0), len(s.lives)-1)] }

func (s *simulation) expect(e Event) {
	s.coming = append(s.coming, coming{Event: e, start: s.Starts})
}

// resume makes up what the container that was given waits for.
func (s *simulation) resume(now time.Duration) {
	for a := range s.Underway() {
		o, _ := s.outcome(a)
		s.expect(Event{At: now, Type: Answered, Attempt: a, Outcome: o})
	}
	switch {
	case s.Running:
		s.run(now)
		s.sync(now)
		if s.KilledFor != 0 {
			s.end(now, s.grace())
		}
	case s.Starting && !s.Done:
		s.expect(Event{At: now, Type: Started})
	}
}

// do does what the container asks for.
func (s *simulation) do(e Event, act Action) {
	if e.Type == Started {
		s.asked = [len(kinds) + 1]int{}
		s.run(e.At)
	}
	if e.Type == Started || act.changes > 0 {
		s.sync(e.At)
	}
	if act.Kill != 0 {
		s.end(e.At, act.Grace)
	}
	if act.Start {
		s.expect(Event{At: e.At, Type: Started})
	}
	for a := range act.Attempts() {
		o, takes := s.outcome(a)
		s.expect(Event{At: after(e.At, takes), Type: Answered, Attempt: a, Outcome: o})
	}
}

// sync has a kubelet look after the pod when the Lag is over, once for all that there is by then.
func (s *simulation) sync(now time.Duration) {
	at := after(now, s.Options.Lag)
	pending := slices.ContainsFunc(s.coming, func(c coming) bool { return c.Type == Synced && c.At == at })
	if s.Options.Kubelet && !pending {
		s.expect(Event{At: at, Type: Synced})
	}
}

// outcome returns what the next attempt comes to, and how long it takes.
func (s *simulation) outcome(a Attempt) (Outcome, time.Duration) {
	n := s.asked[a.Kind]
	s.asked[a.Kind]++
	l := s.life(a.Life)
	if timeout := time.Duration(max(s.worker(a.Kind).TimeoutSeconds, 1)) * time.Second; l.Answers > timeout {
		return Failed, timeout
	}
	return l.outcome(a.Kind, n), max(l.Answers, 0)
}

// run has the life end by itself, if it does.
func (s *simulation) run(now time.Duration) {
	if l := s.life(s.Starts - 1); l.Runs > 0 {
		s.expect(Event{At: after(now, l.Runs), Type: Exited, ExitCode: l.ExitCode})
	}
}

// end has the life end by a signal.
func (s *simulation) end(now, grace time.Duration) {
	const sigkill, sigterm = 128 + 9, 128 + 15
	l := s.life(s.Starts - 1)
	e := Event{At: after(now, max(l.Ends, 0)), Type: Exited, ExitCode: sigterm}
	if l.Graceful {
		e.ExitCode = l.ExitCode
	}
	if l.Ends >= grace {
		e.At, e.ExitCode = after(now, grace), sigkill
	}
	s.expect(e)
}

// next returns the next event; none if there never is one.
func (s *simulation) next() (Event, bool) {
	s.coming = slices.DeleteFunc(s.coming, func(c coming) bool { return !s.happens(c) })
	if len(s.coming) == 0 {
		return Event{At: s.Next()}, s.Next() != never
	}
	first := 0
	for i, c := range s.coming {
		if c.At < s.coming[first].At {
			first = i
		}
	}
	e := s.coming[first].Event
	if e.At > s.Next() {
		return Event{At: s.Next()}, true
	}
	s.coming = slices.Delete(s.coming, first, first+1)
	return e, true
}
