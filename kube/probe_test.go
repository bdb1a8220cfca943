package kube_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/probe"
)

// Every field that a probe can have; those of one handler at a time are valid.
var probes = []string{
	`{}`,
	`{"exec":{"command":["cat","/tmp/healthy"]},"terminationGracePeriodSeconds":5}`,
	`{"exec":{}}`,
	`{"httpGet":{"path":"/","port":8080,"host":"example.com","scheme":"HTTP","httpHeaders":[{"name":"X","value":"1"},{"name":"Y","value":""}],"protocol":"HTTP2"},"initialDelaySeconds":1,"timeoutSeconds":2,"periodSeconds":3,"successThreshold":4,"failureThreshold":5}`,
	`{"httpGet":{"port":"web"}}`,
	`{"httpGet":{"port":"8080"}}`,
	`{"tcpSocket":{"port":6379,"host":"::1"}}`,
	`{"tcpSocket":{"port":""}}`,
	`{"grpc":{"port":9000,"service":"a","mode":"TLS"}}`,
	`{"grpc":{"port":9000,"service":null}}`,
}

// A probe is what its JSON says.
func TestProbe(t *testing.T) {
	for _, text := range probes {
		var p corev1.Probe
		var want probe.Spec
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if got := kube.Probe(&p); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
	if got := kube.Probe(nil); !reflect.DeepEqual(got, probe.Spec{}) {
		t.Errorf("nil: %+v", got)
	}
}

func TestContainerSpec(t *testing.T) {
	grace := int64(5)
	always, odd := corev1.ContainerRestartPolicyAlways, corev1.ContainerRestartPolicy("Sometimes")
	p := func(port int32) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: port}}}
	}
	s := func(port int32) *probe.Spec {
		return &probe.Spec{Handler: probe.Handler{GRPC: &probe.GRPC{Port: port}}}
	}
	for _, tt := range []struct {
		name string
		pod  *corev1.PodSpec
		c    *corev1.Container
		want probe.ContainerSpec
	}{
		{"nothing at all", nil, nil, probe.ContainerSpec{}},
		{"nothing in them", &corev1.PodSpec{}, &corev1.Container{}, probe.ContainerSpec{}},
		{"everything", &corev1.PodSpec{RestartPolicy: "OnFailure", TerminationGracePeriodSeconds: &grace},
			&corev1.Container{StartupProbe: p(1), LivenessProbe: p(2), ReadinessProbe: p(3)},
			probe.ContainerSpec{Startup: s(1), Liveness: s(2), Readiness: s(3), RestartPolicy: probe.OnFailure, TerminationGracePeriodSeconds: &grace}},
		{"a sidecar", &corev1.PodSpec{RestartPolicy: "Never"}, &corev1.Container{RestartPolicy: &always}, probe.ContainerSpec{RestartPolicy: probe.Always}},
		{"the pod's policy", &corev1.PodSpec{RestartPolicy: "Never"}, nil, probe.ContainerSpec{RestartPolicy: probe.Never}},
		{"a policy of the future", &corev1.PodSpec{RestartPolicy: "Never"}, &corev1.Container{RestartPolicy: &odd}, probe.ContainerSpec{RestartPolicy: probe.Never}},
		{"and no other", &corev1.PodSpec{RestartPolicy: "Sometimes"}, &corev1.Container{RestartPolicy: &odd}, probe.ContainerSpec{}},
	} {
		if got := kube.ContainerSpec(tt.pod, tt.c); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// How long will a pod take until it is ready, and what if it never answers?
func ExampleContainerSpec() {
	pod := corev1.PodSpec{RestartPolicy: corev1.RestartPolicyAlways}
	container := corev1.Container{
		Name:           "main",
		StartupProbe:   &corev1.Probe{FailureThreshold: 3, PeriodSeconds: 5},
		ReadinessProbe: &corev1.Probe{InitialDelaySeconds: 7},
	}
	c := probe.NewContainer(kube.ContainerSpec(&pod, &container), probe.Options{Kubelet: true}, 0)
	for m := range probe.Simulate(c, 0, time.Minute, probe.Instance{ProbeTime: time.Second}) {
		if m.Container.Ready() {
			fmt.Println("ready after", m.Event.At)
			break
		}
	}
	for m := range probe.Simulate(c, 0, time.Minute, probe.Instance{ProbeTime: time.Second, Startup: []probe.Outcome{probe.Failed}}) {
		if m.Action.Kill != 0 {
			fmt.Println("killed after", m.Event.At)
			break
		}
	}
	// Output:
	// ready after 12s
	// killed after 11s
}
