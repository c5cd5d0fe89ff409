// The pod worker: one slot, one sync at a time, newer cache data before each, and a retry time after each.
// Upstream: pkg/kubelet/pod_workers.go, pleg/generic.go, util/queue/work_queue.go (v1.33). Rules: K003-K012, K110-K123, K420-K422, K520, K002, K519, K718, K719.

import type { Pod } from '../../kinds/pod/types.ts';
import { isDeleting, isJsonEqual } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { assertNever } from '../../kernel/assert.ts';
import { TIMER_RANKS } from '../../kernel/component.ts';
import { drawKeyed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import { lastTick, nextTick, tickAtOrAfter } from '../../containers/clock.ts';
import { type Activity, type PodWorker, podWorkers, programOf, type Run, runOf } from '../model.ts';
import { noteProbe } from '../status/probe-status.ts';
import { canRepeatQuietly, forgetSync, repeatSync } from './known-syncs.ts';
import { type ProbeUpdate, rearmProbes, removeProbeWorkers } from '../probes/probe-worker.ts';
import { PROCESS_TIMER, processKey } from '../../containers/processes/process-timer.ts';
import { dropInstance, fireProcess, forgetInstance, removeInstance } from '../../containers/processes/runtime.ts';
import { allocate, allocatedPod, hasOtherAmounts, noteAmounts } from './resize.ts';
import { isStatusForeign, reconcileStatus } from '../status/status-manager.ts';
import { stepRun } from './sync-run.ts';
import { type Effect, type Facts, idle, type RunResult, stepWorker, type WorkerEvent } from './worker-step.ts';
import { abandonVolumes, MOUNT_TIMER, retryVolumes } from '../volumes/volume-setup.ts';
import { relistClock, STATUS_RECONCILE_CLOCK, syncTickClock, timingOf } from '../../containers/timing.ts';
import { isPodPhaseTerminal } from '../../kinds/shared/pod-state.ts';
import { apiPod, podOf, copyView } from '../../containers/model.ts';

export const RELIST_TIMER = 'kubelet.relist';
export const STEP_TIMER = 'kubelet.step';
export const SYNC_TICK_TIMER = 'kubelet.sync-tick';
export const DEADLINE_TIMER = 'kubelet.deadline';
export const RECONCILE_TIMER = 'kubelet.status-reconcile';

const TIMERS = [RELIST_TIMER, STEP_TIMER, SYNC_TICK_TIMER, DEADLINE_TIMER, RECONCILE_TIMER, MOUNT_TIMER];

/** When a worker comes back by itself: after a success, and after an error (K121). */
const RESYNC_MS = 60_000;
const RETRY_MS = 10_000;

/** Hands an update to the worker (K110): it starts at once, or stays in the slot. `isAfterTicks` when the ticks of this instant are over. */
export function deliver(state: ClusterState, uid: string, isAfterTicks: boolean): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  if (worker.activity.is === 'finished') return;
  leaveQuiet(state, worker, isAfterTicks);
  step(state, worker, { on: 'item', facts: factsOf(state, worker) });
}

/** A relist instant (K005-K011): refresh the cache, wake a waiting worker, emit events. */
export function fireRelist(state: ClusterState, uid: string): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  const events = worker.isDirty ? relist(state, worker) : { count: 0, died: [] };
  if (worker.activity.is === 'waiting') step(state, worker, { on: 'data', facts: factsOf(state, worker) });
  // K113: each event is delivered; the first starts a sync, the next stays pending.
  for (let i = 0; i < events.count; i += 1) deliver(state, uid, false);
  for (const container of events.died) removeOldInstances(state, worker, container);
  armRelist(state, worker);
}

/** A step of the run in progress is due. */
export function fireStep(state: ClusterState, uid: string): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  continueRun(state, worker);
}

/** The work-queue time has come (K122). */
export function fireSyncTick(state: ClusterState, uid: string): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  if (worker.dueMs === null || worker.dueMs >= state.nowMs) return armQueue(state, worker);
  worker.dueMs = null;
  step(state, worker, { on: 'resync', facts: factsOf(state, worker) });
  armQueue(state, worker);
}

