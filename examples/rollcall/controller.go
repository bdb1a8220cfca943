package main

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// A controller is one line of the roll call.
type controller struct {
	Namespace string     `json:"namespace"`
	Kind      string     `json:"kind"`
	Name      string     `json:"name"`
	UID       string     `json:"uid"`
	Selector  string     `json:"selector"`
	Desired   int        `json:"desired"`
	Owned     int        `json:"owned"`               // what counts against Desired
	Ready     int        `json:"ready"`               // those of them that are ready
	LabelOnly int        `json:"labelOnly"`           // what a label match alone would count
	Next      []string   `json:"next"`                // what to do, empty when nothing is
	Delete    []deletion `json:"delete,omitempty"`    // the pods that Next deletes, the first to go first
	CreateOn  []string   `json:"createOn,omitempty"`  // the nodes for which Next creates a pod
	Nodes     []misfit   `json:"nodes,omitempty"`     // of a DaemonSet: those that get no pod
	Conflicts []conflict `json:"conflicts,omitempty"` // with controllers further down that would adopt the same pods

	Available   int               `json:"available"`
	Terminating int               `json:"terminating"`
	Labels      map[string]string `json:"labels,omitempty"`
	Owner       string            `json:"owner"`              // its own controller
	Dangling    string            `json:"dangling,omitempty"` // what is wrong with the chain to the topmost controller: its last is not there
	Note        string            `json:"note,omitempty"`     // what else there is to say about Next
	Problem     string            `json:"problem,omitempty"`  // why it is not known what is next

	blind      bool   // the selector is invalid, so that nothing can be counted
	unplaced   string // of a DaemonSet: why it is not known on which nodes its pods run, so that nothing is counted
	object     *object
	claim      ownership.Controller
	keys       map[string]bool // of the labels that the selector asks about
	mine       []*pod          // its own that match, active or not
	placement  daemon.Placement
	deployment *controller // of a ReplicaSet: the Deployment that counts it

	adopt, release []*pod
	create         int // how many
}

// A deletion is a pod to delete, and why this pod and not another.
type deletion struct {
	Pod    string `json:"pod"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`

	pod *pod
}

// A conflict is another controller whose selector meets this one's.
type conflict struct {
	With   string            `json:"with"`
	UID    string            `json:"uid"`
	Labels map[string]string `json:"labels"` // that both match
}

// A misfit is a node that gets no pod of a DaemonSet, and why.
type misfit struct {
	Node   string        `json:"node"`
	Fit    daemon.Fit    `json:"fit"`
	Misfit daemon.Misfit `json:"misfit"`
	Reason string        `json:"reason"`
}

func (r *roll) newController(o *object) *controller {
	c := &controller{
		Namespace: o.Metadata.Namespace, Kind: o.Kind, Name: o.Metadata.Name, UID: o.Metadata.UID,
		Labels: o.Metadata.Labels, Owner: o.view().ControlledBy.String(), Next: []string{}, object: o, keys: map[string]bool{},
	}
	_, _, c.Dangling = r.climb(o.view())
	s, err := o.selector()
	c.blind = err != nil
	c.invalid(r, "spec.selector", err)
	if o.Kind == "DaemonSet" {
		c.place(r)
	}
	if !c.blind {
		c.Selector = s.String()
	}
	for _, req := range s.Requirements() {
		c.keys[req.Key] = true
	}
	c.placement.MinReady = c.minReady()
	c.claim = ownership.Controller{Ref: o.ref(), Namespace: c.Namespace, Selector: s, Deleting: o.view().Deleting}
	return c
}

// place fills in on which nodes a DaemonSet's pods run.
func (c *controller) place(r *roll) {
	t := &c.object.Spec.Template.Spec
	c.placement = daemon.Placement{NodeName: t.NodeName, Tolerations: t.Tolerations, HostNetwork: t.HostNetwork}
	var err error
	c.placement.NodeSelector, err = selector.FromLabels(t.NodeSelector)
	c.invalid(r, "spec.template.spec.nodeSelector", err)
	if required := t.Affinity.NodeAffinity.Required; required != nil {
		c.placement.Affinity, err = daemon.CompileAffinity(required.NodeSelectorTerms)
		if err != nil { // of use all the same: what the API lets pass matches no node
			c.Note = strings.ReplaceAll(err.Error(), "\n", "; ")
		}
	}
}

