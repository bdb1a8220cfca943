package probe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubectl/pkg/describe"
	"k8s.io/kubernetes/pkg/apis/core"
	corev1defaults "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/utils/ptr"

	ourfield "github.com/rollcall-go/rollcall/field"
	"github.com/rollcall-go/rollcall/kube"
	"github.com/rollcall-go/rollcall/probe"
)

// one returns any of them.
func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

var words = []string{
	"", "a", "web", "web-1", "8080", "-a", "a-", "a--b", "A", "a_b", "a23456789012345", "a234567890123456", "/healthz", "/healthz?full=1&a b",
	"noslash", "*", "/*", "::1", "fe80::1%eth0", "example.com", "HTTP", "HTTPS", "http", "X-Header", "Host", "ü", "a%b", "#f", "[", "\x10",
}

func randomPort(r *rand.Rand) intstr.IntOrString {
	if r.IntN(2) == 0 {
		if name := one(r, words...); name != "" { // see TestEmptyPort
			return intstr.FromString(name)
		}
	}
	return intstr.FromInt32(one[int32](r, -1, 0, 1, 80, 8080, 65535, 65536, 1<<31-1))
}

// randomProbe is anything that can stand in a manifest.
func randomProbe(r *rand.Rand) *corev1.Probe {
	word := func() string { return one(r, words...) }
	n := func() int32 { return one[int32](r, 0, 0, 0, 1, 1, 2, 30, -1) }
	p := &corev1.Probe{
		InitialDelaySeconds: n(), TimeoutSeconds: n(), PeriodSeconds: n(), SuccessThreshold: n(), FailureThreshold: n(),
	}
	if r.IntN(3) == 0 {
		p.TerminationGracePeriodSeconds = ptr.To(one[int64](r, 1, 30, -1)) // 0: see TestNoGraceAtAll
	}
	kinds := r.IntN(4)
	if r.IntN(5) > 0 {
		kinds = -1
	}
	exactly := r.IntN(4)
	set := func(i int) bool { return kinds < 0 && exactly == i || kinds >= 0 && r.IntN(2) == 0 }
	if set(0) {
		p.Exec = &corev1.ExecAction{}
		for range r.IntN(3) {
			p.Exec.Command = append(p.Exec.Command, word())
		}
	}
	if set(1) {
		p.HTTPGet = &corev1.HTTPGetAction{Path: word(), Port: randomPort(r), Host: one(r, "", word()), Scheme: corev1.URIScheme(one(r, "", "", "HTTP", "HTTPS", word()))}
		for range r.IntN(3) {
			p.HTTPGet.HTTPHeaders = append(p.HTTPGet.HTTPHeaders, corev1.HTTPHeader{Name: one(r, "X-A", word()), Value: word()})
		}
		if r.IntN(3) == 0 {
			p.HTTPGet.Protocol = ptr.To(one(r, corev1.HTTPProtocolHTTP1, corev1.HTTPProtocolHTTP2, "HTTP3"))
		}
	}
	if set(2) {
		p.TCPSocket = &corev1.TCPSocketAction{Port: randomPort(r), Host: word()}
	}
	if set(3) {
		p.GRPC = &corev1.GRPCAction{Port: one[int32](r, -1, 0, 1, 9000, 65535, 65536), Service: ptr.To(word())}
		if r.IntN(3) == 0 {
			p.GRPC.Mode = ptr.To(one(r, corev1.GRPCProbeModePlaintext, corev1.GRPCProbeModeTLS, "tls"))
		}
	}
	return p
}

// read is a probe by way of its JSON.
func read(t *testing.T, p *corev1.Probe) (s probe.Spec) {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	// And back: JSON is the same, byte for byte.
	again, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(data) {
		t.Fatalf("got  %s\nwant %s", again, data)
	}
	// And the adapter says the same.
	if diff := cmp.Diff(s, kube.Probe(p)); diff != "" {
		t.Fatalf("%s\n-JSON +kube.Probe:\n%s", data, diff)
	}
	return s
}

// setDefaults is what the API server does to a probe.
func setDefaults(p *corev1.Probe) {
	corev1defaults.SetDefaults_Probe(p)
	if p.HTTPGet != nil {
		corev1defaults.SetDefaults_HTTPGetAction(p.HTTPGet)
	}
}

