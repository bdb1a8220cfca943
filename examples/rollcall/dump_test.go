package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An input that is bad in some way gives one line for each thing that is wrong, and shows the rest.
func TestBadInput(t *testing.T) {
	pod := func(fields string) string {
		return `{"items":[{"kind":"ReplicaSet","metadata":{"namespace":"x","name":"rs","uid":"r"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}}}},` +
			`{"kind":"Pod","metadata":{"namespace":"x","name":"p","uid":"p","labels":{"app":"web"}}` + fields + `}]}`
	}
	rs := func(spec string) string {
		return `{"items":[{"kind":"ReplicaSet","metadata":{"namespace":"x","name":"rs","uid":"r"},"spec":` + spec + `}]}`
	}
	for name, tt := range map[string]struct {
		input  string
		stderr []string
		shows  string // part of standard output
	}{
		"nothing":        {"", []string{"no objects"}, ""},
		"an empty list":  {`{"kind":"List","items":[]}`, []string{"no objects"}, ""},
		"a null list":    {`{"kind":"List","items":null}`, []string{"no objects"}, ""},
		"not JSON":       {"NAME READY", []string{"not JSON after byte 0: invalid character 'N' looking for beginning of value"}, ""},
		"an empty array": {"[]", []string{"no objects"}, ""},
		"a string":       {`"x"`, []string{"want a list of objects as kubectl get -o json prints it, found x before byte 3"}, ""},
		"null":           {`null`, []string{"want a list of objects as kubectl get -o json prints it, found null before byte 4"}, ""},
		"items no array": {`{"items":{}}`, []string{"want items to be an array, found { before byte 10"}, ""},
		"an item no object": {`{"items":[1,{"kind":"Node","metadata":{"name":"n"}}]}`,
			[]string{"object without a name: value: want an object, found number", "object without a name: kind: missing"}, ""},
		"a kind missing":         {`{"items":[{"metadata":{"namespace":"x","name":"y"}}]}`, []string{"object x/y: kind: missing"}, ""},
		"a name missing":         {`{"kind":"Pod"}`, []string{"Pod without a name: metadata.name: missing"}, ""},
		"cut off in a key":       {`{"ite`, []string{"cut off after 5 bytes"}, ""},
		"cut off after a key":    {`{"items"`, []string{"cut off after 8 bytes"}, ""},
		"cut off in the list":    {`{"items":[{"kind":"Pod","metadata":{"name":"p"}},{"kind"`, []string{"cut off after 56 bytes, after Pod p"}, ""},
		"cut off after an item":  {pod("")[:len(pod(""))-2], []string{"cut off after 233 bytes, after Pod x/p"}, "? (the input is incomplete)"},
		"cut off after the list": {pod("")[:len(pod(""))-1], []string{"cut off after 234 bytes, after Pod x/p"}, "? (the input is incomplete)"},
		"cut off in a field":     {pod("")[:len(pod(""))-1] + `,"kind":`, []string{"cut off after 242 bytes, after Pod x/p"}, "? (the input is incomplete)"},
		"garbage in the list": {`{"items":[{"kind":"Pod","metadata":{"name":"p"}},}`,
			[]string{"not JSON after byte 49: invalid character '}' looking for beginning of value, after Pod p"}, ""},
		"garbage after the list": {pod("") + "}", []string{"not JSON after byte 235: invalid character '}' looking for beginning of value, after Pod x/p"}, "? (the input is incomplete)"},
		"a pod's field":          {pod(`,"status":{"phase":7}`), []string{"Pod x/p: status.phase: want a string, found number"}, "? (pod p is unreadable in part)"},
		"a pod's time": {pod(`,"metadata":{"creationTimestamp":"noon"}`),
			[]string{`Pod x/p: metadata.creationTimestamp: "noon": want a time as in 2006-01-02T15:04:05Z`}, "? (pod p is unreadable in part)"},
		"a pod's restarts": {pod(`,"status":{"containerStatuses":[{"restartCount":"x"}]}`),
			[]string{"Pod x/p: status.containerStatuses.restartCount: want an integer, found string"}, "? (pod p is unreadable in part)"},
		"replicas": {rs(`{"replicas":"3","selector":{}}`), []string{"ReplicaSet x/rs: spec.replicas: want an integer, found string"}, "? (unreadable spec.replicas)"},
		"an invalid selector": {rs(`{"selector":{"matchLabels":{"a b":"v"},"matchExpressions":[{"key":"app","operator":"in"}]}}`),
			[]string{
				`ReplicaSet x/rs: spec.selector.matchLabels: "a b": key: ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
				`ReplicaSet x/rs: spec.selector.matchExpressions[0].operator: "in": unknown operator, want one of [In NotIn Exists DoesNotExist]`,
			}, "? (invalid spec.selector)"},
		"a selector of another type": {rs(`{"selector":{"matchLabels":[]}}`), []string{"ReplicaSet x/rs: spec.selector.matchLabels: want an object, found array"}, "? (invalid spec.selector)"},
		"a ReplicationController's": {`{"kind":"ReplicationController","metadata":{"name":"rc"},"spec":{"selector":{"app":"x y","b c":""}}}`,
			[]string{
				`ReplicationController rc: spec.selector[app]: "x y": ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
				`ReplicationController rc: spec.selector: "b c": key: ' ' at offset 1, want letters, digits, '-', '_' and '.'`,
			}, "? (invalid spec.selector)"},
		"a ReplicationController's that is no map": {`{"kind":"ReplicationController","metadata":{"name":"rc"},"spec":{"selector":{"app":1}}}`,
			[]string{"ReplicationController rc: spec.selector: want a string, found number"}, "? (invalid spec.selector)"},
		"a node selector": {`{"kind":"DaemonSet","metadata":{"name":"ds"},"spec":{"selector":{},"template":{"spec":{"nodeSelector":{"disk":"s s d"}}}}}`,
			[]string{`DaemonSet ds: spec.template.spec.nodeSelector[disk]: "s s d": ' ' at offset 1, want letters, digits, '-', '_' and '.'`}, "? (invalid spec.template.spec.nodeSelector)"},
		"a kind missing hides something": {`{"items":[{"kind":"ReplicaSet","metadata":{"name":"rs","uid":"r"},"spec":{"selector":{"matchLabels":{"app":"web"}}}},{"metadata":{"name":"y"}}]}`,
			[]string{"object y: kind: missing"}, "? (the input is incomplete)"},
		"a UID twice": {`{"items":[{"kind":"ReplicaSet","metadata":{"name":"rs","uid":"r"},"spec":{"selector":{"matchLabels":{"app":"web"}}}},{"kind":"Pod","metadata":{"name":"p","uid":"r"}}]}`,
			[]string{`Pod p: metadata.uid: "r": the UID of ReplicaSet rs`}, "? (pod p is unreadable in part)"},
		"a pod that cannot be the controller's": {pod(`,"status":{"phase":7}`)[:len(pod(`,"status":{"phase":7}`))-2] + `,{"kind":"ReplicaSet","metadata":{"namespace":"x","name":"db","uid":"db"},"spec":{"selector":{"matchLabels":{"app":"db"}}}}]}`,
			[]string{"Pod x/p: status.phase: want a string, found number"}, "app=db     1         0       0       0          create 1"},
		"two bad fields of one object": {`{"kind":"Pod","metadata":{"creationTimestamp":"a","deletionTimestamp":"b"}}`,
			[]string{"Pod without a name: metadata.name: missing", `Pod without a name: metadata.creationTimestamp: "a": want a time as in 2006-01-02T15:04:05Z`,
				`Pod without a name: metadata.deletionTimestamp: "b": want a time as in 2006-01-02T15:04:05Z`}, ""},
		"a time of a condition": {`{"kind":"Pod","metadata":{"name":"p"},"status":{"conditions":[{"type":"Ready","lastTransitionTime":"yesterday"}],"containerStatuses":[{"name":"c","state":{"running":{"startedAt":"now"}}}]}}`,
			[]string{`Pod p: status.conditions[0].lastTransitionTime: "yesterday": want a time as in 2006-01-02T15:04:05Z`,
				`Pod p: status of container c: startedAt: "now": want a time as in 2006-01-02T15:04:05Z`}, ""},
		"a time out of this world": {`{"kind":"Pod","metadata":{"name":"p","creationTimestamp":"9999-12-31T23:59:59-01:00"}}`,
			[]string{`Pod p: metadata.creationTimestamp: "9999-12-31T23:59:59-01:00": want a time as in 2006-01-02T15:04:05Z`}, ""},
		"a number too large": {rs(`{"minReadySeconds":9223372037,"selector":{}}`), []string{"ReplicaSet x/rs: spec.minReadySeconds: want an integer, found number 9223372037"}, "? (unreadable spec.minReadySeconds)"},
		"control characters in a name": {`{"kind":"Pod","metadata":{"name":"a\u001b\nb","creationTimestamp":"x"}}`,
			[]string{"Pod a\uFFFD\uFFFDb: metadata.creationTimestamp: \"x\": want a time as in 2006-01-02T15:04:05Z"}, ""},
		"a bad node and no DaemonSet": {`{"items":[{"kind":"Node","metadata":{"name":"n","labels":[]}},{"kind":"ReplicaSet","metadata":{"name":"rs","uid":"r"},"spec":{"selector":{"matchLabels":{"a":"b"}}}}]}`,
			[]string{"Node n: metadata.labels: want an object, found array"}, "create 1"},
		"a node": {`{"items":[{"kind":"Node","metadata":{"name":"n","labels":[]}},{"kind":"DaemonSet","metadata":{"name":"ds"},"spec":{"selector":{}}}]}`,
			[]string{"Node n: metadata.labels: want an object, found array"}, "? (a node is unreadable in part)"},
	} {
		stdout, stderr, code := runWith(tt.input, "--check", "-")
		var want strings.Builder
		for _, line := range tt.stderr {
			fmt.Fprintf(&want, "rollcall: standard input: %s\n", line)
		}
		if code != exitProblem || !strings.Contains(stdout, tt.shows) {
			t.Errorf("%s: exit code %d, want 3; standard output should show %q:\n%s", name, code, tt.shows, stdout)
		}
		if diff := cmp.Diff(want.String(), stderr); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever there is of a dump that breaks off, its lines are those of the objects before the break, and nothing is to be
// done about any of them.
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
	const rs = `{"kind":"ReplicaSet","metadata":{"namespace":"x","name":"rs","uid":"r"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}}}}`
	pod := func(name, kind string) string {
		return `{` + kind + `"metadata":{"namespace":"x","name":"` + name + `","uid":"` + name + `","labels":{"app":"web"},"ownerReferences":[{"kind":"ReplicaSet","name":"rs","uid":"r","controller":true}]}}`
	}
	one, two := pod("1", `"kind":"Pod",`), pod("2", `"kind":"Pod",`)
	for name, input := range map[string]string{
		"a list":                          `{"items":[` + rs + `,` + one + `,` + two + `],"kind":"List"}`,
		"single objects, one by one":      rs + one + "\n" + two,
		"an array":                        "\ufeff[" + rs + "," + one + "," + two + "]",
		"typed lists, kind after":         rs + `{"items":[` + pod("1", "") + `,` + pod("2", "") + `],"kind":"PodList"}`,
		"the same pod twice":              rs + one + two + one,
		"a typed list of another kind":    rs + one + `{"items":[{"spec":{"replicas":"x"}}],"kind":"WidgetList"}` + two,
		"the same pod twice, without UID": rs + one + two + strings.Repeat(`{"kind":"Pod","metadata":{"namespace":"y","name":"p"}}`, 2),
		"unknown kinds in between":        rs + one + `{"items":[{"kind":"Service","spec":{"replicas":"x","selector":7}},{"kind":"ConfigMap"},{"kind":"Service"}]}` + two,
	} {
		stdout, stderr, code := runWith(input, "--check", "-")
		if code != exitOK || !strings.Contains(stdout, "app=web    2         2       0       2          ok\n") {
			t.Errorf("%s: exit code %d, %s\n%s", name, code, stderr, stdout)
		}
		if want := strings.Contains(name, "unknown"); strings.Contains(stdout, "\nNot looked at: 1 ConfigMap, 2 Service\n") != want {
			t.Errorf("%s: kinds not looked at named: %v, want %v\n%s", name, !want, want, stdout)
		}
	}
}

// Objects that decide something in ways that the embedded cluster does not show.
func TestCorners(t *testing.T) {
	controller := func(kind, name, spec, more string) string {
		return fmt.Sprintf(`{"kind":%q,"metadata":{"namespace":"x","name":%q,"uid":"%s-%s"%s},"spec":%s}`, kind, name, kind, name, more, spec)
	}
	pod := func(name, owner, more string) string {
		refs := ""
		if owner != "" {
			kind, n, _ := strings.Cut(owner, "/")
			refs = fmt.Sprintf(`,"ownerReferences":[{"kind":%q,"name":%q,"uid":"%s-%s","controller":true}]`, kind, n, kind, n)
		}
		return fmt.Sprintf(`{"kind":"Pod","metadata":{"namespace":"x","name":%q,"uid":"pod-%s","labels":{"app":"web"}%s}%s}`, name, name, refs, more)
	}
	web := `{"selector":{"matchLabels":{"app":"web"}}}`
	on := func(node string) string { return fmt.Sprintf(`,"spec":{"nodeName":%q}`, node) }
	node := func(name, more string) string {
		return fmt.Sprintf(`{"kind":"Node","metadata":{"name":%q,"uid":"node-%s"}%s}`, name, name, more)
	}
	waitingFor := `,"spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]}]}}}}`
	many := controller("ReplicaSet", "rs", web, "")
	for i := range 8 {
		many += pod(fmt.Sprint("p", i), "", "")
	}
	var near string
	for i := range 7 {
		near += controller("ReplicaSet", fmt.Sprint("rs", i), `{"selector":{"matchLabels":{"app":"db"}}}`, "")
	}
	for name, tt := range map[string]struct {
		input string
		args  []string
		want  []string
	}{
		"a controller that is not in the dump":     {pod("p", "CronTab/c", ""), []string{"-v"}, []string{"is controlled by CronTab/c with UID CronTab-c, which is not in the dump", "topmost controller: CronTab/c"}},
		"a mirror pod":                             {node("n1", "") + pod("p", "", `,"ownerReferences":0`)[:0] + `{"kind":"Pod","metadata":{"namespace":"x","name":"p","ownerReferences":[{"kind":"Node","name":"n1","uid":"node-n1","controller":true}]}}`, []string{"-v"}, []string{"is controlled by Node/n1, which counts no pods"}},
		"no selector":                              {controller("ReplicaSet", "rs", `{}`, "") + pod("p", "ReplicaSet/rs", ""), []string{"-v"}, []string{"<nothing>", "not released, because the selector matches nothing"}},
		"an empty selector":                        {controller("ReplicaSet", "rs", `{"selector":{}}`, "") + pod("p", "", ""), []string{"-v"}, []string{"<everything>", "1          create 1", "not adopted, because the selector is empty and matches everything"}},
		"no pods at all":                           {controller("ReplicaSet", "rs", web, ""), nil, []string{"create 1 (no pods in the dump)"}},
		"no nodes at all":                          {controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", on("n1")), []string{"-v"}, []string{"?         0       0       1          ? (no nodes in the dump)", "but n1 is not in the dump"}},
		"a daemon pod for no node":                 {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", ""), []string{"-v"}, []string{"create 1", "but is for no node"}},
		"a daemon pod that waits for its node":     {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", waitingFor), []string{"-v"}, []string{"counted on n1, NotReady"}},
		"a daemon pod with other affinity":         {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", strings.ReplaceAll(waitingFor, "In", "NotIn")), []string{"-v"}, []string{"but is for no node"}},
		"two daemon pods on a node":                {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", on("n1")) + pod("q", "DaemonSet/ds", on("n1")), []string{"-v"}, []string{"delete 1", "but another pod stands for n1"}},
		"a daemon pod to adopt":                    {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "", on("n1")), []string{"-v"}, []string{"1         0       0       1          adopt p", "to be adopted"}},
		"a tainted node":                           {node("n1", `,"spec":{"taints":[{"effect":"NoSchedule"}]}`) + controller("DaemonSet", "ds", web, "") + pod("p", "", ""), nil, []string{"(nodeName, node affinity and taints not looked at)"}},
		"a node with a soft taint":                 {node("n1", `,"spec":{"taints":[{"effect":"PreferNoSchedule"}]}`) + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", on("n1")), nil, []string{"1         1       0       1          ok\n"}},
		"a DaemonSet for one node":                 {node("n1", "") + controller("DaemonSet", "ds", `{"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"nodeName":"n1"}}}`, "") + pod("p", "DaemonSet/ds", on("n1")), nil, []string{"ok (nodeName, node"}},
		"a DaemonSet with affinity":                {node("n1", "") + controller("DaemonSet", "ds", `{"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{}}}}}}`, "") + pod("p", "DaemonSet/ds", on("n1")), nil, []string{"ok (nodeName, node"}},
		"a failed daemon pod":                      {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", `,"spec":{"nodeName":"n1"},"status":{"phase":"Failed","reason":"Evicted"}`), []string{"-v"}, []string{"1         1       0       1          delete 1", "x/p: Failed (Evicted) on n1", "counted on n1, Failed"}},
		"a failed orphan that a DaemonSet adopts":  {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "", `,"spec":{"nodeName":"n1"},"status":{"phase":"Failed"}`), nil, []string{"1         0       0       1          adopt p, delete 1"}},
		"a failed orphan that a ReplicaSet leaves": {controller("ReplicaSet", "rs", web, "") + pod("p", "", `,"status":{"phase":"Failed"}`), nil, []string{"1         0       0       1          create 1\n"}},
		"a daemon pod for one of two nodes":        {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", strings.Replace(waitingFor, `["n1"]`, `["n1","n2"]`, 1)), []string{"-v"}, []string{"but is for no node"}},
		"a daemon pod for a node by label":         {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", strings.Replace(waitingFor, `metadata.name`, `metadata.namespace`, 1)), []string{"-v"}, []string{"but is for no node"}},
		"the older daemon pod stays": {node("n1", "") + controller("DaemonSet", "ds", web, "") +
			strings.Replace(pod("a", "DaemonSet/ds", on("n1")), `"name":"a"`, `"name":"a","creationTimestamp":"2026-02-01T00:00:00Z"`, 1) +
			strings.Replace(pod("b", "DaemonSet/ds", on("n1")), `"name":"b"`, `"name":"b","creationTimestamp":"2026-01-01T00:00:00Z"`, 1),
			[]string{"why", "b"}, []string{"counted on n1"}},
		"a Job that failed":                            {controller("Job", "j", `{"selector":{"matchLabels":{"app":"web"}}}`, "")[:len(controller("Job", "j", `{"selector":{"matchLabels":{"app":"web"}}}`, ""))-1] + `,"status":{"conditions":[{"type":"Complete","status":"False"},{"type":"Failed","status":"True"}]}}`, nil, []string{"0         0       0       0          - (failed, 0 succeeded)"}},
		"a Job with more succeeded than wanted":        {controller("Job", "j", `{"selector":{"matchLabels":{"app":"web"}},"completions":1,"parallelism":5}`, "")[:len(controller("Job", "j", `{"selector":{"matchLabels":{"app":"web"}},"completions":1,"parallelism":5}`, ""))-1] + `,"status":{"succeeded":2}}`, nil, []string{"0         0       0       0          - (2 of 1 succeeded)"}},
		"a Job whose parallelism is more than is left": {controller("Job", "j", `{"selector":{"matchLabels":{"app":"web"}},"completions":3,"parallelism":5}`, ""), nil, []string{"3         0       0       0          - (0 of 3 succeeded)"}},
		"a StatefulSet with an orphan":                 {controller("StatefulSet", "db", web, "") + pod("p", "", ""), nil, []string{"1         0       0       1          - (1 missing)\n"}},
		"a Job with an orphan":                         {controller("Job", "j", web, "") + pod("p", "", ""), nil, []string{"1         0       0       1          - (0 succeeded)\n"}},
		"a ReplicaSet of a Deployment with an invalid selector": {controller("Deployment", "d", web, "") + controller("ReplicaSet", "rs", `{"selector":{"matchLabels":{"a b":""}}}`, `,"labels":{"app":"web"},"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`), nil,
			[]string{"? (ReplicaSet x/rs has an invalid spec.selector)"}},
		"a Deployment and what is no ReplicaSet of it": {controller("Deployment", "d", web, "") + controller("StatefulSet", "s", web, `,"labels":{"app":"web"},"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`) + pod("p", "StatefulSet/s", ""), nil,
			[]string{"Deployment/d    app=web    1         0 "}},
		"owners in a circle": {controller("ReplicaSet", "a", web, `,"ownerReferences":[{"kind":"ReplicaSet","name":"b","uid":"ReplicaSet-b","controller":true}]`) + controller("ReplicaSet", "b", web, `,"ownerReferences":[{"kind":"ReplicaSet","name":"a","uid":"ReplicaSet-a","controller":true}]`) + pod("p", "ReplicaSet/a", ""),
			[]string{"why", "p"}, []string{"topmost controller: ReplicaSet/b, in a circle of owners"}},
		"a controller without UID":                 {`{"kind":"ReplicaSet","metadata":{"namespace":"x","name":"rs"},"spec":` + web + `}` + pod("p", "", ""), []string{"-v"}, []string{"? (no UID)", "not considered: the controller has no UID"}},
		"a ReplicationController without selector": {controller("ReplicationController", "rc", `{}`, "") + pod("p", "", ""), nil, []string{"<nothing>   1         0       0       0          ? (no selector)"}},
		"an owner in another namespace":            {controller("ReplicaSet", "rs", web, "") + strings.Replace(pod("p", "ReplicaSet/rs", ""), `"x"`, `"y"`, 1) + pod("q", "", ""), []string{"-v"}, []string{"1         0       0       1          adopt q\n", "y/p: no phase, not ready\n   is controlled by ReplicaSet/rs of namespace x, which cannot own it\n"}},
		"-v names all that match by label":         {many, []string{"-v"}, []string{"   p7: matches and has no controller, to be adopted\n\n"}},
		"as many names as fit":                     {controller("ReplicaSet", "rs", `{"replicas":3,"selector":{"matchLabels":{"app":"web"}}}`, "") + pod("a", "", "") + pod("b", "", "") + pod("c", "", ""), nil, []string{"adopt a, adopt b, adopt c\n"}},
		"containers of all sorts": {pod("p", "", `,"status":{"phase":"Running","initContainerStatuses":[{"name":"i","restartCount":1}],"containerStatuses":[{"name":"ok"},{"name":"c","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}],"ephemeralContainerStatuses":[{"name":"e","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}`), []string{"-v"},
			[]string{"\n   container i: 1 restart\n   container c: 2 restarts, CrashLoopBackOff, last exit code 137 = 128 + 9 (SIGKILL), OOMKilled\n   container e: 0 restarts, last exit code 0, Completed\n"}},
		"a hostile table":             {controller("ReplicaSet", "rs", web, `,"labels":{"app":"\u001b[2Jx\u202ey"}`), []string{"-L", "app"}, []string{"\uFFFD[2Jx\uFFFDy\n"}},
		"text that HTML would escape": {pod("p", "", `,"status":{"message":"a < b & c"}`), []string{"-o", "json"}, []string{`"message": "a < b & c"`}},
		"a Deployment's pod that failed": {controller("Deployment", "d", web, "") + controller("ReplicaSet", "rs", web, `,"labels":{"app":"web"},"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`) +
			pod("p", "ReplicaSet/rs", `,"status":{"phase":"Failed"}`), []string{"-v"}, []string{"Deployment/d: matches, but is not counted by ReplicaSet/rs", "topmost controller: Deployment/d"}},
		"a Deployment that is gone": {controller("ReplicaSet", "rs", web, `,"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`) + pod("p", "ReplicaSet/rs", ""),
			[]string{"-v"}, []string{"topmost controller: Deployment/d, which is not in the dump"}},
		"a Deployment in the middle of an update": {controller("Deployment", "d", `{"replicas":4,"selector":{"matchLabels":{"app":"web"}}}`, "") +
			controller("ReplicaSet", "new", strings.Replace(web, "}}", `,"v":"2"}}`, 1), `,"labels":{"app":"web"},"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`) +
			controller("ReplicaSet", "old", strings.Replace(web, "}}", `,"v":"1"}}`, 1), `,"labels":{"app":"web"},"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`) +
			strings.Replace(pod("p", "ReplicaSet/new", ""), `"app":"web"`, `"app":"web","v":"2"`, 1) + strings.Replace(pod("q", "ReplicaSet/old", ""), `"app":"web"`, `"app":"web","v":"1"`, 1) +
			strings.Replace(pod("r", "ReplicaSet/old", ""), `"app":"web"`, `"app":"web","v":"1"`, 1),
			nil, []string{"Deployment/d     app=web       4         3       0       3          - (1 missing)"}},
		"two that would adopt the same": {controller("ReplicaSet", "a", web, "") + controller("ReplicaSet", "b", web, "") + pod("p", "", ""), []string{"-v"},
			[]string{"adopt p (others would adopt p too, and the first gets it)", "has no controller, and of the 2 that would adopt it the first gets it\n"}},
		"an owner that does not control": {controller("ReplicaSet", "rs", strings.Replace(web, "web", "db", 1), "") + strings.Replace(pod("p", "ReplicaSet/rs", ""), `"controller":true`, `"controller":false`, 1), []string{"-v"},
			[]string{"has no controller, ReplicaSet/rs owns it without controlling it\n"}},
		"what the API says of a pod": {pod("p", "", `,"status":{"phase":"Failed","reason":"Evicted","message":"The node was low on memory."}`), []string{"why", "p"}, []string{"x/p: Failed (Evicted)\n   The node was low on memory.\n"}},
		"many orphans of nobody":     {many[len(controller("ReplicaSet", "rs", web, "")):], nil, []string{"\nControlled by nobody:\n   x/p0: has no controller", "   and 3 more (-v names them)\n", "8 pods and no controllers (-v tells of every pod)"}},
		"restarts of a pod that is not ready": {pod("p", "", `,"status":{"phase":"Running","containerStatuses":[{"name":"a","restartCount":3},{"name":"b","restartCount":1}]}`), nil,
			[]string{"\nRestarted and not ready:\n   x/p: container a: 3 restarts; container b: 1 restart\n"}},
		"the time of the roll call":            {controller("ReplicaSet", "rs", web, "") + pod("p", "", ""), []string{"-o", "wide", "--now", "2026-01-03T01:00:00+01:00"}, []string{"\nAs of 2026-01-03T00:00:00Z.\n"}},
		"an orphan that a Deployment matches":  {controller("Deployment", "d", web, "") + pod("p", "", ""), []string{"-v"}, []string{"a Deployment adopts ReplicaSets, not pods"}},
		"somebody's that a Deployment matches": {controller("Deployment", "d", web, "") + pod("p", "Job/j", ""), []string{"-v"}, []string{"Deployment/d: matches, but is controlled by Job/j"}},
		"an orphan near a Deployment":          {controller("Deployment", "d", strings.Replace(web, `"web"`, `"db"`, 1), "") + pod("p", "", ""), []string{"-v"}, []string{`Deployment/d: label app is "web", want "db"`}},
		"a Deployment that goes":               {controller("Deployment", "d", web, `,"deletionTimestamp":"2026-01-01T00:00:00Z"`), nil, []string{"- (being deleted)"}},
		"an invalid selector and its pod":      {controller("ReplicaSet", "rs", `{"selector":{"matchLabels":{"a b":""}}}`, "") + pod("p", "ReplicaSet/rs", ""), []string{"-v"}, []string{"ReplicaSet/rs: not known: invalid spec.selector"}},
		"a Job at work":                        {controller("Job", "j", `{"selector":{"matchLabels":{"app":"web"}},"parallelism":3}`, "") + pod("p", "Job/j", ""), nil, []string{"3         1       0       1          - (0 succeeded)"}},
		"a suspended Job":                      {controller("Job", "j", `{"suspend":true,"selector":{}}`, "") + pod("p", "", ""), nil, []string{"- (suspended)"}},
		"many orphans":                         {many, nil, []string{"adopt 8 pods, delete 7", "and 3 more (-v names them)"}},
		"near misses":                          {near + pod("p", "", ""), []string{"-v"}, []string{"2 other controllers: do not match either"}},
		"a pod that goes":                      {controller("ReplicaSet", "rs", web, "") + pod("p", "ReplicaSet/rs", `,"status":{"phase":"Running"}`)[:0] + `{"kind":"Pod","metadata":{"namespace":"x","name":"p","deletionTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"web"},"ownerReferences":[{"kind":"ReplicaSet","name":"rs","uid":"ReplicaSet-rs","controller":true}]},"status":{"phase":"Running","containerStatuses":[{"name":"c","restartCount":1,"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}}`, []string{"-v"}, []string{"x/p: Running, to be gone by 2026-01-01T00:00:00Z", "is being deleted: not active", "container c: 1 restart, last exit code 1, Error"}},
		"control characters":                   {pod("p", "", `,"status":{"phase":"Failed","reason":"\u001b[2J\nx"}`), []string{"-v"}, []string{"x/p: Failed (\uFFFD[2J\uFFFDx)"}},
		"ages":                                 {controller("ReplicaSet", "rs", web, `,"creationTimestamp":"2026-01-01T00:00:00Z"`) + pod("p", "", ""), []string{"-o", "wide", "--now", "2026-01-03T00:00:00Z", "-L", "example.com/name"}, []string{"AGE   NAME\n", "2d    \n"}},
		"no age":                               {controller("ReplicaSet", "rs", web, "") + pod("p", "", ""), []string{"-o", "wide"}, []string{"<unknown>"}},
	} {
		stdout, _, _ := runWith(tt.input, append(tt.args, "-")...)
		for _, want := range tt.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: want %q in\n%s", name, want, stdout)
			}
		}
	}
}

// Any input whatever is read without panic, ends with the right exit code, and gives JSON that can be read.
func FuzzReadDump(f *testing.F) {
	for _, seed := range []string{
		"", "{", "[]", "null", `{"items":[]}`, `{"items":[null,1,{}]}`, `{"kind":"Pod","metadata":{"name":"p"}}`,
		`{"items":[{"kind":"ReplicaSet","metadata":{"uid":"r","name":"r"},"spec":{"replicas":-1,"selector":{"matchExpressions":[{"key":"a","operator":"NotIn","values":["b"]}]}}},{"kind":"Pod","metadata":{"name":"p","uid":"p","ownerReferences":[{"uid":"p","controller":true}]}}]}`,
		`{"kind":"Job","metadata":{"name":"j"},"spec":{"completions":-5,"parallelism":9}}{"kind":"DaemonSet","metadata":{"name":"d","uid":"d"},"spec":{"selector":{}}}`,
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
	dump := dumpOf(b, 5000)
	b.Run("pods=5000", func(b *testing.B) {
		b.SetBytes(int64(len(dump)))
		b.ReportAllocs()
		for b.Loop() {
			var stdout, stderr bytes.Buffer
			if code := run([]string{"-"}, strings.NewReader(dump), &stdout, &stderr); code != exitOK {
				b.Fatal(stderr.String())
			}
		}
	})
}
