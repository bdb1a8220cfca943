package ownership_test

import "flag"

var (
	cases = flag.Int("cases", 100_000, "number of random cases in a test")
	seed  = flag.Uint64("seed", 1, "seed of the random cases")
)
