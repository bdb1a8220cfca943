package main

import (
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/probe"
	"github.com/rollcall-go/rollcall/replica"
)

// A pod is one pod of the roll call.
type pod struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Owner     string `json:"owner"`   // what its reference says, even if that controller is not in the dump
	Root      string `json:"root"`    // the topmost controller
	Counted   bool   `json:"counted"` // against its owner's Desired
	Reason    string `json:"reason"`

	Phase    string    `json:"phase"`
	Ready    bool      `json:"ready"`
	Node     string    `json:"node"`
	Restarts []restart `json:"restarts,omitempty"`
	Opinions []opinion `json:"controllers,omitempty"` // with -v and why: of all that match or own it

	object  *object
	view    replica.Pod
	rootEnd ownership.End // how the chain to the root ends
}

// A restart says of a container that it was restarted, or ended, and how.
type restart struct {
	Container string `json:"container"`
	Count     int    `json:"count"`
	State     string `json:"state,omitempty"` // why it waits or ended, as in CrashLoopBackOff
	ExitCode  *int32 `json:"exitCode,omitempty"`
	Meaning   string `json:"meaning,omitempty"` // of the exit code
}

// An opinion is what one controller decides about one pod.
type opinion struct {
	Controller string `json:"controller"`
	Reason     string `json:"reason"`
}

func (r *roll) newPod(o *object) *pod {
	p := &pod{Namespace: o.Metadata.Namespace, Name: o.Metadata.Name, object: o, view: o.pod()}
	p.Owner = p.view.ControlledBy.String()
	p.Root = p.Owner
	p.Phase, p.Ready, p.Node = o.Status.Phase, p.view.Ready, p.view.Node
	chain, end := r.chain(p)
	if len(chain) > 0 {
		p.Root = chain[len(chain)-1].String()
	}
	p.rootEnd = end
	for _, s := range o.containers() {
		if re := newRestart(s); re.Count > 0 || re.ExitCode != nil {
			p.Restarts = append(p.Restarts, re)
		}
	}
	return p
}

// chain returns the pod's controllers up to the topmost.
func (r *roll) chain(p *pod) ([]ownership.Ref, ownership.End) {
	return ownership.Chain(p.view.Object, func(ref ownership.Ref) (ownership.Object, bool) {
		o, found := r.byUID[ref.UID]
		if !found {
			return ownership.Object{}, false
		}
		return o.view(), true
	})
}

func newRestart(s containerStatus) restart {
	re := restart{Container: s.Name, Count: s.RestartCount}
	ended := s.State.Terminated
	switch {
	case ended != nil:
		re.State = ended.Reason
	case s.State.Waiting != nil:
		re.State = s.State.Waiting.Reason
	}
	if ended == nil {
		ended = s.LastState.Terminated
	}
	if ended != nil {
		re.ExitCode, re.Meaning = &ended.ExitCode, probe.ExitCode(ended.ExitCode).String()
	}
	return re
}
