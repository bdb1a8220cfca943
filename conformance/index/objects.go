package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A world holds the pods of a cluster, and the contestants' indexes of them.
type world struct {
	cluster *cluster
	pods    []*pod
	names   []string
	indexes []objects
}

// cycle is the number of selectors or objects that a row uses in turn.
const cycle = 64

// newWorld generates a cluster and builds the indexes of the named contestants, or of all that take part. For
// each it returns a line of the table of builds.
func newWorld(n int, unique bool, named ...string) (*world, [][2]string) {
	c := newCluster(n, 1, unique)
	w := &world{cluster: c, pods: c.all()}
	var built [][2]string
	for _, i := range indexes {
		if !taking(i.name) || len(named) > 0 && !slices.Contains(named, i.name) {
			continue
		}
		before, start := heap(), time.Now()
		o := i.new()
		for _, p := range w.pods {
			o.set(p)
		}
		took := time.Since(start)
		built = append(built, [2]string{
			duration(float64(took.Nanoseconds()) / float64(n)), number(float64(heap()-before) / float64(n)),
		})
		w.names, w.indexes = append(w.names, i.name), append(w.indexes, o)
	}
	return w, built
}

// timeObjects prints the tables of Objects for n objects.
func timeObjects(n int) {
	fmt.Printf("\n### Objects: %d\n", n)
	builds(n)
	w, _ := newWorld(n, false)
	manual()
	fmt.Printf("\n%d namespaces, %d apps.\n", len(w.cluster.namespaces), len(w.cluster.apps))
	report := newReport("answers", "rollcall", scan, "client-go", "Prometheus", "roaring")
	for _, r := range w.rows() {
		report.add(r)
	}
	for _, r := range w.changes() {
		report.add(r.row)
		r.restore()
	}
	report.print()
	w.verify(w.cluster.queries(1, false, kinds[0].text))
	runtime.KeepAlive(w)
}

// builds prints the time to build the indexes, and their memory without the objects.
func builds(n int) {
	_, mixed := newWorld(n, false)
	w, unique := newWorld(n, true)
	table := [][]string{{"", "build, each", "with a label of its own", "bytes, each", "with a label of its own"}}
	for i, name := range w.names {
		table = append(table, []string{name, mixed[i][0], unique[i][0], mixed[i][1], unique[i][1]})
	}
	printTable(table)
}

// rows returns the rows with queries. Every answer is checked first; with many objects, only the answers for
// a few selectors of each row.
func (w *world) rows() []row {
	var rows []row
	for _, within := range []bool{false, true} {
		for i, k := range kinds {
			if k.narrow && !within {
				continue
			}
			qs := w.cluster.queries(cycle, within, k.text)
			name := k.name
			if within {
				name += " in a namespace"
			}
			r := row{name: name, selective: k.selective && !within, answers: w.verify(qs)}
			count := row{name: "Count " + name, selective: k.selective && !within, answers: -1, asks: true}
			for i, o := range w.indexes {
				r.contestants = append(r.contestants, contestant{w.names[i], func(i int) { sink = o.take(qs[i%cycle]) }})
				count.contestants = append(count.contestants, contestant{w.names[i], func(i int) { sink.n = o.count(qs[i%cycle]) }})
			}
			if rows = append(rows, r); i == 1 || k.name == "tier=front" || k.name == "tier=front,zone=…" {
				rows = append(rows, count)
			}
		}
	}
	return rows
}

// verify compares the answers of all contestants with the scan, and returns the average number of answers.
func (w *world) verify(qs []*query) float64 {
	total := 0
	for i, q := range qs {
		total += w.indexes[len(w.indexes)-1].count(q)
		if i > 2 && len(w.pods) > 20_000 {
			continue
		}
		want := gather(w.indexes[0].find(q))
		for i, o := range w.indexes {
			same(w.names[i], q, gather(o.find(q)), want)
			if n := o.count(q); n != want.n {
				panic(fmt.Sprintf("%s, %s: counts %d, scan %d", q, w.names[i], n, want.n))
			}
		}
	}
	return float64(total) / float64(len(qs))
}

// A change is a row that changes objects.
type change struct {
	row
	restore func() // restores the objects
}

// changes returns the rows that change objects, each a number of objects in turn.
func (w *world) changes() []change {
	random := w.cluster.random
	other := func(value string, of []string) string { return of[(slices.Index(of, value)+1)%len(of)] }
	return []change{
		w.relabel("relabel: zone", func(p *pod) []*pod {
			a := p.with("zone", other(p.labels["zone"], zones))
			return []*pod{a, a.with("zone", other(a.labels["zone"], zones)), p}
		}),
		w.relabel("relabel: canary, which few have", func(p *pod) []*pod {
			return []*pod{p.with("canary", "new"), p.with("canary", "")}
		}),
		w.relabel("relabel: pod-template-hash, to that of another", func(p *pod) []*pod {
			return []*pod{p.with(hashLabel, pick(random, w.pods).labels[hashLabel]), p}
		}),
		w.relabel("relabel: pod-template-hash, to a new one", func(p *pod) []*pod {
			return []*pod{p.with(hashLabel, w.cluster.hash()), p.with(hashLabel, w.cluster.hash()), p}
		}),
		w.relabel("set again, unchanged", func(p *pod) []*pod { return []*pod{p.with()} }),
		w.relabel("delete and set", func(p *pod) []*pod { return []*pod{nil} }),
	}
}

// relabel returns the row that replaces an object by each result of become in turn. The result nil deletes
// the object and adds it again.
func (w *world) relabel(name string, become func(p *pod) []*pod) change {
	var was []*pod
	var states [][]*pod
	for i := range min(4*cycle, len(w.pods)) {
		p := w.pods[i*(len(w.pods)/min(4*cycle, len(w.pods)))]
		was, states = append(was, p), append(states, become(p))
	}
	c := change{row: row{name: name, answers: -1}}
	for i, o := range w.indexes {
		c.contestants = append(c.contestants, contestant{w.names[i], func(i int) {
			j := i % len(was)
			if p := states[j][i/len(was)%len(states[j])]; p != nil {
				o.set(p)
			} else {
				o.remove(was[j])
				o.set(was[j])
			}
		}})
	}
	c.restore = func() {
		for _, o := range w.indexes {
			for _, p := range was {
				o.set(p)
			}
		}
	}
	return c
}
