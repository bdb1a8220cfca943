package selector

import "slices"

// And returns the selector that matches what both s and t match. It has the requirements of s, then those of t, in
// canonical order. It returns [Nothing] if s or t is Nothing. It takes O(n log n) time in the size of both.
//
// Upstream: labels.Selector.Add.
func (s Selector) And(t Selector) Selector {
	if s.IsNothing() || t.IsNothing() {
		return Nothing()
	}
	b := builder{reqs: slices.Concat(s.reqs, t.reqs)}
	return b.selector()
}

// Satisfiable reports whether some valid label set matches s. If none does, the Contradiction of
// s.Explain(nil) has the reason. The answer is stored when s is made, so Satisfiable takes constant time.
func (s Selector) Satisfiable() bool { return !s.unsatisfiable }

// Overlaps reports whether some valid label set matches both s and t. [Selector.And] with [Selector.Example] returns one.
// Overlaps takes O(n log n) time in the size of both.
func (s Selector) Overlaps(t Selector) bool { return s.And(t).Satisfiable() }

// Implies reports whether every valid label set that matches s also matches t. An unsatisfiable s implies every t.
// [Selector.Counterexample] returns the reason if s does not imply t. Implies takes O(n log n) time in the size of both.
func (s Selector) Implies(t Selector) bool {
	_, ok := s.Counterexample(t)
	return !ok
}

// Equivalent reports whether s and t match the same valid label sets. Two unsatisfiable selectors are equivalent.
// Equivalent takes O(n log n) time in the size of both.
func (s Selector) Equivalent(t Selector) bool { return s.Implies(t) && t.Implies(s) }

// Example returns a valid label set that matches s, with as few labels as possible. It returns false if there is none. The
// caller owns the map. Equal selectors have the same example. Example takes O(n log n) time in the size of s.
func (s Selector) Example() (map[string]string, bool) {
	if s.unsatisfiable {
		return nil, false
	}
	labels := map[string]string{}
	for reqs := range byKey(s.reqs) {
		label, _ := witness(reqs, nil)
		label.put(labels, reqs[0].key)
	}
	return labels, true
}

// Counterexample returns a valid label set that matches s and does not match t. It returns false if there is none, which
// means that s implies t. The caller owns the map. Equal arguments have the same counterexample. Counterexample takes
// O(n log n) time in the size of both.
func (s Selector) Counterexample(t Selector) (map[string]string, bool) {
	if s.unsatisfiable {
		return nil, false
	}
	for reqs := range byKey(t.reqs) {
		key := reqs[0].key
		if label, ok := witness(s.of(key), reqs); ok {
			labels, _ := s.Example()
			label.put(labels, key)
			return labels, true
		}
	}
	return nil, false
}

// contradiction returns requirements of one key that no label meets together. None of them can be left out. It returns nil
// if s is satisfiable.
func (s Selector) contradiction() []requirement {
	if !s.unsatisfiable {
		return nil
	}
	reqs := unmet(s.reqs)
	var core []requirement
	met := newDomain(nil) // the labels that meet core
	// A requirement is needed if it is the only one of core and of the later requirements that some label fails.
	byLastFailed(slices.Collect(representatives(reqs)), reqs, func(r *requirement, labels []label) {
		if slices.ContainsFunc(labels, met.has) {
			core = append(core, *r)
			met.add(r)
		}
	})
	return core
}

// byLastFailed calls f for each requirement that is the last one that some of the labels fail. It passes these labels.
// Each label fails at least one requirement. The calls are in the order of the requirements.
func byLastFailed(labels []label, reqs []requirement, f func(*requirement, []label)) {
	switch {
	case len(labels) == 0:
		return
	case len(reqs) == 1:
		f(&reqs[0], labels)
		return
	}
	half := len(reqs) / 2
	later := newDomain(reqs[half:])
	var meet, fail []label
	for _, l := range labels {
		if later.has(l) {
			meet = append(meet, l)
		} else {
			fail = append(fail, l)
		}
	}
	byLastFailed(meet, reqs[:half], f)
	byLastFailed(fail, reqs[half:], f)
}
