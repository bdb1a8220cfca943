// Command controllers records what the controllers of Kubernetes do, one JSON object a line:
//
//	go run ./record/controllers -kind scale-down -n 15 -seed 101 > scale-down.jsonl
//
// It builds etcd, kube-apiserver and kube-controller-manager from the modules in controlplane/go.mod (minutes the first
// time, a second when they are built), runs them on loopback, and plays stories made up at random: a state is laid down
// while no controller runs, the controller is started on it, and when nothing moves any more, what it did is written.
// There is no scheduler and no kubelet. The control plane and all it stored are gone when the command ends.
//
// The kinds are
//
//   - claim: a ReplicaSet among pods of its own, relabelled ones, orphans and strangers; of the pods that it deleted only the
//     number is certain, and one that it adopted before is among the deleted alone
//   - scale-down: a ReplicaSet that has too many pods
//   - daemon: a DaemonSet on nodes of all sorts, first without pods (-a), then after its pods have lived and the nodes have
//     changed (-b): two lines a story
//
// The same seed gives the same stories. UIDs, times and the names of the pods that a controller creates differ from run to
// run. A scale-down whose outcome depends on UIDs, on the order in which pods arrive or on the second in which it happens is
// left out, and said to be on standard error. No story has an owner reference with the ReplicaSet's UID and another name,
// since Kubernetes does not find such a pod.
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

// A player plays n stories and hands each trace to write, to be encoded.
type player func(ctx context.Context, p *plane, seed uint64, n int, write func(trace any) error) error

var players = map[string]player{"claim": playClaims, "scale-down": playScaleDowns, "daemon": playDaemons}

func main() {
	kind := flag.String("kind", "", "claim, scale-down or daemon")
	n := flag.Int("n", 15, "number of stories")
	seed := flag.Uint64("seed", 101, "seed of the stories")
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
	// Whatever ends the run early, a signal or a server, is its error: what failed in consequence says less.
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
