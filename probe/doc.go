// Package probe decides what a kubelet decides about a container and its probes: when to try which probe,
// whether the container has started and is ready, when to kill it, and when to restart it. The caller probes,
// kills and starts the container.
//
//   - [Spec] is a probe in a manifest: its JSON, its defaults, its validation, and the text form of kubectl
//     describe.
//   - [HTTPOutcome], [TCPOutcome], [ExecOutcome] and [GRPCOutcome] return the [Outcome] of one attempt.
//   - [ExitCode] explains exit codes.
//   - [Machine] is the state of one probe: its result and its counts.
//   - [Container] is the state of a container with its probes.
//   - [Simulate] predicts what happens to a container, for example when it is restarted.
//
// # One probe
//
// A probe publishes a [Result]. A probe changes its result when the number of equal outcomes in a row reaches
// the threshold: successThreshold for Success, failureThreshold for Failure. In the diagram, "n × Failed" is
// such a run of outcomes. [Machine.Start] leads from each state to the initial one, which is Success for
// liveness, Failure for readiness and Unknown for startup. [Errored] outcomes are ignored. [Warned] counts as
// [Passed].
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
//	            Unknown ─────────────── Stop ──────────────▶ Failure
//	            Failure ──── successThreshold × Passed ────▶ Success, on hold
//	            Failure ──── failureThreshold × Failed ────▶ Failure, on hold
//
// A probe on hold has its final result for this container instance. Until the next Start, nothing changes it,
// neither outcomes nor Stop nor Delete. The Container asks for a kill when the result of the liveness or
// startup probe is Failure and the probe is on hold. One failed attempt is not enough. The liveness and the
// readiness probe are not tried before the startup probe has passed.
//
// Stop and Delete can end a probe. Then nothing changes it any more, not even Start:
//
//	Stop, and no restart follows   Failure, done
//	Delete of liveness, startup    Success, done
//	Delete of readiness            no change
//
// Stop publishes Failure without an attempt, because a container that does not run is neither alive nor
// ready. Only a different outcome or a hold interrupts a run of outcomes. A restart does not; see [Machine].
//
// # A container
//
// [Container.Step] takes an event and returns what to do. [Container.Next] returns when to call it at the
// latest. This is the caller's loop; the package example has the whole code:
//
//	for e := (probe.Event{}); ; {
//		e.At = now()
//		action := c.Step(e)
//		// If action.Start, start the container. If action.Kill is set, kill it within action.Grace.
//		// Make each of action.Attempts in a goroutine. Each goroutine sends its event to the channel.
//		select {
//		case e = <-events:
//		case <-after(c.Next() - now()):
//			e = probe.Event{}
//		}
//	}
//
// By default a Container supervises a plain process. With [Options.Kubelet] it does exactly what a kubelet of
// Kubernetes 1.37 does, so that it predicts what a cluster does.
//
// # Time
//
// A time is a [time.Duration] since an epoch that the caller chooses. The package reads no clock and starts
// no goroutine. Functions, and methods of values, are safe for concurrent use. For a Container, see there.
//
// # Not covered
//
//   - The start of a kubelet, which delays the first attempts at random and adopts running containers.
//   - The jitter of a kubelet: it syncs a pod every 60 to 90 seconds, and can lengthen a back-off by up to a
//     half.
//   - Rules that restart a container by its exit code (restartPolicyRules).
//   - Pods with several containers, and the phase of a pod.
package probe
