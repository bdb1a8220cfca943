package index

import (
	"iter"
	"slices"
	"strings"

	"github.com/rollcall-go/rollcall/internal/token"
	"github.com/rollcall-go/rollcall/selector"
)

// Selectors are label selectors, by key, to be asked which of them match without trying each. The zero value is empty and ready to
// use. It must not be copied after its first change. Keys are as those of [Objects].
//
// Any number of goroutines may read it at once, but none while one changes it.
type Selectors[K comparable] struct {
	changes   uint64 // how often it was changed
	selectors numbers[name[K], filed]

	terms   numbers[term, file]
	keys    []watched // sorted
	missing []uint32  // the terms of those keys that something has to lack, sorted
	always  []place   // of what no file has
	looked  uint32    // the number that was looked at last, whether it is well filed
}

// A filed selector is found in the files of one of its requirements: in those of its values, or in that of its key. One that wants
// no label is in none, unless it is of the whole cluster: then it can be in the file of a key that it wants to be missing.
type filed struct {
	selector.Selector
	there     bool              // the number is given
	namespace uint32            // the term plus one; 0: of the whole cluster
	by        int32             // the requirement; -1: none
	rest      selector.Selector // what it asks for besides what the files answer: read before the key, which stands behind
}

// A file has selectors that can match a label set only if that has the label, or the key, or does not have it.
type file struct {
	found []place // sorted
	uses  int     // how many requirements name the term, wherever their selectors are filed; of a namespace: how many select in it
	below int     // how many places there are in the file, and of a key in those of its values
}

// A watched key decides which files are tried.
type watched struct {
	key        string
	has, lacks uint32 // the terms plus one, if files have something for the key or its values, or for its lack; 0: none has
}

// isMissing is what a term is of that stands for label sets without the key. See isKey.
const isMissing = isNamespace - 1

// A place is a selector in a file: its namespace, so that those of one namespace stand together, its number, and whether it is
// sure to match what the file is for, since it asks for nothing else. That saves to look at it.
type place uint64

func (f *filed) place(n uint32) place {
	p := place(f.namespace)<<32 | place(n)<<1
	if f.rest.IsEverything() {
		p |= 1
	}
	return p
}

func (p place) namespace() uint32 { return uint32(p >> 32) }
func (p place) number() uint32    { return uint32(p) >> 1 }
func (p place) sure() bool        { return p&1 == 1 }

// Len returns the number of selectors.
func (s *Selectors[K]) Len() int { return s.selectors.len() }

// Set puts in a selector, in place of the one with the same key if there is one. It selects in its namespace, or everywhere if
// that is empty. What selects nothing, as a Service without a selector does, is better left out.
func (s *Selectors[K]) Set(key K, namespace string, sel selector.Selector) {
	n, known := s.selectors.find(name[K]{key})
	switch {
	case !known:
		n = s.selectors.add(name[K]{key})
	case s.selectors.at(n).Equal(sel) && s.namespace(n) == namespace:
		return
	default:
		s.remove(n)
	}
	s.changes++
	f := s.selectors.at(n)
	*f = filed{Selector: sel, there: true}
	if namespace != "" {
		f.namespace = s.use(isNamespace, namespace) + 1
	}
	lack := -1
	for i, r := range needs(sel) {
		if r.operator == selector.DoesNotExist && lack < 0 {
			lack = i
		}
		if wantsLabel(r.operator) {
			key := s.use(isKey, r.key)
			for value := range r.values() {
				s.use(key, value)
			}
		}
	}
	by := s.rarest(sel)
	if by < 0 && lack >= 0 && namespace == "" {
		by = lack
		s.use(isMissing, needAt(sel, by).key)
	}
	s.file(n, by)
	s.tidy()
}

// Delete takes out a selector, if it is there. Its memory is given back as that of [Objects.Delete] is.
func (s *Selectors[K]) Delete(key K) {
	if n, known := s.selectors.find(name[K]{key}); known {
		s.changes++
		s.remove(n)
		s.selectors.remove(n)
		s.tidy()
	}
}

