package index

import (
	"iter"
	"math/bits"

	"github.com/rollcall-go/rollcall/internal/token"
	"github.com/rollcall-go/rollcall/selector"
)

// A group is the union of postings that have no object in common, since they belong to values of one key. A
// selector matches the objects that are in each of its groups, and in none of the negated groups.
type group struct {
	first, end int // its postings, in those of the plan
	size       int
	not        bool
	namespace  uint32 // the term plus one; 0 if the group is of labels
}

// Limits of a plan. What exceeds them is left to the selector, which is asked about each object that remains.
// So the time for one object does not grow with the requirements and the values, unless the time of the
// selector does.
const (
	maxGroups   = 16 // groups
	maxLookups  = 16 // postings of a group in which an object is looked up
	minPlanning = 64 // values that are always looked up, however few objects there are
)

// A room is memory on the stack that is enough for most plans.
type room struct {
	groups   [6]group
	postings [8]*posting
}

// plan returns the groups of a selector, their postings, and whether the selector must be asked as well. A
// query iterates over the first group and looks up its objects in the others. Without a group, no object can
// match.
//
// A plan is neither a struct nor has it groups that are passed by value. A load that follows smaller stores
// to the same memory stalls; such copies took half of the time of a query.
func (o *Objects[K]) plan(room *room, namespace string, sel selector.Selector) (
	_ []group, _ []*posting, ask bool,
) {
	groups, postings := room.groups[:0], room.postings[:0]
	budget := max(minPlanning, o.Len())
	if namespace != "" {
		t, known := o.terms.find(term{isNamespace, namespace})
		if !known {
			return nil, nil, false
		}
		postings = append(postings, o.terms.at(t))
		groups = addGroup(groups, postings, 0, false)
		groups[0].namespace = t + 1
		budget = max(minPlanning, groups[0].size)
	}
	for i := 0; ; i++ {
		text, operator, values, one := sel.RequirementAt(token.Token{}, i)
		if operator == "" {
			break
		}
		if budget -= 1 + len(values); budget < 0 { // a scan takes less time than the plan
			ask = true
			break
		}
		first, not := len(postings), !isPositive(operator)
		switch key, known := o.terms.find(term{isKey, text}); {
		case !known:
		case operator == selector.Equals || operator == selector.NotEquals:
			postings = o.appendPosting(postings, key, one)
		case operator == selector.In || operator == selector.NotIn:
			for value := range distinct(values) {
				postings = o.appendPosting(postings, key, value)
			}
		default:
			postings = append(postings, o.terms.at(key))
			ask = ask || operator == selector.GreaterThan || operator == selector.LessThan
		}
		if len(postings) > first {
			groups = addGroup(groups, postings, first, not)
		} else if !not {
			return nil, nil, false
		}
	}
	groups, postings, exceeds := arrange(groups, postings, &o.all)
	return groups, postings, ask || exceeds
}

// appendPosting appends the posting of a value, if there is one.
func (o *Objects[K]) appendPosting(postings []*posting, of uint32, text string) []*posting {
	if t, known := o.terms.find(term{of, text}); known {
		postings = append(postings, o.terms.at(t))
	}
	return postings
}

// addGroup appends the group of the postings from first.
func addGroup(groups []group, postings []*posting, first int, not bool) []group {
	groups = append(groups, group{})
	g := &groups[len(groups)-1]
	g.first, g.end, g.not = first, len(postings), not
	for _, p := range postings[first:] {
		g.size += p.len()
	}
	return groups
}

