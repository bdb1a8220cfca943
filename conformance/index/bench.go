package main

import (
	"flag"
	"fmt"
	"hash/maphash"
	"iter"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

var (
	rounds  = flag.Int("rounds", 21, "number of rounds for each row")
	length  = flag.Duration("round", 2*time.Millisecond, "length of a round")
	only    = flag.String("only", "", "time only the rows whose name contains this")
	without = flag.String("without", "", "leave out these contestants, as names separated by commas")
)

// rollcall and scan are the contestants that others are compared with.
const (
	rollcall = "rollcall"
	scan     = "scan"
)

// taking reports whether a contestant takes part. The scan always does, because its answers are the
// reference.
func taking(name string) bool {
	return name == scan || !slices.Contains(strings.Split(*without, ","), name)
}

// A tally counts the found keys while a search is timed. It does so little that almost only the search is
// timed.
type tally struct{ n, bytes int }

func (t tally) plus(key string) tally { return tally{t.n + 1, t.bytes + len(key)} }

var sink tally // receives the timed results

// An answer holds the found keys for a comparison.
type answer struct {
	n    int
	sum  uint64   // sum of the hashes of the keys
	keys []string // some of them
}

func gather(found iter.Seq[string]) (a answer) {
	for key := range found {
		a.n++
		a.sum += maphash.String(seed, key)
		if len(a.keys) < 1000 {
			a.keys = append(a.keys, key)
		}
	}
	return a
}

var seed = maphash.MakeSeed()

// same panics unless two answers have the same keys with the same counts.
func same(name string, of fmt.Stringer, got, want answer) {
	if got.n != want.n || got.sum != want.sum {
		slices.Sort(got.keys)
		slices.Sort(want.keys)
		panic(fmt.Sprintf("%s, %s: %d answers, scan %d\n%q\n%q", of, name, got.n, want.n, got.keys, want.keys))
	}
}

// A row is one operation, run by all contestants.
type row struct {
	name        string
	answers     float64 // average number for an operation; below 0: the operation has no answers
	asks        bool    // it is a query, although it has no answers
	selective   bool    // target: rollcall is 1,000 times as fast as the scan
	contestants []contestant
}

type contestant struct {
	name string
	op   func(i int) // runs the operation with selector or object i
}

// A timing is the result of a row: for each contestant, the nanoseconds of one operation in each round.
type timing struct {
	row
	times map[string][]float64
}

// time runs a row in many short rounds, with a changing order of contestants. Contestants whose operation is
// longer than a round run in fewer rounds. Garbage is collected only between rounds, and only after some
// memory was allocated. The heaps of all contestants exist at the same time; otherwise their size would
// affect the times.
func (r row) time() timing {
	t := timing{r, map[string][]float64{}}
	collect(garbage / 8)
	n, next, limit := make([]int, len(r.contestants)), make([]int, len(r.contestants)), make([]int, len(r.contestants))
	run := func(c, n int) time.Duration {
		start := time.Now()
		for i := range n {
			r.contestants[c].op(next[c] + i)
		}
		next[c] += n
		return time.Since(start)
	}
	for c := range r.contestants {
		took := time.Duration(0)
		for n[c] = 1; ; n[c] *= 2 {
			if took = run(c, n[c]); took >= *length/4 {
				break
			}
		}
		one := took / time.Duration(n[c])
		n[c] = max(1, int(*length/max(1, one)))
		switch limit[c] = *rounds; {
		case one > 20**length:
			limit[c] = min(3, *rounds)
		case one > 2**length:
			limit[c] = min(7, *rounds)
		}
	}
	for round := range *rounds {
		for i := range r.contestants {
			c := (i + round) % len(r.contestants)
			if round/len(r.contestants)%2 == 1 {
				c = len(r.contestants) - 1 - c
			}
			if round < limit[c] {
				name := r.contestants[c].name
				t.times[name] = append(t.times[name], float64(run(c, n[c]).Nanoseconds())/float64(n[c]))
				collect(garbage / 2)
			}
		}
	}
	return t
}

// garbage is the number of allocated bytes that starts a collection.
const garbage = 512 << 20

// manual turns off the garbage collector, except for collect and when memory is short. It first grows the
// heap by the size of garbage, because new pages are slow and a long-running program has none.
func manual() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(16 << 30)
	chunks := make([][]byte, garbage>>20)
	for i := range chunks {
		chunks[i] = make([]byte, 1<<20)
		for j := 0; j < 1<<20; j += 4096 {
			chunks[i][j] = 1
		}
	}
	runtime.KeepAlive(chunks)
	heap()
}

