// Package examples has what the README shows, as compiled and tested examples, and the programs in the
// folders below it.
package examples
