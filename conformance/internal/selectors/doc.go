// Package selectors generates random label selectors, in each of their forms, and label sets to match. The
// recorder and the conformance tests use it.
package selectors
