// Command selector records the results of k8s.io/apimachinery for label selectors, as one JSON object on each
// line:
//
//	go run ./record/selector > ../selector/testdata/selector.jsonl
//
// Without flags, and with the version of apimachinery in go.mod, it writes the recorded file unchanged. After
// an upgrade, the difference shows what Kubernetes has changed.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"github.com/rollcall-go/rollcall/conformance/internal/selectors"
)

// The flags with which the recorded file was written.
const (
	recordedSeed  = 5
	recordedCount = 600
)

func main() {
	seed := flag.Uint64("seed", recordedSeed, "seed of the random selectors")
	n := flag.Int("n", recordedCount, "number of random selectors of each form: text, struct and set")
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
