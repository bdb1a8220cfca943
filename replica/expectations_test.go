package replica_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/replica"
)

func TestBatches(t *testing.T) {
	for n, want := range map[int][]int{
		math.MinInt: nil, -1: nil, 0: nil, 1: {1}, 2: {1, 1}, 3: {1, 2}, 4: {1, 2, 1}, 7: {1, 2, 4}, 10: {1, 2, 4, 3},
		500: {1, 2, 4, 8, 16, 32, 64, 128, 245},
	} {
		if got := slices.Collect(replica.Batches(n)); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
	sum := 0
	for n := range replica.Batches(math.MaxInt) { // no overflow, no endless loop
		sum += n
	}
	if sum != math.MaxInt {
		t.Errorf("batches of MaxInt sum up to %d", sum)
	}
	for n := range replica.Batches(10) { // a failure ends it
		if n != 1 {
			t.Errorf("batch of %d after the end", n)
		}
		break
	}
}

// Against a model that is a bag of creations, a set of deletions and the time of the last expectation.
func TestExpectationsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e replica.Expectations
		clock, since := now, time.Time{}
		creations, deletions := 0, map[string]bool{}
		uids := rapid.SampledFrom([]string{"", "a", "b", "c"})
		giveUp := func() {
			if clock.After(since.Add(5 * time.Minute)) {
				creations, deletions = 0, map[string]bool{}
			}
			since = clock
		}
		t.Repeat(map[string]func(*rapid.T){
			"expect creations": func(t *rapid.T) {
				n := rapid.IntRange(-1, 3).Draw(t, "n")
				e.ExpectCreations(n, clock)
				if n > 0 {
					giveUp()
					creations += n
				}
			},
			"expect deletions": func(t *rapid.T) {
				gone := rapid.SliceOfN(uids, 0, 3).Draw(t, "gone")
				before := slices.Clone(gone)
				e.ExpectDeletions(clock, gone...)
				if !slices.Equal(gone, before) {
					t.Fatalf("the caller's %v became %v", before, gone)
				}
				if len(gone) > 0 {
					giveUp()
				}
				for _, uid := range gone {
					deletions[uid] = true
				}
			},
			"creations observed": func(t *rapid.T) {
				n := rapid.IntRange(-1, 4).Draw(t, "n")
				e.CreationsObserved(n)
				creations = max(0, creations-max(n, 0))
			},
			"deletion observed": func(t *rapid.T) {
				uid := uids.Draw(t, "uid")
				e.DeletionObserved(uid)
				delete(deletions, uid)
			},
			"time passes": func(t *rapid.T) {
				clock = clock.Add(rapid.SampledFrom([]time.Duration{1, time.Minute, 5 * time.Minute, -time.Minute}).Draw(t, "time"))
			},
			"": func(t *rapid.T) {
				c, d := e.Outstanding()
				if c != creations || d != len(deletions) {
					t.Fatalf("outstanding %d, %d; want %d, %d", c, d, creations, len(deletions))
				}
				want := creations == 0 && len(deletions) == 0 || clock.After(since.Add(5*time.Minute))
				if wait := e.Wait(clock); want != (wait == 0) || !e.Satisfied(clock.Add(wait)) || wait > 0 && e.Satisfied(clock.Add(wait-1)) {
					t.Fatalf("satisfied: %v, but waits %v", want, wait)
				}
				if e.Satisfied(clock) != want {
					t.Fatalf("satisfied: %v, want %v", e.Satisfied(clock), want)
				}
			},
		})
	})
}

func TestExpectations(t *testing.T) {
	var e replica.Expectations
	if !e.Satisfied(now) || !e.Satisfied(time.Time{}) {
		t.Error("the zero value is not satisfied")
	}
	e.ExpectCreations(2, now)
	e.ExpectDeletions(now, "a", "b", "a")
	if got, want := fmt.Sprint(e.Outstanding()), "2 2"; got != want {
		t.Errorf("outstanding %s, want %s: an expectation does not forget another", got, want)
	}
	if e.Satisfied(now.Add(replica.ExpectationsTimeout)) {
		t.Error("given up at the timeout, want after it")
	}
	if !e.Satisfied(now.Add(replica.ExpectationsTimeout + 1)) {
		t.Error("not given up after the timeout")
	}
	e.DeletionObserved("a")
	e.DeletionObserved("a")
	e.DeletionObserved("x")
	e.CreationsObserved(1)
	if e.Satisfied(now) {
		t.Error("satisfied with one creation and one deletion outstanding")
	}
	e.DeletionObserved("b")
	e.CreationsObserved(7)
	if !e.Satisfied(now) {
		t.Error("not satisfied though all was observed")
	}
	e.ExpectCreations(1, now)
	if e.Satisfied(now) {
		t.Error("observations of before count against a later expectation")
	}
	e.ExpectCreations(math.MaxInt, now) // one more than there are numbers
	e.CreationsObserved(2)
	if n, _ := e.Outstanding(); n != math.MaxInt-2 || e.Satisfied(now) {
		t.Errorf("%d outstanding, satisfied %v, want MaxInt-2, false", n, e.Satisfied(now))
	}
}
