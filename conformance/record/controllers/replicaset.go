package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/utils/ptr"
)

// A replicaSetTrace is one line of claim.jsonl or scale-down.jsonl. It has the state at the time Now, and
// what the controller did until nothing changed. If ScaleTo is not nil, the replica set was scaled to it
// first.
type replicaSetTrace struct {
	Kind        string              `json:"kind"`
	Now         time.Time           `json:"now"`
	ReplicaSet  string              `json:"replicaSet"`
	ScaleTo     *int32              `json:"scaleTo,omitempty"`
	ReplicaSets []appsv1.ReplicaSet `json:"replicaSets"`
	Pods        []corev1.Pod        `json:"pods"`
	Did         replicaSetDid       `json:"did"`
	Name        string              `json:"name"`
}

type replicaSetDid struct {
	Created  int      `json:"created"`
	Deleted  []string `json:"deleted"`
	Adopted  []string `json:"adopted"`
	Released []string `json:"released"`
}

// A replicaSetScenario is the state of one namespace before the controller starts. The trace is about the
// replica set web.
type replicaSetScenario struct {
	namespace   string
	replicaSets []*appsv1.ReplicaSet
	pods        []*scenarioPod
	scaleTo     *int32
}

// A scenarioPod is a pod to create, with its status. An owner reference without a UID gets the UID of the
// replica set with that name.
type scenarioPod struct {
	corev1.Pod
	wave   int  // pods of a later wave are created at least one second later
	leaves bool // deleted after its creation; it stays terminating because its node has no kubelet
}

const waves = 3

func replicaSet(name string, replicas int32, selector metav1.LabelSelector, labels map[string]string) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas, Selector: &selector,
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: newPod("").Spec},
		},
	}
}

func newPod(name string) *scenarioPod {
	return &scenarioPod{Pod: corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "x"}}},
	}}
}

func ownedBy(rs *appsv1.ReplicaSet, i int) *scenarioPod {
	pod := newPod(fmt.Sprintf("%s-%02d", rs.Name, i))
	pod.Labels = maps.Clone(rs.Spec.Template.Labels)
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: rs.Name,
		Controller: ptr.To(true), BlockOwnerDeletion: ptr.To(true)}}
	return pod
}

// playReplicaSets creates all scenarios, each in its namespace, and then starts the controller once.
func playReplicaSets(ctx context.Context, p *plane, kind string, scenarios []replicaSetScenario, write func(any) error) error {
	if err := p.createAll(ctx, scenarios); err != nil {
		return err
	}
	traces := make([]replicaSetTrace, len(scenarios))
	for i, s := range scenarios {
		t := replicaSetTrace{Kind: kind, Now: time.Now().UTC(), ReplicaSet: "web", ScaleTo: s.scaleTo, Name: s.namespace}
		var err error
		if t.ReplicaSets, t.Pods, err = p.replicaSetsAndPods(ctx, s.namespace); err != nil {
			return err
		}
		if s.scaleTo != nil {
			web := t.replicaSet().DeepCopy()
			web.Spec.Replicas = s.scaleTo
			if _, err := p.AppsV1().ReplicaSets(s.namespace).Update(ctx, web, metav1.UpdateOptions{}); err != nil {
				return err
			}
		}
		traces[i] = t
	}
	if err := p.manage(ctx, func() error { return settle(ctx, p.replicaSetsDone) }); err != nil {
		return err
	}
	for _, t := range traces {
		_, after, err := p.replicaSetsAndPods(ctx, t.Name)
		if err != nil {
			return err
		}
		t.Did = whatHappened(t.replicaSet().UID, t.Pods, after)
		if t.ScaleTo != nil && !t.certain(time.Now()) {
			fmt.Fprintln(os.Stderr, t.Name+": left out: other pods could have been deleted instead")
			continue
		}
		if err := write(t); err != nil {
			return err
		}
	}
	return nil
}

