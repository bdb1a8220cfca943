// Package selector_test compares rollcall's selectors with those of k8s.io/apimachinery, the oracle.
package selector_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/rollcall-go/rollcall/conformance/internal/selectors"
	"github.com/rollcall-go/rollcall/selector"
)

// A verdict counts the results for one selector on which both libraries agree.
type verdict struct {
	accepted       bool
	asked, matched int // label sets that were checked, and those that match
}

// checkText returns an error if rollcall and upstream differ for a string.
func checkText(r selectors.Random, text string, sets ...labels.Set) (verdict, error) {
	theirs, theirErr := labels.Parse(text)
	ours, ourErr := selector.Parse(text)
	if ourErr != nil {
		if err := checkSyntaxErrors(text, ourErr); err != nil {
			return verdict{}, err
		}
	}
	// Upstream, a NUL byte ends the text. rollcall rejects it: if upstream finds no error before it, the
	// first error is at the NUL byte or earlier in the same word.
	if nul := strings.IndexByte(text, 0); nul >= 0 {
		var first *selector.SyntaxError
		if !errors.As(ourErr, &first) {
			return verdict{}, fmt.Errorf("a NUL byte is accepted: %v", ours)
		}
		if first.Offset > nul || theirErr == nil && strings.ContainsAny(text[first.Offset:nul], " \t\r\n=!(),<>") {
			return verdict{}, fmt.Errorf("the NUL byte is at offset %d: %w (upstream's error: %v)", nul, ourErr, theirErr)
		}
		return verdict{}, nil
	}
	return compare(r, ours, ourErr, theirs, theirErr, sets)
}

// checkSyntaxErrors returns an error if the syntax errors of a string are malformed.
func checkSyntaxErrors(text string, err error) error {
	var all selector.SyntaxErrors
	if !errors.As(err, &all) || len(all) == 0 {
		return fmt.Errorf("%T, want SyntaxErrors", err)
	}
	for i, e := range all {
		if e.Input != text || e.Offset < 0 || !strings.HasPrefix(text[min(e.Offset, len(text)):], e.Found) ||
			e.Found == "" && e.Offset < len(text) || e.Want == "" || i > 0 && e.Offset < all[i-1].Offset {
			return fmt.Errorf("error %d of %q: %#v", i, text, e)
		}
	}
	return nil
}

// checkStruct returns an error if the libraries differ for an API struct.
func checkStruct(r selectors.Random, ls *metav1.LabelSelector, sets ...labels.Set) (verdict, error) {
	theirs, theirErr := metav1.LabelSelectorAsSelector(ls)
	ours, ourErr := selector.Compile(ourStruct(ls))
	return compare(r, ours, ourErr, theirs, theirErr, sets)
}

func ourStruct(ls *metav1.LabelSelector) *selector.LabelSelector {
	if ls == nil {
		return nil
	}
	ours := &selector.LabelSelector{MatchLabels: ls.MatchLabels}
	for _, q := range ls.MatchExpressions {
		ours.MatchExpressions = append(ours.MatchExpressions, selector.Requirement{
			Key: q.Key, Operator: selector.Operator(q.Operator), Values: q.Values,
		})
	}
	return ours
}

// checkSet returns an error if the libraries differ for a plain map.
func checkSet(r selectors.Random, set map[string]string, sets ...labels.Set) (verdict, error) {
	theirs, theirErr := labels.ValidatedSelectorFromSet(set)
	ours, ourErr := selector.FromLabels(set)
	return compare(r, ours, ourErr, theirs, theirErr, append(sets, set))
}

var ourOperators = map[selection.Operator]selector.Operator{
	selection.In:           selector.In,
	selection.NotIn:        selector.NotIn,
	selection.Exists:       selector.Exists,
	selection.DoesNotExist: selector.DoesNotExist,
	selection.Equals:       selector.Equals,
	selection.DoubleEquals: selector.Equals,
	selection.NotEquals:    selector.NotEquals,
	selection.GreaterThan:  selector.GreaterThan,
	selection.LessThan:     selector.LessThan,
}

// theirOperators is the inverse map. It lacks ==, which no rollcall selector has.
var theirOperators = func() map[selector.Operator]selection.Operator {
	m := map[selector.Operator]selection.Operator{}
	for theirs, ours := range ourOperators {
		if theirs != selection.DoubleEquals {
			m[ours] = theirs
		}
	}
	return m
}()

