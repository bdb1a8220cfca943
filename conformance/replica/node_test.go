package replica_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	daemonset "github.com/rollcall-go/rollcall/replica/daemon"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/kubernetes/pkg/controller/daemon"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"
	testclock "k8s.io/utils/clock/testing"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/selector"
)

// A nodeWorld generates nodes and templates that often match. With odd set, some of them are invalid.
type nodeWorld struct {
	*rand.Rand
	odd bool
}

func newNodeWorld(n uint64) nodeWorld {
	r := rand.New(rand.NewPCG(*seed, n))
	return nodeWorld{r, r.IntN(2) == 0}
}

func pick[T any](w nodeWorld, from ...T) T { return from[w.IntN(len(from))] }

// word picks one of the good words, or sometimes an odd one.
func (w nodeWorld) word(good, odd []string) string {
	if w.odd && w.IntN(8) == 0 {
		return pick(w, odd...)
	}
	return pick(w, good...)
}

var (
	labelKeys   = []string{"disk", "zone", "gen"}
	labelValues = []string{"ssd", "a", "5", "7", ""}
	oddWords    = []string{"", "-", "a b", "-1", "+5", "x/y/z", "abc", "9223372036854775808", "é"}
	nodeNames   = []string{"n1", "n2", "n3"}
	operators   = []string{"In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}
	effects     = []string{"NoSchedule", "NoExecute", "PreferNoSchedule"}
	taintKeys   = []string{
		"dedicated", "dedicated", "dedicated", "gpu", corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable,
		corev1.TaintNodeDiskPressure, corev1.TaintNodeMemoryPressure, corev1.TaintNodePIDPressure,
		corev1.TaintNodeUnschedulable, corev1.TaintNodeNetworkUnavailable,
	}
)

func (w nodeWorld) node(name string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}}}
	n.Spec.Unschedulable = w.IntN(4) == 0 // ignored by both libraries
	for _, key := range labelKeys {
		if w.IntN(3) > 0 {
			n.Labels[key] = pick(w, labelValues...)
		}
	}
	for w.IntN(2) == 0 {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{
			Key: pick(w, taintKeys...), Value: pick(w, "", "db", "5"), Effect: corev1.TaintEffect(w.word(effects, []string{"", "Odd"})),
		})
	}
	return n
}

func (w nodeWorld) requirement() corev1.NodeSelectorRequirement {
	q := corev1.NodeSelectorRequirement{
		Key:      w.word(labelKeys, oddWords),
		Operator: corev1.NodeSelectorOperator(w.word(operators, []string{"", "in", "=", "gt", "Equals"})),
	}
	values := 1
	switch {
	case w.odd && w.IntN(8) == 0:
		values = w.IntN(3)
	case q.Operator == "Exists", q.Operator == "DoesNotExist":
		values = 0
	case q.Operator == "In", q.Operator == "NotIn":
		values = 1 + w.IntN(2)
	}
	for range values {
		value := w.word(labelValues, oddWords)
		if (q.Operator == "Gt" || q.Operator == "Lt") && !w.odd {
			value = pick(w, "4", "5", "6", "7", "007")
		}
		q.Values = append(q.Values, value)
	}
	return q
}

// field returns a requirement on the node name, the only field that the API allows.
func (w nodeWorld) field() corev1.NodeSelectorRequirement {
	q := corev1.NodeSelectorRequirement{
		Key:      metav1.ObjectNameField,
		Operator: corev1.NodeSelectorOperator(w.word([]string{"In", "NotIn"}, []string{"", "Exists", "Gt"})),
		Values:   []string{pick(w, nodeNames...)},
	}
	if w.odd && w.IntN(3) == 0 {
		q.Values = pick(w, nil, []string{"n1", "n2"}, []string{""})
	}
	return q
}

func (w nodeWorld) terms() []corev1.NodeSelectorTerm {
	terms := make([]corev1.NodeSelectorTerm, w.IntN(4))
	for i := range terms {
		for w.IntN(5) < 2 {
			terms[i].MatchExpressions = append(terms[i].MatchExpressions, w.requirement())
		}
		for w.IntN(4) == 0 {
			terms[i].MatchFields = append(terms[i].MatchFields, w.field())
		}
	}
	return terms
}

