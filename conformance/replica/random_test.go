package replica_test

import (
	"flag"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

var (
	lists = flag.Int("lists", 20_000, "random cases of the other tests; some take a part of them")
	seed  = flag.Uint64("seed", 1, "the seed of all that is random")
)

// forEach calls check for the numbers up to n, several at a time, and returns the sum of what it counts.
func forEach(t *testing.T, n int, check func(n uint64) (map[string]int, error)) map[string]int {
	t.Helper()
	counts := map[string]int{}
	var mu sync.Mutex // of counts
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			mine := map[string]int{}
			for i := int(next.Add(1)) - 1; i < n && !t.Failed(); i = int(next.Add(1)) - 1 {
				counted, err := check(uint64(i))
				if err != nil {
					t.Errorf("case %d of seed %d: %v", i, *seed, err)
				}
				for name, k := range counted {
					mine[name] += k
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for name, k := range mine {
				counts[name] += k
			}
		})
	}
	workers.Wait()
	t.Logf("seed %d, %d cases: %v", *seed, n, counts)
	return counts
}

// met fails when one of the names was hardly ever counted, so that a test says little of it.
func met(t *testing.T, counts map[string]int, names ...string) {
	t.Helper()
	for _, name := range names {
		if *lists >= 10_000 && *sets >= 10_000 && counts[name] < 10 {
			t.Errorf("%s: met %d times", name, counts[name])
		}
	}
}
