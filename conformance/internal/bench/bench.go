// Package bench times rollcall and other libraries side by side, and prints a Markdown table.
//
// A row is timed in many short rounds. In each round every contestant runs for about the same time. Their
// order changes from round to round, so that other load on the machine slows down all of them equally. A
// ratio is the median of the ratios of the rounds; a time is the median of their times. Missed targets are
// listed below the table.
package bench

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	rounds = flag.Int("rounds", 31, "number of rounds for each row")
	length = flag.Duration("round", 3*time.Millisecond, "length of a round")
	only   = flag.String("only", "", "time only the rows whose name contains this")
)

// Print reads the command line, times the rows and prints the table.
func Print(rows []Row) {
	flag.Parse()
	fmt.Printf("%s %s/%s, %d rounds of %v\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, *rounds, *length)
	table := [][]string{{"", "rollcall", "upstream", "times as fast", "to a loop by hand", "allocations", "upstream's"}}
	var missed []string
	for _, r := range rows {
		if strings.Contains(r.Name, *only) {
			line, misses := r.time()
			table, missed = append(table, line), append(missed, misses...)
		}
	}
	print(table)
	for _, miss := range missed {
		fmt.Println(miss)
	}
}

// Named returns the row with another name.
func (r Row) Named(name string) Row {
	r.Name = name
	return r
}

// slower is the largest accepted ratio of the time of rollcall to the time of a loop written by hand.
const slower = 1.15

// A Row is one operation in both libraries. Each function runs it n times.
type Row struct {
	Name     string
	Setup    func() // runs before the row is timed; nil if there is nothing to set up
	Rollcall func(n int)
	Upstream func(n int)
	ByHand   func(n int) // the same operation as a loop over maps, or nil

	Faster float64 // least accepted ratio of upstream's time to rollcall's; 0: no target
	Allocs float64 // largest accepted ratio of rollcall's allocations to upstream's; 0: no target
}

// time runs the row and returns its line of the table, and its missed targets.
func (r Row) time() (line, missed []string) {
	if r.Setup != nil {
		r.Setup()
	}
	contestants := []func(int){r.Rollcall, r.Upstream}
	if r.ByHand != nil {
		contestants = append(contestants, r.ByHand)
	}
	n := make([]int, len(contestants)) // operations in each round
	rounds, runs := *rounds, 10
	for c, f := range contestants {
		var took time.Duration
		if n[c], took = calibrate(f); took > time.Second {
			rounds, runs = min(rounds, 5), 1 // slow operations need fewer rounds
		}
	}
	times := make([][]float64, len(contestants)) // nanoseconds for one operation, by contestant and round
	for round := range rounds {
		for i := range contestants {
			c := (i + round) % len(contestants)
			if round/len(contestants)%2 == 1 {
				c = len(contestants) - 1 - c
			}
			runtime.GC()
			start := time.Now()
			contestants[c](n[c])
			times[c] = append(times[c], float64(time.Since(start).Nanoseconds())/float64(n[c]))
		}
	}

	miss := func(format string, args ...any) {
		missed = append(missed, r.Name+": "+fmt.Sprintf(format, args...))
	}
	faster := median(ratios(times[1], times[0]))
	if faster < r.Faster {
		miss("%.2f times as fast, want at least %.2f", faster, r.Faster)
	}
	byHand := ""
	if r.ByHand != nil {
		ratio := median(ratios(times[0], times[2]))
		byHand = fmt.Sprintf("%.2f", ratio)
		if ratio > slower {
			miss("%.2f times the time of a loop by hand, want at most %.2f", ratio, slower)
		}
	}
	ours, theirs := allocations(runs, r.Rollcall), allocations(runs, r.Upstream)
	if r.Allocs > 0 && ours > r.Allocs*theirs {
		miss("%v allocations, want at most %v", ours, r.Allocs*theirs)
	}
	return []string{
		"`" + r.Name + "`", duration(median(times[0])), duration(median(times[1])), fmt.Sprintf("%.2f", faster),
		byHand, fmt.Sprint(ours), fmt.Sprint(theirs),
	}, missed
}

// calibrate returns the number of operations that fill a round, and the duration of the last trial.
func calibrate(f func(int)) (int, time.Duration) {
	for n := 1; ; n *= 2 {
		start := time.Now()
		f(n)
		if took := time.Since(start); took >= *length/4 {
			return max(1, int(float64(n)*float64(*length)/float64(took))), took
		}
	}
}

func allocations(runs int, f func(int)) float64 { return testing.AllocsPerRun(runs, func() { f(1) }) }

// ratios returns a divided by b for each round.
func ratios(a, b []float64) []float64 {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = a[i] / b[i]
	}
	return r
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// duration formats nanoseconds with a suitable unit.
func duration(ns float64) string {
	switch {
	case ns < 1e4:
		return fmt.Sprintf("%.1f ns", ns)
	case ns < 1e7:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	default:
		return fmt.Sprintf("%.1f ms", ns/1e6)
	}
}

// print writes a table to standard output. The first line is the header; all columns except the first hold
// numbers.
func print(table [][]string) {
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for i, line := range table {
		for j, cell := range line {
			if j == 0 {
				fmt.Fprintf(os.Stdout, "| %-*s |", widths[j], cell)
			} else {
				fmt.Fprintf(os.Stdout, " %*s |", widths[j], cell)
			}
		}
		fmt.Println()
		if i > 0 {
			continue
		}
		fmt.Print("|")
		for j, width := range widths {
			if j == 0 {
				fmt.Print(strings.Repeat("-", width+2) + "|")
			} else {
				fmt.Print(strings.Repeat("-", width+1) + ":|")
			}
		}
		fmt.Println()
	}
}
