package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

// A printer prints a roll in one of the output forms.
type printer struct {
	w       io.Writer
	output  string // table, wide or json
	labels  []string
	verbose bool // -v: every pod, and all names
	why     bool // the pods alone
	colour  bool

	begun bool // something was printed
}

// Colours of whole lines. They are of one length, so that columns stay aligned.
const (
	plain  = "\x1b[00m"
	bold   = "\x1b[01m"
	yellow = "\x1b[33m" // something is to be done
	red    = "\x1b[31m" // something could not be read
)

// print prints controllers, what a label match alone would count, and with -v every pod, or, for why, pods
// alone.
func (p *printer) print(r *roll) error {
	if p.output == "json" {
		return p.json(r)
	}
	if p.why {
		p.pods(r)
		return nil
	}
	if len(r.Controllers) > 0 {
		if err := p.controllers(r); err != nil {
			return err
		}
	}
	if p.verbose {
		p.plans(r)
	}
	p.conflicts(r)
	p.misfits(r)
	p.labelAlone(r)
	p.section(r, "Orphans", func(pod *pod) bool { return pod.Owner == "" }, func(pod *pod) string {
		return strings.TrimPrefix(r.reason(pod), "has no controller; ")
	})
	const dangling = " whose controller is not in the dump (if it was deleted, the garbage collector deletes them)"
	p.list(r, "Controllers"+dangling, func(c *controller) (string, int, func(int) string) {
		if c.Dangling == "" {
			return "", 0, nil
		}
		return "", 1, func(int) string { return c.Dangling }
	})
	alone := func(pod *pod) bool { return pod.Dangling != "" && r.owners[pod.OwnerUID] == nil } // the others go with their controller
	p.section(r, "Pods"+dangling, alone, func(pod *pod) string { return pod.Dangling })
	crashing := func(pod *pod) bool { return !pod.Ready && pod.view.Active() && len(pod.Restarts) > 0 }
	p.section(r, "Restarted and not ready", crashing, func(pod *pod) string {
		var restarts []string
		for _, re := range pod.Restarts {
			restarts = append(restarts, "container "+re.String())
		}
		return strings.Join(restarts, "; ")
	})
	if len(r.Controllers) == 0 && len(r.Pods) > 0 && !p.verbose {
		p.part()
		p.line("Controllers: none; pods: %d (-v shows every pod)", len(r.Pods))
	}
	if p.verbose {
		p.pods(r)
	}
	if len(r.Skipped) > 0 {
		var counts []string
		for _, kind := range slices.Sorted(maps.Keys(r.Skipped)) {
			counts = append(counts, fmt.Sprintf("%d %s", r.Skipped[kind], kind))
		}
		p.part()
		p.line("Ignored kinds: %s", strings.Join(counts, ", "))
	}
	return nil
}

