package kube_test

import (
	"errors"
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

func TestNode(t *testing.T) {
	n := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: map[string]string{"disk": "ssd"}},
		Spec: corev1.NodeSpec{Taints: []corev1.Taint{
			{Key: "dedicated", Value: "db", Effect: corev1.TaintEffectNoSchedule}, {Key: "drain", Effect: corev1.TaintEffectNoExecute},
		}},
	}
	want := daemon.Node{Name: "node-1", Labels: n.Labels, Taints: []daemon.Taint{
		{Key: "dedicated", Value: "db", Effect: "NoSchedule"}, {Key: "drain", Effect: "NoExecute"},
	}}
	if got := kube.Node(n); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, n := range []*corev1.Node{nil, {}} {
		if got := kube.Node(n); !reflect.DeepEqual(got, daemon.Node{}) {
			t.Errorf("%v is %+v, want the zero node", n, got)
		}
	}
}

func expression(key string, op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: op, Values: values}
}

func labeled(expressions ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
	return corev1.NodeSelectorTerm{MatchExpressions: expressions}
}

func named(op corev1.NodeSelectorOperator, names ...string) corev1.NodeSelectorTerm {
	return corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{expression("metadata.name", op, names...)}}
}

func TestPlacement(t *testing.T) {
	for _, test := range []struct {
		name   string
		spec   corev1.PodSpec
		misfit daemon.Misfit // on node-1, see below
	}{
		{"anywhere", corev1.PodSpec{Tolerations: tolerateAll}, 0},
		{"node name", corev1.PodSpec{Tolerations: tolerateAll, NodeName: "node-1"}, 0},
		{"another node name", corev1.PodSpec{Tolerations: tolerateAll, NodeName: "node-2"}, daemon.OtherNode},
		{"node selector", corev1.PodSpec{Tolerations: tolerateAll, NodeSelector: map[string]string{"disk": "ssd"}}, 0},
		{"another node selector", corev1.PodSpec{Tolerations: tolerateAll, NodeSelector: map[string]string{"disk": "hdd"}}, daemon.SelectorMismatch},

		{"affinity, second term", corev1.PodSpec{Tolerations: tolerateAll, Affinity: requiring(
			labeled(expression("cpus", "Gt", "8")), labeled(expression("cpus", "Lt", "9"), expression("gpu", "DoesNotExist")),
		)}, 0},
		{"affinity, no term", corev1.PodSpec{Tolerations: tolerateAll, Affinity: requiring(
			labeled(expression("cpus", "Gt", "8")), labeled(expression("cpus", "Lt", "9"), expression("gpu", "Exists")),
		)}, daemon.AffinityMismatch},
		{"affinity by name", corev1.PodSpec{Tolerations: tolerateAll, Affinity: requiring(named("In", "node-1"))}, 0},
		{"affinity by another name", corev1.PodSpec{Tolerations: tolerateAll, Affinity: requiring(named("NotIn", "node-1"))}, daemon.AffinityMismatch},
		{"affinity by name, and by a label", corev1.PodSpec{Tolerations: tolerateAll, Affinity: requiring(corev1.NodeSelectorTerm{
			MatchFields: named("In", "node-1").MatchFields, MatchExpressions: labeled(expression("gpu", "Exists")).MatchExpressions,
		})}, daemon.AffinityMismatch},
		{"affinity without terms", corev1.PodSpec{Tolerations: tolerateAll, Affinity: requiring()}, daemon.AffinityMismatch},
		{"affinity of which none is required", corev1.PodSpec{
			Tolerations: tolerateAll, Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}},
		}, 0},

		{"no tolerations", corev1.PodSpec{}, daemon.NoExecuteTaint},
		{"one toleration", corev1.PodSpec{Tolerations: tolerateAll[:1]}, daemon.NoScheduleTaint},
		{"another value", corev1.PodSpec{Tolerations: []corev1.Toleration{
			tolerateAll[0], {Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: "web", Effect: corev1.TaintEffectNoSchedule}, tolerateAll[2],
		}}, daemon.NoScheduleTaint},
		{"another effect", corev1.PodSpec{Tolerations: []corev1.Toleration{
			tolerateAll[0], {Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: "db", Effect: corev1.TaintEffectNoExecute}, tolerateAll[2],
		}}, daemon.NoScheduleTaint},
		{"the node's network", corev1.PodSpec{Tolerations: tolerateAll[:2], HostNetwork: true}, 0},
		{"a network of its own", corev1.PodSpec{Tolerations: tolerateAll[:2]}, daemon.NoScheduleTaint},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := kube.Placement(&corev1.PodTemplateSpec{Spec: test.spec})
			if err != nil {
				t.Errorf("%v", err)
			}
			node := kube.Node(&corev1.Node{
				ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: map[string]string{"disk": "ssd", "cpus": "4"}},
				Spec: corev1.NodeSpec{Taints: []corev1.Taint{
					{Key: "drain", Effect: corev1.TaintEffectNoExecute},
					{Key: "dedicated", Value: "db", Effect: corev1.TaintEffectNoSchedule},
					{Key: corev1.TaintNodeNetworkUnavailable, Effect: corev1.TaintEffectNoSchedule},
				}},
			})
			if _, misfit := p.On(node); misfit != test.misfit {
				t.Errorf("%v, want %v", misfit, test.misfit)
			}
		})
	}
	got, err := kube.Placement(&corev1.PodTemplateSpec{})
	if fit, _ := got.On(daemon.Node{Name: "any"}); err != nil || fit != daemon.ShouldRun || got.Tolerations != nil {
		t.Errorf("the zero template is %+v, %v, want every node", got, err)
	}
}

