// Events vanish one hour after their last write (C022). The lifetime is constant, so due times come in order and one timer at the head of a
// queue serves all of them.
// Upstream: kube-apiserver --event-ttl (etcd leases), v1.33.

import { compareText } from '../apimachinery/text.ts';
import type { Component } from '../kernel/component.ts';
import { TIMER_RANKS } from '../kernel/component.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { endsStep, type Steps } from '../kernel/steps.ts';
import { defineCompact, getStored, keyOf, removeObject } from '../kernel/store.ts';
import { getTimer, setTimer } from '../kernel/timers.ts';
import type { EventObject } from '../kinds/event/types.ts';
import { endSeries, forgetCorrelation, forgetSeries, SERIES_TIMER } from './event-recorder.ts';

const NAME = 'event-ttl';
const EVENTS = 'events';

// Hours of them are kept, and few are ever read.
defineCompact(EVENTS);

/** How long an Event stays after its last write (C022). */
export const EVENT_TTL_MS = 3_600_000;

const expiries = defineTable<{ dueMs: number }>('events.expiry');

/** Served entries are dropped from the front when this many have gathered. */
const QUEUE_COMPACT_LENGTH = 10_000;

interface Queue {
  entries: { key: string; dueMs: number }[];
  head: number;
}

/** Expires events and ends series of the new recorder. */
export const eventTtl: Component = {
  name: NAME,
  watches: {
    [EVENTS]: (state, change) => {
      const key = keyOf(change.object);
      if (change.type === 'DELETED') expiries.remove(state, key);
      else schedule(state, key);
    },
  },
  reconcile: () => {},
  timers: { [NAME]: expire, [SERIES_TIMER]: endSeries },
};

function schedule(state: ClusterState, key: string): void {
  const dueMs = state.nowMs + EVENT_TTL_MS;
  const queue = queueOf(state);
  expiries.put(state, key, { dueMs });
  queue.entries.push({ key, dueMs });
  if (getTimer(state, NAME, NAME) === undefined) arm(state, dueMs);
}

function* expire(state: ClusterState): Steps<void> {
  const queue = queueOf(state);
  const due: string[] = [];
  for (; queue.head < queue.entries.length; queue.head += 1) {
    const entry = queue.entries[queue.head];
    if (entry === undefined || entry.dueMs > state.nowMs) break;
    // An entry that was overtaken by a later write of the same event is stale.
    if (expiries.get(state, entry.key)?.dueMs === entry.dueMs) due.push(entry.key);
  }
  if (queue.head > QUEUE_COMPACT_LENGTH) {
    queue.entries.splice(0, queue.head);
    queue.head = 0;
  }
  // The order must not depend on the order of writing, which a restored queue does not know.
  due.sort(compareText);
  for (const [index, key] of due.entries()) {
    remove(state, key);
    if (endsStep(index)) yield;
  }
  const next = queue.entries[queue.head];
  if (next !== undefined) arm(state, next.dueMs);
}

function remove(state: ClusterState, key: string): void {
  const event = getStored(state, EVENTS, key)?.object as EventObject | undefined;
  expiries.remove(state, key);
  if (event === undefined) return;
  removeObject(state, EVENTS, key);
  if (event.action !== undefined) forgetSeries(state, event);
  const component = event.source?.component ?? event.reportingComponent ?? '';
  const host = event.source?.host;
  forgetCorrelation(state, host === undefined ? { component } : { component, host }, event.involvedObject.uid ?? '', EVENT_TTL_MS);
}

function arm(state: ClusterState, dueMs: number): void {
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: NAME, key: NAME });
}

function queueOf(state: ClusterState): Queue {
  const present = state.derived.memo.get(NAME) as Queue | undefined;
  if (present !== undefined) return present;
  const entries = Array.from(expiries.rows(state), ([key, { dueMs }]) => ({ key, dueMs }));
  entries.sort((a, b) => a.dueMs - b.dueMs || (a.key < b.key ? -1 : 1));
  const queue: Queue = { entries, head: 0 };
  state.derived.memo.set(NAME, queue);
  return queue;
}
