package replica_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	daemonset "github.com/rollcall-go/rollcall/replica/daemon"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/daemon"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"
	testclock "k8s.io/utils/clock/testing"

	"github.com/rollcall-go/rollcall/conformance/internal/pods"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
)

// revision is the hash of the current template.
const revision = "new"

// A daemonController is the upstream controller with a client that only records the requests.
type daemonController struct {
	*daemon.DaemonSetsController
	pods  cache.Indexer
	clock *testclock.FakeClock

	ds     *appsv1.DaemonSet
	status *appsv1.DaemonSetStatus
	mu     sync.Mutex // creations run concurrently
	did    []string   // "create on n1", "delete web-1", "patch web-1 {…}"
}

func newDaemonController() *daemonController {
	client := fake.NewClientset()
	factory := informers.NewSharedInformerFactory(client, 0)
	c := &daemonController{clock: testclock.NewFakeClock(pods.Now), pods: factory.Core().V1().Pods().Informer().GetIndexer()}
	did := func(what string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.did = append(c.did, what)
	}
	client.PrependReactor("create", "pods", func(a clienttesting.Action) (bool, runtime.Object, error) {
		pod := a.(clienttesting.CreateAction).GetObject().(*corev1.Pod)
		node, err := daemonutil.GetTargetNodeName(pod)
		did("create on " + node)
		return true, pod, err
	})
	client.PrependReactor("delete", "pods", func(a clienttesting.Action) (bool, runtime.Object, error) {
		did("delete " + a.(clienttesting.DeleteAction).GetName())
		return true, nil, nil
	})
	client.PrependReactor("patch", "pods", func(a clienttesting.Action) (bool, runtime.Object, error) {
		patch := a.(clienttesting.PatchAction)
		did("patch " + patch.GetName() + " " + string(patch.GetPatch()))
		return true, &corev1.Pod{}, nil
	})
	client.PrependReactor("get", "daemonsets", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, c.ds, nil
	})
	client.PrependReactor("update", "daemonsets", func(a clienttesting.Action) (bool, runtime.Object, error) {
		ds := a.(clienttesting.UpdateAction).GetObject().(*appsv1.DaemonSet)
		c.status = &ds.Status
		return true, ds, nil
	})
	ctx := klog.NewContext(context.Background(), logger)
	var err error
	c.DaemonSetsController, err = daemon.NewDaemonSetsController(ctx,
		factory.Apps().V1().DaemonSets(), factory.Apps().V1().ControllerRevisions(),
		factory.Core().V1().Pods(), factory.Core().V1().Nodes(),
		client, flowcontrol.NewFakeBackOff(time.Second, 15*time.Minute, c.clock))
	if err != nil {
		panic(err)
	}
	return c
}

// sync runs one sync of a DaemonSet and returns the recorded requests, sorted, and the status.
func (c *daemonController) sync(ds *appsv1.DaemonSet, nodes []*corev1.Node, list []*corev1.Pod) (
	[]string, appsv1.DaemonSetStatus, error,
) {
	if err := c.pods.Replace(objects(list), ""); err != nil {
		return nil, appsv1.DaemonSetStatus{}, err
	}
	ctx := klog.NewContext(context.Background(), logger)
	c.ds, c.did = ds, nil
	if err := manage(c.DaemonSetsController, ctx, ds, nodes, revision); err != nil {
		return nil, appsv1.DaemonSetStatus{}, err
	}
	did := slices.Sorted(slices.Values(c.did)) // before the status update claims the same pods again from the same cache
	err := updateDaemonSetStatus(c.DaemonSetsController, ctx, ds, nodes, revision, false)
	return did, *c.status, err
}

// daemonSet returns a DaemonSet with the template.
func daemonSet(template *corev1.PodTemplateSpec, uid string) *appsv1.DaemonSet {
	ds := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "monitor", UID: types.UID(uid), Generation: 1}}
	ds.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"ds": "monitor"}}
	ds.Spec.Template = *template
	ds.Spec.Template.Labels = map[string]string{"ds": "monitor"}
	return ds
}

var daemonKind = appsv1.SchemeGroupVersion.WithKind("DaemonSet")

