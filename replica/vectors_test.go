package replica_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// The API fields that the vectors need.
type metadata struct {
	Namespace, Name, UID string
	Labels               map[string]string
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

type apiPod struct {
	Metadata metadata
	Spec     struct{ NodeName string }
	Status   struct {
		Phase      string
		Conditions []struct {
			Type, Status       string
			LastTransitionTime time.Time
		}
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
	}
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" {
			pod.Ready, pod.ReadySince = c.Status == "True", c.LastTransitionTime
		}
	}
	return pod
}

// A claimVector is one line of testdata/claim.jsonl: what the real ReplicaSet controller did about a state.
type claimVector struct {
	Name        string
	Now         time.Time
	ReplicaSet  string
	ReplicaSets []apiReplicaSet
	Pods        []apiPod
	Did         struct {
		Adopted, Released, Deleted []string
		Created                    int
	}
}

// Whom the controller released and how many it created is certain, and how many it deleted. It may have deleted any pods
// of those created in the same second, and one that it adopted first is then recorded as deleted alone.
func TestClaimVectors(t *testing.T) {
	f, err := os.Open("testdata/claim.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	ran := 0
	for lines.Scan() {
		var v claimVector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		ran++
		t.Run(v.Name, func(t *testing.T) { v.check(t) })
	}
	if err := lines.Err(); err != nil || ran != 15 {
		t.Errorf("ran %d lines, %v; want 15", ran, err)
	}
}

func (v *claimVector) check(t *testing.T) {
	i := slices.IndexFunc(v.ReplicaSets, func(rs apiReplicaSet) bool { return rs.Metadata.Name == v.ReplicaSet })
	rs := v.ReplicaSets[i]
	s, err := selector.Compile(rs.Spec.Selector)
	if err != nil {
		t.Fatal(err)
	}
	c := ownership.Controller{
		Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: rs.Metadata.Name, UID: rs.Metadata.UID},
		Namespace: rs.Metadata.Namespace, Selector: s, Deleting: rs.Metadata.DeletionTimestamp != nil,
	}
	var adopted, released []string
	var counted []replica.Pod
	for i := range v.Pods {
		p := v.Pods[i].pod()
		verdict := replica.Judge(c, p, 0, v.Now)
		switch verdict.Decision {
		case ownership.Adopt:
			adopted = append(adopted, p.Name)
		case ownership.Release:
			released = append(released, p.Name)
		}
		if verdict.Counted {
			counted = append(counted, p)
		}
	}
	plan := replica.Diff(rs.Spec.Replicas, counted, v.Now, replica.Options{})

	slices.Sort(released)
	slices.Sort(v.Did.Released)
	if diff := cmp.Diff(v.Did.Released, append([]string{}, released...)); diff != "" {
		t.Errorf("released (-upstream +got):\n%s", diff)
	}
	if plan.Create != v.Did.Created {
		t.Errorf("create %d, upstream created %d", plan.Create, v.Did.Created)
	}
	if len(plan.Delete) != len(v.Did.Deleted) {
		t.Errorf("delete %d, upstream deleted %d", len(plan.Delete), len(v.Did.Deleted))
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
}