// createAll creates the objects of the scenarios.
func (p *plane) createAll(ctx context.Context, scenarios []replicaSetScenario) error {
	uids := map[string]types.UID{} // by namespace/name
	for _, s := range scenarios {
		if err := p.createNamespace(ctx, s.namespace); err != nil {
			return err
		}
		for _, rs := range s.replicaSets {
			stored, err := p.AppsV1().ReplicaSets(s.namespace).Create(ctx, rs, metav1.CreateOptions{})
			if err != nil {
				return err
			}
			uids[s.namespace+"/"+rs.Name] = stored.UID
		}
	}
	for wave := range waves {
		created := false
		for _, s := range scenarios {
			for _, pod := range s.pods {
				if pod.wave != wave {
					continue
				}
				for i, ref := range pod.OwnerReferences {
					if ref.UID == "" {
						pod.OwnerReferences[i].UID = uids[s.namespace+"/"+ref.Name]
					}
				}
				if err := p.createPod(ctx, s.namespace, pod); err != nil {
					return err
				}
				created = true
			}
		}
		if !created {
			continue
		}
		select { // creation times have whole seconds
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (p *plane) createNamespace(ctx context.Context, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err := p.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{})
	return err
}

func (p *plane) createPod(ctx context.Context, namespace string, pod *scenarioPod) error {
	pods := p.CoreV1().Pods(namespace)
	created, err := pods.Create(ctx, &pod.Pod, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if pod.Status.Phase != "" {
		created.Status = pod.Status
		if _, err := pods.UpdateStatus(ctx, created, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	if pod.leaves {
		return pods.Delete(ctx, pod.Name, metav1.DeleteOptions{})
	}
	return nil
}

// replicaSetsAndPods returns the objects of a namespace, or of all namespaces, without managedFields.
func (p *plane) replicaSetsAndPods(ctx context.Context, namespace string) ([]appsv1.ReplicaSet, []corev1.Pod, error) {
	sets, err := p.AppsV1().ReplicaSets(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, nil, err
	}
	for i := range sets.Items {
		sets.Items[i].ManagedFields = nil
	}
	pods, err := p.pods(ctx, namespace)
	return sets.Items, pods, err
}

func (p *plane) pods(ctx context.Context, namespace string) ([]corev1.Pod, error) {
	pods, err := p.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	items := append([]corev1.Pod{}, pods.Items...) // an empty list is encoded as [], not null
	for i := range items {
		items[i].ManagedFields = nil
	}
	return items, nil
}

// replicaSetsDone reports whether the controller has observed every replica set and each has the wanted
// number of pods.
func (p *plane) replicaSetsDone(ctx context.Context) (state string, done bool, err error) {
	sets, pods, err := p.replicaSetsAndPods(ctx, metav1.NamespaceAll)
	if err != nil {
		return "", false, err
	}
	done = true
	for _, rs := range sets {
		state += " " + rs.ResourceVersion
		done = done && rs.Status.ObservedGeneration == rs.Generation && rs.Status.Replicas == *rs.Spec.Replicas
	}
	return state + versions(pods), done, nil
}

// versions returns a string that changes when any of the pods changes.
func versions(pods []corev1.Pod) (state string) {
	for _, pod := range pods {
		state += " " + pod.ResourceVersion
	}
	return state
}

// whatHappened compares the pods of a namespace before and after.
func whatHappened(owner types.UID, before, after []corev1.Pod) replicaSetDid {
	did := replicaSetDid{Deleted: []string{}, Adopted: []string{}, Released: []string{}}
	owns := func(pod *corev1.Pod) bool {
		ref := metav1.GetControllerOfNoCopy(pod)
		return ref != nil && ref.UID == owner
	}
	left := byName(after)
	for i := range before {
		was := &before[i]
		is := left[was.Name]
		delete(left, was.Name)
		if controller.IsPodActive(was) && (is == nil || !controller.IsPodActive(is)) {
			did.Deleted = append(did.Deleted, was.Name)
		}
		if is != nil && owns(is) && !owns(was) {
			did.Adopted = append(did.Adopted, was.Name)
		}
		if is != nil && owns(was) && !owns(is) {
			did.Released = append(did.Released, was.Name)
		}
	}
	did.Created = len(left)
	return did
}

func byName(pods []corev1.Pod) map[string]*corev1.Pod {
	m := map[string]*corev1.Pod{}
	for i := range pods {
		m[pods[i].Name] = &pods[i]
	}
	return m
}

func (t *replicaSetTrace) replicaSet() *appsv1.ReplicaSet {
	i := slices.IndexFunc(t.ReplicaSets, func(rs appsv1.ReplicaSet) bool { return rs.Name == t.ReplicaSet })
	return &t.ReplicaSets[i]
}