// invalid notes what is wrong with a field of c, if anything is: a line for each bad field.
func (c *controller) invalid(r *roll, path string, err error) {
	if err == nil {
		return
	}
	c.Problem = cmp.Or(c.Problem, "invalid "+path)
	problem := func(below, text string) {
		if below != "" && below[0] != '[' {
			below = "." + below
		}
		r.Problems = append(r.Problems, fmt.Sprintf("%s: %v: %s%s: %s", r.source, c.object, path, below, text))
	}
	var bad field.Errors
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &bad):
		for _, e := range bad {
			// FromLabels calls its map "labels"; in the API the map is the field itself.
			problem(strings.TrimPrefix(e.Path, "labels"), strings.TrimPrefix(e.Error(), e.Path+": "))
		}
	case errors.As(err, &wrongType):
		problem(wrongType.Field, wantType(wrongType))
	default:
		problem("", err.Error())
	}
}

func (c *controller) ref() string { return c.claim.Ref.String() }

func (c *controller) minReady() time.Duration {
	return time.Duration(c.object.Spec.MinReadySeconds) * time.Second
}

// decide is the claim of p by c.
func (c *controller) decide(p *pod, now time.Time) ownership.Decision {
	switch {
	case c.blind || c.Kind == "Deployment": // claims no pods
		return ownership.Ignore
	case c.Kind == "DaemonSet": // claims inactive pods too
		d, _ := c.claim.Decide(p.view.Object)
		return d
	default:
		return replica.Judge(c.claim, p.view, c.minReady(), now).Decision
	}
}

// count judges the pods that are c's own or nobody's; others' it would ignore. Of a Deployment there is
// nothing to judge: see addUp.
func (r *roll) count(c *controller) {
	if c.blind || c.Kind == "Deployment" {
		return
	}
	var pods []*pod // what c decides over in this pass: its own and those that it adopts
	var claimed []replica.Pod
	remove := func(index int, rule encoding.TextMarshaler, phrase string) {
		text, _ := rule.MarshalText() // never fails
		p := pods[index]
		c.Delete = append(c.Delete, deletion{p.Name, string(text), phrase, p})
	}
	byOwner := r.namespaces[c.Namespace].byOwner
	for _, p := range slices.Concat(byOwner[c.UID], byOwner[""]) {
		decision := c.decide(p, r.Now)
		switch decision {
		case ownership.Adopt:
			c.adopt = append(c.adopt, p)
			p.adopters++
		case ownership.Release:
			c.release = append(c.release, p)
		}
		if c.owns(p) && c.matches(p) {
			c.mine = append(c.mine, p)
		}
		if decision == ownership.Keep || decision == ownership.Adopt {
			pods, claimed = append(pods, p), append(claimed, p.view)
		}
	}
	switch c.Kind {
	case "ReplicationController", "ReplicaSet":
		c.Desired = orOne(c.object.Spec.Replicas)
		r.countPods(c)
		if !c.claim.Acts() {
			return
		}
		var o replica.Options
		if len(claimed) > c.Desired { // some may have to go, and related pods matter
			o.Related = r.related(c)
		}
		plan := replica.Diff(c.Desired, claimed, r.Now, o)
		c.create = plan.Create
		for _, d := range plan.Delete {
			remove(d.Index, d.Rule, d.Rule.Phrase())
		}
	case "DaemonSet":
		if c.unplaced = r.unplaced(c); c.unplaced != "" {
			return
		}
		r.countNodes(c)
		if !c.claim.Acts() {
			return
		}
		plan := daemon.Diff(r.nodes, claimed, c.placement, r.Now)
		c.create, c.CreateOn = len(plan.Create), plan.Create
		for _, d := range plan.Delete {
			remove(d.Index, d.Rule, d.Rule.Phrase())
		}
	case "StatefulSet":
		c.Desired = orOne(c.object.Spec.Replicas)
		r.countPods(c)
	case "Job":
		c.Desired, c.Note = wantedOfJob(c.object)
		r.countPods(c)
	}
}

