// Package several is what an error that holds several errors of one type is made of.
package several

import "strings"

// Lines returns the texts of all, a line each.
func Lines[E error](errs []E) string {
	texts := make([]string, len(errs))
	for i, e := range errs {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "\n")
}

// Errors returns all as errors, for an Unwrap.
func Errors[E error](errs []E) []error {
	list := make([]error, len(errs))
	for i, e := range errs {
		list[i] = e
	}
	return list
}
