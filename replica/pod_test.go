package replica_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// now is some moment; nothing in this package asks the clock for another.
var now = time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)

func must(s selector.Selector, err error) selector.Selector {
	if err != nil {
		panic(err)
	}
	return s
}

func TestState(t *testing.T) {
	readyFor := func(d time.Duration) replica.Pod {
		return replica.Pod{Phase: "Running", Ready: true, ReadySince: now.Add(-d)}
	}
	deleting := ownership.Object{Deleting: true}
	for name, tt := range map[string]struct {
		pod      replica.Pod
		minReady time.Duration
		want     replica.State
	}{
		"the zero pod":                        {replica.Pod{}, 0, replica.NotReady},
		"succeeded":                           {replica.Pod{Phase: "Succeeded", Ready: true}, 0, replica.Succeeded},
		"failed":                              {replica.Pod{Phase: "Failed", Ready: true}, 0, replica.Failed},
		"failed and being deleted":            {replica.Pod{Phase: "Failed", Object: deleting}, 0, replica.Failed},
		"succeeded and being deleted":         {replica.Pod{Phase: "Succeeded", Object: deleting}, 0, replica.Succeeded},
		"ready and being deleted":             {replica.Pod{Phase: "Running", Ready: true, Object: deleting}, 0, replica.Terminating},
		"pending":                             {replica.Pod{Phase: "Pending"}, 0, replica.NotReady},
		"lost its node":                       {replica.Pod{Phase: "Unknown"}, 0, replica.NotReady},
		"ready this moment, no minimum":       {readyFor(0), 0, replica.Available},
		"ready, negative minimum":             {readyFor(0), -time.Second, replica.Available},
		"ready later, negative minimum":       {readyFor(-time.Hour), -time.Second, replica.Available},
		"ready since unknown, no minimum":     {replica.Pod{Ready: true}, 0, replica.Available},
		"ready since unknown, some minimum":   {replica.Pod{Ready: true}, time.Nanosecond, replica.Ready},
		"a nanosecond short of the minimum":   {readyFor(10*time.Second - 1), 10 * time.Second, replica.Ready},
		"exactly the minimum":                 {readyFor(10 * time.Second), 10 * time.Second, replica.Available},
		"ready in the future, by other clock": {readyFor(-time.Second), time.Second, replica.Ready},
	} {
		if got := tt.pod.State(tt.minReady, now); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		if active := tt.want >= replica.NotReady; tt.pod.Active() != active {
			t.Errorf("%s: Active %v, want %v", name, tt.pod.Active(), active)
		}
	}
}

func TestEnumsFromText(t *testing.T) {
	var all struct {
		S replica.State
		R replica.Rule
		F daemon.Fit
		M daemon.Misfit
	}
	if err := json.Unmarshal([]byte(`{"S":"Ready","R":"Unready","F":"ShouldNotRun","M":"OtherNode"}`), &all); err != nil ||
		all.S != replica.Ready || all.R != replica.Unready || all.F != daemon.ShouldNotRun || all.M != daemon.OtherNode {
		t.Errorf("got %+v, %v", all, err)
	}
}

func TestEnumTexts(t *testing.T) {
	for want, e := range map[string]interface {
		String() string
		MarshalText() ([]byte, error)
	}{
		"Unset": replica.State(0), "Succeeded": replica.Succeeded, "Available": replica.Available, "State(7)": replica.State(7),
		"Unassigned": replica.Unassigned, "SmallerUID": replica.SmallerUID, "NoneStays": replica.NoneStays, "Duplicate": daemon.Duplicate,
		"Rule(99)": replica.Rule(99), "ShouldRun": daemon.ShouldRun, "ShouldNotRun": daemon.ShouldNotRun, "Fit(-1)": daemon.Fit(-1),
		"ShouldKeep": daemon.ShouldKeep, "None": daemon.Misfit(0), "NoScheduleTaint": daemon.NoScheduleTaint, "MoreRelated": replica.MoreRelated,
	} {
		text, err := e.MarshalText()
		if e.String() != want || string(text) != want || err != nil {
			t.Errorf("%T: String %q, MarshalText %q, %v; want %q", e, e, text, err, want)
		}
	}
}

// pods draws pods of a small world, each of its own UID: every phase, owner and label that makes a difference.
func pods() *rapid.Generator[[]replica.Pod] {
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
			p.Created = now.Add(-ages.Draw(t, "created"))
			if rapid.SampledFrom([]bool{true, true, false}).Draw(t, "of rs-1 and active") { // most are: otherwise no law sees a plan
				p.Namespace, p.Labels, p.ControlledBy = "x", map[string]string{"app": "web"}, ownership.Ref{UID: "rs-1"}
				p.Deleting, p.Phase = false, "Running"
			}
			if rapid.Bool().Draw(t, "ready time known") {
				p.ReadySince = now.Add(-ages.Draw(t, "ready since"))
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

// drawController draws one that mostly can act: a law about plans holds for nothing when hardly any is made.
func drawController(t *rapid.T) ownership.Controller {
	web := must(selector.FromLabels(map[string]string{"app": "web"}))
	return ownership.Controller{
		Ref:       ownership.Ref{Kind: "ReplicaSet", Name: "rs", UID: rapid.SampledFrom([]string{"rs-1", "rs-1", "rs-1", ""}).Draw(t, "uid")},
		Namespace: "x",
		Selector: rapid.SampledFrom([]selector.Selector{
			web, web, web, selector.Everything(), selector.Nothing(),
		}).Draw(t, "selector"),
		Deleting: rapid.IntRange(0, 4).Draw(t, "controller deleting") == 4,
	}
}
