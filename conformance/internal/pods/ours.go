package pods

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/replica"
)

// Ours converts pods to rollcall's form.
func Ours(pods []*corev1.Pod) []replica.Pod {
	ours := make([]replica.Pod, len(pods))
	for i, p := range pods {
		ours[i] = kube.Pod(p)
	}
	return ours
}
