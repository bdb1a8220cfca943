package ownership_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/selector"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
	}
}

// A claim is one row of the decision table: every input that Decide looks at, by name.
type claim struct {
	uid, owner, sel, controller, object, namespace string
}

// The values of each input. Together they are all there is.
var (
	uids        = []string{"uid", "no-uid"}
	owners      = []string{"none", "this", "renamed", "other", "nameless"} // renamed: this UID, another name; nameless: this name, no UID
	selectors   = []string{"match", "mismatch", "everything", "nothing", "contradiction"}
	controllers = []string{"alive", "deleting"}
	objects     = []string{"alive", "deleting"}
	namespaces  = []string{"same", "other", "cluster-wide"}
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

func must(s selector.Selector, err error) selector.Selector {
	if err != nil {
		panic(err)
	}
	return s
}

func (c claim) build() (ownership.Controller, ownership.Object) {
	controller := ownership.Controller{
		Ref:       ownership.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "u1"},
		Namespace: "shop",
		Selector: map[string]selector.Selector{
			"match":      must(selector.FromLabels(map[string]string{"app": "web"})),
			"mismatch":   must(selector.FromLabels(map[string]string{"app": "db"})),
			"everything": selector.Everything(),
			"nothing":    selector.Nothing(),
			// It can match nothing either, but somebody wrote it: not Nothing.
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
	case "cluster-wide":
		controller.Namespace = ""
	}
	return controller, object
}

// The whole decision table is one file, so that a change of one row shows in review.
func TestDecisionTable(t *testing.T) {
	var b strings.Builder
	const row = "%-7s %-9s %-14s %-11s %-9s %-13s %-8s %s\n"
	fmt.Fprintf(&b, row, "#uid", "owner", "selector", "controller", "object", "namespace", "decision", "reason")
	for _, c := range claims() {
		controller, object := c.build()
		d, r := controller.Decide(object)
		fmt.Fprintf(&b, row, c.uid, c.owner, c.sel, c.controller, c.object, c.namespace, d, r)
	}
	golden(t, "testdata/decide.txt", b.String())
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
			must(selector.FromLabels(map[string]string{"app": "web"})),
			must(selector.New(selector.Requirement{Key: "app", Operator: selector.NotIn, Values: []string{"web"}})),
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
		want := ownership.Explanation{Decision: d, Reason: reason, Controller: c.Ref, ControlledBy: o.ControlledBy, Labels: c.Selector.Explain(o.Labels)}
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
		{claim{"no-uid", "none", "match", "alive", "alive", "same"}, "not considered: the controller has no UID"},
		{claim{"uid", "other", "match", "alive", "alive", "same"}, "matches, but is controlled by ReplicaSet/frontend"},
		{claim{"uid", "other", "mismatch", "alive", "alive", "same"}, `is controlled by ReplicaSet/frontend: label app is "web", want "db"`},
		{claim{"uid", "this", "match", "alive", "deleting", "same"}, "is controlled by it and matches"},
		{claim{"uid", "this", "mismatch", "alive", "alive", "same"}, `is controlled by it, but does not match, to be released: label app is "web", want "db"`},
		{claim{"uid", "this", "mismatch", "deleting", "alive", "same"}, `is controlled by it, but does not match; not released, because the controller is being deleted: label app is "web", want "db"`},
		{claim{"uid", "this", "nothing", "alive", "alive", "same"}, "is controlled by it, but does not match; not released, because the selector matches nothing"},
		{claim{"uid", "none", "match", "deleting", "alive", "same"}, "matches, but is not adopted, because the controller is being deleted"},
		{claim{"uid", "none", "mismatch", "alive", "alive", "same"}, `label app is "web", want "db"`},
		{claim{"uid", "none", "nothing", "alive", "alive", "same"}, "no label set can match: a, !a contradict each other"},
		{claim{"uid", "none", "match", "alive", "deleting", "same"}, "matches, but is being deleted: not adopted"},
		{claim{"uid", "none", "match", "alive", "alive", "other"}, "matches, but is in another namespace: not adopted"},
		{claim{"uid", "none", "everything", "alive", "alive", "same"}, "matches, but is not adopted, because the selector is empty and matches everything"},
		{claim{"uid", "none", "match", "alive", "alive", "same"}, "matches and has no controller, to be adopted"},
	} {
		c, o := tt.claim.build()
		if got := c.Explain(o).String(); got != tt.want {
			t.Errorf("%+v\n got %s\nwant %s", tt.claim, got, tt.want)
		}
	}
	c, o := claim{"uid", "this", "match", "alive", "alive", "same"}.build()
	o.ControlledBy.UID = "u0"
	if got, want := c.Explain(o).String(), "matches, but is controlled by another ReplicaSet/web, with UID u0"; got != want {
		t.Errorf("of a namesake\n got %s\nwant %s", got, want)
	}
	if got := (ownership.Explanation{}).String(); got != "Unset" {
		t.Errorf("the zero Explanation says %q", got)
	}
}

func TestEnumsFromText(t *testing.T) {
	var all struct {
		D ownership.Decision
		R ownership.Reason
		E ownership.End
	}
	text, err := json.Marshal(all)
	if want := `{"D":"Unset","R":"Unset","E":"Unset"}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
	if err := json.Unmarshal([]byte(`{"D":"Adopt","R":"NoUID","E":"Replaced"}`), &all); err != nil || all.D != ownership.Adopt || all.R != ownership.NoUID || all.E != ownership.Replaced {
		t.Errorf("got %+v, %v", all, err)
	}
}

func TestEnumTexts(t *testing.T) {
	for want, e := range map[string]interface {
		String() string
		MarshalText() ([]byte, error)
	}{
		"Unset": ownership.Decision(0), "Ignore": ownership.Ignore, "Release": ownership.Release, "Decision(5)": ownership.Release + 1,
		"NoUID": ownership.NoUID, "OrphanMatch": ownership.OrphanMatch, "Reason(-1)": ownership.Reason(-1),
		"Topmost": ownership.Topmost, "TooDeep": ownership.TooDeep, "End(6)": ownership.TooDeep + 1,
	} {
		text, err := e.MarshalText()
		if e.String() != want || string(text) != want || err != nil {
			t.Errorf("%T: String %q, MarshalText %q, %v; want %q", e, e, text, err, want)
		}
	}
}
