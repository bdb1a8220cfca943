package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// flat prints how the time for equal answers depends on the number of objects and selectors. A small number
// of objects has only a few apps of one size. So some rows use as many selectors at each number of objects.
// The other rows use up to cycle selectors; with many objects their answers come from slower memory.
func flat(objects, selectors []int) {
	if len(objects) > 0 {
		fmt.Printf("\n### Equal answers, by the number of objects\n")
		few := map[int]int{} // by the size of an app: number of such apps at the first number of objects
		flatTable(objects, func(n int) []row {
			w, _ := newWorld(n, false, scan, rollcall, "roaring")
			var rows []row
			for _, size := range []int{10, 100} {
				var plain, narrow []*query
				for _, a := range w.cluster.apps {
					if a.size == size && !a.common && len(plain) < cycle {
						plain = append(plain, newQuery("", "app="+a.name))
						narrow = append(narrow, newQuery(a.namespace, "app="+a.name+",tier="+a.tier))
					}
				}
				if few[size] == 0 {
					few[size] = len(plain)
				}
				for _, turn := range []int{few[size], cycle} {
					name := fmt.Sprintf("%d answers, %d in turn", size, turn)
					turn = min(turn, len(plain))
					rows = append(rows,
						w.asks("app=…, "+name, plain[:turn]),
						w.asks("app=…,tier=… in a namespace, "+name, narrow[:turn]))
				}
			}
			return rows
		})
	}
	if len(selectors) > 0 {
		fmt.Printf("\n### Matches of a pod, by the number of selectors\n")
		flatTable(selectors, func(m int) []row {
			var rows []row
			for _, load := range workloads[:2] {
				f := newArena(m, false, load)
				pods := slices.DeleteFunc(f.pods, func(p *pod) bool {
					n := f.matchers[0].take("", p).n
					return n < 1 || n > 6
				})
				f.pods = pods[:min(cycle, len(pods))]
				rows = append(rows, f.matches("Match, "+load.name))
			}
			return rows
		})
	}
}

// asks returns the row for these queries, without the scan.
func (w *world) asks(name string, qs []*query) row {
	r := row{name: name, answers: w.verify(qs)}
	for i, o := range w.indexes[1:] {
		r.contestants = append(r.contestants, contestant{w.names[i+1], func(i int) { sink = o.take(qs[i%len(qs)]) }})
	}
	return r
}

// flatTable prints each contestant's time for each row and size, and the ratio of its longest to its shortest
// time.
func flatTable(sizes []int, rows func(n int) []row) {
	var table [][]string
	lines := map[string][]string{}
	spread := map[string][]float64{}
	var order []string
	head := []string{"", ""}
	for _, n := range sizes {
		head = append(head, fmt.Sprint(n))
		made := rows(n)
		manual()
		for _, r := range made {
			if !strings.Contains(r.name, *only) {
				continue
			}
			t := r.time()
			for _, c := range r.contestants {
				id := r.name + "|" + c.name
				if lines[id] == nil {
					lines[id] = []string{"`" + r.name + "`", c.name}
					order = append(order, id)
				}
				ns := median(t.times[c.name])
				lines[id] = append(lines[id], fmt.Sprintf("%s, %s answers", duration(ns), number(r.answers)))
				spread[id] = append(spread[id], ns)
			}
		}
	}
	table = append(table, append(head, "slowest by fastest"))
	for _, id := range order {
		table = append(table, append(lines[id], number(slices.Max(spread[id])/slices.Min(spread[id]))))
	}
	if len(order) > 0 {
		printTable(table)
	}
}

// nothing is an index that ignores all objects.
type nothing struct{ objects }

func (nothing) set(*pod)    {}
func (nothing) remove(*pod) {}

