package probe_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	theirprobe "k8s.io/kubernetes/pkg/probe"

	"github.com/rollcall-go/rollcall/probe"
)

// timing is that of a probe with the period 10 s, and one outcome enough.
func timing(edit func(*probe.Timing)) *probe.Spec {
	s := &probe.Spec{Timing: probe.Timing{TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 1}}
	if edit != nil {
		edit(&s.Timing)
	}
	return s
}

// always is a life in which each attempt comes to the letter after 100 ms and some, and which ends when it is killed.
func always(letters string, code probe.ExitCode) life {
	l := life{answers: map[probe.Kind][]answer{}, ends: time.Second + 3, killCode: code, restart: 2*time.Second + 7}
	for i, k := range []probe.Kind{probe.Startup, probe.Liveness, probe.Readiness} {
		l.answers[k] = []answer{{letter: letters[i : i+1], takes: 100*time.Millisecond + time.Duration(i)}}
	}
	return l
}

// of returns the events of a life that are of the kind.
func of(events []event, what string, life int, k probe.Kind) (found []event) {
	for _, e := range events {
		if e.What == what && e.Life == life && e.Kind == k {
			found = append(found, e)
		}
	}
	return found
}

// When a worker of the kubelet has ended, since it saw a container that was killed and ended with 0 and restarts on failure alone, a
// sync makes a new one; but not beside the worker of a startup probe, which is there still: AddPod then goes on to the next container.
// The restarted container is never asked again whether it is ready, and counts as ready.
func TestWorkersAreNotReplacedBesideAStartupProbe(t *testing.T) {
	s := &scenario{lag: 250 * time.Millisecond, lives: []life{always("SFS", 0), always("SSF", 0)}, end: 100 * time.Second}
	s.RestartPolicy = probe.OnFailure
	s.Startup, s.Liveness = timing(func(t *probe.Timing) { t.PeriodSeconds = 1 }), timing(nil)
	s.Readiness = timing(func(t *probe.Timing) { t.PeriodSeconds = 1 })
	s.syncs = []time.Duration{40*time.Second + 11}

	upstream, ours := theirs(t, s), ours(s)
	if n := len(of(upstream, "attempt", 1, probe.Readiness)); n != 0 {
		t.Errorf("upstream tries the readiness probe %d times in the second life", n)
	}
	if ready := of(upstream, "ready", 1, 0); len(ready) != 1 || ready[0].Detail != "true true" {
		t.Errorf("upstream: %v, want a container that is ready, and stays so", ready)
	}
	if n := len(of(ours, "attempt", 1, probe.Readiness)); n == 0 {
		t.Error("we do not try the readiness probe in the second life")
	}
	// Without the startup probe the kubelet does as we do.
	s.Startup = nil
	if n := len(of(theirs(t, s), "attempt", 1, probe.Readiness)); n == 0 {
		t.Error("upstream does not try the readiness probe in the second life")
	}
}

// A pod that is deleted: the kubelet ends the workers of the liveness and the startup probe, and forgets their results without a word;
// a container without a result of its startup probe then has started. We publish Success instead.
func TestDeleted(t *testing.T) {
	s := &scenario{lag: 250 * time.Millisecond, lives: []life{always("FSS", 0)}}
	s.Startup, s.Liveness, s.Readiness = timing(func(t *probe.Timing) { t.FailureThreshold = 100 }), timing(nil), timing(nil)
	watch(t, s, nil, func(k *kubelet, pod *corev1.Pod) {
		started := func() bool {
			status, _ := k.GetPodStatus("")
			k.manager.UpdatePodStatus(t.Context(), pod, &status)
			return *status.ContainerStatuses[0].Started
		}
		time.Sleep(15 * time.Second)
		if started() {
			t.Error("upstream has started already")
		}
		k.manager.StopLivenessAndStartup(pod)
		time.Sleep(time.Second)
		if !started() {
			t.Error("upstream has not started with the deletion")
		}
		time.Sleep(30 * time.Second)
	}, func(events []event) {
		for _, e := range events {
			if e.At > 15*time.Second && e.Kind != probe.Readiness {
				t.Errorf("upstream goes on: %v", e)
			}
		}
	})

	c := probe.NewContainer(s.ContainerSpec, probe.Options{Kubelet: true}, 0)
	for a := range c.Step(probe.Event{Type: probe.Started}).Attempts() {
		c.Step(probe.Event{Type: probe.Answered, Attempt: a, Outcome: probe.Failed})
	}
	act := c.Step(probe.Event{At: 15 * time.Second, Type: probe.Deleted})
	if got := fmt.Sprint(act); !strings.Contains(got, "Startup is Success") || !c.Started() {
		t.Errorf("we: %v, started %v", got, c.Started())
	}
	for at := c.Next(); at < time.Minute; at = c.Next() {
		for a := range c.Step(probe.Event{At: at}).Attempts() {
			if a.Kind != probe.Readiness {
				t.Errorf("we go on: %v", a)
			}
			c.Step(probe.Event{At: at, Type: probe.Answered, Attempt: a, Outcome: probe.Passed})
		}
	}
}

