package daemon_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// A daemonVector is one line of testdata/daemon.jsonl: what the real DaemonSet controller did until nothing
// moved any more.
type daemonVector struct {
	Now       time.Time
	DaemonSet struct {
		Metadata podtest.Metadata
		Spec     struct {
			MinReadySeconds int
			Selector        *selector.LabelSelector
			Template        struct {
				Spec struct {
					NodeName     string
					NodeSelector map[string]string
					Affinity     podtest.Affinity
					Tolerations  []daemon.Toleration
					HostNetwork  bool
				}
			}
		}
	}
	Nodes []struct {
		Metadata podtest.Metadata
		Spec     struct{ Taints []daemon.Taint }
	}
	Pods []podtest.Pod
	Did  struct{ CreatedOn, Deleted []string }

	Status struct {
		CurrentNumberScheduled, NumberMisscheduled, DesiredNumberScheduled, NumberReady, UpdatedNumberScheduled, NumberAvailable, NumberUnavailable int
	}
}

func (v *daemonVector) placement(t *testing.T) daemon.Placement {
	ds := &v.DaemonSet.Spec
	template := &ds.Template.Spec
	p := daemon.Placement{
		NodeName: template.NodeName, NodeSelector: check.Must(selector.FromLabels(template.NodeSelector)), Tolerations: template.Tolerations,
		HostNetwork: template.HostNetwork, MinReady: time.Duration(ds.MinReadySeconds) * time.Second, FailedPods: new(daemon.FailedPods),
	}
	if required := template.Affinity.NodeAffinity.Required; required != nil {
		var err error
		if p.Affinity, err = daemon.CompileAffinity(required.NodeSelectorTerms); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// The plan is carried out as in the recording, which had no kubelet: a pod that is bound to a node stays when
// it is deleted, one that is not, or that ended, is gone at once.
func TestDaemonVectors(t *testing.T) {
	check.Lines(t, "testdata/daemon.jsonl", 32, func(t *testing.T, v daemonVector) {
		c := ownership.Controller{Ref: ownership.Ref{UID: v.DaemonSet.Metadata.UID}, Namespace: v.DaemonSet.Metadata.Namespace, Selector: check.Must(selector.Compile(v.DaemonSet.Spec.Selector))}
		var nodes []daemon.Node
		for _, n := range v.Nodes {
			nodes = append(nodes, daemon.Node{Name: n.Metadata.Name, Labels: n.Metadata.Labels, Taints: n.Spec.Taints})
		}
		var ps []replica.Pod
		p := v.placement(t)
		p.Revision = "the only one"
		for _, pod := range podtest.Pods(v.Pods) {
			pod.Revision = p.Revision
			ps = append(ps, pod)
		}
		var created, deleted []string
		var plan daemon.Plan
		for now, syncs := v.Now, 0; ; syncs++ {
			plan = daemon.Sync(c, nodes, ps, p, now)
			if plan.Create == nil && plan.Delete == nil && plan.NextCheck == 0 {
				break
			}
			if syncs == 20 {
				t.Fatalf("no end: %+v", plan)
			}
			gone := map[int]bool{}
			for _, deletion := range plan.Delete {
				pod := &ps[deletion.Index]
				deleted = append(deleted, pod.Name)
				if deletion.Rule == daemon.PodFailed {
					p.FailedPods.Deleted(pod.TargetNode(), now)
				}
				gone[deletion.Index] = pod.Node == "" || pod.Phase == "Failed" || pod.Phase == "Succeeded"
				pod.Deleting = true
			}
			var left []replica.Pod
			for i, pod := range ps {
				if !gone[i] {
					left = append(left, pod)
				}
			}
			for _, node := range plan.Create {
				created = append(created, node)
				left = append(left, replica.Pod{
					Object: ownership.Object{Namespace: c.Namespace, Name: "new on " + node, UID: "new on " + node, Labels: v.DaemonSet.Spec.Selector.MatchLabels, ControlledBy: c.Ref},
					Target: node, Phase: "Pending", Revision: p.Revision, Created: now,
				})
			}
			ps, now = left, now.Add(plan.NextCheck)
		}
		slices.Sort(created)
		slices.Sort(deleted)
		slices.Sort(v.Did.CreatedOn)
		slices.Sort(v.Did.Deleted)
		if diff := cmp.Diff(v.Did.CreatedOn, append([]string{}, created...)); diff != "" {
			t.Errorf("created on (-upstream +got):\n%s", diff)
		}
		if diff := cmp.Diff(v.Did.Deleted, append([]string{}, deleted...)); diff != "" {
			t.Errorf("deleted (-upstream +got):\n%s", diff)
		}
		got := v.Status
		got.CurrentNumberScheduled, got.NumberMisscheduled, got.DesiredNumberScheduled = plan.Status.Current, plan.Status.Misscheduled, plan.Status.Desired
		got.NumberReady, got.UpdatedNumberScheduled, got.NumberAvailable, got.NumberUnavailable = plan.Status.Ready, plan.Status.Updated, plan.Status.Available, plan.Status.Unavailable
		if diff := cmp.Diff(v.Status, got); diff != "" {
			t.Errorf("status (-upstream +got):\n%s", diff)
		}
	})
}
