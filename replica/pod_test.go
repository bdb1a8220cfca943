package replica_test

import (
	"testing"
	"time"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/internal/podtest"
	"github.com/rollcall-go/rollcall/ownership"
	"github.com/rollcall-go/rollcall/replica"
)

var now = podtest.Now

func TestState(t *testing.T) {
	readyFor := func(d time.Duration) replica.Pod {
		return replica.Pod{Phase: "Running", Ready: true, ReadySince: now.Add(-d)}
	}
	deleting := ownership.Object{Deleting: true}
	for _, tt := range []struct {
		name     string
		pod      replica.Pod
		minReady time.Duration
		want     replica.State
	}{
		{"the zero pod", replica.Pod{}, 0, replica.NotReady},
		{"succeeded", replica.Pod{Phase: "Succeeded", Ready: true}, 0, replica.Succeeded},
		{"failed", replica.Pod{Phase: "Failed", Ready: true}, 0, replica.Failed},
		{"failed and being deleted", replica.Pod{Phase: "Failed", Object: deleting}, 0, replica.Failed},
		{"succeeded and being deleted", replica.Pod{Phase: "Succeeded", Object: deleting}, 0, replica.Succeeded},
		{"ready and being deleted", replica.Pod{Phase: "Running", Ready: true, Object: deleting}, 0, replica.Terminating},
		{"pending", replica.Pod{Phase: "Pending"}, 0, replica.NotReady},
		{"lost its node", replica.Pod{Phase: "Unknown"}, 0, replica.NotReady},
		{"ready this moment, no minReadySeconds", readyFor(0), 0, replica.Available},
		{"ready, negative minReadySeconds", readyFor(0), -time.Second, replica.Available},
		{"ready later, negative minReadySeconds", readyFor(-time.Hour), -time.Second, replica.Available},
		{"ready since unknown, no minReadySeconds", replica.Pod{Ready: true}, 0, replica.Available},
		{"ready since unknown, some minReadySeconds", replica.Pod{Ready: true}, time.Nanosecond, replica.Ready},
		{"a nanosecond short of minReadySeconds", readyFor(10*time.Second - 1), 10 * time.Second, replica.Ready},
		{"exactly minReadySeconds", readyFor(10 * time.Second), 10 * time.Second, replica.Available},
		{"ready in the future, by other clock", readyFor(-time.Second), time.Second, replica.Ready},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.pod.State(tt.minReady, now); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
			if active := tt.want >= replica.NotReady; tt.pod.Active() != active {
				t.Errorf("Active %v, want %v", tt.pod.Active(), active)
			}
		})
	}
}

func TestEnums(t *testing.T) {
	check.Enum[replica.State](t, "State", "Unset", "Succeeded", "Failed", "Terminating", "NotReady", "Ready", "Available")
	check.Enum[replica.Rule](t, "Rule", "Unset", "Unassigned", "EarlierPhase", "Unready", "LowerDeletionCost", "MoreRelated", "ReadyLater",
		"SimilarReadyTime", "MoreRestarts", "MoreSidecarRestarts", "CreatedLater", "SimilarAge", "Tie", "NotTransitive", "NoneStays")
}
