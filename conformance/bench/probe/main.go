// Command probe times package probe against the kubelet's prober and prints a Markdown table. It also prints
// how long a simulation of many containers takes.
package main

import (
	"context"
	"flag"
	"fmt"
	"time"
	"unsafe" // also for go:linkname

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/prober"
	"k8s.io/kubernetes/pkg/kubelet/prober/results"
	"k8s.io/kubernetes/pkg/kubelet/status"

	"github.com/rollcall-go/rollcall/conformance/internal/bench"
	"github.com/rollcall-go/rollcall/probe"
)

//go:linkname newWorker k8s.io/kubernetes/pkg/kubelet/prober.newWorker
func newWorker(manager unsafe.Pointer, probeType int, pod *corev1.Pod, container corev1.Container) unsafe.Pointer

//go:linkname doProbe k8s.io/kubernetes/pkg/kubelet/prober.(*worker).doProbe
func doProbe(worker unsafe.Pointer, ctx context.Context) bool

// The probe types of newWorker.
const (
	liveness = iota
	readiness
)

var containers = flag.Int("containers", 100_000, "number of containers in the simulation")

func main() {
	klog.SetLogger(klog.Logger{})
	bench.Print([]bench.Row{
		period("one period of a liveness probe", liveness),
		period("one period of a readiness probe", readiness),
	})
	for _, minutes := range []int{60, 90} {
		for _, o := range []struct {
			name string
			probe.Options
		}{{"a supervisor's", probe.Options{}}, {"a kubelet's", probe.Options{Kubelet: true, Lag: 250 * time.Millisecond}}} {
			attempts, took := simulate(*containers, time.Duration(minutes)*time.Minute, o.Options)
			fmt.Printf("\n%d containers, %s, three probes each: %d minutes with %.1f million attempts in %.1f s\n",
				*containers, o.name, minutes, float64(attempts)/1e6, took.Seconds())
		}
	}
}

var timing = probe.Timing{TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}

// period returns the row for one check of a container and one attempt, which is answered immediately. Both
// contestants make the decision. Only the kubelet's prober also reads the pod status, runs a command and
// updates metrics.
func period(name string, kind int) bench.Row {
	worker := kubeletWorker(kind)
	spec := probe.ContainerSpec{Liveness: &probe.Spec{Timing: timing}}
	if kind == readiness {
		spec = probe.ContainerSpec{Readiness: &probe.Spec{Timing: timing}}
	}
	c := probe.NewContainer(spec, probe.Options{Kubelet: true}, 0)
	through(&c, probe.Event{Type: probe.Started})
	return bench.Row{
		Name: name,
		Rollcall: func(n int) {
			for range n {
				through(&c, probe.Event{At: c.Next()})
			}
		},
		Upstream: func(n int) {
			for range n {
				doProbe(worker, context.Background())
			}
		},
		Faster: 10,
	}
}

// through steps the container and answers each due attempt immediately. It returns the number of attempts.
func through(c *probe.Container, e probe.Event) (attempts int) {
	for a := range c.Step(e).Attempts() {
		attempts++
		for range c.Step(probe.Event{At: e.At, Type: probe.Answered, Attempt: a, Outcome: probe.Passed}).Attempts() {
			panic("another attempt is due at the same time")
		}
	}
	return attempts
}

// simulate steps n containers in the order of time on one core. The containers start one after another within
// ten seconds.
func simulate(n int, length time.Duration, o probe.Options) (attempts int, took time.Duration) {
	spec := probe.ContainerSpec{Startup: &probe.Spec{Timing: timing}, Liveness: &probe.Spec{Timing: timing}, Readiness: &probe.Spec{Timing: timing}}
	const period = 10 * time.Second
	cs := make([]probe.Container, n)
	began := time.Now()
	for i := range cs {
		at := period * time.Duration(i) / time.Duration(n)
		cs[i] = probe.NewContainer(spec, o, at)
		for a := range cs[i].Step(probe.Event{At: at, Type: probe.Started}).Attempts() {
			attempts++
			for a := range cs[i].Step(probe.Event{At: at, Type: probe.Answered, Attempt: a, Outcome: probe.Passed}).Attempts() {
				attempts++
				cs[i].Step(probe.Event{At: at, Type: probe.Answered, Attempt: a, Outcome: probe.Passed})
			}
		}
	}
	for until := period; until <= length; until += period { // each container once in every period
		for i := range cs {
			for c := &cs[i]; c.Next() < until; {
				attempts += through(c, probe.Event{At: c.Next()})
			}
		}
	}
	return attempts, time.Since(began)
}

// A kubelet gives the prober what it needs: a pod status, and a command that succeeds.
type kubelet struct {
	status.Manager
	pod corev1.PodStatus
}

func (k *kubelet) GetPodStatus(types.UID) (corev1.PodStatus, bool) { return k.pod, true }

func (k *kubelet) RunInContainer(context.Context, kubecontainer.ContainerID, []string, time.Duration) ([]byte, error) {
	return nil, nil
}

// kubeletWorker returns the worker for a probe of a running container.
func kubeletWorker(kind int) unsafe.Pointer {
	started := true
	k := &kubelet{pod: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0.1", ContainerStatuses: []corev1.ContainerStatus{{
		Name: "main", ContainerID: "test://a", Started: &started,
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
	}}}}
	managers := [3]results.Manager{}
	for i := range managers {
		m := results.NewManager()
		go func() {
			for range m.Updates() {
			}
		}()
		managers[i] = m
	}
	p := &corev1.Probe{
		ProbeHandler:   corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"true"}}},
		TimeoutSeconds: timing.TimeoutSeconds, PeriodSeconds: timing.PeriodSeconds,
		SuccessThreshold: timing.SuccessThreshold, FailureThreshold: timing.FailureThreshold,
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", UID: "u"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", LivenessProbe: p, ReadinessProbe: p}}},
	}
	manager := prober.NewManager(k, managers[0], managers[1], managers[2], k, record.NewFakeRecorder(100))
	type pointer struct{ typ, data unsafe.Pointer } // the layout of an interface value
	return newWorker((*pointer)(unsafe.Pointer(&manager)).data, kind, pod, pod.Spec.Containers[0])
}
