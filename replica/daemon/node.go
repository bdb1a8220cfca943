package daemon

// A Node is what a DaemonSet needs to know of a node. The zero value has no name, labels or taints. The field
// spec.unschedulable does not matter: every daemon pod tolerates the taint that comes with it.
type Node struct {
	Name   string
	Labels map[string]string // only read
	Taints []Taint           // only read
}

// A Taint repels pods that do not tolerate it from a node. Its JSON is that of corev1.Taint without
// timeAdded. The zero value repels no pod.
type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"` // NoExecute and NoSchedule repel daemon pods; any other does not
}

// String returns the taint in the format of kubectl taint, as in "dedicated=db:NoSchedule".
func (t Taint) String() string {
	text := t.Key
	if t.Value != "" {
		text += "=" + t.Value
	}
	return text + ":" + t.Effect
}

// The effects that repel daemon pods.
const (
	noExecute  = "NoExecute"
	noSchedule = "NoSchedule"
)

// A Toleration lets a pod onto nodes with matching taints. Its JSON is that of corev1.Toleration without
// tolerationSeconds. The zero value tolerates taints without a value.
type Toleration struct {
	Key      string `json:"key,omitempty"`      // empty: every key
	Operator string `json:"operator,omitempty"` // Equal (also if empty) or Exists; any other tolerates nothing
	Value    string `json:"value,omitempty"`    // for Equal
	Effect   string `json:"effect,omitempty"`   // empty: every effect
}

// Tolerates reports whether t tolerates the taint. The operators Gt and Lt tolerate nothing, as in a cluster
// without their feature gate.
//
// Upstream: Toleration.ToleratesTaint in k8s.io/api/core/v1.
func (t Toleration) Tolerates(taint Taint) bool {
	if t.Key != "" && t.Key != taint.Key || t.Effect != "" && t.Effect != taint.Effect {
		return false
	}
	switch t.Operator {
	case "", "Equal":
		return t.Value == taint.Value
	case "Exists":
		return true
	default:
		return false
	}
}

// daemonTolerations are what every daemon pod tolerates: a node in trouble keeps its pod, and gets one if it
// has none.
//
// Upstream: AddOrUpdateDaemonPodTolerations in k8s.io/kubernetes/pkg/controller/daemon/util.
var daemonTolerations = []Toleration{
	{Key: "node.kubernetes.io/not-ready", Operator: "Exists", Effect: noExecute},
	{Key: "node.kubernetes.io/unreachable", Operator: "Exists", Effect: noExecute},
	{Key: "node.kubernetes.io/disk-pressure", Operator: "Exists", Effect: noSchedule},
	{Key: "node.kubernetes.io/memory-pressure", Operator: "Exists", Effect: noSchedule},
	{Key: "node.kubernetes.io/pid-pressure", Operator: "Exists", Effect: noSchedule},
	{Key: "node.kubernetes.io/unschedulable", Operator: "Exists", Effect: noSchedule},
}

// networkToleration is what pods with hostNetwork tolerate besides.
var networkToleration = Toleration{Key: "node.kubernetes.io/network-unavailable", Operator: "Exists", Effect: noSchedule}
