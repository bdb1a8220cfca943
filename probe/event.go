package probe

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
)

// An Event is something that a [Container] is told. The zero value is that it is the caller's time 0, and nothing else.
type Event struct {
	At       time.Duration `json:"at"`                 // when, since the caller's epoch; nanoseconds in JSON
	Type     EventType     `json:"type,omitempty"`     // what; unset: time has passed
	Attempt  Attempt       `json:"attempt,omitzero"`   // of Answered: as it was handed out
	Outcome  Outcome       `json:"outcome,omitempty"`  // of Answered
	ExitCode ExitCode      `json:"exitCode,omitempty"` // of Exited
}

// An EventType says what happened. The zero value is unset: nothing but that time has passed.
type EventType int

// The types of events.
const (
	Started  EventType = 1 + iota // the container runs; one that could not be started is Started and then Exited
	Answered                      // an attempt came to an outcome, or was given up: Errored
	Exited                        // the container ended, by itself or killed
	Deleted                       // the container is to go for good; whoever tells this kills it, or what is Starting when it has Started
	Synced                        // a kubelet syncs the pod: no verdict waits, and readiness is tried unless it is Success
)

var eventTypeNames = []string{
	0:        "Unset",
	Started:  "Started",
	Answered: "Answered",
	Exited:   "Exited",
	Deleted:  "Deleted",
	Synced:   "Synced",
}

// String returns the name, as in "Started".
func (t EventType) String() string { return enum.Name("EventType", int(t), eventTypeNames) }

// MarshalText returns String in lower camel case. It never fails.
func (t EventType) MarshalText() ([]byte, error) { return []byte(enum.Text(t.String())), nil }

// UnmarshalText sets t to the value that MarshalText writes as text. For any other text it returns an error and does not change t.
func (t *EventType) UnmarshalText(text []byte) error {
	return enum.Parse("EventType", text, eventTypeNames, (*int)(t))
}

// String returns what happened, without the time:
//
//	Started
//	Liveness Failed
//	Exited with 137 = 128 + 9 (SIGKILL)
//	time passed
func (e Event) String() string {
	switch e.Type {
	case 0:
		return "time passed"
	case Answered:
		return fmt.Sprintf("%v %v", e.Attempt.Kind, e.Outcome)
	case Exited:
		return fmt.Sprintf("Exited with %v", e.ExitCode)
	default:
		return e.Type.String()
	}
}

// An Attempt is one try of a probe that is due: ask the container, and hand the Attempt back with what it came to, in an Event of
// the type Answered. The zero value is none.
type Attempt struct {
	Kind Kind `json:"kind"`
	Life int  `json:"life"` // which life of the container is to be asked: 0 until it is first started again
}

// An Action is what a [Container] asks its caller to do, and what its probes published. The zero value is nothing. Two are
// equal if they are ==.
type Action struct {
	Start bool          // start the container
	Kill  Kind          // kill it, since this probe failed: Liveness or Startup; unset: let it run
	Grace time.Duration // with Kill: how long it is given to end before it is forced, 2 s at the least

	life      int
	due       [len(kinds)]uint8
	published [maxChanges]change
	dues      uint8
	changes   uint8
}

// maxChanges is how much can be published in one step: of the attempt that was answered 1, and of each probe that looks at the
// container a start and a stop.
const maxChanges = 1 + 2*len(kinds)

// A change is a Change in little room, since an Action is copied at every step.
type change struct {
	kind, result uint8
	hold         bool
}

// Attempts yields what is to be asked now, each beside the others: Startup or else Liveness and Readiness.
func (a Action) Attempts() iter.Seq[Attempt] {
	return func(yield func(Attempt) bool) {
		for _, k := range a.due[:a.dues] {
			if !yield(Attempt{Kind: Kind(k), Life: a.life}) {
				return
			}
		}
	}
}

// Changes yields what the probes published, in this order.
func (a Action) Changes() iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for _, c := range a.published[:a.changes] {
			if !yield(Change{Kind: Kind(c.kind), Result: Result(c.result), Hold: c.hold}) {
				return
			}
		}
	}
}

func (a *Action) try(k Kind, life int) {
	a.due[a.dues], a.life = uint8(k), life
	a.dues++
}

func (a *Action) publish(c Change) {
	a.published[a.changes] = change{kind: uint8(c.Kind), result: uint8(c.Result), hold: c.Hold}
	a.changes++
}

// String returns all of it in the order in which it stands here, or "nothing":
//
//	Liveness is Failure, on hold; kill for Liveness within 30s; start; try Liveness; try Readiness
func (a Action) String() string {
	var parts []string
	for c := range a.Changes() {
		text := fmt.Sprintf("%v is %v", c.Kind, c.Result)
		if c.Hold {
			text += ", on hold"
		}
		parts = append(parts, text)
	}
	if a.Kill != 0 {
		parts = append(parts, fmt.Sprintf("kill for %v within %v", a.Kill, a.Grace))
	}
	if a.Start {
		parts = append(parts, "start")
	}
	for t := range a.Attempts() {
		parts = append(parts, fmt.Sprintf("try %v", t.Kind))
	}
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

// actionJSON is the JSON of an Action.
type actionJSON struct {
	Start    bool          `json:"start,omitempty"`
	Kill     Kind          `json:"kill,omitempty"`
	Grace    time.Duration `json:"grace,omitempty"`
	Attempts []Attempt     `json:"attempts,omitempty"`
	Changes  []Change      `json:"changes,omitempty"`
}

// MarshalJSON returns an object with what there is: start, kill, grace (in nanoseconds), attempts and changes. It never fails.
func (a Action) MarshalJSON() ([]byte, error) {
	return json.Marshal(actionJSON{a.Start, a.Kill, a.Grace, slices.Collect(a.Attempts()), slices.Collect(a.Changes())})
}

// UnmarshalJSON reads what MarshalJSON returns. What no Step returns is an error, and a is left alone: more attempts, or more changes,
// than there can be, or attempts of different lives.
func (a *Action) UnmarshalJSON(data []byte) error {
	var read actionJSON
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if len(read.Attempts) > len(a.due) || len(read.Changes) > len(a.published) {
		return fmt.Errorf("%d attempts and %d changes in one Action", len(read.Attempts), len(read.Changes))
	}
	action := Action{Start: read.Start, Kill: read.Kill, Grace: read.Grace}
	for _, t := range read.Attempts {
		if t.Life != read.Attempts[0].Life {
			return fmt.Errorf("attempts of the lives %d and %d in one Action", read.Attempts[0].Life, t.Life)
		}
		action.try(t.Kind, t.Life)
	}
	for _, c := range read.Changes {
		action.publish(c)
	}
	*a = action
	return nil
}
