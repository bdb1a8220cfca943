// Package enum gives the enumerations of rollcall their texts.
package enum

import (
	"fmt"
	"strconv"
)

// Name returns the name of value i of the type called kind: names[i], or, for a value that has none, a text that shows
// the number, as in "Decision(9)".
func Name(kind string, i int, names []string) string {
	if 0 <= i && i < len(names) {
		return names[i]
	}
	return kind + "(" + strconv.Itoa(i) + ")"
}

// Parse sets i to the value of the type called kind that has the name in text. On an error it leaves i alone.
func Parse(kind string, text []byte, names []string, i *int) error {
	for n, name := range names {
		if name == string(text) {
			*i = n
			return nil
		}
	}
	return fmt.Errorf("%q is no %s", text, kind)
}
