package replica_test

import (
	"flag"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

var (
	lists = flag.Int("lists", 20_000, "number of random cases in the other tests; some use a fraction of it")
	seed  = flag.Uint64("seed", 1, "seed of the random cases")
)

// forEach calls check concurrently for the numbers below n, and returns the sums of the counts.
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

// covered fails if one of the names was counted fewer than ten times: then the test says little about it.
func covered(t *testing.T, counts map[string]int, names ...string) {
	t.Helper()
	for _, name := range names {
		if *lists >= 10_000 && *sets >= 10_000 && counts[name] < 10 {
			t.Errorf("%s: only %d cases", name, counts[name])
		}
	}
}
