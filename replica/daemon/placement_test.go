package daemon_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

func TestTolerates(t *testing.T) {
	db := daemon.Taint{Key: "dedicated", Value: "db", Effect: "NoSchedule"}
	bare := daemon.Taint{Key: "spot", Effect: "NoExecute"}
	for name, tt := range map[string]struct {
		toleration daemon.Toleration
		db, bare   bool
	}{
		"the zero value":                {daemon.Toleration{}, false, true},
		"everything":                    {daemon.Toleration{Operator: "Exists"}, true, true},
		"every key, one effect":         {daemon.Toleration{Operator: "Exists", Effect: "NoExecute"}, false, true},
		"key and value":                 {daemon.Toleration{Key: "dedicated", Operator: "Equal", Value: "db"}, true, false},
		"without operator":              {daemon.Toleration{Key: "dedicated", Value: "db", Effect: "NoSchedule"}, true, false},
		"another value":                 {daemon.Toleration{Key: "dedicated", Value: "web"}, false, false},
		"another effect":                {daemon.Toleration{Key: "dedicated", Value: "db", Effect: "NoExecute"}, false, false},
		"any value":                     {daemon.Toleration{Key: "dedicated", Operator: "Exists", Value: "web"}, true, false},
		"a value of every key":          {daemon.Toleration{Value: "db"}, true, false},
		"an operator that is not there": {daemon.Toleration{Key: "dedicated", Operator: "exists", Value: "db"}, false, false},
		"one that is not enabled":       {daemon.Toleration{Key: "dedicated", Operator: "Gt", Value: "db"}, false, false},
	} {
		if got := tt.toleration.Tolerates(db); got != tt.db {
			t.Errorf("%s: tolerates %v: %v", name, db, got)
		}
		if got := tt.toleration.Tolerates(bare); got != tt.bare {
			t.Errorf("%s: tolerates %v: %v", name, bare, got)
		}
	}
}

func TestNodeJSON(t *testing.T) {
	var all struct {
		Taint      daemon.Taint
		Toleration daemon.Toleration
		Term       daemon.NodeSelectorTerm
	}
	text := `{"Taint":{"key":"a","value":"b","effect":"NoExecute"},"Toleration":{"key":"a","operator":"Equal","value":"b","effect":"NoExecute"},` +
		`"Term":{"matchExpressions":[{"key":"a","operator":"Gt","values":["1"]}],"matchFields":[{"key":"metadata.name","operator":"In","values":["n"]}]}}`
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	if back, err := json.Marshal(all); err != nil || string(back) != text {
		t.Errorf("got  %s, %v\nwant %s", back, err, text)
	}
	if got := all.Taint.String() + " " + (daemon.Taint{Key: "a", Effect: "NoSchedule"}).String(); got != "a=b:NoExecute a:NoSchedule" {
		t.Errorf("got %s", got)
	}
}

