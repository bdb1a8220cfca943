package replica

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/selector"
)

// A Placement says on which nodes a DaemonSet's pods run, by its pod template, and when they are replaced. The zero value is every
// node without taints that keep pods off.
type Placement struct {
	NodeName     string            // the template's nodeName; empty: any
	NodeSelector selector.Selector // the template's nodeSelector
	Affinity     NodeAffinity      // the template's required node affinity; what it prefers does not matter
	Tolerations  []Toleration      // the template's tolerations, to which those of every daemon pod are added; only read
	HostNetwork  bool              // the template's hostNetwork: its pods tolerate a node without network

	MinReady time.Duration // spec.minReadySeconds: for how long a pod has to be ready to be available
	Revision string        // of the template, to which [Pod.Revision] is compared; empty: no pod is up to date
	Burst    int           // at most so many pods are created, and as many deleted, at once; 250 when zero or less
	Backoff  *Backoff      // of failed pods; only read; nil: none was deleted yet
}

// A Fit says what a DaemonSet does on a node. The zero value is unset.
type Fit int

// The fits.
const (
	ShouldRun    Fit = 1 + iota // a pod should run there
	ShouldNotRun                // no pod should run there, and those that do are deleted
	ShouldKeep                  // a pod that runs there stays, but none is created, nor counted as wanted
)

var fitNames = []string{
	0:            "Unset",
	ShouldRun:    "ShouldRun",
	ShouldNotRun: "ShouldNotRun",
	ShouldKeep:   "ShouldKeep",
}

// String returns the name of the fit, as in "ShouldRun".
func (f Fit) String() string { return enum.Name("Fit", int(f), fitNames) }

// MarshalText returns String in lower camel case. It never fails.
func (f Fit) MarshalText() ([]byte, error) { return []byte(enum.Text(f.String())), nil }

// UnmarshalText sets f to the value that MarshalText writes as text. For any other text it returns an error and does not change f.
func (f *Fit) UnmarshalText(text []byte) error {
	return enum.Parse("Fit", text, fitNames, (*int)(f))
}

// A Misfit is why a node does not get a pod. The zero value is none: the node fits.
type Misfit int

// The misfits, in the order in which they are asked, with the fit that each leads to.
const (
	OtherNode        Misfit = 1 + iota // ShouldNotRun: the template names another node
	SelectorMismatch                   // ShouldNotRun: the node selector does not match
	AffinityMismatch                   // ShouldNotRun: no term of the node affinity matches
	NoExecuteTaint                     // ShouldNotRun: a taint NoExecute is not tolerated
	NoScheduleTaint                    // ShouldKeep: a taint NoSchedule is not tolerated
)

var misfitNames = []string{
	0:                "None",
	OtherNode:        "OtherNode",
	SelectorMismatch: "SelectorMismatch",
	AffinityMismatch: "AffinityMismatch",
	NoExecuteTaint:   "NoExecuteTaint",
	NoScheduleTaint:  "NoScheduleTaint",
}

// String returns the name of the misfit, as in "NoScheduleTaint"; "None" for the zero value.
func (m Misfit) String() string { return enum.Name("Misfit", int(m), misfitNames) }

// MarshalText returns String in lower camel case. It never fails.
func (m Misfit) MarshalText() ([]byte, error) { return []byte(enum.Text(m.String())), nil }

// UnmarshalText sets m to the value that MarshalText writes as text. For any other text it returns an error and does not change m.
func (m *Misfit) UnmarshalText(text []byte) error {
	return enum.Parse("Misfit", text, misfitNames, (*int)(m))
}

