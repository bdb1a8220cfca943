package index

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/rollcall-go/rollcall/internal/token"
	"github.com/rollcall-go/rollcall/selector"
)

// A group is the union of postings that have nothing in common, since they are of values of one key. What a selector asks for are
// the numbers that are in each of its groups, but in none of those that say not.
type group struct {
	first, end int // of the plan's postings
	size       int
	not        bool
	namespace  uint32 // the term plus one; 0: they are of labels
}

// asking is how many postings a number is looked for in, before it is sooner to ask for an object's labels.
const asking = 16

// Room is what most plans need, where it costs no allocation.
type room struct {
	groups   [6]group
	postings [8]*posting
}

// plan returns the groups that a selector asks for, their postings, and whether it has to be asked besides. The first is gone
// through, and the others are looked up; there are none if nothing can match. A plan is not one struct, nor are groups passed by
// value: to copy what was written a moment ago, in other pieces, has to wait for it, and so much of that took half of the time of
// a query.
func (o *Objects[K]) plan(room *room, namespace string, sel selector.Selector) (groups []group, postings []*posting, ask bool) {
	groups, postings = room.groups[:0], room.postings[:0]
	if namespace != "" {
		t, known := o.terms.find(term{isNamespace, namespace})
		if !known {
			return nil, nil, false
		}
		postings = append(postings, o.terms.at(t))
		groups = with(groups, postings, 0, false)
		groups[0].namespace = t + 1
	}
	for i := 0; ; i++ {
		text, operator, values, one := sel.RequirementAt(token.Token{}, i)
		if operator == "" {
			break
		}
		first, not := len(postings), !wantsLabel(operator)
		switch key, known := o.terms.find(term{isKey, text}); {
		case !known:
		case operator == selector.Equals || operator == selector.NotEquals:
			postings = o.look(postings, key, one)
		case operator == selector.In || operator == selector.NotIn:
			for value := range distinct(values) {
				postings = o.look(postings, key, value)
			}
		default:
			postings = append(postings, o.terms.at(key))
			ask = ask || operator == selector.GreaterThan || operator == selector.LessThan
		}
		if len(postings) > first {
			groups = with(groups, postings, first, not)
		} else if !not {
			return nil, nil, false
		}
	}
	groups, postings, many := arrange(groups, postings, &o.all)
	return groups, postings, ask || many
}

// look appends the posting of a term, if there is one.
func (o *Objects[K]) look(postings []*posting, of uint32, text string) []*posting {
	if t, known := o.terms.find(term{of, text}); known {
		postings = append(postings, o.terms.at(t))
	}
	return postings
}

// with appends the group of the postings from the first on.
func with(groups []group, postings []*posting, first int, not bool) []group {
	groups = append(groups, group{})
	g := &groups[len(groups)-1]
	g.first, g.end, g.not = first, len(postings), not
	for _, p := range postings[first:] {
		g.size += p.len()
	}
	return groups
}

// arrange puts the group first with which the fewest postings are looked into, which may be that of everything, and leaves out
// those with so many that the selector has to be asked.
func arrange(groups []group, postings []*posting, all *posting) (_ []group, _ []*posting, ask bool) {
	looks := 1
	for i := range groups {
		looks += groups[i].looks()
	}
	best, lowest := -1, int64(0)
	for i := range groups {
		g := &groups[i]
		if cost := int64(g.size) * int64(looks-g.looks()); !g.not && (best < 0 || cost < lowest) {
			best, lowest = i, cost
		}
	}
	if best < 0 {
		best = len(groups)
		postings = append(postings, all)
		groups = with(groups, postings, len(postings)-1, false)
	}
	if best > 0 {
		groups[0], groups[best] = groups[best], groups[0]
	}
	for i := len(groups) - 1; i > 0; i-- {
		if groups[i].looks() == asking {
			groups = slices.Delete(groups, i, i+1)
			ask = true
		}
	}
	return groups, postings, ask
}

// looks is what it costs to look a number up in the group.
func (g *group) looks() int { return min(g.end-g.first, asking) }

// A query goes through the first group of a plan, a chunk at a time: some numbers of a list, or the bits of some words of a bitmap.
type query struct {
	groups   []group
	postings []*posting
	ask      bool
	current  int    // the posting that is gone through
	passed   int    // how much of it was: numbers, or words
	first    uint32 // what the first bit of the words stands for

	numbers [128]uint32 // room for a chunk
	words   [64]uint64
}

