package ownership

import (
	"fmt"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/selector"
)

// An Object is a view of an object that may be owned, usually a pod. The zero value is an orphan without
// name, namespace and labels.
type Object struct {
	Namespace, Name, UID string
	Labels               map[string]string // never changed
	ControlledBy         Ref               // ControllerOf(refs).Ref(); the zero Ref for an orphan
	Deleting             bool              // has a deletion timestamp
}

// A Controller is a view of an object that owns others, such as a ReplicaSet. The zero value has no UID and
// owns nothing.
type Controller struct {
	Ref                         // the controller itself
	Namespace string            // empty for a cluster-scoped controller
	Selector  selector.Selector // selects the objects; with the zero Selector, Everything, it adopts none
	Deleting  bool              // has a deletion timestamp
}

// Acts reports whether c may create and delete objects. It may not if it has no UID, is being deleted, has
// the selector Everything, or has a selector that no valid label set matches, such as Nothing.
func (c Controller) Acts() bool {
	return c.UID != "" && !c.Deleting && !c.Selector.IsEverything() && c.Selector.Satisfiable()
}

// Reaches reports whether c may own o: o is in the namespace of c, or c is cluster-scoped.
func (c Controller) Reaches(o Object) bool { return c.Namespace == "" || c.Namespace == o.Namespace }

// A Decision is what a controller does about one object. The zero value is unset.
type Decision int

// The decisions.
const (
	Ignore  Decision = 1 + iota // do nothing
	Keep                        // the controller owns the object and keeps it: do nothing
	Adopt                       // set the controller reference of the object
	Release                     // remove the controller reference from the object
)

var decisionNames = []string{
	0:       "Unset",
	Ignore:  "Ignore",
	Keep:    "Keep",
	Adopt:   "Adopt",
	Release: "Release",
}

// String returns the name of the decision, as in "Keep".
func (d Decision) String() string { return enum.Name("Decision", int(d), decisionNames) }

// MarshalText returns String in lower camel case. It never fails.
func (d Decision) MarshalText() ([]byte, error) { return []byte(enum.Text(d.String())), nil }

// UnmarshalText sets d to the value that MarshalText writes as text. For any other text it returns an error
// and does not change d.
func (d *Decision) UnmarshalText(text []byte) error {
	return enum.Parse("Decision", text, decisionNames, (*int)(d))
}

// A Reason is the reason for a [Decision]. Decide returns one for each row of the claim table in the package
// comment. The zero value is unset.
type Reason int

// The reasons, each with the decision that it leads to.
const (
	NoUID                    Reason = 1 + iota // Ignore: the controller has no UID
	OtherController                            // Ignore: controlled by another controller
	OwnMatch                                   // Keep: owned and selected, even if either is being deleted
	OwnControllerDeleting                      // Ignore: owned, not selected; the controller is being deleted
	OwnSelectorNothing                         // Ignore: owned, not selected; the selector is Nothing
	OwnNoMatch                                 // Release: owned, not selected
	OrphanNoMatch                              // Ignore: orphan, not selected
	OrphanControllerDeleting                   // Ignore: orphan, selected; the controller is being deleted
	OrphanDeleting                             // Ignore: orphan, selected, being deleted
	OrphanOtherNamespace                       // Ignore: orphan, selected, in another namespace
	OrphanSelectorEverything                   // Ignore: orphan, selected; the selector is Everything
	OrphanMatch                                // Adopt: orphan, selected
	OtherNamespace                             // Ignore: owned, but in another namespace; only Explain has it
)

var reasonNames = []string{
	0:                        "Unset",
	NoUID:                    "NoUID",
	OtherController:          "OtherController",
	OwnMatch:                 "OwnMatch",
	OwnControllerDeleting:    "OwnControllerDeleting",
	OwnSelectorNothing:       "OwnSelectorNothing",
	OwnNoMatch:               "OwnNoMatch",
	OrphanNoMatch:            "OrphanNoMatch",
	OrphanControllerDeleting: "OrphanControllerDeleting",
	OrphanDeleting:           "OrphanDeleting",
	OrphanOtherNamespace:     "OrphanOtherNamespace",
	OrphanSelectorEverything: "OrphanSelectorEverything",
	OrphanMatch:              "OrphanMatch",
	OtherNamespace:           "OtherNamespace",
}

// String returns the name of the reason, as in "OwnMatch".
func (r Reason) String() string { return enum.Name("Reason", int(r), reasonNames) }

// MarshalText returns String in lower camel case. It never fails.
func (r Reason) MarshalText() ([]byte, error) { return []byte(enum.Text(r.String())), nil }

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error
// and does not change r.
func (r *Reason) UnmarshalText(text []byte) error {
	return enum.Parse("Reason", text, reasonNames, (*int)(r))
}

