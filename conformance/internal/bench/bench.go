// Package bench times rollcall against others, side by side, and prints a Markdown table.
//
// A row is timed in many short rounds. In each round every contestant runs for about as long, in an order that changes from round
// to round, so that whatever else the machine does slows down all of them. A ratio is the median of the rounds' ratios; a
// time is the median of the rounds' times. Below the table stands what was to be better.
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
	rounds = flag.Int("rounds", 31, "rounds of each row")
	length = flag.Duration("round", 3*time.Millisecond, "length of a round")
	only   = flag.String("only", "", "time only the rows whose name has this in it")
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

// Named returns the row with another name, where the one that it got is too long.
func (r Row) Named(name string) Row {
	r.Name = name
	return r
}

// slower is how much of the time of the loop written by hand rollcall may take.
const slower = 1.15

// A Row is one operation of both libraries. Each function does it n times.
type Row struct {
	Name     string
	Setup    func() // runs before the row is timed; nil if there is nothing to set up
	Rollcall func(n int)
	Upstream func(n int)
	ByHand   func(n int) // the same with bare maps, or nil

	Faster float64 // wanted: upstream's time by rollcall's, at least; 0: none asked for
	Allocs float64 // wanted: rollcall's allocations by upstream's, at most; 0: none asked for
}

// time runs the row and returns its line of the table, and what is worse than wanted.
func (r Row) time() (line, missed []string) {
	if r.Setup != nil {
		r.Setup()
	}
	contestants := []func(int){r.Rollcall, r.Upstream}
	if r.ByHand != nil {
		contestants = append(contestants, r.ByHand)
	}
	n := make([]int, len(contestants)) // operations a round
	rounds, runs := *rounds, 10
	for c, f := range contestants {
		var took time.Duration
		if n[c], took = calibrate(f); took > time.Second {
			rounds, runs = min(rounds, 5), 1 // such a difference shows in a few
		}
	}
	times := make([][]float64, len(contestants)) // in nanoseconds an operation, by contestant and round
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
		miss("%.2f times as fast, wanted %.2f", faster, r.Faster)
	}
	byHand := ""
	if r.ByHand != nil {
		ratio := median(ratios(times[0], times[2]))
		byHand = fmt.Sprintf("%.2f", ratio)
		if ratio > slower {
			miss("%.2f times a loop by hand, wanted %.2f", ratio, slower)
		}
	}
	ours, theirs := allocations(runs, r.Rollcall), allocations(runs, r.Upstream)
	if r.Allocs > 0 && ours > r.Allocs*theirs {
		miss("%v allocations, wanted %v", ours, r.Allocs*theirs)
	}
	return []string{
		"`" + r.Name + "`", duration(median(times[0])), duration(median(times[1])), fmt.Sprintf("%.2f", faster),
		byHand, fmt.Sprint(ours), fmt.Sprint(theirs),
	}, missed
}

// calibrate returns how many operations fill a round, and how long the last try took.
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

// ratios returns a by b, round by round.
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

// duration is a time in nanoseconds with its unit, to four digits or so.
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

// print writes a table, its first line the header, to standard output. All columns but the first hold numbers.
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
