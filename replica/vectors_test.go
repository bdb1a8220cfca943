package replica_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

type apiReplicaSet struct {
	Metadata podtest.Metadata
	Spec     struct {
		Replicas int
		Selector *selector.LabelSelector
	}
}

// A replicaVector is one line of testdata/claim.jsonl or scale-down.jsonl: what the real ReplicaSet
// controller did about a state.
type replicaVector struct {
	Now         time.Time
	ReplicaSet  string
	ScaleTo     int // in scale-down.jsonl
	ReplicaSets []apiReplicaSet
	Pods        []podtest.Pod
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

// Whom the controller released and how many it created is certain, and how many it deleted. It may have
// deleted any pods of those created in the same second, and one that it adopted first is then recorded as
// deleted alone.
func TestClaimVectors(t *testing.T) {
	check.Lines(t, "testdata/claim.jsonl", 15, func(t *testing.T, v replicaVector) {
		c, rs := v.controller(t)
		ps := podtest.Pods(v.Pods)
		plan := replica.Sync(c, rs.Spec.Replicas, ps, v.Now, replica.Options{})
		adopted, released := podtest.Names(ps, plan.Adopt), podtest.Names(ps, plan.Release)

		slices.Sort(v.Did.Released)
		if diff := cmp.Diff(v.Did.Released, released); diff != "" {
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
	})
}

// The related pods are those of all ReplicaSets with the same controller.
func TestScaleDownVectors(t *testing.T) {
	check.Lines(t, "testdata/scale-down.jsonl", 15, func(t *testing.T, v replicaVector) {
		c, rs := v.controller(t)
		var selectors []selector.Selector
		if owner := ownership.ControllerOf(rs.Metadata.OwnerReferences); owner != nil {
			for _, other := range v.ReplicaSets {
				if ownership.IsControlledBy(other.Metadata.OwnerReferences, owner.UID) {
					selectors = append(selectors, check.Must(selector.Compile(other.Spec.Selector)))
				}
			}
		}
		ps := podtest.Pods(v.Pods)
		plan := replica.Sync(c, v.ScaleTo, ps, v.Now, replica.Options{Related: replica.Related(ps, selectors...)})
		var deletions []int
		for _, deletion := range plan.Delete {
			deletions = append(deletions, deletion.Index)
		}
		deleted := podtest.Names(ps, deletions)
		slices.Sort(v.Did.Deleted)
		if diff := cmp.Diff(v.Did.Deleted, deleted); diff != "" || plan.Create != 0 || plan.Adopt != nil || plan.Release != nil {
			t.Errorf("%+v\ndeleted (-upstream +got):\n%s", plan, diff)
		}
	})
}
