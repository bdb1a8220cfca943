//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/probe"
)

// asProgram is the environment variable that makes the test binary the program.
const asProgram = "LIVENESS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" || len(os.Args) == 3 && os.Args[1] == storyCommand {
		main()
	}
	os.Exit(m.Run())
}

// A fake is the server of the demonstration without a process: it answers five requests and ignores SIGTERM.
type fake struct {
	requests int
	starts   int
}

func (f *fake) start() (*process, error) {
	f.requests = 0
	f.starts++
	exited := make(chan probe.ExitCode, 1)
	return &process{
		pid:    f.starts,
		exited: exited,
		stop:   func(grace time.Duration) { time.Sleep(grace); exited <- 137 },
		kill:   func() { exited <- 137 },
	}, nil
}

func (f *fake) ask(_ context.Context, k probe.Kind) (probe.Outcome, string) {
	if time.Sleep(time.Duration(k) * time.Millisecond); k != probe.Liveness {
		return probe.Passed, "connected"
	}
	if f.requests++; f.requests > 5 {
		return probe.HTTPOutcome(500, nil), "HTTP status 500"
	}
	return probe.HTTPOutcome(200, nil), "HTTP status 200"
}

// story runs the demonstration with a fake in virtual time, and returns the output.
func story(t *testing.T, form string, length time.Duration, once bool) string {
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		o, err := parseOptions(nil, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		f := fake{}
		k := kubelet{
			spec: o.container.ContainerSpec, speed: 1, start: f.start, ask: f.ask, print: newPrinter(&out, form).print,
		}
		if err := k.run(nil, length, once); err != nil {
			t.Error(err)
		}
	})
	return out.String()
}

// The whole output. With real processes, times and ports differ.
func TestGolden(t *testing.T) {
	var help bytes.Buffer
	if code := run([]string{"-h"}, nil, &help, io.Discard); code != exitOK {
		t.Errorf("-h: exit code %d", code)
	}
	for _, tt := range []struct{ name, got string }{
		{"help", help.String()},
		{"story", story(t, "table", 4*time.Minute, false)},
		{"once", story(t, "table", 0, true)},
		{"json", story(t, "json", 72*time.Second, false)},
	} {
		t.Run(tt.name, func(t *testing.T) { check.Golden(t, "testdata/"+tt.name+".golden", tt.got) })
	}
}

// play runs the program in this process, and returns the reports and the exit code.
func play(t *testing.T, args ...string) (log []report, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(append([]string{"-o", "json"}, args...), nil, &out, &errs)
	if errs.Len() > 0 {
		t.Errorf("%v: %s", args, &errs)
	}
	return readLog(t, out.String()), code
}

// readLog reads the output of -o json. Of an action, it keeps only the kill, in Why.
func readLog(t *testing.T, text string) (log []report) {
	t.Helper()
	for line := range strings.Lines(text) {
		if line == "\n" {
			continue
		}
		var r struct {
			report
			Action any `json:"action"`
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		r.report.Why += killText(r.Action)
		log = append(log, r.report)
	}
	return log
}

// killText returns a text for an action that kills.
func killText(action any) string {
	if kind, found := action.(map[string]any)["kill"]; found {
		return fmt.Sprint(" kill for ", kind)
	}
	return ""
}

// gone fails unless every process in the log, and its group, has exited. A zombie has exited.
func gone(t *testing.T, log []report) {
	t.Helper()
	named := 0
	for _, r := range log {
		if r.PID == 0 {
			continue
		}
		named++
		if left := living(r.PID); left != "" {
			t.Errorf("left behind: %s", left)
		}
	}
	if named == 0 {
		t.Error("no process was started")
	}
}

// living lists the processes of a group, except zombies.
func living(pgid int) string {
	var found []string
	for _, p := range processes() {
		if words := strings.Fields(p); words[0] == strconv.Itoa(pgid) && !strings.HasPrefix(words[1], "Z") {
			found = append(found, p)
		}
	}
	return strings.Join(found, "\n")
}

// processes lists all processes: group, state, and more.
func processes() (list []string) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		panic(err)
	}
	for _, file := range stats {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // the process has exited
		}
		// pid (command) state parent group …
		i := bytes.LastIndexByte(stat, ')')
		words := strings.Fields(string(stat[i+1:]))
		args, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		list = append(list, fmt.Sprintf("%s %s %s %s", words[2], words[0], stat[:i+1], bytes.ReplaceAll(args, []byte{0}, []byte{' '})))
	}
	if len(list) > 0 {
		return list
	}
	out, err := exec.Command("ps", "-A", "-o", "pgid=,stat=,pid=,args=").Output() // a system without /proc
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(out)) {
		list = append(list, strings.TrimSpace(line))
	}
	return list
}

