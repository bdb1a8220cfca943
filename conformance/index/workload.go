package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"

	calico "github.com/projectcalico/calico/libcalico-go/lib/selector"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollcall-go/rollcall/selector"
)

const (
	hashLabel = "pod-template-hash"
	toolLabel = "app.kubernetes.io/managed-by"
	partLabel = "app.kubernetes.io/part-of"
	nameLabel = "statefulset.kubernetes.io/pod-name"

	// namespaceLabel is Calico's label for the namespace of an object.
	namespaceLabel = "projectcalico.org/namespace"
)

var (
	zones  = []string{"a", "b", "c"}
	common = []string{"redis", "postgres", "nginx", "memcached", "rabbitmq", "gateway", "otel-agent", "backup"}
)

// A cluster has apps of different sizes in namespaces. Pods are generated from it.
type cluster struct {
	namespaces []string
	apps       []*app
	weights    []float64 // cumulative weights of the namespaces
	pods       int       // total number of pods of all apps
	unique     bool      // every pod has a unique label, its name, instead of version
	random     *rand.Rand
}

type app struct {
	name, namespace, tier, team, tool, part string

	common bool     // apps in other namespaces have the same name
	hashes []string // of its ReplicaSets: one, or two during a rollout
	size   int      // pods
}

// A pod is an object. It is immutable: new labels need a new pod with the same key.
type pod struct {
	key, namespace string
	labels         map[string]string
}

// newCluster returns a cluster of n pods: about 500 in each namespace and about 25 in each app.
func newCluster(n int, seed uint64, unique bool) *cluster {
	c := &cluster{unique: unique, random: rand.New(rand.NewPCG(seed, uint64(n)))}
	sum := 0.0
	for i := range max(5, n/500) {
		c.namespaces = append(c.namespaces, fmt.Sprintf("team%d-ns%04d", i%50, i))
		sum += 0.2 + c.random.ExpFloat64()
		c.weights = append(c.weights, sum)
	}
	// Apps with exactly 10 and 100 pods, for the rows with this number of answers at every n.
	for range min(32, n/125) {
		c.add(10)
	}
	for range max(2, min(32, n/2000)) {
		c.add(100)
	}
	for c.pods < n {
		size := 1 + c.random.IntN(5)
		switch x := c.random.Float64(); {
		case x < 0.01:
			size = 201 + c.random.IntN(800)
		case x < 0.05:
			size = 61 + c.random.IntN(140)
		case x < 0.25:
			size = 21 + c.random.IntN(40)
		case x < 0.70:
			size = 6 + c.random.IntN(15)
		}
		c.add(min(size, n-c.pods, max(100, n/20)))
	}
	return c
}

func (c *cluster) add(size int) {
	a := &app{name: fmt.Sprintf("shop-%05d", len(c.apps)), size: size, namespace: c.namespace()}
	if size != 10 && size != 100 && c.random.IntN(10) == 0 {
		a.name, a.common = pick(c.random, common), true
	}
	switch x := c.random.Float64(); {
	case x < 0.60:
		a.tier = "front"
	case x < 0.80:
		a.tier = "back"
	case x < 0.92:
		a.tier = "data"
	default:
		a.tier = "batch"
	}
	a.team = fmt.Sprintf("team-%02d", c.random.IntN(50))
	a.part = fmt.Sprintf("product-%03d", c.random.IntN(100))
	a.tool = pick(c.random, []string{"helm", "argocd"})
	if a.tier != "front" && c.random.IntN(10) < 7 {
		a.tool = "kustomize" // no app of the front tier has this value
	}
	for range 1 + c.random.IntN(2) {
		a.hashes = append(a.hashes, c.hash())
	}
	c.apps = append(c.apps, a)
	c.pods += size
}

func (c *cluster) namespace() string {
	x, i := c.random.Float64()*c.weights[len(c.weights)-1], 0
	for j := len(c.weights); i < j; {
		if h := (i + j) / 2; c.weights[h] <= x {
			i = h + 1
		} else {
			j = h
		}
	}
	return c.namespaces[i]
}

