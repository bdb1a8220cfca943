package replica_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// The API fields that the vectors need.
type metadata struct {
	Namespace, Name, UID string
	Labels, Annotations  map[string]string
	OwnerReferences      []ownership.OwnerReference
	CreationTimestamp    time.Time
	DeletionTimestamp    *time.Time
}

type apiReplicaSet struct {
	Metadata metadata
	Spec     struct {
		Replicas int
		Selector *selector.LabelSelector
	}
}

type apiAffinity struct {
	NodeAffinity struct {
		Required *struct{ NodeSelectorTerms []daemon.NodeSelectorTerm } `json:"requiredDuringSchedulingIgnoredDuringExecution"`
	}
}

type apiContainerStatus struct {
	Name         string
	RestartCount int32
}

type apiPod struct {
	Metadata metadata
	Spec     struct {
		NodeName       string
		Affinity       apiAffinity
		InitContainers []struct{ Name, RestartPolicy string }
	}
	Status struct {
		Phase      string
		Conditions []struct {
			Type, Status       string
			LastTransitionTime time.Time
		}
		ContainerStatuses, InitContainerStatuses []apiContainerStatus
	}
}

func (p *apiPod) pod() replica.Pod {
	m := &p.Metadata
	pod := replica.Pod{
		Object: ownership.Object{
			Namespace: m.Namespace, Name: m.Name, UID: m.UID, Labels: m.Labels,
			ControlledBy: ownership.ControllerOf(m.OwnerReferences).Ref(), Deleting: m.DeletionTimestamp != nil,
		},
		Node: p.Spec.NodeName, Phase: p.Status.Phase, Created: m.CreationTimestamp,
		Revision:     m.Labels["controller-revision-hash"],
		DeletionCost: replica.DeletionCost(m.Annotations["controller.kubernetes.io/pod-deletion-cost"]),
	}
	if required := p.Spec.Affinity.NodeAffinity.Required; required != nil {
		pod.Target = required.NodeSelectorTerms[0].MatchFields[0].Values[0]
	}
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" {
			pod.Ready, pod.ReadySince = c.Status == "True", c.LastTransitionTime
		}
	}
	for _, c := range p.Status.ContainerStatuses {
		pod.Restarts = max(pod.Restarts, c.RestartCount)
	}
	for _, c := range p.Status.InitContainerStatuses {
		for _, spec := range p.Spec.InitContainers {
			if spec.Name == c.Name && spec.RestartPolicy == "Always" {
				pod.SidecarRestarts = max(pod.SidecarRestarts, c.RestartCount)
			}
		}
	}
	return pod
}

func toPods(from []apiPod) []replica.Pod {
	var ps []replica.Pod
	for i := range from {
		ps = append(ps, from[i].pod())
	}
	return ps
}

// names returns the names of the pods with these indices, sorted; an empty slice for none.
func names(ps []replica.Pod, indices []int) []string {
	names := []string{}
	for _, i := range indices {
		names = append(names, ps[i].Name)
	}
	slices.Sort(names)
	return names
}

// eachVector runs the check for every line of a file, of which there have to be so many.
func eachVector[V any](t *testing.T, file string, want int, check func(*testing.T, *V)) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	ran := 0
	for lines.Scan() {
		v := new(V)
		if err := json.Unmarshal(lines.Bytes(), v); err != nil {
			t.Fatal(err)
		}
		ran++
		t.Run(fmt.Sprint("line ", ran), func(t *testing.T) { check(t, v) })
	}
	if err := lines.Err(); err != nil || ran != want {
		t.Errorf("ran %d lines, %v; want %d", ran, err, want)
	}
}

// A replicaVector is one line of testdata/claim.jsonl or scale-down.jsonl: what the real ReplicaSet controller did about a state.
type replicaVector struct {
	Now         time.Time
	ReplicaSet  string
	ScaleTo     int // in scale-down.jsonl
	ReplicaSets []apiReplicaSet
	Pods        []apiPod
	Did         struct {
		Adopted, Released, Deleted []string
		Created                    int
	}
}

func (v *replicaVector) controller(t *testing.T) (ownership.Controller, apiReplicaSet) {
	i := slices.IndexFunc(v.ReplicaSets, func(rs apiReplicaSet) bool { return rs.Metadata.Name == v.ReplicaSet })
	rs := v.ReplicaSets[i]
	s, err := selector.Compile(rs.Spec.Selector)
	if err != nil {
		t.Fatal(err)
	}
	return ownership.Controller{
		Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: rs.Metadata.Name, UID: rs.Metadata.UID},
		Namespace: rs.Metadata.Namespace, Selector: s, Deleting: rs.Metadata.DeletionTimestamp != nil,
	}, rs
}

// Whom the controller released and how many it created is certain, and how many it deleted. It may have deleted any pods
// of those created in the same second, and one that it adopted first is then recorded as deleted alone.
func TestClaimVectors(t *testing.T) {
	eachVector(t, "testdata/claim.jsonl", 15, func(t *testing.T, v *replicaVector) {
		c, rs := v.controller(t)
		ps := toPods(v.Pods)
		pass := replica.Sync(c, rs.Spec.Replicas, ps, v.Now, replica.Options{})
		adopted, released := names(ps, pass.Adopt), names(ps, pass.Release)

		slices.Sort(v.Did.Released)
		if diff := cmp.Diff(v.Did.Released, released); diff != "" {
			t.Errorf("released (-upstream +got):\n%s", diff)
		}
		if pass.Create != v.Did.Created {
			t.Errorf("create %d, upstream created %d", pass.Create, v.Did.Created)
		}
		if len(pass.Delete) != len(v.Did.Deleted) {
			t.Errorf("delete %d, upstream deleted %d", len(pass.Delete), len(v.Did.Deleted))
		}
		for _, name := range v.Did.Adopted {
			if !slices.Contains(adopted, name) {
				t.Errorf("%s is not adopted, upstream adopted it", name)
			}
		}
		for _, name := range adopted {
			if !slices.Contains(v.Did.Adopted, name) && !slices.Contains(v.Did.Deleted, name) {
				t.Errorf("%s is adopted, upstream neither adopted nor deleted it", name)
			}
		}
	})
}