// arrange moves the group to the front with which a query does the fewest lookups; without a positive group
// it adds that of all objects. It drops the groups that exceed the limits, and reports whether it did.
func arrange(groups []group, postings []*posting, all *posting) (_ []group, _ []*posting, exceeds bool) {
	lookups := 1
	for i := range groups {
		lookups += groups[i].lookups()
	}
	best, lowest := -1, int64(0)
	for i := range groups {
		g := &groups[i]
		if cost := int64(g.size) * int64(lookups-g.lookups()); !g.not && (best < 0 || cost < lowest) {
			best, lowest = i, cost
		}
	}
	if best < 0 {
		best = len(groups)
		postings = append(postings, all)
		groups = addGroup(groups, postings, len(postings)-1, false)
	}
	if best > 0 {
		groups[0], groups[best] = groups[best], groups[0]
	}
	kept := 1
	for i := 1; i < len(groups); i++ {
		if groups[i].lookups() == maxLookups || kept == maxGroups {
			exceeds = true
			continue
		}
		if kept < i {
			groups[kept] = groups[i]
		}
		kept++
	}
	return groups[:kept], postings, exceeds
}

// lookups returns in how many postings of the group an object is looked up.
func (g *group) lookups() int { return min(g.end-g.first, maxLookups) }

// A query iterates over the first group of a plan in chunks: IDs of a list, or the words of a bitmap.
type query struct {
	groups   []group
	postings []*posting
	ask      bool
	current  int    // the posting of the first group
	position int    // in that posting: an ID of the list, or a page
	first    uint32 // the ID of the first bit of the words

	ids   [maxPageList]uint32 // memory for a chunk
	words bitmap              // likewise
}

// find yields the IDs of the objects of Select. It has a loop for each form of a chunk, because one loop for
// both takes up to half as long again. The compiler inlines them into small loop bodies.
func (o *Objects[K]) find(namespace string, sel selector.Selector) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		var room room
		groups, postings, ask := o.plan(&room, namespace, sel)
		if len(groups) == 0 {
			return
		}
		if len(postings) == 1 && !ask && postings[0].paged == nil { // the usual case, in half of the time
			for _, n := range postings[0].list {
				if !yield(n) {
					return
				}
			}
			return
		}
		q := query{groups: groups, postings: postings, ask: ask}
		for more := true; more; {
			var ids []uint32
			var words []uint64
			ids, words, more = o.next(&q, sel)
			for _, n := range ids {
				if !yield(n) {
					return
				}
			}
			for i, word := range words {
				first := q.first + uint32(i*64)
				for ; word != 0; word &= word - 1 {
					if !yield(first + uint32(bits.TrailingZeros64(word))) {
						return
					}
				}
			}
		}
	}
}

// next returns the next chunk of objects that match, which is valid until the next call, and false at the
// end.
func (o *Objects[K]) next(q *query, sel selector.Selector) (ids []uint32, words []uint64, more bool) {
	for through := q.of(&q.groups[0]); q.current < len(through); {
		ids, words = q.draw(through[q.current])
		if len(ids)+len(words) == 0 {
			q.current++
			q.position = 0
			continue
		}
		some := true
		for i := 1; i < len(q.groups); i++ {
			if g := &q.groups[i]; words == nil {
				ids = q.narrow(g, ids, o.namespaces)
				some = len(ids) > 0
			} else {
				some = q.narrowWords(g, words)
			}
			if !some {
				break
			}
		}
		if some && q.ask {
			ids = o.ask(q, ids, words, sel)
		}
		if some {
			return ids, words, true
		}
	}
	return nil, nil, false
}

// of returns the postings of a group.
func (q *query) of(g *group) []*posting { return q.postings[g.first:g.end] }

// draw copies the next chunk of a posting; an empty one at its end. A chunk is one page, or the lists of
// several.
func (q *query) draw(p *posting) (ids []uint32, words []uint64) {
	if p.paged == nil {
		ids = q.ids[:copy(q.ids[:], p.list[q.position:])]
		q.position += len(ids)
		return ids, nil
	}
	ids = q.ids[:0]
	for pages := p.paged.pages; q.position < len(pages); q.position++ {
		g := &pages[q.position]
		switch {
		case len(ids)+len(g.list) > len(q.ids), g.bits != nil && len(ids) > 0:
			return ids, nil
		case g.bits != nil:
			q.first = uint32(q.position * pageSize)
			q.position++
			return nil, q.words[:copy(q.words[:], g.bits[:])]
		}
		ids = append(ids, g.list...)
	}
	return ids, nil
}

