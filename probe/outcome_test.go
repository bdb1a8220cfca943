package probe_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/rollcall-go/rollcall/probe"
)

// slow is an error with a method Timeout, as in package net.
type slow bool

func (slow) Error() string   { return "i/o timeout" }
func (s slow) Timeout() bool { return bool(s) }

func TestOutcomes(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		name      string
		got, want probe.Outcome
	}{
		{"status 200", probe.HTTPOutcome(200, nil), probe.Passed},
		{"status 299", probe.HTTPOutcome(299, nil), probe.Passed},
		{"status 300", probe.HTTPOutcome(300, nil), probe.Warned},
		{"status 304", probe.HTTPOutcome(304, nil), probe.Warned},
		{"status 399", probe.HTTPOutcome(399, nil), probe.Warned},
		{"status 400", probe.HTTPOutcome(400, nil), probe.Failed},
		{"status 500", probe.HTTPOutcome(500, nil), probe.Failed},
		{"status 199", probe.HTTPOutcome(199, nil), probe.Failed},
		{"no status", probe.HTTPOutcome(0, nil), probe.Failed},
		{"connection refused", probe.HTTPOutcome(0, broken), probe.Failed},
		{"status 500, timeout of the body", probe.HTTPOutcome(500, context.DeadlineExceeded), probe.Failed},
		{"status 200, timeout of the body", probe.HTTPOutcome(200, context.DeadlineExceeded), probe.Failed},
		{"status 200, incomplete body", probe.HTTPOutcome(200, io.ErrUnexpectedEOF), probe.Failed},
		{"status 302, incomplete body", probe.HTTPOutcome(302, io.ErrUnexpectedEOF), probe.Failed},

		{"connected", probe.TCPOutcome(nil), probe.Passed},
		{"refused", probe.TCPOutcome(broken), probe.Failed},
		{"timeout", probe.TCPOutcome(slow(true)), probe.Failed},

		{"exit 0", probe.ExecOutcome(0, nil), probe.Passed},
		{"exit 1", probe.ExecOutcome(1, nil), probe.Failed},
		{"exit 137", probe.ExecOutcome(137, nil), probe.Failed},
		{"exit -1", probe.ExecOutcome(-1, nil), probe.Failed},
		{"timeout of a command", probe.ExecOutcome(0, context.DeadlineExceeded), probe.Failed},
		{"timeout, wrapped", probe.ExecOutcome(-1, fmt.Errorf("exec: %w", slow(true))), probe.Failed},
		{"did not run", probe.ExecOutcome(0, broken), probe.Errored},
		{"did not run, with a code", probe.ExecOutcome(1, broken), probe.Errored},
		{"error whose Timeout is false", probe.ExecOutcome(0, slow(false)), probe.Errored},

		{"SERVING", probe.GRPCOutcome(1, nil), probe.Passed},
		{"UNKNOWN", probe.GRPCOutcome(0, nil), probe.Failed},
		{"NOT_SERVING", probe.GRPCOutcome(2, nil), probe.Failed},
		{"SERVICE_UNKNOWN", probe.GRPCOutcome(3, nil), probe.Failed},
		{"unknown status", probe.GRPCOutcome(4, nil), probe.Failed},
		{"no connection", probe.GRPCOutcome(1, broken), probe.Failed},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// If the port is unknown or invalid, the attempt has failed.
func ExamplePort_Resolve() {
	ports := map[string]int32{"web": 8080}
	for _, port := range []probe.Port{{Name: "web"}, {Number: 9090}, {Name: "wbe"}, {Number: 0}} {
		number, err := port.Resolve(ports)
		if err != nil {
			fmt.Println(err, "-", probe.HTTPOutcome(0, err))
			continue
		}
		fmt.Println(number)
	}
	// Output:
	// 8080
	// 9090
	// the container has no port named "wbe" - Failed
	// port 0: must be from 1 to 65535 - Failed
}

func TestResolve(t *testing.T) {
	named := map[string]int32{"web": 8080, "zero": 0, "80": 81}
	for _, tt := range []struct {
		port probe.Port
		want int32 // 0: an error
	}{
		{probe.Port{Number: 1}, 1},
		{probe.Port{Number: 65535}, 65535},
		{probe.Port{Number: 65536}, 0},
		{probe.Port{Number: -1}, 0},
		{probe.Port{}, 0},
		{probe.Port{Name: "web"}, 8080},
		{probe.Port{Name: "80"}, 81},
		{probe.Port{Name: "zero"}, 0},
		{probe.Port{Name: "nope"}, 0},
		{probe.Port{Name: "web", Number: 1}, 8080},
	} {
		if got, err := tt.port.Resolve(named); got != tt.want || (err != nil) != (tt.want == 0) {
			t.Errorf("%+v: %d, %v; want %d", tt.port, got, err, tt.want)
		}
	}
}
