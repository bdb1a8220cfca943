package main

import "math/rand/v2"

// dice makes the random choices of one scenario. The choices and their order determine the scenario of a
// seed.
type dice struct{ *rand.Rand }

// diceFor returns the dice for scenario i of a seed. So a scenario does not depend on the number of
// scenarios.
func diceFor(seed uint64, i int) dice { return dice{rand.New(rand.NewPCG(seed, uint64(i)))} }

func (d dice) percent(n int) bool { return d.IntN(100) < n }

func (d dice) from(low, high int) int { return low + d.IntN(high-low+1) }

func pick[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }
