// What becomes of a key when its reconciler has said how it went: it comes back after a delay, or after the back-off of its failures in a row, or nothing of
// it is kept. This is the only place that counts failures and sets the timers of queues.
// Upstream: client-go/util/workqueue/delaying_queue.go, default_rate_limiters.go (v1.33). Rules: C003, C103.

import { failureDelayMs } from './backoff.ts';
import { type Component, TIMER_RANKS } from './component.ts';
import type { Reconciled, RetryLimits } from './reconciled.ts';
import { type ClusterState, defineTable } from './state.ts';
import { clearTimer, getTimer, setTimer } from './timers.ts';

/** Failures in a row by `queue|key`. */
const failures = defineTable<{ count: number }>('controllers.failures');

/** The retry tokens of a queue at `atMs`; negative when retries wait in line. */
const buckets = defineTable<{ milliTokens: number; atMs: number }>('controllers.retry-tokens');

const BASE_MS = 5;
const MAX_MS = 1_000_000;
const MILLI_TOKENS_MAX = 100_000;
const MILLI_TOKENS_PER_MS = 10;

/** Does what follows from a look at a key of a component. */
export function conclude(state: ClusterState, { name, retries }: Pick<Component, 'name' | 'retries'>, key: string, said: Reconciled): void {
  switch (said.kind) {
    case 'done':
      forgetFailures(state, name, key);
      break;
    case 'retry':
      retry(state, name, key, retries ?? {});
      break;
    case 'gone':
      forgetFailures(state, name, key);
      clearTimer(state, name, key);
      break;
  }
  if (said.requeueAfterMs !== undefined) enqueueAfter(state, name, key, said.requeueAfterMs);
}

/** Queues `key` after `delayMs`. A key waits once only, and the earlier time holds. */
export function enqueueAfter(state: ClusterState, queue: string, key: string, delayMs: number): void {
  const dueMs = state.nowMs + delayMs;
  const present = getTimer(state, queue, key);
  if (present !== undefined && present.dueMs <= dueMs) return;
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: queue, key });
}

/** Queues `key` after its back-off, or later when too many keys of the queue are retried at once (C003). */
function retry(state: ClusterState, queue: string, key: string, { baseMs = BASE_MS, maxMs = MAX_MS, countMax }: RetryLimits): void {
  const id = idOf(queue, key);
  const count = failures.get(state, id)?.count ?? 0;
  if (countMax !== undefined && count >= countMax) return forgetFailures(state, queue, key);
  failures.put(state, id, { count: count + 1 });
  enqueueAfter(state, queue, key, Math.max(failureDelayMs(count, baseMs, maxMs), takeToken(state, queue)));
}

function forgetFailures(state: ClusterState, queue: string, key: string): void {
  // Nearly always nothing has failed.
  if (failures.rows(state).size > 0) failures.remove(state, idOf(queue, key));
}

function idOf(queue: string, key: string): string {
  return `${queue}|${key}`;
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
