package ownership_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

// A claim is one row of the decision table: every input that Decide looks at, by name.
type claim struct {
	uid, owner, sel, controller, object, namespace string
}

// All values of each input.
var (
	uids        = []string{"uid", "no-uid"}
	owners      = []string{"none", "this", "renamed", "other", "nameless"} // renamed: the UID of the controller and another name; nameless: its name and no UID
	selectors   = []string{"match", "mismatch", "everything", "nothing", "contradiction"}
	controllers = []string{"alive", "deleting"}
	objects     = []string{"alive", "deleting"}
	namespaces  = []string{"same", "other", "cluster-scoped"}
)

func claims() []claim {
	var all []claim
	for _, uid := range uids {
		for _, owner := range owners {
			for _, sel := range selectors {
				for _, controller := range controllers {
					for _, object := range objects {
						for _, namespace := range namespaces {
							all = append(all, claim{uid, owner, sel, controller, object, namespace})
						}
					}
				}
			}
		}
	}
	return all
}

func (c claim) build() (ownership.Controller, ownership.Object) {
	controller := ownership.Controller{
		Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "u1"},
		Namespace: "shop",
		Selector: map[string]selector.Selector{
			"match":      check.Must(selector.FromLabels(map[string]string{"app": "web"})),
			"mismatch":   check.Must(selector.FromLabels(map[string]string{"app": "db"})),
			"everything": selector.Everything(),
			"nothing":    selector.Nothing(),
			// It matches no label set either, but it is not the selector Nothing.
			"contradiction": selector.MustParse("app=web,app=db"),
		}[c.sel],
		Deleting: c.controller == "deleting",
	}
	if c.uid == "no-uid" {
		controller.UID = ""
	}
	object := ownership.Object{
		Namespace: "shop", Name: "web-1", UID: "p1",
		Labels: map[string]string{"app": "web"},
		ControlledBy: map[string]ownership.Ref{
			"this":     controller.Ref,
			"renamed":  {APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "frontend", UID: controller.UID},
			"other":    {APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "frontend", UID: "u2"},
			"nameless": {APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web"},
		}[c.owner],
		Deleting: c.object == "deleting",
	}
	switch c.namespace {
	case "other":
		object.Namespace = "elsewhere"
	case "cluster-scoped":
		controller.Namespace = ""
	}
	return controller, object
}

// The whole decision table is one file, so that a change of one row shows in review.
func TestDecisionTable(t *testing.T) {
	var b strings.Builder
	const row = "%-7s %-9s %-14s %-11s %-9s %-14s %-8s %s\n"
	fmt.Fprintf(&b, row, "#uid", "owner", "selector", "controller", "object", "namespace", "decision", "reason")
	for _, c := range claims() {
		controller, object := c.build()
		d, r := controller.Decide(object)
		fmt.Fprintf(&b, row, c.uid, c.owner, c.sel, c.controller, c.object, c.namespace, d, r)
	}
	check.Golden(t, "testdata/decide.txt", b.String())
}

// The table of semantics as ClaimObject has it, and the safety rule in front: the second opinion on Decide.
func slowDecide(c claim) ownership.Decision {
	match := c.sel == "match" || c.sel == "everything"
	safe := c.sel != "everything" && c.sel != "nothing"
	mine := (c.owner == "this" || c.owner == "renamed") && c.uid == "uid"
	orphan := c.owner == "none" && c.uid == "uid"
	alive := c.controller == "alive"
	switch {
	case mine && match:
		return ownership.Keep
	case mine && !match && alive && safe:
		return ownership.Release
	case orphan && match && alive && safe && c.object == "alive" && c.namespace != "other":
		return ownership.Adopt
	}
	return ownership.Ignore
}

func TestDecideAgreesWithTheRules(t *testing.T) {
	reasons := map[ownership.Reason]ownership.Decision{}
	for _, c := range claims() {
		controller, object := c.build()
		got, reason := controller.Decide(object)
		if want := slowDecide(c); got != want {
			t.Errorf("%+v: %v, want %v", c, got, want)
		}
		if d, seen := reasons[reason]; seen && d != got {
			t.Errorf("%v leads to %v and to %v", reason, d, got)
		}
		reasons[reason] = got
	}
	for r := ownership.NoUID; r <= ownership.OrphanMatch; r++ {
		if _, seen := reasons[r]; !seen {
			t.Errorf("no row has the reason %v", r)
		}
	}
}

// apply does what a decision says, as the API server would.
func apply(c ownership.Controller, o ownership.Object, d ownership.Decision) ownership.Object {
	switch d {
	case ownership.Adopt:
		o.ControlledBy = c.Ref
	case ownership.Release:
		o.ControlledBy = ownership.Ref{}
	}
	return o
}

func TestDecisionsSettleInOneStep(t *testing.T) {
	for _, row := range claims() {
		c, o := row.build()
		d, _ := c.Decide(o)
		again, _ := c.Decide(apply(c, o, d))
		if again != ownership.Keep && again != ownership.Ignore {
			t.Errorf("%+v: %v, and then %v", row, d, again)
		}
		if kept := d == ownership.Keep || d == ownership.Adopt; kept != (again == ownership.Keep) {
			t.Errorf("%+v: %v, and then %v", row, d, again)
		}
	}
}

// drawController and drawObject stay in a small world, so that UIDs, labels and namespaces meet.
func drawController(t *rapid.T) ownership.Controller {
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	return ownership.Controller{
		Ref:       ownership.Ref{Kind: pick("kind", "ReplicaSet", "Job"), Name: pick("name", "a", "b"), UID: pick("uid", "", "1", "2")},
		Namespace: pick("namespace", "", "x", "y"),
		Selector: rapid.SampledFrom([]selector.Selector{
			selector.Everything(), selector.Nothing(),
			check.Must(selector.FromLabels(map[string]string{"app": "web"})),
			check.Must(selector.New(selector.Requirement{Key: "app", Operator: selector.NotIn, Values: []string{"web"}})),
		}).Draw(t, "selector"),
		Deleting: rapid.Bool().Draw(t, "deleting"),
	}
}

