// Package workload makes the selectors and label sets that the benchmarks of package selector use, in
// selector and in conformance/bench/selector.
package workload

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Row is one row of the benchmark that asks the same selector about the same label set again and again.
type Row struct {
	Name    string
	Text    string // of the selector
	Matches bool   // whether the selector matches Object
}

// Object returns the label set that the rows of [Loop] are asked about.
func Object() map[string]string {
	return map[string]string{"app": "web", "tier": "frontend", "env": "prod", "team": "shop", "pod-template-hash": "6c4969cbd"}
}

// Loop returns the rows. The first rows have the names of the classes of [WorkingSet].
func Loop() []Row {
	return []Row{
		{"one equality", "app=web", true},
		{"three equalities", "app=web,tier=frontend,env=prod", true},
		{"Exists", "team", true},
		{"NotIn", "tier notin (db,cache)", true},
		{"short In", "env in (prod,staging,test)", true},
		{"mixed", "app=web,env in (prod,staging),tier notin (db),team,!canary", true},
		{"no match at the second requirement", "app=web,zone=a", false},
		{"In of 100 values, the 50th", hundred(49), true},
		{"In of 100 values, the last", hundred(99), true},
		{"In of 100 values, none", hundred(100), false},
	}
}

// hundred returns a selector with one hundred values. "web" comes after so many others; it is missing if
// before is 100.
func hundred(before int) string {
	var values []string
	for i := range 100 {
		value := fmt.Sprintf("v%02d", i)
		switch {
		case i == before:
			value = "web"
		case i > before:
			value = "x" + value[1:]
		}
		values = append(values, value)
	}
	return "app in (" + strings.Join(values, ",") + ")"
}

// Sizes are the numbers of selectors, and of label sets, of the working-set benchmark.
var Sizes = []int{256, 2048, 10_000}

// Classes are the classes of selectors of the working-set benchmark.
var Classes = []string{"one equality", "three equalities", "Exists", "NotIn", "short In", "In of 100 values", "mixed"}

// A Question asks whether a selector matches a label set. Both are indices.
type Question struct{ Selector, Set int }

// WorkingSet returns the texts of n selectors of a class, n label sets as the pods of a cluster have them (3
// to 8 labels), and 2n questions in random order. Each selector is asked about its own label set, which it
// matches, and about a random one. The same arguments give the same result, in fresh memory.
func WorkingSet(class string, n int) (selectors []string, sets []map[string]string, questions []Question) {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range n {
		set := labelSet(r, i)
		selectors, sets = append(selectors, text(r, class, set)), append(sets, set)
		questions = append(questions, Question{i, i}, Question{i, r.IntN(n)})
	}
	r.Shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
	return selectors, sets, questions
}

var (
	names = []string{"web", "api", "checkout", "cart", "inventory-sync", "image-resizer", "auth", "billing-worker", "search", "gateway"}
	tiers = []string{"frontend", "backend", "db", "cache"}
	envs  = []string{"prod", "staging", "test", "dev"}
	teams = []string{"shop", "payments", "platform", "data", "core"}
)

func pick(r *rand.Rand, from []string) string { return strings.Clone(from[r.IntN(len(from))]) }

// labelSet returns the labels of a pod of the i-th workload.
func labelSet(r *rand.Rand, i int) map[string]string {
	name := fmt.Sprintf("%s-%d", pick(r, names), i)
	set := map[string]string{"app": name, "tier": pick(r, tiers), "pod-template-hash": fmt.Sprintf("%09x", r.Uint64()>>28)}
	for _, more := range []struct{ key, value string }{
		{"env", pick(r, envs)},
		{"team", pick(r, teams)},
		{"app.kubernetes.io/instance", name + "-release"},
		{"app.kubernetes.io/version", fmt.Sprintf("v1.%d.%d", r.IntN(30), r.IntN(10))},
		{"zone", fmt.Sprintf("eu-west-1%c", 'a'+r.IntN(3))},
	} {
		if r.IntN(5) < 3 {
			set[more.key] = more.value
		}
	}
	return set
}

// text returns the text of a selector of a class that matches the label set.
func text(r *rand.Rand, class string, set map[string]string) string {
	other := func() string { return fmt.Sprintf("%s-%d", pick(r, names), r.IntN(1_000_000)) }
	others := func(n int) []string {
		var all []string
		for range n {
			all = append(all, other())
		}
		return all
	}
	equality := "app=" + set["app"]
	hash := "pod-template-hash=" + set["pod-template-hash"]
	tier := "tier=" + set["tier"]
	in := "app in (" + strings.Join(append(others(1+r.IntN(3)), set["app"]), ",") + ")"
	notIn := "app notin (" + strings.Join(others(1+r.IntN(3)), ",") + ")"
	var present []string
	for _, key := range []string{"app", "tier", "pod-template-hash", "env", "team", "app.kubernetes.io/instance", "app.kubernetes.io/version", "zone"} {
		if _, ok := set[key]; ok {
			present = append(present, key)
		}
	}
	exists := pick(r, present)
	switch class {
	case "one equality":
		return equality
	case "three equalities":
		return equality + "," + tier + "," + hash
	case "Exists":
		return exists
	case "NotIn":
		return notIn
	case "short In":
		return in
	case "In of 100 values":
		return "app in (" + strings.Join(append(others(99), set["app"]), ",") + ")"
	default: // mixed: 1 to 4 requirements
		all := []string{equality, tier, hash, in, notIn, exists, "!canary"}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return strings.Join(all[:1+r.IntN(4)], ",")
	}
}
