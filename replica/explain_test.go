package replica_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// slowSync does what syncReplicaSet does, list by list: the second opinion on Judge. It returns by name what
// becomes of each pod; pods without an entry are left alone.
func slowSync(c ownership.Controller, pods []replica.Pod) map[string]string {
	var listed []replica.Pod // its own, and orphans
	for _, p := range pods {
		if c.UID != "" && p.Namespace == c.Namespace && (p.ControlledBy == ownership.Ref{} || p.ControlledBy.UID == c.UID) {
			listed = append(listed, p)
		}
	}
	var active []replica.Pod
	for _, p := range listed {
		if p.Phase != "Succeeded" && p.Phase != "Failed" && !p.Deleting {
			active = append(active, p)
		}
	}
	did := map[string]string{}
	for _, p := range active {
		switch d, _ := c.Decide(p.Object); d {
		case ownership.Keep:
			did[p.Name] = "counted"
		case ownership.Adopt:
			did[p.Name] = "adopted"
		case ownership.Release:
			did[p.Name] = "released"
		}
	}
	return did
}

func TestJudgeAgreesWithSync(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ps := podtest.DrawController(t), podtest.Draw().Draw(t, "pods")
		got := map[string]string{}
		for _, p := range ps {
			v := replica.Judge(c, p, 0, now)
			switch {
			case v.Counted && v.Decision == ownership.Keep:
				got[p.Name] = "counted"
			case v.Claimed && v.Decision == ownership.Adopt:
				got[p.Name] = "adopted"
			case v.Decision == ownership.Release:
				got[p.Name] = "released"
			case v.Counted || v.Claimed || v.Decision != ownership.Ignore:
				t.Fatalf("%s: %+v", p.Name, v)
			}
			if v.State != p.State(0, now) || (v.Reason == 0) != (!p.Active() && c.UID != "" && p.Namespace == c.Namespace && (p.ControlledBy == ownership.Ref{} || p.ControlledBy.UID == c.UID)) {
				t.Fatalf("%s: %+v", p.Name, v)
			}
			e := replica.Explain(c, p, 0, now)
			if e.Verdict != v || e.String() == "" {
				t.Fatalf("%s: explained %+v, judged %+v", p.Name, e, v)
			}
		}
		if diff := cmp.Diff(slowSync(c, ps), got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestExplanationTexts(t *testing.T) {
	c := ownership.Controller{
		Ref: ownership.Ref{Kind: "ReplicaSet", Name: "kubia", UID: "rs-1"}, Namespace: "shop",
		Selector: check.Must(selector.New(selector.Requirement{Key: "app", Operator: selector.In, Values: []string{"kubia"}})),
	}
	kubia := map[string]string{"app": "kubia"}
	frontend := ownership.Ref{Kind: "ReplicaSet", Name: "frontend", UID: "rs-2"}
	for _, tt := range []struct {
		pod  replica.Pod
		want string
	}{
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: kubia, ControlledBy: c.Ref}}, "owned and selected; counted; NotReady"},
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: kubia, ControlledBy: c.Ref}, Ready: true}, "owned and selected; counted; Available"},
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: kubia, ControlledBy: c.Ref}, Phase: "Failed"}, "phase Failed: not active"},
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: kubia, ControlledBy: c.Ref}, Phase: "Succeeded"}, "phase Succeeded: not active"},
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: kubia, ControlledBy: c.Ref, Deleting: true}}, "being deleted: not active"},
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: kubia, ControlledBy: frontend}, Phase: "Failed"}, "selected, but controlled by ReplicaSet/frontend"},
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: kubia}}, "selected, no controller: to be adopted; NotReady"},
		{replica.Pod{Object: ownership.Object{Namespace: "shop", Labels: map[string]string{"app": "foo"}}}, `not selected (label app is "foo", want one of [kubia]), no controller`},
		{replica.Pod{Object: ownership.Object{Namespace: "evil", Labels: kubia, ControlledBy: c.Ref}}, "names it as its controller, but from another namespace: owners do not cross namespaces"},
		{replica.Pod{Object: ownership.Object{Namespace: "evil", Labels: kubia}}, "selected, no controller: not adopted, because it is in another namespace"},
	} {
		if got := replica.Explain(c, tt.pod, 0, now).String(); got != tt.want {
			t.Errorf("%+v\n got %s\nwant %s", tt.pod, got, tt.want)
		}
	}
}

func TestZeroExplanation(t *testing.T) {
	if got := (replica.Explanation{}).String(); got != "Unset" {
		t.Errorf("got %q, want Unset", got)
	}
}

