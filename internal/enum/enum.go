// Package enum gives the enumerations of rollcall their names.
package enum

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Name returns names[i]. For a value without a name it returns the type and the number, as in "Decision(9)".
func Name(kind string, i int, names []string) string {
	if 0 <= i && i < len(names) {
		return names[i]
	}
	return kind + "(" + strconv.Itoa(i) + ")"
}

// Text returns the name in lower camel case, as it stands in JSON: "ownMatch" for OwnMatch.
func Text(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// Parse sets i to the value whose name in lower camel case is text. On an error it does not change i.
func Parse(kind string, text []byte, names []string, i *int) error {
	texts := make([]string, len(names))
	for n, name := range names {
		texts[n] = Text(name)
	}
	return ParseName(kind, text, texts, i)
}

// ParseName sets i to the value with the name in text. On an error it does not change i.
func ParseName(kind string, text []byte, names []string, i *int) error {
	n := slices.Index(names, string(text))
	if n < 0 {
		return fmt.Errorf("unknown %s %q; want one of %s", kind, text, strings.Join(names, ", "))
	}
	*i = n
	return nil
}
