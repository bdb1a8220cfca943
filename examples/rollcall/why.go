package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

// explain is why c counts p or does not, in one sentence without its subject, the pod.
func (r *roll) explain(c *controller, p *pod) string {
	switch {
	case c.blind:
		return "unknown: " + c.Problem
	case c.Kind == "Deployment":
		return r.explainDeployment(c, p)
	case c.Kind == "DaemonSet":
		return r.explainDaemon(c, p)
	}
	e := replica.Explain(c.claim, p.view, c.minReady(), r.Now)
	text := e.String()
	if e.Decision == ownership.Adopt { // the roll call counts what is controlled now
		text = e.Claim.String()
	}
	if s := &p.object.Status; e.Reason == 0 && s.Reason != "" {
		text += " (" + s.Reason + ")"
	}
	return text
}

// explainDeployment: a Deployment counts, adopts and releases no pods itself.
func (r *roll) explainDeployment(c *controller, p *pod) string {
	e := c.claim.Explain(p.view.Object)
	switch {
	case e.Labels.Matches && p.Owner == "":
		return "selected, no controller: a Deployment adopts ReplicaSets, not pods"
	case p.Counted && r.isOf(c, p):
		return "selected; counted through " + p.Owner
	case r.isOf(c, p):
		return "selected, but not counted by " + p.Owner
	}
	rs := r.owners[p.view.ControlledBy.UID]
	if !e.Labels.Matches || rs == nil || rs.Kind != "ReplicaSet" {
		return e.String()
	}
	by := rs.object.view().ControlledBy
	switch by.String() {
	case "":
		return fmt.Sprintf("selected, but controlled by %s, which has no controller", p.Owner)
	case c.ref(): // deleted, and created again
		return fmt.Sprintf("selected, but controlled by %s, which is controlled by another %v (UID %s)", p.Owner, by, by.UID)
	default:
		return fmt.Sprintf("selected, but controlled by %s, which is controlled by %v", p.Owner, by)
	}
}

// explainDaemon: a DaemonSet claims pods as they are, active or not, and counts nodes.
func (r *roll) explainDaemon(c *controller, p *pod) string {
	e := c.claim.Explain(p.view.Object)
	if e.Decision != ownership.Keep {
		return e.String()
	}
	if c.unplaced != "" {
		return fmt.Sprintf("%v; unknown whether it counts: %s", e, c.unplaced)
	}
	node, state := cmp.Or(p.view.Node, p.view.Target), p.view.State(c.minReady(), r.Now)
	switch {
	case p.Counted:
		return fmt.Sprintf("%v: counted on %s, %v", e, node, state)
	case p.view.Deleting && (state == replica.Succeeded || state == replica.Failed):
		return fmt.Sprintf("%v, but has finished and is being deleted", e)
	case node == "":
		return fmt.Sprintf("%v, but has no node", e)
	}
	for _, n := range r.nodes {
		if n.Name != node {
			continue
		}
		if x := c.placement.Explain(n); x.Fit != daemon.ShouldRun {
			return fmt.Sprintf("%v, but %s %v", e, node, x)
		}
		return fmt.Sprintf("%v, but another pod counts for %s", e, node)
	}
	return fmt.Sprintf("%v, but %s is not in the dump", e, node)
}

// reason is why p is counted or not, in one line: what its owner says of it, or, for an orphan, what all
// controllers say.
func (r *roll) reason(p *pod) string {
	if c := r.owners[p.view.ControlledBy.UID]; c != nil && c.owns(p) {
		return r.explain(c, p)
	}
	return strings.Join(r.lines(p, r.opinions(p)), "; ")
}

// lines says of p who owns it, if no controller of the dump does, and what the controllers think of it.
func (r *roll) lines(p *pod, opinions []opinion) []string {
	var lines []string
	switch c := r.owners[p.view.ControlledBy.UID]; {
	case c != nil && c.owns(p): // it says so itself
	case c != nil && p.Owner != "" && c.Namespace != p.Namespace:
		lines = append(lines, fmt.Sprintf("is controlled by %s of namespace %s, which cannot own it", p.Owner, c.Namespace))
	case p.Owner == "":
		line := "has no controller"
		for _, ref := range p.object.Metadata.OwnerReferences {
			line += fmt.Sprintf(", %v owns it without controlling it", ref.Ref())
		}
		if opinions == nil {
			line += ", and no selector has a requirement on its labels"
		}
		if p.adopters > 1 {
			line += fmt.Sprintf(", and %d controllers would adopt it: the first to act gets it", p.adopters)
		}
		lines = append(lines, line)
	case r.byUID[p.view.ControlledBy.UID] != nil:
		lines = append(lines, fmt.Sprintf("is controlled by %s, which counts no pods", p.Owner))
	case p.rootEnd == ownership.Replaced:
		lines = append(lines, fmt.Sprintf("is controlled by %s (UID %s), which was deleted; another object has its name", p.Owner, p.OwnerUID))
	case p.OwnerUID == "":
		lines = append(lines, fmt.Sprintf("is controlled by %s, by a reference without UID", p.Owner))
	default:
		lines = append(lines, fmt.Sprintf("is controlled by %s (UID %s), which is not in the dump", p.Owner, p.OwnerUID))
	}
	for _, o := range opinions {
		lines = append(lines, o.Controller+": "+o.Reason)
	}
	return lines
}

// maxNear bounds how many controllers are named that do not match an orphan.
const maxNear = 5

// opinions returns what the controllers of the pod's namespace say of it: all that match or own it. For an
// orphan that none matches they are those that come near: whose selector asks about a label that the pod has,
// and of these, if there are such, only those that its name says it was made by.
func (r *roll) opinions(p *pod) []opinion {
	var related, near, makers []*controller
	ns := r.namespaces[p.Namespace]
	if ns == nil { // without controllers
		return nil
	}
	for _, c := range ns.controllers {
		switch {
		case c.owns(p) || c.matches(p):
			related = append(related, c)
		case p.Owner != "" || !c.asksAbout(p):
		case p.object.Metadata.GenerateName == c.Name+"-":
			makers = append(makers, c)
		default:
			near = append(near, c)
		}
	}
	asked := near[:min(len(near), maxNear)]
	switch {
	case related != nil:
		asked = related
	case makers != nil:
		asked = makers
	}
	var opinions []opinion
	for _, c := range asked {
		opinions = append(opinions, opinion{c.ref(), c.UID, c.decide(p, r.Now), r.explain(c, p), c})
	}
	if related == nil && makers == nil && len(near) > maxNear {
		others := fmt.Sprintf("%d other controllers", len(near)-maxNear)
		opinions = append(opinions, opinion{Controller: others, Decision: ownership.Ignore, Reason: "do not select it either"})
	}
	return opinions
}

// owns reports whether p is c's own. References reach no other namespace.
func (c *controller) owns(p *pod) bool {
	return c.UID != "" && p.view.ControlledBy.UID == c.UID && p.Namespace == c.Namespace
}

func (c *controller) matches(p *pod) bool {
	return !c.blind && c.claim.Selector.Matches(p.view.Labels)
}

// asksAbout reports whether c's selector has a requirement on a label of p.
func (c *controller) asksAbout(p *pod) bool {
	for key := range p.view.Labels {
		if c.keys[key] {
			return true
		}
	}
	return false
}
