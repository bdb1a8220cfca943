package daemon

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/selector"
)

// A Placement has the settings of one DaemonSet: the scheduling fields of its pod template, and what Sync
// needs beside them. The zero value places a pod on every node without taints of the effects NoExecute and
// NoSchedule, except taints that every daemon pod tolerates.
type Placement struct {
	NodeName     string            // nodeName of the template; empty: any node
	NodeSelector selector.Selector // nodeSelector of the template
	Affinity     NodeAffinity      // required node affinity of the template; preferred affinity does not matter
	Tolerations  []Toleration      // of the template; those of every daemon pod are added; only read
	HostNetwork  bool              // hostNetwork of the template: an unavailable node network is tolerated

	MinReady   time.Duration // spec.minReadySeconds
	Revision   string        // of the template, compared with [replica.Pod.Revision]; empty: no pod is up to date
	Burst      int           // maximum of creations, and of deletions, in one sync; zero or less: 250
	FailedPods *FailedPods   // earlier deletions of failed pods; only read; nil: none
}

// A Fit is what a DaemonSet does on a node. The zero value is unset.
type Fit int

// The fits.
const (
	ShouldRun    Fit = 1 + iota // a pod should run there
	ShouldNotRun                // no pod should run there; pods that do are deleted
	ShouldKeep                  // no pod should run there; pods that do stay, but count as misscheduled
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

// UnmarshalText sets f to the value that MarshalText writes as text. For any other text it returns an error
// and does not change f.
func (f *Fit) UnmarshalText(text []byte) error {
	return enum.Parse("Fit", text, fitNames, (*int)(f))
}

// A Misfit is why a node does not get a pod. The zero value is none: the node gets one.
type Misfit int

// The misfits in the order in which they are checked, with the fit that each leads to.
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

// UnmarshalText sets m to the value that MarshalText writes as text. For any other text it returns an error
// and does not change m.
func (m *Misfit) UnmarshalText(text []byte) error {
	return enum.Parse("Misfit", text, misfitNames, (*int)(m))
}

// On returns whether a pod should run on the node, and why not. It does not allocate.
//
// A node that is not ready or not reachable has two taints. Daemon pods tolerate the NoExecute taint, but not
// the NoSchedule taint. So the Fit is ShouldKeep, and a pod on the node counts as misscheduled.
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

// An Explanation is what a Placement makes of a node, with the reason. The zero value is unset.
type Explanation struct {
	Fit      Fit
	Misfit   Misfit
	NodeName string               // nodeName of the template, for OtherNode
	Labels   selector.Explanation // whether the node's labels match the node selector
	Affinity []TermExplanation    // why no valid term of the node affinity matches, for AffinityMismatch
	Taint    Taint                // first taint that is not tolerated, for NoExecuteTaint and NoScheduleTaint
}

// A TermExplanation is how a node compares with one term of a node affinity. The zero value is unset.
type TermExplanation struct {
	Labels selector.Explanation // of matchExpressions
	Name   bool                 // whether matchFields allow the node's name
}

// String returns what the node does not meet, as in
//
//	label cpus is "4", want an integer above 4
//	its name is not allowed
func (e TermExplanation) String() string {
	switch {
	case e.Name:
		return e.Labels.String()
	case e.Labels.Matches:
		return "its name is not allowed"
	default:
		return fmt.Sprintf("its name is not allowed, and %v", e.Labels)
	}
}

// Explain returns what [Placement.On] returns, with the reason.
func (p Placement) Explain(n Node) Explanation {
	e := Explanation{NodeName: p.NodeName, Labels: p.NodeSelector.Explain(n.Labels)}
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
//	should run no pod: label disk is "hdd", want one of [ssd]
//	gets no new pod, but keeps its pod: taint dedicated=db:NoSchedule is not tolerated
func (e Explanation) String() string {
	switch e.Misfit {
	case OtherNode:
		return "should run no pod: the template names node " + e.NodeName
	case SelectorMismatch:
		return fmt.Sprintf("should run no pod: %v", e.Labels)
	case AffinityMismatch:
		var reasons []string
		for _, term := range e.Affinity {
			reasons = append(reasons, term.String())
		}
		return "should run no pod: node affinity: " + cmp.Or(strings.Join(reasons, "; or "), "no term can match")
	case NoExecuteTaint:
		return fmt.Sprintf("should run no pod: taint %v is not tolerated", e.Taint)
	case NoScheduleTaint:
		return fmt.Sprintf("gets no new pod, but keeps its pod: taint %v is not tolerated", e.Taint)
	}
	if e.Fit == ShouldRun {
		return "should run a pod"
	}
	return e.Fit.String()
}
