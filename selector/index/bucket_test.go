package index

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// In whatever order selectors come, each is indexed by the label that the fewest name: Match tries few
// selectors. All selectors have one of four tiers. An index by the first requirement would try a quarter of
// them.
func TestBucketsAreSmall(t *testing.T) {
	const m = 4000
	var texts []string
	for i := range m {
		texts = append(texts, fmt.Sprintf("app=a%d,tier=%d,zone in (a,b)", i/2, i%4))
	}
	reversed := slices.Clone(texts)
	slices.Reverse(reversed)
	byTier := slices.Clone(texts)
	slices.SortStableFunc(byTier, func(a, b string) int {
		return int(a[len(a)-len("0,zone in (a,b)")]) - int(b[len(b)-len("0,zone in (a,b)")])
	})
	for _, tt := range []struct {
		name  string
		texts []string
	}{{"in order", texts}, {"reversed", reversed}, {"by tier", byTier}} {
		t.Run(tt.name, func(t *testing.T) {
			var s Selectors[string]
			for _, text := range tt.texts {
				s.Set(text, "", selector.MustParse(text))
			}
			most := 0
			for _, e := range s.terms.records {
				most = max(most, len(e.value.list))
			}
			// More than two, because some wait for a review.
			if most > 8 || !s.unindexed.isEmpty() {
				t.Errorf("a bucket has %d selectors, and %d are in none", most, len(s.unindexed.list))
			}
		})
	}
}

// Selectors without a positive requirement, but with DoesNotExist, are tried only for label sets without the
// key.
func TestAbsentKeyBucket(t *testing.T) {
	var s Selectors[int]
	for i := range 100 {
		s.Set(i, "", selector.MustParse(fmt.Sprintf("!canary,tier!=%d", i)))
	}
	if len(s.unindexed.list) > 0 || len(s.missing.list) != 1 {
		t.Errorf("%d selectors are always tried, and there are buckets for the absence of %d keys", len(s.unindexed.list), len(s.missing.list))
	}
}

// A label that was common when selectors were added becomes rare. They move to its bucket soon, whether it is
// in their first requirement or in their last.
func TestReviewMovesSelectors(t *testing.T) {
	const m = 500
	for _, zone := range []string{"zone", "area"} {
		var s Selectors[int]
		var zones []string
		for i := range m {
			zones = append(zones, fmt.Sprintf("z%d", i))
		}
		for i := range m {
			s.Set(m+i, "", selector.MustParse("own=y,"+zone+" in ("+strings.Join(zones, ",")+")"))
		}
		for i := range m {
			s.Set(i, "", selector.MustParse(fmt.Sprintf("tier=front,%s=z%d", zone, i)))
		}
		for i := range m {
			s.Set(m+i, "", selector.MustParse(fmt.Sprintf("own=%d", i)))
		}
		most := 0
		for _, e := range s.terms.records {
			most = max(most, len(e.value.list))
		}
		if most > 4 {
			t.Errorf("%s: a bucket has %d selectors of %d, although each names a label of its own", zone, most, s.Len())
		}
	}
}

// Match finds all selectors, whether it iterates over the keys with buckets or over the labels.
func TestMatchWatchedKeys(t *testing.T) {
	for keys := range 2*maxWatched + 2 {
		var s Selectors[int]
		labels := map[string]string{"": ""}
		for i := range keys {
			s.Set(i, "", selector.MustParse(fmt.Sprintf("k%d=v", i)))
			labels[fmt.Sprintf("k%d", i)] = "v"
		}
		for range 2 * maxWatched {
			if got := slices.Sorted(s.Match("", labels)); len(got) != keys || keys > 0 && got[keys-1] != keys-1 {
				t.Errorf("%d selectors: got %v for %d labels", keys, got, len(labels))
			}
			labels[fmt.Sprintf("more%d", len(labels))] = ""
		}
	}
}

// A selector without other requirements than that of its bucket is not tried, except if it compares integers.
func TestEntryMatches(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"a=1", true}, {"a in (1,2)", true}, {"a", true}, {"!a", true}, {"", true},
		{"a>1", false}, {"a<1", false}, {"a!=1", false}, {"a=1,b=2", false},
	} {
		t.Run(tt.text, func(t *testing.T) {
			var s Selectors[int]
			s.Set(0, "", selector.MustParse(tt.text))
			if got := s.selectors.at(0).entry(0).matches(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	t.Run("!a in a namespace", func(t *testing.T) {
		var s Selectors[int]
		s.Set(0, "n", selector.MustParse("!a"))
		if s.selectors.at(0).entry(0).matches() {
			t.Error("it is in no bucket, so it must be tried")
		}
	})
}

// Match stops after the first selector, in whatever bucket that is.
func TestMatchStops(t *testing.T) {
	for _, texts := range [][]string{{"a", "b"}, {"a=1", "b=1"}, {"!x", "!y"}, {"", "!x"}, {"", "a"}, {"a", "a=1"}, {"x!=1", "y!=1"}, {"!x", "a"}} {
		for extra := range 4 {
			var s Selectors[int]
			for i, text := range texts {
				s.Set(i, "", selector.MustParse(text))
			}
			labels := map[string]string{"a": "1", "b": "1"}
			for i := range extra {
				labels[fmt.Sprint("l", i)] = ""
			}
			for range s.Match("", labels) {
				break
			}
		}
	}
}
