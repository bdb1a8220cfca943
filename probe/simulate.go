package probe

import (
	"iter"
	"time"
)

// A Life is how one life of a container is made up for [Simulate]. The zero value passes every probe at once, runs until it is
// killed and then ends at once.
type Life struct {
	// What each attempt comes to, one after another, the last for ever after; none: Passed.
	Startup   []Outcome `json:"startup,omitempty"`
	Liveness  []Outcome `json:"liveness,omitempty"`
	Readiness []Outcome `json:"readiness,omitempty"`

	Answers  time.Duration `json:"answers,omitempty"`  // how long each attempt takes; nanoseconds in JSON, as all durations here
	Runs     time.Duration `json:"runs,omitempty"`     // how long it runs until it ends by itself; 0: until it is killed
	ExitCode ExitCode      `json:"exitCode,omitempty"` // with which it ends by itself
	Ends     time.Duration `json:"ends,omitempty"`     // how long a SIGTERM takes to end it; if that is not within its grace, a SIGKILL does
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

// A Moment is one step of a simulation.
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

// coming is what is going to happen to the container. An exit is not, unless the life that it was to end has lasted until then.
type coming struct {
	Event
	start int
}

func (s *simulation) life(n int) *Life { return &s.lives[min(max(n, 0), len(s.lives)-1)] }

func (s *simulation) expect(e Event) {
	s.coming = append(s.coming, coming{Event: e, start: s.Starts})
}

// resume makes up what the container that was given waits for.
func (s *simulation) resume(now time.Duration) {
	for _, k := range kinds {
		if w := s.worker(k); w.Asking != 0 {
			s.answer(Attempt{Kind: k, Life: w.Asking - 1}, now)
		}
	}
	switch {
	case s.Running:
		s.run(now)
		if s.Killed != 0 {
			s.end(now, s.grace())
		}
	case !s.Done && s.StartAt == never:
		s.expect(Event{At: now, Type: Started})
	}
}

// do does what the container asks for.
func (s *simulation) do(e Event, act Action) {
	if e.Type == Started {
		s.asked = [len(kinds) + 1]int{}
		s.run(e.At)
	}
	if s.Options.Kubelet && (e.Type == Started || e.Type == Exited || act.changes > 0) {
		s.expect(Event{At: e.At + s.Options.Lag, Type: Synced})
	}
	if act.Kill != 0 {
		s.end(e.At, act.Grace)
	}
	if act.Start {
		s.expect(Event{At: e.At, Type: Started})
	}
	for a := range act.Attempts() {
		s.answer(a, e.At+s.life(a.Life).Answers)
	}
}

func (s *simulation) answer(a Attempt, at time.Duration) {
	o := s.life(a.Life).outcome(a.Kind, s.asked[a.Kind])
	s.asked[a.Kind]++
	s.expect(Event{At: at, Type: Answered, Attempt: a, Outcome: o})
}

// run has the life end by itself, if it does.
func (s *simulation) run(now time.Duration) {
	if l := s.life(s.Starts - 1); l.Runs > 0 {
		s.expect(Event{At: now + l.Runs, Type: Exited, ExitCode: l.ExitCode})
	}
}

// end has the life end by a signal.
func (s *simulation) end(now, grace time.Duration) {
	const sigkill, sigterm = 128 + 9, 128 + 15
	e := Event{At: now + s.life(s.Starts-1).Ends, Type: Exited, ExitCode: sigterm}
	if e.At >= now+grace {
		e.At, e.ExitCode = now+grace, sigkill
	}
	s.expect(e)
}

// next returns the next event; none if there never is one.
func (s *simulation) next() (Event, bool) {
	first := -1
	for i, e := range s.coming {
		if first < 0 || e.At < s.coming[first].At {
			first = i
		}
	}
	if first < 0 || s.coming[first].At > s.Next() {
		return Event{At: s.Next()}, s.Next() != never
	}
	e := s.coming[first]
	s.coming = append(s.coming[:first], s.coming[first+1:]...)
	if e.Type == Exited && !(s.Running && s.Starts == e.start) {
		return s.next()
	}
	return e.Event, true
}
