package podtest

import (
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// Now is the time of the random pods.
var Now = time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)

// Draw draws up to eight pods of a small world, each with a UID of its own: every phase, owner and label that
// makes a difference.
func Draw() *rapid.Generator[[]replica.Pod] {
	return rapid.Custom(func(t *rapid.T) []replica.Pod {
		ps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) replica.Pod {
			p := replica.Pod{
				Object: ownership.Object{
					Namespace:    rapid.SampledFrom([]string{"x", "y"}).Draw(t, "namespace"),
					Labels:       rapid.SampledFrom([]map[string]string{{"app": "web"}, {"app": "web", "rev": "1"}, {"app": "web", "rev": "2"}, {"app": "db"}, nil}).Draw(t, "labels"),
					ControlledBy: rapid.SampledFrom([]ownership.Ref{{}, {UID: "rs-1"}, {UID: "rs-1"}, {UID: "rs-2"}}).Draw(t, "owner"),
					Deleting:     rapid.IntRange(0, 3).Draw(t, "deleting") == 3,
				},
				Node:            rapid.SampledFrom([]string{"", "n1", "n2", "n3", "n4"}).Draw(t, "node"),
				Target:          rapid.SampledFrom([]string{"", "n1", "n2", "gone"}).Draw(t, "target"),
				Phase:           rapid.SampledFrom([]string{"", "Pending", "Running", "Running", "Unknown", "Succeeded", "Failed"}).Draw(t, "phase"),
				Revision:        rapid.SampledFrom([]string{"", "old", "new"}).Draw(t, "revision"),
				Ready:           rapid.Bool().Draw(t, "ready"),
				Restarts:        rapid.Int32Range(0, 2).Draw(t, "restarts"),
				SidecarRestarts: rapid.Int32Range(0, 1).Draw(t, "sidecar restarts"),
				DeletionCost:    rapid.Int32Range(-1, 1).Draw(t, "cost"),
			}
			ages := rapid.SampledFrom([]time.Duration{-time.Second, 0, time.Second, 100 * time.Second, 101 * time.Second, time.Hour})
			p.Created = Now.Add(-ages.Draw(t, "created"))
			if rapid.SampledFrom([]bool{true, true, false}).Draw(t, "of rs-1 and active") { // most are, so that most plans are not empty
				p.Namespace, p.Labels, p.ControlledBy = "x", map[string]string{"app": "web"}, ownership.Ref{UID: "rs-1"}
				p.Deleting, p.Phase = false, "Running"
			}
			if rapid.Bool().Draw(t, "ready time known") {
				p.ReadySince = Now.Add(-ages.Draw(t, "ready since"))
			}
			return p
		}), 0, 8).Draw(t, "pods")
		for i := range ps {
			ps[i].UID = string(rune('a' + i))
			ps[i].Name = "pod-" + ps[i].UID
		}
		return ps
	})
}

// DrawController draws a controller for these pods that can act in most cases, so that most plans are not
// empty.
func DrawController(t *rapid.T) ownership.Controller {
	web := selector.MustParse("app=web")
	return ownership.Controller{
		Ref:       ownership.Ref{Kind: "ReplicaSet", Name: "rs", UID: rapid.SampledFrom([]string{"rs-1", "rs-1", "rs-1", ""}).Draw(t, "uid")},
		Namespace: "x",
		Selector: rapid.SampledFrom([]selector.Selector{
			web, web, web, selector.Everything(), selector.Nothing(),
		}).Draw(t, "selector"),
		Deleting: rapid.IntRange(0, 4).Draw(t, "controller deleting") == 4,
	}
}
