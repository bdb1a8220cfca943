package replica

import (
	"fmt"
	"time"

	"github.com/rollcall-go/rollcall/ownership"
)

// A Verdict is the decision of one controller about one pod. The zero value is unset.
type Verdict struct {
	State    State
	Decision ownership.Decision // the claim; Ignore for an inactive pod
	Reason   ownership.Reason   // of the claim; unset for an inactive pod, whose State is the reason

	Kept    bool // whether the controller owns and selects the pod
	Counted bool // whether the pod is Kept and active: status.replicas counts it
	Claimed bool // whether the pod is Counted, or an orphan that the controller would adopt
}

// Judge returns the decision of c about p at the time now. The first of these rules that applies decides:
//
//   - A controller without a UID ignores every pod.
//   - Pods of other controllers and of other namespaces are ignored.
//   - Inactive pods are ignored, whatever their labels.
//   - Other pods are claimed as by [ownership.Controller.Decide].
//
// MinReady is spec.minReadySeconds. Judge does not allocate.
//
// Upstream: syncReplicaSet in k8s.io/kubernetes/pkg/controller/replicaset. A DaemonSet claims inactive pods
// too: use [ownership.Controller.Decide] there.
func Judge(c ownership.Controller, p Pod, minReady time.Duration, now time.Time) Verdict {
	v := Verdict{State: p.State(minReady, now)}
	v.Decision, v.Reason = c.Decide(p.Object)
	switch {
	case v.Reason == ownership.NoUID || v.Reason == ownership.OtherController:
		return v
	case !c.Reaches(p.Object):
		if p.ControlledBy.UID == c.UID {
			v.Decision, v.Reason = ownership.Ignore, ownership.OtherNamespace
		}
		return v // an orphan there is not adopted
	}
	v.Kept = v.Decision == ownership.Keep
	if !p.Active() {
		v.Decision, v.Reason = ownership.Ignore, 0
		return v
	}
	v.Counted = v.Kept
	v.Claimed = v.Kept || v.Decision == ownership.Adopt
	return v
}

// An Explanation is a [Verdict] with the claim behind it. The zero value is unset.
type Explanation struct {
	Verdict
	Claim ownership.Explanation // the claim; for an inactive pod, the claim if it were active
}

// Explain returns the verdict of [Judge] with its reason: why a pod counts for a controller, or why not.
func Explain(c ownership.Controller, p Pod, minReady time.Duration, now time.Time) Explanation {
	return Explanation{Verdict: Judge(c, p, minReady, now), Claim: c.Explain(p.Object)}
}

// String returns the reason in one sentence without its subject, the pod, as in
//
//	owned and selected; counted; NotReady
//	selected, no controller: to be adopted; Ready
//	selected, but controlled by ReplicaSet/frontend
//	phase Failed: not active
//	not selected (label app is "foo", want one of [kubia]), no controller
func (e Explanation) String() string {
	switch {
	case e.Counted:
		return fmt.Sprintf("%v; counted; %v", e.Claim, e.State)
	case e.Claimed:
		return fmt.Sprintf("%v; %v", e.Claim, e.State)
	case e.Reason != 0 || e.State == 0:
		return e.Claim.String()
	case e.State == Terminating:
		return "being deleted: not active"
	default:
		return fmt.Sprintf("phase %v: not active", e.State)
	}
}
