package replica_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// before is upstream's relation as a list of sentences about two pods: a is deleted before b. It is not
// transitive.
func before(a, b *replica.Pod, related map[string]int) bool {
	phase := map[string]int{"Unknown": 1, "Running": 2}
	switch {
	case (a.Node == "") != (b.Node == ""):
		return a.Node == ""
	case phase[a.Phase] != phase[b.Phase]:
		return phase[a.Phase] < phase[b.Phase]
	case a.Ready != b.Ready:
		return b.Ready
	case a.DeletionCost != b.DeletionCost:
		return a.DeletionCost < b.DeletionCost
	case related[a.Node] != related[b.Node]:
		return related[a.Node] > related[b.Node]
	case a.Ready && !a.ReadySince.Equal(b.ReadySince):
		return youngerOrSmaller(a, b, a.ReadySince, b.ReadySince)
	case a.Restarts != b.Restarts:
		return a.Restarts > b.Restarts
	case a.SidecarRestarts != b.SidecarRestarts:
		return a.SidecarRestarts > b.SidecarRestarts
	case !a.Created.Equal(b.Created):
		return youngerOrSmaller(a, b, a.Created, b.Created)
	default:
		return false
	}
}

// youngerOrSmaller compares two different times in powers of two, and UIDs if both are in one.
func youngerOrSmaller(a, b *replica.Pod, ta, tb time.Time) bool {
	power := func(t time.Time) float64 {
		switch d := now.Sub(t); {
		case t.IsZero():
			return math.Inf(-1)
		case d <= 0:
			return -1
		default:
			return math.Floor(math.Log2(float64(d)))
		}
	}
	if power(ta) != power(tb) {
		return power(ta) < power(tb)
	}
	return a.UID < b.UID
}

// components returns, for each pod, how many pods are certain to go before it and how many before or together
// with it: the pods that reach it, where a pod reaches another if it may stand directly before it in
// upstream's order, by any number of steps.
func components(ps []replica.Pod, related map[string]int) (certain, possible []int) {
	reach := make([][]bool, len(ps))
	for i := range ps {
		reach[i] = make([]bool, len(ps))
		for j := range ps {
			reach[i][j] = !before(&ps[j], &ps[i], related)
		}
	}
	for k := range ps {
		for i := range ps {
			for j := range ps {
				reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
			}
		}
	}
	certain, possible = make([]int, len(ps)), make([]int, len(ps))
	for j := range ps {
		for i := range ps {
			switch {
			case reach[i][j] && !reach[j][i]:
				certain[j]++
				possible[j]++
			case reach[i][j]:
				possible[j]++
			}
		}
	}
	return certain, possible
}

// drawRollout draws pods of one rollout: all run, and most differ in few times, restarts and UIDs only.
func drawRollout(t *rapid.T) []replica.Pod {
	ages := rapid.SampledFrom([]time.Duration{70 * time.Second, 100 * time.Second, 101 * time.Second, 102 * time.Second, time.Hour})
	ps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) replica.Pod {
		p := replica.Pod{Node: "n1", Phase: "Running", Ready: rapid.IntRange(0, 4).Draw(t, "ready") > 0}
		p.ReadySince, p.Created = now.Add(-ages.Draw(t, "ready since")), now.Add(-ages.Draw(t, "created"))
		p.Restarts, p.SidecarRestarts = rapid.Int32Range(0, 2).Draw(t, "restarts"), rapid.Int32Range(0, 1).Draw(t, "sidecar restarts")
		if rapid.IntRange(0, 9).Draw(t, "ready time unknown") == 0 {
			p.ReadySince = time.Time{}
		}
		return p
	}), 0, 20).Draw(t, "pods")
	uids := rapid.Permutation([]rune("abcdefghijklmnopqrst")).Draw(t, "UIDs")
	for i := range ps {
		ps[i].UID = string(uids[i])
	}
	return ps
}