// hash returns a pod-template-hash that no other ReplicaSet has.
func (c *cluster) hash() string { return fmt.Sprintf("%010x", c.random.Uint64()>>24) }

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// pod returns a new pod of an app.
func (c *cluster) pod(a *app) *pod {
	rs := c.random.IntN(len(a.hashes))
	name := fmt.Sprintf("%s-%s-%05x", a.name, a.hashes[rs], c.random.Uint32()>>8)
	p := &pod{key: a.namespace + "/" + name, namespace: a.namespace, labels: map[string]string{
		"app": a.name, hashLabel: a.hashes[rs], "tier": a.tier, "zone": pick(c.random, zones), toolLabel: a.tool, partLabel: a.part,
	}}
	if c.unique {
		p.labels[nameLabel] = name
	} else {
		p.labels["version"] = versions[(len(a.name)+int(a.hashes[rs][0]))%len(versions)]
	}
	if c.random.IntN(100) > 0 {
		p.labels["team"] = a.team
	}
	if c.random.IntN(1000) == 0 {
		p.labels["canary"] = "true"
	}
	return p
}

var versions = []string{"v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12"}

// all returns the pods of all apps in the order of their creation, as in a cluster that has run for a long
// time.
func (c *cluster) all() []*pod {
	var pods []*pod
	seen := map[string]bool{}
	for _, a := range c.apps {
		for range a.size {
			p := c.pod(a)
			for seen[p.key] {
				p = c.pod(a)
			}
			seen[p.key] = true
			pods = append(pods, p)
		}
	}
	pods[0].labels["canary"] = "true"
	c.random.Shuffle(len(pods), func(i, j int) { pods[i], pods[j] = pods[j], pods[i] })
	return pods
}

