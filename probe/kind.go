package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// A Kind says what a probe is for. The zero value is unset.
type Kind int

// The kinds of probes. A container has at most one of each.
const (
	Liveness  Kind = 1 + iota // the container is killed if it fails
	Readiness                 // the container is not ready if it fails
	Startup                   // the others wait until it passes; the container is killed if it fails
)

// kinds has all kinds, in the order in which their workers look at the container.
var kinds = [...]Kind{Startup, Liveness, Readiness}

var kindNames = []string{
	0:         "Unset",
	Liveness:  "Liveness",
	Readiness: "Readiness",
	Startup:   "Startup",
}

// String returns the name, as in "Liveness".
func (k Kind) String() string { return enum.Name("Kind", int(k), kindNames) }

// MarshalText returns String in lower camel case. It never fails.
func (k Kind) MarshalText() ([]byte, error) { return []byte(enum.Text(k.String())), nil }

// UnmarshalText sets k to the value that MarshalText writes as text. For any other text it returns an error
// and does not change k.
func (k *Kind) UnmarshalText(text []byte) error {
	return enum.Parse("Kind", text, kindNames, (*int)(k))
}

// field returns the name of the probe's field in a container's manifest; "probe" if k is unset.
func (k Kind) field() string {
	switch k {
	case Liveness:
		return "livenessProbe"
	case Readiness:
		return "readinessProbe"
	case Startup:
		return "startupProbe"
	default:
		return "probe"
	}
}