// The order respects what is the same for every order of arrival: a pod that is certain to go before another
// one does. Within a component, no pod stands directly behind one that it goes before, as in each of
// upstream's orders of up to twelve pods.
func TestDeletionOrderIsOneOfUpstreams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		related := map[string]int{"n1": 2, "n2": 1, "": 1}
		ps := drawRollout(t)
		if rapid.Bool().Draw(t, "of all kinds") {
			ps = podtest.Draw().Draw(t, "pods")
			ps = slices.DeleteFunc(ps, func(p replica.Pod) bool { return !p.Active() })
		}
		certain, possible := components(ps, related)
		order := replica.DeletionOrder(ps, now, related)
		for place, i := range order {
			if place < certain[i] || place >= possible[i] {
				t.Fatalf("pod %s is at %d of %v, want at least %d and less than %d", ps[i].UID, place, order, certain[i], possible[i])
			}
			if place > 0 && len(ps) <= 12 && before(&ps[i], &ps[order[place-1]], related) {
				t.Fatalf("pod %s stands directly behind %s", ps[i].UID, ps[order[place-1]].UID)
			}
		}
	})
}

func TestDeletionOrderDoesNotDependOnTheOrderOfPods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := drawRollout(t)
		shuffled := rapid.Permutation(ps).Draw(t, "shuffled")
		uids := func(ps []replica.Pod) (uids []string) {
			for _, i := range replica.DeletionOrder(ps, now, nil) {
				uids = append(uids, ps[i].UID)
			}
			return uids
		}
		if diff := cmp.Diff(uids(ps), uids(shuffled)); diff != "" {
			t.Fatalf("(-as given +shuffled):\n%s", diff)
		}
	})
}

// The pods of finding F4, whose order is a cycle: A before B before C before A.
func TestDeletionOrderOfACycle(t *testing.T) {
	running := func(uid string, ready time.Duration, restarts int32) replica.Pod {
		return replica.Pod{Object: ownership.Object{UID: uid}, Node: "n1", Phase: "Running", Ready: true, ReadySince: now.Add(-ready), Restarts: restarts}
	}
	ps := []replica.Pod{running("3", 100*time.Second, 5), running("1", 100*time.Second, 0), running("2", 101*time.Second, 0)}
	if !before(&ps[0], &ps[1], nil) || !before(&ps[1], &ps[2], nil) || !before(&ps[2], &ps[0], nil) {
		t.Fatal("the pods are no cycle")
	}
	rules := map[replica.Rule]bool{}
	for want := 1; want <= 2; want++ {
		for _, d := range replica.Diff(want, ps, now, replica.Options{}).Delete {
			rules[d.Rule] = true
		}
	}
	if !rules[replica.NotTransitive] {
		t.Errorf("rules %v, want NotTransitive among them", rules)
	}
}

// Kubernetes' ReplicaSet controller deletes pod a: ready times within one power of two are compared by UID,
// and restarts are not.
func TestDeletionOrderOfARollout(t *testing.T) {
	at := func(text string) time.Time { return check.Must(time.Parse(time.RFC3339, text)) }
	pod := func(uid, ready string, restarts int32) replica.Pod {
		return replica.Pod{
			Object: ownership.Object{Name: uid, UID: uid}, Node: "n" + uid, Phase: "Running", Ready: true,
			ReadySince: at(ready), Created: at("2026-03-01T09:59:00Z"), Restarts: restarts,
		}
	}
	ps := []replica.Pod{pod("a", "2026-03-01T10:00:00Z", 0), pod("b", "2026-03-01T10:00:40Z", 2)}
	want := []replica.Deletion{{Index: 0, Rule: replica.SimilarReadyTime}}
	if got := replica.Diff(1, ps, at("2026-03-01T11:00:00Z"), replica.Options{}).Delete; !slices.Equal(got, want) {
		t.Errorf("deletes %v, want %v", got, want)
	}
}