func drawObject(t *rapid.T) ownership.Object {
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	o := ownership.Object{
		Namespace: pick("namespace", "", "x", "y"),
		Labels:    rapid.SampledFrom([]map[string]string{nil, {"app": "web"}, {"app": "db"}}).Draw(t, "labels"),
		Deleting:  rapid.Bool().Draw(t, "deleting"),
	}
	if rapid.Bool().Draw(t, "controlled") {
		o.ControlledBy = ownership.Ref{Kind: pick("kind", "ReplicaSet", "Job"), Name: pick("name", "a", "b"), UID: pick("uid", "", "1", "2")}
	}
	return o
}

func TestClaimLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, o := drawController(t), drawObject(t)
		d, reason := c.Decide(o)
		matches := c.Selector.Matches(o.Labels)
		if d == ownership.Adopt && (o.ControlledBy != ownership.Ref{} || !matches) {
			t.Fatal("adopts what has a controller or does not match")
		}
		if d == ownership.Release && matches {
			t.Fatal("releases what matches")
		}
		if (d == ownership.Release || d == ownership.Keep) && o.ControlledBy.UID != c.UID {
			t.Fatal("keeps or releases what is another's")
		}
		if (d == ownership.Release || d == ownership.Adopt) && c.Deleting {
			t.Fatal("acts while being deleted")
		}
		e := c.Explain(o)
		if c.UID != "" && o.ControlledBy.UID == c.UID && !c.Reaches(o) {
			d, reason = ownership.Ignore, ownership.OtherNamespace
		}
		want := ownership.Explanation{
			Decision: d, Reason: reason, Controller: c.Ref, ControlledBy: o.ControlledBy, Labels: c.Selector.Explain(o.Labels),
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Fatalf("Explain (-want +got):\n%s", diff)
		}
	})
}

func TestExplanationTexts(t *testing.T) {
	for _, tt := range []struct {
		claim claim
		want  string
	}{
		{claim{"no-uid", "none", "match", "alive", "alive", "same"},
			"the controller has no UID: ignored"},
		{claim{"uid", "other", "match", "alive", "alive", "same"},
			"selected, but controlled by ReplicaSet/frontend"},
		{claim{"uid", "other", "mismatch", "alive", "alive", "same"},
			`not selected (label app is "web", want "db"), controlled by ReplicaSet/frontend`},
		{claim{"uid", "this", "match", "alive", "deleting", "same"},
			"owned and selected"},
		{claim{"uid", "this", "match", "alive", "alive", "other"},
			"names it as its controller, but from another namespace: owners do not cross namespaces"},
		{claim{"uid", "this", "mismatch", "alive", "alive", "same"},
			`owned, but not selected (label app is "web", want "db"): to be released`},
		{claim{"uid", "this", "mismatch", "deleting", "alive", "same"},
			`owned, but not selected (label app is "web", want "db"): not released, because the controller is being deleted`},
		{claim{"uid", "this", "nothing", "alive", "alive", "same"},
			"owned, but not selected: not released, because the selector matches nothing"},
		{claim{"uid", "none", "match", "deleting", "alive", "same"},
			"selected, no controller: not adopted, because the selecting controller is being deleted"},
		{claim{"uid", "none", "mismatch", "alive", "alive", "same"},
			`not selected (label app is "web", want "db"), no controller`},
		{claim{"uid", "none", "nothing", "alive", "alive", "same"},
			"not selected (no label set can match: a, !a contradict each other), no controller"},
		{claim{"uid", "none", "match", "alive", "deleting", "same"},
			"selected, no controller: not adopted, because it is being deleted"},
		{claim{"uid", "none", "match", "alive", "alive", "other"},
			"selected, no controller: not adopted, because it is in another namespace"},
		{claim{"uid", "none", "everything", "alive", "alive", "same"},
			"selected, no controller: not adopted, because the selector is empty and matches everything"},
		{claim{"uid", "none", "match", "alive", "alive", "same"},
			"selected, no controller: to be adopted"},
	} {
		t.Run(fmt.Sprintf("%+v", tt.claim), func(t *testing.T) {
			c, o := tt.claim.build()
			if got := c.Explain(o).String(); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("a namesake", func(t *testing.T) {
		c, o := claim{"uid", "this", "match", "alive", "alive", "same"}.build()
		o.ControlledBy.UID = "u0"
		got, want := c.Explain(o).String(), "selected, but controlled by another ReplicaSet/web (UID u0)"
		if got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	})
	t.Run("zero", func(t *testing.T) {
		if got := (ownership.Explanation{}).String(); got != "Unset" {
			t.Errorf("got %q", got)
		}
	})
}

func TestEnums(t *testing.T) {
	check.Enum[ownership.Decision](t, "Decision", "Unset", "Ignore", "Keep", "Adopt", "Release")
	check.Enum[ownership.Reason](t, "Reason", "Unset", "NoUID", "OtherController", "OwnMatch", "OwnControllerDeleting",
		"OwnSelectorNothing", "OwnNoMatch", "OrphanNoMatch", "OrphanControllerDeleting", "OrphanDeleting",
		"OrphanOtherNamespace", "OrphanSelectorEverything", "OrphanMatch", "OtherNamespace")
	check.Enum[ownership.End](t, "End", "Unset", "Topmost", "Gone", "Replaced", "Cycle", "TooDeep")
}
