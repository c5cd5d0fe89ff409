// Stopping containers: preStop hook, SIGTERM, and SIGKILL at the end of the grace (K505-K510, K640).
// Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer), kuberuntime_termination_order.go (v1.33).

import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { findContainer } from '../../containers/container-lists.ts';
import type { PodWorker, Run, Stop } from '../model.ts';
import { recordContainerEvent } from './pod-events.ts';
import { runHook } from '../../containers/processes/hooks.ts';
import { killInstance, terminateInstance } from '../../containers/processes/runtime.ts';
import { sidecarsOf } from '../../kinds/shared/pod-state.ts';
import type { Instance } from '../../containers/model.ts';

/** K508: SIGTERM and SIGKILL are never closer than this. */
const GRACE_MIN_MS = 2000;

/** Begins to stop one container. */
export function beginStop(
  state: ClusterState,
  worker: PodWorker,
  run: Run,
  pod: Pod,
  instanceId: string,
  message: string,
  graceMs: number,
): void {
  const instance = worker.runtime.instances.find((item) => item.id === instanceId);
  if (instance === undefined || instance.state !== 'running') return;
  recordContainerEvent(state, worker.node, pod, instance.container, 'Normal', 'Killing', message);
  instance.stopped = { atMs: state.nowMs, message };
  const stop: Stop = {
    instanceId,
    container: instance.container,
    phase: 'hook',
    hookEndsMs: state.nowMs,
    killAtMs: 0,
    graceMs,
    beganMs: state.nowMs,
    after: [],
  };
  beginHook(state, worker, pod, instance, stop);
  run.stops.push(stop);
}

/** Begins to stop every running container of the pod, in parallel; sidecars wait for the others (K510, K640). */
export function beginPodStop(state: ClusterState, worker: PodWorker, run: Run, pod: Pod, graceMs: number): void {
  const running = worker.runtime.instances.filter((instance) => instance.state === 'running');
  for (const instance of running) {
    beginStop(state, worker, run, pod, instance.id, `Stopping container ${instance.container}`, graceMs);
  }
  const sidecars = sidecarsOf(pod.spec).map((container) => container.name);
  for (const stop of run.stops) {
    const position = sidecars.indexOf(stop.container);
    if (position >= 0)
      stop.after = run.stops.map((item) => item.container).filter((name) => !sidecars.slice(0, position + 1).includes(name));
  }
}

/** Moves the stops on. Returns null when all are done, else the next instant at which one needs attention (or Infinity). */
export function stepStops(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): number | null {
  let next: number | null = null;
  for (const stop of run.stops) {
    const wakeMs = stepStop(state, worker, run, pod, stop);
    if (wakeMs !== null) next = Math.min(next ?? Number.POSITIVE_INFINITY, wakeMs);
  }
  return next;
}

function stepStop(state: ClusterState, worker: PodWorker, run: Run, pod: Pod, stop: Stop): number | null {
  const instance = worker.runtime.instances.find((item) => item.id === stop.instanceId);
  if (instance === undefined || instance.state !== 'running') {
    stop.phase = 'done';
    return null;
  }
  const waitsFor = run.stops.some((item) => stop.after.includes(item.container) && isRunning(worker, item.instanceId));
  // K640: the time a sidecar waits counts against its grace.
  const orderedUntilMs = stop.beganMs + Math.max(stop.graceMs, GRACE_MIN_MS);
  if (waitsFor && stop.phase !== 'term' && state.nowMs < orderedUntilMs) return orderedUntilMs;
  if (stop.phase === 'hook') {
    if (state.nowMs < stop.hookEndsMs) return stop.hookEndsMs;
    // K507, K508: what the hook and the waiting used up, in whole seconds, is gone; at least two seconds are left.
    const usedMs = Math.floor((state.nowMs - stop.beganMs) / 1000) * 1000;
    stop.phase = 'term';
    stop.killAtMs = state.nowMs + Math.max(stop.graceMs - usedMs, GRACE_MIN_MS);
    terminateInstance(state, worker, pod, instance);
  }
  if (state.nowMs < stop.killAtMs) return stop.killAtMs;
  killInstance(state, worker, pod, instance);
  stop.phase = 'done';
  return null;
}

function isRunning(worker: PodWorker, instanceId: string): boolean {
  return worker.runtime.instances.some((instance) => instance.id === instanceId && instance.state === 'running');
}

/** K507, K646: a preStop hook runs at most the grace. */
function beginHook(state: ClusterState, worker: PodWorker, pod: Pod, instance: Instance, stop: Stop): void {
  const container = findContainer(pod, instance.container)?.container;
  const handler = container?.lifecycle?.preStop;
  if (container === undefined || handler === undefined || stop.graceMs <= 0) return;
  const hook = runHook(state, { worker, pod, container, instance }, handler);
  if (hook.failed) recordContainerEvent(state, worker.node, pod, instance.container, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
  stop.hookEndsMs = state.nowMs + Math.min(hook.durationMs, stop.graceMs);
}