// Extreme numbers do not overflow.
func TestRulesOfExtremeNumbers(t *testing.T) {
	at := func(node string, restarts, cost int32) replica.Pod {
		return replica.Pod{Node: node, Restarts: restarts, SidecarRestarts: restarts, DeletionCost: cost}
	}
	related := map[string]int{"most": math.MaxInt, "least": math.MinInt}
	for _, tt := range []struct{ goes, stays replica.Pod }{
		{at("most", 0, 0), at("none", 0, 0)},
		{at("none", 0, 0), at("least", 0, 0)},
		{at("most", 0, 0), at("least", 0, 0)},
		{at("n", math.MaxInt32, 0), at("n", math.MinInt32, 0)},
		{at("n", 0, 0), at("n", math.MinInt32, 0)},
		{at("n", 0, math.MinInt32), at("n", 0, math.MaxInt32)},
	} {
		for _, ps := range [][]replica.Pod{{tt.goes, tt.stays}, {tt.stays, tt.goes}} {
			if first := ps[replica.DeletionOrder(ps, now, related)[0]]; first.Node != tt.goes.Node || first.Restarts != tt.goes.Restarts || first.DeletionCost != tt.goes.DeletionCost {
				t.Errorf("%+v does not go before %+v", tt.goes, tt.stays)
			}
		}
	}
}

func TestRelated(t *testing.T) {
	pod := func(node, phase, rev string) replica.Pod {
		return replica.Pod{Object: ownership.Object{Labels: map[string]string{"app": "web", "rev": rev}}, Node: node, Phase: phase}
	}
	leaving := pod("n1", "Running", "1")
	leaving.Deleting = true
	ps := []replica.Pod{
		pod("n1", "Running", "1"), pod("n1", "Pending", "2"), pod("n2", "Running", "2"), pod("", "Pending", "2"),
		pod("n1", "Running", "3"), pod("n1", "Failed", "1"), pod("n2", "Succeeded", "1"), leaving,
	}
	rev := func(value string) selector.Selector {
		return check.Must(selector.FromLabels(map[string]string{"rev": value}))
	}
	for _, tt := range []struct {
		selectors []selector.Selector
		want      map[string]int
	}{
		{nil, map[string]int{}},
		{[]selector.Selector{rev("1")}, map[string]int{"n1": 1}},
		{[]selector.Selector{rev("1"), rev("2")}, map[string]int{"n1": 2, "n2": 1, "": 1}},
		{[]selector.Selector{rev("2"), rev("2"), selector.Everything()}, map[string]int{"n1": 3, "n2": 1, "": 1}},
	} {
		if got := replica.Related(ps, tt.selectors...); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%v: %v, want %v", tt.selectors, got, tt.want)
		}
	}
}

func TestDeletionCost(t *testing.T) {
	for text, want := range map[string]int32{
		"": 0, "0": 0, "1": 1, "-1": -1, "100": 100, "2147483647": math.MaxInt32, "-2147483648": math.MinInt32,
		// What upstream refuses, and what, strangely, it does not.
		"+5": 0, "05": 0, "00": 0, "-05": -5, "-0": 0, "-": 0,
		"2147483648": 0, "-2147483649": 0, " 1": 0, "1 ": 0, "1.5": 0, "1e3": 0, "0x10": 0, "1_000": 0, "ten": 0, "٣": 0,
	} {
		if got := replica.DeletionCost(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestPhrases(t *testing.T) {
	for r := replica.Unassigned; r <= replica.NoneStays; r++ {
		if r.Phrase() == "" || r.Phrase() == r.String() {
			t.Errorf("%v: no phrase", r)
		}
	}
	for _, r := range []replica.Rule{-1, 0, replica.NoneStays + 1} {
		if r.Phrase() != r.String() {
			t.Errorf("%v: %q", r, r.Phrase())
		}
	}
}

func TestFailureReason(t *testing.T) {
	for want, plan := range map[string]replica.Plan{
		"FailedCreate": {Create: 1},
		"FailedDelete": {Delete: make([]replica.Deletion, 1)},
		"":             {},
	} {
		if got := plan.FailureReason(); got != want {
			t.Errorf("%+v: %q, want %q", plan, got, want)
		}
	}
}
