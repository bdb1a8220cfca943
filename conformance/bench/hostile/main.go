// Command hostile measures inputs that are made to take long. Each row runs with the sizes n, 2n and 4n. The
// command prints the processor times and the exponent of their growth: 1 is linear, 2 is quadratic. The tests
// of the packages check the bounds by counting work; this command shows the times.
//
//	go run ./bench/hostile [-only TEXT]
package main

import (
	"flag"
	"fmt"
	"math"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/probe"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// A row describes one form of input.
type row struct {
	name string
	n    int // the smallest size
	// setup creates the input of size n and returns the function to measure.
	setup func(n int) func()
}

var rows = []row{
	{"Parse of a,a!=v0,a!=v1,…", 7_500, func(n int) func() {
		text := oneKey(n)
		return func() { selector.MustParse(text) }
	}},
	{"its Explain, Simplify, Implies, Equivalent, Counterexample, LabelSelector", 7_500, func(n int) func() {
		s, t := selector.MustParse(oneKey(n)), selector.MustParse(oneKey(n-1))
		return func() {
			s.Explain(map[string]string{"a": "w"})
			s.Simplify()
			s.Implies(t)
			s.Equivalent(t)
			t.Counterexample(s)
			s.LabelSelector()
		}
	}},
	{"1,000 syncs of a controller with it", 7_500, func(n int) func() {
		c := controller(0, selector.MustParse(oneKey(n)))
		return func() {
			for range 1000 {
				replica.Sync(c, 0, nil, time.Time{}, replica.Options{})
			}
		}
	}},
	{"Conflicts of k0=v, k1=v, …", 500, conflicts(func(i int) string { return fmt.Sprintf("k%d=v", i) })},
	{"Conflicts of app in (a0,b0), …", 500, conflicts(func(i int) string { return fmt.Sprintf("app in (a%d,b%d)", i, i) })},
	{"Parse of k in (v0,v1,…), and 1,000 misses", 32_000, func(n int) func() {
		text := "k in (" + list(n) + ")"
		return func() {
			s := selector.MustParse(text)
			for range 1000 {
				s.Matches(map[string]string{"k": "none"})
			}
		}
	}},
	{"Objects: 1,000 toggles of a label that n/20 objects have", 125_000, func(n int) func() {
		var objects index.Objects[int]
		for i := range n {
			labels := map[string]string{"app": fmt.Sprint(i)}
			if i < n/20 {
				labels["early"] = "yes"
			}
			objects.Set(i, "", labels)
		}
		last := fmt.Sprint(n - 1)
		return func() {
			for range 1000 {
				objects.Set(n-1, "", map[string]string{"app": last, "early": "yes"})
				objects.Set(n-1, "", map[string]string{"app": last})
			}
		}
	}},
	{"Selectors: Set of n selectors of distinct keys", 50_000, func(n int) func() {
		selectors := make([]selector.Selector, n)
		for i := range selectors {
			selectors[i] = selector.MustParse(fmt.Sprintf("k%d=v", i))
		}
		return func() {
			var all index.Selectors[int]
			for i, s := range selectors {
				all.Set(i, "", s)
			}
		}
	}},
	{"Objects: Select of n lists from 100 objects of n labels", 1_000, func(n int) func() {
		labels, texts := make(map[string]string), make([]string, n)
		for i := range n {
			labels[fmt.Sprint("k", i)] = "v"
			texts[i] = fmt.Sprintf("k%d in (u,v)", i)
		}
		var objects index.Objects[int]
		for i := range 100 {
			objects.Set(i, "", labels)
		}
		s := selector.MustParse(strings.Join(texts, ","))
		return func() {
			for range objects.Select("", s) {
			}
		}
	}},
	{"Join: 1,000 changes of an object beside 20 selectors of n values", 1_000, func(n int) func() {
		var pairs index.Join[int, int]
		for i := range 20 {
			pairs.SetSelector(i, "", selector.MustParse(fmt.Sprintf("k%d in (%s)", i, list(n))))
		}
		return func() {
			for i := range 1000 {
				pairs.SetObject(0, "", map[string]string{"app": fmt.Sprint(i % 2)})
			}
		}
	}},
	{"CompileAffinity of n expressions", 2_000, func(n int) func() {
		var term daemon.NodeSelectorTerm
		for i := range n {
			term.MatchExpressions = append(term.MatchExpressions, selector.Requirement{
				Key: "k", Operator: selector.NotIn, Values: []string{fmt.Sprint("v", i)},
			})
		}
		return func() { daemon.CompileAffinity([]daemon.NodeSelectorTerm{term}) }
	}},
	{"Expectations: n deletions, observed from the last to the first", 20_000, func(n int) func() {
		uids := make([]string, n)
		for i := range uids {
			uids[i] = fmt.Sprint("uid-", i)
		}
		return func() {
			var e replica.Expectations
			e.ExpectDeletions(time.Time{}, uids...)
			for i := range uids {
				e.DeletionObserved(uids[n-1-i])
			}
		}
	}},
	{"DeletionOrder of n pods, ready times in a row", 20_000, func(n int) func() {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		pods := make([]replica.Pod, n)
		for i := range pods {
			since := now.Add(-time.Hour - time.Duration(i*i%n)*time.Second)
			pods[i] = replica.Pod{Object: ownership.Object{UID: fmt.Sprint(i)}, Ready: true, ReadySince: since, Created: since}
		}
		return func() { replica.DeletionOrder(pods, now, nil) }
	}},
	{"Simulate with a lag of n seconds", 2_000, simulate},
}

// oneKey returns a selector with n requirements on one key.
func oneKey(n int) string {
	var text strings.Builder
	text.WriteString("a")
	for i := range n {
		fmt.Fprintf(&text, ",a!=v%d", i)
	}
	return text.String()
}

func list(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprint("v", i)
	}
	return strings.Join(values, ",")
}

