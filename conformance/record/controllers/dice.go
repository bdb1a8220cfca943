package main

import "math/rand/v2"

// dice decide what happens in one story. What they are asked, and in which order, decides what a seed stands for.
type dice struct{ *rand.Rand }

// diceFor returns the dice of the ith story of a seed, so that a story does not depend on how many there are.
func diceFor(seed uint64, i int) dice { return dice{rand.New(rand.NewPCG(seed, uint64(i)))} }

func (d dice) percent(n int) bool { return d.IntN(100) < n }

func (d dice) from(low, high int) int { return low + d.IntN(high-low+1) }

func pick[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }
