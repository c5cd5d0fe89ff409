// What cannot be worked off is parked, so that the rest of the cluster goes on: keys that keep each other busy at one instant wait for a second, and a key
// or a timer on which the engine failed, which is a bug, waits for an hour. What is parked is state: a replay parks it too.

import { type Component, TIMER_RANKS } from './component.ts';
import { FAILING_PAUSE_MS, SPINNING_PAUSE_MS } from './limits.ts';
import { type ClusterState, defineTable } from './state.ts';
import { setTimer, type Timer } from './timers.ts';
import { enqueue } from './work-queue.ts';

/** What the engine was at: a key of a component's queue, or a timer of an owner. */
export interface Work {
  readonly kind: 'key' | 'timer';
  readonly owner: string;
  readonly key: string;
}

/** Work on which the engine failed, by `kind|owner|key`. */
const parked = defineTable<{ readonly untilMs: number }>('kernel.parked');

/** Lets keys that were parked back into their queues. */
export const parking: Component = {
  name: 'parking',
  watches: {},
  reconcile: () => {},
  timers: {
    parked(state, key) {
      const at = key.indexOf('|');
      enqueue(state, key.slice(0, at), key.slice(at + 1));
    },
  },
};

/** Parks work on which the engine failed. */
export function parkFailing(state: ClusterState, work: Work): void {
  parked.put(state, idOf(work), { untilMs: state.nowMs + FAILING_PAUSE_MS });
}

/** Work that is parked because the engine failed on it, and until when. */
export function parkedWork(state: ClusterState): readonly (Work & { readonly untilMs: number })[] {
  return [...parked.rows(state)].map(([id, { untilMs }]) => {
    const [kind = '', owner = '', ...key] = id.split('|');
    return { kind: kind as Work['kind'], owner, key: key.join('|'), untilMs };
  });
}

/** True when the key is parked; it comes back by itself. */
export function holdsKey(state: ClusterState, owner: string, key: string): boolean {
  const untilMs = parkedUntil(state, { kind: 'key', owner, key });
  if (untilMs !== undefined) wakeAt(state, owner, key, untilMs);
  return untilMs !== undefined;
}

/** True when the timer is parked; it fires again later. */
export function holdsTimer(state: ClusterState, timer: Timer): boolean {
  const untilMs = parkedUntil(state, { kind: 'timer', owner: timer.owner, key: timer.key });
  if (untilMs !== undefined) setTimer(state, { ...timer, dueMs: untilMs });
  return untilMs !== undefined;
}

/** Parks a key that does not come to rest at this instant. */
export function parkSpinning(state: ClusterState, owner: string, key: string): void {
  wakeAt(state, owner, key, state.nowMs + SPINNING_PAUSE_MS);
}

function parkedUntil(state: ClusterState, work: Work): number | undefined {
  // Nearly always nothing is parked.
  if (parked.rows(state).size === 0) return undefined;
  const id = idOf(work);
  const untilMs = parked.get(state, id)?.untilMs;
  if (untilMs === undefined || untilMs > state.nowMs) return untilMs;
  parked.remove(state, id);
  return undefined;
}

function wakeAt(state: ClusterState, owner: string, key: string, dueMs: number): void {
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: 'parked', key: `${owner}|${key}` });
}

function idOf({ kind, owner, key }: Work): string {
  return `${kind}|${owner}|${key}`;
}
