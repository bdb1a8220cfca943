package replica_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// thousand returns a controller and a thousand pods of it, created and ready a second apart.
func thousand() (ownership.Controller, []replica.Pod) {
	c := ownership.Controller{
		Ref: ownership.Ref{Kind: "ReplicaSet", Name: "web", UID: "rs-1"}, Namespace: "x",
		Selector: check.Must(selector.FromLabels(map[string]string{"app": "web"})),
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

func BenchmarkSync(b *testing.B) {
	c, ps := thousand()
	b.ReportAllocs()
	for b.Loop() {
		if plan := replica.Sync(c, 500, ps, now, replica.Options{}); len(plan.Delete) != 500 {
			b.Fatal(plan)
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
