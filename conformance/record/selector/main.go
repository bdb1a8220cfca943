// Command selector records what k8s.io/apimachinery makes of label selectors, one JSON object a line:
//
//	go run ./record/selector > ../selector/testdata/selector.jsonl
//
// Without flags, and with the version of apimachinery in go.mod, this writes the file as it is. After a step to another
// version the difference is what Kubernetes has changed.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"github.com/rollcall-go/rollcall/conformance/internal/selectors"
)

// What the recorded file was made with.
const (
	recordedSeed  = 5
	recordedCount = 600
)

func main() {
	seed := flag.Uint64("seed", recordedSeed, "seed of the random selectors")
	n := flag.Int("n", recordedCount, "random selectors of each form: text, struct and set")
	flag.Parse()
	if err := record(*seed, *n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func record(seed uint64, n int) error {
	w := bufio.NewWriter(os.Stdout)
	if err := selectors.Record(w, seed, n); err != nil {
		return err
	}
	return w.Flush()
}
