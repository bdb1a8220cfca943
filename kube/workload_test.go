package kube_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// sameErrors reports a difference between the field errors of err and those wanted, which are "path: words of
// the reason".
func sameErrors(t *testing.T, err error, want ...string) {
	t.Helper()
	var bad field.Errors
	errors.As(err, &bad)
	if (err == nil) != (len(bad) == 0) || len(bad) != len(want) {
		t.Fatalf("%v, want %q", err, want)
	}
	for i, e := range bad {
		path, reason, _ := strings.Cut(want[i], ": ")
		if e.Path != path || !strings.Contains(e.Reason, reason) {
			t.Errorf("%s: %s, want %s", e.Path, e.Reason, want[i])
		}
	}
}

func TestReplicaSet(t *testing.T) {
	app := map[string]string{"app": "web"}
	three := int32(3)
	for _, row := range []struct {
		name     string
		change   func(*appsv1.ReplicaSet)
		selector string
		want     int
		minReady time.Duration
		errors   []string
	}{
		{"valid", func(rs *appsv1.ReplicaSet) {
			rs.Spec.Replicas, rs.Spec.MinReadySeconds = &three, 5
		}, "app=web", 3, 5 * time.Second, nil},
		{"no replicas", func(rs *appsv1.ReplicaSet) { rs.Spec.Replicas = nil }, "app=web", 1, 0, nil},
		{"no selector", func(rs *appsv1.ReplicaSet) { rs.Spec.Selector = nil }, selector.Nothing().String(), 7, 0,
			[]string{"spec.selector: missing"}},
		{"empty selector", func(rs *appsv1.ReplicaSet) { rs.Spec.Selector = &metav1.LabelSelector{} }, "", 7, 0,
			[]string{"spec.selector: empty"}},
		{"invalid selector", func(rs *appsv1.ReplicaSet) {
			rs.Spec.Selector = &metav1.LabelSelector{
				MatchLabels:      map[string]string{"app": "a b"},
				MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "x", Operator: "In"}},
			}
		}, selector.Nothing().String(), 7, 0, []string{
			"spec.selector.matchLabels[app]: ", "spec.selector.matchExpressions[0].values: at least one",
		}},
		{"selector does not match the template", func(rs *appsv1.ReplicaSet) {
			rs.Spec.Template.Labels = map[string]string{"app": "db"}
		}, "app=web", 7, 0, []string{"spec.template.metadata.labels: do not match"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			rs := replicaSet("web", 7, app)
			row.change(rs)
			c, want, minReady, err := kube.ReplicaSet(rs)
			sameErrors(t, err, row.errors...)
			if s := c.Selector.String(); s != row.selector || want != row.want || minReady != row.minReady {
				t.Errorf("%q, %d, %v; want %q, %d, %v", s, want, minReady, row.selector, row.want, row.minReady)
			}
			if got := kube.Controller(rs, replicaSetKind, c.Selector); !reflect.DeepEqual(c, got) {
				t.Errorf("%+v, want %+v", c, got)
			}
		})
	}
	t.Run("nil", func(t *testing.T) {
		c, _, _, err := kube.ReplicaSet(nil)
		if err == nil || c.Acts() || c.UID != "" {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestReplicationController(t *testing.T) {
	app, two := map[string]string{"app": "kubia"}, int32(2)
	labeled := func(labels map[string]string) *corev1.PodTemplateSpec {
		return &corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}}
	}
	for _, row := range []struct {
		name     string
		selector map[string]string
		template *corev1.PodTemplateSpec
		want     string
		errors   []string
	}{
		{"selector", app, labeled(map[string]string{"app": "kubia", "v": "1"}), "app=kubia", nil},
		{"labels of the template", nil, labeled(app), "app=kubia", nil},
		{"empty selector", map[string]string{}, labeled(app), "app=kubia", nil},
		{"neither", nil, labeled(nil), "", []string{"spec.selector: empty", "spec.template.metadata.labels: missing"}},
		{"no template", app, nil, "app=kubia", []string{
			"spec.template.metadata.labels: missing", "spec.template.metadata.labels: do not match",
		}},
		{"invalid selector", map[string]string{"app": "a b", "c d": ""}, labeled(app), selector.Nothing().String(),
			[]string{"spec.selector[app]: ", "spec.selector: "}},
		{"invalid label of the template", nil, labeled(map[string]string{"app": "a b"}), selector.Nothing().String(),
			[]string{"spec.template.metadata.labels[app]: "}},
	} {
		t.Run(row.name, func(t *testing.T) {
			rc := &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "kubia", UID: "u1"}}
			rc.Spec.Replicas, rc.Spec.MinReadySeconds = &two, 5
			rc.Spec.Selector, rc.Spec.Template = row.selector, row.template
			c, want, minReady, err := kube.ReplicationController(rc)
			sameErrors(t, err, row.errors...)
			s := c.Selector
			c.Selector = selector.Selector{}
			if s.String() != row.want || want != 2 || minReady != 5*time.Second || !reflect.DeepEqual(c, ownership.Controller{
				Ref:       ownership.Ref{APIVersion: "v1", Kind: "ReplicationController", Name: "kubia", UID: "u1"},
				Namespace: "shop",
			}) {
				t.Errorf("%+v, %q, %d, %v", c, s, want, minReady)
			}
		})
	}
	t.Run("nil", func(t *testing.T) {
		c, _, _, err := kube.ReplicationController(nil)
		if err == nil || c.Acts() || c.UID != "" {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestDaemonSet(t *testing.T) {
	agent := map[string]string{"app": "agent"}
	const affinity = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
	for _, row := range []struct {
		name   string
		change func(*appsv1.DaemonSet)
		fit    daemon.Fit // of a node with disk=ssd
		errors []string
	}{
		{"valid", func(ds *appsv1.DaemonSet) {}, daemon.ShouldRun, nil},
		{"another node selector", func(ds *appsv1.DaemonSet) {
			ds.Spec.Template.Spec.NodeSelector = map[string]string{"disk": "hdd"}
		}, daemon.ShouldNotRun, nil},
		{"all errors", func(ds *appsv1.DaemonSet) {
			ds.Spec.Selector = nil
			ds.Spec.Template.Spec.NodeSelector = map[string]string{"disk": "a b"}
			ds.Spec.Template.Spec.Affinity = requiring(labeled(expression("gpu", "=", "x")))
		}, daemon.ShouldNotRun, []string{
			"spec.selector: missing", "spec.template.spec.nodeSelector[disk]: ",
			"spec.template." + affinity + "[0].matchExpressions[0].operator: ",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			ds := daemonSet("agent", agent)
			ds.Spec.MinReadySeconds = 5
			row.change(ds)
			c, p, err := kube.DaemonSet(ds)
			sameErrors(t, err, row.errors...)
			if got := kube.Controller(ds, daemonSetKind, c.Selector); !reflect.DeepEqual(c, got) {
				t.Errorf("%+v, want %+v", c, got)
			}
			fit, _ := p.On(daemon.Node{Name: "node-1", Labels: map[string]string{"disk": "ssd"}})
			if fit != row.fit || p.MinReady != 5*time.Second {
				t.Errorf("%v, minReady %v; want %v, 5s", fit, p.MinReady, row.fit)
			}
		})
	}
	t.Run("nil", func(t *testing.T) {
		c, _, err := kube.DaemonSet(nil)
		if err == nil || c.Acts() || c.UID != "" {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
