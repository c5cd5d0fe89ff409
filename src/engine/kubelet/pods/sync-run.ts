// The three programs of a pod worker (sync, terminating, terminated) as plain data: each call moves the run in progress on as far as it goes
// at this instant and says when to look again.
// Upstream: pkg/kubelet/kubelet.go (SyncPod, SyncTerminatingPod, SyncTerminatedPod), kuberuntime_manager.go (SyncPod) (v1.33).
// Rules: K201-K218, K231-K234, K303-K305, K310, K511-K517, K520-K521, K645.

import { deleteObject } from '../../apiserver/api.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Container, Pod, PodStatus } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { allocateAddress, releaseAddress } from '../node/addresses.ts';
import { decideActions } from './actions.ts';
import { containerConfig, hostIpOf } from '../../containers/container-config.ts';
import { findContainer } from '../../containers/container-lists.ts';
import { createErrorOf, sandboxErrorOf } from '../../containers/disturbances.ts';
import { longHash } from '../../containers/images/catalogue.ts';
import { backoffKey, decideStartOf } from './crash-loop.ts';
import { ensureImage, finishPull, type ImageOutcome } from './images.ts';
import type { Action, PodWorker, Program, Run } from '../model.ts';
import { recordBackOff, recordContainerEvent, recordPodEvent } from './pod-events.ts';
import { crashLoopMessage } from '../status/pod-status.ts';
import { actuate } from './resize.ts';
import { rememberedStatus } from './known-syncs.ts';
import { askProbes, decisionInput, isPastDeadline, readSync } from './sync-reads.ts';
import { addProbeWorkers, rearmProbes, removeProbeWorkers, triggerReadiness } from '../probes/probe-worker.ts';
import { createInstance, replanMemory, startInstance } from '../../containers/processes/runtime.ts';
import { runHook } from '../../containers/processes/hooks.ts';
import { finalStatus } from '../status/final-status.ts';
import { reconcileStatus, setStatus } from '../status/status-manager.ts';
import { beginPodStop, beginStop, stepStops } from './stops.ts';
import { timingOf } from '../../containers/timing.ts';
import { awaitVolumes } from '../volumes/volume-setup.ts';
import { snapshotSubPaths, removeVolumes } from '../../containers/files/volume-trees.ts';
import { noteProbe } from '../status/probe-status.ts';
import type { RunResult } from './worker-step.ts';
import { isPodPhaseTerminal } from '../../kinds/shared/pod-state.ts';
import { copyView, newestInstance } from '../../containers/model.ts';

/** How far a run has come, and what its worker does about it: look again, or end it. */
export type RunProgress = { readonly done: false; readonly wakeMs: number | null } | { readonly done: true; readonly result: RunResult };

/** Moves the run on. `pod` is the object as the API has it, or the last one known. `hasNews`: its status was news of a probe, which is an item for the worker. */
export function stepRun(
  state: ClusterState,
  worker: PodWorker,
  program: Program,
  run: Run,
  pod: Pod,
): { readonly progress: RunProgress; readonly hasNews: boolean } {
  const hasNews = run.step === 'begin' && refreshStatus(state, worker, pod, run.view, isStoppedAtBegin(worker, program)).hasNews;
  return { progress: PROGRAMS[program](state, worker, run, pod), hasNews };
}

