package ownership

import (
	"fmt"

	"github.com/rollcall-go/rollcall/internal/enum"
	"github.com/rollcall-go/rollcall/selector"
)

// An Object is what a claim has to know of an object that may be owned, usually a pod. The zero value is an orphan without
// name, namespace or labels.
type Object struct {
	Namespace, Name, UID string
	Labels               map[string]string // only read
	ControlledBy         Ref               // the controller, ControllerOf(refs).Ref(); the zero Ref for an orphan
	Deleting             bool              // has a deletion timestamp
}

// A Controller is what a claim has to know of the object that owns others, such as a ReplicaSet. The zero value has no
// UID and owns nobody.
type Controller struct {
	Ref                         // the controller itself
	Namespace string            // empty for a cluster-wide controller, which may adopt in every namespace
	Selector  selector.Selector // of the objects; the zero Selector is Everything, with which nobody is adopted
	Deleting  bool              // has a deletion timestamp
}

// Acts reports whether c may create and delete objects: it has a UID, is not being deleted, and its selector matches some objects
// but not all.
func (c Controller) Acts() bool {
	return c.UID != "" && !c.Deleting && !c.Selector.IsEverything() && c.Selector.Satisfiable()
}

// Reaches reports whether o is in c's namespace, or c is cluster-scoped.
func (c Controller) Reaches(o Object) bool { return c.Namespace == "" || c.Namespace == o.Namespace }

// A Decision says what a controller does about one object. The zero value is unset.
type Decision int

// The decisions.
const (
	Ignore  Decision = 1 + iota // not its own, and nothing to be done about it
	Keep                        // its own, and stays so
	Adopt                       // to become its own: set the controller reference
	Release                     // its own, to be so no more: remove the controller reference
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

// UnmarshalText sets d to the value that MarshalText writes as text. For any other text it returns an error and does not change d.
func (d *Decision) UnmarshalText(text []byte) error {
	return enum.Parse("Decision", text, decisionNames, (*int)(d))
}

// A Reason says why: one for each row of the claim table in the package comment. The zero value is unset.
type Reason int

// The reasons, with the decision that each leads to.
const (
	NoUID                    Reason = 1 + iota // Ignore: without a UID the controller cannot be told from others
	OtherController                            // Ignore: another controller's
	OwnMatch                                   // Keep: its own and matching; deletion, on either side, changes nothing
	OwnControllerDeleting                      // Ignore: its own, not matching, but a controller being deleted releases nobody
	OwnSelectorNothing                         // Ignore: its own, but a selector that matches nothing releases nobody
	OwnNoMatch                                 // Release: its own, not matching
	OrphanNoMatch                              // Ignore: nobody's, not matching
	OrphanControllerDeleting                   // Ignore: nobody's and matching, but a controller being deleted adopts nobody
	OrphanDeleting                             // Ignore: nobody's and matching, but being deleted
	OrphanOtherNamespace                       // Ignore: nobody's and matching, but out of the controller's reach
	OrphanSelectorEverything                   // Ignore: nobody's, but a selector that matches everything adopts nobody
	OtherNamespace                             // Ignore: owners do not cross namespaces; Decide does not return it
	OrphanMatch                                // Adopt: nobody's and matching
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
	OtherNamespace:           "OtherNamespace",
	OrphanMatch:              "OrphanMatch",
}

// String returns the name of the reason, as in "OwnMatch".
func (r Reason) String() string { return enum.Name("Reason", int(r), reasonNames) }

// MarshalText returns String in lower camel case. It never fails.
func (r Reason) MarshalText() ([]byte, error) { return []byte(enum.Text(r.String())), nil }

// UnmarshalText sets r to the value that MarshalText writes as text. For any other text it returns an error and does not change r.
func (r *Reason) UnmarshalText(text []byte) error {
	return enum.Parse("Reason", text, reasonNames, (*int)(r))
}

// Decide returns what c does about o, and why. It does not allocate.
//
// Upstream: BaseControllerRefManager.ClaimObject in k8s.io/kubernetes/pkg/controller. The package comment lists the three
// rows in which Decide is more careful.
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
	// Its own. That it matches is asked before any deletion, because to keep it takes no action.
	case !orphan && match:
		return Keep, OwnMatch
	case !orphan && c.Deleting:
		return Ignore, OwnControllerDeleting
	case !orphan && c.Selector.IsNothing():
		return Ignore, OwnSelectorNothing
	case !orphan:
		return Release, OwnNoMatch
	// Nobody's.
	case !match:
		return Ignore, OrphanNoMatch
	case c.Deleting:
		return Ignore, OrphanControllerDeleting
	case o.Deleting:
		return Ignore, OrphanDeleting
	case c.Namespace != "" && c.Namespace != o.Namespace:
		return Ignore, OrphanOtherNamespace
	case c.Selector.IsEverything():
		return Ignore, OrphanSelectorEverything
	default:
		return Adopt, OrphanMatch
	}
}

// An Explanation is the claim of one object by one controller with all that led to it. The zero value is unset.
type Explanation struct {
	Decision     Decision
	Reason       Reason
	Controller   Ref                  // the controller that decides
	ControlledBy Ref                  // the object's controller; the zero Ref for an orphan
	Labels       selector.Explanation // whether the object's labels match the controller's selector
}

// Explain returns what c does about o, as Decide does, with the requirements of the selector that are met and not.
func (c Controller) Explain(o Object) Explanation {
	d, r := c.Decide(o)
	return Explanation{Decision: d, Reason: r, Controller: c.Ref, ControlledBy: o.ControlledBy, Labels: c.Selector.Explain(o.Labels)}
}

// String returns the reason in one sentence without its subject, the object, as in
//
//	matches, but is controlled by ReplicaSet/frontend
//	label app is "foo", want one of [kubia]
func (e Explanation) String() string {
	switch e.Reason {
	case NoUID:
		return "not considered: the controller has no UID"
	case OtherController:
		other := e.ControlledBy.String()
		if other == e.Controller.String() { // deleted, and created again
			other = fmt.Sprintf("another %v, with UID %s", e.ControlledBy, e.ControlledBy.UID)
		}
		if e.Labels.Matches {
			return "matches, but is controlled by " + other
		}
		return fmt.Sprintf("is controlled by %s: %v", other, e.Labels)
	case OwnMatch:
		return "is controlled by it and matches"
	case OwnControllerDeleting:
		return fmt.Sprintf("is controlled by it, but does not match; not released, because the controller is being deleted: %v", e.Labels)
	case OwnSelectorNothing:
		return "is controlled by it, but does not match; not released, because the selector matches nothing"
	case OwnNoMatch:
		return fmt.Sprintf("is controlled by it, but does not match, to be released: %v", e.Labels)
	case OrphanNoMatch:
		return e.Labels.String()
	case OrphanControllerDeleting:
		return "matches, but is not adopted, because the controller is being deleted"
	case OrphanDeleting:
		return "matches, but is being deleted: not adopted"
	case OrphanOtherNamespace:
		return "matches, but is in another namespace: not adopted"
	case OrphanSelectorEverything:
		return "matches, but is not adopted, because the selector is empty and matches everything"
	case OtherNamespace:
		return "in another namespace: owners do not cross namespaces"
	case OrphanMatch:
		return "matches and has no controller, to be adopted"
	default:
		return e.Reason.String()
	}
}
