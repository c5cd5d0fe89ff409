// Causes: the engine does one thing after the other, so what is done now is why something changes, and who woke it is why it is done. While a recording is
// on, each work is noted with what woke it: a change that was delivered, a timer with who set it, a command.

import type { CauseRecords, Work } from './cause-records.ts';
import { WORKS_BEHIND_EACH_OTHER_MAX } from './limits.ts';
import type { ClusterState } from './state.ts';

/** Switches the recording on for a state that is replayed. */
export function recordCauses(state: ClusterState): CauseRecords {
  const records: CauseRecords = { now: undefined, queued: new Map(), timers: new Map(), changes: new Map() };
  state.derived.causes = records;
  return records;
}

/** What follows is done for a command. */
export function beginCommand(state: ClusterState, seq: number): void {
  if (state.derived.causes !== undefined) begin(state, { kind: 'command', component: '', key: String(seq) }, undefined);
}

export function beginDelivery(state: ClusterState, component: string, revision: number): void {
  if (state.derived.causes !== undefined) begin(state, { kind: 'delivery', component, key: String(revision) }, undefined);
}

export function beginFiring(state: ClusterState, component: string, owner: string, key: string): void {
  const { causes } = state.derived;
  if (causes === undefined) return;
  begin(state, { kind: 'firing', component, owner, key }, causes.timers.get(idOf(owner, key)));
  // Whoever sets it again sets another one.
  causes.timers.delete(idOf(owner, key));
}

export function beginReconcile(state: ClusterState, component: string, key: string): void {
  const { causes } = state.derived;
  if (causes === undefined) return;
  begin(state, { kind: 'reconcile', component, key }, causes.queued.get(idOf(component, key)));
  causes.queued.delete(idOf(component, key));
}

/** A key was put into a queue: who does it first has woken it. */
export function noteQueued(state: ClusterState, queue: string, key: string): void {
  const { causes } = state.derived;
  if (causes === undefined || causes.queued.has(idOf(queue, key))) return;
  causes.queued.set(idOf(queue, key), causes.now);
}

/** A timer was set. One that sets itself again and again was set by who set it first. */
export function noteTimer(state: ClusterState, owner: string, key: string): void {
  const { causes } = state.derived;
  if (causes?.now === undefined) return;
  const { now } = causes;
  const isPeriodic = now.kind === 'firing' && now.owner === owner && now.key === key;
  const setter = isPeriodic ? now.by : now;
  if (setter === undefined) causes.timers.delete(idOf(owner, key));
  else causes.timers.set(idOf(owner, key), setter);
}

/** An object was changed. */
export function noteChange(state: ClusterState): void {
  state.derived.causes?.changes.set(state.revision, state.derived.causes.now);
}

type WorkStart = Pick<Work, 'kind' | 'component' | 'key' | 'owner'>;

function begin(state: ClusterState, start: WorkStart, by: Work | undefined): void {
  const { causes } = state.derived;
  if (causes === undefined) return;
  const depth = (by?.depth ?? 0) + 1;
  const isCut = depth > WORKS_BEHIND_EACH_OTHER_MAX;
  causes.now = { ...start, timeMs: state.nowMs, by: isCut ? undefined : by, depth: isCut ? 1 : depth, ...(isCut ? { isCut } : {}) };
}

function idOf(owner: string, key: string): string {
  return `${owner}|${key}`;
}
