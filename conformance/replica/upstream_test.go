package replica_test

import (
	"context"
	"time"
	_ "unsafe" // for go:linkname

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/replicaset"
)

//go:linkname getPodsToDelete k8s.io/kubernetes/pkg/controller/replicaset.getPodsToDelete
func getPodsToDelete(filteredPods, relatedPods []*corev1.Pod, diff int) []*corev1.Pod

//go:linkname getPodsRanked k8s.io/kubernetes/pkg/controller/replicaset.getPodsRankedByRelatedPodsOnSameNode
func getPodsRanked(podsToRank, relatedPods []*corev1.Pod) controller.ActivePodsWithRanks

//go:linkname calculateStatus k8s.io/kubernetes/pkg/controller/replicaset.calculateStatus
func calculateStatus(rs *appsv1.ReplicaSet, activePods, terminatingPods []*corev1.Pod, manageReplicasErr error,
	features replicaset.ReplicaSetControllerFeatures, now time.Time) appsv1.ReplicaSetStatus

//go:linkname slowStartBatch k8s.io/kubernetes/pkg/controller/replicaset.slowStartBatch
func slowStartBatch(count, initialBatchSize int, fn func() error) (int, error)

//go:linkname manage k8s.io/kubernetes/pkg/controller/daemon.(*DaemonSetsController).manage
func manage(c *daemon.DaemonSetsController, ctx context.Context, ds *appsv1.DaemonSet, nodes []*corev1.Node, hash string) error

//go:linkname updateDaemonSetStatus k8s.io/kubernetes/pkg/controller/daemon.(*DaemonSetsController).updateDaemonSetStatus
func updateDaemonSetStatus(c *daemon.DaemonSetsController, ctx context.Context, ds *appsv1.DaemonSet, nodes []*corev1.Node,
	hash string, updateObservedGen bool) error

//go:linkname syncReplicaSet k8s.io/kubernetes/pkg/controller/replicaset.(*ReplicaSetController).syncReplicaSet
func syncReplicaSet(c *replicaset.ReplicaSetController, ctx context.Context, key string) error

//go:linkname podsShouldBeOnNode k8s.io/kubernetes/pkg/controller/daemon.(*DaemonSetsController).podsShouldBeOnNode
func podsShouldBeOnNode(c *daemon.DaemonSetsController, logger klog.Logger, node *corev1.Node, onNode map[string][]*corev1.Pod,
	ds *appsv1.DaemonSet, hash string, tolerations []corev1.Toleration, affinity nodeaffinity.RequiredNodeAffinity,
) (create, deleted []string)
