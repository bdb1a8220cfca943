// Package v3 declares the names of Calico's API that the imports of felix/labelindex need, as empty types:
// the timed code does not use them. The real package is in a module that Calico's go.mod replaces with a
// folder of its repository.
package v3

// GroupVersionCurrent is the version of the API.
const GroupVersionCurrent = "projectcalico.org/v3"

// The kinds.
const (
	KindBGPConfiguration             = "BGPConfiguration"
	KindBGPFilter                    = "BGPFilter"
	KindBGPPeer                      = "BGPPeer"
	KindCalicoNodeStatus             = "CalicoNodeStatus"
	KindClusterInformation           = "ClusterInformation"
	KindFelixConfiguration           = "FelixConfiguration"
	KindGlobalNetworkPolicy          = "GlobalNetworkPolicy"
	KindGlobalNetworkSet             = "GlobalNetworkSet"
	KindHostEndpoint                 = "HostEndpoint"
	KindIPPool                       = "IPPool"
	KindIPReservation                = "IPReservation"
	KindKubeControllersConfiguration = "KubeControllersConfiguration"
	KindNetworkPolicy                = "NetworkPolicy"
	KindNetworkSet                   = "NetworkSet"
	KindProfile                      = "Profile"
)

// The types of those kinds.
type (
	BGPConfiguration             struct{}
	BGPFilter                    struct{}
	BGPPeer                      struct{}
	CalicoNodeStatus             struct{}
	ClusterInformation           struct{}
	FelixConfiguration           struct{}
	GlobalNetworkPolicy          struct{}
	GlobalNetworkSet             struct{}
	HostEndpoint                 struct{}
	IPPool                       struct{}
	IPReservation                struct{}
	KubeControllersConfiguration struct{}
	NetworkPolicy                struct{}
	NetworkSet                   struct{}
)

// A Profile has labels that endpoints inherit.
type Profile struct{ Spec ProfileSpec }

// ProfileSpec is what a [Profile] holds.
type ProfileSpec struct{ LabelsToApply map[string]string }

// HTTPPath is a path in a rule.
type HTTPPath struct{}

// PolicyPerformanceHint is a hint in a policy.
type PolicyPerformanceHint string
