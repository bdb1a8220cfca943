package kube

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

// Claim makes the claims of a plan: it calls patch for each pod to release, then for each pod to adopt.
// Release and adopt are indices into pods, as in [replica.Plan] and [daemon.Plan]. The data is a strategic
// merge patch. If there are pods to adopt, Claim first calls live, which returns the controller from the API
// server, not from a cache: a controller that is being deleted or was replaced adopts no pods.
//
// It makes all claims even if some fail, and returns their errors joined. Return such an error and sync
// again: the rest of the plan takes for granted that all claims succeed. The errors NotFound and Invalid of a
// release are no errors: the pod is gone, or already released.
//
// Upstream: PodControllerRefManager.ClaimPods in k8s.io/kubernetes/pkg/controller. For an adoption that fails
// with NotFound it continues its sync without the pod.
func Claim(
	c ownership.Controller, pods []*corev1.Pod, adopt, release []int,
	live func() (metav1.Object, error), patch func(pod *corev1.Pod, data []byte) error,
) error {
	var errs []error
	for _, i := range release {
		err := patch(pods[i], c.ReleasePatch(Object(pods[i])))
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsInvalid(err) {
			errs = append(errs, fmt.Errorf("kube: %v cannot release pod %s: %w", c.Ref, pods[i].Name, err))
		}
	}
	if len(adopt) > 0 {
		if err := mayAdopt(c, live); err != nil {
			errs, adopt = append(errs, err), nil
		}
	}
	for _, i := range adopt {
		if err := patch(pods[i], c.AdoptPatch(Object(pods[i]))); err != nil {
			errs = append(errs, fmt.Errorf("kube: %v cannot adopt pod %s: %w", c.Ref, pods[i].Name, err))
		}
	}
	return errors.Join(errs...)
}

// mayAdopt returns why c must not adopt pods, if the API server knows of a reason.
func mayAdopt(c ownership.Controller, live func() (metav1.Object, error)) error {
	o, err := live()
	switch {
	case err != nil:
		return fmt.Errorf("kube: %v cannot adopt pods: %w", c.Ref, err)
	case isNil(o) || string(o.GetUID()) != c.UID:
		return fmt.Errorf("kube: %v cannot adopt pods: another object has its name", c.Ref)
	case o.GetDeletionTimestamp() != nil:
		return fmt.Errorf("kube: %v cannot adopt pods: it is being deleted", c.Ref)
	}
	return nil
}

// NewPod returns a new pod of the template t, which c controls and the API server names. It shares no memory
// with t. A nil t is an empty template.
//
// Upstream: GetPodFromTemplate in k8s.io/kubernetes/pkg/controller.
func NewPod(c ownership.Controller, t *corev1.PodTemplateSpec) *corev1.Pod {
	t = t.DeepCopy()
	if t == nil {
		t = &corev1.PodTemplateSpec{}
	}
	yes := true
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: c.Namespace, GenerateName: c.Name + "-",
			Labels: t.Labels, Annotations: t.Annotations, Finalizers: t.Finalizers,
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: c.APIVersion, Kind: c.Kind, Name: c.Name, UID: types.UID(c.UID),
				Controller: &yes, BlockOwnerDeletion: &yes,
			}},
		},
		Spec: t.Spec,
	}
}

// NewDaemonPod returns a new pod of the template t for one node: the pod that [NewPod] returns, with a node
// affinity for the node instead of the template's required terms, the tolerations of every daemon pod, and
// the revision, if it is not empty, as the label controller-revision-hash. The scheduler assigns the pod to
// the node.
//
// Upstream: CreatePodTemplate and ReplaceDaemonSetPodNodeNameNodeAffinity in
// k8s.io/kubernetes/pkg/controller/daemon/util. They also set the deprecated label pod-template-generation.
func NewDaemonPod(c ownership.Controller, t *corev1.PodTemplateSpec, node, revision string) *corev1.Pod {
	p := NewPod(c, t)
	if revision != "" {
		p.Labels = maps.Clone(p.Labels)
		if p.Labels == nil {
			p.Labels = map[string]string{}
		}
		p.Labels[revisionLabel] = revision
	}
	tolerate(&p.Spec, corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute)
	tolerate(&p.Spec, corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute)
	tolerate(&p.Spec, corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule)
	tolerate(&p.Spec, corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule)
	tolerate(&p.Spec, corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule)
	tolerate(&p.Spec, corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule)
	if p.Spec.HostNetwork {
		tolerate(&p.Spec, corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule)
	}
	if p.Spec.Affinity == nil {
		p.Spec.Affinity = &corev1.Affinity{}
	}
	if p.Spec.Affinity.NodeAffinity == nil {
		p.Spec.Affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{{
			Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node},
		}}}},
	}
	return p
}

// tolerate adds the toleration of a taint to spec, without a time limit.
func tolerate(spec *corev1.PodSpec, taint string, effect corev1.TaintEffect) {
	t := corev1.Toleration{Key: taint, Operator: corev1.TolerationOpExists, Effect: effect}
	found := false
	for i := range spec.Tolerations {
		if have := &spec.Tolerations[i]; have.MatchToleration(&t) {
			if have.TolerationSeconds == nil {
				return
			}
			*have, found = t, true
		}
	}
	if !found {
		spec.Tolerations = append(spec.Tolerations, t)
	}
}

// CreateInBatches calls create for each i below n, in batches of 1, 2, 4 and so on ([replica.Batches]). The
// calls of a batch run concurrently. After a batch with a failure it starts no other, so that an exhausted
// quota is not asked hundreds of times. It returns how many calls succeeded, and the error of the failed call
// with the smallest i. The other n-created pods will not appear.
//
// In a namespace that is being deleted every creation fails, so a failure with the cause NamespaceTerminating
// ends the creation without an error: sync again only when an event asks for it.
//
// Upstream: slowStartBatch in k8s.io/kubernetes/pkg/controller/replicaset, which in such a namespace goes on
// and counts failures as successes.
func CreateInBatches(n int, create func(i int) error) (created int, err error) {
	next := 0
	for size := range replica.Batches(n) {
		errs := concurrently(size, func(i int) error { return create(next + i) })
		next += size
		created += size - len(errs)
		if len(errs) > 0 {
			errs = slices.DeleteFunc(errs, func(err error) bool {
				return apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
			})
			return created, first(errs)
		}
	}
	return created, nil
}

// concurrently calls f for each i below n, waits for all calls, and returns the errors in order of i.
func concurrently(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// first returns the first of errs, or nil.
func first(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return errs[0]
}
