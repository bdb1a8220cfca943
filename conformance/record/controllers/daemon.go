package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/controller/daemon/util"
)

// A daemonTrace is one line of daemon.jsonl. It has the state at the time Now, what the controller did until
// nothing changed, and the status that it wrote then.
type daemonTrace struct {
	Kind      string                 `json:"kind"`
	Now       time.Time              `json:"now"`
	DaemonSet appsv1.DaemonSet       `json:"daemonSet"`
	Nodes     []corev1.Node          `json:"nodes"`
	Pods      []corev1.Pod           `json:"pods"`
	Did       daemonDid              `json:"did"`
	Status    appsv1.DaemonSetStatus `json:"status"`
	Name      string                 `json:"name"`
}

type daemonDid struct {
	CreatedOn []string `json:"createdOn"`
	Deleted   []string `json:"deleted"`
}

// A daemonScenario is a DaemonSet and its nodes, with their changes after the first pods are created.
type daemonScenario struct {
	namespace string
	nodes     []scenarioNode
	spec      corev1.PodSpec
}

type scenarioNode struct {
	first, then nodeState
	unready     bool // keeps the not-ready taint of a new node
	pod         podChanges
}

type nodeState struct {
	labels        map[string]string
	taints        []corev1.Taint
	unschedulable bool
}

// podChanges describes the changes of the pod on a node.
type podChanges struct {
	bound bool
	phase corev1.PodPhase // after binding
	twin  bool            // a second pod is created on the same node
}

func daemonScenarios(seed uint64, n int) []daemonScenario {
	scenarios := make([]daemonScenario, n)
	for i := range scenarios {
		d := diceFor(seed, i)
		s := daemonScenario{namespace: fmt.Sprintf("daemon-%d-%03d", seed, i), spec: newPod("").Spec}
		for j := range d.from(3, 8) {
			s.nodes = append(s.nodes, d.node(j))
		}
		if d.percent(40) {
			s.spec.NodeSelector = map[string]string{"disk": "ssd"}
		}
		if d.percent(50) {
			terms := make([]corev1.NodeSelectorTerm, d.from(1, 2))
			for i := range terms {
				for range d.from(1, 2) {
					terms[i].MatchExpressions = append(terms[i].MatchExpressions, d.nodeRequirement())
				}
			}
			s.spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
		}
		if d.percent(50) {
			s.spec.Tolerations = pick(d,
				[]corev1.Toleration{{Operator: "Exists"}},
				[]corev1.Toleration{{Key: "dedicated", Operator: "Exists"}},
				[]corev1.Toleration{{Key: "dedicated", Value: "gpu", Effect: "NoSchedule"}},
				[]corev1.Toleration{{Key: "drain", Operator: "Exists", Effect: "NoExecute"}, {Key: "dedicated", Value: "db"}})
		}
		scenarios[i] = s
	}
	return scenarios
}

func (d dice) node(i int) scenarioNode {
	cpus := pick(d, "4", "16", "64", "many")
	labels := func() map[string]string {
		return map[string]string{"kubernetes.io/hostname": nodeName(i), "disk": pick(d, "ssd", "hdd"), "cpus": cpus}
	}
	first := nodeState{labels: labels(), taints: d.taints(), unschedulable: d.percent(15)}
	if d.percent(30) {
		first.labels["gpu"] = pick(d, "", "true", "a100")
	}
	n := scenarioNode{first: first, then: first, unready: d.percent(15)}
	if d.percent(35) {
		n.then.labels = labels()
		if d.percent(50) {
			n.then.labels["gpu"] = "true"
		}
	}
	if d.percent(30) {
		n.then.taints = d.taints()
	}
	if d.percent(10) {
		n.then.unschedulable = true
	}
	n.pod = podChanges{bound: d.percent(85), twin: d.percent(20), phase: corev1.PodRunning}
	if d.percent(30) {
		n.pod.phase = pick(d, corev1.PodPending, corev1.PodFailed, corev1.PodSucceeded)
	}
	return n
}

