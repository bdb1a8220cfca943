package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/replica"
)

// runWith runs the program and returns what it prints and its exit code.
func runWith(stdin string, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), code
}

// Every output form of the embedded cluster is compared with a golden file.
func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"table", nil},
		{"wide", []string{"-o", "wide", "-L", "app,pod-template-hash"}},
		{"json", []string{"-o", "json"}},
		{"labels", []string{"-l", "app in (foo,frontend,kubia)"}},
		{"labels-json", []string{"-l", "run=myapp,pod-template-hash!=6c4969cbd", "-o", "json"}},
		{"verbose", []string{"-v", "-L", "app"}},
		{"why-released", []string{"why", "kubia-kw54n"}},
		{"why-excluded", []string{"why", "shop/myapp-5788c96685-5rlzf"}},
		{"why-crashing", []string{"why", "kubia-28pq4"}},
		{"why-evicted", []string{"why", "frontend-v2-njhsz"}},
		{"why-json", []string{"-o", "json", "why", "myapp-6c4969cbd-2x2lh"}},
		{"help", []string{"-h"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stdout, stderr, code := runWith("", tt.args...)
			if code != exitOK || stderr != "" {
				t.Errorf("exit code %d, standard error %q", code, stderr)
			}
			check.Golden(t, filepath.Join("testdata", tt.name+".golden"), stdout)
		})
	}
}

// Upstream deletes pod a for every order of arrival: the pods are ready within one power of two of time, so
// their UIDs decide, and not their restarts.
func TestDeletionOrder(t *testing.T) {
	stdout, stderr, code := runWith("", "-now", "2026-03-01T11:00:00Z", "-o", "json", "testdata/deletion-order.json")
	var got struct {
		Controllers []struct{ Delete []struct{ Pod, Rule string } }
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, standard error %q, %v", code, stderr, err)
	}
	if d := got.Controllers[0].Delete; len(d) != 1 || d[0].Pod != "a" || d[0].Rule != "similarReadyTime" {
		t.Errorf("deletes %+v, want pod a by rule similarReadyTime", d)
	}
}

// The output is the same for the embedded cluster, standard input and a file.
func TestSameFromEverywhere(t *testing.T) {
	for _, args := range [][]string{nil, {"-v"}, {"-o", "json"}, {"why", "db-0"}} {
		embedded, _, _ := runWith("", args...)
		piped, _, _ := runWith(shop, append(args, "-")...)
		fromFile, _, _ := runWith("", append([]string{"-n", "shop"}, append(args, "shop.json")...)...)
		if embedded != piped || embedded != fromFile {
			t.Errorf("%q: the embedded dump, standard input and the file give different output", args)
		}
	}
}