/** The active deadline passes (K520). */
export function fireDeadline(state: ClusterState, uid: string): void {
  deliver(state, uid, false);
}

/** K706: every ten seconds the API's status is made what the kubelet's is. */
export function fireReconcile(state: ClusterState, uid: string): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  if (worker.activity.is !== 'finished') reconcileStatus(state, worker);
  if (state.clockMode === 'reference') armReconcile(state, worker);
}

/** A process timer: the process may have ended. */
export function fireProcessTimer(state: ClusterState, key: string): void {
  const at = key.indexOf('|');
  const uid = key.slice(0, at);
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  const pod = podOf(state, worker);
  const news = fireProcess(state, worker, pod, key.slice(at + 1));
  // What a command in the container finds may be another thing now.
  if (news === 'wrote' && pod !== undefined) rearmProbes(state, worker, pod);
  if (news !== 'ended') return;
  afterRuntimeChange(state, worker);
  continueRun(state, worker);
}

/** Volumes that failed are tried again (K211). */
export function fireMount(state: ClusterState, uid: string): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  const pod = podOf(state, worker);
  if (pod === undefined || programOf(worker) !== 'sync') return abandonVolumes(state, worker);
  const readyMs = retryVolumes(state, worker, pod);
  const run = runOf(worker);
  if (readyMs === null || run === undefined) return;
  run.wakeMs = readyMs;
  continueRun(state, worker);
}

/** A ConfigMap or Secret that a volume of the pod shows has changed: the next resync is no longer one that changes nothing. */
export function noticeSource(state: ClusterState, uid: string): void {
  forgetSync(state, uid);
  const { activity } = podWorkers.get(state, uid) ?? {};
  if (activity === undefined || !isQuiet(activity)) return;
  const worker = podWorkers.edit(state, uid);
  leaveQuiet(state, worker, true);
  worker.activity = idle(activity.program, false);
}

/** K420-K422: what a probe result does. */
export function handleProbeUpdate(state: ClusterState, uid: string, update: ProbeUpdate): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  if (noteProbe(state, worker, update)) deliver(state, uid, false);
}

/** The pod's status in the API changed by another hand: repaired at the next reconcile (K105, K706). */
export function noticeStatus(state: ClusterState, uid: string, pod: Pod): void {
  const worker = podWorkers.get(state, uid);
  if (worker === undefined || worker.activity.is === 'finished' || state.clockMode === 'reference') return;
  if (pod.status !== worker.status && isStatusForeign(worker, pod)) armReconcile(state, podWorkers.edit(state, uid));
}

/** Sets the timers a new worker has in the reference clock. */
export function armWorker(state: ClusterState, worker: PodWorker, pod: Pod): void {
  armDeadline(state, worker, pod);
  if (state.clockMode !== 'reference') return;
  armRelist(state, worker);
  armQueue(state, worker);
  armReconcile(state, worker);
}

/** The node falls silent: its kubelet goes on with the pod that it knows, or not at all. */
export function freezeWorker(state: ClusterState, worker: PodWorker, isOff: boolean): void {
  worker.frozen ??= podOf(state, worker) ?? null;
  if (!isOff) return;
  for (const owner of TIMERS) clearTimer(state, owner, worker.uid);
  for (const instance of worker.runtime.instances) clearTimer(state, PROCESS_TIMER, processKey(worker, instance.id));
  if (worker.frozen !== null) removeProbeWorkers(state, worker, worker.frozen, 'all');
}

/** A kubelet that has just booted finds the containers of before dead, and remembers nothing (C733). */
export function restartWorker(state: ClusterState, worker: PodWorker): void {
  const program = programOf(worker);
  if (program === undefined) return;
  for (const instance of worker.runtime.instances) if (instance.state !== 'exited') dropInstance(state, worker, instance);
  if (worker.runtime.sandbox !== null) worker.runtime.sandbox = { ...worker.runtime.sandbox, isReady: false };
  worker.activity = idle(program, false);
  worker.hasProbeWorkers = false;
  worker.backoffs = {};
  worker.imageBackoffs = {};
  worker.lastSyncEndMs = -1;
  worker.dueMs = null;
  worker.cache = copyView(worker.runtime);
  worker.cacheAtMs = state.nowMs;
  worker.isDirty = false;
}

