// Package enum gives the enumerations of rollcall their texts.
package enum

import "strconv"

// Name returns the name of value i of the type called kind: names[i], or, for a value that has none, a text that shows
// the number, as in "Decision(9)".
func Name(kind string, i int, names []string) string {
	if 0 <= i && i < len(names) {
		return names[i]
	}
	return kind + "(" + strconv.Itoa(i) + ")"
}
