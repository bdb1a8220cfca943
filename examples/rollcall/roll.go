package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/probe"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

// A roll is the roll call of a dump, which every output form prints. Its JSON is read by other programs.
type roll struct {
	Now         time.Time      `json:"now"`
	Controllers []*controller  `json:"controllers"` // by namespace, kind and name
	Pods        []*pod         `json:"pods"`        // by namespace and name
	Skipped     map[string]int `json:"skipped,omitempty"`
	Problems    []string       `json:"problems,omitempty"`

	source      string // the name of the dump
	byUID       map[string]*object
	controllers map[string]*controller // by UID
	namespaces  map[string]*namespace
	nodes       []replica.Node
	tainted     bool // some node has a taint that keeps pods away
}

// A namespace has what a controller looks at: the pods beside it.
type namespace struct {
	pods    []*pod
	byOwner map[string][]**pod // by the UID of their controller, orphans under ""
	badPod  string             // a pod that was not read in whole, or ""
}

// A controller is one line of the roll call.
type controller struct {
	Namespace string   `json:"namespace"`
	Kind      string   `json:"kind"`
	Name      string   `json:"name"`
	UID       string   `json:"uid"`
	Selector  string   `json:"selector"`
	Desired   int      `json:"desired"`
	Owned     int      `json:"owned"`     // what counts against Desired
	Ready     int      `json:"ready"`     // those of them that are ready
	LabelOnly int      `json:"labelOnly"` // what a label match alone would count
	Next      []string `json:"next"`      // what to do, empty when nothing is

	Available   int    `json:"available"`
	Terminating int    `json:"terminating"`
	Owner       string `json:"owner"`             // its own controller
	Note        string `json:"note,omitempty"`    // what else there is to say about Next
	Problem     string `json:"problem,omitempty"` // why it is not known what is next

	blind      bool // the selector is invalid, so that nothing can be counted
	object     *object
	claim      ownership.Controller
	keys       map[string]bool // of the labels that the selector asks about
	notCounted []*pod          // those that match and do not count
	placement  replica.Placement
}

// A pod is one pod of the roll call.
type pod struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Owner     string `json:"owner"`   // what its reference says, even if that controller is not in the dump
	Root      string `json:"root"`    // the topmost controller
	Counted   bool   `json:"counted"` // against its owner's Desired
	Reason    string `json:"reason"`

	Phase    string    `json:"phase"`
	Ready    bool      `json:"ready"`
	Node     string    `json:"node"`
	Restarts []restart `json:"restarts,omitempty"`
	Opinions []opinion `json:"controllers,omitempty"` // with -v and why: of all that match or own it

	object *object
	view   replica.Pod
}

// A restart says of a container that it was restarted, or ended, and how.
type restart struct {
	Container string `json:"container"`
	Count     int    `json:"count"`
	State     string `json:"state,omitempty"` // why it waits or ended, as in CrashLoopBackOff
	ExitCode  *int32 `json:"exitCode,omitempty"`
	Meaning   string `json:"meaning,omitempty"` // of the exit code
}

// An opinion is what one controller decides about one pod.
type opinion struct {
	Controller string `json:"controller"`
	Reason     string `json:"reason"`
}