/** Computes the status and stores it (K201 steps 1 and 3). Readiness is triggered before the store (K424). */
export function refreshStatus(
  state: ClusterState,
  worker: PodWorker,
  pod: Pod,
  view: Run['view'],
  isTerminal: boolean,
): { readonly status: PodStatus; readonly hasNews: boolean } {
  // K520: every computation says so again, also those after the stop.
  if (isPastDeadline(state, pod, worker.status)) {
    recordPodEvent(state, worker.node, pod, 'Normal', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
  }
  const { status, unready } = rememberedStatus(state, worker.uid, readSync(state, worker, pod, view, isTerminal));
  let hasNews = false;
  for (const container of unready) {
    const update = triggerReadiness(state, worker.uid, container);
    if (update !== null && noteProbe(state, worker, update)) hasNews = true;
  }
  if (setStatus(state, worker, status)) rearmProbes(state, worker, pod);
  return { status, hasNews };
}

/** K514, K604: the containers of a pod that is torn down are stopped for good. */
function isStoppedAtBegin(worker: PodWorker, program: Program): boolean {
  return program === 'terminated' && worker.cache.instances.length > 0;
}

function stepSync(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): RunProgress {
  if (run.step === 'begin') {
    // K204: a terminal phase ends the syncs; the pod is then stopped for good.
    if (isPodPhaseTerminal(worker.status.phase)) return { done: true, result: 'transition' };
    const isFirst = !worker.hasVolumes;
    const volumeMs = isFirst && (pod.spec.volumes?.length ?? 0) > 0 ? timingOf(state).volumeSetupMs : 0;
    run.step = 'volumes';
    run.wakeMs = state.nowMs + volumeMs;
  }
  if (run.step === 'volumes') {
    if (state.nowMs < (run.wakeMs ?? 0)) return { done: false, wakeMs: run.wakeMs };
    const volumes = awaitVolumes(state, worker, run, pod);
    // K210: nobody is told of the timeout, the retry comes as after any error.
    if (volumes === 'timeout') return { done: true, result: 'error' };
    if (volumes !== 'ready') {
      run.wakeMs = volumes;
      return { done: false, wakeMs: volumes };
    }
    if (!worker.hasProbeWorkers) addProbeWorkers(state, worker, pod);
    run.actions = decideActions(decisionInput({ pod, view: run.view }, askProbes(state, worker.uid, run.view)));
    run.step = 'actions';
  }
  return stepActions(state, worker, run, pod);
}

/** Works off the actions, one after another (K205, K206). */
function stepActions(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): RunProgress {
  for (;;) {
    if (run.step !== 'actions') {
      const wait = stepWaiting(state, worker, run, pod);
      if (wait !== 'next') return wait;
      continue;
    }
    const action = run.actions[0];
    if (action === undefined) return { done: true, result: run.hasError ? 'error' : 'success' };
    beginAction(state, worker, run, pod, action);
  }
}

function beginAction(state: ClusterState, worker: PodWorker, run: Run, pod: Pod, action: Action): void {
  switch (action.do) {
    case 'kill':
      beginStop(state, worker, run, pod, action.instanceId, action.message, action.graceMs);
      run.step = 'stop';
      return;
    case 'killPod':
      beginPodStop(state, worker, run, pod, (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000);
      run.isPodKill = true;
      run.step = 'stop';
      return;
    case 'sandbox':
      if (worker.runtime.sandbox !== null) {
        recordPodEvent(state, worker.node, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      }
      run.step = 'sandboxCreate';
      run.wakeMs = state.nowMs + timingOf(state).sandboxCreateMs;
      return;
    case 'resize':
      resizeContainer(state, worker, pod, action.container);
      return void finishAction(run);
    case 'start':
      beginStart(state, worker, run, pod, action);
  }
}

function resizeContainer(state: ClusterState, worker: PodWorker, pod: Pod, name: string): void {
  const container = findContainer(pod, name)?.container;
  const instance = container === undefined ? undefined : actuate(worker, container);
  if (container !== undefined && instance !== undefined) replanMemory(state, worker, instance, container);
}

/** A step that takes time: `next` when it is over. */
function stepWaiting(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): RunProgress | 'next' {
  if (run.step === 'stop') {
    const wakeMs = stepStops(state, worker, run, pod);
    if (wakeMs !== null) return { done: false, wakeMs: Number.isFinite(wakeMs) ? wakeMs : null };
    run.stops = [];
    if (!run.isPodKill) return finishAction(run);
    run.isPodKill = false;
    run.step = 'sandboxStop';
    run.wakeMs = state.nowMs + (worker.runtime.sandbox?.isReady === true ? timingOf(state).sandboxStopMs : 0);
  }
  if (run.wakeMs !== null && state.nowMs < run.wakeMs) return { done: false, wakeMs: run.wakeMs };
  run.wakeMs = null;
  switch (run.step) {
    case 'sandboxStop':
      stopSandbox(worker);
      return finishAction(run);
    case 'sandboxCreate':
      return endSandbox(state, worker, run, pod);
    case 'pull':
      return endPull(state, worker, run, pod);
    case 'create':
      return endCreate(state, worker, run, pod);
    case 'postStart':
      return endPostStart(state, worker, run, pod);
    default:
      return finishAction(run);
  }
}

function finishAction(run: Run): 'next' {
  run.actions.shift();
  run.step = 'actions';
  return 'next';
}

/** K231: back-off, image, then create and start. */
function beginStart(state: ClusterState, worker: PodWorker, run: Run, pod: Pod, action: Extract<Action, { do: 'start' }>): void {
  const found = findContainer(pod, action.container);
  if (found === undefined) return void finishAction(run);
  const { container } = found;
  const key = backoffKey(container.name, container.image);
  const decision = decideStartOf(state, worker, run.view, container);
  if (!decision.start) {
    recordBackOff(state, worker.node, pod, container.name);
    return failStart(worker, run, action, 'CrashLoopBackOff', crashLoopMessage(pod, container.name, decision.entry?.valueMs ?? 0));
  }
  if (decision.entry !== undefined) worker.backoffs[key] = decision.entry;
  else delete worker.backoffs[key];
  proceedWithImage(state, worker, run, pod, container, action, ensureImage(state, worker, run, pod, container));
}

function proceedWithImage(
  state: ClusterState,
  worker: PodWorker,
  run: Run,
  pod: Pod,
  container: Container,
  action: Extract<Action, { do: 'start' }>,
  outcome: ImageOutcome,
): void {
  if (outcome.kind === 'failed') return failStart(worker, run, action, outcome.reason, outcome.message);
  if (outcome.kind === 'pulling') {
    run.step = 'pull';
    run.wakeMs = outcome.endsMs;
    return;
  }
  const config = containerConfig(state, worker, pod, container);
  if (!config.ok) {
    recordContainerEvent(state, worker.node, pod, container.name, 'Warning', 'Failed', `Error: ${config.error}`);
    return failStart(worker, run, action, 'CreateContainerConfigError', config.error);
  }
  snapshotSubPaths(state, worker, container, config.value.mounts);
  run.step = 'create';
  run.wakeMs = state.nowMs + timingOf(state).containerCreateStartMs;
}

/** K240: the reason is remembered for the next status; an init container's failure ends the sync (K205). */
function failStart(worker: PodWorker, run: Run, action: Extract<Action, { do: 'start' }>, reason: string, message: string): void {
  const present = worker.reasons[action.container];
  if (present?.reason !== reason || present.message !== message)
    worker.reasons = { ...worker.reasons, [action.container]: { reason, message } };
  run.hasError = true;
  if (action.list === 'init') run.actions = [action];
  finishAction(run);
}

function forgetReason(worker: PodWorker, container: string): void {
  if (worker.reasons[container] === undefined) return;
  const { [container]: _forgotten, ...rest } = worker.reasons;
  worker.reasons = rest;
}

function currentStart(run: Run): Extract<Action, { do: 'start' }> | undefined {
  const action = run.actions[0];
  return action?.do === 'start' ? action : undefined;
}

function endPull(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): 'next' {
  const action = currentStart(run);
  const container = action === undefined ? undefined : findContainer(pod, action.container)?.container;
  if (action === undefined || container === undefined) return finishAction(run);
  run.step = 'actions';
  proceedWithImage(state, worker, run, pod, container, action, finishPull(state, worker, run, pod, container));
  return 'next';
}

/** K231: Created and Started come at the end of the step. */
function endCreate(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): RunProgress | 'next' {
  const action = currentStart(run);
  const container = action === undefined ? undefined : findContainer(pod, action.container)?.container;
  if (action === undefined || container === undefined) return finishAction(run);
  const createError = createErrorOf(state, pod, container.name);
  if (createError !== undefined) {
    recordContainerEvent(state, worker.node, pod, container.name, 'Warning', 'Failed', `Error: ${createError}`);
    failStart(worker, run, action, 'CreateContainerError', createError);
    return 'next';
  }
  const newest = newestInstance(worker.runtime, container.name);
  const instance = createInstance(state, worker, pod, container, newest === undefined ? 0 : newest.attempt + 1);
  recordContainerEvent(state, worker.node, pod, container.name, 'Normal', 'Created', `Created container: ${container.name}`);
  const error = startInstance(state, { worker, pod, container, instance });
  if (error !== null) {
    recordContainerEvent(state, worker.node, pod, container.name, 'Warning', 'Failed', `Error: ${error}`);
    failStart(worker, run, action, 'RunContainerError', error);
    return 'next';
  }
  recordContainerEvent(state, worker.node, pod, container.name, 'Normal', 'Started', `Started container ${container.name}`);
  forgetReason(worker, container.name);
  const handler = container.lifecycle?.postStart;
  if (handler === undefined) return finishAction(run);
  const hook = runHook(state, { worker, pod, container, instance }, handler);
  run.instanceId = instance.id;
  run.hookError = hook.failed ? hookMessage(pod, container, handler, hook.error, hook.output) : null;
  run.step = 'postStart';
  run.wakeMs = state.nowMs + hook.durationMs;
  return 'next';
}

function hookMessage(
  pod: Pod,
  container: Container,
  handler: NonNullable<NonNullable<Container['lifecycle']>['postStart']>,
  error: string,
  output: string,
): string {
  const kind =
    handler.exec !== undefined
      ? `Exec lifecycle hook ([${handler.exec.command.join(' ')}])`
      : handler.httpGet !== undefined
        ? `HTTP lifecycle hook (${handler.httpGet.path})`
        : `Sleep lifecycle hook (${handler.sleep?.seconds ?? 0})`;
  const { name, namespace, uid } = pod.metadata;
  return `${kind} for Container "${container.name}" in Pod "${name}_${namespace ?? ''}(${uid})" failed - error: ${error}, message: "${output}"`;
}

/** The hook is over: the start goes on, or the container is killed (K645). */
function endPostStart(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): RunProgress | 'next' {
  const action = currentStart(run);
  if (action === undefined || run.hookError === null) return finishAction(run);
  recordContainerEvent(state, worker.node, pod, action.container, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
  const message = run.hookError;
  run.hookError = null;
  const instanceId = run.instanceId ?? '';
  failStart(worker, run, action, 'PostStartHookError', message);
  run.actions.unshift({
    do: 'kill',
    container: action.container,
    instanceId,
    message: 'FailedPostStartHook',
    graceMs: (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000,
  });
  return 'next';
}

/** K217: without a sandbox nothing else is begun, and the sync fails. */
function endSandbox(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): 'next' {
  const error = sandboxErrorOf(state, pod, () => longHash(`${state.seed}|sandbox|${worker.uid}|${state.nowMs}`));
  if (error === undefined) createSandbox(state, worker, pod);
  else {
    recordPodEvent(state, worker.node, pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${error}`);
    run.hasError = true;
    run.actions = [];
  }
  return finishAction(run);
}

function createSandbox(state: ClusterState, worker: PodWorker, pod: Pod): void {
  const attempt = (worker.runtime.sandbox?.attempt ?? -1) + 1;
  const ip = pod.spec.hostNetwork === true ? hostIpOf(state, worker.node) : (worker.runtime.sandbox?.ip ?? allocateAddress(state, worker));
  worker.runtime.sandbox = { isReady: true, ip, createdMs: state.nowMs, attempt };
  worker.isDirty = true;
}

function stopSandbox(worker: PodWorker): void {
  if (worker.runtime.sandbox === null || !worker.runtime.sandbox.isReady) return;
  worker.runtime.sandbox = { ...worker.runtime.sandbox, isReady: false };
  worker.isDirty = true;
}

/** K512: stop everything, then say so. */
function stepTerminating(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): RunProgress {
  if (run.step === 'begin') {
    removeProbeWorkers(state, worker, pod, 'liveness-startup');
    beginPodStop(state, worker, run, pod, terminationGraceMs(worker, pod));
    run.step = 'stop';
  }
  if (run.step === 'stop') {
    const wakeMs = stepStops(state, worker, run, pod);
    if (wakeMs !== null) return { done: false, wakeMs: Number.isFinite(wakeMs) ? wakeMs : null };
    run.step = 'sandboxStop';
    run.wakeMs = state.nowMs + (worker.runtime.sandbox?.isReady === true ? timingOf(state).sandboxStopMs : 0);
  }
  if (state.nowMs < (run.wakeMs ?? 0)) return { done: false, wakeMs: run.wakeMs };
  stopSandbox(worker);
  removeProbeWorkers(state, worker, pod, 'all');
  // K513, K604: only now the status may be terminal; it is computed from the runtime itself.
  worker.isStopped = true;
  const hadContainers = worker.runtime.instances.length > 0;
  if (hadContainers || worker.runtime.sandbox !== null) refreshStatus(state, worker, pod, copyView(worker.runtime), hadContainers);
  // K701: an equal status is written all the same for a pod that is deleted, and for others not before the final write.
  if (isDeleting(pod)) reconcileStatus(state, worker);
  return { done: true, result: 'transition' };
}

/** K508: a grace of one second is two in effect. */
const EVICTION_GRACE_MS = 2_000;

/** K511: the effective grace, at least one second. */
function terminationGraceMs(worker: PodWorker, pod: Pod): number {
  // K532: there is no time to lose.
  if (worker.eviction !== null) return EVICTION_GRACE_MS;
  const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  // K518: a pod that left the API is stopped with what its deletion granted, which is nothing.
  return Math.max(worker.orphan !== null ? 0 : seconds, 1) * 1000;
}

/** K514: volumes, cgroup, the final status, and the real DELETE (K515). */
function stepTerminated(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): RunProgress {
  if (run.step === 'begin') {
    run.step = 'teardown';
    run.wakeMs = state.nowMs + ((pod.spec.volumes?.length ?? 0) > 0 ? timingOf(state).volumeTeardownMs : 0);
  }
  if (state.nowMs < (run.wakeMs ?? 0)) return { done: false, wakeMs: run.wakeMs };
  // A silent node cannot tell that its pod has ended; it does when it is heard of again.
  if (worker.frozen !== null) return { done: false, wakeMs: null };
  const final = finalStatus(pod, refreshStatus(state, worker, pod, worker.cache, true).status);
  // K701: the final write is forced, since the phase may have been withheld from an otherwise equal status (K513).
  if (!setStatus(state, worker, final)) reconcileStatus(state, worker);
  removeVolumes(state, pod);
  releaseAddress(state, worker);
  if (pod.metadata.deletionTimestamp !== undefined && worker.orphan === null) {
    deleteObject(state, podKind, worker.namespace, worker.name, { gracePeriodSeconds: 0, preconditions: { uid: worker.uid } });
  }
  return { done: true, result: 'transition' };
}

const PROGRAMS: Readonly<Record<Program, (state: ClusterState, worker: PodWorker, run: Run, pod: Pod) => RunProgress>> = {
  sync: stepSync,
  terminating: stepTerminating,
  terminated: stepTerminated,
};