func (d dice) taints() []corev1.Taint {
	taints := []corev1.Taint{
		{Key: "dedicated", Value: "gpu", Effect: "NoSchedule"}, {Key: "dedicated", Value: "db", Effect: "NoExecute"},
		{Key: "spot", Value: "true", Effect: "PreferNoSchedule"}, {Key: "drain", Effect: "NoExecute"},
		{Key: "node.kubernetes.io/disk-pressure", Effect: "NoSchedule"}, {Key: "node.kubernetes.io/unreachable", Effect: "NoExecute"},
	}
	d.Shuffle(len(taints), func(i, j int) { taints[i], taints[j] = taints[j], taints[i] })
	return taints[:pick(d, 0, 0, 0, 1, 1, 2)]
}

func (d dice) nodeRequirement() corev1.NodeSelectorRequirement {
	return pick(d,
		corev1.NodeSelectorRequirement{Key: "disk", Operator: "In", Values: []string{"ssd"}},
		corev1.NodeSelectorRequirement{Key: "gpu", Operator: "Exists"},
		corev1.NodeSelectorRequirement{Key: "gpu", Operator: "DoesNotExist"},
		corev1.NodeSelectorRequirement{Key: "gpu", Operator: "NotIn", Values: []string{"true", ""}},
		corev1.NodeSelectorRequirement{Key: "cpus", Operator: "Gt", Values: []string{"8"}},
		corev1.NodeSelectorRequirement{Key: "cpus", Operator: "Lt", Values: []string{"64"}})
}

// playDaemons plays one scenario after another, because nodes have no namespace.
func playDaemons(ctx context.Context, p *plane, seed uint64, n int, write func(any) error) error {
	for _, s := range daemonScenarios(seed, n) {
		if err := p.playDaemon(ctx, s, write); err != nil {
			return err
		}
	}
	return nil
}

func (p *plane) playDaemon(ctx context.Context, s daemonScenario, write func(any) error) error {
	if err := p.createNamespace(ctx, s.namespace); err != nil {
		return err
	}
	for i, n := range s.nodes {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeName(i), Labels: n.first.labels}}
		node.Spec.Taints, node.Spec.Unschedulable = n.first.taints, n.first.unschedulable
		node, err := p.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		if n.unready {
			continue
		}
		node.Spec.Taints = n.first.taints
		if _, err := p.CoreV1().Nodes().Update(ctx, node, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	app := map[string]string{"app": "agent"}
	sets := p.AppsV1().DaemonSets(s.namespace)
	_, err := sets.Create(ctx, &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Name: "agent"},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: app},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: app}, Spec: s.spec},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := p.traceDaemon(ctx, s.namespace, "-a", write); err != nil {
		return err
	}
	if err := p.changeState(ctx, s); err != nil {
		return err
	}
	if err := p.traceDaemon(ctx, s.namespace, "-b", write); err != nil {
		return err
	}
	// The next scenario must not see this DaemonSet or its nodes. The pods do not matter: they have a
	// namespace of their own.
	background := metav1.DeletePropagationBackground
	if err := sets.Delete(ctx, "agent", metav1.DeleteOptions{PropagationPolicy: &background}); err != nil {
		return err
	}
	return p.CoreV1().Nodes().DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
}

