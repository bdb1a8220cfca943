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
		"a list":                     `{"items":[` + rs + `,` + one + `,` + two + `],"kind":"List"}`,
		"single objects, one by one": rs + one + "\n" + two,
		"an array":                   "\ufeff[" + rs + "," + one + "," + two + "]",
		"typed lists, kind after":    rs + `{"items":[` + pod("1", "") + `,` + pod("2", "") + `],"kind":"PodList"}`,
		"the same pod twice":         rs + one + two + one,
		"unknown kinds in between":   rs + one + `{"items":[{"kind":"Service","spec":{"replicas":"x","selector":7}},{"kind":"ConfigMap"},{"kind":"Service"}]}` + two,
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
		"a controller that is not in the dump": {pod("p", "CronTab/c", ""), []string{"-v"}, []string{"is controlled by CronTab/c, which is not in the dump", "topmost controller: CronTab/c"}},
		"a mirror pod":                         {node("n1", "") + pod("p", "", `,"ownerReferences":0`)[:0] + `{"kind":"Pod","metadata":{"namespace":"x","name":"p","ownerReferences":[{"kind":"Node","name":"n1","uid":"node-n1","controller":true}]}}`, []string{"-v"}, []string{"is controlled by Node/n1, which counts no pods"}},
		"no selector":                          {controller("ReplicaSet", "rs", `{}`, "") + pod("p", "ReplicaSet/rs", ""), []string{"-v"}, []string{"<nothing>", "not released, because the selector matches nothing"}},
		"an empty selector":                    {controller("ReplicaSet", "rs", `{"selector":{}}`, "") + pod("p", "", ""), []string{"-v"}, []string{"<everything>", "1          create 1", "not adopted, because the selector is empty and matches everything"}},
		"no pods at all":                       {controller("ReplicaSet", "rs", web, ""), nil, []string{"create 1 (no pods in the dump)"}},
		"no nodes at all":                      {controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", on("n1")), []string{"-v"}, []string{"?         0       0       1          ? (no nodes in the dump)", "but n1 is not in the dump"}},
		"a daemon pod for no node":             {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", ""), []string{"-v"}, []string{"create 1", "but is for no node"}},
		"a daemon pod that waits for its node": {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", waitingFor), []string{"-v"}, []string{"counted on n1, NotReady"}},
		"a daemon pod with other affinity":     {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", strings.ReplaceAll(waitingFor, "In", "NotIn")), []string{"-v"}, []string{"but is for no node"}},
		"two daemon pods on a node":            {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "DaemonSet/ds", on("n1")) + pod("q", "DaemonSet/ds", on("n1")), []string{"-v"}, []string{"delete 1", "but another pod stands for n1"}},
		"a daemon pod to adopt":                {node("n1", "") + controller("DaemonSet", "ds", web, "") + pod("p", "", on("n1")), []string{"-v"}, []string{"1         0       0       1          adopt p", "to be adopted"}},
		"a tainted node":                       {node("n1", `,"spec":{"taints":[{"effect":"NoSchedule"}]}`) + controller("DaemonSet", "ds", web, "") + pod("p", "", ""), nil, []string{"(node affinity and taints not looked at)"}},
		"a Deployment's pod that failed": {controller("Deployment", "d", web, "") + controller("ReplicaSet", "rs", web, `,"labels":{"app":"web"},"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`) +
			pod("p", "ReplicaSet/rs", `,"status":{"phase":"Failed"}`), []string{"-v"}, []string{"Deployment/d: matches, but is not counted by ReplicaSet/rs", "topmost controller: Deployment/d"}},
		"a Deployment that is gone": {controller("ReplicaSet", "rs", web, `,"ownerReferences":[{"kind":"Deployment","name":"d","uid":"Deployment-d","controller":true}]`) + pod("p", "ReplicaSet/rs", ""),
			[]string{"-v"}, []string{"topmost controller: Deployment/d, which is not in the dump"}},
		"an orphan that a Deployment matches":  {controller("Deployment", "d", web, "") + pod("p", "", ""), []string{"-v"}, []string{"a Deployment adopts ReplicaSets, not pods"}},
		"somebody's that a Deployment matches": {controller("Deployment", "d", web, "") + pod("p", "Job/j", ""), []string{"-v"}, []string{"Deployment/d: matches, but is controlled by Job/j"}},
		"an orphan near a Deployment":          {controller("Deployment", "d", strings.Replace(web, `"web"`, `"db"`, 1), "") + pod("p", "", ""), []string{"-v"}, []string{`Deployment/d: label app is "web", want "db"`}},
		"a Deployment that goes":               {controller("Deployment", "d", web, `,"deletionTimestamp":"2026-01-01T00:00:00Z"`), nil, []string{"- (being deleted)"}},
		"an invalid selector and its pod":      {controller("ReplicaSet", "rs", `{"selector":{"matchLabels":{"a b":""}}}`, "") + pod("p", "ReplicaSet/rs", ""), []string{"-v"}, []string{"ReplicaSet/rs: not known: invalid spec.selector"}},
		"a Job at work":                        {controller("Job", "j", `{"selector":{"matchLabels":{"app":"web"}},"parallelism":3}`, "") + pod("p", "Job/j", ""), nil, []string{"3         1       0       1          - (0 succeeded)"}},
		"a suspended Job":                      {controller("Job", "j", `{"suspend":true,"selector":{}}`, "") + pod("p", "", ""), nil, []string{"- (suspended)"}},
		"many orphans":                         {many, nil, []string{"adopt 8 pods, delete 7", "and 3 more (-v names them)"}},
		"near misses":                          {near + pod("p", "", ""), []string{"-v"}, []string{"2 other controllers: do not match either"}},
		"a pod that goes":                      {controller("ReplicaSet", "rs", web, "") + pod("p", "ReplicaSet/rs", `,"status":{"phase":"Running"}`)[:0] + `{"kind":"Pod","metadata":{"namespace":"x","name":"p","deletionTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"web"},"ownerReferences":[{"kind":"ReplicaSet","name":"rs","uid":"ReplicaSet-rs","controller":true}]},"status":{"phase":"Running","containerStatuses":[{"name":"c","restartCount":1,"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}}`, []string{"-v"}, []string{"x/p: Running, being deleted", "is being deleted: not active", "container c: 1 restart, last exit code 1, Error"}},
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
