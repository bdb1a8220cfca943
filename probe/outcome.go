package probe

import (
	"errors"

	"github.com/rollcall-go/rollcall/internal/enum"
)

// An Outcome is what one attempt of a probe came to. The zero value is unset: there was no attempt.
type Outcome int

// The outcomes.
const (
	Passed  Outcome = 1 + iota // all is well
	Warned                     // counts as Passed; someone should look at it
	Failed                     // it is not well, or did not answer in time
	Errored                    // the prober itself did not work: thrown away, as if there had been no attempt
)

var outcomeNames = []string{
	0:       "Unset",
	Passed:  "Passed",
	Warned:  "Warned",
	Failed:  "Failed",
	Errored: "Errored",
}

// String returns the name, as in "Passed".
func (o Outcome) String() string { return enum.Name("Outcome", int(o), outcomeNames) }

// MarshalText returns String in lower camel case. It never fails.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(enum.Text(o.String())), nil }

// UnmarshalText sets o to the value that MarshalText writes as text. For any other text it returns an error and does not change o.
func (o *Outcome) UnmarshalText(text []byte) error {
	return enum.Parse("Outcome", text, outcomeNames, (*int)(o))
}

// HTTPOutcome returns what a GET request came to, by the status code of the last response and the error of the request or of
// reading the body, whichever there is: Passed for 200 to 299, Warned for 300 to 399, which is a redirect that was not followed,
// and Failed for the rest and for every error. A body that is not there in time, or breaks off, is an error like any other.
//
// The kubelet follows redirects to the same host name, ten at the most, reads 10 KiB of the body, and gives the whole the
// timeout.
//
// Upstream: DoHTTPProbe in k8s.io/kubernetes/pkg/probe/http. There, an error of the body has the attempt thrown away, whatever
// the status, so that a server which sends headers and then hangs never fails.
func HTTPOutcome(status int, err error) Outcome {
	switch {
	case err != nil || status < 200 || status >= 400:
		return Failed
	case status >= 300:
		return Warned
	default:
		return Passed
	}
}

// TCPOutcome returns what opening a connection came to: Failed if there is an error, and otherwise Passed.
//
// Upstream: DoTCPProbe in k8s.io/kubernetes/pkg/probe/tcp.
func TCPOutcome(err error) Outcome {
	if err != nil {
		return Failed
	}
	return Passed
}

// ExecOutcome returns what a command came to. Without an error it goes by the exit code: Passed for 0, and otherwise Failed.
// The error is for a command that has no exit code: Failed if it did not end in time (if the error, or one that it wraps, has a
// method Timeout that returns true, as [context.DeadlineExceeded] has), and otherwise Errored, since it could not be run.
//
// The kubelet tries an attempt that is Errored three times before it throws it away.
//
// Upstream: Probe in k8s.io/kubernetes/pkg/probe/exec.
func ExecOutcome(code ExitCode, err error) Outcome {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return Failed
	case err != nil:
		return Errored
	case code != 0:
		return Failed
	default:
		return Passed
	}
}

// GRPCOutcome returns what a health check came to, by the status of a grpc.health.v1.HealthCheckResponse, or the error of the
// connection or the call: Passed for SERVING, which is 1, and Failed for every other status and for every error.
//
// Upstream: Probe in k8s.io/kubernetes/pkg/probe/grpc.
func GRPCOutcome(status int32, err error) Outcome {
	const serving = 1
	if err != nil || status != serving {
		return Failed
	}
	return Passed
}
