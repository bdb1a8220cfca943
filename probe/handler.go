package probe

// A Handler says how a container is asked: one of the four is set. Its JSON is that of corev1.ProbeHandler. The zero value is no
// probe.
type Handler struct {
	Exec      *Exec      `json:"exec,omitempty"`
	HTTPGet   *HTTPGet   `json:"httpGet,omitempty"`
	TCPSocket *TCPSocket `json:"tcpSocket,omitempty"`
	GRPC      *GRPC      `json:"grpc,omitempty"`
}

// An Exec runs a command in the container.
type Exec struct {
	Command []string `json:"command,omitempty"`
}

type HTTPGet struct{}
type TCPSocket struct{}
type GRPC struct{}
