package probe

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// A Handler says how to probe a container. One of the fields is set. If several are, the first one counts.
// Its JSON is that of corev1.ProbeHandler. The zero value is no handler.
type Handler struct {
	Exec      *Exec      `json:"exec,omitempty"`
	HTTPGet   *HTTPGet   `json:"httpGet,omitempty"`
	TCPSocket *TCPSocket `json:"tcpSocket,omitempty"`
	GRPC      *GRPC      `json:"grpc,omitempty"`
}

// An Exec runs a command in the container; see [ExecOutcome]. Its JSON is that of corev1.ExecAction.
type Exec struct {
	Command []string `json:"command,omitempty"` // the program and its arguments; no shell runs them
}

// An HTTPGet sends a GET request; see [HTTPOutcome]. Its JSON is that of corev1.HTTPGetAction.
type HTTPGet struct {
	Path        string       `json:"path,omitempty"` // with the query, if any; default "/"
	Port        Port         `json:"port"`
	Host        string       `json:"host,omitempty"`   // default: the pod's address
	Scheme      string       `json:"scheme,omitempty"` // HTTP (default), or HTTPS with any certificate
	HTTPHeaders []HTTPHeader `json:"httpHeaders,omitempty"`
	Protocol    string       `json:"protocol,omitempty"` // HTTP1 (default), or HTTP2 without TLS if the cluster allows it
}

// An HTTPHeader is one header of a request. Its JSON is that of corev1.HTTPHeader.
type HTTPHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A TCPSocket opens a connection and closes it; see [TCPOutcome]. Its JSON is that of corev1.TCPSocketAction.
type TCPSocket struct {
	Port Port   `json:"port"`
	Host string `json:"host,omitempty"` // default: the pod's address
}

// A GRPC calls the gRPC health service at the pod's address; see [GRPCOutcome]. Its JSON is that of
// corev1.GRPCAction.
type GRPC struct {
	Port    int32  `json:"port"`
	Service string `json:"service"`        // the service to check; empty: the server
	Mode    string `json:"mode,omitempty"` // Plaintext (default), or TLS if the cluster allows it
}

// A Port is a number, or the name of one of the container's ports. Its JSON is a number or a string. The zero
// value is port 0, which is invalid.
type Port struct {
	Number int32  // used if Name is empty
	Name   string // letters, digits and hyphens, with at least one letter
}

// String returns the name or the number.
func (p Port) String() string {
	if p.Name != "" {
		return p.Name
	}
	return strconv.Itoa(int(p.Number))
}

// parsePort returns the port whose String is text, as intstr.Parse does. It returns false for the empty text.
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

// UnmarshalJSON sets p to the name or the number. A number in quotes is a name, but not a valid one. On an
// error it does not change p.
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

// Resolve returns the number of the port. The map has the numbers of the container's ports by name. Resolve
// returns an error if the map lacks the name, or if the number is not from 1 to 65535. The attempt has then
// failed: pass the error to [HTTPOutcome] or [TCPOutcome].
//
// Upstream: ResolveContainerPort in k8s.io/kubernetes/pkg/probe. In the kubelet such an attempt is Errored,
// so that the probe keeps its initial result.
func (p Port) Resolve(named map[string]int32) (int32, error) {
	n := p.Number
	if p.Name != "" {
		var found bool
		if n, found = named[p.Name]; !found {
			return 0, fmt.Errorf("the container has no port named %q", p.Name)
		}
	}
	if !isPort(n) {
		return 0, fmt.Errorf("port %d: %s", n, badPort)
	}
	return n, nil
}

func isPort(n int32) bool { return 1 <= n && n <= math.MaxUint16 }