// daemonPods returns pods that the DaemonSet controls.
func daemonPods(w *pods.World, ds *appsv1.DaemonSet, n int) []*corev1.Pod {
	list := w.Pods(n)
	for _, p := range list {
		p.Namespace = ds.Namespace
		p.Labels["ds"] = "monitor"
		p.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(ds, daemonKind)}
	}
	return list
}

// did returns the requests of a plan in the form that daemonController records, sorted.
func did(plan daemonset.Plan, list []*corev1.Pod) []string {
	var all []string
	for _, node := range plan.Create {
		all = append(all, "create on "+node)
	}
	for _, deletion := range plan.Delete {
		all = append(all, "delete "+list[deletion.Index].Name)
	}
	slices.Sort(all)
	return all
}

// anyFailed names only the node for each deletion of a failed pod. If several pods on a node failed, one is
// deleted; upstream takes the first that arrives.
func anyFailed(did []string, list []*corev1.Pod) []string {
	did = slices.Clone(did)
	for _, p := range list {
		if i := slices.Index(did, "delete "+p.Name); i >= 0 && p.Status.Phase == corev1.PodFailed {
			node, _ := daemonutil.GetTargetNodeName(p)
			did[i] = "delete a failed pod on " + node
		}
	}
	slices.Sort(did)
	return did
}

// withoutAgain removes the deletions of pods that are already terminating and wait for a missing node, and
// counts them.
func withoutAgain(did []string, list []*corev1.Pod) ([]string, int) {
	rest := slices.DeleteFunc(slices.Clone(did), func(what string) bool {
		return slices.ContainsFunc(list, func(p *corev1.Pod) bool {
			return what == "delete "+p.Name && p.DeletionTimestamp != nil && p.Spec.NodeName == ""
		})
	})
	return rest, len(did) - len(rest)
}

// TestReconcileNodes compares several syncs in sequence: adopted, released, created and deleted pods, and the
// status.
func TestReconcileNodes(t *testing.T) {
	controllers := sync.Pool{New: func() any { return newDaemonController() }}
	counts := forEach(t, *lists/5, func(n uint64) (map[string]int, error) {
		controller := controllers.Get().(*daemonController)
		defer controllers.Put(controller)
		controller.clock.SetTime(pods.Now)
		w, nw := pods.NewWorld(*seed, n), newNodeWorld(n)
		ds := daemonSet(nw.template(), fmt.Sprint(n))
		ds.Spec.MinReadySeconds = minReady[w.IntN(len(minReady))]
		var nodes []*corev1.Node
		var ourNodes []daemonset.Node
		for _, name := range nodeNames[:1+w.IntN(3)] {
			node := nw.node(name)
			nodes, ourNodes = append(nodes, node), append(ourNodes, kube.Node(node))
		}
		s, err := kube.Selector(ds.Spec.Selector)
		if err != nil {
			return nil, err
		}
		c := kube.Controller(ds, daemonKind, s)
		placement, _ := kube.Placement(&ds.Spec.Template)
		placement.MinReady = time.Duration(ds.Spec.MinReadySeconds) * time.Second
		placement.Revision = revision
		placement.FailedPods = new(daemonset.FailedPods)
		counts := map[string]int{}
		for range 3 { // syncs
			list := daemonPods(w, ds, w.IntN(8))
			for _, p := range list {
				switch w.IntN(8) {
				case 0:
					p.OwnerReferences = nil
				case 1:
					p.Labels["ds"] = "other"
				case 2:
					p.OwnerReferences[0].UID = "other"
				}
			}
			now := controller.clock.Now()
			theyDid, theirStatus, err := controller.sync(ds, nodes, list)
			if err != nil {
				return nil, err
			}
			ours := pods.Ours(list)
			plan := daemonset.Sync(c, ourNodes, ours, placement, now)
			weDid := did(plan, list)
			for _, i := range plan.Adopt {
				weDid = append(weDid, "patch "+list[i].Name+" "+string(c.AdoptPatch(ours[i].Object)))
			}
			for _, i := range plan.Release {
				weDid = append(weDid, "patch "+list[i].Name+" "+string(c.ReleasePatch(ours[i].Object)))
			}
			status := appsv1.DaemonSetStatus{
				DesiredNumberScheduled: int32(plan.Status.Desired), CurrentNumberScheduled: int32(plan.Status.Current), NumberReady: int32(plan.Status.Ready),
				NumberAvailable: int32(plan.Status.Available), NumberUnavailable: int32(plan.Status.Unavailable),
				NumberMisscheduled: int32(plan.Status.Misscheduled), UpdatedNumberScheduled: int32(plan.Status.Updated),
			}
			theyDid, again := withoutAgain(theyDid, list)
			counts["deleted again upstream"] += again
			weDid, theyDid = anyFailed(weDid, list), anyFailed(theyDid, list)
			if !slices.Equal(weDid, theyDid) || status.String() != theirStatus.String() {
				return nil, fmt.Errorf("%v, status %+v\nupstream %v, status %+v", weDid, status, theyDid, theirStatus)
			}
			for _, deletion := range plan.Delete {
				counts[deletion.Rule.String()]++
				if deletion.Rule == daemonset.PodFailed {
					node, _ := daemonutil.GetTargetNodeName(list[deletion.Index])
					placement.FailedPods.Deleted(node, now)
				}
			}
			counts["adopted"] += len(plan.Adopt)
			counts["released"] += len(plan.Release)
			counts["created"] += len(plan.Create)
			counts["updated"] += plan.Status.Updated
			counts["misscheduled"] += plan.Status.Misscheduled
			counts["available"] += plan.Status.Available
			controller.clock.Step([]time.Duration{0, time.Second - 1, time.Second, 2 * time.Second, time.Hour}[w.IntN(5)])
		}
		return counts, nil
	})
	covered(t, counts, "NodeUnfit", "NodeMissing", "PodFailed", "PodSucceeded", "Duplicate", "created", "updated", "misscheduled",
		"available", "adopted", "released", "deleted again upstream")
}

