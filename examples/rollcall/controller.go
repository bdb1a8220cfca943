package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/selector"
)

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
	deployment *controller // of a ReplicaSet: the Deployment that counts it
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
	owner := r.controllers[p.view.ControlledBy.UID]
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
