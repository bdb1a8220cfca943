package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// A Kind is what a probe is for. The zero value is unset.
type Kind int

// The kinds of probes. A container has one of each at most.
const (
	Liveness  Kind = 1 + iota // a container that fails it is killed
	Readiness                 // a container that fails it is not ready
	Startup                   // holds the others back until it passes; a container that fails it is killed
)

// kinds are all, in the order in which a container goes through them and in which they are looked at.
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

// UnmarshalText sets k to the value that MarshalText writes as text. For any other text it returns an error and does not change k.
func (k *Kind) UnmarshalText(text []byte) error {
	return enum.Parse("Kind", text, kindNames, (*int)(k))
}

// field returns the field of a container's manifest that has the probe.
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