// The worker itself, if it began on a pod that is being deleted, does as [probe.Machine.Delete].
func TestBegunOnADeletedPod(t *testing.T) {
	for kind, want := range map[probe.Kind]string{probe.Startup: "[Unknown Success]", probe.Liveness: "[Success]", probe.Readiness: "[Failure Success]"} {
		s := &scenario{lag: 250 * time.Millisecond, lives: []life{always("FFS", 0)}}
		m := probe.Machine{Kind: kind, Timing: timing(nil).Timing}
		switch kind {
		case probe.Startup:
			s.Startup = timing(nil)
		case probe.Liveness:
			s.Liveness = timing(nil)
		default:
			s.Readiness = timing(nil)
		}
		deleted := func(pod *corev1.Pod) { pod.DeletionTimestamp = &metav1.Time{Time: time.Now()} }
		watch(t, s, deleted, func(*kubelet, *corev1.Pod) { time.Sleep(15 * time.Second) }, func(events []event) {
			var published []string
			for _, e := range of(events, "result", 0, kind) {
				published = append(published, e.Detail)
			}
			if got := fmt.Sprint(published); got != want {
				t.Errorf("%v: upstream publishes %v, want %v", kind, got, want)
			}
		})

		m, started := m.Start()
		m, quiet := m.Delete()
		_, passed := m.Observe(probe.Passed)
		var published []string
		for _, ch := range []probe.Change{started, quiet, passed} {
			if ch != (probe.Change{}) {
				published = append(published, ch.Result.String())
			}
		}
		if got := fmt.Sprint(published); got != want {
			t.Errorf("%v: we publish %v, want %v", kind, got, want)
		}
	}
}

// Finding F1: a container that was started within the sync that killed the one before it takes over that it has started.
func TestStartedIsCarriedOver(t *testing.T) {
	s := &scenario{lag: 250 * time.Millisecond, lives: []life{always("FSS", 0)}}
	s.Startup = timing(func(t *probe.Timing) { t.PeriodSeconds, t.FailureThreshold = 10, 100 })
	watch(t, s, nil, func(k *kubelet, pod *corev1.Pod) {
		time.Sleep(time.Second)
		k.Lock()
		k.begins() // the worker looks at 10 s
		status := k.status()
		k.Unlock()
		*status.ContainerStatuses[0].Started = true // copied by name from the container before
		k.manager.UpdatePodStatus(t.Context(), pod, &status)
		if !*status.ContainerStatuses[0].Started {
			t.Error("upstream does not carry it over any more")
		}
	}, nil)
	c := probe.NewContainer(probe.ContainerSpec{Startup: timing(nil)}, probe.Options{Kubelet: true}, 0)
	c.Step(probe.Event{At: time.Second, Type: probe.Started})
	for a := range c.Step(probe.Event{At: c.Next()}).Attempts() {
		c.Step(probe.Event{At: 10 * time.Second, Type: probe.Answered, Attempt: a, Outcome: probe.Passed})
	}
	if !c.Started() {
		t.Fatal("the startup probe has not passed")
	}
	c.Step(probe.Event{At: 12 * time.Second, Type: probe.Exited})
	c.Step(probe.Event{At: 13 * time.Second, Type: probe.Started})
	if c.Step(probe.Event{At: 14 * time.Second, Type: probe.Synced}); c.Started() {
		t.Error("we carry it over")
	}
}

// Finding F14: a port name that the container does not have is no failure upstream, since it is an error of the prober.
func TestUnknownPort(t *testing.T) {
	if n, err := theirprobe.ResolveContainerPort(intstr.FromString("typo"), &corev1.Container{}); err == nil {
		t.Errorf("upstream: %d", n)
	}
	s := &scenario{lag: 250 * time.Millisecond, lives: []life{always("SES", 0)}, end: 100 * time.Second} // E is what the prober makes of it
	s.Liveness = timing(nil)
	for _, e := range theirs(t, s) {
		if e.What == "killed" {
			t.Errorf("upstream: %v", e)
		}
	}
	_, err := probe.Port{Name: "typo"}.Resolve(nil)
	if got := probe.HTTPOutcome(0, err); got != probe.Failed {
		t.Errorf("we: %v", got)
	}
	if got := probe.TCPOutcome(err); got != probe.Failed {
		t.Errorf("we: %v", got)
	}
}

