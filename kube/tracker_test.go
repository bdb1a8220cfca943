package kube_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

// web is the view of the controller that replicaSet("web", …) makes.
var web = ownership.Controller{
	Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "web-uid"},
	Namespace: "shop",
}

func succeed(int) error { return nil }

func TestTrackerEvents(t *testing.T) {
	now, rs := time.Unix(1e9, 0), replicaSet("web", 1, nil)
	mine, orphan := pod("a", nil, rs), pod("a", nil, nil)
	deleted := mine.DeepCopy()
	deleted.DeletionTimestamp = &metav1.Time{Time: now}
	next := pod("a", nil, rs)
	next.UID = "next"
	elsewhere := mine.DeepCopy()
	elsewhere.Namespace = "evil"
	for _, row := range []struct {
		name      string
		event     func(*kube.Tracker)
		creations int // outstanding after the event, of one
		deletions int // likewise
	}{
		{"pod created", func(k *kube.Tracker) { k.OnAdd(mine) }, 0, 1},
		{"orphan created", func(k *kube.Tracker) { k.OnAdd(orphan) }, 1, 1},
		{"pod adopted", func(k *kube.Tracker) { k.OnUpdate(orphan, mine) }, 1, 1},
		{"pod of another controller created", func(k *kube.Tracker) {
			k.OnAdd(pod("b", nil, replicaSet("db", 1, nil)))
		}, 1, 1},
		{"pod of another namespace names the controller", func(k *kube.Tracker) { k.OnAdd(elsewhere) }, 1, 1},
		{"pod changed", func(k *kube.Tracker) { k.OnUpdate(mine, mine) }, 1, 1},
		{"deletion started", func(k *kube.Tracker) { k.OnUpdate(mine, deleted) }, 1, 0},
		{"deletion started before the pod was seen", func(k *kube.Tracker) { k.OnAdd(deleted) }, 1, 0},
		{"pod gone", func(k *kube.Tracker) { k.OnDelete(mine) }, 1, 0},
		{"pod gone, last seen as an orphan", func(k *kube.Tracker) { k.OnDelete(orphan) }, 1, 0},
		{"pod replaced", func(k *kube.Tracker) { k.OnUpdate(mine, next) }, 0, 0},
		{"another pod gone", func(k *kube.Tracker) { k.OnDelete(next) }, 1, 1},
		{"nil pods", func(k *kube.Tracker) { k.OnAdd(nil); k.OnUpdate(nil, nil); k.OnDelete(nil) }, 1, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			var creations, deletions, none kube.Tracker
			check(t, creations.Create(web, now, 1, succeed))
			check(t, deletions.Delete(web, now, []*corev1.Pod{mine}, func(*corev1.Pod) error { return nil }))
			for _, tracker := range []*kube.Tracker{&creations, &deletions, &none} {
				row.event(tracker)
			}
			for _, want := range []struct {
				name    string
				tracker *kube.Tracker
				n       int
			}{{"creations", &creations, row.creations}, {"deletions", &deletions, row.deletions}, {"none", &none, 0}} {
				if wait := want.tracker.Wait(web, now); (wait > 0) != (want.n > 0) {
					t.Errorf("%s: waits %v, want %d outstanding", want.name, wait, want.n)
				}
			}
		})
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// A cluster-scoped controller expects pods of every namespace.
func TestTrackerClusterScoped(t *testing.T) {
	var tracker kube.Tracker
	c, now := web, time.Unix(1e9, 0)
	c.Namespace = ""
	check(t, tracker.Create(c, now, 1, succeed))
	tracker.OnAdd(pod("a", nil, replicaSet("web", 1, nil)))
	if wait := tracker.Wait(c, now); wait != 0 {
		t.Errorf("waits %v", wait)
	}
}

// Writes that fail are not expected.
func TestTrackerFailures(t *testing.T) {
	failure, now := errors.New("quota"), time.Unix(1e9, 0)
	notFound := apierrors.NewNotFound(podResource, "a")
	pods := []*corev1.Pod{pod("a", nil, nil), pod("b", nil, nil), pod("c", nil, nil)}
	for _, row := range []struct {
		name     string
		write    func(*kube.Tracker) error
		want     error
		observed []func(*kube.Tracker) // the events of the writes that succeeded
	}{
		{"no creations", func(k *kube.Tracker) error { return k.Create(web, now, 0, nil) }, nil, nil},
		{"no deletions", func(k *kube.Tracker) error { return k.Delete(web, now, nil, nil) }, nil, nil},
		{"first creation fails", func(k *kube.Tracker) error {
			return k.Create(web, now, 10, func(int) error { return failure })
		}, failure, nil},
		{"third creation fails", func(k *kube.Tracker) error {
			return k.Create(web, now, 10, func(i int) error {
				if i == 2 {
					return failure
				}
				return nil
			})
		}, failure, []func(*kube.Tracker){created, created}},
		{"all deletions fail", func(k *kube.Tracker) error {
			return k.Delete(web, now, pods, func(*corev1.Pod) error { return failure })
		}, failure, nil},
		{"pods are gone", func(k *kube.Tracker) error {
			return k.Delete(web, now, pods, func(*corev1.Pod) error { return notFound })
		}, nil, nil},
		{"second and third deletion fail", func(k *kube.Tracker) error {
			return k.Delete(web, now, pods, func(p *corev1.Pod) error {
				switch p.Name {
				case "b":
					return failure
				case "c":
					return errors.New("another")
				}
				return nil
			})
		}, failure, []func(*kube.Tracker){func(k *kube.Tracker) { k.OnDelete(pods[0]) }}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var tracker kube.Tracker
			if err := row.write(&tracker); !errors.Is(err, row.want) {
				t.Errorf("error %v, want %v", err, row.want)
			}
			for i, observe := range row.observed {
				if tracker.Wait(web, now) == 0 {
					t.Errorf("after %d events nothing is outstanding", i)
				}
				observe(&tracker)
			}
			if wait := tracker.Wait(web, now); wait != 0 {
				t.Errorf("waits %v", wait)
			}
		})
	}
}

