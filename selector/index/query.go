package index

import (
	"math/bits"
	"slices"

	"github.com/rollcall-go/rollcall/internal/peek"
	"github.com/rollcall-go/rollcall/selector"
)

// A plan is what a selector asks for, in postings: the numbers that are in each of the groups, but in none of those that say not.
type plan struct {
	groups  []group  // the first is gone through, and the others are looked up
	cursors []cursor // of all groups
	ask     bool     // the selector has to be asked besides
}

// A group is the union of postings that have nothing in common, since they are of values of one key.
type group struct {
	first, end int // of the plan's cursors
	size       int
	lists      bool // not all are bitmaps
	not        bool
}

// asking is how many postings a number is looked for in, before it is sooner to ask for an object's labels.
const asking = 16

// requirement returns the ith requirement of a selector without a copy: see package peek.
var requirement = peek.Requirement.(func(s selector.Selector, i int) (r selector.Requirement, one string, ok bool))

// plan makes the plan, in the room of p; false if nothing can match.
func (o *Objects[K]) plan(p plan, namespace string, sel selector.Selector) (plan, bool) {
	if namespace != "" {
		p.cursors = o.look(p.cursors, isNamespace, namespace)
		if p = p.group(0, false); len(p.groups) == 0 {
			return p, false
		}
	}
	for i := 0; ; i++ {
		r, one, ok := requirement(sel, i)
		if !ok {
			break
		}
		first, groups, not := len(p.cursors), len(p.groups), !wantsLabel(r)
		switch key, known := o.terms.find(term{isKey, r.Key}); {
		case !known:
		case r.Operator == selector.Equals || r.Operator == selector.NotEquals:
			p.cursors = o.look(p.cursors, key, one)
		case r.Operator == selector.In || r.Operator == selector.NotIn:
			for value := range distinct(r.Values) {
				p.cursors = o.look(p.cursors, key, value)
			}
		default:
			p.cursors = append(p.cursors, cursor{of: &o.postings[key]})
			p.ask = p.ask || r.Operator == selector.GreaterThan || r.Operator == selector.LessThan
		}
		if p = p.group(first, not); !not && len(p.groups) == groups {
			return p, false
		}
	}
	return p.arrange(&o.all), true
}

// look appends the posting of a term, if there is one.
func (o *Objects[K]) look(cursors []cursor, of uint32, text string) []cursor {
	if t, known := o.terms.find(term{of, text}); known {
		cursors = append(cursors, cursor{of: &o.postings[t]})
	}
	return cursors
}