// checkRequirements returns an error if the libraries differ for one of the requirements or for all of them
// together.
func checkRequirements(r selectors.Random, reqs []selectors.Requirement, sets ...labels.Set) (verdict, error) {
	var theirs []labels.Requirement
	var ours []selector.Requirement
	var theirErr error
	for _, q := range reqs {
		operator, known := ourOperators[q.Operator]
		if !known {
			operator = "unknown"
		}
		their, err := labels.NewRequirement(q.Key, q.Operator, slices.Clone(q.Values))
		our := selector.Requirement{Key: q.Key, Operator: operator, Values: q.Values}
		if _, ourErr := selector.New(our); (err == nil) != (ourErr == nil) {
			return verdict{}, fmt.Errorf("%q: error %v, upstream's %v", q, ourErr, err)
		}
		theirErr = errors.Join(theirErr, err)
		theirs, ours = append(theirs, *their), append(ours, our)
	}
	s, err := selector.New(ours...)
	return compare(r, s, err, labels.NewSelector().Add(theirs...), theirErr, sets)
}

// compare returns an error if two selectors from the same input differ. It checks the given label sets and
// some random ones.
func compare(r selectors.Random, ours selector.Selector, ourErr error, theirs labels.Selector, theirErr error, sets []labels.Set) (verdict, error) {
	if (ourErr == nil) != (theirErr == nil) {
		return verdict{}, fmt.Errorf("error %v, upstream's %v", ourErr, theirErr)
	}
	if ourErr != nil {
		if !ours.IsNothing() {
			return verdict{}, fmt.Errorf("got selector %v together with the error %w", ours, ourErr)
		}
		return verdict{}, nil
	}
	theirReqs, selectable := theirs.Requirements()
	sets = append(sets, r.LabelSets(theirReqs)...)
	if !selectable { // Nothing: upstream it has neither requirements nor a string
		if !ours.IsNothing() || ours.String() != "a,!a" {
			return verdict{}, fmt.Errorf("%v, want Nothing", ours)
		}
		return ask(ours, theirs, sets)
	}
	if err := checkStructForm(ours, theirReqs, sets); err != nil {
		return verdict{}, err
	}
	want, err := textsOfTheirs(theirReqs)
	if err != nil {
		return verdict{}, err
	}
	got, err := textsOfOurs(ours)
	if err != nil {
		return verdict{}, err
	}
	if ours.String() != strings.Join(got.all, ",") {
		return verdict{}, fmt.Errorf("the string %q, but the requirements %q", ours, got.all)
	}
	if err := got.same(want); err != nil {
		return verdict{}, err
	}
	if ours.IsEverything() != theirs.Empty() {
		return verdict{}, fmt.Errorf("%v is Everything: %v, upstream %v", ours, ours.IsEverything(), theirs.Empty())
	}
	v, err := ask(ours, theirs, sets)
	if err != nil {
		return v, err
	}

	// Each library parses the other's string.
	theirAgain, err := labels.Parse(ours.String())
	if err != nil {
		return v, fmt.Errorf("upstream does not parse %q: %w", ours, err)
	}
	ourAgain, err := selector.Parse(theirs.String())
	if err != nil {
		return v, fmt.Errorf("upstream's string %q: %w", theirs, err)
	}
	again, err := textsOfOurs(ourAgain)
	if err != nil {
		return v, err
	}
	if err := again.same(want.withoutDuplicates()); err != nil {
		return v, fmt.Errorf("upstream's string %q, parsed: %w", theirs, err)
	}
	theirReqs, _ = theirAgain.Requirements()
	if again, err = textsOfTheirs(theirReqs); err != nil {
		return v, err
	}
	if err := again.same(got.withoutDuplicates()); err != nil {
		return v, fmt.Errorf("%q, parsed by upstream: %w", ours, err)
	}
	for _, s := range []struct {
		ours   selector.Selector
		theirs labels.Selector
	}{{ours, theirAgain}, {ourAgain, theirs}} {
		if _, err := ask(s.ours, s.theirs, sets); err != nil {
			return v, fmt.Errorf("parsed again: %w", err)
		}
	}
	return v, nil
}

