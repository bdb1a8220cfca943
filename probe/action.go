package probe

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// An Action is what a [Container] asks its caller to do, and what its probes have published. The zero value
// asks nothing. Actions are comparable with ==.
type Action struct {
	Start bool          // start the container
	Kill  Kind          // kill the container because this probe has failed; unset: do not kill it
	Grace time.Duration // with Kill: the time between SIGTERM and SIGKILL, at least 2 s

	restartCount int // of all attempts
	due          [len(kinds)]uint8
	published    [maxChanges]change
	dues         uint8
	changes      uint8
}

// maxChanges is the maximum number of changes in one step: one for the answer, and two for each probe, which
// can see a start and a stop at once.
const maxChanges = 1 + 2*len(kinds)

// A change is a compact Change. An Action is copied in every step.
type change struct {
	kind, result uint8
	onHold       bool
}

// Attempts yields the attempts to make now, in the order Startup, Liveness, Readiness. The caller may make
// them at the same time.
func (a Action) Attempts() iter.Seq[Attempt] {
	return func(yield func(Attempt) bool) {
		for _, k := range a.due[:a.dues] {
			if !yield(Attempt{Kind: Kind(k), RestartCount: a.restartCount}) {
				return
			}
		}
	}
}

// Changes yields what the probes have published, in this order.
func (a Action) Changes() iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for _, c := range a.published[:a.changes] {
			if !yield(Change{Kind: Kind(c.kind), Result: Result(c.result), OnHold: c.onHold}) {
				return
			}
		}
	}
}

func (a *Action) try(k Kind, restartCount int) {
	a.due[a.dues], a.restartCount = uint8(k), restartCount
	a.dues++
}

func (a *Action) publish(c Change) {
	a.published[a.changes] = change{kind: uint8(c.Kind), result: uint8(c.Result), onHold: c.OnHold}
	a.changes++
}

// String returns the changes, the kill, the start and the attempts, in this order; "nothing" for the zero
// value:
//
//	Liveness is Failure, on hold; kill for Liveness within 30s; start; try Liveness; try Readiness
func (a Action) String() string {
	var parts []string
	for c := range a.Changes() {
		text := fmt.Sprintf("%v is %v", c.Kind, c.Result)
		if c.OnHold {
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

// MarshalJSON returns an object with the keys start, kill, grace (in nanoseconds), attempts and changes. Keys
// without a value are absent. It never fails.
func (a Action) MarshalJSON() ([]byte, error) {
	return json.Marshal(actionJSON{
		a.Start, a.Kill, a.Grace, slices.Collect(a.Attempts()), slices.Collect(a.Changes()),
	})
}

// UnmarshalJSON reads what MarshalJSON returns. It returns an error and does not change a if there are more
// than 3 attempts or 7 changes, or if the attempts have different restart counts: no Step returns such an
// Action.
func (a *Action) UnmarshalJSON(data []byte) error {
	var read actionJSON
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if len(read.Attempts) > len(a.due) {
		return fmt.Errorf("%d attempts in one Action; want at most %d", len(read.Attempts), len(a.due))
	}
	if len(read.Changes) > len(a.published) {
		return fmt.Errorf("%d changes in one Action; want at most %d", len(read.Changes), len(a.published))
	}
	action := Action{Start: read.Start, Kill: read.Kill, Grace: read.Grace}
	for _, t := range read.Attempts {
		if first := read.Attempts[0].RestartCount; t.RestartCount != first {
			return fmt.Errorf("attempts with the restart counts %d and %d in one Action; want one count",
				first, t.RestartCount)
		}
		action.try(t.Kind, t.RestartCount)
	}
	for _, c := range read.Changes {
		action.publish(c)
	}
	*a = action
	return nil
}