// The demonstration with real processes, fifty times as fast: the server is killed after three failures in a
// row, exits with 137 and restarts, and no process is left.
func TestStory(t *testing.T) {
	log, code := play(t, "-speed", "50", "-for", "8m") // 4 min suffice on an idle machine
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	gone(t, log)
	run, kills, restarts, listens := 0, 0, 0, false
	passes := map[int]int{}
	for _, r := range log {
		e := r.Event
		if e.Type == probe.Answered && e.Attempt.Kind == probe.Liveness && !r.Ignored {
			switch e.Outcome {
			case probe.Passed:
				run = 0
				passes[e.Attempt.RestartCount]++
			case probe.Failed:
				run++
			}
		}
		switch {
		case strings.Contains(r.Why, "kill for liveness"):
			kills++
			if run != 3 || r.ResultRun != 3 || r.FailureThreshold != 3 {
				t.Errorf("killed after %d failures in a row: %+v", run, r)
			}
		case strings.Contains(r.Why, "kill"):
			t.Errorf("killed: %+v", r)
		case e.Type == probe.Exited && e.ExitCode == 143 && r.Ending && !listens:
			// The time was over before the server listened, and perhaps before it ignored SIGTERM.
		case e.Type == probe.Exited && r.Event.ExitCode != 137:
			t.Errorf("ended with %v", e.ExitCode)
		case e.Type == probe.Exited:
			if run = 0; r.LastExit != "137 = 128 + 9 (SIGKILL)" {
				t.Errorf("explained as %q", r.LastExit)
			}
		case e.Type == probe.Started:
			if r.Restarts != restarts {
				t.Errorf("%d restarts, want %d", r.Restarts, restarts)
			}
			restarts++
		}
		if !r.Ending { // the startup probe of a deleted container is over at once
			listens = r.Started
		}
	}
	if kills < 2 || restarts < 3 || passes[0] > 5 || passes[0] == 0 {
		t.Errorf("%d kills, %d starts, %d successes before the first restart; want at least 2, 3, and 1 to 5",
			kills, restarts, passes[0])
	}
}

// A signal ends the program, the command and its children, even orphaned ones.
func TestSignal(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) { testSignal(t, s) })
	}
}

func testSignal(t *testing.T, s syscall.Signal) {
	c := exec.Command(os.Args[0], "-o", "json", "-speed", "10", "-readiness", "exec [true] period=1s",
		"sh", "-c", "sleep 1000 & (sleep 1000 &) ; wait")
	c.Env = append(os.Environ(), asProgram+"=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	lines := json.NewDecoder(out)
	for {
		var r json.RawMessage
		if err := lines.Decode(&r); err != nil {
			t.Fatal(err)
		}
		text.Write(append(r, '\n'))
		if strings.Contains(string(r), `"ready":true`) {
			break
		}
	}
	if err := c.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(io.MultiReader(lines.Buffered(), out))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("the program: %v", err)
	}
	log := readLog(t, text.String()+string(rest))
	gone(t, log)
	last := log[len(log)-1]
	if last.Event.Type != probe.Exited || last.LastExitCode == nil || *last.LastExitCode != 143 {
		t.Errorf("last report: %+v; want the exit code 143", last)
	}
}

