package selector

import (
	"slices"
	"strings"
)

// A builder collects requirements. All lists share one piece of memory, and so do their values.
type builder struct {
	reqs   []requirement
	lists  []list
	values []string
}

// add adds a requirement that has the last n of b.values.
func (b *builder) add(key string, c code, n int) {
	values := slices.Clip(b.values[len(b.values)-n:])
	r := single(key, c, "")
	switch {
	case n == 0:
	case c >= equals:
		r.value = values[0]
	default:
		slices.Sort(values)
		b.lists = append(b.lists, newList(values))
		r.list = &b.lists[len(b.lists)-1]
	}
	b.reqs = append(b.reqs, r)
}

// selector returns the selector of the added requirements, which are valid.
func (b *builder) selector() Selector {
	slices.SortStableFunc(b.reqs, func(r, s requirement) int { return strings.Compare(r.key, s.key) })
	return Selector{b.reqs, unmet(b.reqs) != nil}
}