// callRoll judges every pod by every controller of its namespace at the time now, or, when that is zero, at the newest
// time in the dump.
func callRoll(d *dump, now time.Time) *roll {
	r := &roll{
		source: d.source, Now: now, Skipped: d.skipped, Problems: d.problems, Controllers: []*controller{}, Pods: []*pod{},
		byUID: map[string]*object{}, controllers: map[string]*controller{}, namespaces: map[string]*namespace{},
	}
	for _, o := range d.objects {
		if newest := o.newest(); now.IsZero() && newest.After(r.Now) {
			r.Now = newest
		}
		if o.Metadata.UID != "" {
			r.byUID[o.Metadata.UID] = o
		}
	}
	for _, o := range d.objects {
		switch o.Kind {
		case "Pod":
			r.Pods = append(r.Pods, r.newPod(o))
		case "Node":
			r.nodes = append(r.nodes, replica.Node{Name: o.Metadata.Name, Labels: o.Metadata.Labels})
			for _, taint := range o.Spec.Taints {
				r.tainted = r.tainted || taint.Effect != "PreferNoSchedule"
			}
		default:
			c := r.newController(o)
			r.Controllers = append(r.Controllers, c)
			r.controllers[c.UID] = c
		}
	}
	slices.SortStableFunc(r.Pods, func(a, b *pod) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(r.Controllers, func(a, b *controller) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace),
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Name, b.Name))
	})
	for _, c := range r.Controllers {
		r.namespaces[c.Namespace] = new(namespace)
	}
	for _, p := range r.Pods {
		if ns := r.namespaces[p.Namespace]; ns != nil {
			ns.pods = append(ns.pods, p)
			if p.object.bad != "" {
				ns.badPod = p.Name
			}
		}
	}
	for _, ns := range r.namespaces {
		ns.byOwner = ownership.Group(ns.pods, func(p **pod) ownership.Object { return (*p).view.Object })
	}
	for _, c := range r.Controllers {
		r.count(c)
		if c.Problem = cmp.Or(c.Problem, r.unsure(d, c)); c.Problem != "" {
			c.Next = []string{}
		}
	}
	for _, c := range r.Controllers {
		if c.Kind == "Deployment" {
			r.addUp(c)
		}
		for _, p := range r.namespaces[c.Namespace].pods {
			if c.matches(p) {
				c.LabelOnly++
				if !p.Counted || !r.countsFor(c, p) {
					c.notCounted = append(c.notCounted, p)
				}
			}
		}
	}
	for _, p := range r.Pods {
		p.Reason = r.reason(p)
	}
	return r
}

// unsure says what keeps one from knowing what c should do, or "": it is no time to create pods when some were not read.
func (r *roll) unsure(d *dump, c *controller) string {
	if c.object.bad != "" {
		return "unreadable " + c.object.bad
	}
	if bad := r.namespaces[c.Namespace].badPod; bad != "" {
		return "pod " + bad + " is unreadable in part"
	}
	badNode := func(o *object) bool { return o.Kind == "Node" && o.bad != "" }
	if c.Kind == "DaemonSet" && slices.ContainsFunc(d.objects, badNode) {
		return "a node is unreadable in part"
	}
	if d.lost {
		return "the input is incomplete"
	}
	return ""
}

func (r *roll) newPod(o *object) *pod {
	p := &pod{Namespace: o.Metadata.Namespace, Name: o.Metadata.Name, object: o, view: o.pod()}
	p.Owner = p.view.ControlledBy.String()
	p.Root = p.Owner
	p.Phase, p.Ready, p.Node = o.Status.Phase, p.view.Ready, p.view.Node
	if chain, _ := r.chain(p); len(chain) > 0 {
		p.Root = chain[len(chain)-1].String()
	}
	for _, s := range o.containers() {
		if re := newRestart(s); re.Count > 0 || re.ExitCode != nil {
			p.Restarts = append(p.Restarts, re)
		}
	}
	return p
}

// chain returns the pod's controllers up to the topmost.
func (r *roll) chain(p *pod) ([]ownership.Ref, ownership.End) {
	return ownership.Chain(p.view.Object, func(ref ownership.Ref) (ownership.Object, bool) {
		o, found := r.byUID[ref.UID]
		if !found {
			return ownership.Object{}, false
		}
		return o.view(), true
	})
}

func newRestart(s containerStatus) restart {
	re := restart{Container: s.Name, Count: s.RestartCount}
	ended := s.State.Terminated
	switch {
	case ended != nil:
		re.State = ended.Reason
	case s.State.Waiting != nil:
		re.State = s.State.Waiting.Reason
	}
	if ended == nil {
		ended = s.LastState.Terminated
	}
	if ended != nil {
		re.ExitCode, re.Meaning = &ended.ExitCode, probe.ExitCode(ended.ExitCode).String()
	}
	return re
}

func (r *roll) newController(o *object) *controller {
	c := &controller{
		Namespace: o.Metadata.Namespace, Kind: o.Kind, Name: o.Metadata.Name, UID: o.Metadata.UID,
		Owner: o.view().ControlledBy.String(), Next: []string{}, object: o, keys: map[string]bool{},
	}
	s, err := o.selector()
	c.invalid(r, "spec.selector", err)
	if o.Kind == "DaemonSet" {
		c.placement.NodeSelector, err = selector.FromLabels(o.Spec.Template.Spec.NodeSelector)
		c.invalid(r, "spec.template.spec.nodeSelector", err)
	}
	c.Selector = s.String()
	for _, req := range s.Requirements() {
		c.keys[req.Key] = true
	}
	c.claim = ownership.Controller{Ref: o.ref(), Namespace: c.Namespace, Selector: s, Deleting: o.view().Deleting}
	return c
}

