package probe

import (
	"strings"

	"github.com/rollcall-go/rollcall/field"
)

// Reasons for more than one field.
const (
	missing = "is missing"
	badPort = "must be from 1 to 65535"
)

// Validate reports all reasons for which the API server rejects a probe of a kind, after it has applied the
// defaults. The error is a [field.Errors], with paths such as "livenessProbe.httpGet.port", or nil. Validate
// does not check that a named port exists. For an unset kind it applies the rules that all kinds share, and
// paths begin with "probe". Its cost is linear in the size of s.
//
// Upstream: validateLivenessProbe, validateReadinessProbe and validateStartupProbe in
// k8s.io/kubernetes/pkg/apis/core/validation.
func (s Spec) Validate(k Kind) error {
	var errs field.Errors
	s.validate(k, &errs)
	return errs.Err()
}

func (s Spec) validate(k Kind, errs *field.Errors) {
	s = s.WithDefaults()
	root := k.field()
	s.Handler.validate(root, errs)
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"initialDelaySeconds", int64(s.InitialDelaySeconds)},
		{"timeoutSeconds", int64(s.TimeoutSeconds)},
		{"periodSeconds", int64(s.PeriodSeconds)},
		{"successThreshold", int64(s.SuccessThreshold)},
		{"failureThreshold", int64(s.FailureThreshold)},
		{"terminationGracePeriodSeconds", s.TerminationGracePeriodSeconds},
	} {
		switch {
		case f.value < 0 && f.name == "terminationGracePeriodSeconds":
			*errs = append(*errs, field.Invalid(f.value, "must be at least 1", "%s.%s", root, f.name))
		case f.value < 0:
			*errs = append(*errs, field.Invalid(f.value, "must not be negative", "%s.%s", root, f.name))
		case f.name == "successThreshold" && f.value != 1 && (k == Liveness || k == Startup):
			const reason = "must be 1 for liveness and startup probes"
			*errs = append(*errs, field.Invalid(f.value, reason, "%s.%s", root, f.name))
		case f.name == "terminationGracePeriodSeconds" && f.value != 0 && k == Readiness:
			const reason = "must not be set: a readiness probe kills no container"
			*errs = append(*errs, field.Invalid(f.value, reason, "%s.%s", root, f.name))
		}
	}
}

// validate reports each further handler, and checks the fields of the first one only.
func (h Handler) validate(root string, errs *field.Errors) {
	const second = "is a further handler; want one of exec, httpGet, tcpSocket and grpc"
	first := true
	// next reports whether to check the fields of a handler.
	next := func(set bool, name string) bool {
		if !set {
			return false
		}
		if !first {
			*errs = append(*errs, field.Invalid(nil, second, "%s.%s", root, name))
			return false
		}
		first = false
		return true
	}
	if next(h.Exec != nil, "exec") && len(h.Exec.Command) == 0 {
		*errs = append(*errs, field.Invalid(nil, missing, "%s.exec.command", root))
	}
	if next(h.HTTPGet != nil, "httpGet") {
		h.HTTPGet.validate(root+".httpGet", errs)
	}
	if next(h.TCPSocket != nil, "tcpSocket") {
		h.TCPSocket.Port.validate(root+".tcpSocket.port", errs)
	}
	if next(h.GRPC != nil, "grpc") {
		if !isPort(h.GRPC.Port) {
			*errs = append(*errs, field.Invalid(h.GRPC.Port, badPort, "%s.grpc.port", root))
		}
		if m := h.GRPC.Mode; m != "" && m != "Plaintext" && m != "TLS" {
			*errs = append(*errs, field.Invalid(m, "must be Plaintext or TLS", "%s.grpc.mode", root))
		}
	}
	if first {
		const reason = "has no handler; want one of exec, httpGet, tcpSocket and grpc"
		*errs = append(*errs, field.Invalid(nil, reason, "%s", root))
	}
}

func (g *HTTPGet) validate(root string, errs *field.Errors) {
	g.Port.validate(root+".port", errs)
	if g.Scheme != "HTTP" && g.Scheme != "HTTPS" {
		*errs = append(*errs, field.Invalid(g.Scheme, "must be HTTP or HTTPS", "%s.scheme", root))
	}
	for i, h := range g.HTTPHeaders {
		if !isHeaderName(h.Name) {
			const reason = "must consist of letters, digits and '-'"
			*errs = append(*errs, field.Invalid(h.Name, reason, "%s.httpHeaders[%d].name", root, i))
		}
	}
	switch {
	case g.Protocol == "" || g.Protocol == "HTTP1":
	case g.Protocol != "HTTP2":
		*errs = append(*errs, field.Invalid(g.Protocol, "must be HTTP1 or HTTP2", "%s.protocol", root))
	case g.Scheme != "HTTP":
		*errs = append(*errs, field.Invalid(g.Protocol, "needs the scheme HTTP", "%s.protocol", root))
	case g.Host != "":
		*errs = append(*errs, field.Invalid(g.Host, "must be empty with the protocol HTTP2", "%s.host", root))
	}
}

// isHeaderName reports whether the API accepts the name of a header. HTTP allows more names.
func isHeaderName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isLetterOrDigit(c) && (c < 'A' || 'Z' < c) && c != '-' {
			return false
		}
	}
	return name != ""
}

func (p Port) validate(path string, errs *field.Errors) {
	switch {
	case p.Name != "":
		if reason := portNameProblem(p.Name); reason != "" {
			*errs = append(*errs, field.Invalid(p.Name, reason, "%s", path))
		}
	case !isPort(p.Number):
		*errs = append(*errs, field.Invalid(p.Number, badPort+", or the name of a port", "%s", path))
	}
}

// portNameProblem returns what is wrong with the name of a port; empty if the name is valid.
//
// Upstream: IsValidPortName in k8s.io/apimachinery/pkg/util/validation.
func portNameProblem(name string) string {
	letter := false
	for i := range len(name) {
		c := name[i]
		switch {
		case !isLetterOrDigit(c) && c != '-':
			return "must consist of lower-case letters, digits and '-'"
		case c == '-' && (i == 0 || i == len(name)-1 || name[i-1] == '-'):
			return "must have hyphens only between letters or digits"
		case 'a' <= c:
			letter = true
		}
	}
	switch {
	case !letter && strings.Trim(name, "0123456789") == "":
		return "must contain a letter; write a number without quotes"
	case !letter:
		return "must contain a letter"
	case len(name) > 15:
		return "must have at most 15 characters"
	default:
		return ""
	}
}

// isLetterOrDigit reports whether c is a lower-case letter or a digit in ASCII.
func isLetterOrDigit(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