// shopRoll is the embedded cluster's roll call as another program reads it.
func shopRoll(t *testing.T, dump string) (r roll) {
	t.Helper()
	stdout, stderr, code := runWith(dump, "-o", "json", "-v", "-")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// What kubectl get showed of this cluster, and what one has to know of its pods.
func TestTruthOfShop(t *testing.T) {
	r := shopRoll(t, shop)
	type counts struct{ desired, owned, ready, labelOnly int }
	got := map[string]counts{}
	for _, c := range r.Controllers {
		if len(c.Next) > 0 {
			t.Errorf("%s/%s: next %v, want nothing", c.Kind, c.Name, c.Next)
		}
		got[c.Kind+"/"+c.Name] = counts{c.Desired, c.Owned, c.Ready, c.LabelOnly}
	}
	want := map[string]counts{
		"ReplicationController/kubia": {3, 3, 2, 6},
		"ReplicaSet/kubia":            {3, 3, 3, 6},
		"ReplicaSet/frontend":         {2, 2, 2, 6},
		"ReplicaSet/frontend-v2":      {3, 3, 3, 6},
		"ReplicaSet/myapp-5788c96685": {0, 0, 0, 0},
		"ReplicaSet/myapp-6c4969cbd":  {3, 3, 3, 3},
		"Deployment/myapp":            {3, 3, 3, 3},
		"DaemonSet/ssd-monitor":       {2, 2, 2, 2},
		"StatefulSet/db":              {2, 2, 2, 2},
		"Job/report":                  {0, 0, 0, 2},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(counts{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	for _, tt := range []struct {
		pod, owner, root string
		counted          bool
		reason           string
	}{
		{"kubia-kw54n", "", "", false, `ReplicaSet/kubia: not selected (label app is "foo", want one of [kubia]), no controller`},
		{"myapp-5788c96685-5rlzf", "", "", false, `not selected (label exclude is "true", want none of [true]), no controller`},
		{"kubia-manual", "", "", false, "has no controller"},
		{"frontend-v2-njhsz", "ReplicaSet/frontend-v2", "ReplicaSet/frontend-v2", false, "phase Failed: not active (Evicted)"},
		{"kubia-28pq4", "ReplicationController/kubia", "ReplicationController/kubia", true, "owned and selected; counted; NotReady"},
		{"myapp-6c4969cbd-2x2lh", "ReplicaSet/myapp-6c4969cbd", "Deployment/myapp", true, "owned and selected; counted; Available"},
		{"ssd-monitor-865hh", "DaemonSet/ssd-monitor", "DaemonSet/ssd-monitor", true, "owned and selected: counted on node-0, Available"},
		{"report-4tp8j", "Job/report", "Job/report", false, "phase Succeeded: not active"},
	} {
		p := findPod(r, tt.pod)
		if p == nil || p.Owner != tt.owner || p.Root != tt.root || p.Counted != tt.counted || !strings.Contains(p.Reason, tt.reason) {
			t.Errorf("%s\n got %+v\nwant %+v", tt.pod, p, tt)
		}
	}
	if re := findPod(r, "kubia-28pq4").Restarts; len(re) != 1 || re[0].Count != 7 || re[0].Meaning != "137 = 128 + 9 (SIGKILL)" {
		t.Errorf("the crashing pod's restarts: %+v", re)
	}
	// The counts of the controllers are those of the pods.
	perOwner := map[string]int{}
	for _, p := range r.Pods {
		if p.Counted {
			perOwner[p.Owner]++
		}
	}
	for _, c := range r.Controllers {
		if name := c.Kind + "/" + c.Name; c.Kind != "Deployment" && perOwner[name] != c.Owned {
			t.Errorf("%s owns %d, %d pods say that it counts them", name, c.Owned, perOwner[name])
		}
	}
}

func findController(r roll, ref string) *controller {
	for _, c := range r.Controllers {
		if c.Kind+"/"+c.Name == ref {
			return c
		}
	}
	return &controller{}
}

func findPod(r roll, name string) *pod {
	for _, p := range r.Pods {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// edit changes the embedded dump by one function over its objects, by "Kind/name".
func edit(t *testing.T, change func(name string, o map[string]any)) string {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal([]byte(shop), &d); err != nil {
		t.Fatal(err)
	}
	for _, item := range d["items"].([]any) {
		o := item.(map[string]any)
		change(o["kind"].(string)+"/"+o["metadata"].(map[string]any)["name"].(string), o)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// at returns the object at a path of keys.
func at(o map[string]any, path ...string) map[string]any {
	for _, key := range path {
		o = o[key].(map[string]any)
	}
	return o
}

func TestNext(t *testing.T) {
	dump := edit(t, func(name string, o map[string]any) {
		switch name {
		case "ReplicationController/kubia": // one more wanted, one orphan comes home
			at(o, "spec")["replicas"] = 5
		case "Pod/kubia-manual":
			at(o, "metadata", "labels")["app"] = "kubia"
		case "ReplicaSet/frontend":
			at(o, "spec")["replicas"] = 0
		case "ReplicaSet/kubia":
			at(o, "metadata")["deletionTimestamp"] = "2026-11-23T19:08:00Z"
		case "Pod/frontend-v2-22rpk":
			at(o, "metadata", "labels")["tier"] = "backend"
		case "Node/node-2": // the DaemonSet moves
			at(o, "metadata", "labels")["disk"] = "hdd"
		case "Node/node-4":
			at(o, "metadata", "labels")["disk"] = "ssd"
		case "Job/report":
			at(o, "status")["conditions"] = nil
			at(o, "status")["succeeded"] = 1
		}
	})
	r := shopRoll(t, dump)
	got, notes := map[string][]string{}, map[string]string{}
	for _, c := range r.Controllers {
		if len(c.Next) > 0 {
			got[c.Kind+"/"+c.Name] = c.Next
		}
		if c.Note != "" {
			notes[c.Kind+"/"+c.Name] = c.Note
		}
	}
	want := map[string][]string{
		"ReplicationController/kubia": {"adopt kubia-manual", "create 1"},
		"ReplicaSet/frontend":         {"delete 2"},
		"ReplicaSet/frontend-v2":      {"release frontend-v2-22rpk", "create 1"},
		"DaemonSet/ssd-monitor":       {"create 1", "delete 1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("next (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"node-4"}, findController(r, "DaemonSet/ssd-monitor").CreateOn); diff != "" {
		t.Errorf("nodes that get a pod (-want +got):\n%s", diff)
	}
	if got := findController(r, "ReplicaSet/frontend").Delete; len(got) != 2 || got[0].Rule != "noneStays" || got[0].Reason != replica.NoneStays.Phrase() {
		t.Errorf("pods that go: %+v", got)
	}
	wantNotes := map[string]string{"ReplicaSet/kubia": "being deleted", "Job/report": "1 of 2 succeeded", "DaemonSet/ssd-monitor": "1 misscheduled"}
	if diff := cmp.Diff(wantNotes, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if stdout, _, _ := runWith(dump, "-v", "-"); !strings.Contains(stdout, `
Next steps, pod by pod:
shop/ReplicationController/kubia
   adopt kubia-manual
   create 1
shop/ReplicaSet/frontend
   delete frontend-bxts5 (no pod stays)
   delete frontend-b4b2l (no pod stays)
shop/ReplicaSet/frontend-v2
   release frontend-v2-22rpk
   create 1
shop/DaemonSet/ssd-monitor
   create on node-4
   delete ssd-monitor-wqncg (its node should run no pod)
`) {
		t.Errorf("-v:\n%s", stdout)
	}
	if p := findPod(r, "kubia-manual"); p.Counted || !strings.Contains(p.Reason, "ReplicationController/kubia: selected, no controller: to be adopted") {
		t.Errorf("the orphan: %+v", p)
	}
	if p := findPod(r, "ssd-monitor-wqncg"); p.Counted || !strings.Contains(p.Reason, `but node-2 should run no pod: label disk is "hdd", want "ssd"`) {
		t.Errorf("the daemon pod on the relabelled node: %+v", p)
	}
	if stdout, _, code := runWith(dump, "--check", "-"); code != exitToDo || !strings.Contains(stdout, "adopt kubia-manual, create 1") {
		t.Errorf("--check: exit code %d\n%s", code, stdout)
	}
	if _, _, code := runWith(dump, "--check", "-n", "elsewhere", "-"); code != exitOK {
		t.Errorf("--check of another namespace: exit code %d, want 0", code)
	}
	unknown := objects(t, "DaemonSet/ds\nPod/p of DaemonSet/ds") // no nodes
	if stdout, _, code := runWith(unknown, "--check", "-"); code != exitToDo || !strings.Contains(stdout, "? (no nodes in the dump)") {
		t.Errorf("--check of what is not known: exit code %d, want 1\n%s", code, stdout)
	}
	if _, _, code := runWith("", "--check"); code != exitOK {
		t.Errorf("--check of the embedded cluster: exit code %d, want 0", code)
	}
}

// The time of the roll call decides who has been ready for long enough.
func TestNow(t *testing.T) {
	dump := edit(t, func(name string, o map[string]any) {
		if name == "ReplicaSet/frontend" {
			at(o, "spec")["minReadySeconds"] = 60
		}
	})
	for args, want := range map[string]string{
		"":                     "2026-11-23T19:07:39Z 0", // the newest time in the dump
		"2026-11-23T19:00:00Z": "2026-11-23T19:00:00Z 0",
		"2026-11-23T19:08:20Z": "2026-11-23T19:08:20Z 0",
		"2026-11-23T19:08:21Z": "2026-11-23T19:08:21Z 2",
	} {
		flags := []string{"-o", "json", "-"}
		if args != "" {
			flags = append(flags, "--now", args)
		}
		stdout, stderr, _ := runWith(dump, flags...)
		var r roll
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatal(err, stderr)
		}
		for _, c := range r.Controllers {
			if got := fmt.Sprint(r.Now.Format(time.RFC3339), " ", c.Available); c.Name == "frontend" && got != want {
				t.Errorf("--now %s: %s available, want %s", args, got, want)
			}
		}
	}
}

func TestBadUse(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		code   int
		stderr string
	}{
		{[]string{"-x"}, exitUsage, "rollcall: flag provided but not defined: -x (rollcall -h shows the usage)\n"},
		{[]string{"-o", "yaml"}, exitUsage, "rollcall: -o yaml: must be table, wide or json (rollcall -h shows the usage)\n"},
		{[]string{"--now", "noon"}, exitUsage, `rollcall: invalid value "noon" for flag -now: "noon": want a time as in 2006-01-02T15:04:05Z (rollcall -h shows the usage)` + "\n"},
		{[]string{"a.json", "-n", "x", "b.json"}, exitUsage, `rollcall: takes at most one file, got ["a.json" "b.json"] (rollcall -h shows the usage)` + "\n"},
		{[]string{"why", ""}, exitUsage, "rollcall: why: needs the name of a pod (rollcall -h shows the usage)\n"},
		{[]string{"--", "-n"}, exitProblem, "rollcall: open -n: no such file or directory\n"},
		{[]string{"why"}, exitUsage, "rollcall: why: needs the name of a pod (rollcall -h shows the usage)\n"},
		{[]string{"why", "nobody"}, exitUsage, "rollcall: why: no pod nobody in the embedded cluster\n"},
		{[]string{"why", "db-0", "-n", "elsewhere"}, exitUsage, "rollcall: why: no pod db-0 in namespace elsewhere in the embedded cluster\n"},
		{[]string{"-L", "app,"}, exitUsage, `rollcall: invalid value "app," for flag -L: empty key (rollcall -h shows the usage)` + "\n"},
		{[]string{"-l", "app in (kubia"}, exitUsage, `rollcall: invalid value "app in (kubia" for flag -l: found the end at offset 13 after "app in (kubia", want ',' or ')' (rollcall -h shows the usage)` + "\n"},
		{[]string{"-l", "-app,tier==="}, exitUsage, `rollcall: invalid value "-app,tier===" for flag -l: found "-" at offset 0, want a letter or digit at both ends` +
			"\n" + `found "=" at offset 11 after "-app,tier==", want a value, ',' or the end (rollcall -h shows the usage)` + "\n"},
		{[]string{"-l"}, exitUsage, "rollcall: flag needs an argument: -l (rollcall -h shows the usage)\n"},
		{[]string{"why", "db-0", "-l", "app=db"}, exitUsage, "rollcall: why: takes no -l, because it names its pod; -v -l shows every pod that matches (rollcall -h shows the usage)\n"},
		{[]string{"-l", "app == nobody"}, exitOK, "No resources found that match -l app=nobody.\n"},
		{[]string{"-l", "app=kubia", "-n", "elsewhere"}, exitOK, "No resources found in elsewhere namespace that match -l app=kubia.\n"},
		{[]string{"-l", "x>5,app,x<6"}, exitOK, "rollcall: -l app,x>5,x<6: no label set can match: x>5, x<6 contradict each other\n"},
		{[]string{"testdata"}, exitProblem, "rollcall: testdata: read testdata: is a directory\n"},
		{[]string{"-n", "elsewhere"}, exitOK, "No resources found in elsewhere namespace.\n"},
		{[]string{"no-such.json"}, exitProblem, "rollcall: open no-such.json: no such file or directory\n"},
	} {
		stdout, stderr, code := runWith("", tt.args...)
		if code != tt.code || stderr != tt.stderr || stdout != "" {
			t.Errorf("%q: exit code %d, want %d\n got %s%s\nwant %s", tt.args, code, tt.code, stdout, stderr, tt.stderr)
		}
	}
}

// A pod that is not found may be in the part that could not be read, and to do what is found is no answer to
// --check then.
func TestProblemsGoFirst(t *testing.T) {
	if _, stderr, code := runWith(shop[:len(shop)/2], "why", "nobody", "-"); code != exitProblem || !strings.Contains(stderr, "why: no pod nobody in standard input\n") {
		t.Errorf("why: exit code %d, %s", code, stderr)
	}
	dump := edit(t, func(name string, o map[string]any) {
		switch name {
		case "ReplicaSet/kubia":
			at(o, "spec")["replicas"] = 9
		case "Node/node-0":
			at(o, "metadata")["creationTimestamp"] = "x"
		}
	})
	if stdout, _, code := runWith(dump, "--check", "-"); code != exitProblem || !strings.Contains(stdout, "create 6") {
		t.Errorf("--check: exit code %d\n%s", code, stdout)
	}
}

// What -l shows is what the roll call says without it, of the objects whose own labels match.
func TestLabels(t *testing.T) {
	dump := edit(t, func(name string, o map[string]any) {
		switch name {
		case "ReplicationController/kubia", "ReplicaSet/frontend":
			at(o, "spec")["replicas"] = 5
		case "Pod/kubia-manual":
			delete(at(o, "metadata"), "labels")
		case "Pod/db-1":
			at(o, "metadata", "labels")["app"] = ""
		}
	})
	labels := map[string]map[string]string{} // of each object, by "Kind/name", of a pod by "name"
	for _, o := range readDump("", strings.NewReader(dump)).objects {
		labels[strings.TrimPrefix(o.Kind+"/"+o.Metadata.Name, "Pod/")] = o.Metadata.Labels
	}
	about := regexp.MustCompile(`(?m)^ *shop[/ ]+([^ :\n]+).*\n`) // a line about one object
	for text, matches := range map[string]func(map[string]string) bool{
		"":                               func(l map[string]string) bool { return true },
		"app":                            func(l map[string]string) bool { _, ok := l["app"]; return ok },
		"!app":                           func(l map[string]string) bool { _, ok := l["app"]; return !ok },
		"app=":                           func(l map[string]string) bool { app, ok := l["app"]; return ok && app == "" },
		"app=kubia":                      func(l map[string]string) bool { return l["app"] == "kubia" },
		"app!=kubia":                     func(l map[string]string) bool { return l["app"] != "kubia" },
		"app in (foo, kubia)":            func(l map[string]string) bool { return l["app"] == "foo" || l["app"] == "kubia" },
		"tier,track notin (canary)":      func(l map[string]string) bool { return l["tier"] != "" && l["track"] != "canary" },
		"apps.kubernetes.io/pod-index<1": func(l map[string]string) bool { return l["apps.kubernetes.io/pod-index"] == "0" },
		"!topology.kubernetes.io/zone":   func(l map[string]string) bool { return l["topology.kubernetes.io/zone"] == "" },
		"app,!app":                       func(l map[string]string) bool { return false },
	} {
		var want, got struct {
			Controllers, Pods []map[string]any
		}
		for into, args := range map[any][]string{&want: {"-"}, &got: {"-l", text, "-"}} {
			stdout, _, _ := runWith(dump, append(args, "-o", "json", "-v")...)
			if err := json.Unmarshal([]byte(stdout), into); err != nil {
				t.Fatal(err)
			}
		}
		want.Controllers = slices.DeleteFunc(want.Controllers, func(c map[string]any) bool {
			return !matches(labels[fmt.Sprint(c["kind"], "/", c["name"])])
		})
		want.Pods = slices.DeleteFunc(want.Pods, func(p map[string]any) bool { return !matches(labels[fmt.Sprint(p["name"])]) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-l %q, JSON (-want +got):\n%s", text, diff)
		}

		all, _, _ := runWith(dump, "-o", "wide", "-v", "-")
		shown, _, _ := runWith(dump, "-o", "wide", "-v", "-l", text, "-")
		var lines strings.Builder
		for _, line := range about.FindAllStringSubmatch(squeeze(all), -1) {
			if matches(labels[line[1]]) {
				lines.WriteString(line[0])
			}
		}
		if diff := cmp.Diff(lines.String(), strings.Join(about.FindAllString(squeeze(shown), -1), "")); diff != "" {
			t.Errorf("-l %q, text (-want +got):\n%s", text, diff)
		}
	}
	filtered, _, _ := runWith(dump, "why", "db-0", "-l", "", "-")
	if all, _, _ := runWith(dump, "why", "db-0", "-"); filtered != all {
		t.Errorf("why with an empty -l is\n%swithout it\n%s", filtered, all)
	}
}

// With -l, --check looks at the controllers that are shown.
func TestLabelsAndCheck(t *testing.T) {
	dump := edit(t, func(name string, o map[string]any) {
		if name == "ReplicaSet/frontend" {
			at(o, "spec")["replicas"] = 5
		}
	})
	for text, want := range map[string]int{
		"":              exitToDo,
		"app=frontend":  exitToDo,
		"app=kubia":     exitOK,
		"tier=frontend": exitOK, // its pods alone
		"app,!app":      exitOK,
	} {
		if _, _, code := runWith(dump, "--check", "-l", text, "-"); code != want {
			t.Errorf("--check -l %q: exit code %d, want %d", text, code, want)
		}
	}
}

// Controllers see the pods of their own namespace alone.
func TestNamespaces(t *testing.T) {
	var dump strings.Builder
	for _, ns := range []string{"b", "a"} {
		fmt.Fprintf(&dump, `{"kind":"ReplicaSet","metadata":{"namespace":%q,"name":"rs","uid":"rs-%s"},"spec":{"selector":{"matchLabels":{"app":"web"}}}}`, ns, ns)
		for _, name := range []string{"q", "p"} {
			fmt.Fprintf(&dump, `{"kind":"Pod","metadata":{"namespace":%q,"name":%q,"uid":"%s-%s","labels":{"app":"web"}}}`, ns, name, ns, name)
		}
	}
	stdout, _, _ := runWith(dump.String(), "-o", "json", "-v", "-")
	var r roll
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range r.Controllers {
		got = append(got, fmt.Sprint(c.Namespace, " ", c.Name, " ", c.LabelOnly, " ", c.Next))
	}
	for _, p := range r.Pods {
		line := fmt.Sprint(p.Namespace, " ", p.Name)
		for _, o := range p.Opinions {
			line += " " + o.UID
		}
		got = append(got, line)
	}
	want := []string{"a rs 2 [adopt p adopt q delete 1]", "b rs 2 [adopt p adopt q delete 1]", "a p rs-a", "a q rs-a", "b p rs-b", "b q rs-b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if stdout, _, _ := runWith(dump.String(), "-n", "a", "why", "p", "-"); stdout != "a/p: no phase, not ready\n   has no controller\n   ReplicaSet/rs: selected, no controller: to be adopted\n   ReplicaSet/rs is to delete it: no rule tells it from a pod that stays; Kubernetes may delete either\n" {
		t.Errorf("why in one namespace:\n%s", stdout)
	}
	if stdout, _, _ := runWith(dump.String(), "-", "why", "b/p"); !strings.HasPrefix(stdout, "b/p:") || strings.Contains(stdout, "a/p") {
		t.Errorf("why with the namespace in front:\n%s", stdout)
	}
	if stdout, _, _ := runWith(dump.String(), "why", "pod/p", "-"); !strings.Contains(stdout, "a/p:") || !strings.Contains(stdout, "b/p:") {
		t.Errorf("why in all namespaces:\n%s", stdout)
	}
}

func TestAge(t *testing.T) {
	o := &object{Metadata: metadata{CreationTimestamp: "2026-01-01T00:00:00Z"}}
	created := parseTime(o.Metadata.CreationTimestamp)
	for d, want := range map[time.Duration]string{
		-time.Hour: "0s", 119 * time.Second: "119s", 2 * time.Minute: "2m", 3*time.Hour - 1: "179m", 3 * time.Hour: "3h", 48*time.Hour - 1: "47h", 48 * time.Hour: "2d",
	} {
		if got := age(o, created.Add(d)); got != want {
			t.Errorf("after %v: %s, want %s", d, got, want)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestOutputThatFails(t *testing.T) {
	for _, args := range [][]string{nil, {"-o", "json"}} {
		var stderr bytes.Buffer
		if code := run(args, strings.NewReader(""), brokenWriter{}, &stderr); code != exitProblem || !strings.Contains(stderr.String(), "file already closed") {
			t.Errorf("%q: exit code %d, %q", args, code, stderr.String())
		}
	}
}

// On a terminal lines are coloured, and nothing else changes.
func TestColour(t *testing.T) {
	r := callRoll(readDump("shop.json", strings.NewReader(shop)), parseTime(""))
	var coloured, bare bytes.Buffer
	for out, colour := range map[*bytes.Buffer]bool{&coloured: true, &bare: false} {
		if err := (&printer{w: out, output: "wide", colour: colour}).print(r); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(coloured.String(), bold+"NAMESPACE") {
		t.Error("the header is not bold")
	}
	strip := strings.NewReplacer(plain, "", bold, "", yellow, "", red, "")
	if diff := cmp.Diff(bare.String(), strip.Replace(coloured.String())); diff != "" {
		t.Errorf("(-without +with colour):\n%s", diff)
	}
	if isTerminal(&coloured) {
		t.Error("a buffer is taken for a terminal")
	}
}

// Who pipes a dump and forgets the - must not take the embedded cluster for his own.
func TestPipedButNotRead(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	var stdout, stderr bytes.Buffer
	if code := run(nil, read, &stdout, &stderr); code != exitOK || stderr.String() != "rollcall: this is the embedded cluster; - reads standard input\n" {
		t.Errorf("exit code %d, standard error %q", code, stderr.String())
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	stderr.Reset()
	if run(nil, null, &stdout, &stderr); stderr.Len() > 0 {
		t.Errorf("without input, standard error %q", stderr.String())
	}
}
