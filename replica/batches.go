package replica

import "iter"

// Batches yields the sizes of the batches in which a controller creates n pods: 1, 2, 4 and so on; the last
// batch has the rest. For 10 it yields 1, 2, 4 and 3. Finish a batch before you start the next, and stop
// after a failure. Then an exhausted ResourceQuota rejects a few requests and not hundreds. It yields nothing
// if n is zero or less.
//
// Upstream: slowStartBatch in k8s.io/kubernetes/pkg/controller/replicaset.
func Batches(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for size, left := 1, n; left > 0; size *= 2 {
			batch := min(size, left)
			if !yield(batch) {
				return
			}
			left -= batch
		}
	}
}
