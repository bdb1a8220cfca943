package kube

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollcall-go/rollcall/probe"
)

// Probe returns the probe of a container without filling in defaults, which the API server has set. It shares
// the command of an exec. The spec of a nil p is zero: no probe. A grace period of 0, which the API refuses,
// counts as unset.
func Probe(p *corev1.Probe) (s probe.Spec) {
	if p == nil {
		return s
	}
	if a := p.Exec; a != nil {
		s.Exec = &probe.Exec{Command: a.Command}
	}
	if a := p.HTTPGet; a != nil {
		s.HTTPGet = &probe.HTTPGet{Path: a.Path, Port: port(a.Port), Host: a.Host, Scheme: string(a.Scheme), Protocol: string(deref(a.Protocol))}
		for _, h := range a.HTTPHeaders {
			s.HTTPGet.HTTPHeaders = append(s.HTTPGet.HTTPHeaders, probe.HTTPHeader(h))
		}
	}
	if a := p.TCPSocket; a != nil {
		s.TCPSocket = &probe.TCPSocket{Port: port(a.Port), Host: a.Host}
	}
	if a := p.GRPC; a != nil {
		s.GRPC = &probe.GRPC{Port: a.Port, Service: deref(a.Service), Mode: string(deref(a.Mode))}
	}
	s.Timing = probe.Timing{
		InitialDelaySeconds: p.InitialDelaySeconds, TimeoutSeconds: p.TimeoutSeconds, PeriodSeconds: p.PeriodSeconds,
		SuccessThreshold: p.SuccessThreshold, FailureThreshold: p.FailureThreshold,
		TerminationGracePeriodSeconds: deref(p.TerminationGracePeriodSeconds),
	}
	return s
}

// ContainerSpec returns how a container of the pod is probed, killed and restarted: its probes, its restart
// policy or that of the pod, and the grace period of the pod. It ignores a policy that does not exist in
// Kubernetes 1.37; without any, the policy is unset, which means Always. Rules that restart a container by
// its exit code are left out. Without a pod the container's own fields count; without a container there are
// no probes.
func ContainerSpec(pod *corev1.PodSpec, c *corev1.Container) (s probe.ContainerSpec) {
	if pod != nil {
		_ = s.RestartPolicy.UnmarshalText([]byte(pod.RestartPolicy)) // after an error it is unchanged
		s.TerminationGracePeriodSeconds = pod.TerminationGracePeriodSeconds
	}
	if c != nil {
		for _, p := range []struct {
			from *corev1.Probe
			to   **probe.Spec
		}{{c.StartupProbe, &s.Startup}, {c.LivenessProbe, &s.Liveness}, {c.ReadinessProbe, &s.Readiness}} {
			if p.from != nil {
				spec := Probe(p.from)
				*p.to = &spec
			}
		}
		if c.RestartPolicy != nil {
			_ = s.RestartPolicy.UnmarshalText([]byte(*c.RestartPolicy)) // after an error it is unchanged
		}
	}
	return s
}

func port(p intstr.IntOrString) probe.Port {
	if p.Type == intstr.String {
		return probe.Port{Name: p.StrVal}
	}
	return probe.Port{Number: p.IntVal}
}

// deref returns what p points to, or the zero value for nil.
func deref[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
