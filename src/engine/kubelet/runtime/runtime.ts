// The container runtime of a node, as far as the kubelet sees it: instances are created, started, signalled and exit. What a process does is
// its behaviour; when it ends is one timer.
// Upstream of the texts and exit codes: containerd 1.7/2.x through the CRI. Rules: K232, K234, K509, K611.

import { quantityToNumber } from '../../apimachinery/quantity.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { TIMER_RANKS } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import type { Instance, PodWorker } from '../model.ts';
import { timingOf } from '../timing.ts';
import { type Behavior, BEHAVIOR_DEFAULT, runOf } from '../../kinds/shared/behavior.ts';
import { behaviorOf, internBehavior } from './behaviors.ts';
import { imageIdOf, longHash, normalizeReference } from './catalogue.ts';
import { resolveBehavior } from './resolve.ts';

export const PROCESS_TIMER = 'kubelet.process';

/** Creates an instance of a container; it does not run yet. */
export function createInstance(state: ClusterState, worker: PodWorker, pod: Pod, container: Container, attempt: number): Instance {
  const imageRef = normalizeReference(container.image) ?? container.image;
  const instance: Instance = {
    id: longHash(`${state.seed}|${worker.uid}|${container.name}|${attempt}`),
    container: container.name,
    attempt,
    image: container.image,
    imageRef,
    imageId: imageIdOf(imageRef),
    state: 'created',
    createdMs: state.nowMs,
    startedMs: null,
    finishedMs: null,
    exitCode: 0,
    reason: '',
    message: '',
    behaviorId: internBehavior(state, resolveBehavior(state, pod, container)),
    exit: null,
  };
  worker.runtime.instances.push(instance);
  worker.isDirty = true;
  return instance;
}

/** Starts an instance. Returns the error of a start that failed; the instance is then exited with 128 (K234). */
export function startInstance(state: ClusterState, worker: PodWorker, instance: Instance, container: Container): string | null {
  worker.isDirty = true;
  const error = behaviorOf(state, instance).startError;
  if (error !== null) {
    Object.assign(instance, {
      state: 'exited',
      startedMs: 0,
      finishedMs: state.nowMs,
      exitCode: 128,
      reason: 'StartError',
      message: error,
    });
    return error;
  }
  instance.state = 'running';
  instance.startedMs = state.nowMs;
  planExit(state, worker, instance, container);
  return null;
}

/** Sends SIGTERM: the process ends when and as its behaviour says, or not at all (K509). */
export function terminateInstance(state: ClusterState, worker: PodWorker, instance: Instance): void {
  if (instance.state !== 'running') return;
  const { sigterm } = behaviorOf(state, instance);
  if (sigterm === 'ignore') return;
  const latencyMs = sigterm === null || sigterm.afterMs < 0 ? timingOf(state).stopLatencyMs : sigterm.afterMs;
  const atMs = state.nowMs + latencyMs;
  const code = sigterm === null ? 0 : sigterm.exitCode;
  if (instance.exit !== null && instance.exit.atMs <= atMs) return;
  setExit(state, worker, instance, { atMs, code, reason: code === 0 ? 'Completed' : 'Error' });
}

/** Sends SIGKILL: the process is gone at once, with 137. */
export function killInstance(state: ClusterState, worker: PodWorker, instance: Instance): void {
  if (instance.state !== 'running') return;
  endProcess(state, worker, instance, 137, 'Error');
}

/** The timer of a process: it ends now if its time has come. Returns the instance when it did. */
export function fireProcess(state: ClusterState, worker: PodWorker, instanceId: string): Instance | undefined {
  const instance = worker.runtime.instances.find((item) => item.id === instanceId);
  if (instance === undefined || instance.state !== 'running' || instance.exit === null || instance.exit.atMs > state.nowMs)
    return undefined;
  endProcess(state, worker, instance, instance.exit.code, instance.exit.reason);
  return instance;
}

/** Removes an exited instance from the runtime. */
export function removeInstance(state: ClusterState, worker: PodWorker, instanceId: string): void {
  worker.runtime.instances = worker.runtime.instances.filter((instance) => instance.id !== instanceId);
  worker.isDirty = true;
  clearTimer(state, PROCESS_TIMER, processKey(worker, instanceId));
}

/** Key of a process timer. */
export function processKey(worker: PodWorker, instanceId: string): string {
  return `${worker.uid}|${instanceId}`;
}

function planExit(state: ClusterState, worker: PodWorker, instance: Instance, container: Container): void {
  const behavior = behaviorOf(state, instance);
  const run = runOf(behavior, instance.attempt);
  const own = run === undefined || run.forMs === null ? null : { atMs: state.nowMs + run.forMs, code: run.exitCode, reason: run.reason };
  instance.message = run?.message ?? '';
  const oomMs = oomAfterMs(behavior, container);
  const oom = oomMs === null ? null : { atMs: state.nowMs + oomMs, code: 137, reason: 'OOMKilled' };
  const exit = oom !== null && (own === null || oom.atMs < own.atMs) ? oom : own;
  if (exit !== null) setExit(state, worker, instance, exit);
}

/** Milliseconds after the start at which the process uses more memory than its limit allows, or null. */
function oomAfterMs(behavior: Behavior, container: Container): number | null {
  const limit = container.resources?.limits?.['memory'];
  if (limit === undefined || behavior.memory === BEHAVIOR_DEFAULT.memory) return null;
  const bytes = quantityToNumber(limit);
  const over = behavior.memory.filter((rule) => quantityToNumber(rule.value) > bytes).map((rule) => rule.fromMs);
  return over.length === 0 ? null : Math.min(...over);
}

function setExit(state: ClusterState, worker: PodWorker, instance: Instance, exit: NonNullable<Instance['exit']>): void {
  instance.exit = exit;
  setTimer(state, {
    dueMs: exit.atMs,
    rank: TIMER_RANKS.process,
    order: worker.ordinal,
    owner: PROCESS_TIMER,
    key: processKey(worker, instance.id),
  });
}

function endProcess(state: ClusterState, worker: PodWorker, instance: Instance, code: number, reason: string): void {
  clearTimer(state, PROCESS_TIMER, processKey(worker, instance.id));
  instance.state = 'exited';
  instance.finishedMs = state.nowMs;
  instance.exitCode = code;
  instance.reason = reason === '' ? (code === 0 ? 'Completed' : 'Error') : reason;
  instance.exit = null;
  worker.isDirty = true;
}