// tolerateAll tolerates the taints of the node of TestPlacement, one each.
var tolerateAll = []corev1.Toleration{
	{Key: "drain", Operator: corev1.TolerationOpExists},
	{Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: "db", Effect: corev1.TaintEffectNoSchedule},
	{Key: corev1.TaintNodeNetworkUnavailable, Operator: corev1.TolerationOpExists},
}

// A bad term is named, and passed over.
func TestPlacementErrors(t *testing.T) {
	p, err := kube.Placement(&corev1.PodTemplateSpec{Spec: corev1.PodSpec{Affinity: requiring(
		labeled(expression("cpus", "Exists"), expression("cpus", "Gt", "few")), labeled(expression("gpu", "Exists")), named("In"),
	)}})
	const terms = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
	var bad field.Errors
	errors.As(err, &bad)
	if want := terms + "[0].matchExpressions[1].values[0] " + terms + "[2].matchFields[0].values"; paths(bad) != want {
		t.Errorf("errors at %s, want %s", paths(bad), want)
	}
	for label, want := range map[string]daemon.Fit{"gpu": daemon.ShouldRun, "cpus": daemon.ShouldNotRun} {
		if fit, _ := p.On(daemon.Node{Labels: map[string]string{label: "4"}}); fit != want {
			t.Errorf("a node with %s: %v, want %v", label, fit, want)
		}
	}

	p, err = kube.Placement(&corev1.PodTemplateSpec{Spec: corev1.PodSpec{
		NodeSelector: map[string]string{"disk": "a b", "c d": "x"}, Affinity: requiring(labeled(expression("gpu", "=", "x"))),
	}})
	errors.As(err, &bad)
	if want := "spec.nodeSelector spec.nodeSelector[disk] " + terms + "[0].matchExpressions[0].operator"; paths(bad) != want {
		t.Errorf("errors at %s, want %s", paths(bad), want)
	}
	if fit, misfit := p.On(daemon.Node{}); fit != daemon.ShouldNotRun || misfit != daemon.SelectorMismatch {
		t.Errorf("with a bad node selector: %v, %v", fit, misfit)
	}

	_, err = kube.Placement(&corev1.PodTemplateSpec{Spec: corev1.PodSpec{NodeSelector: map[string]string{"disk": "a b"}}})
	bad = nil
	if errors.As(err, &bad); paths(bad) != "spec.nodeSelector[disk]" {
		t.Errorf("one error alone, at %s", paths(bad))
	}

	p, err = kube.Placement(nil)
	if fit, _ := p.On(daemon.Node{}); err == nil || fit != daemon.ShouldNotRun {
		t.Errorf("nil: %v, %v, want an error, and no node", fit, err)
	}
}
