package ownership_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	upstream "k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
)

// oddRefs returns references, some valid and some that the API rejects for one or more reasons.
func oddRefs(r *rand.Rand) []metav1.OwnerReference {
	yes, no := true, false
	word := func(n int) string { // of characters that some rule treats specially
		var s []byte
		for range r.IntN(n) {
			s = append(s, "v1/ .-A\x00\xff"[r.IntN(9)])
		}
		return string(s)
	}
	refs := make([]metav1.OwnerReference, r.IntN(5))
	for i := range refs {
		refs[i] = metav1.OwnerReference{
			APIVersion: pick(r, "apps/v1", "v1", "/v1", "v1/", "/", "//", "a/b/c", "events.k8s.io/v1", "", word(6)),
			Kind:       pick(r, "ReplicaSet", "Event", "Event", "event", "Event ", "", word(3)),
			Name:       pick(r, "web", "a b/c", "", word(3)),
			UID:        types.UID(pick(r, "u1", "u2", "not a UUID", "", word(3))),
			Controller: pick(r, nil, &yes, &yes, &no), BlockOwnerDeletion: pick(r, nil, &yes, &no),
		}
	}
	return refs
}

// sameField reports whether two errors are about the same field. Upstream reports a second controller for the
// whole list.
func sameField(ours *field.Error, theirs *upstream.Error) bool {
	return ours.Path == theirs.Field || strings.HasSuffix(ours.Path, "].controller") && theirs.Field == "ownerReferences"
}

// TestValidate checks that the API server rejects the same owner references, with one error for each field.
func TestValidate(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 1))
	numbers := map[int]int{}
	for range *cases {
		refs := oddRefs(r)
		theirs := validation.ValidateOwnerReferences(refs, upstream.NewPath("ownerReferences"))
		err := ownership.Validate(kube.OwnerReferences(refs))
		var ours field.Errors
		if errors.As(err, &ours); (err == nil) != (len(ours) == 0) || !slices.EqualFunc(ours, theirs, sameField) {
			t.Fatalf("%+v:\n%v\nupstream %v", refs, err, theirs)
		}
		numbers[len(ours)]++
	}
	t.Logf("seed %d, %d lists of references, by number of errors: %v", *seed, *cases, numbers)
	for n := range 6 {
		if numbers[n] < *cases/100 {
			t.Errorf("only %d lists with %d errors", numbers[n], n)
		}
	}
}
