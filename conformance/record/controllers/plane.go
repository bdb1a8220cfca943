package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/keyutil"
)

// build builds the tools of controlplane/go.mod into the folder bin. It keeps tools that are up to date.
func build(ctx context.Context, bin string) error {
	fmt.Fprintln(os.Stderr, "building etcd, kube-apiserver and kube-controller-manager in", bin)
	cmd := exec.CommandContext(ctx, "go", "build", "-C", "controlplane", "-o", bin+string(filepath.Separator), "tool")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build failed (run it in the folder that contains controlplane): %w", err)
	}
	return nil
}

// A plane is a control plane on loopback: etcd, kube-apiserver, and at times kube-controller-manager.
type plane struct {
	*kubernetes.Clientset
	bin, dir string
	fail     context.CancelCauseFunc // called if a server ends by itself
	stops    []func()
}

// startPlane starts etcd and kube-apiserver, and waits until kube-apiserver is ready.
func startPlane(ctx context.Context, fail context.CancelCauseFunc, bin string) (*plane, error) {
	dir, err := os.MkdirTemp("", "rollcall-")
	if err != nil {
		return nil, err
	}
	p := &plane{bin: bin, dir: dir, fail: fail, stops: []func(){func() { os.RemoveAll(dir) }}}
	if err := p.start(ctx); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *plane) start(ctx context.Context) error {
	// etcd listens on sockets in dir, which is private. Its program is named server, after its package.
	etcd := "unix://" + p.path("etcd.sock")
	if err := p.run(ctx, "server", "--data-dir", p.path("etcd"), "--unsafe-no-fsync", "--listen-client-urls", etcd,
		"--advertise-client-urls", "http://127.0.0.1:0", "--listen-peer-urls", "unix://"+p.path("peers.sock")); err != nil {
		return err
	}

	token, key := rand.Text(), p.path("service-account.key")
	pem, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return err
	}
	if err := keyutil.WriteKey(key, pem); err != nil {
		return err
	}
	if err := os.WriteFile(p.path("tokens.csv"), []byte(token+",recorder,recorder\n"), 0o600); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	// kube-apiserver creates its own certificate in cert-dir. Pods need no service account here.
	if err := p.run(ctx, "kube-apiserver", "--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1",
		"--secure-port", port, "--cert-dir", p.dir, "--token-auth-file", p.path("tokens.csv"), "--authorization-mode", "AlwaysAllow",
		"--service-account-issuer", "https://localhost", "--service-account-key-file", key, "--service-account-signing-key-file", key,
		"--service-cluster-ip-range", "10.0.0.0/24", "--endpoint-reconciler-type", "none",
		"--disable-admission-plugins", "ServiceAccount"); err != nil {
		return err
	}
	config := &rest.Config{
		Host: "https://127.0.0.1:" + port, BearerToken: token, QPS: -1,
		TLSClientConfig: rest.TLSClientConfig{CAFile: p.path("apiserver.crt")},
	}
	kubeconfig := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: u, user: {token: %q}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`, config.Host, config.CAFile, token)
	if err := os.WriteFile(p.path("kubeconfig"), []byte(kubeconfig), 0o600); err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, 2*time.Minute, true, func(ctx context.Context) (bool, error) {
		var err error
		if p.Clientset, err = kubernetes.NewForConfig(config); err != nil { // no certificate yet
			return false, nil
		}
		return p.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() == nil, nil
	})
	if err != nil {
		return fmt.Errorf("kube-apiserver is not ready: %w", err)
	}
	return nil
}

// manage runs the controllers of ReplicaSets and DaemonSets while during runs.
func (p *plane) manage(ctx context.Context, during func() error) error {
	n := len(p.stops)
	if err := p.run(ctx, "kube-controller-manager", "--kubeconfig", p.path("kubeconfig"), "--leader-elect=false",
		"--controllers", "replicaset-controller,daemonset-controller", "--secure-port", "0",
		"--kube-api-qps", "1000", "--kube-api-burst", "1000"); err != nil {
		return err
	}
	defer func() {
		p.stops[n]()
		p.stops = p.stops[:n]
	}()
	return during()
}

// stop ends the programs in reverse order of their start, and deletes their data.
func (p *plane) stop() {
	for i := len(p.stops) - 1; i >= 0; i-- {
		p.stops[i]()
	}
}

// run starts a program that must run until it is stopped. If it ends earlier, the whole run fails with the
// end of its log.
func (p *plane) run(ctx context.Context, name string, args ...string) error {
	log, err := os.Create(p.path(name + ".log"))
	if err != nil {
		return err
	}
	defer log.Close() // the program has its own file descriptor
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	if err := cmd.Start(); err != nil {
		cancel()
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := cmd.Wait()
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if stopped := ctx.Err() != nil && status.Signal() == syscall.SIGKILL; !stopped {
			said, _ := os.ReadFile(log.Name())
			lines := strings.Split(strings.TrimSpace(string(said)), "\n")
			p.fail(fmt.Errorf("%s ended: %v\n%s", name, err, strings.Join(lines[max(0, len(lines)-10):], "\n")))
		}
	}()
	p.stops = append(p.stops, func() {
		cancel()
		<-ended
	})
	return nil
}

func (p *plane) path(name string) string { return filepath.Join(p.dir, name) }

// freePort returns a free port on loopback. Another program may take it before it is used.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// settle waits until look has returned the same state, with done true, for two seconds.
func settle(ctx context.Context, look func(context.Context) (state string, done bool, err error)) error {
	const quiet = 2 * time.Second
	var last string
	var since time.Time
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, 2*time.Minute, true, func(ctx context.Context) (bool, error) {
		state, done, err := look(ctx)
		if state != last || !done {
			last, since = state, time.Now()
		}
		return time.Since(since) >= quiet, err
	})
	if err != nil {
		return fmt.Errorf("waiting until nothing changes: %w", err)
	}
	return nil
}
