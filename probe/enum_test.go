package probe_test

import (
	"testing"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/probe"
)

func TestEnums(t *testing.T) {
	check.Enum[probe.Kind](t, "Kind", "Unset", "Liveness", "Readiness", "Startup")
	check.Enum[probe.Outcome](t, "Outcome", "Unset", "Passed", "Warned", "Failed", "Errored")
	check.Enum[probe.Result](t, "Result", "Unknown", "Success", "Failure")
	check.Enum[probe.EventType](t, "EventType", "Unset", "Started", "Answered", "Exited", "Deleted", "Synced")
}

// A RestartPolicy has the API's texts in JSON, which are not in lower camel case.
func TestRestartPolicy(t *testing.T) {
	for i, want := range []string{"Unset", "Always", "OnFailure", "Never"} {
		p := probe.RestartPolicy(i)
		text, err := p.MarshalText()
		if p.String() != want || string(text) != want || err != nil {
			t.Errorf("%d: String %q, MarshalText %q, %v; want %q", i, p, text, err, want)
		}
		read := probe.RestartPolicy(99)
		if err := read.UnmarshalText(text); err != nil || read != p {
			t.Errorf("from %q: %d, %v", text, read, err)
		}
	}
	if got := probe.RestartPolicy(4).String(); got != "RestartPolicy(4)" {
		t.Errorf("4: %q", got)
	}
	for _, text := range []string{"always", "", "RestartPolicy(4)"} {
		read := probe.RestartPolicy(99)
		if err := read.UnmarshalText([]byte(text)); err == nil || read != 99 {
			t.Errorf("from %q: %d, %v; want an error and no change", text, read, err)
		}
	}
}
