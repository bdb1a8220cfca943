package ownership_test

import "flag"

var (
	cases = flag.Int("cases", 100_000, "random cases of a test")
	seed  = flag.Uint64("seed", 1, "their seed")
)