// with returns a pod with changed labels, given as pairs; the value "" removes a label.
func (p *pod) with(pairs ...string) *pod {
	q := &pod{key: p.key, namespace: p.namespace, labels: make(map[string]string, len(p.labels))}
	for k, v := range p.labels {
		q.labels[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		if q.labels[pairs[i]] = pairs[i+1]; pairs[i+1] == "" {
			delete(q.labels, pairs[i])
		}
	}
	return q
}

// A query is a selector in the form of each contestant, and its namespace.
type query struct {
	namespace string
	rollcall  selector.Selector
	upstream  labels.Selector
	matchers  []selector.Requirement
	calico    calico.Selector
}

func newQuery(namespace, text string) *query {
	q := &query{namespace: namespace, rollcall: selector.MustParse(text), upstream: must(labels.Parse(text))}
	q.matchers = q.rollcall.Requirements()
	q.calico = must(calico.Parse(calicoText(q.matchers)))
	return q
}

func calicoText(matchers []selector.Requirement) string {
	var terms []string
	for _, m := range matchers {
		switch m.Operator {
		case selector.Equals:
			terms = append(terms, fmt.Sprintf("%s == '%s'", m.Key, m.Values[0]))
		case selector.NotEquals:
			terms = append(terms, fmt.Sprintf("%s != '%s'", m.Key, m.Values[0]))
		case selector.In:
			terms = append(terms, fmt.Sprintf("%s in {'%s'}", m.Key, strings.Join(m.Values, "','")))
		case selector.NotIn:
			terms = append(terms, fmt.Sprintf("%s not in {'%s'}", m.Key, strings.Join(m.Values, "','")))
		case selector.Exists:
			terms = append(terms, fmt.Sprintf("has(%s)", m.Key))
		case selector.DoesNotExist:
			terms = append(terms, fmt.Sprintf("!has(%s)", m.Key))
		default:
			panic("the workload must not have the operator of " + m.String())
		}
	}
	return cmp.Or(strings.Join(terms, " && "), "all()")
}

func (q *query) String() string { return fmt.Sprintf("%q in %q", q.rollcall.String(), q.namespace) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// kinds lists the forms of selectors for objects. Each text function returns a selector that matches pods of
// an app.
var kinds = []struct {
	name      string
	selective bool // few objects match, so a scan is slow
	narrow    bool // used only in a namespace
	text      func(c *cluster, a *app) string
}{
	{"pod-template-hash=…", true, false, func(c *cluster, a *app) string { return hashLabel + "=" + pick(c.random, a.hashes) }},
	{"app=…", true, false, func(c *cluster, a *app) string { return "app=" + a.name }},
	{"app=…,tier=…,zone=…", true, false, func(c *cluster, a *app) string {
		return "app=" + a.name + ",tier=" + a.tier + ",zone=" + pick(c.random, zones)
	}},
	{"app in (30 apps)", true, false, func(c *cluster, a *app) string {
		names := []string{a.name}
		for range 29 {
			names = append(names, c.some().name)
		}
		return "app in (" + strings.Join(names, ",") + ")"
	}},
	{"app=…,zone notin (…)", true, false, func(c *cluster, a *app) string {
		return "app=" + a.name + ",zone notin (" + pick(c.random, zones) + ")"
	}},
	{"app=…,!canary", true, false, func(c *cluster, a *app) string { return "app=" + a.name + ",!canary" }},
	{"canary", true, false, func(*cluster, *app) string { return "canary" }},
	{"tier=front", false, false, func(*cluster, *app) string { return "tier=front" }},
	{"tier=front,zone=…", false, false, func(c *cluster, _ *app) string { return "tier=front,zone=" + pick(c.random, zones) }},
	{"tier=front,managed-by=…: empty", false, false, func(*cluster, *app) string { return "tier=front," + toolLabel + "=kustomize" }},
	{"zone notin (…)", false, false, func(c *cluster, _ *app) string { return "zone notin (" + pick(c.random, zones) + ")" }},
	{"everything", false, true, func(*cluster, *app) string { return "" }},
}

// some returns an app with a unique name.
func (c *cluster) some() *app {
	for {
		if a := pick(c.random, c.apps); !a.common {
			return a
		}
	}
}

// queries returns n selectors of one form, each in the namespace of its app or in all namespaces.
func (c *cluster) queries(n int, within bool, text func(*cluster, *app) string) []*query {
	var qs []*query
	for range n {
		a := c.some()
		namespace := ""
		if within {
			namespace = a.namespace
		}
		qs = append(qs, newQuery(namespace, text(c, a)))
	}
	return qs
}

// selectors returns m selectors like those of Services, ReplicaSets, NetworkPolicies and
// PodDisruptionBudgets. Each selects the pods of one app, in its namespace or in every namespace. A few match
// most pods; their number does not grow with m.
func (c *cluster) selectors(m int, within bool) []*query {
	var qs []*query
	for i := range m {
		a := c.some()
		namespace := ""
		if within && c.random.IntN(1000) > 0 {
			namespace = a.namespace
		}
		qs = append(qs, newQuery(namespace, c.mixed(a, i*100/m, i)))
	}
	return qs
}

// mixed returns the text of selector i of the mixed workload. percent is its position in the workload.
func (c *cluster) mixed(a *app, percent, i int) string {
	app := "app=" + a.name
	switch {
	case i < 3:
		return []string{"!app", "tier notin (front,back,data)", "zone!=a,!team"}[i]
	case percent < 35:
		return app + ",tier=" + a.tier
	case percent < 50:
		return hashLabel + "=" + pick(c.random, a.hashes)
	case percent < 65:
		return app
	case percent < 80:
		return app + ",tier=" + a.tier + ",zone=" + pick(c.random, zones)
	case percent < 88:
		return "app in (" + a.name + "," + c.some().name + "," + c.some().name + ")"
	case percent < 93:
		return app + ",zone notin (" + pick(c.random, zones) + ")"
	case percent < 96:
		return app + ",canary"
	case percent < 98:
		return app + ",!canary"
	default:
		return app + ",team,version in (v1,v2,v3)"
	}
}

// tiers returns m selectors with only an app and its tier.
func (c *cluster) tiers(m int, within bool) []*query {
	return c.queries(m, within, func(_ *cluster, a *app) string { return "app=" + a.name + ",tier=" + a.tier })
}