// A second signal kills a command that ignores SIGTERM.
func TestSecondSignal(t *testing.T) {
	signals := make(chan os.Signal, 2)
	k := kubelet{
		speed: 1,
		start: func() (*process, error) {
			return start([]string{"sh", "-c", `trap "" TERM; while :; do sleep 1; done`}, surroundings{})
		},
	}
	began := time.Now()
	var log []report
	k.print = func(r *report) error {
		if r.Event.Type == probe.Started {
			signals <- syscall.SIGINT
			signals <- syscall.SIGINT
		}
		log = append(log, *r)
		return nil
	}
	if err := k.run(signals, 0, false); err != nil {
		t.Error(err)
	}
	gone(t, log)
	if took := time.Since(began); took >= 30*time.Second {
		t.Errorf("took %v", took)
	}
}

// A failure to write the output ends the program and the command.
func TestBrokenOutput(t *testing.T) {
	broken := fmt.Errorf("broken pipe")
	k := kubelet{
		speed: 1,
		start: func() (*process, error) { return start([]string{"sleep", "1000"}, surroundings{}) },
	}
	var log []report
	k.print = func(r *report) error {
		log = append(log, *r)
		return broken
	}
	if err := k.run(nil, 0, false); err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
	if code := run([]string{"true"}, nil, failing{}, io.Discard); code != exitProblem {
		t.Errorf("exit code %d", code)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Commands from arguments and from a file, with probes of each kind that the program supports.
func TestCommands(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "container.json")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.WriteFile(manifest, fmt.Appendf(nil, `{
		"name": "main", "image": "busybox", "command": ["sh", "-c"], "args": ["touch $READY; sleep 1000"],
		"workingDir": %q, "env": [{"name": "READY", "value": "ready"}], "ports": [{"name": "web", "containerPort": %d}],
		"startupProbe": {"tcpSocket": {"port": "web"}, "periodSeconds": 1},
		"readinessProbe": {"exec": {"command": ["sh", "-c", "test -e $READY"]}, "periodSeconds": 1},
		"livenessProbe": {"httpGet": {"port": "wbe"}, "failureThreshold": 10, "periodSeconds": 1}
	}`, dir, l.Addr().(*net.TCPAddr).Port), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want []string // lines with these prefixes, in this order
	}{
		{"exit code 0", []string{"-restart-policy", "OnFailure", "true"}, []string{"Started, Running, ready", "Exited with 0, Completed"}},
		{"exit code 3", []string{"-restart-policy", "Never", "sh", "-c", "exit 3"}, []string{"Exited with 3, Error"}},
		{"killed by a signal", []string{"-restart-policy", "Never", "sh", "-c", "kill -SEGV $$"}, []string{"Exited with 139 = 128 + 11 (SIGSEGV), Error"}},
		{"restarts with back-off", []string{"-speed", "100", "-for", "45s", "false"}, []string{
			"Exited with 1, Error", "Started, Running, ready, 1 restarts", "Exited with 1, CrashLoopBackOff, 1 restarts", "Started, Running, ready, 2 restarts",
		}},
		{"an exec probe fails", []string{"-speed", "10", "-once", "-liveness", "exec [test -e " + dir + "/not] period=1s #failure=2", "sleep", "1000"}, []string{
			"Liveness Failed, Running, ready: exit code 1", "Liveness Failed, Running, ready: exit code 1 kill for liveness", "Exited with 143 = 128 + 15 (SIGTERM), Error", "Started, Running, ready, 1 restarts",
		}},
		{"an exec probe exceeds its timeout", []string{"-once", "-liveness", "exec [sh -c sleep${IFS}1000&wait] timeout=1s #failure=1", "sleep", "1000"}, []string{
			"Liveness Failed, Running, ready: no exit within 1s kill for liveness",
		}},
		{"an exec probe that cannot run is Errored", []string{"-speed", "10", "-for", "5s", "-liveness", "exec [" + dir + "/not] period=1s #failure=1", "sleep", "1000"}, []string{
			"Liveness Errored, Running, ready: fork/exec " + dir + "/not: no such file or directory", "Deleted, Running, ready: the time of -for is over",
		}},
		{"from a file; an unknown port name is Failed", []string{"-speed", "10", "-once", "-f", manifest}, []string{
			"Started, Running", "Startup Passed, Running", "Readiness Passed, Running, ready", `Liveness Failed, Running, ready: the container has no port named "wbe"`, `Liveness Failed, Running, ready: the container has no port named "wbe" kill for liveness`,
		}},
		{"flags take precedence over the file, in any order", []string{"-speed", "10", "-for", "5s", "-liveness", "exec [true] period=1s", "-f", manifest, "-grace", "5"}, []string{
			"Startup Passed", "Liveness Passed", "Deleted", "Exited with 143",
		}},
		{"a command in the arguments takes precedence", []string{"-f", manifest, "-restart-policy", "Never", "sh", "-c", "exit 4"}, []string{"Exited with 4, Error"}},
		{"the children of an exec probe are killed", []string{"-speed", "10", "-for", "5s", "-readiness", "exec [sh -c sleep${IFS}54321&] period=1s", "sleep", "1000"}, []string{
			"Readiness Passed", "Deleted",
		}},
		{"the program does not wait for attempts", []string{"-speed", "10", "-for", "5s", "-readiness", "exec [sleep 600] timeout=600s", "sleep", "1000"}, []string{
			"Deleted", "Exited with 143",
		}},
		{"failures beyond the threshold", []string{"-speed", "10", "-for", "5s", "-readiness", "exec [false] period=1s #failure=1", "sleep", "1000"}, []string{
			"Readiness Failed", "Readiness Failed",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log, code := play(t, tt.args...)
			if code != exitOK {
				t.Errorf("exit code %d", code)
			}
			gone(t, log)
			for _, p := range processes() {
				if strings.Contains(p, "54321") {
					t.Errorf("left behind: %s", p)
				}
			}
			var lines []string
			for _, r := range log {
				line := fmt.Sprintf("%v, %s", r.Event, r.Status)
				if r.Ready {
					line += ", ready"
				}
				if r.Restarts > 0 {
					line += fmt.Sprintf(", %d restarts", r.Restarts)
				}
				if r.Why != "" {
					line += ": " + r.Why
				}
				lines = append(lines, line)
			}
			rest := lines
			for _, want := range tt.want {
				i := slices.IndexFunc(rest, func(line string) bool { return strings.HasPrefix(line, want) })
				if i < 0 {
					t.Errorf("no %q in\n%s", want, strings.Join(lines, "\n"))
					break
				}
				rest = rest[i+1:]
			}
		})
	}
}

// The command disappears between the check and the start.
func TestCannotStart(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want probe.ExitCode
	}{{exec.ErrNotFound, 127}, {os.ErrNotExist, 127}, {os.ErrPermission, 126}} {
		t.Run(tt.err.Error(), func(t *testing.T) {
			var log []report
			k := kubelet{
				spec: probe.ContainerSpec{RestartPolicy: probe.Never}, speed: 1,
				start: func() (*process, error) { return nil, tt.err },
				print: func(r *report) error { log = append(log, *r); return nil },
			}
			if err := k.run(nil, 0, false); err != nil {
				t.Error(err)
			}
			if last := log[len(log)-1]; last.Event.ExitCode != tt.want || last.Why != tt.err.Error() {
				t.Errorf("%+v, want %v", last, tt.want)
			}
		})
	}
}

