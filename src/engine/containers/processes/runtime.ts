// The container runtime of a node, as far as the kubelet sees it: instances are created, started, signalled and exit. What a process does is
// its behaviour; when it ends is one timer.
// Upstream of the texts and exit codes: containerd 1.7/2.x through the CRI. Rules: K232, K234, K509, K611.

import { quantityToNumber } from '../../apimachinery/quantity.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { clearTimer } from '../../kernel/timers.ts';
import { findContainer } from '../container-lists.ts';
import { isHanging } from '../disturbances.ts';
import { timingOf } from '../timing.ts';
import { type Behavior, BEHAVIOR_DEFAULT, runOf } from '../../kinds/shared/behavior.ts';
import { behaviorOf, internBehavior } from '../behaviors/behaviors.ts';
import { imageIdOf, longHash, normalizeReference } from '../images/catalogue.ts';
import { endExecsOf } from './exec-table.ts';
import { type ContainerPlace, removeFiles } from '../files/files.ts';
import { removeLoad } from './load.ts';
import { closeLog, removeLog } from './logs.ts';
import { PROCESS_TIMER, processKey, setProcessTimer } from './process-timer.ts';
import { refusalOf } from '../behaviors/refusals.ts';
import { resolveName } from '../network/network.ts';
import { isTooLong, mainWords, type Program, refusing, resolveProgram, unexecutable } from '../behaviors/resolve.ts';
import { feedSession, removeSession, type SessionStep, signalProcess, startSession, stepSession } from './sessions.ts';
import type { ShellState } from '../../shell/index.ts';
import { startOf } from '../behaviors/starts.ts';
import { orderEnd, setExit } from './termination.ts';
import { terminationMessage } from './termination-message.ts';
import type { Instance, PodRuntime } from '../model.ts';

/** Creates an instance of a container; it does not run yet. */
export function createInstance(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container, attempt: number): Instance {
  const imageRef = normalizeReference(container.image) ?? container.image;
  const wanted = resolveProgram(state, pod, container, mainWords(state, worker, pod, container));
  const refusal = refusalOf(state, worker, pod, container);
  const possible = refusal === undefined ? wanted : refusing(wanted, refusal);
  const program = isTooLong(state, worker, pod, container) ? unexecutable(wanted, container) : possible;
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
    behaviorId: internBehavior(state, program.behavior),
    isScript: program.isScript,
    exit: null,
  };
  if (program === wanted && !program.isScript) begin(state, { worker, pod, container, instance }, program);
  if (worker.resize !== undefined) instance.resources = container.resources ?? {};
  worker.runtime.instances.push(instance);
  worker.isDirty = true;
  return instance;
}

/** K927: a server of the catalogue says that it starts, or why it does not. */
function begin(state: ClusterState, place: ContainerPlace, program: Program): void {
  const { worker, pod, container, instance } = place;
  const words = mainWords(state, worker, pod, container);
  const start = startOf(state, place, words, (name) => resolveName(state, place, name) !== undefined);
  if (start === undefined) return;
  const { startupMs, ports } = program.behavior;
  const rule = { text: start.text, atMs: start.isFailed ? 0 : startupMs, everyMs: null, isStamped: true } as const;
  const behavior = start.isFailed ? refusing(program, start.text).behavior : { ...program.behavior, ports: [...(start.ports ?? ports)] };
  instance.behaviorId = internBehavior(state, { ...behavior, logs: start.text === '' ? [] : [rule] });
}

/** Starts an instance. Returns the error of a start that failed; the instance is then exited with 128 (K234). */
export function startInstance(state: ClusterState, place: ContainerPlace): string | null {
  const { worker, instance, pod, container } = place;
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
  if (instance.isScript) follow(state, worker, instance, startSession(state, place, mainWords(state, worker, pod, container)), 0);
  return null;
}

/** Sends SIGTERM: the process ends when and as its behaviour says, or not at all (K509). */
export function terminateInstance(state: ClusterState, worker: PodRuntime, pod: Pod, instance: Instance): void {
  if (instance.state !== 'running' || isHanging(state, pod, instance.container)) return;
  const place = placeOf(worker, pod, instance);
  if (instance.isScript && place !== undefined)
    return void follow(state, worker, instance, signalProcess(state, place, 'TERM'), timingOf(state).stopLatencyMs);
  orderEnd(state, worker, instance);
}

/** Sends SIGKILL: the process is gone at once, with 137. */
export function killInstance(state: ClusterState, worker: PodRuntime, pod: Pod, instance: Instance): void {
  if (instance.state !== 'running') return;
  endProcess(state, worker, instance, 137, 'Error', placeOf(worker, pod, instance));
}

/** The machine went off under a container: all that its runtime can say of it later. */
export function dropInstance(state: ClusterState, worker: PodRuntime, instance: Instance): void {
  endProcess(state, worker, instance, 255, 'Unknown', undefined);
}

/** Ends a process from outside. */
export function endInstance(state: ClusterState, worker: PodRuntime, pod: Pod, instance: Instance, code: number, reason: string): void {
  endProcess(state, worker, instance, code, reason, placeOf(worker, pod, instance));
}

/** Input for the main process: `give` puts it where the process reads it and says what a terminal shows of it. Returns whether files were written. */
export function feedMain(state: ClusterState, place: ContainerPlace, give: (shell: ShellState) => string): boolean {
  const { worker, instance } = place;
  if (!instance.isScript || instance.state !== 'running') return false;
  return follow(state, worker, instance, feedSession(state, place, give), 0);
}