// related counts, by node, the pods of all ReplicaSets that have the same controller as c.
func (r *roll) related(c *controller) map[string]int {
	ns, owner := r.namespaces[c.Namespace], c.object.view().ControlledBy.UID
	if c.Kind != "ReplicaSet" || owner == "" {
		return nil
	}
	if onNode, known := ns.related[owner]; known {
		return onNode
	}
	var selectors []selector.Selector
	for _, other := range ns.controllers {
		if other.Kind == "ReplicaSet" && other.object.view().ControlledBy.UID == owner && !other.blind {
			selectors = append(selectors, other.claim.Selector)
		}
	}
	pods := make([]replica.Pod, len(ns.pods))
	for i, p := range ns.pods {
		pods[i] = p.view
	}
	ns.related[owner] = replica.Related(pods, selectors...)
	return ns.related[owner]
}

// countPods counts the pods that are c's own.
func (r *roll) countPods(c *controller) {
	var views []replica.Pod
	for _, p := range c.mine {
		p.Counted = p.view.Active()
		views = append(views, p.view)
	}
	s := replica.Summarize(views, nil, c.minReady(), r.Now)
	c.Owned, c.Ready, c.Available, c.Terminating = s.Replicas, s.Ready, s.Available, s.Terminating
}

// countNodes counts what a DaemonSet's own pods make of the nodes: one stands for each.
func (r *roll) countNodes(c *controller) {
	var views []replica.Pod
	for _, p := range c.mine {
		views = append(views, p.view)
	}
	plan := daemon.Diff(r.nodes, views, c.placement, r.Now)
	s := plan.Status
	c.Desired, c.Owned, c.Ready, c.Available = s.Desired, s.Current, s.Ready, s.Available
	for _, i := range plan.Current {
		c.mine[i].Counted = true
	}
	if s.Misscheduled > 0 {
		c.note(fmt.Sprint(s.Misscheduled, " misscheduled"))
	}
	for _, n := range r.nodes {
		if e := c.placement.Explain(n); e.Fit != daemon.ShouldRun {
			c.Nodes = append(c.Nodes, misfit{n.Name, e.Fit, e.Misfit, e.String()})
		}
	}
}

// findConflicts finds the pairs of controllers that fight: one selects every pod that the other creates.
func (r *roll) findConflicts() {
	for _, ns := range r.namespaces {
		var adopters []*controller
		var claims []ownership.Controller
		var refs []string
		for _, c := range ns.controllers {
			if c.Kind != "Deployment" && !c.blind { // a Deployment adopts ReplicaSets
				adopters, claims, refs = append(adopters, c), append(claims, c.claim), append(refs, c.ref())
			}
		}
		for _, x := range ownership.Conflicts(claims) {
			c := adopters[x.A]
			c.Conflicts = append(c.Conflicts, conflict{refs[x.B], adopters[x.B].UID, x.Example})
		}
	}
}

// settle turns what was found into what is next, unless there is a reason to do nothing.
func (r *roll) settle(d *dump, c *controller) {
	if c.Problem == "" {
		c.Problem = r.unsure(d, c)
	}
	switch {
	case c.Problem != "":
	case c.claim.Deleting:
		c.note("being deleted")
	case c.acts():
		c.Next = append(c.Next, c.steps(math.MaxInt)...)
		if n := len(c.Delete); n > 0 {
			c.Next = append(c.Next, fmt.Sprint("delete ", n))
		}
		for _, v := range c.Delete {
			v.pod.goes = append(v.pod.goes, fmt.Sprintf("%s is to delete it: %s", c.ref(), v.Reason))
		}
		for _, p := range c.adopt {
			if p.adopters > 1 {
				c.note("other controllers may adopt " + p.Name + " first")
				break // one is enough in a line
			}
		}
		if len(r.Pods) == 0 {
			c.note("no pods in the dump")
		}
	case c.Note == "" && c.Owned < c.Desired:
		c.Note = fmt.Sprint(c.Desired-c.Owned, " missing")
	}
	if c.Problem != "" { // what must not be acted on has no plan in any field
		c.Delete, c.CreateOn = nil, nil
	}
}