func TestPlacement(t *testing.T) {
	affinity := func(terms ...daemon.NodeSelectorTerm) daemon.NodeAffinity {
		a, err := daemon.CompileAffinity(terms)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	node := daemon.Node{Name: "n1", Labels: map[string]string{"disk": "ssd", "cpus": "8"}}
	tainted := func(taints ...string) daemon.Node {
		n := node
		for i := 0; i < len(taints); i += 2 {
			n.Taints = append(n.Taints, daemon.Taint{Key: taints[i], Effect: taints[i+1]})
		}
		return n
	}
	const system = "node.kubernetes.io/"
	gpu := []daemon.Toleration{{Key: "gpu", Operator: "Exists", Effect: "NoSchedule"}}
	for name, tt := range map[string]struct {
		p    daemon.Placement
		n    daemon.Node
		want daemon.Fit
		why  daemon.Misfit
		says string
	}{
		"the zero values":  {daemon.Placement{}, daemon.Node{}, daemon.ShouldRun, 0, "should run a pod"},
		"named":            {daemon.Placement{NodeName: "n1"}, node, daemon.ShouldRun, 0, "should run a pod"},
		"another is named": {daemon.Placement{NodeName: "n2"}, node, daemon.ShouldNotRun, daemon.OtherNode, "should run no pod: the template names node n2"},
		"selected":         {ssd, node, daemon.ShouldRun, 0, "should run a pod"},
		"not selected":     {ssd, nodes[2], daemon.ShouldNotRun, daemon.SelectorMismatch, `should run no pod: label disk is "hdd", want "ssd"`},
		"affinity":         {daemon.Placement{Affinity: affinity(daemon.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "cpus", Operator: "Gt", Values: []string{"4"}}}})}, node, daemon.ShouldRun, 0, "should run a pod"},
		"no affinity":      {daemon.Placement{Affinity: affinity()}, node, daemon.ShouldNotRun, daemon.AffinityMismatch, "should run no pod: node affinity: no term can match"},
		"two terms": {daemon.Placement{Affinity: affinity(
			daemon.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "cpus", Operator: "Gt", Values: []string{"8"}}}},
			daemon.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "gpu", Operator: "Exists"}, {Key: "disk", Operator: "In", Values: []string{"hdd"}}}})},
			node, daemon.ShouldNotRun, daemon.AffinityMismatch, `should run no pod: node affinity: label cpus is "8", want an integer above 8; or label disk is "ssd", want one of [hdd]; label gpu is missing, want any value`},
		"another name": {daemon.Placement{Affinity: affinity(
			daemon.NodeSelectorTerm{MatchFields: []selector.Requirement{{Key: "metadata.name", Operator: "In", Values: []string{"n2"}}}},
			daemon.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "gpu", Operator: "Exists"}}, MatchFields: []selector.Requirement{{Key: "metadata.name", Operator: "NotIn", Values: []string{"n1"}}}})},
			node, daemon.ShouldNotRun, daemon.AffinityMismatch, "should run no pod: node affinity: its name is not allowed; or its name is not allowed, and label gpu is missing, want any value"},
		"NoSchedule":         {daemon.Placement{}, tainted("gpu", "NoSchedule"), daemon.ShouldKeep, daemon.NoScheduleTaint, "gets no new pod, but keeps its pod: taint gpu:NoSchedule is not tolerated"},
		"NoExecute":          {daemon.Placement{}, tainted("gpu", "NoExecute"), daemon.ShouldNotRun, daemon.NoExecuteTaint, "should run no pod: taint gpu:NoExecute is not tolerated"},
		"both":               {daemon.Placement{}, tainted("a", "NoSchedule", "b", "NoExecute"), daemon.ShouldNotRun, daemon.NoExecuteTaint, "should run no pod: taint b:NoExecute is not tolerated"},
		"rather not":         {daemon.Placement{}, tainted("gpu", "PreferNoSchedule"), daemon.ShouldRun, 0, "should run a pod"},
		"no known effect":    {daemon.Placement{}, tainted("gpu", "noschedule"), daemon.ShouldRun, 0, "should run a pod"},
		"tolerated":          {daemon.Placement{Tolerations: gpu}, tainted("gpu", "NoSchedule"), daemon.ShouldRun, 0, "should run a pod"},
		"the second is not":  {daemon.Placement{Tolerations: gpu}, tainted("gpu", "NoSchedule", "fpga", "NoSchedule"), daemon.ShouldKeep, daemon.NoScheduleTaint, "gets no new pod, but keeps its pod: taint fpga:NoSchedule is not tolerated"},
		"selector first":     {ssd, daemon.Node{Taints: tainted("gpu", "NoExecute").Taints}, daemon.ShouldNotRun, daemon.SelectorMismatch, `should run no pod: label disk is missing, want "ssd"`},
		"unschedulable":      {daemon.Placement{}, tainted(system+"unschedulable", "NoSchedule"), daemon.ShouldRun, 0, "should run a pod"},
		"under pressure":     {daemon.Placement{}, tainted(system+"disk-pressure", "NoSchedule", system+"memory-pressure", "NoSchedule", system+"pid-pressure", "NoSchedule"), daemon.ShouldRun, 0, "should run a pod"},
		"not ready, lately":  {daemon.Placement{}, tainted(system+"not-ready", "NoExecute", system+"unreachable", "NoExecute"), daemon.ShouldRun, 0, "should run a pod"},
		"pressure that ends": {daemon.Placement{}, tainted(system+"disk-pressure", "NoExecute"), daemon.ShouldNotRun, daemon.NoExecuteTaint, "should run no pod: taint node.kubernetes.io/disk-pressure:NoExecute is not tolerated"},
		// Finding F12: a node that is not ready has both taints, and drops out of the desired ones.
		"not ready":       {daemon.Placement{}, tainted(system+"not-ready", "NoExecute", system+"not-ready", "NoSchedule"), daemon.ShouldKeep, daemon.NoScheduleTaint, "gets no new pod, but keeps its pod: taint node.kubernetes.io/not-ready:NoSchedule is not tolerated"},
		"no network":      {daemon.Placement{}, tainted(system+"network-unavailable", "NoSchedule"), daemon.ShouldKeep, daemon.NoScheduleTaint, "gets no new pod, but keeps its pod: taint node.kubernetes.io/network-unavailable:NoSchedule is not tolerated"},
		"its own network": {daemon.Placement{HostNetwork: true}, tainted(system+"network-unavailable", "NoSchedule"), daemon.ShouldRun, 0, "should run a pod"},
	} {
		fit, why := tt.p.On(tt.n)
		if e := tt.p.Explain(tt.n); fit != tt.want || why != tt.why || e.Fit != fit || e.Misfit != why || e.String() != tt.says {
			t.Errorf("%s: %v, %v, %q\nwant %v, %v, %q", name, fit, why, e, tt.want, tt.why, tt.says)
		}
		if n := testing.AllocsPerRun(10, func() { tt.p.On(tt.n) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
	if got := (daemon.Explanation{}).String(); got != "Unset" {
		t.Errorf("the zero explanation says %q", got)
	}
}

func TestAffinityErrors(t *testing.T) {
	req := func(key string, op selector.Operator, values ...string) selector.Requirement {
		return selector.Requirement{Key: key, Operator: op, Values: values}
	}
	good := daemon.NodeSelectorTerm{MatchExpressions: []selector.Requirement{req("disk", "In", "ssd")}}
	a, err := daemon.CompileAffinity([]daemon.NodeSelectorTerm{
		{MatchExpressions: []selector.Requirement{req("disk", "Exists"), req("b c", "In"), req("cpus", "Gt", "many"), req("cpus", "=", "8"), req("cpus", "", "8")}},
		good,
		{},
		{MatchFields: []selector.Requirement{req("metadata.name", "In", "a", "b"), req("metadata.name", "Exists", "n1"), req("spec.x", "NotIn", "n1")}},
		{MatchExpressions: good.MatchExpressions, MatchFields: []selector.Requirement{req("metadata.name", "In")}},
	})
	const want = `nodeSelectorTerms[0].matchExpressions[1].key: "b c": ' ' at offset 1, want letters, digits, '-', '_' and '.'
nodeSelectorTerms[0].matchExpressions[1].values: []: In needs at least one value
nodeSelectorTerms[0].matchExpressions[2].values[0]: "many": want an integer of 64 bits
nodeSelectorTerms[0].matchExpressions[3].operator: "=": must be In, NotIn, Exists, DoesNotExist, Gt or Lt
nodeSelectorTerms[0].matchExpressions[4].operator: "": must be In, NotIn, Exists, DoesNotExist, Gt or Lt
nodeSelectorTerms[3].matchFields[0].values: [a b]: must have exactly one value
nodeSelectorTerms[3].matchFields[1].operator: "Exists": must be In or NotIn
nodeSelectorTerms[3].matchFields[2].key: "spec.x": must be metadata.name
nodeSelectorTerms[4].matchFields[0].values: []: must have exactly one value`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// The good term counts in spite of the bad ones.
	if !a.Matches(nodes[0]) || a.Matches(nodes[2]) || a.Matches(daemon.Node{Name: "n1"}) {
		t.Error("the good term alone should decide")
	}
}

func TestNamelessNode(t *testing.T) {
	a, err := daemon.CompileAffinity([]daemon.NodeSelectorTerm{
		{MatchFields: []selector.Requirement{{Key: "metadata.name", Operator: "In", Values: []string{"n1"}}}},
	})
	if err != nil || a.Matches(daemon.Node{}) {
		t.Errorf("a node without a name is n1, %v", err)
	}
}

// slowMatch is the rule of the API, without anything made ready beforehand.
func slowMatch(terms []daemon.NodeSelectorTerm, n daemon.Node) bool {
	return slices.ContainsFunc(terms, func(term daemon.NodeSelectorTerm) bool {
		for _, r := range term.MatchExpressions {
			value, ok := n.Labels[r.Key]
			have, err := strconv.Atoi(value)
			met := false
			switch r.Operator {
			case "In":
				met = ok && slices.Contains(r.Values, value)
			case "NotIn":
				met = !ok || !slices.Contains(r.Values, value)
			case "Exists":
				met = ok
			case "DoesNotExist":
				met = !ok
			case "Gt", "Lt":
				bound, bad := strconv.Atoi(r.Values[0])
				met = ok && err == nil && bad == nil && (r.Operator == "Gt" && have > bound || r.Operator == "Lt" && have < bound)
			}
			if !met {
				return false
			}
		}
		for _, r := range term.MatchFields {
			if len(r.Values) != 1 || (r.Values[0] == n.Name) != (r.Operator == "In") {
				return false
			}
		}
		return len(term.MatchExpressions)+len(term.MatchFields) > 0
	})
}

func TestAffinityLaws(t *testing.T) {
	expression := rapid.Custom(func(t *rapid.T) selector.Requirement {
		r := selector.Requirement{
			Key:      rapid.SampledFrom([]string{"disk", "cpus"}).Draw(t, "key"),
			Operator: rapid.SampledFrom([]selector.Operator{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}).Draw(t, "operator"),
		}
		switch r.Operator {
		case "In", "NotIn":
			r.Values = rapid.SliceOfN(rapid.SampledFrom([]string{"", "ssd", "4", "8"}), 1, 2).Draw(t, "values")
		case "Gt", "Lt":
			r.Values = []string{rapid.SampledFrom([]string{"4", "8", "abc"}).Draw(t, "bound")}
		}
		return r
	})
	name := rapid.Custom(func(t *rapid.T) selector.Requirement {
		return selector.Requirement{
			Key:      "metadata.name",
			Operator: rapid.SampledFrom([]selector.Operator{"In", "NotIn"}).Draw(t, "operator"),
			Values:   rapid.SliceOfN(rapid.SampledFrom([]string{"n1", "n2"}), 1, 2).Draw(t, "names"),
		}
	})
	term := rapid.Custom(func(t *rapid.T) daemon.NodeSelectorTerm {
		return daemon.NodeSelectorTerm{
			MatchExpressions: rapid.SliceOfN(expression, 0, 2).Draw(t, "expressions"),
			MatchFields:      rapid.SliceOfN(name, 0, 2).Draw(t, "fields"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		terms := rapid.SliceOfN(term, 0, 3).Draw(t, "terms")
		n := daemon.Node{
			Name:   rapid.SampledFrom([]string{"n1", "n2"}).Draw(t, "node"),
			Labels: rapid.MapOf(rapid.SampledFrom([]string{"disk", "cpus"}), rapid.SampledFrom([]string{"", "ssd", "4", "5", "8", "many"})).Draw(t, "labels"),
		}
		a, _ := daemon.CompileAffinity(terms)
		if got, want := a.Matches(n), slowMatch(terms, n); got != want {
			t.Fatalf("%+v on %+v: %v, want %v", terms, n, got, want)
		}
	})
}

func TestEnums(t *testing.T) {
	check.Enum[daemon.Fit](t, "Fit", "Unset", "ShouldRun", "ShouldNotRun", "ShouldKeep")
	check.Enum[daemon.Misfit](t, "Misfit", "None", "OtherNode", "SelectorMismatch", "AffinityMismatch", "NoExecuteTaint", "NoScheduleTaint")
	check.Enum[daemon.Rule](t, "Rule", "Unset", "NodeUnfit", "NodeMissing", "PodFailed", "PodSucceeded", "Duplicate")
}

func TestPhrases(t *testing.T) {
	for r := daemon.NodeUnfit; r <= daemon.Duplicate; r++ {
		if r.Phrase() == "" || r.Phrase() == r.String() {
			t.Errorf("%v: no phrase", r)
		}
	}
	if got := daemon.Rule(0).Phrase(); got != "Unset" {
		t.Errorf("the zero rule: %q", got)
	}
}
