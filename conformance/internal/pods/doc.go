// Package pods makes pods at random that have much in common, and shows them to rollcall, for the conformance tests of packages
// ownership and replica.
package pods
