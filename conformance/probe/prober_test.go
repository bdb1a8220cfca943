package probe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/klog/v2"
)

func TestMain(m *testing.M) {
	klog.SetLogger(klog.Logger{}) // the prober tells of every failure
	m.Run()
}

// The kubelet's prober and ours, in the same world: the same attempts at the same times, the same published results in the same
// order, the same kills.
func TestContainer(t *testing.T) {
	r := random()
	attempts, kills, lives := 0, 0, 0
	for i := range *scenarios {
		s := randomScenario(r)
		want, got := theirs(t, s), ours(s)
		if diff := cmp.Diff(streams(want), streams(got)); diff != "" {
			t.Fatalf("scenario %d of seed %d\n%v\n-kubelet +rollcall:\n%s", i, *seed, s, diff)
		}
		for _, e := range got {
			switch e.What {
			case "attempt":
				attempts++
			case "killed":
				kills++
			case "started":
				lives++
			}
		}
	}
	t.Logf("%d scenarios of seed %d: %d attempts, %d lives, %d kills", *scenarios, *seed, attempts, lives, kills)
}
