package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestSeedDecidesScenarios(t *testing.T) {
	check := func(kind string, generate func(seed uint64, n int) []any) {
		t.Run(kind, func(t *testing.T) {
			all := generate(7, 20)
			if again := generate(7, 20); !reflect.DeepEqual(all, again) {
				t.Error("the same seed gives other scenarios")
			}
			if few := generate(7, 3); !reflect.DeepEqual(all[:3], few) {
				t.Error("the first scenarios depend on their number")
			}
			if other := generate(8, 20); reflect.DeepEqual(all, other) {
				t.Error("another seed gives the same scenarios")
			}
		})
	}
	// The namespace contains the seed, so it is not compared.
	check("claim", func(seed uint64, n int) (all []any) {
		for _, s := range claimScenarios(seed, n) {
			s.namespace = ""
			all = append(all, s)
		}
		return all
	})
	check("scale-down", func(seed uint64, n int) (all []any) {
		for _, s := range scaleDownScenarios(seed, n, noon) {
			s.namespace = ""
			all = append(all, s)
		}
		return all
	})
	check("daemon", func(seed uint64, n int) (all []any) {
		for _, s := range daemonScenarios(seed, n) {
			s.namespace = ""
			all = append(all, s)
		}
		return all
	})
}

// TestScenariosCanBePlayed checks what the recorder needs: owner references to known replica sets, deleted
// pods that stay terminating, and pods to scale down.
func TestScenariosCanBePlayed(t *testing.T) {
	scenarios := append(claimScenarios(1, 200), scaleDownScenarios(1, 200, noon)...)
	for _, s := range scenarios {
		uid := map[string]types.UID{}
		for _, rs := range s.replicaSets {
			uid[rs.Name] = ""
		}
		active := 0
		for _, pod := range s.pods {
			for _, ref := range pod.OwnerReferences {
				if _, ours := uid[ref.Name]; ours != (ref.UID == "") {
					t.Errorf("%s: %s is owned by %s with the UID %q", s.namespace, pod.Name, ref.Name, ref.UID)
				}
			}
			if pod.leaves && pod.Spec.NodeName == "" {
				t.Errorf("%s: %s disappears when it is deleted, because it is on no node", s.namespace, pod.Name)
			}
			if pod.wave < 0 || pod.wave >= waves {
				t.Errorf("%s: %s is never created", s.namespace, pod.Name)
			}
			if ref := metav1.GetControllerOf(pod); !pod.leaves && ref != nil && ref.Name == "web" {
				active++
			}
		}
		if s.scaleTo != nil && int(*s.scaleTo) >= active {
			t.Errorf("%s: cannot scale down %d pods to %d", s.namespace, active, *s.scaleTo)
		}
	}
}

// TestTracesAreLinesOfTheVectors checks that each line of package replica's vectors is unchanged if it is
// decoded as a trace and encoded.
func TestTracesAreLinesOfTheVectors(t *testing.T) {
	for file, trace := range map[string]func() any{
		"replica/testdata/claim.jsonl":         func() any { return new(replicaSetTrace) },
		"replica/testdata/scale-down.jsonl":    func() any { return new(replicaSetTrace) },
		"replica/daemon/testdata/daemon.jsonl": func() any { return new(daemonTrace) },
	} {
		t.Run(file, func(t *testing.T) {
			lines, err := os.ReadFile("../../../" + file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range bytes.Lines(lines) {
				trace := trace()
				if err := json.Unmarshal(line, trace); err != nil {
					t.Fatal(err)
				}
				written, err := json.Marshal(trace)
				if err != nil {
					t.Fatal(err)
				}
				want, got := decode(t, line), decode(t, written)
				delete(want, "now") // the same time, in Python's format
				delete(got, "now")
				if !reflect.DeepEqual(want, got) {
					t.Errorf("got  %v\nwant %v", got, want)
				}
			}
		})
	}
}

func TestTraceFields(t *testing.T) {
	none := []corev1.Pod{}
	tests := []struct {
		trace any
		want  string
		did   string
	}{
		{replicaSetTrace{Did: whatHappened("", none, none)},
			"did kind name now pods replicaSet replicaSets", "adopted created deleted released"},
		{replicaSetTrace{Did: whatHappened("", none, none), ScaleTo: ptr.To[int32](0)},
			"did kind name now pods replicaSet replicaSets scaleTo", "adopted created deleted released"},
		{daemonTrace{Did: whatDaemonsDid(none, none)},
			"daemonSet did kind name nodes now pods status", "createdOn deleted"},
	}
	for _, tt := range tests {
		b, err := json.Marshal(tt.trace)
		if err != nil {
			t.Fatal(err)
		}
		line := decode(t, b)
		did := line["did"].(map[string]any)
		if got := strings.Join(slices.Sorted(maps.Keys(line)), " "); got != tt.want {
			t.Errorf("%T has %s\nwant %s", tt.trace, got, tt.want)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(did)), " "); got != tt.did {
			t.Errorf("%T did %s\nwant %s", tt.trace, got, tt.did)
		}
		for field, value := range did {
			if value == nil {
				t.Errorf("%T: did.%s is null, want an empty list", tt.trace, field)
			}
		}
	}
}