// One sync creates at most 250 pods and deletes at most 250, on the first nodes. Upstream takes nodes in the order
// of its list, rollcall by name.
func TestNodeBurst(t *testing.T) {
	ds := daemonSet(&corev1.PodTemplateSpec{}, "burst")
	ds.Spec.Template.Spec.NodeSelector = map[string]string{"disk": "ssd"}
	var nodes []*corev1.Node
	var list []*corev1.Pod
	for i := range 600 { // half of the nodes lack a pod, and the other half should have none
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("n%03d", i), Labels: map[string]string{"disk": "ssd"}}}
		if i%2 == 0 {
			node.Labels = nil
			p := daemonPods(pods.NewWorld(*seed, 0), ds, 1)[0]
			p.Name, p.Spec.NodeName, p.DeletionTimestamp, p.Status.Phase = fmt.Sprintf("web-%03d", i), node.Name, nil, corev1.PodRunning
			list = append(list, p)
		}
		nodes = append(nodes, node)
	}
	placement, err := kube.Placement(&ds.Spec.Template)
	if err != nil {
		t.Fatal(err)
	}
	sync := func() (weDid, theyDid []string) {
		theyDid, _, err := newDaemonController().sync(ds, nodes, list)
		if err != nil {
			t.Fatal(err)
		}
		var ourNodes []daemonset.Node
		for _, node := range nodes {
			ourNodes = append(ourNodes, kube.Node(node))
		}
		return did(daemonset.Diff(ourNodes, pods.Ours(list), placement, pods.Now), list), theyDid
	}
	byName, theyDid := sync()
	if len(byName) != 2*daemon.BurstReplicas || !slices.Equal(byName, theyDid) {
		t.Errorf("%d changes, upstream %d:\n%v\n%v", len(byName), len(theyDid), byName, theyDid)
	}
	slices.Reverse(nodes)
	weDid, theyDid := sync()
	if slices.Equal(theyDid, byName) {
		t.Error("upstream: the order of the nodes does not matter")
	}
	if !slices.Equal(weDid, byName) {
		t.Errorf("%v, for nodes in reverse order %v", byName, weDid)
	}
}

// Upstream deletes a pending pod whose affinity names a node with the empty name, which the API rejects: the
// node is missing. In rollcall such a pod has no target node and is not deleted.
func TestTargetWithoutName(t *testing.T) {
	ds := daemonSet(&corev1.PodTemplateSpec{}, "nameless")
	list := daemonPods(pods.NewWorld(*seed, 0), ds, 1)
	list[0].DeletionTimestamp, list[0].Status.Phase, list[0].Spec.NodeName = nil, corev1.PodPending, ""
	list[0].Spec.Affinity = requiring(&corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
		MatchFields: []corev1.NodeSelectorRequirement{{Key: metav1.ObjectNameField, Operator: "In", Values: []string{""}}},
	}}})
	if theyDid, _, err := newDaemonController().sync(ds, nil, list); err != nil || len(theyDid) != 1 {
		t.Errorf("upstream: %v, %v", theyDid, err)
	}
	if plan := daemonset.Diff(nil, pods.Ours(list), daemonset.Placement{}, pods.Now); plan.Delete != nil {
		t.Errorf("%+v", plan)
	}
}