// remove takes a selector out of all but its number.
func (s *Selectors[K]) remove(n uint32) {
	s.unfile(n)
	f := s.selectors.at(n)
	if f.by >= 0 {
		if r := needAt(f.Selector, int(f.by)); r.operator == selector.DoesNotExist {
			t, _ := s.terms.find(term{isMissing, r.key})
			s.disuse(t)
		}
	}
	for _, r := range needs(f.Selector) {
		if wantsLabel(r.operator) {
			key, _ := s.terms.find(term{isKey, r.key})
			for value := range r.values() {
				t, _ := s.terms.find(term{key, value})
				s.disuse(t)
			}
			s.disuse(key)
		}
	}
	if f.namespace != 0 {
		s.disuse(f.namespace - 1)
	}
}

// tidy begins anew when most of what the memory was for is gone. If not, it looks at two of the selectors, in turn: what was rare
// when they were filed may not be any more, and what was not may be.
func (s *Selectors[K]) tidy() {
	if !s.selectors.wasteful(0) && !s.terms.wasteful(s.Len()) {
		for range min(2, len(s.selectors.entries)) {
			s.looked = (s.looked + 1) % uint32(len(s.selectors.entries))
			s.review(s.looked)
		}
		return
	}
	var anew Selectors[K]
	for n := range uint32(len(s.selectors.entries)) {
		if f := s.selectors.at(n); f.there {
			anew.Set(s.selectors.key(n).of, s.namespace(n), f.Selector)
		}
	}
	anew.changes = s.changes
	*s = anew
}

// namespace returns that of a selector.
func (s *Selectors[K]) namespace(n uint32) string {
	if t := s.selectors.at(n).namespace; t != 0 {
		return s.terms.key(t - 1).text
	}
	return ""
}

// wantsLabel reports whether a label set has to have the label to meet a requirement.
func wantsLabel(o selector.Operator) bool {
	return o != selector.NotIn && o != selector.NotEquals && o != selector.DoesNotExist
}

// A need is a requirement of a selector, as [selector.Selector.RequirementAt] returns it.
type need struct {
	key      string
	operator selector.Operator
	many     []string
	one      string
}

func needAt(sel selector.Selector, i int) (r need) {
	r.key, r.operator, r.many, r.one = sel.RequirementAt(token.Token{}, i)
	return r
}

// needs yields the requirements of a selector.
func needs(sel selector.Selector) iter.Seq2[int, need] {
	return func(yield func(int, need) bool) {
		for i := 0; ; i++ {
			if r := needAt(sel, i); r.operator == "" || !yield(i, r) {
				return
			}
		}
	}
}

// values yields the values of Equals or In, each once; none of other operators.
func (r need) values() iter.Seq[string] {
	return func(yield func(string) bool) {
		switch r.operator {
		case selector.Equals:
			yield(r.one)
		case selector.In:
			distinct(r.many)(yield)
		}
	}
}

// distinct yields each value once. They are sorted, as those of a compiled selector are.
func distinct(values []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, value := range values {
			if (i == 0 || value != values[i-1]) && !yield(value) {
				return
			}
		}
	}
}

// filesOf yields the terms of the files in which a selector is found by a requirement.
func (s *Selectors[K]) filesOf(r need) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if r.operator == selector.DoesNotExist {
			t, _ := s.terms.find(term{isMissing, r.key})
			yield(t)
			return
		}
		key, _ := s.terms.find(term{isKey, r.key})
		if r.operator != selector.Equals && r.operator != selector.In {
			yield(key)
			return
		}
		for value := range r.values() {
			if t, _ := s.terms.find(term{key, value}); !yield(t) {
				return
			}
		}
	}
}

// use returns a term, which may be new, and counts its use.
func (s *Selectors[K]) use(of uint32, text string) uint32 {
	t, known := s.terms.find(term{of, text})
	if !known {
		t = s.terms.add(term{of, strings.Clone(text)}) // the text may be a part of a long one
	}
	s.terms.at(t).uses++
	return t
}

