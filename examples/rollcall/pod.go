package main

import (
	"cmp"
	"fmt"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/probe"
	"github.com/rollcall-go/rollcall/replica"
)

// A pod is one pod of the roll call.
type pod struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Owner     string `json:"owner"` // what its reference says, even if that controller is not in the dump
	OwnerUID  string `json:"ownerUID"`
	Root      string `json:"root"`               // the topmost controller
	Dangling  string `json:"dangling,omitempty"` // what is wrong with the chain to it: its last is not in the dump
	Counted   bool   `json:"counted"`            // against its owner's Desired
	Reason    string `json:"reason"`             // of -o json alone: see roll.reason

	Phase    string    `json:"phase"`
	Message  string    `json:"message,omitempty"` // the API's own words about the phase
	Ready    bool      `json:"ready"`
	Node     string    `json:"node"`
	Restarts []restart `json:"restarts,omitempty"`
	Opinions []opinion `json:"controllers,omitempty"` // with -v and why: of all that match or own it

	object  *object
	view    replica.Pod
	rootUID string
	rootEnd ownership.End // how the chain to the root ends

	adopters int      // how many controllers would adopt it
	goes     []string // who is to delete it, and why
}

// A restart says of a container that it was restarted, or ended, and how.
type restart struct {
	Container string `json:"container"`
	Count     int32  `json:"count"`
	Waiting   string `json:"waiting,omitempty"`  // why it does not run, as in CrashLoopBackOff
	ExitCode  *int32 `json:"exitCode,omitempty"` // of its last end
	Meaning   string `json:"meaning,omitempty"`  // of the exit code
	Reason    string `json:"reason,omitempty"`   // of its last end, as in OOMKilled
}

// An opinion is what one controller decides about one pod.
type opinion struct {
	Controller string             `json:"controller"`
	UID        string             `json:"uid"`
	Decision   ownership.Decision `json:"decision"`
	Reason     string             `json:"reason"`

	by *controller
}

func (r *roll) newPod(o *object) *pod {
	p := &pod{Namespace: o.Metadata.Namespace, Name: o.Metadata.Name, object: o, view: o.pod()}
	p.Owner = p.view.ControlledBy.String()
	p.OwnerUID = p.view.ControlledBy.UID
	p.Phase, p.Message, p.Node = o.Status.Phase, o.Status.Message, p.view.Node
	p.Ready = p.view.Ready && p.view.Active()
	var top ownership.Ref
	top, p.rootEnd, p.Dangling = r.climb(p.view.Object)
	p.Root, p.rootUID = top.String(), top.UID
	for _, s := range o.containers() {
		if re := newRestart(s); re.Count > 0 || re.ExitCode != nil {
			p.Restarts = append(p.Restarts, re)
		}
	}
	return p
}

// climb goes from an object to its topmost controller, and says how it ends, and what is wrong when that
// controller is not there. A controller is looked for by its UID, and if there is none by its name.
func (r *roll) climb(o ownership.Object) (top ownership.Ref, end ownership.End, dangling string) {
	chain, end := ownership.Chain(o, func(ref ownership.Ref) (ownership.Object, bool) {
		owner := r.byUID[ref.UID]
		if owner == nil {
			named := &object{Kind: ref.Kind, Metadata: metadata{Namespace: o.Namespace, Name: ref.Name}}
			if ref.Kind == "Node" { // of a static pod
				named.Metadata.Namespace = ""
			}
			owner = r.byName[named.String()]
		}
		if owner == nil {
			return ownership.Object{}, false
		}
		return owner.view(), true
	})
	if len(chain) == 0 {
		return top, end, ""
	}
	top = chain[len(chain)-1]
	switch {
	case end == ownership.Gone && top.UID == "":
		dangling = fmt.Sprintf("the reference to %v has no UID", top)
	case end == ownership.Gone && r.kinds[top.Kind]: // of other kinds the dump may have none at all
		dangling = fmt.Sprintf("%v (UID %s) is not in the dump", top, top.UID)
	case end == ownership.Replaced:
		dangling = fmt.Sprintf("%v (UID %s) was deleted; another object has its name", top, top.UID)
	}
	return top, end, dangling
}

func newRestart(s containerStatus) restart {
	re := restart{Container: s.Name, Count: s.RestartCount}
	if s.State.Waiting != nil {
		re.Waiting = s.State.Waiting.Reason
	}
	if ended := cmp.Or(s.State.Terminated, s.LastState.Terminated); ended != nil {
		re.ExitCode, re.Meaning, re.Reason = &ended.ExitCode, probe.ExitCode(ended.ExitCode).String(), ended.Reason
	}
	return re
}
