package selectors

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A Vector is a selector in one of its forms with upstream's result. It is one line of
// selector/testdata/selector.jsonl.
type Vector struct {
	Form       string                `json:"form"` // text, struct or set
	Text       string                `json:"text,omitempty"`
	Struct     *metav1.LabelSelector `json:"struct,omitempty"`
	Null       bool                  `json:"null,omitempty"` // struct: a nil LabelSelector
	Set        map[string]string     `json:"set,omitempty"`
	Error      string                `json:"error,omitempty"`  // upstream's message for the first error
	String     string                `json:"string,omitempty"` // upstream's canonical string
	Matches    []map[string]string   `json:"matches,omitempty"`
	Mismatches []map[string]string   `json:"mismatches,omitempty"`
}

// Record writes vectors, one on each line: the fixed ones, then n random ones of each form. The same seed and
// n give the same bytes as long as upstream does not change.
func Record(w io.Writer, seed uint64, n int) error {
	r := recorder{rand.New(rand.NewPCG(seed, 3))}
	lines := json.NewEncoder(w)
	for v := range r.vectors(n) {
		if err := lines.Encode(v); err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	return nil
}

// Select returns upstream's selector for the vector, or its error.
func (v Vector) Select() (labels.Selector, error) {
	switch v.Form {
	case "text":
		return labels.Parse(v.Text)
	case "struct":
		if v.Struct != nil {
			if err := firstError(v.Struct.MatchLabels); err != nil {
				return nil, err
			}
		}
		return metav1.LabelSelectorAsSelector(v.Struct)
	default:
		if err := firstError(v.Set); err != nil {
			return nil, err
		}
		return labels.ValidatedSelectorFromSet(v.Set)
	}
}

// firstError returns upstream's error for the first invalid label in key order. Upstream ranges over the map
// and returns the error for any of them.
func firstError(set map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if _, err := labels.ValidatedSelectorFromSet(labels.Set{key: set[key]}); err != nil {
			return err
		}
	}
	return nil
}
