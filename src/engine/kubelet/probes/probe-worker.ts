// Probe workers: one for each container and probe, with a ticker that is arithmetic and a timer only where a pass can matter.
// Upstream: pkg/kubelet/prober/worker.go, prober_manager.go, results/results_manager.go (v1.33). Rules: K404-K428, K440-K442.

import { parseTime } from '../../apimachinery/time.ts';
import type { Container, ContainerStatus, Pod, Probe, ProbeKind } from '../../kinds/pod/types.ts';
import { TIMER_RANKS } from '../../kernel/component.ts';
import { drawKeyed } from '../../kernel/random.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import { nextTick, tickAtOrAfter } from '../../containers/clock.ts';
import { containersOf, findContainer } from '../../containers/container-lists.ts';
import { cachedStatus, type PodWorker, podWorkers } from '../model.ts';
import { recordContainerEvent } from '../pods/pod-events.ts';
import { type ProbeAnswer, runProbe } from './prober.ts';
import { timingOf } from '../../containers/timing.ts';
import { isPodPhaseTerminal, isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';
import { apiPod } from '../../containers/model.ts';

export type ProbeResult = 'Success' | 'Failure' | 'Unknown';

export interface ProbeUpdate {
  readonly container: string;
  readonly containerId: string;
  readonly kind: ProbeKind;
  readonly result: ProbeResult;
}

interface ProbeWorker {
  podUid: string;
  container: string;
  kind: ProbeKind;
  ordinal: number;
  periodMs: number;
  /** Any one tick: the ticks are at base + k * period. */
  tickBaseMs: number;
  /** The instance the worker remembers (K410.3). */
  containerId: string;
  onHold: boolean;
  /** The stored result, for `containerId`. */
  result: ProbeResult | null;
  lastSuccess: boolean | null;
  run: number;
  pass: { startedMs: number; endsMs: number; result: ProbeAnswer['result']; output: string } | null;
  /** A trigger that arrived while a pass ran (K423). */
  isTriggered: boolean;
  /** Beginning of the last pass. */
  passStartedMs: number;
  hasEnded: boolean;
}

const probeWorkers = defineTable<ProbeWorker>('kubelet.probes');

export const PROBE_TIMERS: Readonly<Record<ProbeKind, string>> = {
  liveness: 'kubelet.probe.liveness',
  readiness: 'kubelet.probe.readiness',
  startup: 'kubelet.probe.startup',
};

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness'];

/** K404: one worker for each probe of regular containers and sidecars. Their first pass finds no container. */
export function addProbeWorkers(state: ClusterState, worker: PodWorker, pod: Pod): void {
  const containers = [...containersOf(pod, 'init').filter(isRestartableInitContainer), ...containersOf(pod, 'regular')];
  for (const container of containers) {
    for (const kind of KINDS) {
      const probe = probeOf(container, kind);
      if (probe === undefined) continue;
      const key = workerKey(worker.uid, container.name, kind);
      const periodMs = probe.periodSeconds * 1000;
      probeWorkers.put(state, key, {
        podUid: worker.uid,
        container: container.name,
        kind,
        ordinal: worker.ordinal,
        periodMs,
        tickBaseMs: state.nowMs + startJitterMs(state, worker, key, periodMs),
        containerId: '',
        onHold: false,
        result: null,
        lastSuccess: null,
        run: 0,
        pass: null,
        isTriggered: false,
        passStartedMs: 0,
        hasEnded: false,
      });
      armProbe(state, key);
    }
  }
  worker.hasProbeWorkers = true;
}

/** Ends workers: all of a pod, or those that must not disturb its termination (K442). */
export function removeProbeWorkers(state: ClusterState, worker: PodWorker, pod: Pod, which: 'all' | 'liveness-startup'): void {
  const sidecars = containersOf(pod, 'init')
    .filter(isRestartableInitContainer)
    .map((container) => container.name);
  for (const container of [...sidecars, ...containersOf(pod, 'regular').map((item) => item.name)]) {
    for (const kind of KINDS) {
      if (which === 'liveness-startup' && (kind === 'readiness' || sidecars.includes(container))) continue;
      const key = workerKey(worker.uid, container, kind);
      if (probeWorkers.remove(state, key)) clearTimer(state, PROBE_TIMERS[kind], key);
    }
  }
}

/** The stored result for an instance; `undefined` without a worker, `null` while there is none yet. */
export function probeResult(
  state: ClusterState,
  podUid: string,
  container: string,
  kind: ProbeKind,
  containerId: string,
): ProbeResult | null | undefined {
  const row = probeWorkers.get(state, workerKey(podUid, container, kind));
  if (row === undefined) return undefined;
  return row.containerId === containerId ? row.result : null;
}

/** How a probe of a container's present instance has gone lately; undefined before its first pass. */
export function probeRecord(
  state: ClusterState,
  podUid: string,
  container: string,
  kind: ProbeKind,
): { readonly isSuccess: boolean; readonly count: number } | undefined {
  const row = probeWorkers.get(state, workerKey(podUid, container, kind));
  return row === undefined || row.lastSuccess === null ? undefined : { isSuccess: row.lastSuccess, count: row.run };
}

/** K423: one immediate pass, and the ticker begins anew. The pass sees the status as it is cached now (K424). */
export function triggerReadiness(state: ClusterState, podUid: string, container: string): ProbeUpdate | null {
  const key = workerKey(podUid, container, 'readiness');
  if (!probeWorkers.has(state, key)) return null;
  const row = probeWorkers.edit(state, key);
  if (row.hasEnded) return null;
  if (row.pass !== null) {
    row.isTriggered = true;
    return null;
  }
  row.tickBaseMs = state.nowMs + row.periodMs;
  const update = beginPass(state, row);
  armProbe(state, key);
  return update;
}

/** Looks again at when a pass can matter, after the cached status or an instance has changed. */
export function rearmProbes(state: ClusterState, { uid }: Pick<PodWorker, 'uid'>, pod: Pod): void {
  if (podWorkers.get(state, uid)?.hasProbeWorkers !== true) return;
  for (const container of [...containersOf(pod, 'init'), ...containersOf(pod, 'regular')]) {
    for (const kind of KINDS) {
      if (probeOf(container, kind) === undefined) continue;
      const key = workerKey(uid, container.name, kind);
      if (!probeWorkers.has(state, key)) continue;
      armProbe(state, key);
    }
  }
}

/** A tick, or the end of a pass. */
export function fireProbe(state: ClusterState, key: string): { podUid: string; update: ProbeUpdate | null } | null {
  if (!probeWorkers.has(state, key)) return null;
  const row = probeWorkers.edit(state, key);
  const isEnd = row.pass !== null;
  const update = isEnd ? endPass(state, row) : beginPass(state, row);
  const isBuffered = isEnd && row.pass === null && (row.isTriggered || hasMissedTick(row, state.nowMs));
  armProbe(state, key, isBuffered);
  return { podUid: row.podUid, update };
}

/** K407: a tick that fell into the pass waits for its end. */
function hasMissedTick(row: Readonly<ProbeWorker>, nowMs: number): boolean {
  return nextTick(tickerOf(row), row.passStartedMs) <= nowMs;
}

function tickerOf(row: Readonly<ProbeWorker>): { periodMs: number; phaseMs: number } {
  return { periodMs: row.periodMs, phaseMs: row.tickBaseMs };
}

/** K410 steps 1 to 8; then the probe itself, whose result comes after its latency. */
function beginPass(state: ClusterState, row: ProbeWorker): ProbeUpdate | null {
  row.isTriggered = false;
  const worker = podWorkers.get(state, row.podUid);
  const seen = probedContainer(state, row);
  if (worker === undefined || seen === undefined || row.hasEnded) return null;
  const { pod, container, status, containerId } = seen;
  // Step 2.
  if (containerId === '') return null;
  let update: ProbeUpdate | null = null;
  // Step 3: a new instance: the initial result (K411).
  if (row.containerId !== containerId) {
    row.containerId = containerId;
    row.result = null;
    row.onHold = false;
    update = store(row, INITIAL_RESULTS[row.kind]);
  }
  // Step 4.
  if (row.onHold) return update;
  // Step 5.
  if (status.state.running === undefined) {
    if (status.state.terminated !== undefined && pod.spec.restartPolicy === 'Never' && !isRestartableInitContainer(container))
      row.hasEnded = true;
    return store(row, 'Failure') ?? update;
  }
  const probe = probeOf(container, row.kind);
  if (probe === undefined || !isDue(state, row, status, probe)) return update;
  const answer = runProbe(state, worker, pod, container, probe);
  row.passStartedMs = state.nowMs;
  row.pass = { startedMs: state.nowMs, endsMs: state.nowMs + answer.latencyMs, result: answer.result, output: answer.output };
  return update;
}

const INITIAL_RESULTS: Readonly<Record<ProbeKind, ProbeResult>> = { liveness: 'Success', readiness: 'Failure', startup: 'Unknown' };

/** Steps 7 and 8: the initial delay, and the gate of the startup probe. */
function isDue(state: ClusterState, row: Readonly<ProbeWorker>, status: ContainerStatus, probe: Probe): boolean {
  const startedMs = parseTime(status.state.running?.startedAt ?? '') ?? state.nowMs;
  if (Math.floor((state.nowMs - startedMs) / 1000) < (probe.initialDelaySeconds ?? 0)) return false;
  return row.kind === 'startup' ? status.started !== true : status.started === true;
}

/** K410 steps 9 to 11. */
function endPass(state: ClusterState, row: ProbeWorker): ProbeUpdate | null {
  const { pass } = row;
  row.pass = null;
  const worker = podWorkers.get(state, row.podUid);
  const seen = probedContainer(state, row);
  if (pass === null || worker === undefined || seen === undefined) return null;
  const { pod, container } = seen;
  reportPass(state, worker, pod, row, pass);
  // Step 9: an error counts neither way (K435).
  if (pass.result === 'error') return null;
  const isSuccess = pass.result !== 'failure';
  row.run = row.lastSuccess === isSuccess ? row.run + 1 : 1;
  row.lastSuccess = isSuccess;
  const probe = probeOf(container, row.kind);
  if (probe === undefined) return null;
  // Step 10.
  if (row.run < (isSuccess ? probe.successThreshold : probe.failureThreshold)) return null;
  // Step 11.
  const update = store(row, isSuccess ? 'Success' : 'Failure');
  if ((row.kind === 'liveness' && !isSuccess) || row.kind === 'startup') {
    row.onHold = true;
    row.run = 0;
  }
  return update;
}

const KIND_NAMES: Readonly<Record<ProbeKind, string>> = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' };

/** K432: an event for every pass that did not succeed. */
function reportPass(
  state: ClusterState,
  worker: Readonly<PodWorker>,
  pod: Pod,
  row: ProbeWorker,
  pass: NonNullable<ProbeWorker['pass']>,
): void {
  const name = KIND_NAMES[row.kind];
  const emit = (reason: string, message: string): void =>
    recordContainerEvent(state, worker.node, pod, row.container, 'Warning', reason, message);
  if (pass.result === 'failure') emit('Unhealthy', `${name} probe failed: ${pass.output}`);
  else if (pass.result === 'warning') emit('ProbeWarning', `${name} probe warning: ${pass.output}`);
  else if (pass.result === 'error') emit('Unhealthy', `${name} probe errored and resulted in unknown state: ${pass.output}`);
}

/** K412: an update only when the value for this instance changed; the first one counts. */
function store(row: ProbeWorker, result: ProbeResult): ProbeUpdate | null {
  if (row.result === result) return null;
  row.result = result;
  return { container: row.container, containerId: row.containerId, kind: row.kind, result };
}

interface Seen {
  readonly pod: Pod;
  readonly container: Container;
  readonly status: ContainerStatus;
  readonly containerId: string;
}

/** Step 1: the container in the kubelet's cached status. */
function probedContainer(state: ClusterState, row: Readonly<ProbeWorker>): Seen | undefined {
  const status = cachedStatus(state, row.podUid);
  const worker = podWorkers.get(state, row.podUid);
  const pod = worker === undefined ? undefined : (apiPod(state, worker) ?? worker.orphan ?? undefined);
  if (status === undefined || pod === undefined || isPodPhaseTerminal(status.phase)) return undefined;
  const found = findContainer(pod, row.container)?.container;
  const own = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find((item) => item.name === row.container);
  if (found === undefined || own === undefined) return undefined;
  return { pod, container: found, status: own, containerId: own.containerID ?? '' };
}

/** Sets the timer of the next pass that can matter, or of every tick in the reference clock. */
function armProbe(state: ClusterState, key: string, isImmediate = false): void {
  const row = probeWorkers.require(state, key);
  const dueMs = row.pass !== null ? row.pass.endsMs : isImmediate ? state.nowMs : nextPassMs(state, row);
  const owner = PROBE_TIMERS[row.kind];
  if (dueMs === null) clearTimer(state, owner, key);
  else setTimer(state, { dueMs, rank: TIMER_RANKS[row.kind], order: row.ordinal, owner, key });
}

function nextPassMs(state: ClusterState, row: Readonly<ProbeWorker>): number | null {
  if (row.hasEnded) return null;
  const next = tickAtOrAfter(tickerOf(row), Math.max(state.nowMs + 1, row.tickBaseMs));
  if (state.clockMode === 'reference') return next;
  const seen = probedContainer(state, row);
  const worker = podWorkers.get(state, row.podUid);
  // Until the status changes every pass stops at one of the first steps.
  if (seen === undefined || worker === undefined || seen.containerId === '') return null;
  if (row.containerId !== seen.containerId) return next;
  if (row.onHold) return null;
  if (seen.status.state.running === undefined) return row.result === 'Failure' && !endsWorker(seen) ? null : next;
  const probe = probeOf(seen.container, row.kind);
  if (probe === undefined) return null;
  if (row.kind === 'startup' ? seen.status.started === true : seen.status.started !== true) return null;
  const delayMs = (probe.initialDelaySeconds ?? 0) * 1000;
  const startedMs = parseTime(seen.status.state.running.startedAt ?? '') ?? state.nowMs;
  const first = tickAtOrAfter(tickerOf(row), Math.max(next, startedMs + delayMs));
  const isSettled = row.result === 'Success' && row.lastSuccess === true && row.run >= probe.successThreshold;
  if (!isSettled) return first;
  // A healthy probe costs nothing while it stays healthy: sleep until its answer can change.
  const answer = runProbe(state, worker, seen.pod, seen.container, probe, true);
  if (answer.result !== 'success') return first;
  return answer.constantUntilMs === null ? null : tickAtOrAfter(tickerOf(row), Math.max(first, answer.constantUntilMs));
}

function endsWorker({ status, pod, container }: Seen): boolean {
  return status.state.terminated !== undefined && pod.spec.restartPolicy === 'Never' && !isRestartableInitContainer(container);
}

/** K405: the start of the first pass; a kubelet that has run for long does not wait. */
function startJitterMs(state: ClusterState, worker: Readonly<PodWorker>, key: string, periodMs: number): number {
  const jitter = timingOf(state).proberStartJitterMs;
  if (jitter !== 'seeded') return jitter;
  return Math.floor(drawKeyed(state, 'prober-start', `${worker.node}|${key}`) * periodMs);
}

function probeOf(container: Container, kind: ProbeKind): Probe | undefined {
  return kind === 'liveness' ? container.livenessProbe : kind === 'readiness' ? container.readinessProbe : container.startupProbe;
}

function workerKey(podUid: string, container: string, kind: ProbeKind): string {
  return `${podUid}|${container}|${kind}`;
}
