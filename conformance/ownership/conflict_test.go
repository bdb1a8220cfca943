package ownership_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
)

// small returns all label sets with two keys and the values that randomSelector uses, plus one other value.
func small() []map[string]string {
	var all []map[string]string
	for _, app := range []string{"", "1", "2", "3"} {
		for _, rev := range []string{"", "1", "2", "3"} {
			set := map[string]string{"app": app, "rev": rev}
			maps.DeleteFunc(set, func(_, value string) bool { return value == "" })
			all = append(all, set)
		}
	}
	return all
}

// Two controllers overlap if upstream lets both adopt the same orphan. The test tries every label set of a
// small world. Conflicts are the overlaps in which one selector implies the other.
func TestOverlaps(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 2))
	with, without := 0, 0
	for range *cases / 50 {
		var theirs []*appsv1.ReplicaSet
		var ours []ownership.Controller
		for range 2 {
			rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
				Namespace: pick(r, "shop", "shop", "other", ""), UID: pick[types.UID](r, "u1", "u2", "u3", ""),
			}}
			if r.IntN(8) == 0 {
				rs.DeletionTimestamp = new(metav1.Now())
			}
			rs.Spec.Selector = randomSelector(r)
			s, err := kube.Selector(rs.Spec.Selector)
			if err != nil {
				t.Fatal(err)
			}
			theirs, ours = append(theirs, rs), append(ours, kube.Controller(rs, replicaSet, s))
		}
		found := slices.Collect(ownership.Overlaps(ours))
		conflict := false
		for _, set := range small() {
			conflict = conflict || bothAdopt(t, theirs, set)
		}
		// Controllers that the safety rule keeps from adopting do not overlap.
		conflict = conflict && theirs[0].UID != "" && theirs[1].UID != "" && theirs[0].UID != theirs[1].UID &&
			!ours[0].Selector.IsEverything() && !ours[1].Selector.IsEverything()
		if conflict != (len(found) == 1) || conflict && !bothAdopt(t, theirs, found[0].Example) {
			t.Fatalf("%+v: %v, upstream both adopt: %v", ours, found, conflict)
		}
		implied := len(found) == 1 && (found[0].AllOfA || found[0].AllOfB)
		if fights := ownership.Conflicts(ours); implied != (len(fights) == 1) {
			t.Fatalf("%+v: Conflicts %v, Overlaps %v", ours, fights, found)
		}
		if conflict {
			with++
		} else {
			without++
		}
	}
	t.Logf("seed %d, %d pairs with a conflict, %d without", *seed, with, without)
	if with == 0 || without == 0 {
		t.Error("one of the cases did not occur")
	}
}

func randomSelector(r *rand.Rand) *metav1.LabelSelector {
	ls := &metav1.LabelSelector{}
	if r.IntN(2) == 0 {
		ls.MatchLabels = map[string]string{"app": pick(r, "1", "2")}
	}
	for r.IntN(2) == 0 {
		q := metav1.LabelSelectorRequirement{
			Key: pick(r, "app", "rev"), Operator: pick[metav1.LabelSelectorOperator](r, "In", "NotIn", "Exists", "DoesNotExist"),
		}
		if q.Operator == metav1.LabelSelectorOpIn || q.Operator == metav1.LabelSelectorOpNotIn {
			q.Values = []string{pick(r, "1", "2"), pick(r, "1", "2")}
		}
		ls.MatchExpressions = append(ls.MatchExpressions, q)
	}
	return ls
}

// bothAdopt reports whether both controllers adopt an orphan with these labels in the namespace of one of
// them.
func bothAdopt(t *testing.T, theirs []*appsv1.ReplicaSet, labels map[string]string) bool {
	t.Helper()
	for _, namespace := range []string{theirs[0].Namespace, theirs[1].Namespace} {
		adopted := 0
		for _, rs := range theirs {
			s, err := metav1.LabelSelectorAsSelector(rs.Spec.Selector)
			if err != nil {
				t.Fatal(err)
			}
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "orphan", UID: "p1", Labels: labels}}
			if d, _ := theirDecision(t, rs, s, pod); d == ownership.Adopt {
				adopted++
			}
		}
		if adopted == 2 {
			return true
		}
	}
	return false
}