/** What a process timer found: the process has ended, has changed files, or neither. */
export type ProcessNews = 'ended' | 'wrote' | 'nothing';

/** The timer of a process: a script goes on, and a process whose time has come ends. */
export function fireProcess(state: ClusterState, worker: PodRuntime, pod: Pod | undefined, instanceId: string): ProcessNews {
  const instance = worker.runtime.instances.find((item) => item.id === instanceId);
  if (instance === undefined || instance.state !== 'running') return 'nothing';
  const place = pod === undefined ? undefined : placeOf(worker, pod, instance);
  let hasWritten = false;
  if (instance.isScript && instance.exit === null && place !== undefined)
    hasWritten = follow(state, worker, instance, stepSession(state, place), 0);
  if (instance.exit !== null && instance.exit.atMs <= state.nowMs) {
    endProcess(state, worker, instance, instance.exit.code, instance.exit.reason, place);
    return 'ended';
  }
  return hasWritten ? 'wrote' : 'nothing';
}

/** Removes an exited instance from the runtime. */
export function removeInstance(state: ClusterState, worker: PodRuntime, instanceId: string): void {
  worker.runtime.instances = worker.runtime.instances.filter((instance) => instance.id !== instanceId);
  worker.isDirty = true;
  forgetInstance(state, worker, instanceId);
}

/** Forgets what is kept beside an instance: its timer, its files, its log, its load. */
export function forgetInstance(state: ClusterState, worker: Readonly<PodRuntime>, instanceId: string): void {
  clearTimer(state, PROCESS_TIMER, processKey(worker, instanceId));
  removeSession(state, instanceId);
  removeFiles(state, instanceId);
  removeLog(state, instanceId);
  removeLoad(state, instanceId);
}

function planExit(state: ClusterState, worker: PodRuntime, instance: Instance, container: Container): void {
  instance.message = runOf(behaviorOf(state, instance), instance.attempt)?.message ?? '';
  const exit = exitOf(state, instance, container);
  if (exit !== null) setExit(state, worker, instance, exit);
}

/** The container has other amounts: a process that was to run out of memory does so later, or not at all. */
export function replanMemory(state: ClusterState, worker: PodRuntime, instance: Instance, container: Container): void {
  if (instance.exit?.reason !== 'OOMKilled' || instance.isScript) return;
  clearTimer(state, PROCESS_TIMER, processKey(worker, instance.id));
  instance.exit = null;
  const exit = exitOf(state, instance, container);
  if (exit !== null) setExit(state, worker, instance, exit);
}

/** How the process of a running instance ends: by itself, or for want of memory; null when it runs for ever. */
function exitOf(state: ClusterState, instance: Instance, container: Container): Instance['exit'] {
  const behavior = behaviorOf(state, instance);
  const startedMs = instance.startedMs ?? state.nowMs;
  const run = runOf(behavior, instance.attempt);
  const own = run === undefined || run.forMs === null ? null : { atMs: startedMs + run.forMs, code: run.exitCode, reason: run.reason };
  const oomMs = oomAfterMs(behavior, container);
  const oom = oomMs === null ? null : { atMs: Math.max(startedMs + oomMs, state.nowMs), code: 137, reason: 'OOMKilled' };
  return oom !== null && (own === null || oom.atMs < own.atMs) ? oom : own;
}

/** Milliseconds after the start at which the process uses more memory than its limit allows, or null. */
function oomAfterMs(behavior: Behavior, container: Container): number | null {
  const limit = container.resources?.limits?.['memory'];
  if (limit === undefined || behavior.memory === BEHAVIOR_DEFAULT.memory) return null;
  const bytes = quantityToNumber(limit);
  const over = behavior.memory.filter((rule) => quantityToNumber(rule.value) > bytes).map((rule) => rule.fromMs);
  return over.length === 0 ? null : Math.min(...over);
}

/** Takes over what became of a script: its end, or when it goes on. Returns whether it wrote files. */
function follow(state: ClusterState, worker: PodRuntime, instance: Instance, step: SessionStep, endLatencyMs: number): boolean {
  const { exitCode, wakeMs, hasWritten } = step;
  if (exitCode !== null) {
    const reason = step.isOutOfMemory === true ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
    setExit(state, worker, instance, { atMs: state.nowMs + endLatencyMs, code: exitCode, reason });
  } else if (wakeMs !== null) setProcessTimer(state, worker, instance.id, Math.max(wakeMs, state.nowMs));
  else clearTimer(state, PROCESS_TIMER, processKey(worker, instance.id));
  return hasWritten;
}

function placeOf(worker: PodRuntime, pod: Pod, instance: Instance): ContainerPlace | undefined {
  const container = findContainer(pod, instance.container)?.container;
  return container === undefined ? undefined : { worker, pod, container, instance };
}

function endProcess(
  state: ClusterState,
  worker: PodRuntime,
  instance: Instance,
  code: number,
  reason: string,
  place: ContainerPlace | undefined,
): void {
  closeLog(state, instance.id);
  endExecsOf(state, instance.id);
  const message = place === undefined ? '' : terminationMessage(state, place, code);
  if (message !== '') instance.message = message;
  removeSession(state, instance.id);
  clearTimer(state, PROCESS_TIMER, processKey(worker, instance.id));
  instance.state = 'exited';
  instance.finishedMs = state.nowMs;
  instance.exitCode = code;
  instance.reason = reason === '' ? (code === 0 ? 'Completed' : 'Error') : reason;
  instance.exit = null;
  worker.isDirty = true;
}
