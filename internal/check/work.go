package check

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A Case is an operation whose work should be proportional to n, or to n log n.
type Case struct {
	Name    string
	Prepare func(n int) func() // makes the input, and returns the operation

	Constant bool // whether the work should not depend on n
}

// Work reports each case that takes more than 5.5 times the work for 4n as for n; n log n takes about 5 times, and n² takes
// 16 times. Work is the number of statements of the package that are executed, which does not depend on the machine. It
// builds the package's tests with counters, and executes the current test in them for each case and size. The current test
// must not do more than to call Work.
func Work(t *testing.T, n int, cases []Case) {
	t.Helper()
	if work := os.Getenv("ROLLCALL_WORK"); work != "" {
		doWork(t, cases, work)
		return
	}
	if testing.Short() {
		t.Skip("builds and executes the tests with counters")
	}
	binary := filepath.Join(t.TempDir(), "work.test")
	if out, err := exec.Command("go", "test", "-c", "-covermode=count", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var work [3]int
			for i, n := range [...]int{n, 2 * n, 4 * n} {
				prepared := executed(t, binary, fmt.Sprintf("%s %d prepare", c.Name, n))
				work[i] = executed(t, binary, fmt.Sprintf("%s %d do", c.Name, n)) - prepared
			}
			t.Logf("%d statements at %d, %d at %d, %d at %d", work[0], n, work[1], 2*n, work[2], 4*n)
			if work[0] <= 0 || 2*work[2] > 11*work[0] || c.Constant && work[2] != work[0] {
				t.Errorf("%d statements for %d, and %d for %d", work[0], n, work[2], 4*n)
			}
		})
	}
}

// doWork does what the process was executed for: the name of a case, n, and "prepare" or "do".
func doWork(t *testing.T, cases []Case, work string) {
	for _, c := range cases {
		var n int
		var what string
		if rest, ok := strings.CutPrefix(work, c.Name+" "); !ok {
			continue
		} else if _, err := fmt.Sscan(rest, &n, &what); err != nil {
			continue
		}
		if f := c.Prepare(n); what == "do" {
			f()
		}
		return
	}
	t.Fatalf("unknown case: %s", work)
}

// executed returns how many statements the current test executes in the binary: the fewest of three times, since the
// seeds of hashes differ.
func executed(t *testing.T, binary, work string) int {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "profile")
	test, _, _ := strings.Cut(t.Name(), "/")
	fewest := math.MaxInt
	for range 3 {
		cmd := exec.Command(binary, "-test.run=^"+test+"$", "-test.coverprofile="+profile)
		cmd.Env = append(os.Environ(), "ROLLCALL_WORK="+work)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", work, err, out)
		}
		statements := 0
		lines := strings.Split(strings.TrimSpace(string(Must(os.ReadFile(profile)))), "\n")
		for _, line := range lines[1:] { // the first is the mode
			block := strings.Fields(line) // place, statements, and how often
			statements += Must(strconv.Atoi(block[1])) * Must(strconv.Atoi(block[2]))
		}
		fewest = min(fewest, statements)
	}
	return fewest
}