/** The node is heard of again: its kubelet learns what has become of the pod, and tells what it knows within its period (C732, K706). */
export function reconnectWorker(state: ClusterState, worker: PodWorker): void {
  const before = worker.frozen;
  worker.frozen = null;
  if (worker.activity.is === 'finished') return;
  const pod = apiPod(state, worker);
  if (pod === undefined) worker.orphan = before;
  else {
    if (before !== null && hasOtherAmounts(before, pod)) noteAmounts(worker, before);
    armWorker(state, worker, pod);
    armReconcile(state, worker);
    rearmProbes(state, worker, pod);
  }
  if (worker.activity.is === 'running' && worker.activity.program === 'terminated') return continueRun(state, worker);
  deliver(state, worker.uid, true);
}

/** K531: the node cannot keep the pod. */
export function evictPod(state: ClusterState, uid: string, message: string): void {
  podWorkers.edit(state, uid).eviction = message;
  deliver(state, uid, true);
}

/** A container has ended from outside of its own doing. */
export function noticeEnd(state: ClusterState, worker: PodWorker): void {
  afterRuntimeChange(state, worker);
  continueRun(state, worker);
}

/** Forgets a pod that has left the API and whose containers are gone. */
export function forgetWorker(state: ClusterState, uid: string): void {
  for (const owner of TIMERS) clearTimer(state, owner, uid);
  const worker = podWorkers.get(state, uid);
  if (worker !== undefined) for (const instance of worker.runtime.instances) forgetInstance(state, worker, instance.id);
  podWorkers.remove(state, uid);
  forgetSync(state, uid);
}

/** Moves the worker on, and does what follows. */
function step(state: ClusterState, worker: PodWorker, event: WorkerEvent): void {
  const { activity, effects } = stepWorker(worker.activity, event);
  worker.activity = activity;
  for (const effect of effects) carryOut(state, worker, effect);
}

function carryOut(state: ClusterState, worker: PodWorker, effect: Effect): void {
  switch (effect.do) {
    case 'end-run':
      worker.lastSyncEndMs = state.nowMs;
      return clearTimer(state, STEP_TIMER, worker.uid);
    case 'await-data':
      return armRelist(state, worker);
    case 'run':
      return beginRun(state, worker);
    case 'requeue':
      if (effect.isDrawn) worker.requeueCount += 1;
      worker.dueMs = state.nowMs + requeueDelayMs(state, worker, effect.result);
      return armQueue(state, worker);
    case 'leave-queue':
      worker.dueMs = null;
      return armQueue(state, worker);
    case 'finish':
      return finish(state, worker);
    default:
      return assertNever(effect);
  }
}

function factsOf(state: ClusterState, worker: Readonly<PodWorker>): Facts {
  const pod = podOf(state, worker);
  const fate = pod === undefined ? 'unknown' : mustEnd(worker, pod) ? 'ends' : 'stays';
  return { nowMs: state.nowMs, view: worker.cache, isCacheNewer: isCacheNewer(state, worker), fate };
}

/** Whether the cache is newer than the worker's last sync (K009). */
function isCacheNewer(state: ClusterState, worker: PodWorker): boolean {
  if (worker.lastSyncEndMs < 0) return true;
  return worker.cacheAtMs > worker.lastSyncEndMs || lastTick(relistClock(state), state.nowMs) > worker.lastSyncEndMs;
}

/** A sync that is known to do nothing but to say so is over at once. */
function beginRun(state: ClusterState, worker: PodWorker): void {
  const pod = podOf(state, worker);
  if (pod !== undefined && programOf(worker) === 'sync' && repeatSync(state, worker, pod)) endRun(state, worker, pod, 'error');
  else continueRun(state, worker);
}

/** The spec has changed: other images are the next sync's affair, and other amounts must be granted. */
export function noteSpec(state: ClusterState, uid: string, before: Pod, pod: Pod): void {
  if (!podWorkers.has(state, uid)) return;
  keepImages(state, uid, before, pod);
  if (hasOtherAmounts(before, pod)) noteAmounts(podWorkers.edit(state, uid), before);
}