// churn changes about n objects at random, and prints the heap size of an index at intervals. Every
// pod-template-hash is new. The memory of the pods is measured first, without an index, and subtracted.
func churn(n, changes int) {
	fmt.Printf("\n### Churn: %d objects, %d changes\n", n, changes)
	const looks = 10
	table := [][]string{{"bytes for each object, after"}}
	for look := range looks + 1 {
		table[0] = append(table[0], fmt.Sprint(look*changes/looks))
	}
	table[0] = append(table[0], "built again")
	var flat []string
	var without []uint64
	for _, contestant := range []struct {
		name string
		new  func() objects
	}{{"", func() objects { return nothing{} }}, {rollcall, func() objects { return &ours{} }}, {"roaring", newBitmaps}} {
		if contestant.name != "" && !taking(contestant.name) {
			continue
		}
		c, random := newCluster(n, 4, false), rand.New(rand.NewPCG(5, 5))
		pods, gone := c.all(), []*pod(nil)
		for i, p := range pods {
			pods[i] = p.with(hashLabel, c.hash()) // after a long time every pod has a hash of its own
		}
		o := indexed(contestant.new(), pods)
		line, each := []string{contestant.name}, []float64(nil)
		for look := range looks + 1 {
			for left := changes / looks; look > 0 && left > 0; left -= 100_000 {
				pods, gone = churnSome(o, c, random, pods, gone, min(left, 100_000))
				collect(garbage)
			}
			if held := heap(); contestant.name == "" {
				without = append(without, held)
			} else {
				each = append(each, float64(held-without[look])/float64(len(pods)))
				line = append(line, number(each[look]))
			}
		}
		if contestant.name != "" {
			verifyChurned(contestant.name, o, pods)
			o = indexed(contestant.new(), pods)
			table = append(table, append(line, number(float64(heap()-without[looks])/float64(len(pods)))))
			if last := each[looks]; last > 1.1*each[2] { // by then all lists have their spare capacity
				flat = append(flat, fmt.Sprintf("- %s grows: %s bytes for each object, later %s", contestant.name, number(each[2]), number(last)))
			}
		}
		runtime.KeepAlive(o)
		runtime.KeepAlive(pods)
		runtime.KeepAlive(gone)
	}
	printTable(table)
	for _, text := range flat {
		fmt.Println(text)
	}
}

func indexed(o objects, pods []*pod) objects {
	for _, p := range pods {
		o.set(p)
	}
	return o
}

// churnSome makes a number of changes to present and to deleted pods, and returns both lists.
func churnSome(o objects, c *cluster, random *rand.Rand, pods, gone []*pod, changes int) (there, deleted []*pod) {
	for range changes {
		switch x := random.IntN(10); {
		case x < 2 && len(pods) > c.pods*98/100: // deleted
			i := random.IntN(len(pods))
			o.remove(pods[i])
			gone = append(gone, pods[i])
			pods[i] = pods[len(pods)-1]
			pods = pods[:len(pods)-1]
		case x < 4 && len(gone) > 0: // set again, some as another pod
			p := gone[len(gone)-1]
			gone = gone[:len(gone)-1]
			if x == 3 {
				p = &pod{key: p.namespace + "/again-" + c.hash(), namespace: p.namespace, labels: p.labels}
			}
			o.set(p)
			pods = append(pods, p)
		case x < 8: // rolled out
			i := random.IntN(len(pods))
			pods[i] = pods[i].with(hashLabel, c.hash())
			o.set(pods[i])
		default:
			i := random.IntN(len(pods))
			pods[i] = pods[i].with("zone", pick(random, zones), "version", pick(random, versions))
			o.set(pods[i])
		}
	}
	return pods, gone
}

// verifyChurned compares some answers with a scan.
func verifyChurned(name string, o objects, pods []*pod) {
	hash := hashLabel + "=" + pods[0].labels[hashLabel]
	for _, text := range []string{"tier=front,zone=a", "canary", "!team", "version in (v1,v2)", hash} {
		q := newQuery("", text)
		same(name, q, gather(o.find(q)), gather(func(yield func(string) bool) {
			for _, p := range pods {
				if q.upstream.Matches(labels.Set(p.labels)) && !yield(p.key) {
					return
				}
			}
		}))
	}
}
