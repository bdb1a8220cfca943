// Command controllers records what the Kubernetes controllers do, as one JSON object on each line:
//
//	go run ./record/controllers -kind scale-down -n 15 -seed 101 > scale-down.jsonl
//
// It builds etcd, kube-apiserver and kube-controller-manager from the modules in controlplane/go.mod and runs
// them on loopback. The first build takes minutes; later ones take a second. Then it plays random scenarios:
// it creates a state while no controller runs, starts the controller, waits until nothing changes, and writes
// what the controller did. There is no scheduler and no kubelet. When the command ends, it deletes the
// control plane and its data.
//
// The kinds are:
//
//   - claim: a ReplicaSet with pods of its own, relabelled pods, orphans, and pods of other owners. Which
//     pods it deletes is not certain, only their number. A pod that was adopted and then deleted is recorded
//     only as deleted.
//   - scale-down: a ReplicaSet with too many pods.
//   - daemon: a DaemonSet on different nodes. Each scenario gives two lines: first without pods (-a), then
//     after its pods and the nodes have changed (-b).
//
// The same seed gives the same scenarios. UIDs, times and the names of created pods differ from run to run. A
// scale-down is left out if its result depends on UIDs, on the order in which pods arrive, or on the second
// in which it runs; a message on standard error says so. No scenario has an owner reference with the
// ReplicaSet's UID and another name, because Kubernetes does not find such a pod.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// A player plays n scenarios and calls write with each trace.
type player func(ctx context.Context, p *plane, seed uint64, n int, write func(trace any) error) error

var players = map[string]player{"claim": playClaims, "scale-down": playScaleDowns, "daemon": playDaemons}

func main() {
	kind := flag.String("kind", "", "claim, scale-down or daemon")
	n := flag.Int("n", 15, "number of scenarios")
	seed := flag.Uint64("seed", 101, "seed of the scenarios")
	bin := flag.String("bin", "", "folder to build the control plane in (default rollcall/controlplane in the user's cache)")
	flag.Parse()
	play := players[*kind]
	if play == nil || *n < 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := record(play, *bin, *seed, *n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func record(play player, bin string, seed uint64, n int) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if bin == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		bin = filepath.Join(cache, "rollcall", "controlplane")
	}
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	if err := build(ctx, bin); err != nil {
		return err
	}
	// If a signal or a server ends the run early, return that cause: the errors that follow from it are less
	// useful.
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	err = func() error {
		p, err := startPlane(ctx, fail, bin)
		if err != nil {
			return err
		}
		defer p.stop()
		lines := json.NewEncoder(os.Stdout)
		lines.SetEscapeHTML(false)
		return play(ctx, p, seed, n, lines.Encode)
	}()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