// checkStructForm checks that upstream gives the API struct of a selector the same meaning. A selector that
// compares integers may have no struct; if it has one, both match the same valid label sets.
func checkStructForm(ours selector.Selector, reqs []labels.Requirement, sets []labels.Set) error {
	compares := slices.ContainsFunc(reqs, func(q labels.Requirement) bool {
		return q.Operator() == selection.GreaterThan || q.Operator() == selection.LessThan
	})
	ls, ok := ours.LabelSelector()
	if !ok {
		if compares {
			return nil
		}
		return fmt.Errorf("%v has no struct form", ours)
	}
	theirs, err := metav1.LabelSelectorAsSelector(theirStruct(ls))
	if err != nil {
		return fmt.Errorf("%v as a struct: %w", ours, err)
	}
	if compares {
		sets = slices.DeleteFunc(slices.Clone(sets), func(set labels.Set) bool { return !valid(set) })
	}
	if _, err := ask(ours, theirs, sets); err != nil {
		return fmt.Errorf("as a struct: %w", err)
	}
	return nil
}

func theirStruct(ls *selector.LabelSelector) *metav1.LabelSelector {
	theirs := &metav1.LabelSelector{MatchLabels: ls.MatchLabels}
	for _, q := range ls.MatchExpressions {
		theirs.MatchExpressions = append(theirs.MatchExpressions, metav1.LabelSelectorRequirement{
			Key: q.Key, Operator: metav1.LabelSelectorOperator(q.Operator), Values: q.Values,
		})
	}
	return theirs
}

// ask compares what both selectors match.
func ask(ours selector.Selector, theirs labels.Selector, sets []labels.Set) (verdict, error) {
	v := verdict{accepted: true}
	for _, set := range sets {
		want := theirs.Matches(set)
		if got := ours.Matches(set); got != want {
			return v, fmt.Errorf("%v matches %q: %v, upstream %v", ours, set, got, want)
		}
		lookup := func(key string) (string, bool) { value, present := set[key]; return value, present }
		if got := ours.MatchesFunc(lookup); got != want {
			return v, fmt.Errorf("%v matches %q by lookup: %v, upstream %v", ours, set, got, want)
		}
		if got := ours.Explain(set).Matches; got != want {
			return v, fmt.Errorf("%v explains %q as a match: %v, upstream %v", ours, set, got, want)
		}
		v.asked++
		if want {
			v.matched++
		}
	}
	return v, nil
}

// texts holds the requirements of a selector as upstream prints them, and their keys.
type texts struct {
	all, keys []string
	reqs      []labels.Requirement
}

// textsOfTheirs replaces == by =: rollcall has one operator for both.
func textsOfTheirs(reqs []labels.Requirement) (texts, error) {
	var t texts
	for _, q := range reqs {
		operator := q.Operator()
		if operator == selection.DoubleEquals {
			operator = selection.Equals
		}
		if err := t.add(q.Key(), operator, q.ValuesUnsorted()); err != nil {
			return t, err
		}
	}
	return t, nil
}

func textsOfOurs(s selector.Selector) (texts, error) {
	var t texts
	for _, q := range s.Requirements() {
		if !slices.IsSorted(q.Values) {
			return t, fmt.Errorf("values of %v are not sorted", q)
		}
		if err := t.add(q.Key, theirOperators[q.Operator], q.Values); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (t *texts) add(key string, operator selection.Operator, values []string) error {
	q, err := labels.NewRequirement(key, operator, values)
	if err != nil {
		return fmt.Errorf("upstream rejects a requirement: %w", err)
	}
	t.all, t.keys, t.reqs = append(t.all, q.String()), append(t.keys, key), append(t.reqs, *q)
	return nil
}

// withoutDuplicates returns the texts with each value once, as after parsing.
func (t texts) withoutDuplicates() texts {
	var once texts
	for _, q := range t.reqs {
		if err := once.add(q.Key(), q.Operator(), q.Values().List()); err != nil {
			panic(err) // they were valid before
		}
	}
	return once
}

// stableUpTo is the number of requirements up to which upstream's sort keeps the order of equal keys.
const stableUpTo = 12

func (t texts) same(want texts) error {
	all, wanted := t.all, want.all
	if len(all) > stableUpTo && slices.Equal(t.keys, want.keys) {
		all, wanted = slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(wanted))
	}
	if !slices.Equal(all, wanted) {
		return fmt.Errorf("requirements %q, upstream %q", t.all, want.all)
	}
	return nil
}
