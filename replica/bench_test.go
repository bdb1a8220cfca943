package replica_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// thousand returns a controller and a thousand pods of it, created and ready a second apart.
func thousand() (ownership.Controller, []replica.Pod) {
	c := ownership.Controller{
		Ref: ownership.Ref{Kind: "ReplicaSet", Name: "web", UID: "rs-1"}, Namespace: "x",
		Selector: must(selector.FromLabels(map[string]string{"app": "web"})),
	}
	ps := make([]replica.Pod, 1000)
	for i := range ps {
		since := now.Add(-time.Duration(i) * time.Second)
		ps[i] = replica.Pod{
			Object: ownership.Object{
				Namespace: "x", Name: fmt.Sprintf("web-%d", i), UID: fmt.Sprintf("uid-%d", i*7919%1000),
				Labels: map[string]string{"app": "web", "pod-template-hash": "6c4969cbd"}, ControlledBy: c.Ref,
			},
			Node: "n1", Phase: "Running", Ready: true, ReadySince: since, Created: since,
		}
	}
	return c, ps
}

func BenchmarkJudge(b *testing.B) {
	c, ps := thousand()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if v := replica.Judge(c, ps[i%len(ps)], 0, now); !v.Counted {
			b.Fatal(v)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	_, ps := thousand()
	for _, want := range []int{0, 500, 1000} {
		b.Run(fmt.Sprintf("pods=1000/want=%d", want), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				replica.Diff(want, ps, now, replica.Options{})
			}
		})
	}
}

func BenchmarkReconcile(b *testing.B) {
	c, ps := thousand()
	b.ReportAllocs()
	for b.Loop() {
		if pass := replica.Sync(c, 500, ps, now, replica.Options{}); len(pass.Delete) != 500 {
			b.Fatal(pass)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	_, ps := thousand()
	related := replica.Related(ps, selector.Everything())
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if replica.Compare(ps[i%1000], ps[(i+1)%1000], now, related) == 0 {
			b.Fatal("two pods are one")
		}
	}
}

func BenchmarkSummarize(b *testing.B) {
	_, ps := thousand()
	template := map[string]string{"app": "web"}
	b.ReportAllocs()
	for b.Loop() {
		if s := replica.Summarize(ps, template, time.Minute, now); s.Replicas != 1000 {
			b.Fatal(s)
		}
	}
}

func BenchmarkDiffNodes(b *testing.B) {
	_, ps := thousand()
	nodes := make([]daemon.Node, len(ps))
	for i := range nodes {
		nodes[i] = daemon.Node{Name: fmt.Sprintf("n%d", i), Labels: map[string]string{"disk": "ssd"}}
		ps[i].Node = nodes[i].Name
	}
	b.ReportAllocs()
	for b.Loop() {
		if plan := daemon.Diff(nodes, ps, ssd, now); plan.Current != 1000 {
			b.Fatal(plan)
		}
	}
}

func BenchmarkPlacementOn(b *testing.B) {
	affinity, err := daemon.CompileAffinity([]daemon.NodeSelectorTerm{
		{MatchExpressions: []selector.Requirement{{Key: "gpu", Operator: selector.Exists}}},
		{MatchExpressions: []selector.Requirement{{Key: "cpus", Operator: selector.GreaterThan, Values: []string{"4"}}}},
	})
	if err != nil {
		b.Fatal(err)
	}
	p := ssd
	p.Affinity, p.Tolerations = affinity, []daemon.Toleration{{Key: "dedicated", Operator: "Exists"}}
	n := daemon.Node{
		Name: "n1", Labels: map[string]string{"disk": "ssd", "cpus": "8", "zone": "a"},
		Taints: []daemon.Taint{{Key: "node.kubernetes.io/unschedulable", Effect: "NoSchedule"}, {Key: "dedicated", Value: "db", Effect: "NoSchedule"}},
	}
	b.ReportAllocs()
	for b.Loop() {
		if fit, _ := p.On(n); fit != daemon.ShouldRun {
			b.Fatal(fit)
		}
	}
}
