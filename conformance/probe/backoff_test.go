package probe_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/klog/v2"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/rollcall-go/rollcall/probe"
)

// A restarter decides about starts as the kubelet does: by its doBackOff, over what SyncPod knows of the containers.
type restarter struct {
	clock   *testingclock.FakeClock
	epoch   time.Time
	backOff *flowcontrol.Backoff
	pod     *corev1.Pod
	seen    *kubecontainer.PodStatus
}

func newRestarter(policy corev1.RestartPolicy) *restarter {
	r := &restarter{epoch: time.Unix(1e9, 0), seen: &kubecontainer.PodStatus{}}
	r.clock = testingclock.NewFakeClock(r.epoch)
	r.backOff = flowcontrol.NewFakeBackOff(10*time.Second, 300*time.Second, r.clock)
	r.backOff.HasExpiredFunc = func(event, update time.Time, _ time.Duration) bool { return event.Sub(update) > 600*time.Second } // as the kubelet's
	r.pod = &corev1.Pod{Spec: corev1.PodSpec{RestartPolicy: policy}}
	return r
}

// starts reports whether SyncPod starts the container at that time, and counts it if so. When it waits, doBackOff tells the recorder
// of its manager, which is not there: the only place where it can panic.
func (r *restarter) starts(t *testing.T, at time.Duration) (starts bool) {
	defer func() { _ = recover() }()
	r.clock.SetTime(r.epoch.Add(at))
	waits, _, _ := doBackOff(nil, t.Context(), r.pod, &corev1.Container{Name: "main"}, r.seen, r.backOff)
	return !waits
}

// finds adds a container to what SyncPod finds, the latest first.
func (r *restarter) finds(finished time.Duration, code probe.ExitCode) {
	s := &kubecontainer.Status{Name: "main", State: kubecontainer.ContainerStateExited, FinishedAt: r.epoch.Add(finished), ExitCode: int(code)}
	r.seen.ContainerStatuses = append([]*kubecontainer.Status{s}, r.seen.ContainerStatuses...)
}

// restarts reports whether SyncPod, when it finds the container ended, would have it started at all.
func (r *restarter) restarts() bool {
	return kubecontainer.ShouldContainerBeRestarted(klog.Background(), &corev1.Container{Name: "main"}, r.pod, r.seen)
}

// startsAt returns when a container is started next.
func startsAt(c probe.Container) time.Duration {
	for {
		if at := c.Next(); c.Step(probe.Event{At: at}).Start {
			return at
		}
	}
}

// When a container restarts that exited by itself or was killed.
func TestBackoff(t *testing.T) {
	r := random()
	waited, immediate, never, afterKill := 0, 0, 0, 0
	for i := range *cases {
		policy := one(r, probe.Always, probe.OnFailure, probe.Never)
		upstream := newRestarter(corev1.RestartPolicy(policy.String()))
		c := probe.NewContainer(probe.ContainerSpec{
			Liveness: &probe.Spec{Timing: probe.Timing{FailureThreshold: 1}}, RestartPolicy: policy,
		}, probe.Options{Kubelet: true}, 0)
		now := time.Duration(0)
		for range 12 {
			for a := range c.Step(probe.Event{At: now, Type: probe.Started}).Attempts() {
				c.Step(probe.Event{At: now, Type: probe.Answered, Attempt: a, Outcome: probe.Passed})
			}
			now += time.Duration(r.Int64N(int64(one(r, 20*time.Second, 5*time.Minute, 11*time.Minute))))
			// As the housekeeping has it, but never while the container waits: see DEVIATIONS.md.
			upstream.clock.SetTime(upstream.epoch.Add(now))
			upstream.backOff.GC()
			code := probe.ExitCode(r.IntN(2))
			killed := r.IntN(2) == 0
			startNow := false
			if killed {
				for dies := false; !dies; { // the next attempt fails
					at := c.Next()
					now = max(now, at) // the kill takes until then
					for a := range c.Step(probe.Event{At: at}).Attempts() {
						dies = c.Step(probe.Event{At: at, Type: probe.Answered, Attempt: a, Outcome: probe.Failed}).Kill != 0
					}
				}
				upstream.clock.SetTime(upstream.epoch.Add(now))
				upstream.backOff.GC()
				// SyncPod kills and starts by what it knew before: the container that it kills runs.
				startNow = policy != probe.Never && upstream.starts(t, now)
			}
			act := c.Step(probe.Event{At: now, Type: probe.Exited, ExitCode: code})
			upstream.finds(now, code)
			switch {
			case startNow:
				if !act.Start {
					t.Fatalf("case %d of seed %d: upstream starts after the kill, %+v", i, *seed, c)
				}
				immediate++
				continue
			case killed && policy == probe.Never || !upstream.restarts():
				if !c.Done() {
					t.Fatalf("case %d of seed %d: upstream is done, %+v", i, *seed, c)
				}
				never++
			case act.Start:
				if !upstream.starts(t, now) {
					t.Fatalf("case %d of seed %d: upstream waits, %+v", i, *seed, c)
				}
				immediate++
				continue
			default:
				if c.Done() {
					t.Fatalf("case %d of seed %d: upstream starts it, %+v", i, *seed, c)
				}
				at := startsAt(c)
				if c.Status() != "CrashLoopBackOff" || upstream.starts(t, at-1) || !upstream.starts(t, at) {
					t.Fatalf("case %d of seed %d: upstream does not start it at %v, %+v", i, *seed, at, c)
				}
				if now = at; !c.Step(probe.Event{At: now}).Start {
					t.Fatal("no start")
				}
				waited++
				if killed {
					afterKill++
				}
				continue
			}
			break
		}
	}
	t.Logf("%d cases of seed %d: %d waits, %d of them after a kill, %d starts at once, %d ends", *cases, *seed, waited, afterKill, immediate, never)
}