// narrow keeps the IDs that the group admits. It has no branch that depends on the IDs, because the processor
// would mispredict it. Most groups are a namespace, or one posting of bitmaps: those have a faster way.
func (q *query) narrow(g *group, ids, namespaces []uint32) []uint32 {
	unwanted, kept := uint8(0), 0
	if g.not {
		unwanted = 1
	}
	if g.namespace != 0 {
		for _, n := range ids {
			ids[kept] = n
			kept += int(wrap(namespaces[n]^g.namespace) >> 63)
		}
		return ids[:kept]
	}
	postings := q.of(g)
	if p := postings[0]; p.paged != nil && len(postings) == 1 {
		for _, n := range ids {
			ids[kept] = n
			if b := p.paged.bits(n); b != nil {
				kept += int(b.has(n) ^ unwanted)
			} else {
				kept += int(isIn(p.paged.list(n), n) ^ unwanted)
			}
		}
		return ids[:kept]
	}
	var union [len(q.ids)]uint8
	in := union[:len(ids)]
	for _, p := range postings {
		p.mark(in, ids)
	}
	for i, n := range ids {
		ids[kept] = n
		kept += int(in[i] ^ unwanted)
	}
	return ids[:kept]
}

// narrowWords keeps the bits that the group admits, and reports whether there are any.
func (q *query) narrowWords(g *group, words []uint64) bool {
	postings := q.of(g)
	if p := postings[0]; len(postings) == 1 && p.paged != nil { // most groups are one bitmap
		if b := p.paged.bits(q.first); b != nil {
			return keep(words, b[:], g.not)
		}
	}
	var union bitmap
	for _, p := range postings {
		in := p.list
		if p.paged != nil {
			in = p.paged.list(q.first)
			if b := p.paged.bits(q.first); b != nil {
				for i, word := range b {
					union[i] |= word
				}
			}
		}
		for _, n := range between(in, q.first, q.first+pageSize) {
			union[n%pageSize/64] |= 1 << (n % 64)
		}
	}
	return keep(words, union[:], g.not)
}

// keep keeps the bits that are in others, or with not those that are not, and reports whether there are any.
func keep(words, others []uint64, not bool) bool {
	unwanted, all := uint64(0), uint64(0)
	if not {
		unwanted = ^unwanted
	}
	others = others[:len(words)]
	for i, word := range words {
		word &= others[i] ^ unwanted
		words[i] = word
		all |= word
	}
	return all != 0
}

// ask keeps the objects of a chunk that the selector matches. It returns the IDs, and clears the other bits.
func (o *Objects[K]) ask(q *query, ids []uint32, words []uint64, sel selector.Selector) []uint32 {
	kept := ids[:0]
	for _, n := range ids {
		if o.matches(n, sel) {
			kept = append(kept, n)
		}
	}
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			if !o.matches(q.first+uint32(i*64+bits.TrailingZeros64(word)), sel) {
				words[i] &^= word & -word
			}
		}
	}
	return kept
}

// matches reports whether the selector matches an object. A lookup compares at most maxPacked keys.
func (o *Objects[K]) matches(n uint32, sel selector.Selector) bool {
	var room [maxPacked]uint32
	terms := o.labels.get(room[:0], n)
	wide := o.wide[n]
	return sel.MatchesFunc(func(key string) (string, bool) {
		if wide != nil {
			if k, known := o.terms.find(term{isKey, key}); known {
				if t, has := wide[k]; has {
					return o.terms.key(t).text, true
				}
			}
			return "", false
		}
		for _, t := range terms {
			if value := o.terms.key(t); o.terms.key(value.of).text == key {
				return value.text, true
			}
		}
		return "", false
	})
}
