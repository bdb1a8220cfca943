package probe_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/probe"
)

// A script has all that happens to one container of a supervisor.
type script struct {
	spec      probe.ContainerSpec
	options   probe.Options
	instances []scriptedInstance // the last one repeats
	end       time.Duration
}

type scriptedInstance struct {
	answers map[probe.Kind][]scriptedAnswer // the last one repeats
	runs    time.Duration                   // until it exits by itself; 0: it does not
	code    probe.ExitCode
	ends    time.Duration // from the kill to the exit
}

type scriptedAnswer struct {
	probe.Outcome
	takes time.Duration
}

func (p *script) instance(n int) *scriptedInstance { return &p.instances[min(n, len(p.instances)-1)] }

func (l *scriptedInstance) answer(k probe.Kind, n int) scriptedAnswer {
	return l.answers[k][min(n, len(l.answers[k])-1)]
}

// A report has what happened, in streams with a certain order each: the container's events, and each probe's
// attempts and results.
type report map[string][]string

func (r report) add(stream string, at time.Duration, what string, args ...any) {
	r[stream] = append(r[stream], fmt.Sprintf("%v "+what, append([]any{at}, args...)...))
}

// byContainer runs the script with a Container.
func (p *script) byContainer() report {
	type coming struct {
		probe.Event
		starts int // with Exited: the restart count of the instance
	}
	r := report{}
	c := probe.NewContainer(p.spec, p.options, 0)
	var queue []coming
	expect := func(e probe.Event) { queue = append(queue, coming{e, c.RestartCount()}) }
	asked := map[probe.Attempt]int{}
	for e := (probe.Event{}); e.At <= p.end; {
		if e.Type == probe.Exited && c.Running() {
			r.add("container", e.At, "exited %v", e.ExitCode)
		}
		act := c.Step(e)
		for ch := range act.Changes() {
			r.add("result "+ch.Kind.String(), e.At, "%v", ch.Result)
		}
		if act.Start {
			r.add("container", e.At, "start")
			expect(probe.Event{At: e.At, Type: probe.Started})
		}
		if act.Kill != 0 {
			r.add("container", e.At, "kill for %v within %v", act.Kill, act.Grace)
			expect(probe.Event{At: e.At + p.instance(c.RestartCount()).ends, Type: probe.Exited, ExitCode: 137})
		}
		if l := p.instance(c.RestartCount()); e.Type == probe.Started && l.runs > 0 {
			expect(probe.Event{At: e.At + l.runs, Type: probe.Exited, ExitCode: l.code})
		}
		for a := range act.Attempts() {
			answer := p.instance(a.RestartCount).answer(a.Kind, asked[a])
			asked[a]++
			r.add("attempt "+a.Kind.String(), e.At, "instance %d", a.RestartCount)
			expect(probe.Event{At: e.At + answer.takes, Type: probe.Answered, Attempt: a, Outcome: answer.Outcome})
		}
		slices.SortStableFunc(queue, func(a, b coming) int { return int(min(max(a.At-b.At, -1), 1)) })
		queue = slices.DeleteFunc(queue, func(q coming) bool {
			return q.Type == probe.Exited && (q.starts != c.RestartCount() || !c.Running())
		})
		if len(queue) > 0 && queue[0].At <= c.Next() {
			e, queue = queue[0].Event, queue[1:]
		} else if e = (probe.Event{At: c.Next()}); e.At == never {
			break
		}
	}
	return r
}

// byGoroutines runs the script in virtual time with a simple supervisor: a goroutine for each probe sleeps,
// makes an attempt, and evaluates the whole history of outcomes.
func (p *script) byGoroutines(t *testing.T) (r report) {
	synctest.Test(t, func(t *testing.T) {
		s := supervisor{script: p, report: report{}, epoch: time.Now()}
		ctx, cancel := context.WithTimeout(t.Context(), p.end)
		defer cancel()
		s.run(ctx)
		r = s.report
	})
	return r
}

