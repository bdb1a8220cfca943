// Rollcall reads what
//
//	kubectl get rc,rs,deploy,ds,sts,job,pod,node -A -o json
//
// prints, and calls the roll. For each controller: how many pods it wants, how many it owns, and what it does
// next. For each pod: which controller counts it, and why.
//
//	rollcall [flags] [FILE | -]
//	rollcall [flags] why [NAMESPACE/]POD [FILE | -]
//
// Without a file it reads a cluster that is embedded in the program; - is standard input. The exit code is 0;
// 1 with --check if a controller has a next step, or the input does not tell; 2 for wrong usage; 3 if a part
// of the input could not be read.
package main

import (
	"bufio"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rollcall-go/rollcall/selector"
)

//go:embed shop.json
var shop string

// Exit codes.
const (
	exitOK      = 0
	exitToDo    = 1
	exitUsage   = 2
	exitProblem = 3
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

const usage = `Usage: rollcall [flags] [FILE | -]
       rollcall [flags] why [NAMESPACE/]POD [FILE | -]

Who matches, who is mine, who is alive, who is missing: the roll call of a
cluster, from the output of

  kubectl get rc,rs,deploy,ds,sts,job,pod,node -A -o json

Without a file it shows a cluster that is embedded in the program; - reads
standard input. why shows one pod: which controller counts it, why the others do
not, and which controller would delete it.

Columns:
  DESIRED   how many pods the controller asks for
  OWNED     how many active pods it controls and selects. A Deployment counts
            those of its ReplicaSets. A DaemonSet counts the nodes that should
            have its pod and do.
  BY LABEL  the count from labels only
  NEXT      what the controller does in its next sync: create, delete, adopt,
            release. ok: nothing, which does not mean that its pods are well.
            -: a Deployment, StatefulSet or Job, which is only counted.
            ?: the input does not tell, or the controller must not act.

NEXT names up to three pods to delete, each with the rule that selected it; -v
names all. One sync creates or deletes at most 500 pods, of a DaemonSet 250.

Below the table: overlapping selectors, nodes that get no pod of a DaemonSet
because of a taint, pods that are selected and not counted, orphans, objects
whose controller is not in the input, and pods that restarted and are not ready.
There are at most five lines for each controller, or for all pods; -v shows all
lines, all other nodes, and every pod.

For an orphan that no selector matches, the output names the controllers that
made it, by its generateName, or else those whose selectors have a requirement
on one of its labels.

-l takes a selector as kubectl's -l does. It shows the controllers and pods whose
own labels match. Counts do not change: a controller also counts and names pods
that do not match. With -l or -n, --check looks only at what is shown. If that
is nothing, standard error says so, and why, if no labels can match.

Exit code: 0; 1 with --check if a controller has a next step or ?; 2 for wrong
usage; 3 if a part of the input could not be read.

Flags:
`

// The command line.
type options struct {
	namespace string
	selector  selector.Selector // of -l
	labels    []string
	output    string
	now       time.Time
	check     bool
	verbose   bool
	pod       string // of why
	file      string // empty: the embedded dump
}

// parseOptions returns flag.ErrHelp when it has printed the usage.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	var o options
	flags := flag.NewFlagSet("rollcall", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.namespace, "n", "", "show only this `NAMESPACE`")
	flags.TextVar(&o.selector, "l", selector.Everything(), "show only controllers and pods whose labels match `SELECTOR`, such as app=web,tier!=db")
	flags.Func("L", "show these labels as columns: `KEY,...`", func(text string) error {
		for key := range strings.SplitSeq(text, ",") {
			if key == "" {
				return errors.New("empty key")
			}
			o.labels = append(o.labels, key)
		}
		return nil
	})
	flags.StringVar(&o.output, "o", "table", "output `FORM`: table, wide or json")
	flags.BoolVar(&o.check, "check", false, "exit with 1 if a controller that is shown has a next step or ?")
	flags.BoolVar(&o.verbose, "v", false, "show why each pod counts or does not, why each node gets no pod, and all next steps")
	const now = "the `TIME` of the roll call, such as 2006-01-02T15:04:05Z (default: the latest time in the dump)"
	flags.Func("now", now, func(text string) (err error) {
		o.now, err = readTime(text)
		return err
	})
	var words, last []string // last: after --, where nothing is a flag
	if i := slices.Index(args, "--"); i >= 0 {
		args, last = args[:i], args[i+1:]
	}
	for rest := args; ; { // flags may stand anywhere, as with kubectl
		err := flags.Parse(rest)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, usage)
			flags.SetOutput(stdout)
			flags.PrintDefaults()
			return nil, err
		}
		if err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			break
		}
		words, rest = append(words, flags.Arg(0)), flags.Args()[1:]
	}
	words = append(words, last...)
	if i := slices.Index(words, "why"); i >= 0 {
		if i+1 == len(words) || words[i+1] == "" {
			return nil, errors.New("why: needs the name of a pod")
		}
		o.pod = words[i+1]
		words = slices.Delete(words, i, i+2)
	}
	if o.pod != "" && !o.selector.IsEverything() {
		return nil, errors.New("why: takes no -l, because it names its pod; -v -l shows every pod that matches")
	}
	if len(words) > 1 {
		return nil, fmt.Errorf("takes at most one file, got %q", words)
	}
	if len(words) == 1 {
		o.file = words[0]
	}
	if !slices.Contains([]string{"table", "wide", "json"}, o.output) {
		return nil, fmt.Errorf("-o %s: must be table, wide or json", o.output)
	}
	return &o, nil
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "rollcall: %v (rollcall -h shows the usage)\n", err)
		return exitUsage
	}
	d, err := load(o.file, stdin)
	if err != nil {
		fmt.Fprintf(stderr, "rollcall: %v\n", err)
		return exitProblem
	}
	if o.file == "" && isPiped(stdin) {
		fmt.Fprintln(stderr, "rollcall: this is the embedded cluster; - reads standard input")
	}
	r := callRoll(d, o.now)
	for _, problem := range r.Problems {
		fmt.Fprintf(stderr, "rollcall: %s\n", printable(problem))
	}
	if o.namespace != "" {
		r.only(func(of *object) bool { return of.Metadata.Namespace == o.namespace })
	}
	if o.pod != "" && !r.onlyPods(o.pod) {
		where := d.source
		if o.namespace != "" {
			where = "namespace " + o.namespace + " in " + where
		}
		fmt.Fprintf(stderr, "rollcall: why: no pod %s in %s\n", printable(o.pod), where)
		if len(r.Problems) > 0 { // it may be in the part that was not read
			return exitProblem
		}
		return exitUsage
	}
	if o.verbose {
		r.collectOpinions()
	}
	// The opinions come first: those of controllers that are not shown are needed too.
	r.only(func(of *object) bool { return o.selector.Matches(of.Metadata.Labels) })
	if len(r.Controllers)+len(r.Pods) == 0 {
		var asked string
		if o.namespace != "" {
			asked += " in " + o.namespace + " namespace"
		}
		if !o.selector.IsEverything() {
			asked += " that match -l " + o.selector.String()
		}
		if e := o.selector.Explain(nil); e.Contradiction != nil {
			fmt.Fprintf(stderr, "rollcall: -l %v: %v\n", o.selector, e)
		} else if asked != "" {
			fmt.Fprintf(stderr, "No resources found%s.\n", asked)
		}
	}
	out := bufio.NewWriter(stdout)
	p := &printer{w: out, output: o.output, labels: o.labels, verbose: o.verbose, why: o.pod != "", colour: isTerminal(stdout)}
	if err := errors.Join(p.print(r), out.Flush()); err != nil {
		fmt.Fprintf(stderr, "rollcall: %v\n", err)
		return exitProblem
	}
	switch {
	case len(r.Problems) > 0:
		return exitProblem
	case o.check && r.needsDoing():
		return exitToDo
	}
	return exitOK
}

// load reads the dump in the file, from standard input for "-", or the embedded one for "".
func load(file string, stdin io.Reader) (*dump, error) {
	switch file {
	case "":
		return readDump("the embedded cluster", strings.NewReader(shop)), nil
	case "-":
		return readDump("standard input", stdin), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readDump(file, f), nil
}

// isPiped reports whether r is a file or the output of another program.
func isPiped(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && (info.Mode()&os.ModeNamedPipe != 0 || info.Mode().IsRegular())
}

// isTerminal reports whether w is a terminal that shows colours.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
