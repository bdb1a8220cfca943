package probe_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	cri "k8s.io/cri-client/pkg"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/prober"
	"k8s.io/kubernetes/pkg/kubelet/prober/results"
	"k8s.io/kubernetes/pkg/kubelet/status"
	"k8s.io/utils/exec"

	"github.com/rollcall-go/rollcall/probe"
)

// theirs plays the scenario with the kubelet's prober, in virtual time.
func theirs(t *testing.T, s *scenario) (events []event) {
	synctest.Test(t, func(t *testing.T) {
		k := newKubelet(s)
		k.play(t.Context())
		events = k.events
	})
	return events
}

// A kubelet is the world that the prober is in: it is the status manager, and the runner of commands, besides what it does by itself.
type kubelet struct {
	status.Manager
	*scenario
	manager              prober.Manager
	live, ready, startup results.Manager
	epoch                time.Time

	sync.Mutex // the prober's workers ask for what follows
	life       int
	running    bool
	started    bool // in the container's status
	code       probe.ExitCode
	killing    bool
	startedAt  time.Time
	asked      map[probe.Attempt]int
	events     []event

	restart, begin, kill, exit, killed <-chan time.Time // killed: the end of a life that was killed
}

// newKubelet returns one that has run for a while: a young one gives its workers a random start.
func newKubelet(s *scenario) *kubelet {
	k := &kubelet{
		scenario: s, asked: map[probe.Attempt]int{}, life: -1,
		live: results.NewManager(), ready: results.NewManager(), startup: results.NewManager(),
	}
	k.manager = prober.NewManager(k, k.live, k.ready, k.startup, k, record.NewFakeRecorder(100000))
	time.Sleep(1000 * time.Second)
	k.epoch = time.Now()
	return k
}

func (k *kubelet) see(what string, kind probe.Kind, detail any) {
	k.events = append(k.events, event{At: time.Since(k.epoch), What: what, Life: k.life, Kind: kind, Detail: fmt.Sprint(detail)})
}

func (k *kubelet) id() kubecontainer.ContainerID {
	return kubecontainer.ContainerID{Type: "test", ID: fmt.Sprint("life-", k.life)}
}

// GetPodStatus is what the workers see.
func (k *kubelet) GetPodStatus(types.UID) (corev1.PodStatus, bool) {
	k.Lock()
	defer k.Unlock()
	return k.status(), true
}

func (k *kubelet) status() corev1.PodStatus {
	id := k.id()
	c := corev1.ContainerStatus{Name: "main", ContainerID: id.String(), RestartCount: int32(k.life)}
	if k.running {
		c.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(k.startedAt)}
		c.Started = new(bool)
		*c.Started = k.started
	} else {
		c.State.Terminated = &corev1.ContainerStateTerminated{ExitCode: int32(k.code)}
	}
	return corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0.1", ContainerStatuses: []corev1.ContainerStatus{c}}
}

// RunInContainer is an attempt; the command is the kind. The kubelet repeats one that is an error twice.
func (k *kubelet) RunInContainer(_ context.Context, id kubecontainer.ContainerID, cmd []string, _ time.Duration) ([]byte, error) {
	var kind probe.Kind
	var a probe.Attempt
	if err := kind.UnmarshalText([]byte(cmd[0])); err != nil {
		panic(err)
	}
	a.Kind = kind
	fmt.Sscanf(id.ID, "life-%d", &a.RestartCount)
	k.Lock()
	tries := k.asked[a]
	k.asked[a]++
	answer := k.answer(a, tries/1000)
	try := tries % 1000
	if try == 0 {
		k.see("attempt", kind, answer.letter)
	}
	if answer.letter == "E" && try < 2 {
		k.Unlock()
		return nil, fmt.Errorf("prober error")
	}
	k.asked[a] += 999 - try // on to the next attempt
	k.Unlock()
	time.Sleep(answer.takes)
	switch answer.letter {
	case "S":
		return nil, nil
	case "F":
		return nil, exec.CodeExitError{Err: fmt.Errorf("exit 1"), Code: 1}
	case "T":
		return nil, fmt.Errorf("%w", cri.ErrCommandTimedOut)
	default:
		return nil, fmt.Errorf("prober error")
	}
}

func (k *kubelet) pod() *corev1.Pod {
	api := func(p *probe.Spec, kind probe.Kind) *corev1.Probe {
		if p == nil {
			return nil
		}
		return &corev1.Probe{
			ProbeHandler:        corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{strings.ToLower(kind.String())}}},
			InitialDelaySeconds: p.InitialDelaySeconds, TimeoutSeconds: p.TimeoutSeconds, PeriodSeconds: p.PeriodSeconds,
			SuccessThreshold: p.SuccessThreshold, FailureThreshold: p.FailureThreshold,
		}
	}
	policy := corev1.RestartPolicy("")
	if k.RestartPolicy != 0 {
		policy = corev1.RestartPolicy(k.RestartPolicy.String())
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", UID: "u"},
		Spec: corev1.PodSpec{RestartPolicy: policy, Containers: []corev1.Container{{
			Name: "main", StartupProbe: api(k.Startup, probe.Startup),
			LivenessProbe: api(k.Liveness, probe.Liveness), ReadinessProbe: api(k.Readiness, probe.Readiness),
		}}},
	}
}

