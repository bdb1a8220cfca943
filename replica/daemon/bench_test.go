package daemon_test

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

func BenchmarkDiff(b *testing.B) {
	ps := make([]replica.Pod, 1000)
	nodes := make([]daemon.Node, len(ps))
	for i := range nodes {
		nodes[i] = daemon.Node{Name: fmt.Sprintf("n%d", i), Labels: map[string]string{"disk": "ssd"}}
		ps[i] = replica.Pod{Object: ownership.Object{Name: nodes[i].Name, UID: nodes[i].Name}, Node: nodes[i].Name, Phase: "Running", Ready: true, ReadySince: noon}
	}
	b.ReportAllocs()
	for b.Loop() {
		if plan := daemon.Diff(nodes, ps, ssd, noon); plan.Status.Current != 1000 {
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
