package pods

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

// Ours returns what rollcall has to know of the pods.
func Ours(pods []*corev1.Pod) []replica.Pod {
	ours := make([]replica.Pod, len(pods))
	for i, p := range pods {
		ours[i] = kube.Pod(p)
	}
	return ours
}

// Refs returns owner references as rollcall has them.
func Refs(theirs []metav1.OwnerReference) []ownership.OwnerReference {
	ours := make([]ownership.OwnerReference, len(theirs))
	for i, r := range theirs {
		ours[i] = ownership.OwnerReference{
			APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name, UID: string(r.UID),
			Controller: r.Controller, BlockOwnerDeletion: r.BlockOwnerDeletion,
		}
	}
	return ours
}
