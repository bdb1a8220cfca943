package probe_test

import (
	"encoding"
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/probe"
)

// checkEnum asks that the values 0, 1, 2 and so on have these names and no more, both ways.
func checkEnum[E interface {
	~int
	fmt.Stringer
	encoding.TextMarshaler
}, P interface {
	*E
	encoding.TextUnmarshaler
}](t *testing.T, typ string, names ...string) {
	t.Helper()
	for i := -1; i <= len(names); i++ {
		want, named := fmt.Sprintf("%s(%d)", typ, i), 0 <= i && i < len(names)
		if named {
			want = names[i]
		}
		text, err := E(i).MarshalText()
		if E(i).String() != want || string(text) != want || err != nil {
			t.Errorf("%s %d: %q, %q, %v; want %q", typ, i, E(i), text, err, want)
		}
		read := E(99)
		if err := P(&read).UnmarshalText(text); named && (err != nil || read != E(i)) || !named && (err == nil || read != 99) {
			t.Errorf("%s from %q: %d, %v", typ, text, read, err)
		}
	}
}

func TestEnums(t *testing.T) {
	checkEnum[probe.Kind](t, "Kind", "Unset", "Liveness", "Readiness", "Startup")
	checkEnum[probe.Outcome](t, "Outcome", "Unset", "Passed", "Warned", "Failed", "Errored")
	checkEnum[probe.Result](t, "Result", "Unknown", "Success", "Failure")
	checkEnum[probe.RestartPolicy](t, "RestartPolicy", "Unset", "Always", "OnFailure", "Never")
	checkEnum[probe.EventType](t, "EventType", "Unset", "Started", "Answered", "Exited", "Deleted", "Synced")
}