// find yields the numbers of what Select does. There are two loops for a chunk, where one that told which it is in would take up to
// half as long again; all are compiled into what ranges over it, unless that is much.
func (o *Objects[K]) find(namespace string, sel selector.Selector) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		var room room
		groups, postings, ask := o.plan(&room, namespace, sel)
		if len(groups) == 0 {
			return
		}
		if len(postings) == 1 && !ask && postings[0].bitmap == nil { // as most are: half of the time is saved
			for _, n := range postings[0].list {
				if !yield(n) {
					return
				}
			}
			return
		}
		q := query{groups: groups, postings: postings, ask: ask}
		for more := true; more; {
			var numbers []uint32
			var words []uint64
			numbers, words, more = o.next(&q, sel)
			for _, n := range numbers {
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

// next returns the next chunk, which is good until the next call; false at the end.
func (o *Objects[K]) next(q *query, sel selector.Selector) (numbers []uint32, words []uint64, more bool) {
	for through := q.of(&q.groups[0]); q.current < len(through); {
		numbers, words = q.draw(through[q.current])
		if len(numbers)+len(words) == 0 {
			q.current++
			q.passed = 0
			continue
		}
		some := true
		for i := 1; i < len(q.groups); i++ {
			if g := &q.groups[i]; words == nil {
				numbers = q.narrow(g, numbers, o.within)
				some = len(numbers) > 0
			} else {
				some = q.narrowWords(g, words)
			}
			if !some {
				break
			}
		}
		if some && q.ask {
			numbers = o.ask(q, numbers, words, sel)
		}
		if some {
			return numbers, words, true
		}
	}
	return nil, nil, false
}

// of returns the postings of a group.
func (q *query) of(g *group) []*posting { return q.postings[g.first:g.end] }

// draw makes a chunk of what comes next in a posting; an empty one at its end.
func (q *query) draw(p *posting) (numbers []uint32, words []uint64) {
	if b := p.bitmap; b != nil {
		q.first = uint32(q.passed) * 64
		words = q.words[:copy(q.words[:], b.words[q.passed:])]
		q.passed += len(words)
		return nil, words
	}
	numbers = q.numbers[:copy(q.numbers[:], p.list[q.passed:])]
	q.passed += len(numbers)
	return numbers, nil
}

// narrow keeps the numbers that a group wants. It has no branch for that, which nobody could foretell. Most groups are a namespace
// or one bitmap: to look there takes a fraction of the time that others take.
func (q *query) narrow(g *group, numbers, within []uint32) []uint32 {
	unwanted, kept := uint8(0), 0
	if g.not {
		unwanted = 1
	}
	if g.namespace != 0 {
		for _, n := range numbers {
			numbers[kept] = n
			kept += int(wrap(within[n]^g.namespace) >> 63)
		}
		return numbers[:kept]
	}
	postings := q.of(g)
	if b := postings[0].bitmap; b != nil && len(postings) == 1 {
		for _, n := range numbers {
			numbers[kept] = n
			kept += int(b.has(n) ^ unwanted)
		}
		return numbers[:kept]
	}
	var union [len(q.numbers)]uint8
	in := union[:len(numbers)]
	for _, p := range postings {
		p.mark(in, numbers)
	}
	for i, n := range numbers {
		numbers[kept] = n
		kept += int(in[i] ^ unwanted)
	}
	return numbers[:kept]
}

// narrowWords keeps the bits that a group wants, and reports whether there are any.
func (q *query) narrowWords(g *group, words []uint64) bool {
	postings := q.of(g)
	if in := postings[0].words(q.first, len(words)); len(postings) == 1 && len(in) == len(words) {
		return keep(words, in, g.not) // most are one bitmap, as in narrow
	}
	var union [len(q.words)]uint64
	in := union[:len(words)]
	for _, p := range postings {
		for i, word := range p.words(q.first, len(in)) {
			in[i] |= word
		}
		for _, n := range p.between(q.first, q.first+uint32(len(in)*64)) {
			n -= q.first
			in[n/64] |= 1 << (n % 64)
		}
	}
	return keep(words, in, g.not)
}

// keep keeps the bits that are in others, or those that are not, and reports whether there are any.
func keep(found, in []uint64, not bool) bool {
	unwanted, all := uint64(0), uint64(0)
	if not {
		unwanted = ^unwanted
	}
	in = in[:len(found)]
	for i, word := range found {
		word &= in[i] ^ unwanted
		found[i] = word
		all |= word
	}
	return all != 0
}

// ask keeps of a chunk what the selector matches, and returns its numbers.
func (o *Objects[K]) ask(q *query, numbers []uint32, words []uint64, sel selector.Selector) []uint32 {
	var some [32]uint32
	terms := some[:0]
	kept := numbers[:0]
	for _, n := range numbers {
		if terms = o.labels.get(terms[:0], n); o.match(terms, sel) {
			kept = append(kept, n)
		}
	}
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			n := q.first + uint32(i*64+bits.TrailingZeros64(word))
			if terms = o.labels.get(terms[:0], n); !o.match(terms, sel) {
				words[i] &^= word & -word
			}
		}
	}
	return kept
}
