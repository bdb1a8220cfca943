// Package check has what the tests of several packages share: golden files, files of JSON lines, and checks
// of enumerations. Only tests import it.
package check

import (
	"bufio"
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/internal/enum"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// Golden reports a difference between got and a file. With -update it writes the file.
func Golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
	}
}

// Lines runs f in a subtest for each line of a file, which is a JSON value of type T. The subtest's name is
// the number of the line. It fails unless there are as many lines as wanted.
func Lines[T any](t *testing.T, file string, want int, f func(*testing.T, T)) {
	t.Helper()
	r, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	lines, n := bufio.NewScanner(r), 0
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		n++
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var v T
			if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
				t.Fatal(err)
			}
			f(t, v)
		})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if n != want {
		t.Errorf("%s: %d lines, want %d", file, n, want)
	}
}

// Must returns v. It panics if err is not nil.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Enum reports whether the values 0, 1, 2 and so on of an enumeration have these names, and no others have
// one: as String, and in lower camel case as JSON, both ways.
func Enum[E interface {
	~int
	fmt.Stringer
	encoding.TextMarshaler
}, P interface {
	*E
	encoding.TextUnmarshaler
}](t *testing.T, kind string, names ...string) {
	t.Helper()
	for i := -1; i <= len(names); i++ {
		want, named := fmt.Sprintf("%s(%d)", kind, i), 0 <= i && i < len(names)
		if named {
			want = names[i]
		}
		text, err := E(i).MarshalText()
		if E(i).String() != want || string(text) != enum.Text(want) || err != nil {
			t.Errorf("%s %d: String %q, MarshalText %q, %v; want %q", kind, i, E(i), text, err, want)
		}
		read := E(99)
		if err := P(&read).UnmarshalText(text); named && (err != nil || read != E(i)) || !named && (err == nil || read != 99) {
			t.Errorf("%s from %q: %d, %v", kind, text, read, err)
		}
	}
}

// Bytes returns how many bytes f allocates.
func Bytes(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// Linear reports an error unless the work at 2n and 4n is at most two and four times the work at n. It leaves
// room for logarithms and for the rounding of sizes.
func Linear(t *testing.T, n int, work func(n int) float64) {
	t.Helper()
	const slack = 1.3
	one := work(n)
	for _, times := range []int{2, 4} {
		if got := work(times * n); got > slack*float64(times)*one {
			t.Errorf("work %.0f at n = %d, but %.0f at n = %d", one, n, got, times*n)
		}
	}
}
