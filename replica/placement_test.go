package replica_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

func TestTolerates(t *testing.T) {
	db := replica.Taint{Key: "dedicated", Value: "db", Effect: "NoSchedule"}
	bare := replica.Taint{Key: "spot", Effect: "NoExecute"}
	for name, tt := range map[string]struct {
		toleration replica.Toleration
		db, bare   bool
	}{
		"the zero value":                {replica.Toleration{}, false, true},
		"everything":                    {replica.Toleration{Operator: "Exists"}, true, true},
		"every key, one effect":         {replica.Toleration{Operator: "Exists", Effect: "NoExecute"}, false, true},
		"key and value":                 {replica.Toleration{Key: "dedicated", Operator: "Equal", Value: "db"}, true, false},
		"without operator":              {replica.Toleration{Key: "dedicated", Value: "db", Effect: "NoSchedule"}, true, false},
		"another value":                 {replica.Toleration{Key: "dedicated", Value: "web"}, false, false},
		"another effect":                {replica.Toleration{Key: "dedicated", Value: "db", Effect: "NoExecute"}, false, false},
		"any value":                     {replica.Toleration{Key: "dedicated", Operator: "Exists", Value: "web"}, true, false},
		"a value of every key":          {replica.Toleration{Value: "db"}, true, false},
		"an operator that is not there": {replica.Toleration{Key: "dedicated", Operator: "exists", Value: "db"}, false, false},
		"one that is not enabled":       {replica.Toleration{Key: "dedicated", Operator: "Gt", Value: "db"}, false, false},
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
		Taint      replica.Taint
		Toleration replica.Toleration
		Term       replica.NodeSelectorTerm
	}
	text := `{"Taint":{"key":"a","value":"b","effect":"NoExecute"},"Toleration":{"key":"a","operator":"Equal","value":"b","effect":"NoExecute"},` +
		`"Term":{"matchExpressions":[{"key":"a","operator":"Gt","values":["1"]}],"matchFields":[{"key":"metadata.name","operator":"In","values":["n"]}]}}`
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	if back, err := json.Marshal(all); err != nil || string(back) != text {
		t.Errorf("got  %s, %v\nwant %s", back, err, text)
	}
	if got := all.Taint.String() + " " + (replica.Taint{Key: "a", Effect: "NoSchedule"}).String(); got != "a=b:NoExecute a:NoSchedule" {
		t.Errorf("got %s", got)
	}
}

