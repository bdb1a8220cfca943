// Package ownership_test compares rollcall's claims with those of k8s.io/kubernetes/pkg/controller, the
// oracle.
package ownership_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/controller"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

var replicaSet = appsv1.SchemeGroupVersion.WithKind("ReplicaSet")

// A claim holds every input of a decision, as names.
type claim struct {
	uid, owner, sel, controller, object, namespace string
}

// refs maps names to owner references of the pod. "this" and "that" are two ReplicaSets; "this" makes the
// decision.
var refs = map[string][]metav1.OwnerReference{
	"none":                  nil,
	"this":                  {controlled("this", "u1")},
	"other":                 {controlled("that", "u2")},
	"nameless":              {controlled("this", "")},
	"renamed":               {controlled("renamed", "u1")},
	"this, not controlling": {{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "this", UID: "u1", Controller: new(bool)}},
	"this, then other":      {controlled("this", "u1"), controlled("that", "u2")},
	"other, then this":      {controlled("that", "u2"), controlled("this", "u1")},
	"plain, then this":      {{APIVersion: "v1", Kind: "ConfigMap", Name: "c", UID: "c1"}, controlled("this", "u1")},
}

func controlled(name, uid string) metav1.OwnerReference {
	rs := &metav1.ObjectMeta{Name: name, UID: types.UID(uid)}
	return *metav1.NewControllerRef(rs, replicaSet)
}

// selectors maps names to selectors in both libraries. The pod's only label is app=web.
var selectors = map[string]struct {
	theirs labels.Selector
	ours   selector.Selector
}{
	"match":      {labels.SelectorFromSet(labels.Set{"app": "web"}), selector.MustParse("app=web")},
	"mismatch":   {labels.SelectorFromSet(labels.Set{"app": "db"}), selector.MustParse("app=db")},
	"everything": {labels.Everything(), selector.Everything()},
	"nothing":    {labels.Nothing(), selector.Nothing()},
	// It matches nothing either, but it is not the selector Nothing.
	"contradiction": {must(labels.Parse("app=web,app=db")), selector.MustParse("app=web,app=db")},
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func claims() []claim {
	var all []claim
	for _, uid := range []string{"u1", ""} {
		for _, owner := range slices.Sorted(maps.Keys(refs)) {
			for _, sel := range slices.Sorted(maps.Keys(selectors)) {
				for _, controller := range []string{"alive", "deleting"} {
					for _, object := range []string{"alive", "deleting"} {
						for _, namespace := range []string{"same", "other", "cluster-wide"} {
							all = append(all, claim{uid, owner, sel, controller, object, namespace})
						}
					}
				}
			}
		}
	}
	return all
}

// build returns the controller and the pod of a claim.
func (c claim) build() (*appsv1.ReplicaSet, *corev1.Pod) {
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "this", UID: types.UID(c.uid)}}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Namespace: "shop", Name: "web-1", UID: "p1", Labels: map[string]string{"app": "web"},
		OwnerReferences: slices.Clone(refs[c.owner]),
	}}
	if c.uid == "" && (c.owner == "this" || c.owner == "renamed") { // owned by a controller that was never stored
		pod.OwnerReferences[0].UID = ""
	}
	switch c.namespace {
	case "other":
		pod.Namespace = "elsewhere"
	case "cluster-wide":
		rs.Namespace = ""
	}
	if c.controller == "deleting" {
		rs.DeletionTimestamp = &metav1.Time{Time: pods.Now}
	}
	if c.object == "deleting" {
		pod.DeletionTimestamp = &metav1.Time{Time: pods.Now}
	}
	return rs, pod
}

// theirDecision returns the decision of ClaimPods, derived from the pods that it returns and the patches that
// it sends.
func theirDecision(t *testing.T, rs *appsv1.ReplicaSet, s labels.Selector, pod *corev1.Pod, finalizers ...string) (
	ownership.Decision, []byte,
) {
	t.Helper()
	var control controller.FakePodControl
	canAdopt := func(context.Context) error { return nil }
	m := controller.NewPodControllerRefManager(&control, rs, s, replicaSet, canAdopt, finalizers...)
	claimed, err := m.ClaimPods(context.Background(), []*corev1.Pod{pod})
	if err != nil || len(control.Patches) > 1 {
		t.Fatalf("%v, patches %q", err, control.Patches)
	}
	if len(control.Patches) == 0 {
		if len(claimed) == 1 {
			return ownership.Keep, nil
		}
		return ownership.Ignore, nil
	}
	if len(claimed) == 1 {
		return ownership.Adopt, control.Patches[0]
	}
	return ownership.Release, control.Patches[0]
}