var collected uint64 // heap in use after the last collection

// collect runs the garbage collector if this many more bytes are in use.
func collect(more uint64) {
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapAlloc >= collected+more {
		runtime.GC()
		runtime.ReadMemStats(&m)
		collected = m.HeapAlloc
	}
}

// heap returns the bytes in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// faster returns how many times as fast as another contestant rollcall is, or 0 if one of them does not take
// part.
func (t timing) faster(than string) float64 {
	ours, theirs := t.times[rollcall], t.times[than]
	if len(ours) == 0 || len(theirs) == 0 {
		return 0
	}
	var ratios []float64
	for i := range min(len(ours), len(theirs)) {
		ratios = append(ratios, theirs[i]/ours[i])
	}
	return median(ratios)
}

// fastest returns the name of the fastest contestant except rollcall. For changes it also excludes the scan,
// which has no index to update.
func (t timing) fastest() string {
	best := ""
	for _, c := range t.contestants {
		if c.name == rollcall || c.name == scan && t.answers < 0 && !t.asks {
			continue
		}
		if best == "" || median(t.times[c.name]) < median(t.times[best]) {
			best = c.name
		}
	}
	return best
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// A report is a table of rows, and their missed targets.
type report struct {
	names  []string // of the contestants
	table  [][]string
	missed []string
}

// newReport returns a table with these contestants. answers is the header of the column with the number of
// answers.
func newReport(answers string, names ...string) *report {
	names = slices.DeleteFunc(names, func(name string) bool { return !taking(name) })
	return &report{names: names, table: [][]string{
		slices.Concat([]string{"", answers}, names, []string{"rollcall, each", "times as fast as the fastest peer", "as the scan"}),
	}}
}

// add times a row.
func (r *report) add(row row) {
	if !strings.Contains(row.name, *only) {
		return
	}
	t := row.time()
	line := []string{"`" + row.name + "`", ""}
	if row.answers >= 0 {
		line[1] = number(row.answers)
	}
	for _, name := range r.names {
		if line = append(line, ""); len(t.times[name]) > 0 {
			line[len(line)-1] = duration(median(t.times[name]))
		}
	}
	line = append(line, "", "", "")
	if ours := t.times[rollcall]; len(ours) > 0 {
		if row.answers > 0 {
			line[len(line)-3] = duration(median(ours) / row.answers)
		}
		peer := t.fastest()
		if ratio := t.faster(peer); ratio > 0 {
			line[len(line)-2] = fmt.Sprintf("%s, %s", number(ratio), peer)
			if ratio < 1 {
				r.missed = append(r.missed, fmt.Sprintf("%s: %.2f times as fast as %s", row.name, ratio, peer))
			}
		}
		if ratio := t.faster(scan); ratio > 0 {
			line[len(line)-1] = number(ratio)
			if row.selective && ratio < 1000 {
				r.missed = append(r.missed, fmt.Sprintf("%s: %s times as fast as the scan, want at least 1000", row.name, number(ratio)))
			}
		}
	}
	r.table = append(r.table, line)
}

// print writes the table and the missed targets.
func (r *report) print() {
	if len(r.table) > 1 {
		printTable(r.table)
		for _, miss := range r.missed {
			fmt.Println("-", miss)
		}
	}
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

// number formats a number with about three digits.
func number(x float64) string {
	switch {
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.0f", x)
	}
}

// printTable writes a table to standard output. The first line is the header; all columns except the first
// hold numbers.
func printTable(table [][]string) {
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	fmt.Println()
	for i, line := range table {
		for j, cell := range line {
			if j == 0 {
				fmt.Printf("| %-*s |", widths[j], cell)
			} else {
				fmt.Printf(" %*s |", widths[j], cell)
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
	fmt.Println()
}
