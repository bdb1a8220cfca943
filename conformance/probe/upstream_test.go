package probe_test

import (
	"context"
	"unsafe" // and for the names of functions that are not exported

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	_ "k8s.io/kubernetes/pkg/kubelet/kuberuntime"
)

//go:linkname validateLivenessProbe k8s.io/kubernetes/pkg/apis/core/validation.validateLivenessProbe
func validateLivenessProbe(p *core.Probe, grace *int64, path *field.Path, o validation.PodValidationOptions) field.ErrorList

//go:linkname validateReadinessProbe k8s.io/kubernetes/pkg/apis/core/validation.validateReadinessProbe
func validateReadinessProbe(p *core.Probe, grace *int64, path *field.Path, o validation.PodValidationOptions) field.ErrorList

//go:linkname validateStartupProbe k8s.io/kubernetes/pkg/apis/core/validation.validateStartupProbe
func validateStartupProbe(p *core.Probe, grace *int64, path *field.Path, o validation.PodValidationOptions) field.ErrorList

// doBackOff needs its manager, which may be nil, only to tell that the container waits.
//
//go:linkname doBackOff k8s.io/kubernetes/pkg/kubelet/kuberuntime.(*kubeGenericRuntimeManager).doBackOff
func doBackOff(manager unsafe.Pointer, ctx context.Context, pod *corev1.Pod, container *corev1.Container, status *kubecontainer.PodStatus,
	backOff *flowcontrol.Backoff) (bool, string, error)