/** The run in progress goes on with what it began (K111, K114). */
function keepImages(state: ClusterState, uid: string, before: Pod, pod: Pod): void {
  const known = runOf(podWorkers.require(state, uid));
  if (known === undefined || known.images !== null) return;
  const images = imagesOf(before);
  const present = imagesOf(pod);
  if (Object.keys(images).every((name) => images[name] === present[name])) return;
  const run = runOf(podWorkers.edit(state, uid));
  if (run !== undefined) run.images = images;
}

function imagesOf({ spec }: Pod): Record<string, string> {
  return Object.fromEntries([...(spec.initContainers ?? []), ...spec.containers].map(({ name, image }) => [name, image]));
}

function asOfRun(pod: Pod, { images }: Run): Pod {
  if (images === null) return pod;
  const then = <T extends { readonly name: string; readonly image: string }>(list: readonly T[]): T[] =>
    list.map((container) => ({ ...container, image: images[container.name] ?? container.image }));
  const { initContainers, containers } = pod.spec;
  const spec = {
    ...pod.spec,
    containers: then(containers),
    ...(initContainers === undefined ? {} : { initContainers: then(initContainers) }),
  };
  return { ...pod, spec };
}

/** What brings a pod down (K112). */
function mustEnd(worker: Readonly<PodWorker>, pod: Pod): boolean {
  return worker.orphan !== null || worker.eviction !== null || isDeleting(pod) || isPodPhaseTerminal(pod.status.phase);
}

/** Goes on with the run, if there is one. */
function continueRun(state: ClusterState, worker: PodWorker): void {
  const pod = podOf(state, worker);
  const { activity } = worker;
  if (activity.is !== 'running' || pod === undefined) return;
  const { program, run } = activity;
  if (program === 'sync' && run.step === 'begin') allocate(state, worker, pod);
  const { progress, hasNews } = stepRun(state, worker, program, run, allocatedPod(worker, asOfRun(pod, run)));
  if (hasNews) step(state, worker, { on: 'news' });
  if (worker.isDirty) afterRuntimeChange(state, worker);
  if (progress.done) return endRun(state, worker, pod, progress.result);
  if (progress.wakeMs === null) clearTimer(state, STEP_TIMER, worker.uid);
  else setTimer(state, { dueMs: progress.wakeMs, rank: TIMER_RANKS.syncStep, order: worker.ordinal, owner: STEP_TIMER, key: worker.uid });
}

function endRun(state: ClusterState, worker: PodWorker, pod: Pod, result: RunResult): void {
  step(state, worker, { on: 'end', result, isQuiet: result === 'success' && canRepeatQuietly(worker, pod) });
}

function requeueDelayMs(state: ClusterState, worker: PodWorker, result: RunResult): number {
  const { workerJitter } = timingOf(state);
  const u =
    workerJitter === 'seeded' ? drawKeyed(state, 'worker-jitter', `${worker.node}|${worker.uid}|${worker.requeueCount}`) : workerJitter;
  return Math.round((result === 'success' ? RESYNC_MS : RETRY_MS) * (1 + 0.5 * u));
}

/** The pod is torn down. */
function finish(state: ClusterState, worker: PodWorker): void {
  for (const owner of TIMERS) clearTimer(state, owner, worker.uid);
  if (apiPod(state, worker) === undefined) forgetWorker(state, worker.uid);
}

function isQuiet(activity: Activity): activity is Extract<Activity, { is: 'idle' }> {
  return activity.is === 'idle' && activity.isQuiet;
}

/** The phantom resyncs of a quiet pod happened; the last one counts for K009. */
function leaveQuiet(state: ClusterState, worker: PodWorker, isAfterTicks: boolean): void {
  const { activity } = worker;
  if (!isQuiet(activity) || state.clockMode === 'reference') return;
  worker.activity = idle(activity.program, false);
  if (worker.dueMs === null) return;
  const clock = syncTickClock(state);
  const delayMs = worker.dueMs - worker.lastSyncEndMs;
  const first = nextTick(clock, worker.dueMs);
  const limitMs = isAfterTicks ? state.nowMs : state.nowMs - 1;
  if (first > limitMs) return armQueue(state, worker);
  const periodMs = nextTick(clock, first + delayMs) - first;
  worker.lastSyncEndMs = first + Math.floor((limitMs - first) / periodMs) * periodMs;
  worker.dueMs = worker.lastSyncEndMs + delayMs;
  armQueue(state, worker);
}