func (w nodeWorld) template() *corev1.PodTemplateSpec {
	t := &corev1.PodTemplateSpec{}
	t.Spec.HostNetwork = w.IntN(2) == 0
	if w.IntN(6) == 0 {
		t.Spec.NodeName = pick(w, nodeNames...)
	}
	if w.IntN(3) == 0 {
		t.Spec.NodeSelector = map[string]string{pick(w, labelKeys...): pick(w, labelValues...)}
	}
	if w.IntN(3) == 0 {
		t.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}
		if w.IntN(4) > 0 {
			t.Spec.Affinity = requiring(&corev1.NodeSelector{NodeSelectorTerms: w.terms()})
		}
		preferred := []corev1.PreferredSchedulingTerm{{Weight: 1}} // ignored by both libraries
		t.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution = preferred
	}
	for w.IntN(3) > 0 {
		t.Spec.Tolerations = append(t.Spec.Tolerations, corev1.Toleration{
			Key: pick(w, append([]string{""}, taintKeys...)...), Value: pick(w, "", "db", "4"),
			Operator: corev1.TolerationOperator(w.word([]string{"", "Equal", "Exists"}, []string{"Gt", "Lt", "equal", "Odd"})),
			Effect:   corev1.TaintEffect(pick(w, append([]string{""}, effects...)...)),
		})
	}
	return t
}

func requiring(s *corev1.NodeSelector) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: s}}
}

// TestNodeAffinity checks that terms match the same nodes, and are rejected if upstream's strict selector
// rejects them.
func TestNodeAffinity(t *testing.T) {
	counts := forEach(t, *lists, func(n uint64) (map[string]int, error) {
		w := newNodeWorld(n)
		template := &corev1.PodTemplateSpec{}
		required := &corev1.NodeSelector{NodeSelectorTerms: w.terms()}
		template.Spec.Affinity = requiring(required)
		placement, err := kube.Placement(template)
		counts := map[string]int{}
		if _, theirErr := nodeaffinity.NewNodeSelector(required); (err == nil) != (theirErr == nil) {
			return nil, fmt.Errorf("%+v: error %v, upstream %v", required, err, theirErr)
		} else if err != nil {
			counts["invalid"]++
		}
		theirs := nodeaffinity.GetRequiredNodeAffinity(&corev1.Pod{Spec: template.Spec})
		for _, name := range nodeNames {
			node := w.node(name)
			want, _ := theirs.Match(node)
			if got := placement.Affinity.Matches(kube.Node(node)); got != want {
				return nil, fmt.Errorf("%+v matches %s with labels %v: %v, upstream %v", required, name, node.Labels, got, want)
			}
			counts[fmt.Sprintf("matches: %v", want)]++
			if want && err != nil {
				counts["matches though invalid"]++
			}
		}
		return counts, nil
	})
	covered(t, counts, "invalid", "matches: true", "matches: false", "matches though invalid")
}

// Upstream, an unknown node field, which the API rejects, has the empty string for its value. In rollcall it
// is an error, and its term matches nothing.
func TestUnknownNodeField(t *testing.T) {
	terms := []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{
		{Key: "spec.providerID", Operator: corev1.NodeSelectorOpNotIn, Values: []string{"aws:///1"}},
	}}}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}
	theirs, err := nodeaffinity.NewNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: terms})
	if err != nil || !theirs.Match(node) {
		t.Errorf("upstream: %v", err)
	}
	ours, err := daemonset.CompileAffinity([]daemonset.NodeSelectorTerm{{MatchFields: []selector.Requirement{
		{Key: "spec.providerID", Operator: selector.NotIn, Values: []string{"aws:///1"}},
	}}})
	var bad *field.Error
	if !errors.As(err, &bad) || bad.Path != "nodeSelectorTerms[0].matchFields[0].key" || ours.Matches(kube.Node(node)) {
		t.Errorf("matches, or %v", err)
	}
}

// Upstream, a node without a name satisfies every requirement on the name. In rollcall its name is the empty
// string.
func TestNamelessNode(t *testing.T) {
	template := &corev1.PodTemplateSpec{}
	template.Spec.Affinity = requiring(&corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
		MatchFields: []corev1.NodeSelectorRequirement{{Key: metav1.ObjectNameField, Operator: "In", Values: []string{"n1"}}},
	}}})
	theirs := nodeaffinity.GetRequiredNodeAffinity(&corev1.Pod{Spec: template.Spec})
	if match, err := theirs.Match(&corev1.Node{}); !match || err != nil {
		t.Errorf("upstream: %v, %v", match, err)
	}
	placement, err := kube.Placement(template)
	if _, why := placement.On(daemonset.Node{}); why != daemonset.AffinityMismatch || err != nil {
		t.Errorf("%v, %v", why, err)
	}
}

