// Timers are data: `{dueMs, rank, order, owner, key}`. Nobody stores a callback; the owner's name selects the handler.
//
// At one instant timers fire by (rank, order, key), never by the time they were set: the exact clock sets a timer once where the
// reference clock sets it again at every tick, and both must fire in the same order (docs/decisions/0002-timer-order.md).

import { compareText } from '../apimachinery/text.ts';
import { assert } from './assert.ts';
import { noteTimer } from './causes.ts';
import { type ClusterState, defineTable } from './state.ts';

export interface Timer {
  /** Virtual milliseconds since 1970. */
  readonly dueMs: number;
  /** Class of the owner at one instant; lower fires first. */
  readonly rank: number;
  /** Position inside the class, for instance the pod's ordinal. */
  readonly order: number;
  readonly owner: string;
  readonly key: string;
}

const timers = defineTable<Timer>('timers');

/** Sets the one timer of (owner, key), replacing an earlier one. */
export function setTimer(state: ClusterState, timer: Timer): void {
  assert(Number.isSafeInteger(timer.dueMs), `timer ${timer.owner} ${timer.key}: dueMs must be an integer, not ${timer.dueMs}`);
  assert(timer.dueMs >= state.nowMs, `timer ${timer.owner} ${timer.key} lies in the past`);
  const id = timerId(timer.owner, timer.key);
  const present = timers.get(state, id);
  if (present !== undefined && compareTimers(present, timer) === 0) return;
  timers.put(state, id, timer);
  if (state.derived.causes !== undefined) noteTimer(state, timer.owner, timer.key);
  push(heapOf(state), { id, timer });
}

/** Removes the timer of (owner, key), if there is one. */
export function clearTimer(state: ClusterState, owner: string, key: string): void {
  timers.remove(state, timerId(owner, key));
}

/** The timer of (owner, key). */
export function getTimer(state: ClusterState, owner: string, key: string): Timer | undefined {
  return timers.get(state, timerId(owner, key));
}

/** The earliest timer, left in place. */
export function peekTimer(state: ClusterState): Timer | undefined {
  const heap = heapOf(state);
  while (heap.length > 0) {
    const { id, timer } = heap[0] as Entry;
    if (timers.get(state, id) === timer) return timer;
    pop(heap);
  }
  return undefined;
}

/** Removes and returns the earliest timer due at or before `untilMs`. */
export function takeTimer(state: ClusterState, untilMs: number): Timer | undefined {
  const top = peekTimer(state);
  if (top === undefined || top.dueMs > untilMs) return undefined;
  const heap = heapOf(state);
  timers.remove(state, (heap[0] as Entry).id);
  pop(heap);
  state.firedCount += 1;
  return top;
}

/** All timers, in no order. */
export function allTimers(state: ClusterState): Iterable<Timer> {
  return timers.rows(state).values();
}

/** Builds the heap again from the table, after a restore. */
export function rebuildTimerHeap(state: ClusterState): void {
  state.derived.timerHeap = [];
  for (const [id, timer] of timers.rows(state)) push(heapOf(state), { id, timer });
}

/** Orders timers: due time, rank, order, owner, key. */
export function compareTimers(a: Timer, b: Timer): number {
  return a.dueMs - b.dueMs || a.rank - b.rank || a.order - b.order || compareText(a.owner, b.owner) || compareText(a.key, b.key);
}

function timerId(owner: string, key: string): string {
  return `${owner}|${key}`;
}

/** A timer in the heap; one whose id means another timer by now is dropped when it comes up. */
interface Entry {
  readonly id: string;
  readonly timer: Timer;
}

function heapOf(state: ClusterState): Entry[] {
  if (state.derived.isObjectsOnly) timers.rows(state);
  return state.derived.timerHeap as Entry[];
}

function push(heap: Entry[], entry: Entry): void {
  let child = heap.length;
  heap.push(entry);
  while (child > 0) {
    const parent = (child - 1) >> 1;
    const above = heap[parent] as Entry;
    if (compareTimers(above.timer, entry.timer) <= 0) break;
    heap[child] = above;
    child = parent;
  }
  heap[child] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop() as Entry;
  const length = heap.length;
  if (length === 0) return;
  let parent = 0;
  for (;;) {
    let child = 2 * parent + 1;
    if (child >= length) break;
    if (child + 1 < length && compareTimers((heap[child + 1] as Entry).timer, (heap[child] as Entry).timer) < 0) child += 1;
    if (compareTimers(last.timer, (heap[child] as Entry).timer) <= 0) break;
    heap[parent] = heap[child] as Entry;
    parent = child;
  }
  heap[parent] = last;
}
