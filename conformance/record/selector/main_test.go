package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/rollcall-go/rollcall/conformance/internal/selectors"
)

// TestRecordedFile checks that this command writes the recorded file.
func TestRecordedFile(t *testing.T) {
	recorded, err := os.ReadFile("../../../selector/testdata/selector.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var now bytes.Buffer
	if err := selectors.Record(&now, recordedSeed, recordedCount); err != nil {
		t.Fatal(err)
	}
	want, got := bytes.Split(recorded, []byte("\n")), bytes.Split(now.Bytes(), []byte("\n"))
	if len(got) != len(want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, got[i], want[i])
		}
	}
}