func TestJudgeDoesNotAllocate(t *testing.T) {
	c := ownership.Controller{Ref: ownership.Ref{UID: "rs-1"}, Selector: check.Must(selector.FromLabels(map[string]string{"app": "web"}))}
	p := replica.Pod{Object: ownership.Object{Labels: map[string]string{"app": "web"}, ControlledBy: c.Ref}, Phase: "Running", Ready: true, ReadySince: now}
	if n := testing.AllocsPerRun(100, func() { replica.Judge(c, p, time.Second, now) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestSummarize(t *testing.T) {
	web := ownership.Object{Labels: map[string]string{"app": "web", "rev": "2"}}
	old := ownership.Object{Labels: map[string]string{"app": "web", "rev": "1"}}
	bare := ownership.Object{Labels: map[string]string{"app": "web"}}
	leaving := web
	leaving.Deleting = true
	ps := []replica.Pod{
		{Object: web, Phase: "Running", Ready: true, ReadySince: now.Add(-time.Minute)},
		{Object: old, Phase: "Running", Ready: true, ReadySince: now.Add(-time.Second)},
		{Object: bare, Phase: "Running"},
		{Object: web, Phase: "Pending"},
		{Object: web},
		{Object: leaving, Phase: "Running", Ready: true},
		{Object: leaving, Phase: "Failed"},
		{Object: web, Phase: "Succeeded"},
		{Object: web, Phase: "Unknown"},
	}
	want := replica.Status{
		Replicas: 6, FullyLabeled: 4, Ready: 2, Available: 1, Terminating: 1, NextCheck: 9 * time.Second,
		Phases: replica.Phases{Pending: 1, Running: 4, Succeeded: 1, Failed: 1, Unknown: 2},
	}
	template := map[string]string{"app": "web", "rev": "2"}
	if diff := cmp.Diff(want, replica.Summarize(ps, template, 10*time.Second, now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := replica.Summarize(ps, nil, 0, now); got.FullyLabeled != got.Replicas || got.Available != got.Ready {
		t.Errorf("without template labels and minimum time: %+v", got)
	}
	if got := replica.Summarize(nil, template, 0, now); got != (replica.Status{}) {
		t.Errorf("no pods: %+v", got)
	}
}

// A label that is missing is not the same as an empty one.
func TestFullyLabeledWithAnEmptyValue(t *testing.T) {
	ps := []replica.Pod{{}, {Object: ownership.Object{Labels: map[string]string{"rev": ""}}}}
	if got := replica.Summarize(ps, map[string]string{"rev": ""}, 0, now).FullyLabeled; got != 1 {
		t.Errorf("%d fully labelled, want 1", got)
	}
}

func TestSummarizeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := podtest.Draw().Draw(t, "pods")
		template := rapid.SampledFrom([]map[string]string{nil, {"app": "web"}, {"app": "web", "rev": "1"}}).Draw(t, "template")
		minReady := rapid.SampledFrom([]time.Duration{0, time.Second, 100 * time.Second}).Draw(t, "min ready")
		s := replica.Summarize(ps, template, minReady, now)
		ended := s.Phases.Succeeded + s.Phases.Failed
		switch {
		case s.Replicas+s.Terminating+ended != len(ps),
			s.Phases.Pending+s.Phases.Running+s.Phases.Unknown+ended != len(ps),
			s.Available > s.Ready, s.Ready > s.Replicas, s.FullyLabeled > s.Replicas:
			t.Fatalf("%d pods: %+v", len(ps), s)
		}
		if later := replica.Summarize(ps, template, minReady, now.Add(time.Hour)); later.Available < s.Available {
			t.Fatalf("an hour later %d are available, before %d", later.Available, s.Available)
		}
		// Counting is additive, so no pod influences another.
		sum := replica.Status{}
		for i := range ps {
			one := replica.Summarize(ps[i:i+1], template, minReady, now)
			sum.Replicas += one.Replicas
			sum.FullyLabeled += one.FullyLabeled
			sum.Ready += one.Ready
			sum.Available += one.Available
		}
		if sum.Replicas != s.Replicas || sum.FullyLabeled != s.FullyLabeled || sum.Ready != s.Ready || sum.Available != s.Available {
			t.Fatalf("one by one %+v, together %+v", sum, s)
		}
	})
}

func TestNextCheck(t *testing.T) {
	ready := func(since time.Time) replica.Pod { return replica.Pod{Ready: true, ReadySince: since} }
	for name, tt := range map[string]struct {
		pods     []replica.Pod
		minReady time.Duration
		now      time.Time
		want     time.Duration
	}{
		"no pods":                   {nil, time.Minute, now, 0},
		"ready for a second":        {[]replica.Pod{ready(now.Add(-time.Second))}, time.Minute, now, 59 * time.Second},
		"the sooner of two":         {[]replica.Pod{ready(now), ready(now.Add(-time.Second)), ready(now)}, time.Minute, now, 59 * time.Second},
		"available":                 {[]replica.Pod{ready(now.Add(-time.Hour)), ready(now.Add(-time.Minute))}, time.Minute, now, 0},
		"not ready":                 {[]replica.Pod{{ReadySince: now}}, time.Minute, now, 0},
		"failed":                    {[]replica.Pod{{Ready: true, ReadySince: now, Phase: "Failed"}}, time.Minute, now, 0},
		"since when is not known":   {[]replica.Pod{ready(time.Time{})}, time.Minute, time.Time{}, 0},
		"by a clock that is ahead":  {[]replica.Pod{ready(now.Add(time.Hour))}, time.Minute, now, time.Hour + time.Minute},
		"without minimum time":      {[]replica.Pod{ready(now.Add(time.Hour))}, 0, now, 0},
		"with a negative one":       {[]replica.Pod{ready(now.Add(time.Hour))}, -time.Second, now, 0},
		"the last nanosecond of it": {[]replica.Pod{ready(now.Add(1 - time.Minute))}, time.Minute, now, 1},
	} {
		if got := replica.Summarize(tt.pods, nil, tt.minReady, tt.now).NextCheck; got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