// invalid notes what is wrong with a field of c, if anything is: a line for each bad field.
func (c *controller) invalid(r *roll, field string, err error) {
	if err == nil {
		return
	}
	c.Problem, c.blind = "invalid "+field, true
	errs := []error{err}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		errs = all.Unwrap()
	}
	for _, err := range errs {
		path, text := "", err.Error()
		var fieldError *selector.FieldError
		var typeError *json.UnmarshalTypeError
		switch {
		case errors.As(err, &fieldError):
			// FromLabels calls its map "labels"; in the API the map is the field itself.
			path = strings.TrimPrefix(fieldError.Path, "labels")
			text = strings.TrimPrefix(fieldError.Error(), fieldError.Path+": ")
		case errors.As(err, &typeError):
			path, text = typeError.Field, wantType(typeError)
		}
		if path != "" && path[0] != '[' {
			path = "." + path
		}
		r.Problems = append(r.Problems, fmt.Sprintf("%s: %v: %s%s: %s", r.source, c.object, field, path, text))
	}
}

func (c *controller) ref() string { return c.claim.Ref.String() }

func (c *controller) minReady() time.Duration {
	return time.Duration(c.object.Spec.MinReadySeconds) * time.Second
}

// judge is the verdict of c about p. A DaemonSet's says nothing of the node.
func (c *controller) judge(p *pod, now time.Time) replica.Verdict {
	v := replica.Judge(c.claim, p.view, c.minReady(), now)
	if c.Kind == "DaemonSet" { // claims inactive pods too
		v.Decision, v.Reason = c.claim.Decide(p.view.Object)
	}
	return v
}

// count judges the pods that are c's own or nobody's; others' it would ignore. Of a Deployment there is nothing to judge:
// see addUp.
func (r *roll) count(c *controller) {
	if c.blind || c.Kind == "Deployment" {
		return
	}
	var claimed []*pod // what c decides over in this pass: its own and those that it adopts
	var views, owned []replica.Pod
	byOwner := r.namespaces[c.Namespace].byOwner
	for _, q := range slices.Concat(byOwner[c.UID], byOwner[""]) {
		p := *q
		v := c.judge(p, r.Now)
		switch v.Decision {
		case ownership.Adopt:
			c.Next = append(c.Next, "adopt "+p.Name)
		case ownership.Release:
			c.Next = append(c.Next, "release "+p.Name)
		}
		if v.Decision == ownership.Keep || v.Decision == ownership.Adopt {
			claimed = append(claimed, p)
			views = append(views, p.view)
		}
		if c.owns(p) && c.matches(p) {
			owned = append(owned, p.view)
		}
		p.Counted = p.Counted || v.Counted && v.Decision == ownership.Keep && c.Kind != "DaemonSet"
	}
	if len(r.Pods) == 0 {
		c.Note = "no pods in the dump"
	}
	status := replica.Summarize(owned, nil, c.minReady(), r.Now)
	c.Owned, c.Ready, c.Available, c.Terminating = status.Replicas, status.Ready, status.Available, status.Terminating

	switch c.Kind {
	case "ReplicationController", "ReplicaSet":
		c.Desired = orOne(c.object.Spec.Replicas)
		plan := replica.Diff(c.Desired, views, r.Now, replica.Options{})
		c.todo("create", plan.Create)
		c.todo("delete", len(plan.Delete))
	case "DaemonSet":
		r.countNodes(c, claimed, views)
	case "StatefulSet":
		c.Desired, c.Next = orOne(c.object.Spec.Replicas), []string{}
	case "Job":
		c.Next = []string{}
		c.Desired, c.Note = wantedOfJob(c.object)
	}
	if c.claim.Deleting {
		c.Next, c.Note = []string{}, "being deleted"
	}
}

