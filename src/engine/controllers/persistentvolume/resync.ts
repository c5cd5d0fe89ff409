// Claims that wait: every 15 seconds the controller looks at all claims again and says again why one has no volume. Between two looks whose
// words would be dropped (C033) there is none here, and the next one counts for them.
// Upstream: pkg/controller/volume/persistentvolume/pv_controller_base.go resync (v1.33), --pvclaimbinder-sync-period.

import { eventDelayMs } from '../../apiserver/event-recorder.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { TIMER_RANKS } from '../../kernel/component.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { clearTimer, getTimer, setTimer } from '../../kernel/timers.ts';
import { SOURCE, say } from './bind.ts';

export const RESYNC_TIMER = 'persistentvolume-resync';
const RESYNC_MS = 15_000;

/** What was said last about a waiting claim, by its key. */
const said = defineTable<{ readonly atMs: number; readonly text: string }>('persistentvolume.said');

/** Says why the claim waits, and looks again. */
export function sayAndWait(
  state: ClusterState,
  key: string,
  claim: PersistentVolumeClaim,
  event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
): void {
  const text = `${event.reason} ${event.message}`;
  const before = said.get(state, key);
  say(state, claim, event.type, event.reason, event.message, before?.text === text ? looksSince(state, before.atMs) : 1);
  said.put(state, key, { atMs: state.nowMs, text });
  const delayMs = eventDelayMs(state, SOURCE, claim.metadata.uid, event.type);
  setResync(state, key, tickAfter(state, state.nowMs + Math.max(0, delayMs - 1)));
}

/** Something changed that may help: the claim is looked at with the next tick. */
export function resyncSoon(state: ClusterState, key: string): void {
  const dueMs = tickAfter(state, state.nowMs);
  const present = getTimer(state, RESYNC_TIMER, key);
  if (present === undefined || present.dueMs > dueMs) setResync(state, key, dueMs);
}

export function stopResync(state: ClusterState, key: string): void {
  clearTimer(state, RESYNC_TIMER, key);
  said.remove(state, key);
}

function setResync(state: ClusterState, key: string, dueMs: number): void {
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: RESYNC_TIMER, key });
}

/** The first tick later than `ms`. */
function tickAfter(state: ClusterState, ms: number): number {
  return state.startMs + (tickOf(state, ms) + 1) * RESYNC_MS;
}

function tickOf(state: ClusterState, ms: number): number {
  return Math.floor((ms - state.startMs) / RESYNC_MS);
}

/** Ticks since then, and this look if it is none of them. */
function looksSince(state: ClusterState, sinceMs: number): number {
  const isTick = (state.nowMs - state.startMs) % RESYNC_MS === 0;
  return Math.max(1, tickOf(state, state.nowMs) - tickOf(state, sinceMs) + (isTick ? 0 : 1));
}
