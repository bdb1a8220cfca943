package replica_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

func sign(c int) int { return cmp.Compare(c, 0) }

// goesFirst is the order of deletion as a list of rules, one after another, each a sentence about both pods.
func goesFirst(a, b *replica.Pod, now time.Time, related map[string]int) bool {
	phase := map[string]int{"Unknown": 1, "Running": 2}
	age := func(t time.Time) float64 {
		switch d := now.Sub(t); {
		case t.IsZero():
			return math.Inf(-1)
		case d <= 0:
			return -1
		default:
			return math.Floor(math.Log2(float64(d)))
		}
	}
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
	case a.Ready && age(a.ReadySince) != age(b.ReadySince):
		return age(a.ReadySince) < age(b.ReadySince)
	case a.Restarts != b.Restarts:
		return a.Restarts > b.Restarts
	case a.SidecarRestarts != b.SidecarRestarts:
		return a.SidecarRestarts > b.SidecarRestarts
	case age(a.Created) != age(b.Created):
		return age(a.Created) < age(b.Created)
	default:
		return a.UID < b.UID
	}
}

func TestCompareAgainstTheRules(t *testing.T) {
	related := map[string]int{"n1": 2, "n2": 1, "": 1}
	rapid.Check(t, func(t *rapid.T) {
		ps := pods().Draw(t, "pods")
		for i := range ps {
			for j := range ps {
				got := replica.Compare(ps[i], ps[j], now, related)
				if first := goesFirst(&ps[i], &ps[j], now, related); first != (got < 0) || (i == j) != (got == 0) {
					t.Fatalf("%+v\n%+v\ncompare %d, the first goes first: %v", ps[i], ps[j], got, first)
				}
			}
		}
	})
}

// total checks that every pair of the pods has one order, and every triple no circle.
func total(ps []replica.Pod, related map[string]int) error {
	order := make([][]int, len(ps))
	for i := range ps {
		order[i] = make([]int, len(ps))
		for j := range ps {
			order[i][j] = sign(replica.Compare(ps[i], ps[j], now, related))
		}
	}
	for i := range ps {
		for j := range ps {
			if order[i][j] != -order[j][i] || (order[i][j] == 0) != (i == j) {
				return fmt.Errorf("%+v and %+v: %d, the other way round %d", ps[i], ps[j], order[i][j], order[j][i])
			}
			for k := range ps {
				if order[i][j] < 0 && order[j][k] < 0 && order[i][k] >= 0 {
					return fmt.Errorf("a circle of %+v, %+v, %+v", ps[i], ps[j], ps[k])
				}
			}
		}
	}
	return nil
}

func TestCompareIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := total(pods().Draw(t, "pods"), map[string]int{"n1": 2, "n2": 1}); err != nil {
			t.Fatal(err)
		}
	})
}

// Everything by which pods that run on nodes can be told apart, and the UIDs the other way round: each in all combinations with
// the others. This is where upstream's order goes round in a circle.
func TestCompareIsTotalInASmallWorld(t *testing.T) {
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	var world []replica.Pod
	for _, ready := range []time.Time{{}, now, ago(100 * time.Second), ago(101 * time.Second), ago(time.Hour)} {
		for _, restarts := range []int32{0, 5} {
			for _, sidecars := range []int32{0, 5} {
				for _, created := range []time.Time{{}, ago(101 * time.Second), ago(102 * time.Second), ago(time.Hour)} {
					for _, node := range []string{"n1", "n2"} {
						world = append(world, replica.Pod{
							Object: ownership.Object{UID: fmt.Sprint("uid-", 1000-len(world)*7919%1000)}, Node: node, Phase: "Running",
							Ready: true, ReadySince: ready, Created: created, Restarts: restarts, SidecarRestarts: sidecars,
						})
					}
				}
			}
		}
	}
	world = append(world, replica.Pod{}, replica.Pod{Object: ownership.Object{Name: "a"}}, replica.Pod{Object: ownership.Object{Name: "a", Namespace: "x"}},
		replica.Pod{Node: "n1"}, replica.Pod{Phase: "Running"}, replica.Pod{Ready: true}, replica.Pod{DeletionCost: 1}, replica.Pod{DeletionCost: -1})
	if err := total(world, map[string]int{"n1": 1}); err != nil {
		t.Error(err)
	}
}

// The pods of finding F4, for which upstream's order goes round: A before B before C before A.
func TestNoCircle(t *testing.T) {
	running := func(uid string, ready time.Duration, restarts int32) replica.Pod {
		return replica.Pod{Object: ownership.Object{Name: uid, UID: uid}, Node: "n1", Phase: "Running", Ready: true, ReadySince: now.Add(-ready), Restarts: restarts}
	}
	a, b, c := running("3", 100*time.Second, 5), running("1", 100*time.Second, 0), running("2", 101*time.Second, 0)
	for _, ps := range [][]replica.Pod{{a, b, c}, {a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}} {
		slices.SortFunc(ps, func(a, b replica.Pod) int { return replica.Compare(a, b, now, nil) })
		if got := ps[0].Name + ps[1].Name + ps[2].Name; got != "312" {
			t.Errorf("order %s, want 312: restarts first, then the UID", got)
		}
	}
}

// No number is so extreme that it turns the order round.
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
		if replica.Compare(tt.goes, tt.stays, now, related) >= 0 || replica.Compare(tt.stays, tt.goes, now, related) <= 0 {
			t.Errorf("%+v does not go before %+v", tt.goes, tt.stays)
		}
	}
}

func TestCompareDoesNotAllocate(t *testing.T) {
	a, b := replica.Pod{Node: "n1", Phase: "Running", Ready: true}, replica.Pod{Node: "n2", Phase: "Running", Ready: true}
	related := map[string]int{"n1": 1}
	if n := testing.AllocsPerRun(100, func() { replica.Compare(a, b, now, related) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
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
		return must(selector.FromLabels(map[string]string{"rev": value}))
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
	for r := replica.Unassigned; r <= daemon.Duplicate; r++ {
		if r.Phrase() == "" || r.Phrase() == r.String() {
			t.Errorf("%v: no phrase", r)
		}
	}
	for _, r := range []replica.Rule{-1, 0, daemon.Duplicate + 1} {
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
