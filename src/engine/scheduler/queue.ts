// Pods that wait for the scheduler. Pods that are tried at this instant are in the active list; pods that were refused wait for a change
// that may help or for the safety net; pods that failed without being refused wait for their back-off.
// Upstream: pkg/scheduler/backend/queue/{scheduling_queue,backoff_queue,active_queue}.go (v1.33). Rules: C801-C806.

import { compareText } from '../apimachinery/text.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { TIMER_RANKS } from '../kernel/component.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { getStored, keyOf } from '../kernel/store.ts';
import { clearTimer, setTimer } from '../kernel/timers.ts';
import { enqueue } from '../kernel/work-queue.ts';
import type { FilterPlugin } from './refusal.ts';
import { isPodTerminal } from '../kinds/shared/pod-state.ts';

export const SCHEDULER = 'scheduler';
export const BACKOFF_OWNER = 'scheduler.backoff';
export const LEFTOVER_OWNER = 'scheduler.leftover';

/** The one key of the scheduler's work queue: the pods themselves are in the active list, because their order is not first come. */
const WORK_KEY = 'pods';

/** A pod that was tried at least once and is not bound. */
export interface WaitingPod {
  readonly uid: string;
  readonly attempts: number;
  /** Virtual milliseconds of the last failure. */
  readonly failedMs: number;
  /** Plugins that refused some node; empty when the attempt failed for another reason. */
  readonly rejectedBy: readonly FilterPlugin[];
}

const waiting = defineTable<WaitingPod>('scheduler.waiting');

const BACKOFF_BASE_MS = 1_000;
const BACKOFF_MAX_MS = 10_000;
const LEFTOVER_AGE_MS = 300_000;
const LEFTOVER_PERIOD_MS = 30_000;

interface ActivePod {
  readonly key: string;
  /** Milliseconds by which it orders: now for a new pod, its last failure for one that comes back. */
  readonly sinceMs: number;
  /** End of a back-off that is not served (C805); 0 when there is none left. Such pods come after the others. */
  readonly backoffEndMs: number;
}

/** Pods to try at this instant; empty between commands. */
function activeOf(state: ClusterState): Map<string, ActivePod> {
  let active = state.derived.memo.get('scheduler.active') as Map<string, ActivePod> | undefined;
  if (active === undefined) {
    active = new Map();
    state.derived.memo.set('scheduler.active', active);
  }
  return active;
}

/** C801: what the scheduler takes care of. */
export function isSchedulable(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') === '' && pod.spec.schedulerName === 'default-scheduler' && !isPodTerminal(pod);
}

/** C802: a gated pod is not queued. */
export function isGated(pod: Pod): boolean {
  return (pod.spec.schedulingGates ?? []).length > 0;
}

/** Puts a pod on the active list. */
export function activate(state: ClusterState, key: string): void {
  clearTimers(state, key);
  const row = waiting.get(state, key);
  const endMs = row === undefined ? 0 : backoffEndMs(row.failedMs, row.attempts);
  activeOf(state).set(key, { key, sinceMs: row?.failedMs ?? state.nowMs, backoffEndMs: endMs > state.nowMs ? endMs : 0 });
  enqueue(state, SCHEDULER, WORK_KEY);
}

/** Takes the active pods in the order in which they are tried: priority, then waiting time, then order of arrival (C801). */
export function takeActivePods(state: ClusterState): readonly Pod[] {
  const active = activeOf(state);
  const entries = [...active.values()].flatMap((entry, order) => {
    const pod = getStored(state, 'pods', entry.key)?.object as Pod | undefined;
    return pod === undefined || !isSchedulable(pod) ? [] : [{ ...entry, pod, priority: pod.spec.priority ?? 0, order }];
  });
  active.clear();
  entries.sort((a, b) => a.backoffEndMs - b.backoffEndMs || b.priority - a.priority || a.sinceMs - b.sinceMs || a.order - b.order);
  return entries.map((entry) => entry.pod);
}

/** Forgets a pod that is bound, finished or gone. */
export function forgetPod(state: ClusterState, key: string): void {
  clearTimers(state, key);
  waiting.remove(state, key);
  activeOf(state).delete(key);
}

/** C803, C804: the pod waits for a change that helps one of the plugins, and at most a little over five minutes. */
export function awaitChange(state: ClusterState, pod: Pod, rejectedBy: readonly FilterPlugin[]): void {
  putWaiting(state, pod, rejectedBy);
  const tick = nextLeftoverTick(state, state.nowMs + LEFTOVER_AGE_MS);
  setTimer(state, { dueMs: tick, rank: TIMER_RANKS.controller, order: 0, owner: LEFTOVER_OWNER, key: keyOf(pod) });
}

/** C806: the pod waits for its back-off, whatever changes. */
export function awaitBackoff(state: ClusterState, pod: Pod): void {
  const { attempts } = putWaiting(state, pod, []);
  const dueMs = backoffEndMs(state.nowMs, attempts);
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: BACKOFF_OWNER, key: keyOf(pod) });
}

/**
 * C805: 1 s * 2^(attempts-1), at most 10 s. The end is cut to the whole second, and the queue is flushed in the second after that.
 */
export function backoffEndMs(failedMs: number, attempts: number): number {
  const backoffMs = Math.min(BACKOFF_BASE_MS * 2 ** Math.min(attempts - 1, 10), BACKOFF_MAX_MS);
  return (Math.floor((failedMs + backoffMs) / 1000) + 1) * 1000;
}

/** The waiting pod of a key. */
export function waitingPod(state: ClusterState, key: string): WaitingPod | undefined {
  return waiting.get(state, key);
}

/** Keys of refused pods for which `helps` is true. */
export function refusedPods(state: ClusterState, helps: (pod: Pod, row: WaitingPod) => boolean): readonly string[] {
  const keys: string[] = [];
  const active = activeOf(state);
  for (const [key, row] of waiting.rows(state)) {
    if (row.rejectedBy.length === 0 || active.has(key)) continue;
    const pod = getStored(state, 'pods', key)?.object as Pod | undefined;
    if (pod !== undefined && helps(pod, row)) keys.push(key);
  }
  return keys.sort(compareText);
}

/** Whether any pod waits for a change; cheap, because most changes meet an empty table. */
export function hasWaitingPods(state: ClusterState): boolean {
  return waiting.rows(state).size > 0;
}

function putWaiting(state: ClusterState, pod: Pod, rejectedBy: readonly FilterPlugin[]): WaitingPod {
  const key = keyOf(pod);
  const before = waiting.get(state, key);
  const attempts = before !== undefined && before.uid === pod.metadata.uid ? before.attempts + 1 : 1;
  const row: WaitingPod = { uid: pod.metadata.uid, attempts, failedMs: state.nowMs, rejectedBy };
  waiting.put(state, key, row);
  return row;
}

/** C804: the first of the passes at every 30 s since the start of the cluster that is later than `afterMs`. */
function nextLeftoverTick(state: ClusterState, afterMs: number): number {
  return state.startMs + (Math.floor((afterMs - state.startMs) / LEFTOVER_PERIOD_MS) + 1) * LEFTOVER_PERIOD_MS;
}

function clearTimers(state: ClusterState, key: string): void {
  if (!waiting.has(state, key)) return;
  clearTimer(state, BACKOFF_OWNER, key);
  clearTimer(state, LEFTOVER_OWNER, key);
}