// created is the event of a new pod of web.
func created(k *kube.Tracker) { k.OnAdd(pod("new", nil, replicaSet("web", 1, nil))) }

// Writes time out, and a sync of any controller forgets those that did.
func TestTrackerTimeout(t *testing.T) {
	var tracker kube.Tracker
	now := time.Unix(1e9, 0)
	check(t, tracker.Create(web, now, 2, succeed))
	if got := tracker.Wait(web, now); got != replica.ExpectationsTimeout+1 {
		t.Errorf("waits %v", got)
	}
	late := now.Add(replica.ExpectationsTimeout + 1)
	if got := tracker.Wait(web, late); got != 0 {
		t.Errorf("waits %v after the timeout", got)
	}
	tracker.Wait(ownership.Controller{}, late)
	if got := tracker.Wait(web, now); got != 0 {
		t.Errorf("remembers writes that timed out: waits %v", got)
	}
}

// A Tracker is as many Expectations as there are controllers.
func TestTrackerAgreesWithExpectations(t *testing.T) {
	uids := []string{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		var tracker kube.Tracker
		model := map[string]*replica.Expectations{"a": {}, "b": {}, "c": {}}
		now := time.Unix(1e9, 0)
		draw := func(t *rapid.T) (string, ownership.Controller) {
			uid := rapid.SampledFrom(uids).Draw(t, "controller")
			return uid, ownership.Controller{Ref: ownership.Ref{UID: uid}, Namespace: "shop"}
		}
		drawPod := func(t *rapid.T) *corev1.Pod {
			return pod(rapid.SampledFrom(uids).Draw(t, "pod"), nil, nil)
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				uid, c := draw(t)
				n := rapid.IntRange(-1, 4).Draw(t, "n")
				_ = tracker.Create(c, now, n, succeed)
				model[uid].ExpectCreations(n, now)
			},
			"delete": func(t *rapid.T) {
				uid, c := draw(t)
				p := drawPod(t)
				_ = tracker.Delete(c, now, []*corev1.Pod{p}, func(*corev1.Pod) error { return nil })
				model[uid].ExpectDeletions(now, string(p.UID))
			},
			"pod appears": func(t *rapid.T) {
				uid, c := draw(t)
				tracker.OnAdd(kube.NewPod(c, nil))
				model[uid].CreationsObserved(1)
			},
			"pod disappears": func(t *rapid.T) {
				p := drawPod(t)
				tracker.OnDelete(p)
				for _, e := range model {
					e.DeletionObserved(string(p.UID))
				}
			},
			"time passes": func(t *rapid.T) {
				now = now.Add(rapid.SampledFrom([]time.Duration{1, time.Minute, 5 * time.Minute}).Draw(t, "time"))
			},
			"": func(t *rapid.T) {
				for _, uid := range uids {
					c := ownership.Controller{Ref: ownership.Ref{UID: uid}}
					if got, want := tracker.Wait(c, now), model[uid].Wait(now); got != want {
						t.Fatalf("%s waits %v, want %v", uid, got, want)
					}
				}
			},
		})
	})
}

// Syncs of many controllers and the events of their pods may run at the same time.
func TestTrackerConcurrency(t *testing.T) {
	var tracker kube.Tracker
	var wg sync.WaitGroup
	var names atomic.Int64
	now := time.Unix(1e9, 0)
	for i := range 8 {
		c := web
		c.UID = fmt.Sprint("uid-", i)
		wg.Go(func() {
			pods := make([]*corev1.Pod, 20)
			check(t, tracker.Create(c, now, len(pods), func(i int) error {
				p := kube.NewPod(c, nil)
				p.UID = types.UID(fmt.Sprint("pod-", names.Add(1)))
				pods[i] = p
				tracker.OnAdd(p) // the cache may be faster than the answer
				return nil
			}))
			check(t, tracker.Delete(c, now, pods, func(p *corev1.Pod) error {
				tracker.Wait(c, now)
				deleted := p.DeepCopy()
				deleted.DeletionTimestamp = &metav1.Time{}
				tracker.OnUpdate(p, deleted)
				tracker.OnDelete(deleted)
				return nil
			}))
			if wait := tracker.Wait(c, now); wait != 0 {
				t.Errorf("%s waits %v", c.UID, wait)
			}
		})
	}
	wg.Wait()
}
