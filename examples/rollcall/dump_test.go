package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// objects turns lines such as
//
//	Pod/p of ReplicaSet/rs {"spec":{"nodeName":"n1"}}
//
// into a dump. Every object has the label app=web, every controller selects it, and all but nodes are in
// namespace x. The JSON sets fields of metadata, spec and status, or with null none at all; it may go on in
// lines that begin with " or {.
func objects(t *testing.T, lines string) string {
	t.Helper()
	type item struct {
		Kind     string         `json:"kind,omitempty"`
		Metadata map[string]any `json:"metadata"`
		Spec     map[string]any `json:"spec,omitempty"`
		Status   map[string]any `json:"status,omitempty"`
	}
	var items []item
	for line := range strings.Lines(strings.TrimSpace(continued.ReplaceAllString(lines, "$1"))) {
		head, fields, _ := strings.Cut(line, "{")
		id, owner, owned := strings.Cut(strings.TrimSpace(head), " of ")
		kind, name, _ := strings.Cut(id, "/")
		web := map[string]any{"app": "web"}
		o := item{Kind: kind, Metadata: map[string]any{"namespace": "x", "name": name, "uid": kind + "-" + name, "labels": web}}
		switch kind {
		case "Node":
			delete(o.Metadata, "namespace")
		case "Pod":
		case "ReplicationController":
			o.Spec = map[string]any{"selector": web}
		default:
			o.Spec = map[string]any{"selector": map[string]any{"matchLabels": web}}
		}
		if owned {
			kind, name, _ := strings.Cut(owner, "/")
			ref := map[string]any{"kind": kind, "name": name, "uid": kind + "-" + name, "controller": true}
			o.Metadata["ownerReferences"] = []any{ref}
		}
		if fields != "" {
			if err := json.Unmarshal([]byte("{"+fields), &o); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		items = append(items, o)
	}
	text, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	continued = regexp.MustCompile(`\n\s*(["{])`)
	spaces    = regexp.MustCompile(` +`)
)

// squeeze makes one space of many, so that no test depends on the widths of columns: the golden files show
// those.
func squeeze(text string) string { return spaces.ReplaceAllString(text, " ") }

// checkProblems checks that an input gives exit code 3, these problems on standard error, a line each, and on
// standard output, among other things, what it shows.
func checkProblems(t *testing.T, name, input, problems, shows string) {
	t.Helper()
	stdout, stderr, code := runWith(input, "--check", "-")
	if code != exitProblem || !strings.Contains(squeeze(stdout), shows) {
		t.Errorf("%s: exit code %d, want 3; standard output should show %q:\n%s", name, code, shows, stdout)
	}
	var want strings.Builder
	for line := range strings.Lines(strings.TrimSpace(problems)) {
		fmt.Fprintf(&want, "rollcall: standard input: %s\n", strings.TrimSpace(line))
	}
	if diff := cmp.Diff(want.String(), stderr); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// A scene is a small cluster that shows what the embedded one does not.
type scene struct {
	name, args, cluster string
	want                []string // parts of standard output, squeezed
}

func checkScenes(t *testing.T, scenes []scene) {
	t.Helper()
	for _, s := range scenes {
		stdout, _, _ := runWith(objects(t, s.cluster), append(strings.Fields(s.args), "-")...)
		if strings.HasPrefix(stdout, "\n") || strings.Contains(stdout, "\n\n\n") {
			t.Errorf("%s: a blank line where no parts meet:\n%s", s.name, stdout)
		}
		for _, want := range s.want {
			if !strings.Contains(squeeze(stdout), want) {
				t.Errorf("%s: want %q in\n%s", s.name, want, stdout)
			}
		}
	}
}

// What is wrong with the text of an input is said with its place, and what was read before is shown.
func TestBrokenInput(t *testing.T) {
	const (
		rs = `{"kind":"ReplicaSet","metadata":{"namespace":"x","name":"rs","uid":"r"},` +
			`"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}}}}`
		pod  = `{"kind":"Pod","metadata":{"namespace":"x","name":"p","uid":"p","labels":{"app":"web"}}}`
		open = `{"items":[` + rs + `,` + pod // the end is missing: ]}

		incomplete = "ReplicaSet/rs app=web 1 0 0 1 ? (the input is incomplete)\n"
	)
	for _, tt := range []struct{ name, input, problems, shows string }{
		{"nothing", "", "no objects", ""},
		{"an empty list", `{"kind":"List","items":[]}`, "no objects", ""},
		{"a null list", `{"kind":"List","items":null}`, "no objects", ""},
		{"an empty array", "[]", "no objects", ""},
		{"not JSON", "NAME READY", "not JSON after byte 0: invalid character 'N' looking for beginning of value", ""},
		{"a string", `"x"`, "want a list of objects as kubectl get -o json prints it, found x before byte 3", ""},
		{"null", `null`, "want a list of objects as kubectl get -o json prints it, found null before byte 4", ""},
		{"items no array", `{"items":{}}`, "want items to be an array, found { before byte 10", ""},
		{"an item no object", `{"items":[1,{"kind":"Node","metadata":{"name":"n"}}]}`, `
			object without a name: value: want an object, found number
			object without a name: kind: missing`, ""},
		{"a kind missing", `{"items":[{"metadata":{"namespace":"x","name":"y"}}]}`, "object x/y: kind: missing", ""},
		{"a name missing", `{"kind":"Pod"}`, "Pod without a name: metadata.name: missing", ""},
		{"two bad fields and no name", `{"kind":"Pod","metadata":{"creationTimestamp":"a","deletionTimestamp":"b"}}`, `
			Pod without a name: metadata.name: missing
			Pod without a name: metadata.creationTimestamp: "a": want a time as in 2006-01-02T15:04:05Z
			Pod without a name: metadata.deletionTimestamp: "b": want a time as in 2006-01-02T15:04:05Z`, ""},

		{"cut off in a key", `{"ite`, "cut off after 5 bytes", ""},
		{"cut off after a key", `{"items"`, "cut off after 8 bytes", ""},
		{"cut off in the list", `{"items":[{"kind":"Pod","metadata":{"name":"p"}},{"kind"`, "cut off after 56 bytes, after Pod p", ""},
		{"cut off after an item", open, "cut off after 233 bytes, after Pod x/p", incomplete},
		{"cut off after the list", open + `]`, "cut off after 234 bytes, after Pod x/p", incomplete},
		{"cut off in a field", open + `],"kind":`, "cut off after 242 bytes, after Pod x/p", incomplete},
		{"garbage in the list", `{"items":[{"kind":"Pod","metadata":{"name":"p"}},}`,
			"not JSON after byte 49: invalid character '}' looking for beginning of value, after Pod p", ""},
		{"garbage after the list", open + `]}}`,
			"not JSON after byte 235: invalid character '}' looking for beginning of value, after Pod x/p", incomplete},
	} {
		checkProblems(t, tt.name, tt.input, tt.problems, tt.shows)
	}
}

// Every bad field gives a line, and nothing is to be done about the controllers that it may concern.
func TestBadFields(t *testing.T) {
	for _, tt := range []struct{ name, cluster, problems, shows string }{
		{"a pod's field", `
			ReplicaSet/rs
			Pod/p {"status":{"phase":7}}`,
			"Pod x/p: status.phase: want a string, found number",
			"? (pod p is unreadable in part)"},
		{"a pod's time", `
			ReplicaSet/rs
			Pod/p {"metadata":{"creationTimestamp":"noon"}}`,
			`Pod x/p: metadata.creationTimestamp: "noon": want a time as in 2006-01-02T15:04:05Z`,
			"? (pod p is unreadable in part)"},
		{"a pod's restarts", `
			ReplicaSet/rs
			Pod/p {"status":{"containerStatuses":[{"restartCount":"x"}]}}`,
			"Pod x/p: status.containerStatuses.restartCount: want an integer, found string",
			"? (pod p is unreadable in part)"},
		{"a pod that cannot be one controller's", `
			ReplicaSet/rs
			ReplicaSet/db {"spec":{"selector":{"matchLabels":{"app":"db"}}}}
			Pod/p {"status":{"phase":7}}`,
			"Pod x/p: status.phase: want a string, found number",
			"ReplicaSet/db app=db 1 0 0 0 create 1\n"},
		{"a UID twice", `
			ReplicaSet/rs
			Pod/p {"metadata":{"uid":"ReplicaSet-rs","labels":{}}}`,
			`Pod x/p: metadata.uid: "ReplicaSet-rs": the UID of ReplicaSet x/rs`,
			"? (pod p is unreadable in part)"},
		{"a kind missing, so that it may be a pod", `
			ReplicaSet/rs
			Pod/y {"kind":""}`,
			"object x/y: kind: missing",
			"? (the input is incomplete)"},

		{"times of a condition and of a container", `
			Pod/p {"status":{"conditions":[{"type":"Ready","lastTransitionTime":"yesterday"}],
				"containerStatuses":[{"name":"c","state":{"running":{"startedAt":"now"}}}]}}`, `
			Pod x/p: status.conditions[0].lastTransitionTime: "yesterday": want a time as in 2006-01-02T15:04:05Z
			Pod x/p: status of container c: startedAt: "now": want a time as in 2006-01-02T15:04:05Z`, ""},
		{"a time that is in the year 10000 of UTC", `
			Pod/p {"metadata":{"creationTimestamp":"9999-12-31T23:59:59-01:00"}}`,
			`Pod x/p: metadata.creationTimestamp: "9999-12-31T23:59:59-01:00": want a time as in 2006-01-02T15:04:05Z`, ""},
		{"control characters in a name", `
			Pod/p {"metadata":{"name":"a\u001b\nb","creationTimestamp":"x"}}`,
			"Pod x/a\uFFFD\uFFFDb: metadata.creationTimestamp: \"x\": want a time as in 2006-01-02T15:04:05Z", ""},

		{"replicas", `
			ReplicaSet/rs {"spec":{"replicas":"3"}}`,
			"ReplicaSet x/rs: spec.replicas: want an integer, found string",
			"? (unreadable spec.replicas)"},
		{"a number too large", `
			ReplicaSet/rs {"spec":{"minReadySeconds":9223372037}}`,
			"ReplicaSet x/rs: spec.minReadySeconds: want an integer, found number 9223372037",
			"? (unreadable spec.minReadySeconds)"},
		{"a selector of another type", `
			ReplicaSet/rs {"spec":{"selector":{"matchLabels":[]}}}`,
			"ReplicaSet x/rs: spec.selector.matchLabels: want an object, found array",
			"? (invalid spec.selector)"},
		{"a selector with two errors", `
			ReplicaSet/rs {"spec":{"selector":{"matchLabels":{"a b":"v"},"matchExpressions":[{"key":"app","operator":"in"}]}}}`, `
			ReplicaSet x/rs: spec.selector.matchLabels: "a b": key: ' ' at offset 1, want letters, digits, '-', '_' and '.'
			ReplicaSet x/rs: spec.selector.matchExpressions[0].operator: "in": unknown operator, want one of [In NotIn Exists DoesNotExist]`,
			"? (invalid spec.selector)"},
		{"a ReplicationController's selector of another type", `
			ReplicationController/rc {"spec":{"selector":{"app":1}}}`,
			"ReplicationController x/rc: spec.selector: want a string, found number",
			"? (invalid spec.selector)"},
		{"a ReplicationController's selector with two errors", `
			ReplicationController/rc {"spec":{"selector":{"app":"x y","b c":""}}}`, `
			ReplicationController x/rc: spec.selector[app]: "x y": ' ' at offset 1, want letters, digits, '-', '_' and '.'
			ReplicationController x/rc: spec.selector: "b c": key: ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
			"? (invalid spec.selector)"},

		{"a DaemonSet's node selector", `
			DaemonSet/ds {"spec":{"template":{"spec":{"nodeSelector":{"disk":"s s d"}}}}}`,
			`DaemonSet x/ds: spec.template.spec.nodeSelector[disk]: "s s d": ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
			"? (invalid spec.template.spec.nodeSelector)"},
		{"a DaemonSet's selectors, both", `
			DaemonSet/ds {"spec":{"selector":{"matchLabels":{"app":"w b"}},"template":{"spec":{"nodeSelector":{"disk":"s s d"}}}}}`, `
			DaemonSet x/ds: spec.selector.matchLabels[app]: "w b": ' ' at offset 1, want letters, digits, '-', '_' and '.'
			DaemonSet x/ds: spec.template.spec.nodeSelector[disk]: "s s d": ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
			"DaemonSet/ds <invalid> ? ? ? ? ? (invalid spec.selector)\n"},
		{"a node that a DaemonSet may want", `
			Node/n {"metadata":{"labels":[]}}
			DaemonSet/ds`,
			"Node n: metadata.labels: want an object, found array",
			"? (a node is unreadable in part)"},
		{"a node, which is nothing to a ReplicaSet", `
			Node/n {"metadata":{"labels":[]}}
			ReplicaSet/rs`,
			"Node n: metadata.labels: want an object, found array",
			"ReplicaSet/rs app=web 1 0 0 0 create 1 (no pods in the dump)\n"},
	} {
		checkProblems(t, tt.name, objects(t, tt.cluster), tt.problems, tt.shows)
	}
}

// Whatever there is of a dump that breaks off, its lines are those of the objects before the break, and
// nothing is to be done about any of them.
func TestCutOffAnywhere(t *testing.T) {
	for n := 1; n < len(shop)-2; n += 997 {
		stdout, stderr, code := runWith(shop[:n], "-o", "json", "-")
		if code != exitProblem || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "standard input: cut off after ") {
			t.Fatalf("cut off at %d: exit code %d, %s", n, code, stderr)
		}
		var r roll
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatalf("cut off at %d: %v", n, err)
		}
		for _, c := range r.Controllers {
			if len(c.Next) > 0 || c.Problem != "the input is incomplete" {
				t.Fatalf("cut off at %d: %s %s is to %v", n, c.Kind, c.Name, c.Next)
			}
		}
	}
}

func TestFormsOfInput(t *testing.T) {
	const rs = `{"kind":"ReplicaSet","metadata":{"namespace":"x","name":"rs","uid":"r"},` +
		`"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}}}}`
	pod := func(name, kind string) string {
		return `{` + kind + `"metadata":{"namespace":"x","name":"` + name + `","uid":"` + name + `","labels":{"app":"web"},` +
			`"ownerReferences":[{"kind":"ReplicaSet","name":"rs","uid":"r","controller":true}]}}`
	}
	one, two := pod("1", `"kind":"Pod",`), pod("2", `"kind":"Pod",`)
	for name, input := range map[string]string{
		"a list":                          `{"items":[` + rs + `,` + one + `,` + two + `],"kind":"List"}`,
		"single objects, one by one":      rs + one + "\n" + two,
		"an array":                        "\ufeff[" + rs + "," + one + "," + two + "]",
		"typed lists, kind after":         rs + `{"items":[` + pod("1", "") + `,` + pod("2", "") + `],"kind":"PodList"}`,
		"the same pod twice":              rs + one + two + one,
		"a typed list of another kind":    rs + one + `{"items":[{"spec":{"replicas":"x"}}],"kind":"WidgetList"}` + two,
		"the same pod twice, without UID": rs + one + strings.Repeat(strings.Replace(two, `"uid":"2",`, "", 1), 2),
		"unknown kinds in between": rs + one +
			`{"items":[{"kind":"Service","spec":{"replicas":"x","selector":7}},{"kind":"ConfigMap"},{"kind":"Service"}]}` + two,
	} {
		stdout, stderr, code := runWith(input, "--check", "-")
		if code != exitOK || !strings.Contains(squeeze(stdout), "ReplicaSet/rs app=web 2 2 0 2 ok\n") {
			t.Errorf("%s: exit code %d, %s\n%s", name, code, stderr, stdout)
		}
		if want := strings.Contains(name, "unknown"); strings.Contains(stdout, "\nIgnored kinds: 1 ConfigMap, 2 Service\n") != want {
			t.Errorf("%s: kinds not looked at named: %v, want %v\n%s", name, !want, want, stdout)
		}
	}
}

func TestDaemonPods(t *testing.T) {
	checkScenes(t, []scene{
		{"that has ended and goes, alone on its node", "why p", `
			Node/n1
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},
			"spec":{"nodeName":"n1"},"status":{"phase":"Failed"}}`,
			[]string{"DaemonSet/ds: owned and selected, but has finished and is being deleted\n"}},
		{"on a node with a soft taint", "", `
			Node/n1 {"spec":{"taints":[{"effect":"PreferNoSchedule"}]}}
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 1 1 0 1 ok\n"}},
		{"for a tainted node", "", `
			Node/n1 {"spec":{"taints":[{"key":"dedicated","value":"db","effect":"NoSchedule"}]}}
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 0 0 0 1 ok (1 misscheduled)\n", "Nodes that get no pod:\nx/DaemonSet/ds\n n1: gets no new pod, but keeps its pod: taint dedicated=db:NoSchedule is not tolerated\n"}},
		{"for a node that drives them away", "", `
			Node/n1 {"spec":{"taints":[{"key":"gone","effect":"NoExecute"}]}}
			Node/n2 {"spec":{"taints":[{"key":"gone","effect":"NoExecute"}]}}
			DaemonSet/ds {"spec":{"template":{"spec":{"nodeName":"n1"}}}}
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 0 0 0 1 delete p (its node should run no pod) (1 misscheduled)\n",
				"Nodes that get no pod:\nx/DaemonSet/ds\n n1: should run no pod: taint gone:NoExecute is not tolerated\n\n"}},
		{"for a tainted node that they tolerate", "", `
			Node/n1 {"spec":{"taints":[{"key":"dedicated","value":"db","effect":"NoSchedule"}]}}
			DaemonSet/ds {"spec":{"template":{"spec":{"tolerations":[{"key":"dedicated","operator":"Exists"}]}}}}
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 1 1 0 1 ok\n"}},
		{"for a node without network", "", `
			Node/n1 {"spec":{"taints":[{"key":"node.kubernetes.io/network-unavailable","effect":"NoSchedule"}]}}
			DaemonSet/ds {"spec":{"template":{"spec":{"hostNetwork":true}}}}
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 1 1 0 1 ok\n"}},
		{"of a DaemonSet for one node", "", `
			Node/n1
			Node/n2
			DaemonSet/ds {"spec":{"template":{"spec":{"nodeName":"n1"}}}}
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 1 1 0 1 ok\n"}},
		{"of a DaemonSet whose affinity allows no node", "-v", `
			Node/n1
			DaemonSet/ds {"spec":{"template":{"spec":{"affinity":
				{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{}}}}}}}
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 0 0 0 1 delete p (its node should run no pod) (1 misscheduled)\n",
				"x/DaemonSet/ds\n n1: should run no pod: node affinity: no term can match\n"}},
		{"of a DaemonSet with a term of its affinity that matches nothing", "", `
			Node/n1
			Node/n2 {"metadata":{"labels":{"cpus":"8"}}}
			DaemonSet/ds {"spec":{"template":{"spec":{"affinity":
				{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
					{"matchExpressions":[{"key":"cpus","operator":"Gt","values":["many"]}]},
					{"matchExpressions":[{"key":"cpus","operator":"Gt","values":["4"]}]}]}}}}}}}
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n2"}}`,
			[]string{`DaemonSet/ds app=web 1 1 0 1 ok (nodeSelectorTerms[0].matchExpressions[0].values[0]: "many": want an integer of 64 bits)`}},
		{"of a DaemonSet with an affinity of two errors", "", `
			Node/n1
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}
			DaemonSet/ds {"spec":{"template":{"spec":{"affinity":
				{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
					{"matchExpressions":[{"key":"cpus","operator":"in","values":["4"]}],"matchFields":[{"key":"name","operator":"In","values":["n1"]}]}]}}}}}}}`,
			[]string{`(nodeSelectorTerms[0].matchExpressions[0].operator: "in": must be In, NotIn, Exists, DoesNotExist, Gt or Lt; nodeSelectorTerms[0].matchFields`,
				"; 1 misscheduled)\n"}},
		{"without nodes in the dump", "-v", `
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}
			Pod/q`,
			[]string{"DaemonSet/ds app=web ? ? ? 2 ? (no nodes in the dump)\n",
				"only includes them):\nx/DaemonSet/ds: 2 by label\n q: selected, no controller: to be adopted\n\n",
				"owned and selected; unknown whether it counts: no nodes in the dump\n"}},
		{"without its node in the dump", "-v", `
			Node/n2
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"but n1 is not in the dump"}},
		{"for no node", "-v", `
			Node/n1
			DaemonSet/ds
			Pod/p of DaemonSet/ds`,
			[]string{"DaemonSet/ds app=web 1 0 0 1 create 1\n", "but has no node"}},
		{"two on a node", "-v", `
			Node/n1
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}
			Pod/q of DaemonSet/ds {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 1 1 0 2 delete q (not the first pod on its node)\n", "but another pod counts for n1"}},
		{"the older of two stays", "why b", `
			Node/n1
			DaemonSet/ds
			Pod/a of DaemonSet/ds {"metadata":{"creationTimestamp":"2026-02-01T00:00:00Z"},"spec":{"nodeName":"n1"}}
			Pod/b of DaemonSet/ds {"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"nodeName":"n1"}}`,
			[]string{"counted on n1"}},
		{"a failed one counts, and is deleted", "-v", `
			Node/n1
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"},"status":{"phase":"Failed","reason":"Evicted"}}`,
			[]string{"DaemonSet/ds app=web 1 1 0 1 delete p (failed; a later sync replaces it)\n", "x/p: Failed (Evicted) on n1\n", "counted on n1, Failed"}},
		{"an orphan to adopt", "-v", `
			Node/n1
			DaemonSet/ds
			Pod/p {"spec":{"nodeName":"n1"}}`,
			[]string{"DaemonSet/ds app=web 1 0 0 1 adopt p\n", "to be adopted"}},
		{"a failed orphan is adopted too", "", `
			Node/n1
			DaemonSet/ds
			Pod/p {"spec":{"nodeName":"n1"},"status":{"phase":"Failed"}}`,
			[]string{"DaemonSet/ds app=web 1 0 0 1 adopt p, delete p (failed; a later sync replaces it)\n"}},
	})
}

// Where its pods run is not known of a DaemonSet of which a part is unreadable: nothing is said of nodes, nor
// of who counts.
func TestUnknownPlacement(t *testing.T) {
	const node, daemon = "\nNode/n1 ", "\nDaemonSet/ds "
	const tainted = node + `{"spec":{"taints":[{"key":"a","effect":"NoSchedule"}]}}`
	for _, tt := range []struct{ name, cluster, problem, path, found string }{
		{"taints", node + `{"spec":{"taints":"x"}}` + daemon, "a node is unreadable in part", "Node n1: spec.taints", "want an array, found string"},
		{"a taint", node + `{"spec":{"taints":[{"key":1,"effect":"NoSchedule"}]}}` + daemon,
			"a node is unreadable in part", "Node n1: spec.taints.key", "want a string, found number"},
		{"tolerations", tainted + daemon + `{"spec":{"template":{"spec":{"tolerations":{}}}}}`,
			"unreadable spec.template.spec.tolerations", "", "want an array, found object"},
		{"a toleration", tainted + daemon + `{"spec":{"template":{"spec":{"tolerations":[{"key":1}]}}}}`,
			"unreadable spec.template.spec.tolerations.key", "", "want a string, found number"},
		{"affinity", tainted + daemon + `{"spec":{"template":{"spec":{"affinity":{"nodeAffinity":[]}}}}}`,
			"unreadable spec.template.spec.affinity.nodeAffinity", "", "want an object, found array"},
		{"the host's network", tainted + daemon + `{"spec":{"template":{"spec":{"hostNetwork":"yes"}}}}`,
			"unreadable spec.template.spec.hostNetwork", "", "want true or false, found string"},
		{"a node selector", tainted + daemon + `{"spec":{"template":{"spec":{"nodeSelector":{"disk":"s s"}}}}}`,
			"invalid spec.template.spec.nodeSelector", "DaemonSet x/ds: spec.template.spec.nodeSelector[disk]",
			`"s s": ' ' at offset 1, want letters, digits, '-', '_' and '.'`},
	} {
		dump := objects(t, tt.cluster+"\n"+`Pod/p of DaemonSet/ds {"spec":{"nodeName":"n1"}}`)
		path := tt.path
		if path == "" {
			path = "DaemonSet x/ds: " + strings.TrimPrefix(tt.problem, "unreadable ")
		}
		checkProblems(t, tt.name, dump, path+": "+tt.found, "DaemonSet/ds app=web ? ? ? 1 ? ("+tt.problem+")\n")
		stdout, _, _ := runWith(dump, "-v", "-o", "wide", "-")
		if want := "DaemonSet/ds: owned and selected; unknown whether it counts: " + tt.problem + "\n"; !strings.Contains(stdout, want) {
			t.Errorf("%s: want %q in\n%s", tt.name, want, stdout)
		}
		if want := " ? (" + tt.problem + ") ? ? <none> "; !strings.Contains(squeeze(stdout), want) {
			t.Errorf("%s: want %q in\n%s", tt.name, want, stdout)
		}
		for _, unknown := range []string{"Nodes that get no pod", "not counted", "What is next"} {
			if strings.Contains(stdout, unknown) {
				t.Errorf("%s: nobody knows %q:\n%s", tt.name, unknown, stdout)
			}
		}
		if stdout, _, _ := runWith(dump, "-o", "json", "-"); strings.Contains(stdout, `"nodes"`) || !strings.Contains(stdout, `"next": [],`) {
			t.Errorf("%s: want nothing next, and no nodes:\n%s", tt.name, stdout)
		}
	}
}

// A daemon pod that no node has yet names its node in its affinity.
func TestDaemonPodsThatWait(t *testing.T) {
	cluster := func(field string) string {
		return `
			Node/n1
			DaemonSet/ds
			Pod/p of DaemonSet/ds {"spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":
				{"nodeSelectorTerms":[{"matchFields":[` + field + `]}]}}}}}`
	}
	checkScenes(t, []scene{
		{"for its node", "-v", cluster(`{"key":"metadata.name","operator":"In","values":["n1"]}`),
			[]string{"counted on n1, NotReady"}},
		{"for any other node", "-v", cluster(`{"key":"metadata.name","operator":"NotIn","values":["n1"]}`),
			[]string{"but has no node"}},
		{"for one of two nodes", "-v", cluster(`{"key":"metadata.name","operator":"In","values":["n1","n2"]}`),
			[]string{"but has no node"}},
		{"for something else than a name", "-v", cluster(`{"key":"metadata.namespace","operator":"In","values":["n1"]}`),
			[]string{"but has no node"}},
	})
}

func TestConflicts(t *testing.T) {
	const heading = "Overlapping selectors (either controller may adopt an orphan):\n"
	const web = `{"spec":{"selector":{"matchLabels":{"app":"web"}}}}`
	checkScenes(t, []scene{
		{"the same selector, three kinds", "", `
			ReplicaSet/a ` + web + `
			DaemonSet/b ` + web + `
			Job/c ` + web,
			[]string{heading + "x/ReplicaSet/a\n DaemonSet/b: both match app=web\n Job/c: both match app=web\nx/DaemonSet/b\n Job/c: both match app=web\n"}},
		{"one within the other", "", `
			ReplicaSet/a ` + web + `
			ReplicaSet/b {"spec":{"selector":{"matchLabels":{"app":"web","rev":"2"}}}}`,
			[]string{heading + "x/ReplicaSet/a\n ReplicaSet/b: both match app=web,rev=2\n"}},
		{"no label is needed", "", `
			ReplicaSet/a {"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}}}
			ReplicaSet/b {"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}}}`,
			[]string{"ReplicaSet/b: both match no labels\n"}},
	})
	for name, dump := range map[string]string{
		"they may meet, but need not":   `ReplicaSet/a {"spec":{"selector":{"matchLabels":{"app":"web"}}}}` + "\n" + `ReplicaSet/b {"spec":{"selector":{"matchLabels":{"tier":"db"}}}}`,
		"a Deployment and a ReplicaSet": "ReplicaSet/a\nDeployment/b",
		"in two namespaces":             "ReplicaSet/a\n" + `ReplicaSet/b {"metadata":{"namespace":"y"}}`,
		"in none and in one":            "ReplicaSet/a\n" + `ReplicaSet/b {"metadata":{"namespace":""}}`,
		"one goes":                      "ReplicaSet/a\n" + `ReplicaSet/b {"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}`,
		"one has no UID":                "ReplicaSet/a\n" + `ReplicaSet/b {"metadata":{"uid":""}}`,
		"they have one UID":             "ReplicaSet/a\n" + `ReplicaSet/b {"metadata":{"uid":"ReplicaSet-a"}}`,
		"they match everything":         `ReplicaSet/a {"spec":{"selector":{}}}` + "\n" + `ReplicaSet/b {"spec":{"selector":{}}}`,
	} {
		if stdout, _, _ := runWith(objects(t, dump), "-"); strings.Contains(stdout, heading) {
			t.Errorf("%s:\n%s", name, stdout)
		}
	}
}

// Which pods go, and why.
func TestDeletions(t *testing.T) {
	checkScenes(t, []scene{
		{"one is not ready", "", `
			ReplicaSet/rs {"spec":{"replicas":1}}
			Pod/a of ReplicaSet/rs {"spec":{"nodeName":"n1"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}
			Pod/b of ReplicaSet/rs {"spec":{"nodeName":"n1"},"status":{"phase":"Running"}}`,
			[]string{"ReplicaSet/rs app=web 1 2 1 2 delete b (not ready)\n"}},
		{"one is cheap, one has a cost that is none", "", `
			ReplicaSet/rs {"spec":{"replicas":1}}
			Pod/a of ReplicaSet/rs {"metadata":{"annotations":{"controller.kubernetes.io/pod-deletion-cost":"+5"}}}
			Pod/b of ReplicaSet/rs {"metadata":{"annotations":{"controller.kubernetes.io/pod-deletion-cost":"-5"}}}`,
			[]string{"delete b (lower pod-deletion-cost)\n"}},
		{"one restarted", "", `
			ReplicaSet/rs {"spec":{"replicas":1}}
			Pod/a of ReplicaSet/rs
			Pod/b of ReplicaSet/rs {"status":{"containerStatuses":[{"name":"c","restartCount":2}]}}`,
			[]string{"delete b (restarted more often)\n"}},
		{"a sidecar restarted, and an init container, which does not count", "", `
			ReplicaSet/rs {"spec":{"replicas":1}}
			Pod/a of ReplicaSet/rs {"spec":{"initContainers":[{"name":"c"}]},"status":{"initContainerStatuses":[{"name":"c","restartCount":9}]}}
			Pod/b of ReplicaSet/rs {"spec":{"initContainers":[{"name":"c","restartPolicy":"Always"}]},"status":{"initContainerStatuses":[{"name":"c","restartCount":2}]}}`,
			[]string{"delete b (sidecars restarted more often)\n"}},
		{"one is beside a pod of another ReplicaSet of the Deployment", "", `
			ReplicaSet/old of Deployment/d {"spec":{"selector":{"matchLabels":{"rev":"old"}}}}
			ReplicaSet/new of Deployment/d {"spec":{"replicas":1,"selector":{"matchLabels":{"rev":"new"}}}}
			Pod/o of ReplicaSet/old {"metadata":{"labels":{"rev":"old"}},"spec":{"nodeName":"n2"}}
			Pod/a of ReplicaSet/new {"metadata":{"labels":{"rev":"new"}},"spec":{"nodeName":"n1"}}
			Pod/b of ReplicaSet/new {"metadata":{"labels":{"rev":"new"}},"spec":{"nodeName":"n2"}}`,
			[]string{"delete b (more related pods on its node)\n"}},
		{"the ReplicaSets of two Deployments, and one in another namespace", "", `
			ReplicaSet/d1 of Deployment/d {"spec":{"replicas":1,"selector":{"matchLabels":{"rev":"d1"}}}}
			ReplicaSet/e1 of Deployment/e {"spec":{"replicas":1,"selector":{"matchLabels":{"rev":"e1"}}}}
			StatefulSet/s of Deployment/d {"spec":{"selector":{"matchLabels":{"rev":"e1"}}}}
			ReplicaSet/d2 of Deployment/d {"metadata":{"namespace":"y"},"spec":{"replicas":9,"selector":{"matchLabels":{"rev":"e1"}}}}
			Pod/a of ReplicaSet/d1 {"metadata":{"labels":{"rev":"d1"}},"spec":{"nodeName":"n1"}}
			Pod/b of ReplicaSet/d1 {"metadata":{"labels":{"rev":"d1"}},"spec":{"nodeName":"n1"}}
			Pod/c of ReplicaSet/d1 {"metadata":{"labels":{"rev":"d1"}},"spec":{"nodeName":"n2"}}
			Pod/e of ReplicaSet/e1 {"metadata":{"labels":{"rev":"e1"}},"spec":{"nodeName":"n1"}}
			Pod/f of ReplicaSet/e1 {"metadata":{"labels":{"rev":"e1"}},"spec":{"nodeName":"n2"}}
			Pod/g of ReplicaSet/e1 {"metadata":{"labels":{"rev":"e1"}},"spec":{"nodeName":"n2"}}`,
			[]string{"delete a (more related pods on its node), delete b (more related pods on its node)\n",
				"delete f (more related pods on its node), delete g (more related pods on its node)\n"}},
		{"asked about one that goes", "why b", `
			ReplicaSet/rs {"spec":{"replicas":1}}
			Pod/a of ReplicaSet/rs {"spec":{"nodeName":"n1"}}
			Pod/b of ReplicaSet/rs`,
			[]string{"ReplicaSet/rs: owned and selected; counted; NotReady\n ReplicaSet/rs is to delete it: not assigned to a node\n topmost"}},
		{"asked about one that goes with its ReplicaSet, not by it", "-v", `
			ReplicaSet/rs {"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"replicas":0}}
			Pod/b of ReplicaSet/rs`,
			[]string{"; counted; NotReady\n topmost controller: ReplicaSet/rs\n"}},
		{"more than the table has room for", "-v", `
			ReplicaSet/rs {"spec":{"replicas":0}}
			Pod/a of ReplicaSet/rs
			Pod/b of ReplicaSet/rs
			Pod/c of ReplicaSet/rs
			Pod/d of ReplicaSet/rs`,
			[]string{"ReplicaSet/rs app=web 0 4 0 4 delete 4\n", "Next steps, pod by pod:\nx/ReplicaSet/rs\n delete a (no pod stays)\n"}},
	})
}

func TestJobs(t *testing.T) {
	checkScenes(t, []scene{
		{"at work", "", `
			Job/j {"spec":{"parallelism":3}}
			Pod/p of Job/j`,
			[]string{"Job/j app=web 3 1 0 1 - (0 succeeded)\n"}},
		{"suspended", "", `
			Job/j {"spec":{"suspend":true,"selector":{}}}
			Pod/p`,
			[]string{"- (suspended)\n"}},
		{"failed", "", `
			Job/j {"status":{"conditions":[{"type":"Complete","status":"False"},{"type":"Failed","status":"True"}]}}`,
			[]string{"Job/j app=web 0 0 0 0 - (failed, 0 succeeded)\n"}},
		{"less left than may run at once", "", `
			Job/j {"spec":{"completions":3,"parallelism":5}}`,
			[]string{"Job/j app=web 3 0 0 0 - (0 of 3 succeeded)\n"}},
		{"more succeeded than wanted", "", `
			Job/j {"spec":{"completions":1,"parallelism":5},"status":{"succeeded":2}}`,
			[]string{"Job/j app=web 0 0 0 0 - (2 of 1 succeeded)\n"}},
		{"with an orphan, which does not count", "", `
			Job/j
			Pod/p`,
			[]string{"Job/j app=web 1 0 0 1 - (0 succeeded)\n"}},
	})
}

func TestDeployments(t *testing.T) {
	checkScenes(t, []scene{
		{"in the middle of an update", "", `
			Deployment/d {"spec":{"replicas":4}}
			ReplicaSet/new of Deployment/d {"spec":{"selector":{"matchLabels":{"app":"web","v":"2"}}}}
			ReplicaSet/old of Deployment/d {"spec":{"selector":{"matchLabels":{"app":"web","v":"1"}}}}
			Pod/p of ReplicaSet/new {"metadata":{"labels":{"app":"web","v":"2"}}}
			Pod/q of ReplicaSet/old {"metadata":{"labels":{"app":"web","v":"1"}}}
			Pod/r of ReplicaSet/old {"metadata":{"labels":{"app":"web","v":"1"}}}`,
			[]string{"Deployment/d app=web 4 3 0 3 - (1 missing)\n"}},
		{"that owns what is no ReplicaSet", "", `
			Deployment/d
			StatefulSet/s of Deployment/d
			Pod/p of StatefulSet/s`,
			[]string{"Deployment/d app=web 1 0 0 1 - (1 missing)\n"}},
		{"whose ReplicaSet has an invalid selector", "", `
			Deployment/d
			ReplicaSet/rs of Deployment/d {"spec":{"selector":{"matchLabels":{"a b":""}}}}`,
			[]string{"Deployment/d app=web 1 0 0 0 ? (ReplicaSet x/rs has an invalid spec.selector)\n"}},
		{"whose pod failed", "-v", `
			Deployment/d
			ReplicaSet/rs of Deployment/d
			Pod/p of ReplicaSet/rs {"status":{"phase":"Failed"}}`,
			[]string{"Deployment/d: selected, but not counted by ReplicaSet/rs\n", "topmost controller: Deployment/d\n"}},
		{"that goes", "", `
			Deployment/d {"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}`,
			[]string{"- (being deleted)\n"}},
		{"that is gone", "-v", `
			ReplicaSet/rs of Deployment/d
			Pod/p of ReplicaSet/rs`,
			[]string{"topmost controller: Deployment/d, which is not in the dump\n"}},
		{"that matches an orphan", "-v", `
			Deployment/d
			Pod/p`,
			[]string{"a Deployment adopts ReplicaSets, not pods"}},
		{"that nearly matches an orphan", "-v", `
			Deployment/d {"spec":{"selector":{"matchLabels":{"app":"db"}}}}
			Pod/p`,
			[]string{`Deployment/d: not selected (label app is "web", want "db"), no controller`}},
		{"that matches somebody else's pod", "-v", `
			Deployment/d
			Pod/p of Job/j`,
			[]string{"Deployment/d: selected, but controlled by Job/j\n"}},
	})
}

func TestOrphans(t *testing.T) {
	const eight = `
			Pod/p0
			Pod/p1
			Pod/p2
			Pod/p3
			Pod/p4
			Pod/p5
			Pod/p6
			Pod/p7`
	checkScenes(t, []scene{
		{"three to adopt are named", "", `
			ReplicaSet/rs {"spec":{"replicas":3}}
			Pod/a
			Pod/b
			Pod/c`,
			[]string{"adopt a, adopt b, adopt c\n"}},
		{"eight to adopt are counted", "", `
			ReplicaSet/rs` + eight,
			[]string{"adopt 8 pods, delete 7\n",
				"\nx/ReplicaSet/rs: 8 by label, 0 counted\n p0: selected, no controller: to be adopted\n",
				" p4: selected, no controller: to be adopted\n and 3 more (-v names them)\n\nOrphans:\n",
				" x/p4: ReplicaSet/rs: selected, no controller: to be adopted\n and 3 more (-v names them)\n"}},
		{"-v names all eight", "-v", `
			ReplicaSet/rs` + eight,
			[]string{"\n p7: selected, no controller: to be adopted\n\n"}},
		{"without controllers", "", eight, []string{
			"Orphans:\n x/p0: has no controller",
			"\n and 3 more (-v names them)\n\nControllers: none; pods: 8 (-v shows every pod)\n"}},
		{"without controllers, with -v", "-v", eight, []string{"has a requirement on its labels\n\nx/p0: no phase"}},
		{"one that is listed twice", "", `
			ReplicaSet/rs {"spec":{"replicas":2}}
			Pod/a
			Pod/a
			Pod/b`,
			[]string{"ReplicaSet/rs app=web 2 0 0 2 adopt a, adopt b\n"}},
		{"a failed one is not adopted", "", `
			ReplicaSet/rs
			Pod/p {"status":{"phase":"Failed"}}`,
			[]string{"ReplicaSet/rs app=web 1 0 0 1 create 1\n"}},
		{"one that a StatefulSet does not count", "", `
			StatefulSet/db
			Pod/p`,
			[]string{"StatefulSet/db app=web 1 0 0 1 - (1 missing)\n"}},
		{"one that two would adopt", "-v", `
			ReplicaSet/a
			ReplicaSet/b
			Pod/p`,
			[]string{"adopt p (other controllers may adopt p first)\n",
				"has no controller, and 2 controllers would adopt it: the first to act gets it\n"}},
		{"two that two would adopt", "", `
			ReplicaSet/a
			ReplicaSet/b
			Pod/p
			Pod/q`,
			[]string{"adopt p, adopt q, delete p (no rule tells it from a pod that stays; Kubernetes may delete either) (other controllers may adopt p first)\n"}},
		{"one that seven nearly match", "-v", `
			ReplicaSet/rs0
			ReplicaSet/rs1
			ReplicaSet/rs2
			ReplicaSet/rs3
			ReplicaSet/rs4
			ReplicaSet/rs5
			ReplicaSet/rs6
			Pod/p {"metadata":{"labels":{"app":"db"}}}`,
			[]string{"2 other controllers: do not select it either\n"}},
	})
}

func TestSelectors(t *testing.T) {
	checkScenes(t, []scene{
		{"no selector", "-v", `
			ReplicaSet/rs {"spec":null}
			Pod/p of ReplicaSet/rs`,
			[]string{"ReplicaSet/rs <nothing> 1 0 0 0 ? (no selector)\n", "not released, because the selector matches nothing\n"}},
		{"no selector of a ReplicationController", "", `
			ReplicationController/rc {"spec":null}
			Pod/p`,
			[]string{"ReplicationController/rc <nothing> 1 0 0 0 ? (no selector)\n"}},
		{"a selector that contradicts itself", "", `
			ReplicaSet/rs {"spec":{"selector":{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}}}
			Pod/p`,
			[]string{"ReplicaSet/rs app=web,!app 1 0 0 0 ? (no pod can match the selector)\n"}},
		{"an empty selector", "-v", `
			ReplicaSet/rs {"spec":{"selector":{}}}
			Pod/p`,
			[]string{"ReplicaSet/rs <everything> 1 0 0 1 ? (the selector is empty)\n",
				"not adopted, because the selector is empty and matches everything\n"}},
		{"selectors of every operator", "", `
			ReplicaSet/either {"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"In","values":["web","db"]}]}}}
			ReplicaSet/neither {"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}}}
			ReplicaSet/none {"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}}}
			ReplicaSet/one {"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"In","values":["db"]}]}}}
			ReplicaSet/some {"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"Exists"}]}}}
			ReplicaSet/two {"spec":{"selector":{"matchLabels":{"app":"db","tier":"back"}}}}
			Pod/bare {"metadata":{"labels":{}}}
			Pod/db {"metadata":{"labels":{"app":"db"}}}
			Pod/db-back {"metadata":{"labels":{"app":"db","tier":"back"}}}
			Pod/web`,
			[]string{" app in (db,web) 1 0 0 3 ", " app notin (web) 1 0 0 3 ", " !app 1 0 0 1 ", " app in (db) 1 0 0 2 ", " app 1 0 0 3 ",
				" app=db,tier=back 1 0 0 1 "}},
		{"an invalid selector", "-v", `
			ReplicaSet/rs {"spec":{"selector":{"matchLabels":{"a b":""}}}}
			Pod/p of ReplicaSet/rs`,
			[]string{"ReplicaSet/rs: unknown: invalid spec.selector\n"}},
	})
}

func TestOwners(t *testing.T) {
	checkScenes(t, []scene{
		{"an owner that is not in the dump", "-v", `
			Pod/p of CronTab/c`,
			[]string{"is controlled by CronTab/c (UID CronTab-c), which is not in the dump\n",
				"topmost controller: CronTab/c, which is not in the dump\n"}},
		{"a node, which owns its mirror pods", "-v", `
			Node/n1
			Pod/p of Node/n1 {"metadata":{"uid":"","labels":{}}}`,
			[]string{"is controlled by Node/n1, which counts no pods\n"}},
		{"an owner that was replaced", "-v", `
			ReplicaSet/rs
			Pod/p {"metadata":{"ownerReferences":[{"kind":"ReplicaSet","name":"rs","uid":"before","controller":true}]}}`,
			[]string{"Pods whose controller is not in the dump (if it was deleted, the garbage collector deletes them):\n x/p: ReplicaSet/rs (UID before) was deleted; another object has its name\n",
				"is controlled by ReplicaSet/rs (UID before), which was deleted; another object has its name\n",
				"topmost controller: ReplicaSet/rs, which was deleted; another object has its name\n"}},
		{"the owner of an owner that is gone", "", `
			Deployment/there
			ReplicaSet/rs of Deployment/gone
			Pod/p of ReplicaSet/rs`,
			[]string{"Controllers whose controller is not in the dump (if it was deleted, the garbage collector deletes them):\nx/ReplicaSet/rs\n Deployment/gone (UID Deployment-gone) is not in the dump\n",
				"Deployment/there app=web 1 0 0 1 - (1 missing)\n", "selected, but controlled by ReplicaSet/rs, which is controlled by Deployment/gone\n"}},
		{"a Deployment that was replaced", "why p", `
			Deployment/d
			ReplicaSet/rs {"metadata":{"ownerReferences":[{"kind":"Deployment","name":"d","uid":"before","controller":true}]}}
			Pod/p of ReplicaSet/rs`,
			[]string{"Deployment/d: selected, but controlled by ReplicaSet/rs, which is controlled by another Deployment/d (UID before)\n"}},
		{"a ReplicaSet that is nobody's, beside a Deployment", "why p", `
			Deployment/d
			ReplicaSet/rs
			Pod/p of ReplicaSet/rs`,
			[]string{"Deployment/d: selected, but controlled by ReplicaSet/rs, which has no controller\n"}},
		{"an owner of a kind that is not in the dump at all", "-v", `
			Pod/p of ReplicaSet/rs`,
			[]string{"is controlled by ReplicaSet/rs (UID ReplicaSet-rs), which is not in the dump\n"}},
		{"the node of a mirror pod, joined anew", "why p", `
			Node/n1
			Pod/p {"metadata":{"labels":{},"ownerReferences":[{"kind":"Node","name":"n1","uid":"before","controller":true}]}}`,
			[]string{"is controlled by Node/n1 (UID before), which was deleted; another object has its name\n"}},
		{"owners in a circle", "why p", `
			ReplicaSet/a of ReplicaSet/b
			ReplicaSet/b of ReplicaSet/a
			Pod/p of ReplicaSet/a`,
			[]string{"topmost controller: ReplicaSet/b, in a cycle of owner references\n"}},
		{"an owner in another namespace", "-v", `
			ReplicaSet/rs
			Pod/p of ReplicaSet/rs {"metadata":{"namespace":"y"}}
			Pod/q`,
			[]string{"ReplicaSet/rs app=web 1 0 0 1 adopt q\n", "\ny/p: no phase, not ready\n" +
				" is controlled by ReplicaSet/rs of namespace x, which cannot own it\n topmost controller: ReplicaSet/rs\n"}},
		{"an owner that does not control", "-v", `
			ReplicaSet/rs {"spec":{"selector":{"matchLabels":{"app":"db"}}}}
			Pod/p {"metadata":{"ownerReferences":[{"kind":"ReplicaSet","name":"rs","uid":"ReplicaSet-rs","controller":false}]}}`,
			[]string{"has no controller, ReplicaSet/rs owns it without controlling it\n"}},
		{"a reference without UID", "-v", `
			ReplicaSet/rs {"metadata":{"uid":""}}
			Deployment/d {"metadata":{"uid":""}}
			Pod/p {"metadata":{"ownerReferences":[{"kind":"ReplicaSet","name":"rs","controller":true}]}}
			Pod/q`,
			[]string{"garbage collector deletes them):\n x/p: the reference to ReplicaSet/rs has no UID\n",
				"\n is controlled by ReplicaSet/rs, by a reference without UID\n", " Deployment/d: the controller has no UID: ignored\n",
				" topmost controller: ReplicaSet/rs, by a reference without UID\n"}},
		{"a controller without UID", "-v", `
			ReplicaSet/rs {"metadata":{"uid":""}}
			Pod/p`,
			[]string{"? (no UID)\n", "the controller has no UID: ignored\n"}},
	})
}

// Of owners of other kinds there are none in a dump, and nobody knows whether they are gone.
func TestForeignOwners(t *testing.T) {
	stdout, _, _ := runWith(objects(t, "ReplicaSet/rs of Rollout/r\nPod/p of ReplicaSet/rs\nPod/q of CronTab/c"), "-")
	if strings.Contains(stdout, "not there") {
		t.Errorf("of Rollout/r and CronTab/c nobody knows:\n%s", stdout)
	}
}

func TestPods(t *testing.T) {
	checkScenes(t, []scene{
		{"what the API says of it", "why p", `
			Pod/p {"status":{"phase":"Failed","reason":"Evicted","message":"The node was low on memory."}}`,
			[]string{"x/p: Failed (Evicted)\n The node was low on memory.\n"}},
		{"being deleted", "-v", `
			ReplicaSet/rs
			Pod/p of ReplicaSet/rs {"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running",
				"containerStatuses":[{"name":"c","restartCount":1,"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}}`,
			[]string{"x/p: Running, to be gone by 2026-01-01T00:00:00Z\n", "being deleted: not active\n",
				"container c: 1 restart, last exit code 1, Error\n"}},
		{"restarted and not ready", "", `
			Pod/p {"status":{"phase":"Running","containerStatuses":[{"name":"a","restartCount":3},{"name":"b","restartCount":1}]}}`,
			[]string{"\nRestarted and not ready:\n x/p: container a: 3 restarts; container b: 1 restart\n"}},
		{"containers of all sorts", "-v", `
			Pod/p {"status":{"phase":"Running",
				"initContainerStatuses":[{"name":"i","restartCount":1}],
				"containerStatuses":[{"name":"ok"},
					{"name":"c","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
						"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}],
				"ephemeralContainerStatuses":[{"name":"e","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}}`,
			[]string{"\n container i: 1 restart\n" +
				" container c: 2 restarts, CrashLoopBackOff, last exit code 137 = 128 + 9 (SIGKILL), OOMKilled\n" +
				" container e: 0 restarts, last exit code 0, Completed\n"}},
		{"control characters", "-v", `
			Pod/p {"status":{"phase":"Failed","reason":"\u001b[2J\nx"}}`,
			[]string{"x/p: Failed (\uFFFD[2J\uFFFDx)\n"}},
		{"text that HTML would escape", "-o json", `
			Pod/p {"status":{"message":"a < b & c"}}`,
			[]string{`"message": "a < b & c"`}},
	})
}

func TestTable(t *testing.T) {
	checkScenes(t, []scene{
		{"no pods", "", `
			ReplicaSet/rs`,
			[]string{"ReplicaSet/rs app=web 1 0 0 0 create 1 (no pods in the dump)\n"}},
		{"control characters in a label", "-L app", `
			ReplicaSet/rs {"metadata":{"labels":{"app":"\u001b[2Jx\u202ey"}}}`,
			[]string{" \uFFFD[2Jx\uFFFDy\n"}},
		{"an age, and a label that is not there", "-o wide --now 2026-01-03T00:00:00Z -L example.com/name", `
			ReplicaSet/rs {"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"}}
			Pod/p`,
			[]string{"AGE NAME\n", "ReplicaSet/rs app=web 1 0 0 1 adopt p 0 0 <none> 2d \n"}},
		{"no age", "-o wide", `
			ReplicaSet/rs
			Pod/p`,
			[]string{"ReplicaSet/rs app=web 1 0 0 1 adopt p 0 0 <none> <unknown>\n"}},
		{"the time, in UTC", "-o wide --now 2026-01-03T01:00:00+01:00", `
			ReplicaSet/rs
			Pod/p`,
			[]string{"\nAs of 2026-01-03T00:00:00Z.\n"}},
	})
}

// Any input whatever is read without panic, ends with the right exit code, and gives JSON that can be read.
func FuzzReadDump(f *testing.F) {
	for _, seed := range []string{
		"", "{", "[]", "null", `{"items":[]}`, `{"items":[null,1,{}]}`, `{"kind":"Pod","metadata":{"name":"p"}}`,
		`{"items":[{"kind":"ReplicaSet","metadata":{"uid":"r","name":"r"},` +
			`"spec":{"replicas":-1,"selector":{"matchExpressions":[{"key":"a","operator":"NotIn","values":["b"]}]}}},` +
			`{"kind":"Pod","metadata":{"name":"p","uid":"p","ownerReferences":[{"uid":"p","controller":true}]}}]}`,
		`{"kind":"Job","metadata":{"name":"j"},"spec":{"completions":-5,"parallelism":9}}` +
			`{"kind":"DaemonSet","metadata":{"name":"d","uid":"d"},"spec":{"selector":{}}}`,
		`{"kind":"Pod","metadata":{"name":"p","creationTimestamp":"2026-01-01T00:00:00+24:00"}}`,
		`{"kind":"NodeList","items":[{"metadata":{"name":"n","creationTimestamp":"2026-11-23T19:07:21Z"}}]}`,
		shop[:2000], shop[len(shop)/2:][:2000],
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, args := range [][]string{{"-o", "json", "-v", "-"}, {"-o", "wide", "-v", "-"}} {
			var stdout, stderr bytes.Buffer
			code := run(args, bytes.NewReader(data), &stdout, &stderr)
			if (code == exitProblem) != (stderr.Len() > 0) || code != exitOK && code != exitProblem {
				t.Fatalf("exit code %d, standard error %q", code, stderr.String())
			}
			if args[1] != "json" {
				continue
			}
			var r roll
			if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
				t.Fatalf("%v in\n%s", err, stdout.String())
			}
			for _, c := range r.Controllers {
				if c.Owned < 0 || c.Ready > c.Owned {
					t.Fatalf("%+v", c)
				}
			}
		}
	})
}

// A dump of n pods: the embedded one's, again and again under other names.
func dumpOf(b *testing.B, n int) string {
	var d struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(shop), &d); err != nil {
		b.Fatal(err)
	}
	var items []string
	for copyNo := 0; n > 0; copyNo++ {
		for _, o := range d.Items {
			meta := o["metadata"].(map[string]any)
			if o["kind"] != "Pod" || n == 0 {
				continue
			}
			n--
			uid := meta["uid"]
			meta["uid"] = fmt.Sprint(uid, copyNo)
			text, err := json.Marshal(o)
			if err != nil {
				b.Fatal(err)
			}
			meta["uid"] = uid
			items = append(items, string(text))
		}
	}
	return `{"items":[` + strings.Join(items, ",") + `]}` + shop
}

func BenchmarkRollcall(b *testing.B) {
	pods := dumpOf(b, 5000)
	var same strings.Builder // controllers with one selector
	for i := range 500 {
		fmt.Fprintf(&same, `{"kind":"ReplicaSet","metadata":{"namespace":"shop","name":"same-%d","uid":"same-%d"},`+
			`"spec":{"replicas":0,"selector":{"matchLabels":{"tier":"frontend"}}}}`, i, i)
	}
	for _, bb := range []struct{ name, dump string }{
		{"pods=5000", pods},
		{"pods=5000/same=500", pods + same.String()},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.dump)))
			b.ReportAllocs()
			for b.Loop() {
				var stdout, stderr bytes.Buffer
				if code := run([]string{"-"}, strings.NewReader(bb.dump), &stdout, &stderr); code != exitOK {
					b.Fatal(stderr.String())
				}
			}
		})
	}
}
