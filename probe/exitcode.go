package probe

import (
	"fmt"
	"strconv"
)

// An ExitCode is the exit code of a container's main process: exitCode in a terminated state. The zero value
// is success.
//
// The kubelet copies the number from the container runtime. By a convention of shells and runtimes, 128 + n
// means "killed by signal n". A process can exit with such a number by itself; the two cases look the same.
type ExitCode int32

// signals has the names of the Linux signals by number, as on amd64 and arm64.
var signals = [...]string{
	1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
	9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
	16: "SIGSTKFLT", 17: "SIGCHLD", 18: "SIGCONT", 19: "SIGSTOP", 20: "SIGTSTP", 21: "SIGTTIN", 22: "SIGTTOU", 23: "SIGURG",
	24: "SIGXCPU", 25: "SIGXFSZ", 26: "SIGVTALRM", 27: "SIGPROF", 28: "SIGWINCH", 29: "SIGIO", 30: "SIGPWR", 31: "SIGSYS",
}

// Signal returns n if the code is 128 + n for a signal number n from 1 to 31. Otherwise it returns 0.
func (c ExitCode) Signal() int {
	if n := int(c) - 128; 0 < n && n < len(signals) {
		return n
	}
	return 0
}

// String returns the code, and its meaning if it has one:
//
//	0
//	1
//	126 (not executable)
//	127 (command not found)
//	137 = 128 + 9 (SIGKILL)
func (c ExitCode) String() string {
	switch {
	case c == 126:
		return "126 (not executable)"
	case c == 127:
		return "127 (command not found)"
	case c.Signal() != 0:
		return fmt.Sprintf("%d = 128 + %d (%s)", int32(c), c.Signal(), signals[c.Signal()])
	default:
		return strconv.Itoa(int(c))
	}
}
