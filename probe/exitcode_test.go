package probe_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/probe"
)

func TestExitCode(t *testing.T) {
	for _, tt := range []struct {
		code   probe.ExitCode
		signal int
		want   string
	}{
		{0, 0, "0"},
		{1, 0, "1"},
		{-1, 0, "-1"},
		{125, 0, "125"},
		{126, 0, "126 (not executable)"},
		{127, 0, "127 (command not found)"},
		{128, 0, "128"},
		{129, 1, "129 = 128 + 1 (SIGHUP)"},
		{137, 9, "137 = 128 + 9 (SIGKILL)"},
		{139, 11, "139 = 128 + 11 (SIGSEGV)"},
		{143, 15, "143 = 128 + 15 (SIGTERM)"},
		{159, 31, "159 = 128 + 31 (SIGSYS)"},
		{160, 0, "160"},
		{255, 0, "255"},
		{1<<31 - 1, 0, "2147483647"},
		{-1 << 31, 0, "-2147483648"},
	} {
		if got := tt.code.String(); got != tt.want || tt.code.Signal() != tt.signal {
			t.Errorf("%d: %q, signal %d; want %q, %d", int32(tt.code), got, tt.code.Signal(), tt.want, tt.signal)
		}
	}
}

// All signals by number, from signal(7) for x86 and ARM.
func TestSignals(t *testing.T) {
	names := strings.Fields(`HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT
		CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`)
	for i, name := range names {
		if got, want := probe.ExitCode(129+i).String(), fmt.Sprintf("%d = 128 + %d (SIG%s)", 129+i, 1+i, name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// The text begins with the code, and its sum is correct.
func TestExitCodeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := probe.ExitCode(rapid.OneOf(rapid.Int32(), rapid.Int32Range(100, 200)).Draw(t, "code"))
		if text := c.String(); !strings.HasPrefix(text, fmt.Sprint(int32(c))) {
			t.Fatalf("%d prints %q", int32(c), text)
		}
		if n := c.Signal(); n != 0 && (int(c) != 128+n || !strings.Contains(c.String(), " (SIG")) {
			t.Fatalf("%d: signal %d, text %q", int32(c), n, c)
		}
	})
}

// A dashboard can show this beside the number of restarts.
func ExampleExitCode() {
	for _, code := range []probe.ExitCode{0, 1, 127, 137, 143} {
		fmt.Println(code)
	}
	// Output:
	// 0
	// 1
	// 127 (command not found)
	// 137 = 128 + 9 (SIGKILL)
	// 143 = 128 + 15 (SIGTERM)
}