func (s *Selectors[K]) disuse(t uint32) {
	if s.terms.at(t).uses--; s.terms.at(t).uses == 0 {
		s.terms.remove(t)
	}
}

// rarest returns which requirement's terms are the least used of those that want a label; -1 if none does.
func (s *Selectors[K]) rarest(sel selector.Selector) int {
	rarest, lowest := -1, 0
	for i, r := range needs(sel) {
		if !wantsLabel(r.operator) {
			continue
		}
		uses := 0
		for t := range s.filesOf(r) {
			uses += s.terms.at(t).uses
		}
		if rarest < 0 || uses < lowest {
			rarest, lowest = i, uses
		}
	}
	return rarest
}

// review files a selector anew, if another requirement has become the rarest.
func (s *Selectors[K]) review(n uint32) {
	f := s.selectors.at(n)
	if by := s.rarest(f.Selector); by >= 0 && by != int(f.by) {
		s.unfile(n)
		s.file(n, by)
	}
}

// file puts a selector into the files of a requirement, or where all are tried if that is -1.
func (s *Selectors[K]) file(n uint32, by int) {
	f := s.selectors.at(n)
	f.by, f.rest = int32(by), f.Selector
	if by < 0 {
		s.always = put(s.always, f.place(n))
		return
	}
	r := needAt(f.Selector, by)
	if r.operator != selector.GreaterThan && r.operator != selector.LessThan {
		f.rest = f.Selector.Without(token.Token{}, by)
	}
	for t := range s.filesOf(r) {
		s.terms.at(t).found = put(s.terms.at(t).found, f.place(n))
		key := s.keyOf(t)
		if s.terms.at(key).below++; s.terms.at(key).below == 1 {
			s.watch(key, true)
		}
	}
}

func (s *Selectors[K]) unfile(n uint32) {
	f := s.selectors.at(n)
	if f.by < 0 {
		s.always = take(s.always, f.place(n))
		return
	}
	for t := range s.filesOf(needAt(f.Selector, int(f.by))) {
		s.terms.at(t).found = take(s.terms.at(t).found, f.place(n))
		key := s.keyOf(t)
		if s.terms.at(key).below--; s.terms.at(key).below == 0 {
			s.watch(key, false)
		}
	}
}

// keyOf returns the term of the key of a value, and what is not a value as it is.
func (s *Selectors[K]) keyOf(t uint32) uint32 {
	if of := s.terms.key(t).of; of != isKey && of != isMissing {
		return of
	}
	return t
}

// watch begins or ceases to watch a key, for what has it or for what lacks it.
func (s *Selectors[K]) watch(t uint32, begin bool) {
	term := s.terms.key(t)
	i, known := slices.BinarySearchFunc(s.keys, term.text, func(w watched, key string) int { return strings.Compare(w.key, key) })
	if !known {
		s.keys = slices.Insert(spare(s.keys), i, watched{key: term.text})
	}
	w := &s.keys[i]
	switch {
	case term.of == isKey && begin:
		w.has = t + 1
	case term.of == isKey:
		w.has = 0
	case begin:
		w.lacks = t + 1
		s.missing = put(s.missing, t)
	default:
		w.lacks = 0
		s.missing = take(s.missing, t)
	}
	if w.has == 0 && w.lacks == 0 {
		s.keys = fit(slices.Delete(s.keys, i, i+1))
	}
}

// put puts x into a sorted list in which it is not.
func put[T place | uint32](list []T, x T) []T {
	i, _ := slices.BinarySearch(list, x)
	return slices.Insert(spare(list), i, x)
}

// take takes x out of a sorted list in which it is.
func take[T place | uint32](list []T, x T) []T {
	i, _ := slices.BinarySearch(list, x)
	return fit(slices.Delete(list, i, i+1))
}

