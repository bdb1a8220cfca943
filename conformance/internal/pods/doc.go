// Package pods generates random pods that differ in few fields, and converts pods to rollcall's form. The
// conformance tests of packages ownership and replica use it.
package pods
