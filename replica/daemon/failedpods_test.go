package daemon_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/rollcall-go/rollcall/replica/daemon"
)

func TestBackoff(t *testing.T) {
	var b daemon.FailedPods
	if got := b.Wait("n1", now); got != 0 {
		t.Errorf("the zero value waits %v", got)
	}
	// Whatever the time: nothing was deleted, so that nothing is held back.
	for _, clock := range []time.Time{{}, time.Time{}.Add(-time.Hour), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0)} {
		if got := b.Wait("n1", clock); got != 0 {
			t.Errorf("the zero value waits %v at %v", got, clock)
		}
	}
	// A node that fails every pod as soon as it may: 1 s, doubled up to a quarter of an hour.
	clock := now
	var waits []time.Duration
	for range 13 {
		b.Deleted("n1", clock)
		waits = append(waits, b.Wait("n1", clock))
		clock = clock.Add(b.Wait("n1", clock))
		if got := b.Wait("n1", clock); got != 0 {
			t.Fatalf("after the wait, waits %v", got)
		}
	}
	if got, want := fmt.Sprint(waits), "[1s 2s 4s 8s 16s 32s 1m4s 2m8s 4m16s 8m32s 15m0s 15m0s 15m0s]"; got != want {
		t.Errorf("waits %s\nwant  %s", got, want)
	}
	if got := b.Wait("n2", now); got != 0 {
		t.Errorf("another node waits %v", got)
	}
	// Nodes come and go: what is over is forgotten, so that even a clock that was set back does not find it.
	var churn daemon.FailedPods
	churn.Deleted("old", now)
	churn.Deleted("n1", now.Add(time.Minute))
	if got := churn.Wait("old", now); got != time.Second {
		t.Errorf("a minute later, waits %v, want 1s", got)
	}
	churn.Deleted("n1", now.Add(30*time.Minute+1))
	if old, kept := churn.Wait("old", now), churn.Wait("n1", now.Add(time.Minute)); old != 0 || kept == 0 {
		t.Errorf("half an hour later, the old node waits %v, the other %v", old, kept)
	}
	// Quiet for half an hour since the last deletion is not enough, a moment more is.
	last := clock.Add(-15 * time.Minute)
	for quiet, want := range map[time.Duration]time.Duration{30 * time.Minute: 15 * time.Minute, 30*time.Minute + 1: time.Second} {
		c := daemon.FailedPods{}
		replay := now
		for range 13 {
			c.Deleted("n1", replay)
			replay = replay.Add(c.Wait("n1", replay))
		}
		c.Deleted("n1", last.Add(quiet))
		if got := c.Wait("n1", last.Add(quiet)); got != want {
			t.Errorf("quiet for %v, then waits %v, want %v", quiet, got, want)
		}
	}
}