// paths are those of what is bad, once each: upstream reports each rule that the name of a port breaks, we the first.
func paths(list []string) []string {
	index := regexp.MustCompile(`\.httpHeaders.*`) // upstream has neither the index nor the name
	for i := range list {
		list[i] = index.ReplaceAllString(list[i], ".httpHeaders")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestDefaultsAndValidation(t *testing.T) {
	r := random()
	kinds := map[probe.Kind]func(*core.Probe, *int64, *field.Path, validation.PodValidationOptions) field.ErrorList{
		probe.Liveness: validateLivenessProbe, probe.Readiness: validateReadinessProbe, probe.Startup: validateStartupProbe,
	}
	valid, bad := 0, map[string]int{}
	for i := range *cases {
		p := randomProbe(r)
		s := read(t, p)
		setDefaults(p)
		if diff := cmp.Diff(read(t, p), s.WithDefaults()); diff != "" {
			t.Fatalf("case %d of seed %d: defaults, -upstream +rollcall:\n%s", i, *seed, diff)
		}
		var internal core.Probe
		if err := corev1defaults.Convert_v1_Probe_To_core_Probe(p, &internal, nil); err != nil {
			t.Fatal(err)
		}
		for kind, validate := range kinds {
			root := strings.ToLower(kind.String()) + "Probe"
			var want, got []string
			for _, e := range validate(&internal, ptr.To[int64](30), field.NewPath(root), validation.PodValidationOptions{}) {
				want = append(want, e.Field)
			}
			var all ourfield.Errors
			if err := s.Validate(kind); err != nil && !errors.As(err, &all) {
				t.Fatalf("%T", err)
			}
			for _, e := range all {
				got = append(got, e.Path)
				bad[strings.TrimPrefix(e.Path, root)]++
			}
			if diff := cmp.Diff(paths(want), paths(got)); diff != "" {
				text, _ := json.Marshal(p)
				t.Fatalf("case %d of seed %d: %v %s\n-upstream +rollcall:\n%s%v", i, *seed, kind, text, diff, all)
			}
			if len(all) == 0 {
				valid++
			}
		}
	}
	t.Logf("%d cases of seed %d: %d valid; bad: %v", *cases, *seed, valid, bad)
}

var renamed = strings.NewReplacer("successThreshold=", "#success=", "failureThreshold=", "#failure=")

// The text is kubectl's own, with the two thresholds named as up to version 1.36; both are read, and say what can be said.
func TestDescribe(t *testing.T) {
	r := random()
	for i := range *cases {
		p := randomProbe(r)
		s := read(t, p)
		theirs := describe.DescribeProbe(p)
		if got, want := s.String(), renamed.Replace(theirs); got != want {
			t.Fatalf("case %d of seed %d:\ngot  %s\nwant %s", i, *seed, got, want)
		}
		if p.HTTPGet != nil && strings.ContainsAny(string(p.HTTPGet.Scheme)+p.HTTPGet.Port.String(), " /%#[:_\x10ü*?") {
			continue // neither a scheme nor a port, and nothing that could be read back
		}
		if p.Exec == nil && p.TCPSocket != nil && strings.Contains(p.TCPSocket.Host+p.TCPSocket.Port.String(), " ") ||
			p.Exec == nil && p.HTTPGet == nil && p.TCPSocket == nil && p.GRPC != nil && strings.Contains(*p.GRPC.Service, " ") {
			continue // a space in a host, a port or a service
		}
		for _, text := range []string{theirs, s.String()} {
			again, err := probe.Parse(text)
			if err != nil || again.String() != s.String() || again.InitialDelaySeconds != s.InitialDelaySeconds {
				t.Fatalf("case %d of seed %d: %s is read as %s, %v", i, *seed, text, again, err)
			}
		}
	}
}

// Finding F19: kubectl panics for a gRPC probe whose service is nil.
func TestDescribeWithoutService(t *testing.T) {
	p := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9000}}}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("kubectl does not panic any more")
			}
		}()
		describe.DescribeProbe(p)
	}()
	var s probe.Spec
	if err := json.Unmarshal([]byte(`{"grpc":{"port":9000,"service":null}}`), &s); err != nil {
		t.Fatal(err)
	}
	if got, want := s.String(), "grpc <pod>:9000  delay=0s timeout=0s period=0s #success=0 #failure=0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A grace period of 0 s on a probe, which the API refuses, is none to us.
func TestNoGraceAtAll(t *testing.T) {
	p := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"a"}}}, SuccessThreshold: 1, TerminationGracePeriodSeconds: new(int64)}
	var internal core.Probe
	if err := corev1defaults.Convert_v1_Probe_To_core_Probe(p, &internal, nil); err != nil {
		t.Fatal(err)
	}
	theirs := validateLivenessProbe(&internal, ptr.To[int64](30), field.NewPath("livenessProbe"), validation.PodValidationOptions{})
	if got := fmt.Sprint(theirs); !strings.Contains(got, "livenessProbe.terminationGracePeriodSeconds") {
		t.Errorf("upstream: %s", got)
	}
	data, _ := json.Marshal(p)
	var s probe.Spec
	if err := json.Unmarshal(data, &s); err != nil || s.Validate(probe.Liveness) != nil {
		t.Errorf("%v, %v", err, s.Validate(probe.Liveness))
	}
}

// A port that is an empty string is port 0 to us. Neither is valid.
func TestEmptyPort(t *testing.T) {
	p := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString("")}}}
	if got := describe.DescribeProbe(p); !strings.HasPrefix(got, "tcp-socket : ") {
		t.Errorf("kubectl: %s", got)
	}
	data, _ := json.Marshal(p)
	var s probe.Spec
	if err := json.Unmarshal(data, &s); err != nil || !strings.HasPrefix(s.String(), "tcp-socket :0 ") || s.Validate(probe.Liveness) == nil {
		t.Errorf("%v, %v, %v", s, err, s.Validate(probe.Liveness))
	}
}