// On says whether a pod should run on the node, and why not. It does not allocate.
//
// A node that is not ready, or cannot be reached, has a taint NoSchedule beside the tolerated NoExecute, so that it is one to
// keep: it is no longer wanted, and its pod counts as misscheduled.
//
// Upstream: NodeShouldRunDaemonPod in k8s.io/kubernetes/pkg/controller/daemon.
func (p Placement) On(n Node) (Fit, Misfit) {
	switch {
	case p.NodeName != "" && p.NodeName != n.Name:
		return ShouldNotRun, OtherNode
	case !p.NodeSelector.Matches(n.Labels):
		return ShouldNotRun, SelectorMismatch
	case !p.Affinity.Matches(n):
		return ShouldNotRun, AffinityMismatch
	case p.untolerated(n.Taints, noExecute) != nil:
		return ShouldNotRun, NoExecuteTaint
	case p.untolerated(n.Taints, noSchedule) != nil:
		return ShouldKeep, NoScheduleTaint
	default:
		return ShouldRun, 0
	}
}

// untolerated returns the first taint of that effect that p's pods do not tolerate, or nil.
func (p *Placement) untolerated(taints []Taint, effect string) *Taint {
	for i, taint := range taints {
		if taint.Effect == effect && !p.tolerates(taint) {
			return &taints[i]
		}
	}
	return nil
}

func (p *Placement) tolerates(taint Taint) bool {
	for _, t := range p.Tolerations {
		if t.Tolerates(taint) {
			return true
		}
	}
	for _, t := range daemonTolerations {
		if t.Tolerates(taint) {
			return true
		}
	}
	return p.HostNetwork && networkToleration.Tolerates(taint)
}

// A NodeExplanation is what a Placement says of a node with all that led to it. The zero value is unset.
type NodeExplanation struct {
	Fit      Fit
	Misfit   Misfit
	NodeName string               // the template's, for OtherNode
	Labels   selector.Explanation // whether the node's labels match the node selector
	Affinity []TermExplanation    // why no term of the node affinity matches, for AffinityMismatch; bad terms are left out
	Taint    Taint                // the first that is not tolerated, for NoExecuteTaint and NoScheduleTaint
}

// A TermExplanation says what of one term of a node affinity a node meets. The zero value is unset.
type TermExplanation struct {
	Labels selector.Explanation // its match expressions
	Name   bool                 // whether its match fields allow the node's name
}

// String returns what is not met, in words without their subject, the node, as in
//
//	label cpus is "4", want an integer above 4
//	its name is not wanted
func (e TermExplanation) String() string {
	switch {
	case e.Name:
		return e.Labels.String()
	case e.Labels.Matches:
		return "its name is not wanted"
	default:
		return fmt.Sprintf("its name is not wanted, and %v", e.Labels)
	}
}

// Explain returns what p says of the node, as On does, with what is in the way.
func (p Placement) Explain(n Node) NodeExplanation {
	e := NodeExplanation{NodeName: p.NodeName, Labels: p.NodeSelector.Explain(n.Labels)}
	e.Fit, e.Misfit = p.On(n)
	switch e.Misfit {
	case AffinityMismatch:
		e.Affinity = p.Affinity.explain(&n)
	case NoExecuteTaint:
		e.Taint = *p.untolerated(n.Taints, noExecute)
	case NoScheduleTaint:
		e.Taint = *p.untolerated(n.Taints, noSchedule)
	}
	return e
}

// String returns the reason in one sentence without its subject, the node, as in
//
//	should run a pod
//	should run none: label disk is "hdd", want one of [ssd]
//	gets no new pod, but keeps one that it has: taint dedicated=db:NoSchedule is not tolerated
func (e NodeExplanation) String() string {
	switch e.Misfit {
	case OtherNode:
		return "should run none: the template names node " + e.NodeName
	case SelectorMismatch:
		return fmt.Sprintf("should run none: %v", e.Labels)
	case AffinityMismatch:
		var reasons []string
		for _, term := range e.Affinity {
			reasons = append(reasons, term.String())
		}
		return "should run none: node affinity: " + cmp.Or(strings.Join(reasons, "; or "), "no term can match")
	case NoExecuteTaint:
		return fmt.Sprintf("should run none: taint %v is not tolerated", e.Taint)
	case NoScheduleTaint:
		return fmt.Sprintf("gets no new pod, but keeps one that it has: taint %v is not tolerated", e.Taint)
	}
	if e.Fit == ShouldRun {
		return "should run a pod"
	}
	return e.Fit.String()
}