// countNodes counts what a DaemonSet has on the nodes: one pod each.
func (r *roll) countNodes(c *controller, claimed []*pod, views []replica.Pod) {
	c.Owned, c.Ready, c.Available = 0, 0, 0
	if len(r.nodes) == 0 {
		c.Next, c.Note = []string{}, "no nodes in the dump"
		return
	}
	if r.tainted || c.object.Spec.Template.Spec.Affinity.NodeAffinity.Required != nil {
		c.Note = "node affinity and taints not looked at"
	}
	plan := replica.DiffNodes(r.nodes, views, c.placement, r.Now)
	c.Desired = plan.Desired
	for _, i := range plan.Counted {
		p := claimed[i]
		if !c.owns(p) {
			continue // to be adopted first
		}
		p.Counted = true
		c.Owned++
		if p.view.Ready {
			c.Ready++
		}
		if p.view.State(c.minReady(), r.Now) == replica.Available {
			c.Available++
		}
	}
	c.todo("create", len(plan.Create))
	c.todo("delete", len(plan.Delete))
}

func (c *controller) todo(verb string, n int) {
	if n > 0 {
		c.Next = append(c.Next, fmt.Sprintf("%s %d", verb, n))
	}
}

// addUp counts a Deployment: what its ReplicaSets count.
func (r *roll) addUp(d *controller) {
	d.Desired = orOne(d.object.Spec.Replicas)
	if d.claim.Deleting {
		d.Note = "being deleted"
	}
	view := func(c *controller) ownership.Object { return c.object.view() }
	for c := range ownership.Filter(d.claim, slices.Values(r.Controllers), view) {
		if c.Kind == "ReplicaSet" {
			d.Owned += c.Owned
			d.Ready += c.Ready
			d.Available += c.Available
			d.Terminating += c.Terminating
		}
	}
}

// countsFor reports whether p, which its owner counts, is one of those that c counts: as its owner, or as the Deployment of
// its owner.
func (r *roll) countsFor(c *controller, p *pod) bool {
	owner := r.controllers[p.view.ControlledBy.UID]
	return owner == c || c.Kind == "Deployment" && owner != nil && owner.object.view().ControlledBy.UID == c.UID
}

// only leaves what is in the namespace.
func (r *roll) only(namespace string) {
	r.Controllers = slices.DeleteFunc(r.Controllers, func(c *controller) bool { return c.Namespace != namespace })
	r.Pods = slices.DeleteFunc(r.Pods, func(p *pod) bool { return p.Namespace != namespace })
}

// onlyPods leaves the pods of that name, which may have the namespace in front, and the controllers beside them. It reports
// whether there are any.
func (r *roll) onlyPods(name string) bool {
	r.Pods = slices.DeleteFunc(r.Pods, func(p *pod) bool { return p.Name != name && p.Namespace+"/"+p.Name != name })
	r.Controllers = slices.DeleteFunc(r.Controllers, func(c *controller) bool {
		return !slices.ContainsFunc(r.Pods, func(p *pod) bool { return p.Namespace == c.Namespace })
	})
	return len(r.Pods) > 0
}

// needsDoing reports whether some controller has something to do.
func (r *roll) needsDoing() bool {
	return slices.ContainsFunc(r.Controllers, func(c *controller) bool { return len(c.Next) > 0 })
}

// wantedOfJob returns how many active pods a Job wants, and how far it is: none once it has ended.
func wantedOfJob(o *object) (int, string) {
	for _, end := range []struct{ condition, note string }{{"Complete", "complete"}, {"Failed", "failed"}} {
		if c := o.condition(end.condition); c != nil && c.Status == "True" {
			return 0, fmt.Sprintf("%s, %d succeeded", end.note, o.Status.Succeeded)
		}
	}
	if o.Spec.Suspend {
		return 0, "suspended"
	}
	wanted := orOne(o.Spec.Parallelism)
	note := fmt.Sprintf("%d succeeded", o.Status.Succeeded)
	if o.Spec.Completions != nil {
		wanted = min(wanted, max(*o.Spec.Completions-o.Status.Succeeded, 0))
		note = fmt.Sprintf("%d of %d succeeded", o.Status.Succeeded, *o.Spec.Completions)
	}
	return wanted, note
}

// orOne is the API's default of a number of pods.
func orOne(n *int) int {
	if n == nil {
		return 1
	}
	return *n
}