func (p *printer) json(r *roll) error {
	for _, pod := range r.Pods {
		pod.Reason = r.reason(pod)
	}
	e := json.NewEncoder(p.w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// controllers prints the table.
func (p *printer) controllers(r *roll) error {
	p.part()
	header := []string{"NAMESPACE", "NAME", "SELECTOR", "DESIRED", "OWNED", "READY", "BY LABEL", "NEXT"}
	if p.output == "wide" {
		header = append(header, "AVAILABLE", "TERMINATING", "CONTROLLED BY", "AGE")
	}
	for _, key := range p.labels {
		header = append(header, strings.ToUpper(key[strings.LastIndex(key, "/")+1:]))
	}
	t := tabwriter.NewWriter(p.w, 0, 8, 3, ' ', 0)
	p.row(t, bold, header)
	for _, c := range r.Controllers {
		selects, desired := c.Selector, strconv.Itoa(c.Desired)
		owned, ready, byLabel := strconv.Itoa(c.Owned), strconv.Itoa(c.Ready), strconv.Itoa(c.LabelOnly)
		switch {
		case c.blind:
			selects, owned, ready, byLabel = "<invalid>", "?", "?", "?"
		case c.claim.Selector.IsEverything():
			selects = "<everything>"
		case c.claim.Selector.IsNothing():
			selects = "<nothing>"
		}
		if c.blind || strings.HasPrefix(c.object.bad, "spec.") {
			desired = "?"
		}
		if c.unplaced != "" {
			desired, owned, ready = "?", "?", "?"
		}
		colour := plain
		switch {
		case c.Problem != "":
			colour = red
		case len(c.Next) > 0:
			colour = yellow
		}
		row := []string{c.Namespace, c.ref(), selects, desired, owned, ready, byLabel, c.next()}
		if p.output == "wide" {
			available, terminating := strconv.Itoa(c.Available), strconv.Itoa(c.Terminating)
			if owned == "?" {
				available, terminating = "?", "?"
			}
			row = append(row, available, terminating, cmp.Or(c.Owner, "<none>"), age(c.object, r.Now))
		}
		for _, key := range p.labels {
			row = append(row, c.Labels[key])
		}
		p.row(t, colour, row)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if p.output == "wide" && !r.Now.IsZero() {
		p.line("As of %s.", r.Now.Format(time.RFC3339))
	}
	return nil
}

// part begins a part of the output, which a blank line keeps from the one before.
func (p *printer) part() {
	if p.begun {
		p.line("")
	}
	p.begun = true
}

// line prints one line of text.
func (p *printer) line(format string, args ...any) {
	fmt.Fprintln(p.w, printable(fmt.Sprintf(format, args...)))
}

// row prints one line of a table.
func (p *printer) row(t *tabwriter.Writer, colour string, cells []string) {
	for i := range cells {
		cells[i] = printable(cells[i])
	}
	line := strings.Join(cells, "\t")
	if p.colour {
		line = colour + line + plain
	}
	fmt.Fprintln(t, line)
}

// maxNames bounds how many pods of a controller are named in its line.
const maxNames = 3

// next is what is to be done about the controller, in one cell.
func (c *controller) next() string {
	if c.Problem != "" {
		return "? (" + c.Problem + ")"
	}
	text := "-"
	switch {
	case len(c.Next) > 0:
		steps := c.steps(maxNames)
		if len(c.Delete) > maxNames {
			steps = append(steps, fmt.Sprint("delete ", len(c.Delete)))
		} else {
			steps = append(steps, c.deletions()...)
		}
		text = strings.Join(steps, ", ")
	case c.acts():
		text = "ok"
	}
	if c.Note != "" {
		text += " (" + c.Note + ")"
	}
	return text
}

// deletions names the pods to delete, and why they go rather than others.
func (c *controller) deletions() []string {
	var names []string
	for _, v := range c.Delete {
		names = append(names, fmt.Sprintf("delete %s (%s)", v.Pod, v.Reason))
	}
	return names
}

// maxAlone bounds how many lines are printed about one controller.
const maxAlone = 5

// labelAlone prints, for every controller whose labels match more pods than count, which those are and why
// not.
func (p *printer) labelAlone(r *roll) {
	p.list(r, "Selected, but not counted (a count from labels only includes them)", func(c *controller) (string, int, func(int) string) {
		pods := r.notCounted(c)
		more := fmt.Sprintf(": %d by label, %d counted", c.LabelOnly, c.Owned)
		if c.unplaced != "" {
			more = fmt.Sprintf(": %d by label", c.LabelOnly)
		}
		return more, len(pods), func(i int) string { return pods[i].Name + ": " + r.explain(c, pods[i]) }
	})
}

// plans prints what each controller does, pod by pod.
func (p *printer) plans(r *roll) {
	p.list(r, "Next steps, pod by pod", func(c *controller) (string, int, func(int) string) {
		if len(c.Next) == 0 {
			return "", 0, nil
		}
		lines := c.steps(math.MaxInt)
		if len(c.CreateOn) > 0 {
			lines = lines[:len(lines)-1] // how many
		}
		for _, node := range c.CreateOn {
			lines = append(lines, "create on "+node)
		}
		lines = append(lines, c.deletions()...)
		return "", len(lines), func(i int) string { return lines[i] }
	})
}

// misfits prints the nodes that a taint keeps from a pod of a DaemonSet; with -v all that should have none.
func (p *printer) misfits(r *roll) {
	p.list(r, "Nodes that get no pod", func(c *controller) (string, int, func(int) string) {
		var nodes []misfit
		for _, n := range c.Nodes {
			if p.verbose || n.Misfit == daemon.NoExecuteTaint || n.Misfit == daemon.NoScheduleTaint {
				nodes = append(nodes, n)
			}
		}
		return "", len(nodes), func(i int) string { return nodes[i].Node + ": " + nodes[i].Reason }
	})
}

// conflicts prints which controllers would adopt the same pods.
func (p *printer) conflicts(r *roll) {
	p.list(r, "Overlapping selectors (either controller may adopt an orphan)", func(c *controller) (string, int, func(int) string) {
		return "", len(c.Conflicts), func(i int) string {
			return fmt.Sprintf("%s: both match %s", c.Conflicts[i].With, labelText(c.Conflicts[i].Labels))
		}
	})
}

// labelText is a label set as kubectl shows it, as in "app=web,tier=frontend"; "no labels" for none.
func labelText(labels map[string]string) string {
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		texts = append(texts, key+"="+labels[key])
	}
	return cmp.Or(strings.Join(texts, ","), "no labels")
}

// list prints, under a heading, what there is to say of controllers: more about its name, and n lines. Those
// of which there are no lines are left out. It asks for the lines that it prints alone: of many, nearly all
// would be made for nothing.
func (p *printer) list(r *roll, heading string, say func(*controller) (more string, n int, line func(int) string)) {
	first := true
	for _, c := range r.Controllers {
		more, n, line := say(c)
		if n == 0 {
			continue
		}
		if first {
			p.part()
			p.line("%s:", heading)
			first = false
		}
		p.line("%s/%s/%s%s", c.Namespace, c.Kind, c.Name, more)
		shown := n
		if !p.verbose {
			shown = min(n, maxAlone)
		}
		for i := range shown {
			p.line("   %s", line(i))
		}
		if n > shown {
			p.line("   and %d more (-v names them)", n-shown)
		}
	}
}

// section prints, under a heading, what there is to say of the pods that are meant.
func (p *printer) section(r *roll, heading string, meant func(*pod) bool, say func(*pod) string) {
	said := 0
	for _, pod := range r.Pods {
		if !meant(pod) {
			continue
		}
		if said++; said == 1 {
			p.part()
			p.line("%s:", heading)
		}
		if said <= maxAlone || p.verbose {
			p.line("   %s/%s: %s", pod.Namespace, pod.Name, say(pod))
		}
	}
	if said > maxAlone && !p.verbose {
		p.line("   and %d more (-v names them)", said-maxAlone)
	}
}

// pods prints of each pod why it is counted or not, its restarts and its topmost controller.
func (p *printer) pods(r *roll) {
	for _, pod := range r.Pods {
		p.part()
		head := fmt.Sprintf("%s/%s: %s", pod.Namespace, pod.Name, pod.status())
		if pod.Node != "" {
			head += " on " + pod.Node
		}
		for _, key := range p.labels {
			head += fmt.Sprintf(", %s=%s", key, pod.object.Metadata.Labels[key])
		}
		p.line("%s", head)
		if pod.Message != "" {
			p.line("   %s", pod.Message)
		}
		for _, line := range append(r.lines(pod, pod.Opinions), pod.goes...) {
			p.line("   %s", line)
		}
		for _, re := range pod.Restarts {
			p.line("   container %s", re)
		}
		switch {
		case pod.Root == "":
		case pod.rootUID == "":
			p.line("   topmost controller: %s, by a reference without UID", pod.Root)
		default:
			p.line("   topmost controller: %s%s", pod.Root, map[ownership.End]string{
				ownership.Gone:     ", which is not in the dump",
				ownership.Replaced: ", which was deleted; another object has its name",
				ownership.Cycle:    ", in a cycle of owner references",
				ownership.TooDeep:  ", which has a controller too",
			}[pod.rootEnd])
		}
	}
}

// status is the phase, or why the pod failed, and whether it is ready, as far as that says anything.
func (p *pod) status() string {
	text := cmp.Or(p.Phase, "no phase")
	if reason := p.object.Status.Reason; reason != "" {
		text += " (" + reason + ")"
	}
	switch {
	case p.view.Deleting:
		text += ", to be gone by " + p.object.Metadata.DeletionTimestamp
	case !p.view.Active():
	case p.Ready:
		text += ", ready"
	default:
		text += ", not ready"
	}
	return text
}

// String is the restart in words, as in
//
//	main: 7 restarts, CrashLoopBackOff, last exit code 137 = 128 + 9 (SIGKILL), OOMKilled
func (re restart) String() string {
	text := fmt.Sprintf("%s: %d restarts", re.Container, re.Count)
	if re.Count == 1 {
		text = re.Container + ": 1 restart"
	}
	if re.Waiting != "" {
		text += ", " + re.Waiting
	}
	if re.Meaning != "" {
		text += ", last exit code " + re.Meaning
	}
	if re.Reason != "" {
		text += ", " + re.Reason
	}
	return text
}

// printable replaces what is no visible character of text, with which a dump could move the reader's cursor
// or forge lines.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// age is how long before now the object was created, in kubectl's manner.
func age(o *object, now time.Time) string {
	created := parseTime(o.Metadata.CreationTimestamp)
	if created.IsZero() {
		return "<unknown>"
	}
	d := max(now.Sub(created), 0)
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < 3*time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
}
