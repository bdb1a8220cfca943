// Rollcall reads what
//
//	kubectl get rc,rs,deploy,ds,sts,job,pod,node -A -o json
//
// prints and calls the roll: of every controller, how many pods it wants, how many are its own, and what it would do next;
// of every pod, who counts it and why.
//
//	rollcall [flags] [FILE | -]
//	rollcall [flags] why [NAMESPACE/]POD [FILE | -]
//
// Without a file it reads a cluster that is embedded in the program; - is standard input. Exit code: 0; 1 with --check
// when something needs doing, or the input does not tell; 2 on bad use; 3 when a part of the input could not be read.
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
cluster, from what this prints:

  kubectl get rc,rs,deploy,ds,sts,job,pod,node -A -o json

Without a file it shows a cluster that is embedded in the program; - reads
standard input. why tells of one pod who counts it, why others do not, and who
is to delete it.

DESIRED is what the controller asks for, OWNED what counts against it: active
pods that it controls and that match; of a Deployment those of its ReplicaSets,
of a DaemonSet the nodes with a pod that should have one. BY LABEL is what a
label match alone would count. NEXT is what the controller would do: create,
delete, adopt, release; ok when it would do nothing, which does not say that its
pods are well; - of Deployments, StatefulSets and Jobs, which are only counted.
? stands for what the input does not tell. Up to three pods to delete are named,
each with that in which it comes before the first that stays; -v names all. NEXT
is one pass: it creates or deletes 500 pods at the most, of a DaemonSet 250.

Below the table is what else there is to know: the selectors that meet, the
nodes that get no pod of a DaemonSet because of a taint, the pods that a label
matches and that do not count, those that nobody controls, those whose
controller is not in the input, and those that restarted and are not ready. Of
each controller, or of all pods, there are five lines at the most; -v prints
all, and tells of the other nodes and of every pod too.

Of a pod that nobody controls and no selector matches, those controllers are
named that made it by its generateName, or else whose selectors ask about a
label that it has.

-l takes a selector as kubectl's -l does, and shows the controllers and pods
whose own labels match it. Counts stay what they are: a controller that is shown
counts, and names, pods that do not match too. With -l, as with -n, --check looks
at what is shown alone. When that is nothing, standard error says so, and why, if
no labels can match.

Exit code: 0; 1 with --check when something needs doing, or the input does not
tell (?); 2 on bad use; 3 when a part of the input could not be read.

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
	flags.StringVar(&o.namespace, "n", "", "show this `NAMESPACE` alone")
	flags.TextVar(&o.selector, "l", selector.Everything(), "show only what has labels that match `SELECTOR`, as in app=web,tier!=db")
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
	flags.BoolVar(&o.check, "check", false, "exit with 1 when something that is shown needs doing, or the input does not tell")
	flags.BoolVar(&o.verbose, "v", false, "tell of every pod who counts it and why, of every node why it gets no pod, and what is next in full")
	const now = "the `TIME` of the roll call, as in 2006-01-02T15:04:05Z (default: when something last happened in the dump)"
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
			return nil, errors.New("why: which pod?")
		}
		o.pod = words[i+1]
		words = slices.Delete(words, i, i+2)
	}
	if o.pod != "" && !o.selector.IsEverything() {
		return nil, errors.New("why: names its pod, and takes no -l; -v -l tells of every pod that matches")
	}
	if len(words) > 1 {
		return nil, fmt.Errorf("want one file at the most, got %q", words)
	}
	if len(words) == 1 {
		o.file = words[0]
	}
	if !slices.Contains([]string{"table", "wide", "json"}, o.output) {
		return nil, fmt.Errorf("-o %s: want table, wide or json", o.output)
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
		fmt.Fprintf(stderr, "rollcall: why: no pod %s in %s\n", o.pod, where)
		if len(r.Problems) > 0 { // it may be in the part that was not read
			return exitProblem
		}
		return exitUsage
	}
	if o.verbose {
		r.collectOpinions()
	}
	// After the opinions: those of controllers that are not shown count as well.
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

// isPiped reports whether somebody has put a file or another program's output before r.
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
