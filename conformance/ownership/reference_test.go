package ownership_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// randomRefs returns references that often name the same object and may have empty or wrong fields.
func randomRefs(r *rand.Rand) []metav1.OwnerReference {
	yes, no := true, false
	refs := make([]metav1.OwnerReference, r.IntN(4))
	for i := range refs {
		refs[i] = metav1.OwnerReference{
			APIVersion: pick(r, "apps/v1", "apps/v1", "v1"), Kind: pick(r, "ReplicaSet", "ReplicaSet", "Event"),
			Name: pick(r, "this", "this", "that"), UID: pick[types.UID](r, "u1", "u1", "u2", ""),
			Controller: pick(r, nil, &yes, &yes, &no),
		}
	}
	return refs
}

func TestIsControlledBy(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 0))
	controlled, unstored := 0, 0
	for range *cases {
		refs, uid := randomRefs(r), pick[types.UID](r, "u1", "u2", "")
		theirs := metav1.IsControlledBy(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{OwnerReferences: refs}}, &metav1.ObjectMeta{UID: uid})
		want := theirs
		if uid == "" && theirs { // upstream, two empty UIDs are the same owner; in rollcall an empty UID is no owner
			want = false
			unstored++
		}
		if got := ownership.IsControlledBy(kube.OwnerReferences(refs), string(uid)); got != want {
			t.Fatalf("%+v controlled by %q: %v, want %v, upstream %v", refs, uid, got, want, theirs)
		}
		if want {
			controlled++
		}
	}
	t.Logf("%d lists of references, %d controlled, %d with both UIDs empty", *cases, controlled, unstored)
	if controlled == 0 || unstored == 0 {
		t.Error("one of the cases did not occur")
	}
}

// ownPods returns pods with random owners and labels.
func ownPods(n uint64) []*corev1.Pod {
	w := pods.NewWorld(*seed, n)
	list := w.Pods(5)
	for _, p := range list {
		p.OwnerReferences = randomRefs(w.Rand)
	}
	return list
}

func TestFilterClaimedPods(t *testing.T) {
	rs := &metav1.ObjectMeta{Namespace: "shop", Name: "this", UID: "u1"}
	kept := 0
	for n := range *cases / 10 {
		list := ownPods(uint64(n))
		for name, s := range selectors {
			// Upstream lists the pods of one namespace, and does not compare it. Filter does.
			theirs := slices.DeleteFunc(controller.FilterClaimedPods(rs, s.theirs, list), func(p *corev1.Pod) bool {
				return p.Namespace != rs.Namespace
			})
			c := kube.Controller(rs, replicaSet, s.ours)
			ours := slices.Collect(ownership.Filter(c, slices.Values(list), kube.Object[*corev1.Pod]))
			if !slices.Equal(theirs, ours) {
				t.Fatalf("list %d of seed %d, selector %s: %d pods, upstream %d", n, *seed, name, len(ours), len(theirs))
			}
			kept += len(ours)
		}
	}
	t.Logf("%d pods kept", kept)
	if kept == 0 {
		t.Error("no pods kept")
	}
}

// Upstream's index of a ReplicaSet's pods uses namespace, kind, name and UID of the owner; the claim uses
// only the UID.
func TestFilterPodsByOwner(t *testing.T) {
	rs := &metav1.ObjectMeta{Namespace: "shop", Name: "this", UID: "u1"}
	ours := kube.Controller(rs, replicaSet, selectors["match"].ours)
	indexers := cache.Indexers{controller.PodControllerIndex: func(o any) ([]string, error) {
		p := o.(*corev1.Pod)
		return []string{controller.PodControllerIndexKey(p.Namespace, metav1.GetControllerOf(p))}, nil
	}}
	listed, unlisted := 0, 0
	for n := range *cases / 10 {
		list := ownPods(uint64(n))
		index := cache.NewIndexer(cache.MetaNamespaceKeyFunc, indexers)
		for _, p := range list {
			if err := index.Add(p); err != nil {
				t.Fatal(err)
			}
		}
		theirs, err := controller.FilterPodsByOwner(index, rs, "ReplicaSet", true)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			owner := metav1.GetControllerOf(p)
			inNamespace := p.Namespace == rs.Namespace
			verdict := replica.Judge(ours, kube.Pod(p), 0, pods.Now)
			switch in := slices.Contains(theirs, p); {
			case in && verdict.Reason == ownership.OtherController:
				t.Fatalf("%+v: upstream lists it, rollcall says another controller owns it", owner)
			case in:
				listed++
			case verdict.Reason == ownership.OtherController || owner == nil && !inNamespace: // the same in both libraries
			case owner.UID == rs.UID && (owner.Kind != "ReplicaSet" || owner.Name != rs.Name || !inNamespace):
				unlisted++ // owned by UID, but the index has another key
			default:
				t.Fatalf("%+v in %s: upstream does not list it, rollcall: %+v", owner, p.Namespace, verdict)
			}
		}
	}
	t.Logf("%d pods listed, %d owned but not listed", listed, unlisted)
	if listed == 0 || unlisted == 0 {
		t.Error("one of the cases did not occur")
	}
}