func (k *kubelet) play(ctx context.Context) {
	pod := k.pod()
	ctx, cancel := context.WithCancel(ctx)
	k.begins()
	k.manager.AddPod(ctx, pod)
	syncs := make(chan struct{})
	for _, at := range k.syncs {
		go func() { time.Sleep(at); syncs <- struct{}{} }()
	}
	end := time.After(k.end)
	for playing := true; playing; {
		select {
		case u := <-k.startup.Updates():
			k.updated(u, probe.Startup)
		case u := <-k.live.Updates():
			k.updated(u, probe.Liveness)
		case u := <-k.ready.Updates():
			k.updated(u, probe.Readiness)
		case <-k.begin:
			k.Lock()
			k.started, k.begin = true, nil
			k.Unlock()
		case <-k.kill:
			k.kills()
		case <-syncs:
			k.synced(ctx, pod)
		case <-k.exit:
			k.exits(k.lives[min(k.life, len(k.lives)-1)].code, pod)
		case <-k.killed:
			k.exits(k.lives[min(k.life, len(k.lives)-1)].killCode, pod)
		case <-k.restart:
			k.Lock()
			k.begins()
			k.Unlock()
			k.manager.AddPod(ctx, pod) // as at every sync
		case <-end:
			playing = false
		}
	}
	k.Lock()
	played := k.events
	k.Unlock()
	cancel()
	k.finish(pod, syncs)
	k.events = played
}

// finish ends the workers, and lets go of who waits for a sync.
func (k *kubelet) finish(pod *corev1.Pod, syncs <-chan struct{}) {
	k.manager.RemovePod(pod)
	over := time.After(400 * time.Second)
	for {
		select {
		case <-k.startup.Updates():
		case <-k.live.Updates():
		case <-k.ready.Updates():
		case <-syncs:
		case <-over:
			return
		}
	}
}

// begins is a start of the container.
func (k *kubelet) begins() {
	k.life++
	k.running, k.started, k.killing = true, k.Startup == nil, false
	k.startedAt = time.Now()
	k.restart, k.begin, k.kill, k.killed, k.exit = nil, nil, nil, nil, nil
	k.see("started", 0, "")
	if l := k.scenario.life(k.life); l.runs > 0 {
		k.exit = time.After(l.runs)
	}
}

// updated is a result that was published. One about a former container is nothing that anybody looks at.
func (k *kubelet) updated(u results.Update, kind probe.Kind) {
	k.Lock()
	defer k.Unlock()
	if u.ContainerID != k.id() {
		return
	}
	r := map[results.Result]probe.Result{results.Success: probe.Success, results.Failure: probe.Failure, results.Unknown: probe.Unknown}[u.Result]
	k.see("result", kind, r)
	if !k.running {
		return
	}
	if kind == probe.Startup && r == probe.Success {
		k.begin = time.After(k.lag)
	}
	if kind != probe.Readiness && r == probe.Failure && !k.killing && k.kill == nil {
		k.kill = time.After(k.lag)
	}
}

// kills is what SyncPod does about a failed probe: the liveness probe is looked at first.
func (k *kubelet) kills() {
	k.Lock()
	defer k.Unlock()
	k.kill = nil
	if !k.running || k.killing {
		return
	}
	for _, p := range []struct {
		kind    probe.Kind
		results results.Manager
	}{{probe.Liveness, k.live}, {probe.Startup, k.startup}} {
		if r, ok := p.results.Get(k.id()); ok && r == results.Failure {
			k.killing = true
			k.see("killed", p.kind, "")
			k.killed = time.After(k.scenario.life(k.life).ends)
			return
		}
	}
}

func (k *kubelet) exits(code probe.ExitCode, pod *corev1.Pod) {
	k.Lock()
	defer k.Unlock()
	k.see("exited", 0, code)
	k.running, k.code = false, code
	k.begin, k.kill, k.exit, k.killed = nil, nil, nil, nil
	again := podutil.ContainerShouldRestart(pod.Spec.Containers[0], pod.Spec, int32(code))
	if k.killing { // SyncPod kills and starts in one go
		again = pod.Spec.RestartPolicy != corev1.RestartPolicyNever
	}
	if again {
		k.restart = time.After(k.scenario.life(k.life).restart)
	}
}

// synced is what SyncPod does: the status, the workers, the kill.
func (k *kubelet) synced(ctx context.Context, pod *corev1.Pod) {
	k.Lock()
	s := k.status()
	s.ContainerStatuses[0].Started = nil // what is carried over from a former container is finding F1
	k.Unlock()
	k.manager.UpdatePodStatus(ctx, pod, &s)
	k.Lock()
	c := s.ContainerStatuses[0]
	if k.running {
		k.started = *c.Started
	}
	k.see("ready", 0, fmt.Sprint(*c.Started, c.Ready))
	if k.started {
		k.begin = nil
	}
	running := k.running
	k.Unlock()
	if running { // a pod of which nothing runs is at its end, or between the kill and the start of one sync
		k.manager.AddPod(ctx, pod)
	}
	k.kills()
}