func TestPlacement(t *testing.T) {
	affinity := func(terms ...replica.NodeSelectorTerm) replica.NodeAffinity {
		a, err := replica.CompileAffinity(terms)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	node := replica.Node{Name: "n1", Labels: map[string]string{"disk": "ssd", "cpus": "8"}}
	tainted := func(taints ...string) replica.Node {
		n := node
		for i := 0; i < len(taints); i += 2 {
			n.Taints = append(n.Taints, replica.Taint{Key: taints[i], Effect: taints[i+1]})
		}
		return n
	}
	const system = "node.kubernetes.io/"
	gpu := []replica.Toleration{{Key: "gpu", Operator: "Exists", Effect: "NoSchedule"}}
	for name, tt := range map[string]struct {
		p    replica.Placement
		n    replica.Node
		want replica.Fit
		why  replica.Misfit
		says string
	}{
		"the zero values":  {replica.Placement{}, replica.Node{}, replica.ShouldRun, 0, "should run a pod"},
		"named":            {replica.Placement{NodeName: "n1"}, node, replica.ShouldRun, 0, "should run a pod"},
		"another is named": {replica.Placement{NodeName: "n2"}, node, replica.ShouldNotRun, replica.OtherNode, "should run none: the template names node n2"},
		"selected":         {ssd, node, replica.ShouldRun, 0, "should run a pod"},
		"not selected":     {ssd, nodes[2], replica.ShouldNotRun, replica.SelectorMismatch, `should run none: label disk is "hdd", want "ssd"`},
		"affinity":         {replica.Placement{Affinity: affinity(replica.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "cpus", Operator: "Gt", Values: []string{"4"}}}})}, node, replica.ShouldRun, 0, "should run a pod"},
		"no affinity":      {replica.Placement{Affinity: affinity()}, node, replica.ShouldNotRun, replica.AffinityMismatch, "should run none: node affinity: no term can match"},
		"two terms": {replica.Placement{Affinity: affinity(
			replica.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "cpus", Operator: "Gt", Values: []string{"8"}}}},
			replica.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "gpu", Operator: "Exists"}, {Key: "disk", Operator: "In", Values: []string{"hdd"}}}})},
			node, replica.ShouldNotRun, replica.AffinityMismatch, `should run none: node affinity: label cpus is "8", want an integer above 8; or label disk is "ssd", want one of [hdd]; label gpu is missing, want any value`},
		"another name": {replica.Placement{Affinity: affinity(
			replica.NodeSelectorTerm{MatchFields: []selector.Requirement{{Key: "metadata.name", Operator: "In", Values: []string{"n2"}}}},
			replica.NodeSelectorTerm{MatchExpressions: []selector.Requirement{{Key: "gpu", Operator: "Exists"}}, MatchFields: []selector.Requirement{{Key: "metadata.name", Operator: "NotIn", Values: []string{"n1"}}}})},
			node, replica.ShouldNotRun, replica.AffinityMismatch, "should run none: node affinity: its name is not wanted; or its name is not wanted, and label gpu is missing, want any value"},
		"NoSchedule":         {replica.Placement{}, tainted("gpu", "NoSchedule"), replica.ShouldKeep, replica.NoScheduleTaint, "gets no new pod, but keeps one that it has: taint gpu:NoSchedule is not tolerated"},
		"NoExecute":          {replica.Placement{}, tainted("gpu", "NoExecute"), replica.ShouldNotRun, replica.NoExecuteTaint, "should run none: taint gpu:NoExecute is not tolerated"},
		"both":               {replica.Placement{}, tainted("a", "NoSchedule", "b", "NoExecute"), replica.ShouldNotRun, replica.NoExecuteTaint, "should run none: taint b:NoExecute is not tolerated"},
		"rather not":         {replica.Placement{}, tainted("gpu", "PreferNoSchedule"), replica.ShouldRun, 0, "should run a pod"},
		"no known effect":    {replica.Placement{}, tainted("gpu", "noschedule"), replica.ShouldRun, 0, "should run a pod"},
		"tolerated":          {replica.Placement{Tolerations: gpu}, tainted("gpu", "NoSchedule"), replica.ShouldRun, 0, "should run a pod"},
		"the second is not":  {replica.Placement{Tolerations: gpu}, tainted("gpu", "NoSchedule", "fpga", "NoSchedule"), replica.ShouldKeep, replica.NoScheduleTaint, "gets no new pod, but keeps one that it has: taint fpga:NoSchedule is not tolerated"},
		"selector first":     {ssd, replica.Node{Taints: tainted("gpu", "NoExecute").Taints}, replica.ShouldNotRun, replica.SelectorMismatch, `should run none: label disk is missing, want "ssd"`},
		"unschedulable":      {replica.Placement{}, tainted(system+"unschedulable", "NoSchedule"), replica.ShouldRun, 0, "should run a pod"},
		"under pressure":     {replica.Placement{}, tainted(system+"disk-pressure", "NoSchedule", system+"memory-pressure", "NoSchedule", system+"pid-pressure", "NoSchedule"), replica.ShouldRun, 0, "should run a pod"},
		"not ready, lately":  {replica.Placement{}, tainted(system+"not-ready", "NoExecute", system+"unreachable", "NoExecute"), replica.ShouldRun, 0, "should run a pod"},
		"pressure that ends": {replica.Placement{}, tainted(system+"disk-pressure", "NoExecute"), replica.ShouldNotRun, replica.NoExecuteTaint, "should run none: taint node.kubernetes.io/disk-pressure:NoExecute is not tolerated"},
		// Finding F12: a node that is not ready has both taints, and drops out of the desired ones.
		"not ready":       {replica.Placement{}, tainted(system+"not-ready", "NoExecute", system+"not-ready", "NoSchedule"), replica.ShouldKeep, replica.NoScheduleTaint, "gets no new pod, but keeps one that it has: taint node.kubernetes.io/not-ready:NoSchedule is not tolerated"},
		"no network":      {replica.Placement{}, tainted(system+"network-unavailable", "NoSchedule"), replica.ShouldKeep, replica.NoScheduleTaint, "gets no new pod, but keeps one that it has: taint node.kubernetes.io/network-unavailable:NoSchedule is not tolerated"},
		"its own network": {replica.Placement{HostNetwork: true}, tainted(system+"network-unavailable", "NoSchedule"), replica.ShouldRun, 0, "should run a pod"},
	} {
		fit, why := tt.p.On(tt.n)
		if e := tt.p.Explain(tt.n); fit != tt.want || why != tt.why || e.Fit != fit || e.Misfit != why || e.String() != tt.says {
			t.Errorf("%s: %v, %v, %q\nwant %v, %v, %q", name, fit, why, e, tt.want, tt.why, tt.says)
		}
		if n := testing.AllocsPerRun(10, func() { tt.p.On(tt.n) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
	if got := (replica.NodeExplanation{}).String(); got != "Unset" {
		t.Errorf("the zero explanation says %q", got)
	}
}

func TestAffinityErrors(t *testing.T) {
	req := func(key string, op selector.Operator, values ...string) selector.Requirement {
		return selector.Requirement{Key: key, Operator: op, Values: values}
	}
	good := replica.NodeSelectorTerm{MatchExpressions: []selector.Requirement{req("disk", "In", "ssd")}}
	a, err := replica.CompileAffinity([]replica.NodeSelectorTerm{
		{MatchExpressions: []selector.Requirement{req("disk", "Exists"), req("b c", "In"), req("cpus", "Gt", "many"), req("cpus", "=", "8"), req("cpus", "", "8")}},
		good,
		{},
		{MatchFields: []selector.Requirement{req("metadata.name", "In", "a", "b"), req("metadata.name", "Exists", "n1"), req("spec.x", "NotIn", "n1")}},
		{MatchExpressions: good.MatchExpressions, MatchFields: []selector.Requirement{req("metadata.name", "In")}},
	})
	const want = `nodeSelectorTerms[0].matchExpressions[1].key: "b c": ' ' at offset 1, want letters, digits, '-', '_' and '.'
nodeSelectorTerms[0].matchExpressions[1].values: []: In needs at least one value
nodeSelectorTerms[0].matchExpressions[2].values[0]: "many": want an integer of 64 bits
nodeSelectorTerms[0].matchExpressions[3].operator: "=": want In, NotIn, Exists, DoesNotExist, Gt or Lt
nodeSelectorTerms[0].matchExpressions[4].operator: "": want In, NotIn, Exists, DoesNotExist, Gt or Lt
nodeSelectorTerms[3].matchFields[0].values: [a b]: want one value
nodeSelectorTerms[3].matchFields[1].operator: "Exists": want In or NotIn
nodeSelectorTerms[3].matchFields[2].key: "spec.x": want metadata.name
nodeSelectorTerms[4].matchFields[0].values: []: want one value`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// The good term counts in spite of the bad ones.
	if !a.Matches(nodes[0]) || a.Matches(nodes[2]) || a.Matches(replica.Node{Name: "n1"}) {
		t.Error("the good term alone should decide")
	}
}

func TestNamelessNode(t *testing.T) {
	a, err := replica.CompileAffinity([]replica.NodeSelectorTerm{
		{MatchFields: []selector.Requirement{{Key: "metadata.name", Operator: "In", Values: []string{"n1"}}}},
	})
	if err != nil || a.Matches(replica.Node{}) {
		t.Errorf("a node without a name is n1, %v", err)
	}
}

// slowMatch is the rule of the API, without anything made ready beforehand.
func slowMatch(terms []replica.NodeSelectorTerm, n replica.Node) bool {
	return slices.ContainsFunc(terms, func(term replica.NodeSelectorTerm) bool {
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
	term := rapid.Custom(func(t *rapid.T) replica.NodeSelectorTerm {
		return replica.NodeSelectorTerm{
			MatchExpressions: rapid.SliceOfN(expression, 0, 2).Draw(t, "expressions"),
			MatchFields:      rapid.SliceOfN(name, 0, 2).Draw(t, "fields"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		terms := rapid.SliceOfN(term, 0, 3).Draw(t, "terms")
		n := replica.Node{
			Name:   rapid.SampledFrom([]string{"n1", "n2"}).Draw(t, "node"),
			Labels: rapid.MapOf(rapid.SampledFrom([]string{"disk", "cpus"}), rapid.SampledFrom([]string{"", "ssd", "4", "5", "8", "many"})).Draw(t, "labels"),
		}
		a, _ := replica.CompileAffinity(terms)
		if got, want := a.Matches(n), slowMatch(terms, n); got != want {
			t.Fatalf("%+v on %+v: %v, want %v", terms, n, got, want)
		}
	})
}
