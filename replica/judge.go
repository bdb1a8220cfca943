package replica

import (
	"fmt"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
)

// A Verdict says whether one pod counts for one controller. The zero value is unset.
type Verdict struct {
	State    State
	Decision ownership.Decision // the claim; Ignore for an inactive pod, which is neither adopted nor released
	Reason   ownership.Reason   // of the claim; unset when the pod is not active, which State then tells
	Counted  bool               // a replica of the controller: active, and kept or adopted
}

// Judge says what c does about p, and whether p counts as its replica. The first that applies decides: a controller without
// UID ignores every pod; another controller's pod is ignored; a pod that is not active is ignored for its State, whatever its
// labels; any other is claimed as by [ownership.Controller.Decide]. It does not allocate.
//
// Upstream: ReplicaSetController.syncReplicaSet, which lists the pods that are its own or nobody's, sets the inactive ones
// aside and claims the rest. (A DaemonSet claims inactive pods too: there, ask [ownership.Controller.Decide].)
func Judge(c ownership.Controller, p Pod, minReady time.Duration, now time.Time) Verdict {
	v := Verdict{State: p.State(minReady, now)}
	v.Decision, v.Reason = c.Decide(p.Object)
	if !p.Active() && v.Reason != ownership.OtherController && v.Reason != ownership.NoUID {
		v.Decision, v.Reason = ownership.Ignore, 0
	}
	v.Counted = v.Decision == ownership.Keep || v.Decision == ownership.Adopt
	return v
}

// An Explanation is a verdict with all that led to it. The zero value is unset.
type Explanation struct {
	Verdict
	Claim ownership.Explanation // what Decide says of the pod, were it active
}

// Explain returns the verdict of [Judge] with the claim behind it: why is this pod counted, or why not?
func Explain(c ownership.Controller, p Pod, minReady time.Duration, now time.Time) Explanation {
	return Explanation{Verdict: Judge(c, p, minReady, now), Claim: c.Explain(p.Object)}
}

// String returns the reason in one sentence without its subject, the pod, as in
//
//	is controlled by it and matches: counted, NotReady
//	matches and has no controller, to be adopted: counted, Ready
//	matches, but is controlled by ReplicaSet/frontend
//	phase Failed: not active
//	label app is "foo", want one of [kubia]
func (e Explanation) String() string {
	switch {
	case e.Counted:
		return fmt.Sprintf("%v: counted, %v", e.Claim, e.State)
	case e.Reason != 0 || e.State == 0:
		return e.Claim.String()
	case e.State == Terminating:
		return "is being deleted: not active"
	default:
		return fmt.Sprintf("phase %v: not active", e.State)
	}
}