// changeState changes the pods and nodes of a scenario while no controller runs.
func (p *plane) changeState(ctx context.Context, s daemonScenario) error {
	pods, err := p.pods(ctx, s.namespace)
	if err != nil {
		return err
	}
	for i, n := range s.nodes {
		j := slices.IndexFunc(pods, func(pod corev1.Pod) bool { return target(&pod) == nodeName(i) })
		if j >= 0 {
			if err := p.changePod(ctx, &pods[j], n.pod); err != nil {
				return err
			}
		}
		node, err := p.CoreV1().Nodes().Get(ctx, nodeName(i), metav1.GetOptions{})
		if err != nil {
			return err
		}
		node.Labels, node.Spec.Unschedulable = n.then.labels, n.then.unschedulable
		if !slices.Equal(n.then.taints, n.first.taints) {
			node.Spec.Taints = n.then.taints
		}
		if _, err := p.CoreV1().Nodes().Update(ctx, node, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	// The controller records the generation that it has observed. This update changes no decision, but its
	// new generation shows when the controller has acted.
	sets := p.AppsV1().DaemonSets(s.namespace)
	ds, err := sets.Get(ctx, "agent", metav1.GetOptions{})
	if err != nil {
		return err
	}
	*ds.Spec.RevisionHistoryLimit++
	_, err = sets.Update(ctx, ds, metav1.UpdateOptions{})
	return err
}

func (p *plane) changePod(ctx context.Context, pod *corev1.Pod, changes podChanges) error {
	pods, node := p.CoreV1().Pods(pod.Namespace), target(pod)
	if changes.twin {
		twin := newPod(pod.Name + "-twin")
		twin.Labels, twin.OwnerReferences = pod.Labels, pod.OwnerReferences
		twin.Spec.NodeName, twin.Spec.Tolerations = node, pod.Spec.Tolerations
		if err := p.createPod(ctx, pod.Namespace, twin); err != nil {
			return err
		}
	}
	if !changes.bound {
		return nil
	}
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name}}
	binding.Target = corev1.ObjectReference{Kind: "Node", Name: node}
	if err := pods.Bind(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	pod, err := pods.Get(ctx, pod.Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	pod.Status.Phase = changes.phase
	_, err = pods.UpdateStatus(ctx, pod, metav1.UpdateOptions{})
	return err
}

// traceDaemon starts the controller on the current state, and writes what it did.
func (p *plane) traceDaemon(ctx context.Context, namespace, step string, write func(any) error) error {
	t := daemonTrace{Kind: "daemon", Now: time.Now().UTC(), Name: namespace + step}
	nodes, err := p.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	t.Nodes = nodes.Items
	for i := range t.Nodes {
		t.Nodes[i].ManagedFields = nil
	}
	if t.Pods, err = p.pods(ctx, namespace); err != nil {
		return err
	}
	sets := p.AppsV1().DaemonSets(namespace)
	ds, err := sets.Get(ctx, "agent", metav1.GetOptions{})
	if err != nil {
		return err
	}
	ds.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"}
	ds.ManagedFields = nil
	t.DaemonSet = *ds

	var after []corev1.Pod
	err = p.manage(ctx, func() error {
		return settle(ctx, func(ctx context.Context) (state string, done bool, err error) {
			if after, err = p.pods(ctx, namespace); err != nil {
				return "", false, err
			}
			if ds, err = sets.Get(ctx, "agent", metav1.GetOptions{}); err != nil {
				return "", false, err
			}
			return ds.ResourceVersion + versions(after), ds.Status.ObservedGeneration == ds.Generation, nil
		})
	})
	if err != nil {
		return err
	}
	t.Did, t.Status = whatDaemonsDid(t.Pods, after), ds.Status
	return write(t)
}

// whatDaemonsDid compares the pods of a namespace before and after. Finished pods are deleted like others.
func whatDaemonsDid(before, after []corev1.Pod) daemonDid {
	did := daemonDid{CreatedOn: []string{}, Deleted: []string{}}
	left := byName(after)
	for _, was := range before {
		is := left[was.Name]
		delete(left, was.Name)
		if was.DeletionTimestamp == nil && (is == nil || is.DeletionTimestamp != nil) {
			did.Deleted = append(did.Deleted, was.Name)
		}
	}
	for _, pod := range left {
		did.CreatedOn = append(did.CreatedOn, target(pod))
	}
	slices.Sort(did.CreatedOn)
	return did
}

// target returns the node that a pod of a DaemonSet is bound to or created for.
func target(pod *corev1.Pod) string {
	node, err := util.GetTargetNodeName(pod)
	if err != nil {
		return ""
	}
	return node
}

func nodeName(i int) string { return fmt.Sprintf("d-%d", i) }