// Finding F32: the status has the start in whole seconds, so that the initial delay can be over up to a second early. Given the start
// as the status has it, we do the same; given the real one, we do not.
func TestInitialDelay(t *testing.T) {
	for start, want := range map[time.Duration]int{1999 * time.Millisecond: 0, 1 * time.Second: 1} {
		c := probe.NewContainer(probe.ContainerSpec{Liveness: timing(func(t *probe.Timing) { t.InitialDelaySeconds = 9 })}, probe.Options{Kubelet: true}, 0)
		c.Step(probe.Event{At: start, Type: probe.Started})
		tries := 0
		for range c.Step(probe.Event{At: 10 * time.Second}).Attempts() {
			tries++
		}
		if tries != want {
			t.Errorf("started at %v: %d attempts at 10 s, want %d", start, tries, want)
		}
	}
}

// The kubelet publishes what an attempt on a former container came to. Nobody looks at it; we do not.
func TestLateAnswer(t *testing.T) {
	s := &scenario{lag: 250 * time.Millisecond, lives: []life{always("SFS", 0), always("SSS", 0)}, end: 25 * time.Second}
	s.Liveness = timing(nil)
	s.lives[0].runs = time.Second + 1
	s.lives[0].answers[probe.Liveness][0].takes = 5*time.Second + 1 // in the next life
	for name, events := range map[string][]event{"upstream": theirs(t, s), "we": ours(s)} {
		for _, e := range events {
			if e.What == "killed" || e.What == "result" && e.Detail == "Failure" {
				t.Errorf("%s: %v", name, e)
			}
		}
	}
}

// The kubelet's housekeeping forgets a back-off ten minutes after the last start, also while a container waits, which the next sync then
// starts early. We wait to the end.
func TestBackoffIsForgotten(t *testing.T) {
	upstream := newRestarter(corev1.RestartPolicyAlways)
	c := probe.NewContainer(probe.ContainerSpec{}, probe.Options{Kubelet: true}, 0)
	now := time.Duration(0)
	for range 7 { // up to a back-off of five minutes
		c.Step(probe.Event{At: now, Type: probe.Started})
		now += time.Second
		upstream.finds(now, 1)
		if act := c.Step(probe.Event{At: now, Type: probe.Exited, ExitCode: 1}); !act.Start {
			now = startsAt(c)
			c.Step(probe.Event{At: now})
		}
		if !upstream.starts(t, now) {
			t.Fatalf("upstream waits at %v", now)
		}
	}
	started := now
	c.Step(probe.Event{At: now, Type: probe.Started})
	now += 9 * time.Minute
	c.Step(probe.Event{At: now, Type: probe.Exited, ExitCode: 1})
	upstream.finds(now, 1)
	if upstream.starts(t, now+time.Minute) {
		t.Fatal("upstream does not wait")
	}
	upstream.clock.SetTime(upstream.epoch.Add(started + 10*time.Minute + time.Second))
	upstream.backOff.GC()
	if !upstream.starts(t, started+10*time.Minute+time.Second) {
		t.Error("upstream waits to the end")
	}
	if got, want := c.Next()-now, 5*time.Minute; got != want {
		t.Errorf("we wait for %v, want %v", got, want)
	}
}

// watch has a kubelet with one container, which runs, for as long as do takes, and hands over what was seen until then.
func watch(t *testing.T, s *scenario, edit func(*corev1.Pod), do func(*kubelet, *corev1.Pod), seen func([]event)) {
	synctest.Test(t, func(t *testing.T) {
		k := newKubelet(s)
		pod := k.pod()
		if edit != nil {
			edit(pod)
		}
		k.begins()
		k.manager.AddPod(t.Context(), pod)
		done := make(chan struct{})
		go func() {
			for {
				select {
				case u := <-k.startup.Updates():
					k.updated(u, probe.Startup)
				case u := <-k.live.Updates():
					k.updated(u, probe.Liveness)
				case u := <-k.ready.Updates():
					k.updated(u, probe.Readiness)
				case <-done:
					return
				}
			}
		}()
		do(k, pod)
		close(done)
		if seen != nil {
			k.Lock()
			seen(k.events)
			k.Unlock()
		}
		k.finish(pod, nil)
	})
}