func controller(i int, s selector.Selector) ownership.Controller {
	return ownership.Controller{Ref: ownership.Ref{Kind: "ReplicaSet", UID: fmt.Sprint(i)}, Namespace: "x", Selector: s}
}

func conflicts(text func(i int) string) func(n int) func() {
	return func(n int) func() {
		controllers := make([]ownership.Controller, n)
		for i := range controllers {
			controllers[i] = controller(i, selector.MustParse(text(i)))
		}
		return func() { ownership.Conflicts(controllers) }
	}
}

// simulate returns a simulation of n seconds in which every result takes effect only after the end.
func simulate(n int) func() {
	liveness, readiness := probe.Spec{Timing: probe.Timing{PeriodSeconds: 1}}, probe.Spec{Timing: probe.Timing{PeriodSeconds: 1}}
	spec := probe.ContainerSpec{Liveness: &liveness, Readiness: &readiness}
	flapping := make([]probe.Outcome, n)
	for i := range flapping {
		flapping[i] = []probe.Outcome{probe.Passed, probe.Failed}[i%2]
	}
	until := time.Duration(n) * time.Second
	c := probe.NewContainer(spec, probe.Options{Kubelet: true, Lag: until}, 0)
	return func() {
		for range probe.Simulate(c, 0, until, probe.Instance{Liveness: flapping, Readiness: flapping}) {
		}
	}
}

// processorTime returns the processor time that the program has used.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func main() {
	only := flag.String("only", "", "measure only the rows whose name contains this")
	flag.Parse()
	fmt.Printf("%s %s/%s, processor time, best of three\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Println("| input | n | time at n | 2n | 4n | exponent |\n|---|---|---|---|---|---|")
	for _, r := range rows {
		if !strings.Contains(r.name, *only) {
			continue
		}
		var took [3]time.Duration
		for i := range took {
			f := r.setup(r.n << i)
			took[i] = math.MaxInt64
			for range 3 {
				runtime.GC()
				start := processorTime()
				f()
				took[i] = min(took[i], processorTime()-start)
			}
		}
		exponent := math.Log2(float64(took[2])/float64(took[0])) / 2
		round := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
		fmt.Printf("| %s | %d | %v | %v | %v | %.1f |\n",
			r.name, r.n, round(took[0]), round(took[1]), round(took[2]), exponent)
	}
}