// note adds to c's Note.
func (c *controller) note(text string) {
	if c.Note != "" {
		c.Note += "; "
	}
	c.Note += text
}

// steps is what c has to do, deletions aside, in words. Where it is to be done with more than limit pods it
// gives their number, else their names.
func (c *controller) steps(limit int) []string {
	var steps []string
	for _, s := range []struct {
		verb string
		pods []*pod
	}{{"adopt", c.adopt}, {"release", c.release}} {
		if len(s.pods) > limit {
			steps = append(steps, fmt.Sprintf("%s %d pods", s.verb, len(s.pods)))
			continue
		}
		for _, p := range s.pods {
			steps = append(steps, s.verb+" "+p.Name)
		}
	}
	if c.create > 0 {
		steps = append(steps, fmt.Sprint("create ", c.create))
	}
	return steps
}

// acts reports whether the roll call says what is next for c: it counts the others, but their rules are not
// the library's.
func (c *controller) acts() bool {
	return slices.Contains([]string{"ReplicationController", "ReplicaSet", "DaemonSet"}, c.Kind)
}

// unsure says what keeps one from knowing what c should do, or "": it is no time to create pods when some
// were not read.
func (r *roll) unsure(d *dump, c *controller) string {
	for _, p := range r.namespaces[c.Namespace].bad {
		// Without its metadata one cannot tell whose a pod is.
		if c.owns(p) || c.matches(p) || strings.HasPrefix(p.object.bad, "metadata") {
			return "pod " + p.Name + " is unreadable in part"
		}
	}
	switch {
	case c.object.bad != "":
		return "unreadable " + c.object.bad
	case d.lost:
		return "the input is incomplete"
	case c.unplaced != "":
		return c.unplaced
	case c.UID == "":
		return "no UID"
	case c.claim.Selector.IsNothing():
		return "no selector"
	case c.acts() && c.claim.Selector.IsEverything():
		return "the selector is empty"
	case !c.claim.Selector.Satisfiable(): // upstream creates pods for it in each sync
		return "no pod can match the selector"
	}
	return ""
}

// unplaced says what keeps one from knowing on which nodes the pods of a DaemonSet run, or "".
func (r *roll) unplaced(c *controller) string {
	switch {
	case c.Problem != "": // of its node selector
		return c.Problem
	case strings.HasPrefix(c.object.bad, "spec."):
		return "unreadable " + c.object.bad
	case r.badNode:
		return "a node is unreadable in part"
	case len(r.nodes) == 0:
		return "no nodes in the dump"
	}
	return ""
}

// addUp counts a Deployment: what its ReplicaSets count.
func (r *roll) addUp(d *controller) {
	d.Desired = orOne(d.object.Spec.Replicas)
	view := func(c *controller) ownership.Object { return c.object.view() }
	for c := range ownership.Filter(d.claim, slices.Values(r.Controllers), view) {
		if c.Kind == "ReplicaSet" {
			if c.blind {
				d.Problem = c.object.String() + " has an " + c.Problem
			}
			c.deployment = d
			d.Owned += c.Owned
			d.Ready += c.Ready
			d.Available += c.Available
			d.Terminating += c.Terminating
		}
	}
}

// isOf reports whether p is c's own, or that of a ReplicaSet which c counts.
func (r *roll) isOf(c *controller, p *pod) bool {
	owner := r.owners[p.view.ControlledBy.UID]
	return owner != nil && (owner == c || owner.deployment == c)
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
		wanted = min(wanted, max(int(*o.Spec.Completions)-int(o.Status.Succeeded), 0))
		note = fmt.Sprintf("%d of %d succeeded", o.Status.Succeeded, *o.Spec.Completions)
	}
	return wanted, note
}

// orOne is a number of pods, by the API's default 1.
func orOne(n *int32) int {
	if n == nil {
		return 1
	}
	return max(int(*n), 0)
}
