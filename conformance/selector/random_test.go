package selector_test

import (
	"flag"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rollcall-go/rollcall/conformance/internal/selectors"
)

var (
	cases = flag.Int("cases", 100_000, "number of random cases in TestOracle")
	seed  = flag.Uint64("seed", 1, "seed of the random cases")
)

// TestOracle checks that both libraries agree about selectors in every form: valid, nearly valid and invalid.
//
//	go test ./selector -run TestOracle -cases 10000000 -seed 2 -timeout 1h -v
func TestOracle(t *testing.T) {
	forms := []struct {
		name  string
		check func(selectors.Random) (any, verdict, error)
	}{
		{"text", func(r selectors.Random) (any, verdict, error) {
			text := r.Text()
			v, err := checkText(r, text)
			return text, v, err
		}},
		{"struct", func(r selectors.Random) (any, verdict, error) {
			ls := r.LabelSelector()
			v, err := checkStruct(r, ls)
			return ls, v, err
		}},
		{"set", func(r selectors.Random) (any, verdict, error) {
			set := r.Set()
			v, err := checkSet(r, set)
			return set, v, err
		}},
		{"requirements", func(r selectors.Random) (any, verdict, error) {
			reqs := r.Requirements()
			v, err := checkRequirements(r, reqs)
			return reqs, v, err
		}},
	}
	type count struct{ cases, accepted, asked, matched int }
	counts := make([]count, len(forms))
	var mu sync.Mutex // of counts
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			mine := make([]count, len(forms))
			for n := int(next.Add(1)) - 1; n < *cases && !t.Failed(); n = int(next.Add(1)) - 1 {
				form := n % len(forms)
				input, v, err := forms[form].check(selectors.NewRandom(*seed, uint64(n)))
				if err != nil {
					t.Errorf("case %d of seed %d: %s %s:\n%v", n, *seed, forms[form].name, show(input), err)
				}
				c := &mine[form]
				c.cases++
				c.asked += v.asked
				c.matched += v.matched
				if v.accepted {
					c.accepted++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for i, c := range mine {
				counts[i].cases += c.cases
				counts[i].accepted += c.accepted
				counts[i].asked += c.asked
				counts[i].matched += c.matched
			}
		})
	}
	workers.Wait()
	t.Logf("seed %d, %d cases", *seed, *cases)
	for i, form := range forms {
		c := counts[i]
		t.Logf("%s: %d cases, %d accepted; %d label sets, %d matched", form.name, c.cases, c.accepted, c.asked, c.matched)
		// The test says little if nearly all selectors are accepted or rejected, or if nearly all label sets
		// match or do not.
		if *cases >= 10_000 && (!between(c.accepted, c.cases, 0.5, 0.95) || !between(c.matched, c.asked, 0.2, 0.8)) {
			t.Errorf("%s: too few or too many are accepted or match", form.name)
		}
	}
}

func between(part, whole int, low, high float64) bool {
	share := float64(part) / float64(whole)
	return low <= share && share <= high
}

func show(input any) string {
	return fmt.Sprintf("%#q", fmt.Sprintf("%+q", input))
}