// Decide returns what c does about o, and why. It does not allocate.
//
// Decide does not compare the namespace of an object that names c as its controller. Pass only objects that c
// reaches ([Controller.Reaches]). Upstream does not compare it either, because it lists the objects of one
// namespace only.
//
// Upstream: BaseControllerRefManager.ClaimObject in k8s.io/kubernetes/pkg/controller. The package comment
// lists the three rows that are stricter.
func (c Controller) Decide(o Object) (Decision, Reason) {
	orphan := o.ControlledBy == (Ref{})
	switch {
	case c.UID == "":
		return Ignore, NoUID
	case !orphan && o.ControlledBy.UID != c.UID:
		return Ignore, OtherController
	}
	match := c.Selector.Matches(o.Labels)
	switch {
	// Owned. The labels are compared before any deletion is checked, because to keep an object takes no
	// action.
	case !orphan && match:
		return Keep, OwnMatch
	case !orphan && c.Deleting:
		return Ignore, OwnControllerDeleting
	case !orphan && c.Selector.IsNothing():
		return Ignore, OwnSelectorNothing
	case !orphan:
		return Release, OwnNoMatch
	// An orphan.
	case !match:
		return Ignore, OrphanNoMatch
	case c.Deleting:
		return Ignore, OrphanControllerDeleting
	case o.Deleting:
		return Ignore, OrphanDeleting
	case !c.Reaches(o):
		return Ignore, OrphanOtherNamespace
	case c.Selector.IsEverything():
		return Ignore, OrphanSelectorEverything
	default:
		return Adopt, OrphanMatch
	}
}

// An Explanation is the claim of one object by one controller, with the facts behind it. The zero value is
// unset.
type Explanation struct {
	Decision     Decision
	Reason       Reason
	Controller   Ref                  // the controller that decides
	ControlledBy Ref                  // the object's controller; the zero Ref for an orphan
	Labels       selector.Explanation // whether the object's labels match the controller's selector
}

// Explain returns what c does about o, and why, with each requirement of the selector.
//
// Decision and Reason are those of [Controller.Decide], with one exception: if o names c as its controller
// but c does not reach o, they are [Ignore] and [OtherNamespace]. So Explain can be asked about objects of
// several namespaces, and agrees with [Filter].
func (c Controller) Explain(o Object) Explanation {
	d, r := c.Decide(o)
	if c.UID != "" && o.ControlledBy.UID == c.UID && !c.Reaches(o) {
		d, r = Ignore, OtherNamespace
	}
	return Explanation{
		Decision: d, Reason: r,
		Controller: c.Ref, ControlledBy: o.ControlledBy, Labels: c.Selector.Explain(o.Labels),
	}
}

// String returns the reason in one line, first the facts and then the consequence. The line has no
// grammatical subject; write the name of the object before it:
//
//	owned and selected
//	selected, but controlled by ReplicaSet/frontend
//	selected, no controller: to be adopted
func (e Explanation) String() string {
	other := e.ControlledBy.String()
	if e.ControlledBy.UID != e.Controller.UID && other == e.Controller.String() { // same kind and name
		other = fmt.Sprintf("another %s (UID %s)", other, e.ControlledBy.UID)
	}
	switch e.Reason {
	case NoUID:
		return "the controller has no UID: ignored"
	case OtherController:
		if e.Labels.Matches {
			return "selected, but controlled by " + other
		}
		return fmt.Sprintf("not selected (%v), controlled by %s", e.Labels, other)
	case OwnMatch:
		return "owned and selected"
	case OwnControllerDeleting:
		return fmt.Sprintf("owned, but not selected (%v): not released, because the controller is being deleted",
			e.Labels)
	case OwnSelectorNothing:
		return "owned, but not selected: not released, because the selector matches nothing"
	case OwnNoMatch:
		return fmt.Sprintf("owned, but not selected (%v): to be released", e.Labels)
	case OrphanNoMatch:
		return fmt.Sprintf("not selected (%v), no controller", e.Labels)
	case OrphanControllerDeleting:
		return "selected, no controller: not adopted, because the selecting controller is being deleted"
	case OrphanDeleting:
		return "selected, no controller: not adopted, because it is being deleted"
	case OrphanOtherNamespace:
		return "selected, no controller: not adopted, because it is in another namespace"
	case OrphanSelectorEverything:
		return "selected, no controller: not adopted, because the selector is empty and matches everything"
	case OrphanMatch:
		return "selected, no controller: to be adopted"
	case OtherNamespace:
		return "names it as its controller, but from another namespace: owners do not cross namespaces"
	default:
		return e.Reason.String()
	}
}