type supervisor struct {
	*script
	sync.Mutex
	report
	epoch time.Time
}

func (s *supervisor) note(stream, what string, args ...any) {
	s.Lock()
	defer s.Unlock()
	s.add(stream, time.Since(s.epoch), what, args...)
}

// sleep reports whether it was not interrupted.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// run runs one instance after another, with the back-off between them.
func (s *supervisor) run(ctx context.Context) {
	var wait time.Duration
	for n := 0; ; n++ {
		s.note("container", "start")
		decided := time.Now()
		code, killed, over := s.runInstance(ctx, n)
		again := s.spec.RestartPolicy == probe.Always || s.spec.RestartPolicy == probe.OnFailure && (killed || code != 0)
		if over || !again {
			return
		}
		b := s.options.Backoff
		if time.Since(decided) > b.Reset {
			wait = 0
		}
		if !sleep(ctx, wait) {
			return
		}
		if wait = time.Duration(float64(wait) * b.Factor); wait == 0 {
			wait = b.Initial
		}
		wait = min(wait, b.Max)
	}
}

// runInstance runs one instance to its exit. It returns over if the script ends before.
func (s *supervisor) runInstance(ctx context.Context, n int) (code probe.ExitCode, killed, over bool) {
	alive, end := context.WithCancel(ctx)
	defer end()
	var running sync.WaitGroup
	var workers []*worker
	started := time.Now()
	verdict, begun := make(chan *worker, 2), make(chan bool)
	for _, w := range []*worker{
		{kind: probe.Startup, spec: s.spec.Startup}, {kind: probe.Liveness, spec: s.spec.Liveness}, {kind: probe.Readiness, spec: s.spec.Readiness},
	} {
		if w.spec == nil {
			continue
		}
		w.supervisor, w.instance, w.started, w.begun, w.verdict = s, n, started, begun, verdict
		w.history = history{kind: w.kind, success: int(w.spec.SuccessThreshold), failure: int(w.spec.FailureThreshold)}
		w.tell(told{what: "start"})
		workers = append(workers, w)
		running.Go(func() { w.run(alive) })
	}
	if s.spec.Startup == nil {
		close(begun)
	}

	instance := s.instance(n)
	code = instance.code
	var byItself, killing, ending <-chan time.Time
	if instance.runs > 0 {
		byItself = time.After(instance.runs)
	}
	var guilty *worker
	for living := true; living; {
		select {
		case w := <-verdict:
			if guilty = w; w.result() == probe.Success {
				guilty = nil
			}
			killing = time.After(s.options.Lag)
		case <-killing:
			if guilty == nil {
				close(begun)
				continue
			}
			grace := guilty.spec.TerminationGracePeriodSeconds
			if grace == 0 {
				grace = 30
			}
			s.note("container", "kill for %v within %v", guilty.kind, time.Duration(max(grace, 2))*time.Second)
			killed, ending = true, time.After(instance.ends)
		case <-byItself:
			living = false
		case <-ending:
			code, living = 137, false
		case <-ctx.Done():
			over, living = true, false
		}
	}
	end()
	running.Wait()
	if over {
		return 0, false, true
	}
	s.note("container", "exited %v", code)
	for _, w := range workers {
		w.tell(told{what: "pause"})
	}
	return code, killed, false
}

// A worker tries one probe of one instance.
type worker struct {
	*supervisor
	history
	kind     probe.Kind
	spec     *probe.Spec
	instance int
	started  time.Time
	begun    <-chan bool    // closed when the startup probe has passed
	verdict  chan<- *worker // receives a worker that is on hold
}

func (w *worker) result() probe.Result { return w.told[len(w.told)-1].result }