/** Compares the runtime with the cache (K005-K008). Returns how many events the loop gets, and whose containers died. */
function relist(state: ClusterState, worker: PodWorker): { count: number; died: string[] } {
  const before = worker.cache;
  let count = 0;
  const died: string[] = [];
  for (const instance of worker.runtime.instances) {
    const old = before.instances.find((item) => item.id === instance.id);
    // M6: who changes the amounts of a container has the relist look out for them.
    const isResized = old?.resources !== undefined && !isJsonEqual(old.resources, instance.resources ?? {});
    if ((instance.state === old?.state && !isResized) || instance.state === 'created') continue;
    count += 1;
    if (instance.state === 'exited') died.push(instance.container);
  }
  const sandbox = worker.runtime.sandbox;
  if (sandbox !== null && (before.sandbox?.attempt !== sandbox.attempt || before.sandbox.isReady !== sandbox.isReady)) count += 1;
  worker.cache = copyView(worker.runtime);
  worker.cacheAtMs = state.nowMs;
  worker.isDirty = false;
  return { count, died };
}

/** K011: only the newest dead instance stays. */
function removeOldInstances(state: ClusterState, worker: PodWorker, container: string): void {
  const dead = worker.runtime.instances.filter((instance) => instance.container === container && instance.state === 'exited');
  for (const instance of dead.slice(0, -1)) removeInstance(state, worker, instance.id);
}

function afterRuntimeChange(state: ClusterState, worker: PodWorker): void {
  armRelist(state, worker);
  const pod = podOf(state, worker);
  if (pod !== undefined) rearmProbes(state, worker, pod);
}

function armRelist(state: ClusterState, worker: PodWorker): void {
  if (worker.activity.is === 'finished') return;
  if (!worker.isDirty && worker.activity.is !== 'waiting' && state.clockMode === 'exact') return;
  const dueMs = nextTick(relistClock(state), state.nowMs);
  setTimer(state, { dueMs, rank: TIMER_RANKS.relist, order: worker.ordinal, owner: RELIST_TIMER, key: worker.uid });
}

function armQueue(state: ClusterState, worker: PodWorker): void {
  const clock = syncTickClock(state);
  const isReference = state.clockMode === 'reference';
  if (!isReference && (worker.dueMs === null || isQuiet(worker.activity))) return clearTimer(state, SYNC_TICK_TIMER, worker.uid);
  if (worker.activity.is === 'finished') return clearTimer(state, SYNC_TICK_TIMER, worker.uid);
  // K122: strictly after the due time.
  const dueMs = isReference ? nextTick(clock, state.nowMs) : Math.max(nextTick(clock, worker.dueMs ?? 0), nextTick(clock, state.nowMs));
  setTimer(state, { dueMs, rank: TIMER_RANKS.syncTick, order: worker.ordinal, owner: SYNC_TICK_TIMER, key: worker.uid });
}

function armDeadline(state: ClusterState, worker: PodWorker, pod: Pod): void {
  const { activeDeadlineSeconds } = pod.spec;
  if (activeDeadlineSeconds === undefined) return;
  const startMs = parseTime(worker.status.startTime ?? '') ?? Math.floor(state.nowMs / 1000) * 1000;
  const dueMs = tickAtOrAfter(syncTickClock(state), Math.max(startMs + activeDeadlineSeconds * 1000, state.nowMs));
  setTimer(state, { dueMs, rank: TIMER_RANKS.syncTick, order: worker.ordinal, owner: DEADLINE_TIMER, key: worker.uid });
}

function armReconcile(state: ClusterState, worker: PodWorker): void {
  const dueMs = nextTick(STATUS_RECONCILE_CLOCK, state.nowMs);
  setTimer(state, { dueMs, rank: TIMER_RANKS.statusReconcile, order: worker.ordinal, owner: RECONCILE_TIMER, key: worker.uid });
}
