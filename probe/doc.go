// Package probe decides who is alive: what the kubelet remembers and decides about a probed container, as values that a caller
// steps with events and times. When is which probe tried? Is the container started, is it ready? When is it killed, and when
// started again? The asking, the killing and the starting is the caller's.
//
//   - [Spec] is a probe of a manifest: its JSON, its defaults ([Spec.WithDefaults]), what is wrong with it ([Spec.Validate]), and the
//     text that kubectl describe shows, which [Parse] reads.
//   - [HTTPOutcome], [TCPOutcome], [ExecOutcome] and [GRPCOutcome] say what one attempt came to. [ExitCode] tells exit codes apart.
//   - [Machine] is one probe: results, thresholds, runs.
//   - [Container] is a container with its probes: attempts, kills, restarts.
//   - [Simulate] foretells: when would my pod be restarted?
//
// # One probe
//
// A probe publishes a [Result]. One attempt seldom changes it: it takes as many in a row as its threshold asks. Below, "n ×
// Failed" is such a run. [Machine.Start] leads from every state to the first one of its line, and publishes that; an attempt
// that is [Errored] leads nowhere; [Warned] counts as [Passed].
//
//	liveness    Success ──── failureThreshold × Failed ────▶ Failure, on hold
//	             │   ▲
//	        Stop │   │ successThreshold × Passed
//	             ▼   │
//	            Failure
//
//	readiness   Failure ──── successThreshold × Passed ────▶ Success
//	            Failure ◀─── failureThreshold × Failed ───── Success
//	            Failure ◀─────────────── Stop ────────────── Success
//
//	startup     Unknown ──── successThreshold × Passed ────▶ Success, on hold
//	            Unknown ──── failureThreshold × Failed ────▶ Failure, on hold
//	            Unknown ─────────────── Stop ──────────────▶ Failure; the two above lead on from there as well
//
// A probe that is on hold has made up its mind about this life of the container: until the next Start, nothing leads anywhere,
// Stop and Delete included. A liveness or startup probe whose Result is Failure has its container killed. While the startup
// probe has not passed, the other two are not tried.
//
//	Stop without a next life       leads to Failure, done
//	Delete of liveness, startup    leads to Success, done
//	Delete of readiness            leads nowhere
//
// Done is the end. Results change with Stop even though nobody was asked: a container that does not run is neither alive nor
// ready. A run of equal outcomes is ended by another outcome and by a hold, and by nothing else; see [Machine] for what that
// means after a restart.
//
// # A container
//
// [Container.Step] is told what happened and returns what to do; [Container.Next] says when to call it at the latest. The
// caller's loop, whole in the package's example:
//
//	for e := (probe.Event{}); ; {
//		e.At = now()
//		action := c.Step(e)
//		// start the container if action.Start; kill it if action.Kill is set, within action.Grace;
//		// ask it, in a goroutine each, for action.Attempts; all of them send an Event to the channel
//		select {
//		case e = <-events:
//		case <-after(c.Next() - now()):
//			e = probe.Event{}
//		}
//	}
//
// By default a Container does what a supervisor of plain processes wants. [Options.Kubelet] has it do as a kubelet of
// Kubernetes 1.37 does, its surprises included, so as to foretell what a cluster does.
//
// # Time
//
// A time is a [time.Duration] since an epoch of the caller's choice: it is comparable, and survives JSON. Nothing here reads a
// clock or starts a goroutine. Functions, and the methods of values, are safe for concurrent use. Of one Container, one
// goroutine at a time may call methods; a copy is another one.
//
// # Left out
//
// The start of a kubelet, which waits for a random part of the period, and takes over what the one before it knew. Its chance: it
// syncs a pod every minute or so, and looks up to half as long again after a back-off whether it is over. Rules that restart a
// container by its exit code (restartPolicyRules). Several containers of a pod: that all of them end when one has to go for good, and
// the pod's phase.
package probe
