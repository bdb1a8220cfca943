package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica/daemon"
	"github.com/rollcall-go/rollcall/selector"
)

// A roll is the roll call of a dump, which every output form prints. Its JSON is read by other programs.
type roll struct {
	Now         time.Time      `json:"now,omitzero"`
	Controllers []*controller  `json:"controllers"` // by namespace, kind and name
	Pods        []*pod         `json:"pods"`        // by namespace and name
	Skipped     map[string]int `json:"skipped,omitempty"`
	Problems    []string       `json:"problems,omitempty"`

	source     string // the name of the dump
	byUID      map[string]*object
	byName     map[string]*object     // by object.String
	kinds      map[string]bool        // of which there is an object
	owners     map[string]*controller // by UID
	namespaces map[string]*namespace
	nodes      []daemon.Node
	badNode    bool // a node was not read in whole
}

// A label is one label of a pod.
type label struct{ key, value string }

// A namespace has what a controller looks at: the pods beside it, and the other controllers.
type namespace struct {
	controllers []*controller
	pods        []*pod
	byOwner     map[string][]*pod // by the UID of their controller, orphans under ""
	byLabel     map[label][]*pod
	bad         []*pod                    // that were not read in whole
	related     map[string]map[string]int // by the UID of the ReplicaSets' controller: see roll.related
}

// callRoll judges every pod by every controller of its namespace at the time now, or, when that is zero, at
// the newest time in the dump.
func callRoll(d *dump, now time.Time) *roll {
	r := &roll{
		source: d.source, Now: now, Skipped: d.skipped, Problems: d.problems, Controllers: []*controller{}, Pods: []*pod{},
		byUID: map[string]*object{}, byName: map[string]*object{}, kinds: map[string]bool{}, owners: map[string]*controller{}, namespaces: map[string]*namespace{},
	}
	for _, o := range d.objects {
		for _, m := range o.moments() {
			if t := parseTime(m.text); now.IsZero() && t.After(r.Now) {
				r.Now = t
			}
		}
		if o.Metadata.UID != "" {
			r.byUID[o.Metadata.UID] = o
		}
		r.byName[o.String()] = o
		r.kinds[o.Kind] = true
	}
	for _, o := range d.objects {
		switch o.Kind {
		case "Pod":
			r.Pods = append(r.Pods, r.newPod(o))
		case "Node":
			r.badNode = r.badNode || o.bad != ""
			r.nodes = append(r.nodes, daemon.Node{Name: o.Metadata.Name, Labels: o.Metadata.Labels, Taints: o.Spec.Taints})
		default:
			c := r.newController(o)
			r.Controllers = append(r.Controllers, c)
			if c.UID != "" {
				r.owners[c.UID] = c
			}
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
		ns := r.namespaces[c.Namespace]
		if ns == nil {
			ns = &namespace{byLabel: map[label][]*pod{}, related: map[string]map[string]int{}}
			r.namespaces[c.Namespace] = ns
		}
		ns.controllers = append(ns.controllers, c)
	}
	for _, p := range r.Pods {
		if ns := r.namespaces[p.Namespace]; ns != nil {
			ns.pods = append(ns.pods, p)
			for key, value := range p.view.Labels {
				ns.byLabel[label{key, value}] = append(ns.byLabel[label{key, value}], p)
			}
			if p.object.bad != "" {
				ns.bad = append(ns.bad, p)
			}
		}
	}
	for _, ns := range r.namespaces {
		ns.byOwner = ownership.Group(slices.Values(ns.pods), func(p *pod) ownership.Object { return p.view.Object })
	}
	for _, c := range r.Controllers {
		r.count(c)
	}
	r.findConflicts()
	for _, c := range r.Controllers {
		if c.Kind == "Deployment" {
			r.addUp(c)
		}
		r.settle(d, c)
		for _, p := range r.namespaces[c.Namespace].candidates(c) {
			if c.matches(p) {
				c.LabelOnly++
			}
		}
	}
	return r
}

// candidates returns the pods that c may match: those with one label that its selector wants, where it wants
// one, and otherwise all. In a namespace of thousands this saves nearly all of the work.
func (ns *namespace) candidates(c *controller) []*pod {
	for _, r := range c.claim.Selector.Requirements() {
		if (r.Operator == selector.Equals || r.Operator == selector.In) && len(r.Values) == 1 {
			return ns.byLabel[label{r.Key, r.Values[0]}]
		}
	}
	return ns.pods
}

// notCounted returns the pods that c matches by label and does not count, as far as that is known. Where many
// controllers match many pods these are more than there is room for, so nobody keeps them.
func (r *roll) notCounted(c *controller) []*pod {
	var pods []*pod
	for _, p := range r.namespaces[c.Namespace].candidates(c) {
		own := r.isOf(c, p)
		if c.matches(p) && !(own && (p.Counted || c.unplaced != "")) {
			pods = append(pods, p)
		}
	}
	return pods
}

// only leaves the controllers and pods that are wanted. What was found out about them stays as it is.
func (r *roll) only(wanted func(*object) bool) {
	r.Controllers = slices.DeleteFunc(r.Controllers, func(c *controller) bool { return !wanted(c.object) })
	r.Pods = slices.DeleteFunc(r.Pods, func(p *pod) bool { return !wanted(p.object) })
}

// onlyPods leaves the pods of that name, which may have the namespace in front, and the controllers that have
// an opinion of them. It reports whether there are any.
func (r *roll) onlyPods(name string) bool {
	r.Pods = slices.DeleteFunc(r.Pods, func(p *pod) bool {
		return name != p.Name && name != p.Namespace+"/"+p.Name && name != "pod/"+p.Name
	})
	r.collectOpinions()
	r.Controllers = slices.DeleteFunc(r.Controllers, func(c *controller) bool {
		return !slices.ContainsFunc(r.Pods, func(p *pod) bool {
			return slices.ContainsFunc(p.Opinions, func(o opinion) bool { return o.by == c })
		})
	})
	return len(r.Pods) > 0
}

// collectOpinions asks the controllers about every pod.
func (r *roll) collectOpinions() {
	for _, p := range r.Pods {
		p.Opinions = r.opinions(p)
	}
}

// needsDoing reports whether some controller has something to do, or it is not known whether it has.
func (r *roll) needsDoing() bool {
	return slices.ContainsFunc(r.Controllers, func(c *controller) bool { return len(c.Next) > 0 || c.Problem != "" })
}
