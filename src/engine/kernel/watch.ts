// Delivery of changes inside the engine: every controller sees every change once, in revision order (C001, roundOrder step 1).

import type { ClusterState } from './state.ts';
import { endsStep, type Steps } from './steps.ts';
import type { Change } from './store.ts';

/** Calls `receive` for each change not delivered yet. Returns how many there were. */
export function* deliverChanges(state: ClusterState, receive: (change: Change) => void): Steps<number> {
  const from = state.deliveredCount;
  for (let i = from; i < state.changes.length; i += 1) {
    state.deliveredCount = i + 1;
    receive(state.changes[i] as Change);
    if (endsStep(i)) yield;
  }
  return state.deliveredCount - from;
}

/** Hands over the changes of the finished command and starts an empty list. */
export function takeChanges(state: ClusterState): readonly Change[] {
  const changes = state.changes;
  state.changes = [];
  state.deliveredCount = 0;
  state.derived.commitCount += 1;
  return changes;
}