// Match yields the keys of the selectors that match an object of that namespace with these labels, each once, in no order that is
// promised: those of the namespace and those that select everywhere. The empty namespace stands for all of them: it yields the
// selectors that match the labels in whatever namespace, which are more than a [Join] has for an object of the whole cluster. Nil
// labels are none. The index must not be changed before the range is left: it panics then. It does not allocate.
func (s *Selectors[K]) Match(namespace string, labels map[string]string) iter.Seq[K] {
	return func(yield func(K) bool) {
		s.each(namespace, namespace == "", labels, yield)
	}
}

// each yields the keys of what match yields.
func (s *Selectors[K]) each(namespace string, every bool, labels map[string]string, yield func(K) bool) {
	changes := s.changes
	s.match(namespace, every, labels, func(n uint32) bool {
		more := yield(s.selectors.key(n).of)
		if more && s.changes != changes {
			panic(changed)
		}
		return more
	})
}

// match yields the selectors of a namespace and of the whole cluster that match; every: of all namespaces.
func (s *Selectors[K]) match(namespace string, every bool, labels map[string]string, yield func(n uint32) bool) {
	q := search{every: every, yield: yield}
	if namespace != "" {
		if t, known := s.terms.find(term{isNamespace, namespace}); known {
			q.namespace = t + 1
		}
	}
	if !s.try(&q, s.always, labels) {
		return
	}
	if len(s.keys) < len(labels) && len(s.keys) <= maxWatched {
		s.tryWatched(&q, labels)
		return
	}
	for _, t := range s.missing {
		if _, has := labels[s.terms.key(t).text]; !has && !s.try(&q, s.terms.at(t).found, labels) {
			return
		}
	}
	for key, value := range labels {
		key, known := s.terms.find(term{isKey, key})
		if !known {
			continue
		}
		if f := s.terms.at(key); len(f.found) > 0 && !s.try(&q, f.found, labels) {
			return
		}
		if t, known := s.terms.find(term{key, value}); known && !s.try(&q, s.terms.at(t).found, labels) {
			return
		}
	}
}

// maxWatched is how many watched keys there may be for match to go through them, and not through the labels.
const maxWatched = 8

// tryWatched tries what is filed under watched keys. The values of all are hashed before any is looked for: so they come from memory
// together, and the slots that they are in do, where one after the other takes a tenth longer.
func (s *Selectors[K]) tryWatched(q *search, labels map[string]string) {
	var room [maxWatched]struct {
		term
		hash uint64
	}
	values := room[:0]
	for i := range s.keys {
		w := &s.keys[i]
		value, has := labels[w.key]
		switch {
		case has && w.has != 0:
			f := s.terms.at(w.has - 1)
			if len(f.found) > 0 && !s.try(q, f.found, labels) { // most have none
				return
			}
			if f.below > len(f.found) {
				values = values[:len(values)+1]
				v := &values[len(values)-1]
				v.of, v.text = w.has-1, value
				v.hash = v.term.hash(s.terms.seed)
			}
		case !has && w.lacks != 0:
			if !s.try(q, s.terms.at(w.lacks-1).found, labels) {
				return
			}
		}
	}
	for i := range values {
		v := &values[i]
		if t, known := s.terms.look(v.term, v.hash); known && !s.try(q, s.terms.at(t).found, labels) {
			return
		}
	}
}

// A search is for the selectors that match.
type search struct {
	namespace uint32 // as a filed selector's
	every     bool   // in all namespaces
	yield     func(n uint32) bool
}

// try tries what is in a file, and returns false when no more is wanted.
func (s *Selectors[K]) try(q *search, found []place, labels map[string]string) bool {
	for i := 0; i < len(found); i++ {
		p := found[i]
		if at := p.namespace(); at != 0 && at != q.namespace && !q.every {
			if at > q.namespace {
				break
			}
			skipped, _ := slices.BinarySearch(found[i:], place(q.namespace)<<32)
			i += skipped - 1
			continue
		}
		n := p.number()
		if (p.sure() || s.selectors.at(n).rest.Matches(labels)) && !q.yield(n) {
			return false
		}
	}
	return true
}
