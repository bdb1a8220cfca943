package probe

import (
	"errors"

	"github.com/rollcall-go/rollcall/internal/enum"
)

// An Outcome is the outcome of one attempt. The zero value is unset.
type Outcome int

// The outcomes.
const (
	Passed  Outcome = 1 + iota // the container is healthy
	Warned                     // as Passed, with a warning
	Failed                     // the container is not healthy, or did not answer in time
	Errored                    // the prober failed, not the container: the attempt is ignored
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

// UnmarshalText sets o to the value that MarshalText writes as text. For any other text it returns an error
// and does not change o.
func (o *Outcome) UnmarshalText(text []byte) error {
	return enum.Parse("Outcome", text, outcomeNames, (*int)(o))
}

// HTTPOutcome returns the outcome of a GET request. The status is that of the last response. The error is
// that of the request, or of reading the body. The outcome is Failed if there is an error. Otherwise it is
// Passed for the status 200 to 299, Warned for 300 to 399, which is a redirect that was not followed, and
// Failed for the rest.
//
// The kubelet follows at most ten redirects, all to the same host name. It reads 10 KiB of the body. The
// timeout is for all of that.
//
// Upstream: DoHTTPProbe in k8s.io/kubernetes/pkg/probe/http. There, an error of reading the body means
// Errored: a server that sends headers and then hangs never fails.
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

// TCPOutcome returns the outcome of opening a connection: Failed if there is an error, and otherwise Passed.
//
// Upstream: DoTCPProbe in k8s.io/kubernetes/pkg/probe/tcp.
func TCPOutcome(err error) Outcome {
	if err != nil {
		return Failed
	}
	return Passed
}

// ExecOutcome returns the outcome of a command. Without an error, the outcome is Passed for the exit code 0,
// and Failed for the rest. Pass an error only if the command has no exit code, for example because it
// exceeded its timeout. The outcome is then Failed if the command exceeded its timeout, and otherwise
// Errored. An error is a timeout if it, or an error that it wraps, has a method Timeout that returns true, as
// [context.DeadlineExceeded] has.
//
// The kubelet makes up to three tries while the outcome is Errored.
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

// GRPCOutcome returns the outcome of a gRPC health check. The status is that of a
// grpc.health.v1.HealthCheckResponse. The error is that of the connection or of the call. The outcome is
// Passed for the status 1, which is SERVING, without an error. Otherwise it is Failed.
//
// Upstream: Probe in k8s.io/kubernetes/pkg/probe/grpc.
func GRPCOutcome(status int32, err error) Outcome {
	const serving = 1
	if err != nil || status != serving {
		return Failed
	}
	return Passed
}