// Upstream deletes the pods of a node in their order of arrival, and only the first of several failed pods.
// rollcall uses the order in which the pods are preferred for the node.
func TestOrderOnANode(t *testing.T) {
	ds := daemonSet(&corev1.PodTemplateSpec{}, "order")
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}
	var list []*corev1.Pod
	for i, phase := range []corev1.PodPhase{"Failed", "Running", "Succeeded", "Failed", "Running"} {
		p := running(fmt.Sprintf("web-%d", i), fmt.Sprint(i), pods.Now.Add(time.Duration(i)*time.Second), pods.Now, 0)
		p.Status.Phase = phase
		list = append(list, p)
	}
	theirs, ours := map[string]bool{}, map[string]bool{}
	for range 2 {
		upstream := newDaemonController().DaemonSetsController // a new one for each case, without backoff
		_, deleted := podsShouldBeOnNode(upstream, logger, node, map[string][]*corev1.Pod{"n1": list}, ds, revision,
			nil, nodeaffinity.NewRequiredNodeAffinity(nil, nil))
		theirs[strings.Join(deleted, " ")] = true
		var names []string
		for _, deletion := range daemonset.Diff([]daemonset.Node{{Name: "n1"}}, pods.Ours(list), daemonset.Placement{}, pods.Now).Delete {
			names = append(names, list[deletion.Index].Name)
		}
		ours[strings.Join(names, " ")] = true
		slices.Reverse(list)
	}
	if len(theirs) != 2 || !theirs["web-0 web-2 web-4"] || !theirs["web-3 web-2 web-4"] {
		t.Errorf("upstream: %v", theirs)
	}
	if len(ours) != 1 || !ours["web-0 web-2 web-4"] {
		t.Error(ours)
	}
}

// Upstream creates two pods for a node that is listed twice.
func TestANodeListedTwice(t *testing.T) {
	ds := daemonSet(&corev1.PodTemplateSpec{}, "twice")
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}
	theyDid, status, err := newDaemonController().sync(ds, []*corev1.Node{node, node}, nil)
	if err != nil || len(theyDid) != 2 || status.DesiredNumberScheduled != 2 {
		t.Errorf("upstream: %v, %d desired, %v", theyDid, status.DesiredNumberScheduled, err)
	}
	plan := daemonset.Diff([]daemonset.Node{kube.Node(node), kube.Node(node)}, nil, daemonset.Placement{}, pods.Now)
	if weDid := did(plan, nil); len(weDid) != 1 || plan.Status.Desired != 1 {
		t.Errorf("%v, %d desired", weDid, plan.Status.Desired)
	}
}

// A pod is updated if its hash label matches. Upstream also accepts the template generation, which comes from
// an API that no longer exists.
func TestUpdated(t *testing.T) {
	updated := func(p *corev1.Pod, hash string) bool {
		placement := daemonset.Placement{Revision: hash}
		return daemonset.Diff([]daemonset.Node{{Name: "n1"}}, []replica.Pod{kube.Pod(p)}, placement, pods.Now).Status.Updated == 1
	}
	p := running("web-1", "1", pods.Now, pods.Now, 0)
	for _, hash := range []string{"", "new", "old"} {
		for _, label := range []string{"", "new", "old"} {
			p.Labels = map[string]string{appsv1.ControllerRevisionHashLabelKey: label}
			if got, want := updated(p, hash), daemonutil.IsPodUpdated(p, hash, nil); got != want {
				t.Errorf("hash %q, label %q: %v, upstream %v", hash, label, got, want)
			}
		}
	}
	p.Labels = map[string]string{"pod-template-generation": "1"}
	if !daemonutil.IsPodUpdated(p, "new", new(int64(1))) {
		t.Error("upstream: not updated by the template generation")
	}
	if updated(p, "new") {
		t.Error("updated by the template generation")
	}
}