// group makes a group of the cursors from the first on, if there are any.
func (p plan) group(first int, not bool) plan {
	g := group{first: first, end: len(p.cursors), not: not}
	for _, c := range p.cursors[first:] {
		g.size += c.of.len()
		g.lists = g.lists || c.of.bitmap == nil
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
		p.cursors = append(p.cursors, cursor{of: all})
		p = p.group(len(p.cursors)-1, false)
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

// A query goes through a plan.
type query struct {
	plan
	current int // the cursor that is gone through: how many of the first group were

	// Of a bitmap: words after they were combined with those of the groups that have bitmaps alone.
	chunk     [32]uint64
	at, words int // of the chunk: the next word, and how many there are
	before    int // words of the bitmap that come before the chunk
}

// Room is what most queries need, where it costs no allocation.
type room struct {
	groups  [6]group
	cursors [8]cursor
	batch   batch
}

// A batch is room for numbers that are found.
type batch [256]uint32

func (r *room) plan() plan { return plan{groups: r.groups[:0], cursors: r.cursors[:0]} }

// next returns the next objects that are found, a batch at most or else as they stand in a list; none at the end. They are good
// until the next call.
func (o *Objects[K]) next(q *query, b *batch, sel selector.Selector) []uint32 {
	found := q.next(b)
	if !q.ask {
		return found
	}
	var some [32]uint32
	for terms := some[:0]; len(found) > 0; found = q.next(b) {
		kept := found[:0]
		for _, n := range found {
			if terms = o.labels.get(terms[:0], n); o.match(terms, sel) {
				kept = append(kept, n)
			}
		}
		if len(kept) > 0 {
			return kept
		}
	}
	return nil
}

// next returns what Objects.next does, but that the selector was not asked.
func (q *query) next(b *batch) []uint32 {
	for first := q.groups[0]; first.first+q.current < first.end; {
		c := &q.cursors[first.first+q.current]
		found, more := q.draw(c, b)
		if !more {
			q.turn()
			continue
		}
		for _, g := range q.groups[1:] {
			if g.lists || c.of.bitmap == nil {
				found = q.narrow(found, g)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// bitmapsAlone reports whether there is nothing to do but to combine bitmaps.
func (p *plan) bitmapsAlone() bool {
	return !p.ask && !slices.ContainsFunc(p.groups, func(g group) bool { return g.lists })
}

// nextWords returns what next would, where there are bitmaps alone, as words.
func (q *query) nextWords() []uint64 {
	for first := q.groups[0]; first.first+q.current < first.end; q.turn() {
		if q.fill(q.cursors[first.first+q.current].of.bitmap.words) {
			return q.chunk[:q.words]
		}
	}
	return nil
}

// turn goes on to the next posting of the first group, when the chunk is empty.
func (q *query) turn() {
	q.current++
	q.before = 0
	for _, g := range q.groups[1:] {
		for i := g.first; i < g.end; i++ {
			q.cursors[i].next = 0
		}
	}
}

// draw returns numbers of a posting; false at its end.
func (q *query) draw(c *cursor, b *batch) (found []uint32, more bool) {
	if c.of.bitmap == nil {
		found = c.of.list[c.next:]
		if len(q.groups) > 1 || q.ask {
			found = b[:copy(b[:], found)]
		}
		c.next += len(found)
		return found, len(found) > 0
	}
	if q.at == q.words && !q.fill(c.of.bitmap.words) {
		return nil, false
	}
	n, at := 0, q.at
	for ; at < q.words && n+64 <= len(b); at++ {
		n += decode((*[64]uint32)(b[n:]), uint32(q.before+at)*64, q.chunk[at])
	}
	q.at = at
	return b[:n], true
}

// fill makes the next chunk of a bitmap in which something is left; false at its end.
func (q *query) fill(words []uint64) bool {
	for {
		q.before += q.words
		q.at, q.words = 0, copy(q.chunk[:], words[min(q.before, len(words)):])
		left := true
		for _, g := range q.groups[1:] {
			if !g.lists {
				left = q.combine(g)
			}
		}
		if left || q.words == 0 {
			return q.words > 0
		}
	}
}

// combine keeps of the chunk what a group of bitmaps wants, and reports whether that is anything.
func (q *query) combine(g group) bool {
	chunk := q.chunk[:q.words]
	var union [len(q.chunk)]uint64
	in := union[:len(chunk)]
	for _, c := range q.cursors[g.first:g.end] {
		words := c.of.bitmap.words
		words = words[min(q.before, len(words)):min(q.before+q.words, len(words))]
		if g.end-g.first == 1 && len(words) == len(chunk) {
			in = words // most are like this
			break
		}
		for i, word := range words {
			union[i] |= word
		}
	}
	left := uint64(0)
	if g.not {
		for i, word := range in {
			chunk[i] &^= word
			left |= chunk[i]
		}
	} else {
		for i, word := range in {
			chunk[i] &= word
			left |= chunk[i]
		}
	}
	return left != 0
}

// decode writes the numbers that are in a word, the least of which could be first, and returns how many they are. Up to three
// more are written: by fours, and where no bound has to be checked, a number takes half the time.
func decode(to *[64]uint32, first uint32, word uint64) int {
	count := bits.OnesCount64(word)
	for i := uint(0); i < uint(count); i += 4 {
		to[i%64] = first + uint32(bits.TrailingZeros64(word))
		word &= word - 1
		to[(i+1)%64] = first + uint32(bits.TrailingZeros64(word))
		word &= word - 1
		to[(i+2)%64] = first + uint32(bits.TrailingZeros64(word))
		word &= word - 1
		to[(i+3)%64] = first + uint32(bits.TrailingZeros64(word))
		word &= word - 1
	}
	return count
}

// narrow keeps the numbers that the group wants. It has no branch for that, which nobody could foretell.
func (q *query) narrow(found []uint32, g group) []uint32 {
	kept := 0
	if g.end-g.first == 1 && !g.lists { // most are
		words := q.cursors[g.first].of.bitmap.words
		for _, n := range found {
			found[kept] = n
			var word uint64
			if int(n/64) < len(words) {
				word = words[n/64]
			}
			if word>>(n%64)&1 == 1 != g.not {
				kept++
			}
		}
		return found[:kept]
	}
	for _, n := range found {
		in := false
		for c := g.first; c < g.end && !in; c++ {
			in = q.cursors[c].has(n)
		}
		found[kept] = n
		if in != g.not {
			kept++
		}
	}
	return found[:kept]
}
