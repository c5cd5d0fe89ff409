// Several writes that hold together or not at all: what they did to the tables is taken back when they are not good. Nothing is delivered to controllers
// in between, so only tables, the change log and what is derived from them have to be as before.

import { assert } from './assert.ts';
import { type ClusterState, tableData } from './state.ts';
import { rebuildIndexes } from './store.ts';
import { rebuildTimerHeap } from './timers.ts';

/** Takes all steps of `body`; unless `isGood` says so of its result, the state is as it was before. */
export function* transact<T>(state: ClusterState, body: Generator<undefined, T>, isGood: (result: T) => boolean): Generator<undefined, T> {
  assert(state.derived.undo === undefined, 'a transaction within a transaction');
  const { revision, digest, deliveredCount } = state;
  const changeCount = state.changes.length;
  state.derived.undo = new Map();
  const result = yield* body;
  const { undo } = state.derived;
  state.derived.undo = undefined;
  if (isGood(result)) return result;
  for (const [name, saved] of undo ?? []) {
    const { rows } = tableData(state, name);
    rows.clear();
    for (const [key, row] of saved.rows) rows.set(key, row);
  }
  Object.assign(state, { revision, digest, deliveredCount, changes: state.changes.slice(0, changeCount) });
  state.derived.queues.clear();
  state.derived.memo.clear();
  rebuildIndexes(state);
  rebuildTimerHeap(state);
  return result;
}
