package probe

import (
	"fmt"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
)

// An Event tells a [Container] what happened. The zero value says that the time is 0, and nothing else.
type Event struct {
	At       time.Duration `json:"at"`                 // time since the caller's epoch; nanoseconds in JSON
	Type     EventType     `json:"type,omitempty"`     // what happened; unset: time has passed
	Attempt  Attempt       `json:"attempt,omitzero"`   // for Answered: the attempt that Step handed out
	Outcome  Outcome       `json:"outcome,omitempty"`  // for Answered
	ExitCode ExitCode      `json:"exitCode,omitempty"` // for Exited
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

// An EventType says what happened. The zero value is unset: only time has passed.
type EventType int

// The types of events.
const (
	Started  EventType = 1 + iota // the container runs; if a start fails, report Started and then Exited
	Answered                      // an attempt has an outcome; if it was abandoned, the outcome is Errored
	Exited                        // the container has exited, by itself or because it was killed
	Deleted                       // the pod is being deleted: the caller kills the container; no restart follows
	Synced                        // a kubelet has synced the pod; ignored unless Options.Kubelet is set
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

// UnmarshalText sets t to the value that MarshalText writes as text. For any other text it returns an error
// and does not change t.
func (t *EventType) UnmarshalText(text []byte) error {
	return enum.Parse("EventType", text, eventTypeNames, (*int)(t))
}