// Upstream matches a node selector with a value that no label can have. rollcall reports an error and a
// mismatch.
func TestInvalidNodeSelector(t *testing.T) {
	ds := &appsv1.DaemonSet{}
	ds.Spec.Template.Spec.NodeSelector = map[string]string{"disk": "s s d"}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1", Labels: ds.Spec.Template.Spec.NodeSelector}}
	if shouldRun, _ := daemon.NodeShouldRunDaemonPod(logger, node, ds); !shouldRun {
		t.Error("upstream: the node should not run a pod")
	}
	placement, err := kube.Placement(&ds.Spec.Template)
	if _, why := placement.On(kube.Node(node)); why != daemonset.SelectorMismatch || err == nil {
		t.Errorf("%v, %v", why, err)
	}
}

// TestTarget compares the target node of a pod, which may come from its affinity.
func TestTarget(t *testing.T) {
	counts := forEach(t, *lists, func(n uint64) (map[string]int, error) {
		w := newNodeWorld(n)
		p := &corev1.Pod{Spec: w.template().Spec}
		theirs, err := daemonutil.GetTargetNodeName(p)
		ours := kube.Pod(p)
		if got := cmp.Or(ours.Node, ours.Target); got != theirs {
			return nil, fmt.Errorf("target %q, upstream %q, %v: %v %v", got, theirs, err, p.Spec.NodeName, p.Spec.Affinity)
		}
		if theirs == "" && err == nil {
			return map[string]int{"target without a name": 1}, nil // see TestTargetWithoutName
		}
		return map[string]int{"target " + theirs: 1}, nil
	})
	covered(t, counts, "target ", "target n1", "target n2", "target n3", "target without a name")
}

// TestPlacement compares whether a node should run a pod, keep one, or run none.
func TestPlacement(t *testing.T) {
	counts := forEach(t, *lists, func(n uint64) (map[string]int, error) {
		w := newNodeWorld(n)
		ds := &appsv1.DaemonSet{}
		ds.Spec.Template = *w.template()
		placement, _ := kube.Placement(&ds.Spec.Template)
		counts := map[string]int{}
		for _, name := range nodeNames {
			node := w.node(name)
			shouldRun, shouldContinue := daemon.NodeShouldRunDaemonPod(logger, node, ds)
			want := daemonset.ShouldNotRun
			switch {
			case shouldRun:
				want = daemonset.ShouldRun
			case shouldContinue:
				want = daemonset.ShouldKeep
			}
			got, why := placement.On(kube.Node(node))
			if got != want || (why == 0) != shouldRun {
				return nil, fmt.Errorf("%v because %v, upstream %v\n%+v\n%v %+v",
					got, why, want, ds.Spec.Template.Spec, node.Labels, node.Spec.Taints)
			}
			counts[fmt.Sprintf("%v: %v", got, why)]++
		}
		return counts, nil
	})
	covered(t, counts, "ShouldRun: None", "ShouldKeep: NoScheduleTaint", "ShouldNotRun: OtherNode", "ShouldNotRun: SelectorMismatch",
		"ShouldNotRun: AffinityMismatch", "ShouldNotRun: NoExecuteTaint")
}

// TestBackoff compares the backoff of failed pods on a node.
func TestBackoff(t *testing.T) {
	const longest = 15 * time.Minute
	waits := []time.Duration{time.Second, 2 * time.Second, 512 * time.Second, longest}
	counts := forEach(t, *lists/10, func(n uint64) (map[string]int, error) {
		r := rand.New(rand.NewPCG(*seed, n))
		clock := testclock.NewFakeClock(pods.Now)
		theirs := flowcontrol.NewFakeBackOff(time.Second, longest, clock)
		var ours daemonset.FailedPods
		counts := map[string]int{}
		for range 60 {
			node := nodeNames[r.IntN(2)]
			wait := ours.Wait(node, clock.Now())
			if theirs.IsInBackOffSinceUpdate(node, clock.Now()) != (wait > 0) {
				return nil, fmt.Errorf("after %v: wait %v, upstream differs", clock.Since(pods.Now), wait)
			}
			if wait > 0 { // exact to the nanosecond
				clock.Step(wait - 1)
				if !theirs.IsInBackOffSinceUpdate(node, clock.Now()) {
					return nil, fmt.Errorf("after %v: upstream waits no longer, want 1ns", clock.Since(pods.Now))
				}
				clock.Step(1)
				if theirs.IsInBackOffSinceUpdate(node, clock.Now()) {
					return nil, fmt.Errorf("after %v: upstream still waits", clock.Since(pods.Now))
				}
				for _, whole := range waits {
					if wait == whole {
						counts[wait.String()]++
					}
				}
			}
			theirs.Next(node, clock.Now())
			ours.Deleted(node, clock.Now())
			clock.Step([]time.Duration{0, 0, 0, time.Second, time.Minute, longest, 2*longest - 1, 2 * longest, 2*longest + 1}[r.IntN(9)])
		}
		return counts, nil
	})
	for _, wait := range waits {
		covered(t, counts, wait.String())
	}
}
