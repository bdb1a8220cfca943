//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rollcall-go/rollcall/probe"
)

// A report describes one step of the container. With -o json, its JSON is one line of output.
type report struct {
	Age     float64     `json:"age"` // seconds of the faster clock
	Event   probe.Event `json:"event"`
	Why     string      `json:"why,omitempty"`
	Ignored bool        `json:"ignored,omitempty"` // the answer came too late

	// With an attempt that has failed: how many have failed in a row, and how many make the result Failure.
	ResultRun        int `json:"resultRun,omitempty"`
	FailureThreshold int `json:"failureThreshold,omitempty"`

	Action       probe.Action    `json:"action"`
	Status       string          `json:"status"`
	Started      bool            `json:"started"`
	Ready        bool            `json:"ready"`
	Ending       bool            `json:"ending,omitempty"` // the program is ending
	Restarts     int             `json:"restarts"`
	LastExitCode *probe.ExitCode `json:"lastExitCode,omitempty"`
	LastExit     string          `json:"lastExit,omitempty"`
	PID          int             `json:"pid,omitempty"`
}

// A printer prints reports as a table or as JSON.
type printer struct {
	out   io.Writer
	json  bool
	begun bool
	last  string // last line of the table, without the age
}

func newPrinter(out io.Writer, form string) *printer { return &printer{out: out, json: form == "json"} }

func (p *printer) print(r *report) error {
	if p.json {
		return json.NewEncoder(p.out).Encode(r)
	}
	var lines strings.Builder
	if !p.begun {
		p.begun = true
		fmt.Fprintf(&lines, "%-8s%-8s%-20s%-11s%s\n", "AGE", "READY", "STATUS", "RESTARTS", "LAST EXIT")
	}
	for _, text := range r.texts() {
		fmt.Fprintf(&lines, "%-8s%s\n", age(r.Age), text)
	}
	ready := 0
	if r.Ready {
		ready = 1
	}
	line := fmt.Sprintf("%-8s%-20s%-11d%s", fmt.Sprintf("%d/1", ready), r.Status, r.Restarts, r.LastExit)
	line = strings.TrimRight(line, " ")
	// Between the end of the back-off and the start, kubectl shows nothing.
	if starts := r.Action.Start && r.Event.Type == 0 && r.LastExitCode != nil; line != p.last && !starts {
		fmt.Fprintf(&lines, "%-8s%s\n", age(r.Age), line)
		p.last = line
	}
	_, err := io.WriteString(p.out, lines.String())
	return err
}

// texts returns the lines that the table has in addition to kubectl's.
func (r *report) texts() (texts []string) {
	kind := r.Event.Attempt.Kind
	switch e := r.Event; {
	case e.Type == probe.Deleted:
		texts = append(texts, "Ending: "+r.Why)
	case e.Type == probe.Answered && (r.Ignored || r.Ending):
	case e.Type == probe.Answered && e.Outcome == probe.Failed && r.ResultRun > r.FailureThreshold:
		texts = append(texts, fmt.Sprintf("%v probe failed, %d in a row: %s", kind, r.ResultRun, r.Why))
	case e.Type == probe.Answered && e.Outcome == probe.Failed:
		text := fmt.Sprintf("%v probe failed, %d of %d: %s", kind, r.ResultRun, r.FailureThreshold, r.Why)
		texts = append(texts, text)
	case e.Type == probe.Answered && e.Outcome == probe.Warned:
		texts = append(texts, fmt.Sprintf("%v probe passed with a warning: %s", kind, r.Why))
	case e.Type == probe.Answered && e.Outcome == probe.Errored:
		texts = append(texts, fmt.Sprintf("%v probe had an error, ignored: %s", kind, r.Why))
	case e.Type == probe.Answered:
	case r.Why != "":
		texts = append(texts, fmt.Sprintf("%v: %s", e, r.Why))
	}
	for c := range r.Action.Changes() {
		if c.Kind == probe.Startup && c.Result == probe.Success && r.Event.Type == probe.Answered {
			texts = append(texts, "Startup probe passed")
		}
	}
	if r.Action.Kill != 0 {
		texts = append(texts, fmt.Sprintf("Killing the container for its %v probe: SIGTERM now, SIGKILL after %s",
			strings.ToLower(r.Action.Kill.String()), age(r.Action.Grace.Seconds())))
	}
	return texts
}

// age returns a time as kubectl shows it, but with seconds up to an hour.
func age(seconds float64) string {
	switch s := int(seconds); {
	case s < 120:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%ds", s/60, s%60)
	default:
		return fmt.Sprintf("%dh%dm", s/3600, s/60%60)
	}
}