// TestClaims compares every decision and its patch. They differ only where the safety rule applies.
func TestClaims(t *testing.T) {
	type difference struct {
		reason ownership.Reason
		theirs ownership.Decision
	}
	differences := map[difference]int{}
	decisions := map[ownership.Decision]int{}
	for _, c := range claims() {
		rs, pod := c.build()
		theirs, patch := theirDecision(t, rs, selectors[c.sel].theirs, pod)
		controller := kube.Controller(rs, replicaSet, selectors[c.sel].ours)
		object := kube.Object(pod)
		ours, reason := controller.Decide(object)
		switch {
		case ours != theirs && ours == ownership.Ignore:
			differences[difference{reason, theirs}]++
		case ours != theirs:
			t.Errorf("%+v: %v because %v, upstream %v", c, ours, reason, theirs)
		default:
			decisions[ours]++
			if got := patchFor(controller, object, ours); !bytes.Equal(got, patch) {
				t.Errorf("%+v: patch %s, upstream %s", c, got, patch)
			}
		}
	}
	// Upstream, a controller without a UID owns objects whose reference has no UID, and adopts. In the nine
	// cases of owners, "this", "renamed" and "nameless" then have no UID, and "none" and "this, not
	// controlling" are orphans.
	want := map[difference]int{
		{ownership.NoUID, ownership.Keep}:    3 * 2 * 12, // owned; the selector matches
		{ownership.NoUID, ownership.Release}: 3 * 3 * 6,  // owned; the selector does not match; the controller is alive
		{ownership.NoUID, ownership.Adopt}:   2 * 2 * 2,  // orphans; the selector matches; both are alive; two namespaces
		// The selector is Nothing; the controller is not being deleted. The owner is "this", "renamed",
		// "this, then other" or "plain, then this".
		{ownership.OwnSelectorNothing, ownership.Release}: 4 * 6,
		// The selector is Everything; neither is being deleted; same namespace or cluster-scoped.
		{ownership.OrphanSelectorEverything, ownership.Adopt}: 2 * 2,
	}
	if !maps.Equal(differences, want) {
		t.Errorf("differences by the safety rule: %v, want %v", differences, want)
	}
	t.Logf("%d rows; equal: %v; different by the safety rule: %v", len(claims()), decisions, differences)
}

// TestDecisionTable compares each row of the golden file of package ownership with upstream. They differ only
// in rows whose reason belongs to the safety rule: there rollcall does nothing.
func TestDecisionTable(t *testing.T) {
	text, err := os.ReadFile("../../ownership/testdata/decide.txt")
	if err != nil {
		t.Fatal(err)
	}
	safetyRule := []string{"NoUID", "OwnSelectorNothing", "OrphanSelectorEverything"}
	rows, differ := 0, 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		c := claim{map[string]string{"uid": "u1", "no-uid": ""}[f[0]], f[1], f[2], f[3], f[4], f[5]}
		decision, reason := f[6], f[7]
		if _, known := refs[c.owner]; !known || selectors[c.sel].theirs == nil {
			t.Fatalf("unknown words in %q", line)
		}
		rs, pod := c.build()
		theirs, _ := theirDecision(t, rs, selectors[c.sel].theirs, pod)
		rows++
		if decision == theirs.String() {
			continue
		}
		differ++
		if decision != "Ignore" || !slices.Contains(safetyRule, reason) {
			t.Errorf("%s: upstream %v", strings.TrimSpace(line), theirs)
		}
	}
	if rows != 600 || differ == 0 {
		t.Errorf("%d rows, %d different; want 600 rows, and some different", rows, differ)
	}
	t.Logf("%d rows, %d different by the safety rule", rows, differ)
}

// patchFor returns the patch for a decision, or nil if the decision needs none.
func patchFor(c ownership.Controller, o ownership.Object, d ownership.Decision, finalizers ...string) []byte {
	switch d {
	case ownership.Adopt:
		return c.AdoptPatch(o, finalizers...)
	case ownership.Release:
		return c.ReleasePatch(o, finalizers...)
	default:
		return nil
	}
}

// TestPatches checks that patches are equal byte by byte for any names, UIDs and finalizers.
func TestPatches(t *testing.T) {
	texts := []string{"web", "", "a b", `"`, `\`, "<&>", "é", "\u2028", "\xff", "\x00", "🚀", "example.com/finalizer"}
	for _, text := range texts {
		for _, finalizers := range [][]string{nil, {}, {text}, {"example.com/a", text}, {text, text}} {
			rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: text, UID: types.UID("u" + text)}}
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: "web-1", UID: types.UID("p" + text), Labels: map[string]string{"app": "web"},
			}}
			for want, sel := range map[ownership.Decision]string{ownership.Adopt: "match", ownership.Release: "mismatch"} {
				if want == ownership.Release {
					pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(rs, replicaSet)}
				}
				s := selectors[sel]
				d, patch := theirDecision(t, rs, s.theirs, pod, finalizers...)
				got := patchFor(kube.Controller(rs, replicaSet, s.ours), kube.Object(pod), want, finalizers...)
				if d != want || !bytes.Equal(got, patch) {
					t.Errorf("%q, finalizers %q: %s, upstream %v with %s", text, finalizers, got, d, patch)
				}
				pod.OwnerReferences = nil
			}
		}
	}
}

// Without a UID, upstream sends a patch that may change another object with the same name, or that names a
// controller that was never stored. rollcall returns no patch.
func TestNoPatchWithoutUID(t *testing.T) {
	for _, c := range []claim{
		{"", "none", "match", "alive", "alive", "same"},
		{"u1", "none", "match", "alive", "alive", "same"},
		{"u1", "this", "mismatch", "alive", "alive", "same"},
	} {
		rs, pod := c.build()
		if rs.UID != "" {
			pod.UID = ""
		}
		s := selectors[c.sel]
		d, patch := theirDecision(t, rs, s.theirs, pod)
		if d != ownership.Adopt && d != ownership.Release || !bytes.Contains(patch, []byte(`"uid":""`)) {
			t.Errorf("upstream: %+v: %v with %s", c, d, patch)
		}
		if got := patchFor(kube.Controller(rs, replicaSet, s.ours), kube.Object(pod), d); got != nil {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
