package kube_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
	"github.com/rollcall-go/rollcall/replica/daemon"
)

// WriteDaemonSet shows a DaemonSet's status, where it should run a pod and where not, where one is missing, and which pods go.
// It wants all nodes, and all pods of the namespace. Revision is the label controller-revision-hash of its newest
// ControllerRevision.
func WriteDaemonSet(
	w io.Writer, ds *appsv1.DaemonSet, revision string, nodeList []corev1.Node, podList []corev1.Pod, now time.Time,
) error {
	s, err := kube.Selector(ds.Spec.Selector)
	if err != nil {
		return err
	}
	placement, err := kube.Placement(&ds.Spec.Template)
	var bad field.Errors
	if errors.As(err, &bad) {
		fmt.Fprintln(w, bad) // the placement says what the cluster does all the same
	} else if err != nil {
		return err
	}
	placement.MinReady, placement.Revision = time.Duration(ds.Spec.MinReadySeconds)*time.Second, revision
	nodes := make([]daemon.Node, len(nodeList))
	for i := range nodeList {
		nodes[i] = kube.Node(&nodeList[i])
	}
	pods := make([]replica.Pod, len(podList))
	for i := range podList {
		pods[i] = kube.Pod(&podList[i])
	}
	c := kube.Controller(ds, appsv1.SchemeGroupVersion.WithKind("DaemonSet"), s)
	pass := daemon.Sync(c, nodes, pods, placement, now)

	fmt.Fprintf(w, "%d desired, %d current, %d up to date, %d ready, %d available, %d misscheduled\n",
		pass.Desired, pass.Current, pass.Updated, pass.Ready, pass.Available, pass.Misscheduled)
	for _, node := range nodes {
		fmt.Fprintf(w, "%s: %v\n", node.Name, placement.Explain(node))
	}
	for _, node := range pass.Create {
		fmt.Fprintln(w, "missing on", node)
	}
	for _, victim := range pass.Delete {
		fmt.Fprintf(w, "%s goes: %s\n", pods[victim.Index].Name, victim.Rule.Phrase())
	}
	return nil
}

// A DaemonSet for nodes with an ssd, and one pod on each of the first three nodes. Node-2 has lost its label since, and node-3
// has got a taint; node-4 is new.
func Example_daemonSet() {
	agent, ssd := map[string]string{"app": "agent"}, map[string]string{"disk": "ssd"}
	ds := &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "agent", UID: "agent-uid"},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: agent},
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{NodeSelector: ssd}},
		},
	}
	node := func(name string, labels map[string]string, taints ...corev1.Taint) corev1.Node {
		return corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}, Spec: corev1.NodeSpec{Taints: taints}}
	}
	nodes := []corev1.Node{
		node("node-1", ssd), node("node-2", nil),
		node("node-3", ssd, corev1.Taint{Key: "dedicated", Value: "db", Effect: corev1.TaintEffectNoSchedule}),
		node("node-4", ssd),
	}
	var pods []corev1.Pod
	for _, on := range []string{"node-1", "node-2", "node-3"} {
		p := pod("agent-on-"+on, map[string]string{"app": "agent", appsv1.ControllerRevisionHashLabelKey: "v1"}, nil)
		p.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(ds, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))}
		p.Spec.NodeName = on
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		pods = append(pods, *p)
	}
	if err := WriteDaemonSet(os.Stdout, ds, "v1", nodes, pods, time.Now()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2 desired, 1 current, 1 up to date, 1 ready, 1 available, 2 misscheduled
	// node-1: should run a pod
	// node-2: should run none: label disk is missing, want "ssd"
	// node-3: gets no new pod, but keeps one that it has: taint dedicated=db:NoSchedule is not tolerated
	// node-4: should run a pod
	// missing on node-4
	// agent-on-node-2 goes: on a node that should run none
}
