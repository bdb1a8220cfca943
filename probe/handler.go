package probe

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// A Handler says how a container is asked. One of the fields is set; of several, the first counts. Its JSON is that of
// corev1.ProbeHandler. The zero value is no handler.
type Handler struct {
	Exec      *Exec      `json:"exec,omitempty"`
	HTTPGet   *HTTPGet   `json:"httpGet,omitempty"`
	TCPSocket *TCPSocket `json:"tcpSocket,omitempty"`
	GRPC      *GRPC      `json:"grpc,omitempty"`
}

// An Exec runs a command in the container; see [ExecOutcome]. Its JSON is that of corev1.ExecAction.
type Exec struct {
	Command []string `json:"command,omitempty"` // not in a shell
}

// An HTTPGet sends a GET request; see [HTTPOutcome]. Its JSON is that of corev1.HTTPGetAction.
type HTTPGet struct {
	Path        string       `json:"path,omitempty"` // with the query, if there is one; "/" by default
	Port        Port         `json:"port"`
	Host        string       `json:"host,omitempty"`   // the pod's address by default
	Scheme      string       `json:"scheme,omitempty"` // HTTP, the default, or HTTPS, whose certificate is not verified
	HTTPHeaders []HTTPHeader `json:"httpHeaders,omitempty"`
	Protocol    string       `json:"protocol,omitempty"` // HTTP1, the default, or HTTP2: over plain TCP, on clusters that allow it
}

// An HTTPHeader is one header of a request. Its JSON is that of corev1.HTTPHeader.
type HTTPHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A TCPSocket opens a connection and closes it; see [TCPOutcome]. Its JSON is that of corev1.TCPSocketAction.
type TCPSocket struct {
	Port Port   `json:"port"`
	Host string `json:"host,omitempty"` // the pod's address by default
}

// A GRPC asks the gRPC health service at the pod's address; see [GRPCOutcome]. Its JSON is that of corev1.GRPCAction.
type GRPC struct {
	Port    int32  `json:"port"`
	Service string `json:"service"`        // whose health; empty: the server's
	Mode    string `json:"mode,omitempty"` // Plaintext, the default, or TLS: on clusters that allow it
}

// A Port is a number, or the name of one of the container's ports. Its JSON is a number or a string. The zero value is port 0,
// which is not valid.
type Port struct {
	Number int32  // unless there is a name
	Name   string // of letters, digits and hyphens, at least one letter
}

// String returns the name or the number.
func (p Port) String() string {
	if p.Name != "" {
		return p.Name
	}
	return strconv.Itoa(int(p.Number))
}

// parsePort returns the port that prints as the text, as intstr.Parse does. It is false for the empty text, which none prints as.
func parsePort(text string) (Port, bool) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return Port{Name: text}, text != ""
	}
	return Port{Number: int32(n)}, true
}

// MarshalJSON returns the name as a string, or the number.
func (p Port) MarshalJSON() ([]byte, error) {
	if p.Name != "" {
		return json.Marshal(p.Name)
	}
	return json.Marshal(p.Number)
}

// UnmarshalJSON sets p to the name or number. A number in quotes is a name, though not a valid one. On an error p is left alone.
func (p *Port) UnmarshalJSON(data []byte) error {
	var read Port
	var err error
	if len(data) > 0 && data[0] == '"' {
		err = json.Unmarshal(data, &read.Name)
	} else {
		err = json.Unmarshal(data, &read.Number)
	}
	if err == nil {
		*p = read
	}
	return err
}

// Resolve returns the number of the port, given those of the container's ports by name. An error says that the container has no
// port of that name, or that the number is none of a port. An attempt that cannot know whom to ask has failed: give the error to
// [HTTPOutcome] or [TCPOutcome].
//
// Upstream: ResolveContainerPort in k8s.io/kubernetes/pkg/probe. The kubelet throws such an attempt away, and the probe keeps the
// result that it began with.
func (p Port) Resolve(named map[string]int32) (int32, error) {
	n := p.Number
	if p.Name != "" {
		var found bool
		if n, found = named[p.Name]; !found {
			return 0, fmt.Errorf("the container has no port %q", p.Name)
		}
	}
	if !isPort(n) {
		return 0, fmt.Errorf("port %d: want %s", n, portNumbers)
	}
	return n, nil
}

func isPort(n int32) bool { return 1 <= n && n <= math.MaxUint16 }
