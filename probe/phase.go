package probe

import "github.com/rollcall-go/rollcall/internal/enum"

// A phase says where a container is between its starts and exits.
type phase int

const (
	waiting  phase = iota // it is to be started at DueAt
	starting              // Step has asked to start it, and the caller has not reported Started
	running               // it runs, and its startup probe has not passed
	started               // it runs, and has no startup probe or the startup probe has passed
	done                  // it does not run, and will not be started again
)

var phaseNames = []string{
	waiting:  "Waiting",
	starting: "Starting",
	running:  "Running",
	started:  "Started",
	done:     "Done",
}

// runs reports whether the container runs.
func (p phase) runs() bool { return p == running || p == started }

func (p phase) MarshalText() ([]byte, error) {
	return []byte(enum.Text(enum.Name("phase", int(p), phaseNames))), nil
}

func (p *phase) UnmarshalText(text []byte) error {
	return enum.Parse("phase", text, phaseNames, (*int)(p))
}