// The grace period of the command when the program ends. Seconds that a duration cannot have do not overflow.
func TestGrace(t *testing.T) {
	const most = math.MaxInt64 / time.Second * time.Second
	for _, tt := range []struct {
		args []string
		want time.Duration
	}{
		{nil, 30 * time.Second},
		{[]string{"-grace", "0"}, 0},
		{[]string{"-grace", "-1"}, 0},
		{[]string{"-grace", "5"}, 5 * time.Second},
		{[]string{"-grace", "9223372036"}, most},
		{[]string{"-grace", "9223372037"}, most},
		{[]string{"-grace", "9223372036854775807"}, most},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, err := parseOptions(append(tt.args, "true"), io.Discard)
				if err != nil {
					t.Fatal(err)
				}
				got := time.Duration(-1)
				exited := make(chan probe.ExitCode, 1)
				k := kubelet{
					spec: o.container.ContainerSpec, speed: 1,
					start: func() (*process, error) {
						stop := func(grace time.Duration) { got = grace; exited <- 143 }
						return &process{exited: exited, stop: stop}, nil
					},
					print: func(*report) error { return nil },
				}
				if err := k.run(nil, time.Second, false); err != nil {
					t.Error(err)
				}
				if diff := got - tt.want; diff < -time.Microsecond || diff > time.Microsecond { // the clock is a float64
					t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte(`{"livenessProbe": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	pod := filepath.Join(dir, "pod.json")
	if err := os.WriteFile(pod, []byte(`{"kind": "Pod", "spec": {"containers": [{"command": ["true"]}]}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.json")
	if err := os.WriteFile(empty, []byte(`{}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-nosuch"}, "flag provided but not defined: -nosuch"},
		{[]string{"-o", "yaml", "true"}, `-o "yaml": must be table or json`},
		{[]string{"-speed", "0", "true"}, "-speed 0: must be more than 0"},
		{[]string{"-speed", "NaN", "true"}, "-speed NaN: must be more than 0"},
		{[]string{"-speed", "Inf", "true"}, "-speed +Inf: must be more than 0 and at most 10000"},
		{[]string{"-f", pod, "true"}, "the file has a Pod; want one of the containers in its spec"},
		{[]string{"-for", "-1s", "true"}, "-for -1s: must not be negative"},
		{[]string{"-liveness", "http", "true"}, `found "http" at offset 0, want exec, http-get, tcp-socket, grpc or unknown`},
		{[]string{"-liveness", "unknown", "true"}, "livenessProbe: has no handler"},
		{[]string{"-liveness", "tcp-socket :80 #success=2", "true"}, "livenessProbe.successThreshold: 2: must be 1"},
		{[]string{"-liveness", "tcp-socket :80"}, "no COMMAND to start"},
		{[]string{"-readiness", "grpc <pod>:80", "true"}, "grpc <pod>:80 : gRPC probes are not supported"},
		{[]string{"-restart-policy", "Sometimes", "true"}, `unknown RestartPolicy "Sometimes"; want one of Unset, Always, OnFailure, Never`},
		{[]string{"-grace", "soon", "true"}, `parsing "soon": invalid syntax`},
		{[]string{"-f", filepath.Join(dir, "none.json"), "true"}, "no such file or directory"},
		{[]string{"-f", bad, "true"}, "cannot unmarshal number"},
		{[]string{"-f", empty}, "no COMMAND to start"},
		{[]string{"no-such-command-here"}, `exec: "no-such-command-here": executable file not found in $PATH`},
	} {
		t.Run(strings.ReplaceAll(strings.Join(tt.args, " "), dir, ""), func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(tt.args, nil, &out, &errs)
			if code != exitUsage || !strings.Contains(errs.String(), tt.want) || out.Len() > 0 {
				t.Errorf("exit code %d, %s\nwant %s", code, &errs, tt.want)
			}
		})
	}
}

func TestHTTP(t *testing.T) {
	var last *http.Request
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { last = r })
	mux.HandleFunc("/code/", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/code/"))
		w.WriteHeader(code)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
	})
	mux.HandleFunc("/again", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/code/204", http.StatusFound) })
	mux.HandleFunc("/hang", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 50<<10)) })
	plain := httptest.NewServer(mux)
	defer plain.Close()
	secure := httptest.NewUnstartedServer(mux)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it is to get a request without TLS
	secure.StartTLS()
	defer secure.Close()
	h2c := httptest.NewUnstartedServer(mux)
	h2c.Config.Protocols = new(http.Protocols)
	h2c.Config.Protocols.SetUnencryptedHTTP2(true)
	h2c.Start()
	defer h2c.Close()
	port := func(s *httptest.Server) probe.Port {
		return probe.Port{Number: int32(s.Listener.Addr().(*net.TCPAddr).Port)}
	}
	var m manifest
	if err := json.Unmarshal(fmt.Appendf(nil, `{"ports": [{"name": "web", "containerPort": %v}]}`, port(plain)), &m); err != nil {
		t.Fatal(err)
	}
	a := newAsker(&m, surroundings{})
	for _, tt := range []struct {
		get  probe.HTTPGet
		want probe.Outcome
		why  string
	}{
		{probe.HTTPGet{Port: port(plain), Path: "/"}, probe.Passed, "HTTP status 200"},
		{probe.HTTPGet{Port: probe.Port{Name: "web"}, Path: "/"}, probe.Passed, "HTTP status 200"},
		{probe.HTTPGet{Port: probe.Port{Name: "wbe"}, Path: "/"}, probe.Failed, `the container has no port named "wbe"`},
		{probe.HTTPGet{Port: port(plain), Path: "/code/503"}, probe.Failed, "HTTP status 503"},
		{probe.HTTPGet{Port: port(plain), Path: "/again"}, probe.Passed, "HTTP status 204"},
		{probe.HTTPGet{Port: port(plain), Path: "/away"}, probe.Warned, "HTTP status 302"},
		{probe.HTTPGet{Port: port(plain), Path: "/loop"}, probe.Failed, "ten redirects"},
		{probe.HTTPGet{Port: port(plain), Path: "/big"}, probe.Passed, "HTTP status 200"},
		{probe.HTTPGet{Port: port(plain), Path: "/hang"}, probe.Failed, "HTTP status 200: context deadline exceeded"},
		{probe.HTTPGet{Port: port(plain), Path: "/", Protocol: "HTTP2"}, probe.Failed, ""},
		{probe.HTTPGet{Port: port(h2c), Path: "/", Protocol: "HTTP2"}, probe.Passed, "HTTP status 200"},
		{probe.HTTPGet{Port: port(secure), Path: "/", Scheme: "HTTPS"}, probe.Passed, "HTTP status 200"},
		{probe.HTTPGet{Port: port(secure), Path: "/", Scheme: "HTTP"}, probe.Failed, "HTTP status 400"},
		{probe.HTTPGet{Port: probe.Port{Number: 1}, Path: "/"}, probe.Failed, "connection refused"},
		{probe.HTTPGet{Port: port(plain), Path: "/", Host: "a b"}, probe.Failed, "invalid URL escape"},
		{probe.HTTPGet{Port: port(plain), Path: "%zz"}, probe.Passed, "HTTP status 200"},
	} {
		p := probe.Spec{Handler: probe.Handler{HTTPGet: &tt.get}}.WithDefaults()
		if got, why := a.try(t.Context(), &p); got != tt.want || !strings.Contains(why, tt.why) {
			t.Errorf("%+v: %v, %s; want %v, %s", tt.get, got, why, tt.want, tt.why)
		}
	}
	for _, tt := range []struct {
		headers                 []probe.HTTPHeader
		host, agent, accept, xs string
	}{
		{nil, plain.Listener.Addr().String(), "kube-probe/1.37", "*/*", ""},
		{[]probe.HTTPHeader{{Name: "host", Value: "example.com"}, {Name: "user-agent", Value: "me"}, {Name: "Accept", Value: ""}}, "example.com", "me", "", ""},
		{[]probe.HTTPHeader{{Name: "X", Value: "1"}, {Name: "x", Value: "2"}, {Name: "Accept", Value: "text/plain"}}, plain.Listener.Addr().String(), "kube-probe/1.37", "text/plain", "1,2"},
	} {
		p := probe.Spec{Handler: probe.Handler{HTTPGet: &probe.HTTPGet{Port: port(plain), Path: "/a?b=c", HTTPHeaders: tt.headers}}}.WithDefaults()
		a.try(t.Context(), &p)
		if last.Host != tt.host || last.UserAgent() != tt.agent || last.Header.Get("Accept") != tt.accept ||
			strings.Join(last.Header.Values("X"), ",") != tt.xs || last.RequestURI != "/a?b=c" {
			t.Errorf("%v: host %s, %v, %s", tt.headers, last.Host, last.Header, last.RequestURI)
		}
	}
}

func TestAge(t *testing.T) {
	for seconds, want := range map[float64]string{0.9: "0s", 119.9: "119s", 120: "2m0s", 3599: "59m59s", 3600: "1h0m", 7325: "2h2m"} {
		if got := age(seconds); got != want {
			t.Errorf("%v: %s, want %s", seconds, got, want)
		}
	}
}