func decode(t *testing.T, line []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatHappened(t *testing.T) {
	pod := func(name, owner string, change ...func(*corev1.Pod)) corev1.Pod {
		p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if owner != "" {
			p.OwnerReferences = []metav1.OwnerReference{{UID: types.UID(owner), Controller: ptr.To(true)}}
		}
		for _, c := range change {
			c(&p)
		}
		return p
	}
	failed := func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }
	terminating := func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{Time: noon} }
	before := []corev1.Pod{pod("adopted", ""), pod("adopted-and-deleted", ""), pod("deleted", "u"),
		pod("failed", "u", failed), pod("gone", "u"), pod("kept", "u"), pod("other", "v"), pod("released", "u"),
		pod("terminating", "u", terminating)}
	after := []corev1.Pod{pod("adopted", "u"), pod("deleted", "u", terminating), pod("kept", "u"), pod("new", "u"),
		pod("other", "v"), pod("released", ""), pod("terminating", "u", terminating)}
	want := replicaSetDid{Created: 1, Deleted: []string{"adopted-and-deleted", "deleted", "gone"},
		Adopted: []string{"adopted"}, Released: []string{"released"}}
	if got := whatHappened("u", before, after); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}

	on := func(node string) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Spec.NodeName = node } }
	before = []corev1.Pod{pod("deleted", "u"), pod("failed", "u", failed), pod("kept", "u"), pod("terminating", "u", terminating)}
	after = []corev1.Pod{pod("deleted", "u", terminating), pod("kept", "u"),
		pod("new-0", "u", on("n-2")), pod("new-1", "u", on("n-1")), pod("new-2", "u", on("n-4")), pod("new-3", "u", on("n-3"))}
	wantDaemons := daemonDid{CreatedOn: []string{"n-1", "n-2", "n-3", "n-4"}, Deleted: []string{"deleted", "failed"}}
	if got := whatDaemonsDid(before, after); !reflect.DeepEqual(got, wantDaemons) {
		t.Errorf("got  %+v\nwant %+v", got, wantDaemons)
	}
}

func TestCertain(t *testing.T) {
	labels := map[string]string{"app": "web"}
	ready := func(uid string, age time.Duration, restarts int32, node string) corev1.Pod {
		pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: uid, UID: types.UID(uid), Labels: labels}}
		pod.CreationTimestamp = metav1.NewTime(noon.Add(-time.Hour))
		pod.OwnerReferences = []metav1.OwnerReference{{UID: "u", Controller: ptr.To(true)}}
		pod.Spec.NodeName = node
		pod.Status.Phase = corev1.PodRunning
		pod.Status.Conditions = []corev1.PodCondition{
			{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(noon.Add(-age))}}
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", RestartCount: restarts}}
		return pod
	}
	web := appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "web", UID: "u"}}
	web.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
	deployed := *web.DeepCopy()
	deployed.OwnerReferences = []metav1.OwnerReference{{UID: "d", Controller: ptr.To(true)}}
	terminating := ready("3", 0, 0, "m")
	terminating.DeletionTimestamp = &metav1.Time{Time: noon}

	type pods = []corev1.Pod
	ages := pods{ready("1", 10*time.Second, 0, "n"), ready("2", time.Minute, 0, "n"), ready("3", time.Hour, 0, "n")}
	twins := pods{ready("1", 10*time.Second, 0, "n"), ready("2", 10*time.Second, 0, "n"), ready("3", time.Hour, 0, "n")}
	cycle := pods{ready("3", 100*time.Second, 5, "n"), ready("1", 100*time.Second, 0, "n"), ready("2", 101*time.Second, 0, "n")}
	related := pods{ready("1", time.Hour, 0, "n"), ready("2", 2*time.Hour, 0, "n"), ready("3", time.Minute, 0, "m")}
	near := pods{ready("1", 100*time.Second, 0, "n"), ready("2", 101*time.Second, 0, "n"), ready("3", time.Hour, 0, "n")}
	// Their ages are in different powers of two now. Two minutes later they are in the same one, and the UID
	// decides.
	border := pods{ready("1", 36*time.Second, 0, "n"), ready("2", 30*time.Second, 0, "n"), ready("3", time.Hour, 0, "n")}

	// Three pods are active and two are wanted. deleted is the recorded deletion.
	tests := []struct {
		name    string
		rs      appsv1.ReplicaSet
		pods    pods
		deleted string
		later   time.Duration
		want    bool
	}{
		{"the youngest pod", web, ages, "1", 0, true},
		{"not the youngest pod", web, ages, "2", 0, false},
		{"one of two equal pods", web, twins, "1", 0, false},
		{"the pod with the lower UID", web, near, "1", 0, false},
		{"one pod of a cycle", web, cycle, "1", 0, false},
		{"near a power of two, at once", web, border, "2", 0, true},
		{"near a power of two, until later", web, border, "2", 2 * time.Minute, false},
		{"the node with related pods", deployed, related, "1", 0, true},
		{"the node with unrelated pods", web, related, "1", 0, false},
		{"a terminating pod does not count", web, append(ages, terminating), "1", 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			trace := replicaSetTrace{Now: noon, ReplicaSet: "web", ScaleTo: ptr.To[int32](2),
				ReplicaSets: []appsv1.ReplicaSet{tt.rs}, Pods: tt.pods, Did: replicaSetDid{Deleted: []string{tt.deleted}}}
			if got := trace.certain(noon.Add(tt.later)); got != tt.want {
				t.Errorf("certain: got %t, want %t", got, tt.want)
			}
		})
	}
}
