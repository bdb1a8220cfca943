// Package copies copies indexes, which go vet must report.
package copies

import "github.com/rollcall-go/rollcall/selector/index"

func objects(o index.Objects[string]) int     { return o.Len() }
func selectors(s index.Selectors[string]) int { return s.Len() }

func join(j *index.Join[string, string]) (k index.Join[string, string]) {
	k = *j
	return k
}
