// A controller's work queue (C001): keys, each at most once, first in first out. Queues are empty between commands, because a command
// ends only when the cluster is quiet; whatever must wait is a timer.
// Rules: C002, C005.

import { noteQueued } from './causes.ts';
import type { ClusterState } from './state.ts';

/** Adds `key` unless it waits already. */
export function enqueue(state: ClusterState, queue: string, key: string): void {
  let keys = state.derived.queues.get(queue);
  if (keys === undefined) {
    keys = new Set();
    state.derived.queues.set(queue, keys);
  }
  keys.add(key);
  if (state.derived.causes !== undefined) noteQueued(state, queue, key);
}

/** Removes and returns every waiting key, oldest first. Keys added while they are worked on wait for the next round. */
export function drainQueue(state: ClusterState, queue: string): string[] {
  const keys = state.derived.queues.get(queue);
  if (keys === undefined || keys.size === 0) return [];
  const drained = [...keys];
  keys.clear();
  return drained;
}

/** True when no queue holds a key. */
export function areQueuesEmpty(state: ClusterState): boolean {
  for (const keys of state.derived.queues.values()) if (keys.size > 0) return false;
  return true;
}
