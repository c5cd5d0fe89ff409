// Waiting of work queues: a key comes back after a delay, or after the back-off of its failures in a row.
// Upstream: client-go/util/workqueue/delaying_queue.go, default_rate_limiters.go (v1.33). Rules: C003, C103.

import { failureDelayMs } from '../../kernel/backoff.ts';
import { TIMER_RANKS } from '../../kernel/component.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { clearTimer, getTimer, setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';

/** Failures in a row by `queue|key`. */
const failures = defineTable<{ count: number }>('controllers.failures');

/** The retry tokens of a queue at `atMs`; negative when retries wait in line. */
const buckets = defineTable<{ milliTokens: number; atMs: number }>('controllers.retry-tokens');

const FAILURE_BASE_MS = 5;
const FAILURE_MAX_MS = 1_000_000;
const MILLI_TOKENS_MAX = 100_000;
const MILLI_TOKENS_PER_MS = 10;

/** The timer entry of a component whose queue is `queue`: a timer that fires puts its key back. */
export function requeueTimer(queue: string): Record<string, (state: ClusterState, key: string) => void> {
  return { [queue]: (state, key) => enqueue(state, queue, key) };
}

/** Queues `key` after `delayMs`. A key waits once only, and the earlier time holds. */
export function requeueAfter(state: ClusterState, queue: string, key: string, delayMs: number): void {
  const dueMs = state.nowMs + delayMs;
  const present = getTimer(state, queue, key);
  if (present !== undefined && present.dueMs <= dueMs) return;
  setTimer(state, {
    dueMs,
    rank: TIMER_RANKS.controller,
    order: 0,
    owner: queue,
    key,
  });
}

/** Queues `key` after its back-off, or later when too many keys of the queue are retried at once (C003). */
export function requeueFailed(
  state: ClusterState,
  queue: string,
  key: string,
  maxMs: number = FAILURE_MAX_MS,
  baseMs: number = FAILURE_BASE_MS,
): void {
  const id = `${queue}|${key}`;
  const count = failures.get(state, id)?.count ?? 0;
  failures.put(state, id, { count: count + 1 });
  requeueAfter(state, queue, key, Math.max(failureDelayMs(count, baseMs, maxMs), takeToken(state, queue)));
}

/** Failures of `key` in a row. */
export function failureCountOf(state: ClusterState, queue: string, key: string): number {
  return failures.get(state, `${queue}|${key}`)?.count ?? 0;
}

/** Forgets the failures of `key` after a success. */
export function forgetFailures(state: ClusterState, queue: string, key: string): void {
  failures.remove(state, `${queue}|${key}`);
}

/** Forgets everything about a key whose object is gone. */
export function forgetKey(state: ClusterState, queue: string, key: string): void {
  forgetFailures(state, queue, key);
  clearTimer(state, queue, key);
}

/** Takes one of 100 tokens, refilled at 10 per second; returns the wait in milliseconds. */
function takeToken(state: ClusterState, queue: string): number {
  const present = buckets.get(state, queue);
  const refilled =
    present === undefined
      ? MILLI_TOKENS_MAX
      : Math.min(MILLI_TOKENS_MAX, present.milliTokens + (state.nowMs - present.atMs) * MILLI_TOKENS_PER_MS);
  const milliTokens = refilled - 1000;
  buckets.put(state, queue, { milliTokens, atMs: state.nowMs });
  return milliTokens >= 0 ? 0 : Math.ceil(-milliTokens / MILLI_TOKENS_PER_MS);
}
