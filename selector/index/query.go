package index

import (
	"iter"
	"math/bits"

	"github.com/rollcall-go/rollcall/internal/peek"
	"github.com/rollcall-go/rollcall/selector"
)

// A plan is what a selector asks for, in postings: the numbers that are in each of the groups, but in none of those that say not.
type plan struct {
	groups   []group    // the first is gone through, and the others are looked up
	postings []*posting // of all groups
	ask      bool       // the selector has to be asked besides
}

// A group is the union of postings that have nothing in common, since they are of values of one key.
type group struct {
	first, end int // of the plan's postings
	size       int
	not        bool
	namespace  uint32 // the term plus one; 0: they are of labels
}

// asking is how many postings a number is looked for in, before it is sooner to ask for an object's labels.
const asking = 16

// requirement returns the ith requirement of a selector without a copy: see package peek.
var requirement = peek.Requirement.(func(s selector.Selector, i int) (r selector.Requirement, one string, ok bool))

// plan makes the plan, in the room of p; it has no groups if nothing can match.
func (o *Objects[K]) plan(p plan, namespace string, sel selector.Selector) plan {
	if namespace != "" {
		t, known := o.terms.find(term{isNamespace, namespace})
		if !known {
			return plan{}
		}
		p.postings = append(p.postings, &o.postings[t])
		p = p.group(0, false)
		p.groups[0].namespace = t + 1
	}
	for i := 0; ; i++ {
		r, one, ok := requirement(sel, i)
		if !ok {
			break
		}
		first, groups, not := len(p.postings), len(p.groups), !wantsLabel(r)
		switch key, known := o.terms.find(term{isKey, r.Key}); {
		case !known:
		case r.Operator == selector.Equals || r.Operator == selector.NotEquals:
			p.postings = o.look(p.postings, key, one)
		case r.Operator == selector.In || r.Operator == selector.NotIn:
			for value := range distinct(r.Values) {
				p.postings = o.look(p.postings, key, value)
			}
		default:
			p.postings = append(p.postings, &o.postings[key])
			p.ask = p.ask || r.Operator == selector.GreaterThan || r.Operator == selector.LessThan
		}
		if p = p.group(first, not); !not && len(p.groups) == groups {
			return plan{}
		}
	}
	return p.arrange(&o.all)
}

// look appends the posting of a term, if there is one.
func (o *Objects[K]) look(postings []*posting, of uint32, text string) []*posting {
	if t, known := o.terms.find(term{of, text}); known {
		postings = append(postings, &o.postings[t])
	}
	return postings
}

// group makes a group of the postings from the first on, if there are any.
func (p plan) group(first int, not bool) plan {
	g := group{first: first, end: len(p.postings), not: not}
	for _, posting := range p.postings[first:] {
		g.size += posting.len()
	}
	if g.end > g.first {
		p.groups = append(p.groups, g)
	}
	return p
}

// arrange puts the group first with which the fewest postings are looked into, which may be that of everything.
func (p plan) arrange(all *posting) plan {
	looks := 1
	for _, g := range p.groups {
		looks += g.looks()
	}
	best, least := -1, 0
	for i, g := range p.groups {
		if cost := g.size * (looks - g.looks()); !g.not && (best < 0 || cost < least) {
			best, least = i, cost
		}
	}
	if best < 0 {
		best = len(p.groups)
		p.postings = append(p.postings, all)
		p = p.group(len(p.postings)-1, false)
	}
	p.groups[0], p.groups[best] = p.groups[best], p.groups[0]
	few := p.groups[:1]
	for _, g := range p.groups[1:] {
		if g.looks() < asking {
			few = append(few, g)
		} else {
			p.ask = true
		}
	}
	p.groups = few
	return p
}

// looks is what it costs to look a number up in the group.
func (g group) looks() int { return min(g.end-g.first, asking) }

// A query goes through a plan, a chunk at a time: some numbers of a list, or the bits of some words of a bitmap.
type query struct {
	plan
	current int    // the posting that is gone through: how many of the first group were
	passed  int    // how much of it was: numbers, or words
	first   uint32 // what the first bit of the words stands for

	numbers [128]uint32 // room for a chunk
	words   [64]uint64
}

// Room is what most queries need, where it costs no allocation.
type room struct {
	groups   [6]group
	postings [8]*posting
}

func (r *room) plan() plan { return plan{groups: r.groups[:0], postings: r.postings[:0]} }

// find yields the numbers of what Select does. There are two loops, where one that told which it is in would take up to half as
// long again; both are compiled into what ranges over it, unless that is much.
func (o *Objects[K]) find(namespace string, sel selector.Selector) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		var room room
		q := query{plan: o.plan(room.plan(), namespace, sel)}
		for more := len(q.groups) > 0; more; {
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
	for first := q.groups[0]; first.first+q.current < first.end; {
		numbers, words = q.draw(q.postings[first.first+q.current])
		if len(numbers)+len(words) == 0 {
			q.current++
			q.passed = 0
			continue
		}
		some := true
		for _, g := range q.groups[1:] {
			if words == nil {
				numbers = q.narrow(numbers, g, o.within)
				some = len(numbers) > 0
			} else {
				some = q.narrowWords(words, g)
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

// draw makes a chunk of what comes next in a posting; an empty one at its end.
func (q *query) draw(p *posting) (numbers []uint32, words []uint64) {
	if b := p.bitmap; b != nil {
		q.first = uint32(q.passed) * 64
		words = q.words[:copy(q.words[:], b.words[q.passed:])]
		q.passed += len(words)
		return nil, words
	}
	numbers = p.list[q.passed:]
	if len(q.groups) > 1 || q.ask {
		numbers = q.numbers[:copy(q.numbers[:], numbers)]
	}
	q.passed += len(numbers)
	return numbers, nil
}

// narrow keeps the numbers that a group wants. It has no branch for that, which nobody could foretell. Most groups are a namespace
// or one bitmap: to look there takes a fraction of the time that others take.
func (q *query) narrow(numbers []uint32, g group, within []uint32) []uint32 {
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
	postings := q.postings[g.first:g.end]
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
func (q *query) narrowWords(words []uint64, g group) bool {
	postings := q.postings[g.first:g.end]
	if in := postings[0].words(q.first, len(words)); len(postings) == 1 && len(in) == len(words) {
		return keep(words, in, g.not) // likewise
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