// tell reports the result if it has changed or the instance has started. It returns whether the worker is on
// hold.
func (w *worker) tell(what told) bool {
	before := probe.Unknown
	if len(w.told) > 0 {
		before = w.result()
	}
	now := w.history.tell(what)
	if now.result != before || what.what == "start" {
		w.note("result "+w.kind.String(), "%v", now.result)
	}
	return now.hold
}

func (w *worker) run(ctx context.Context) {
	if w.kind != probe.Startup {
		select {
		case <-w.begun:
		case <-ctx.Done():
			return
		}
	}
	delay := time.Duration(w.spec.InitialDelaySeconds) * time.Second
	if rest := delay - time.Since(w.started); rest > 0 && !sleep(ctx, rest) {
		return
	}
	ticker := time.NewTicker(time.Duration(w.spec.PeriodSeconds) * time.Second)
	defer ticker.Stop()
	for n := 0; ; n++ {
		w.note("attempt "+w.kind.String(), "instance %d", w.instance)
		answer := w.script.instance(w.instance).answer(w.kind, n)
		if !sleep(ctx, answer.takes) {
			return
		}
		if w.tell(told{outcome: answer.Outcome}) {
			w.verdict <- w
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// randomScript returns a random script in which independent events do not coincide.
func randomScript(r *rand.Rand) *script {
	some := func(most time.Duration) time.Duration { return 1 + time.Duration(r.Int64N(int64(most))) }
	p := &script{
		end: 200*time.Second + some(time.Millisecond),
		options: probe.Options{Backoff: probe.Backoff{
			Initial: some(10 * time.Second), Factor: 1 + 2*r.Float64(), Max: 10*time.Second + some(60*time.Second), Reset: some(60 * time.Second),
		}},
	}
	if r.IntN(2) == 0 {
		p.options.Lag = some(3 * time.Second)
	}
	p.spec.RestartPolicy = []probe.RestartPolicy{probe.Always, probe.Always, probe.OnFailure, probe.Never}[r.IntN(4)]
	for _, to := range []**probe.Spec{&p.spec.Startup, &p.spec.Liveness, &p.spec.Readiness} {
		if r.IntN(3) == 0 {
			continue
		}
		*to = spec(probe.Timing{
			InitialDelaySeconds: max(0, r.Int32N(30)-15), PeriodSeconds: 1 + r.Int32N(12),
			SuccessThreshold: 1 + r.Int32N(3), FailureThreshold: 1 + r.Int32N(4), TerminationGracePeriodSeconds: max(0, r.Int64N(9)-4),
		})
	}
	for range 1 + r.IntN(4) {
		l := scriptedInstance{answers: map[probe.Kind][]scriptedAnswer{}, ends: some(20 * time.Second)}
		if r.IntN(3) == 0 {
			l.runs, l.code = some(100*time.Second), probe.ExitCode(r.IntN(2))
		}
		for _, k := range []probe.Kind{probe.Startup, probe.Liveness, probe.Readiness} {
			bias := r.IntN(3)
			for range 1 + r.IntN(14) {
				a := scriptedAnswer{probe.Passed, some(100 * time.Millisecond)}
				switch x := r.IntN(10); {
				case x == 0:
					a.Outcome = probe.Errored
				case x < 4+2*bias:
					a.Outcome = probe.Failed
				}
				if r.IntN(8) == 0 {
					a.takes = some(15 * time.Second)
				}
				l.answers[k] = append(l.answers[k], a)
			}
		}
		p.instances = append(p.instances, l)
	}
	return p
}

// A Container does what a simple supervisor of goroutines does.
func TestContainerAgainstGoroutines(t *testing.T) {
	scripts := 2000
	if testing.Short() {
		scripts = 200
	}
	for seed := range uint64(scripts) {
		p := randomScript(rand.New(rand.NewPCG(seed, 5)))
		if diff := cmp.Diff(p.byGoroutines(t), p.byContainer()); diff != "" {
			t.Fatalf("seed %d: %+v\n-goroutines +container:\n%s", seed, p, diff)
		}
	}
}
