// Package selectors makes label selectors at random, in each of their forms, and label sets to ask them about. The
// recorder's vectors come from it, and what the conformance tests ask rollcall and upstream.
package selectors
