package index_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// A pod is one of a realistic cluster: it has eight labels, and its app has one or two ReplicaSets.
type pod struct {
	key, namespace string
	labels         map[string]string
}

func cluster(n int) []pod {
	r := rand.New(rand.NewPCG(1, 2))
	pods := make([]pod, 0, n)
	for app := 0; len(pods) < n; app++ {
		namespace := fmt.Sprintf("team-%d", r.IntN(max(5, n/500)))
		tier := []string{"front", "front", "front", "back", "data"}[r.IntN(5)]
		for rs := range 1 + r.IntN(2) {
			for range 1 + r.IntN(25) {
				if len(pods) == n {
					break
				}
				labels := map[string]string{
					"app": fmt.Sprintf("app-%d", app), "pod-template-hash": fmt.Sprintf("%x-%d", app, rs), "tier": tier,
					"zone": []string{"a", "b", "c"}[r.IntN(3)], "team": fmt.Sprintf("team-%d", app%50), "version": fmt.Sprintf("v%d", app%12),
					"app.kubernetes.io/managed-by": "helm", "app.kubernetes.io/part-of": fmt.Sprintf("product-%d", app%100),
				}
				pods = append(pods, pod{fmt.Sprintf("%s/app-%d-%d", namespace, app, len(pods)), namespace, labels})
			}
		}
	}
	r.Shuffle(n, func(i, j int) { pods[i], pods[j] = pods[j], pods[i] })
	return pods
}

func indexed(pods []pod) *index.Objects[string] {
	var o index.Objects[string]
	for _, p := range pods {
		o.Set(p.key, p.namespace, p.labels)
	}
	return &o
}

// kinds are selectors that need different lookups.
var kinds = []string{
	"app=app-7",
	"app=app-7,tier=front,zone=a",
	"app in (app-1,app-2,app-3,app-4)",
	"app=app-7,zone notin (a)",
	"app=app-7,!canary",
	"tier=front",
	"tier=front,zone=a",
	"tier!=front",
	"",
}

func TestAllocations(t *testing.T) {
	pods := cluster(5000)
	o := indexed(pods)
	for _, text := range kinds {
		s := selector.MustParse(text)
		for _, namespace := range []string{"", pods[0].namespace} {
			n := 0
			if got := testing.AllocsPerRun(10, func() {
				for range o.Select(namespace, s) {
					n++
				}
				n += o.Count(namespace, s)
			}); got != 0 {
				t.Errorf("Select and Count of %q in %q allocate %v times", text, namespace, got)
			}
		}
	}
	if got := testing.AllocsPerRun(10, func() { o.Set(pods[0].key, pods[0].namespace, pods[0].labels) }); got != 0 {
		t.Errorf("Set of an unchanged object allocates %v times", got)
	}

	var s index.Selectors[int]
	for i, p := range pods {
		s.Set(i, p.namespace, selector.MustParse("app="+p.labels["app"]+",tier="+p.labels["tier"]))
	}
	s.Set(-1, "", selector.MustParse("!app"))
	s.Set(-2, "", selector.MustParse("tier!=front"))
	for _, namespace := range []string{"", pods[0].namespace} {
		n := 0
		if got := testing.AllocsPerRun(10, func() {
			for range s.Match(namespace, pods[0].labels) {
				n++
			}
		}); got != 0 {
			t.Errorf("Match in %q allocates %v times", namespace, got)
		}
	}

	if got := testing.AllocsPerRun(10, func() { // labels on the caller's stack stay there
		for range s.Match("", map[string]string{"app": pods[0].labels["app"], "tier": pods[0].labels["tier"]}) {
		}
	}); got != 0 {
		t.Errorf("Match of labels on the stack allocates %v times", got)
	}

	var j index.Join[string, int]
	j.SetSelector(1, "", selector.MustParse("tier=front"))
	for _, p := range pods[:100] {
		j.SetObject(p.key, p.namespace, p.labels)
	}
	if got := testing.AllocsPerRun(10, func() { j.SetObject(pods[0].key, pods[0].namespace, pods[0].labels) }); got != 0 {
		t.Errorf("SetObject of an unchanged object allocates %v times", got)
	}
}

// An object takes little memory besides its key and its eight labels, which other objects have too.
func TestMemory(t *testing.T) {
	const n, most = 100_000, 100
	pods := cluster(n)
	before := heap()
	o := indexed(pods)
	each := float64(heap()-before) / n
	t.Logf("%.1f bytes an object", each)
	if each > most {
		t.Errorf("%.1f bytes an object, want at most %d", each, most)
	}
	for _, p := range pods[:n-n/10] {
		o.Delete(p.key)
	}
	// The index is rebuilt when three quarters are deleted. Later deletions wait for the next rebuild.
	if left := float64(heap()-before) / n; left > each/3 {
		t.Errorf("%.1f bytes an object, and %.1f when nine tenths are deleted", each, left)
	}
	runtime.KeepAlive(pods)
	runtime.KeepAlive(o)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkSelect(b *testing.B) {
	pods := cluster(100_000)
	o := indexed(pods)
	for _, text := range kinds {
		s := selector.MustParse(text)
		b.Run(fmt.Sprintf("%q", text), func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for range o.Select("", s) {
					n++
				}
			}
			b.ReportMetric(float64(n)/float64(b.N), "answers")
		})
	}
}

func BenchmarkRelabel(b *testing.B) {
	pods := cluster(100_000)
	o := indexed(pods)
	pods = pods[:256]
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		p := &pods[i%len(pods)]
		p.labels["zone"] = []string{"a", "b", "c"}[i/len(pods)%3]
		o.Set(p.key, p.namespace, p.labels)
		i++
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, m := range []int{100, 10_000, 100_000} {
		pods := cluster(max(1000, m))
		var s index.Selectors[int]
		for i := range m {
			s.Set(i, "", selector.MustParse(fmt.Sprintf("app=app-%d,tier=%s", i, []string{"front", "back", "data", "batch"}[i%4])))
		}
		b.Run(fmt.Sprint(m), func(b *testing.B) {
			b.ReportAllocs()
			n, i := 0, 0
			for b.Loop() {
				for range s.Match("", pods[i%256].labels) {
					n++
				}
				i++
			}
			b.ReportMetric(float64(n)/float64(b.N), "matches")
		})
	}
}

func BenchmarkJoin(b *testing.B) {
	pods := cluster(10_000)
	var j index.Join[string, int]
	for i := range 2000 {
		j.SetSelector(i, "", selector.MustParse(fmt.Sprintf("app=app-%d,zone=%s", i%500, []string{"a", "b", "c"}[i%3])))
	}
	for _, p := range pods {
		j.SetObject(p.key, p.namespace, p.labels)
	}
	n, i := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		p := &pods[i%256]
		p.labels["zone"] = []string{"a", "b", "c"}[i/256%3]
		n += len(j.SetObject(p.key, p.namespace, p.labels))
		i++
	}
	b.ReportMetric(float64(n)/float64(b.N), "events")
}