// The related pods are those of all ReplicaSets with the same controller.
func TestScaleDownVectors(t *testing.T) {
	eachVector(t, "testdata/scale-down.jsonl", 15, func(t *testing.T, v *replicaVector) {
		c, rs := v.controller(t)
		var selectors []selector.Selector
		if owner := ownership.ControllerOf(rs.Metadata.OwnerReferences); owner != nil {
			for _, other := range v.ReplicaSets {
				if ownership.IsControlledBy(other.Metadata.OwnerReferences, owner.UID) {
					selectors = append(selectors, must(selector.Compile(other.Spec.Selector)))
				}
			}
		}
		ps := toPods(v.Pods)
		pass := replica.Sync(c, v.ScaleTo, ps, v.Now, replica.Options{Related: replica.Related(ps, selectors...)})
		var victims []int
		for _, victim := range pass.Delete {
			victims = append(victims, victim.Index)
		}
		deleted := names(ps, victims)
		slices.Sort(v.Did.Deleted)
		if diff := cmp.Diff(v.Did.Deleted, deleted); diff != "" || pass.Create != 0 || pass.Adopt != nil || pass.Release != nil {
			t.Errorf("%+v\ndeleted (-upstream +got):\n%s", pass, diff)
		}
	})
}

// A daemonVector is one line of testdata/daemon.jsonl: what the real DaemonSet controller did until nothing moved any more.
type daemonVector struct {
	Now       time.Time
	DaemonSet struct {
		Metadata metadata
		Spec     struct {
			MinReadySeconds int
			Selector        *selector.LabelSelector
			Template        struct {
				Spec struct {
					NodeName     string
					NodeSelector map[string]string
					Affinity     apiAffinity
					Tolerations  []daemon.Toleration
					HostNetwork  bool
				}
			}
		}
	}
	Nodes []struct {
		Metadata metadata
		Spec     struct{ Taints []daemon.Taint }
	}
	Pods []apiPod
	Did  struct{ CreatedOn, Deleted []string }

	Status struct {
		CurrentNumberScheduled, NumberMisscheduled, DesiredNumberScheduled, NumberReady, UpdatedNumberScheduled, NumberAvailable, NumberUnavailable int
	}
}

func (v *daemonVector) placement(t *testing.T) daemon.Placement {
	ds := &v.DaemonSet.Spec
	template := &ds.Template.Spec
	p := daemon.Placement{
		NodeName: template.NodeName, NodeSelector: must(selector.FromLabels(template.NodeSelector)), Tolerations: template.Tolerations,
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

// The plan is carried out as in the recording, which had no kubelet: a pod that is bound to a node stays when it is
// deleted, one that is not, or that ended, is gone at once.
func TestDaemonVectors(t *testing.T) {
	eachVector(t, "testdata/daemon.jsonl", 32, func(t *testing.T, v *daemonVector) {
		c := ownership.Controller{Ref: ownership.Ref{UID: v.DaemonSet.Metadata.UID}, Namespace: v.DaemonSet.Metadata.Namespace, Selector: must(selector.Compile(v.DaemonSet.Spec.Selector))}
		var nodes []daemon.Node
		for _, n := range v.Nodes {
			nodes = append(nodes, daemon.Node{Name: n.Metadata.Name, Labels: n.Metadata.Labels, Taints: n.Spec.Taints})
		}
		var ps []replica.Pod
		p := v.placement(t)
		p.Revision = "the only one"
		for _, pod := range toPods(v.Pods) {
			pod.Revision = p.Revision
			ps = append(ps, pod)
		}
		var created, deleted []string
		var plan daemon.Plan
		for now, pass := v.Now, 0; ; pass++ {
			plan = daemon.Sync(c, nodes, ps, p, now).NodePlan
			if plan.Create == nil && plan.Delete == nil && plan.NextCheck == 0 {
				break
			}
			if pass == 20 {
				t.Fatalf("no end: %+v", plan)
			}
			gone := map[int]bool{}
			for _, victim := range plan.Delete {
				pod := &ps[victim.Index]
				deleted = append(deleted, pod.Name)
				if victim.Rule == daemon.PodFailed {
					p.FailedPods.Deleted(pod.TargetNode(), now)
				}
				gone[victim.Index] = pod.Node == "" || pod.Phase == "Failed" || pod.Phase == "Succeeded"
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
					Object: ownership.Object{Name: "new on " + node, UID: "new on " + node, Labels: v.DaemonSet.Spec.Selector.MatchLabels, ControlledBy: c.Ref},
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
		got.CurrentNumberScheduled, got.NumberMisscheduled, got.DesiredNumberScheduled = plan.Current, plan.Misscheduled, plan.Desired
		got.NumberReady, got.UpdatedNumberScheduled, got.NumberAvailable, got.NumberUnavailable = plan.Ready, plan.Updated, plan.Available, plan.Unavailable
		if diff := cmp.Diff(v.Status, got); diff != "" {
			t.Errorf("status (-upstream +got):\n%s", diff)
		}
	})
}
