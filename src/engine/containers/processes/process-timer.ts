// The one timer of a container's process: when it goes on, or ends.

import { TIMER_RANKS } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { setTimer } from '../../kernel/timers.ts';
import type { PodRuntime } from '../model.ts';

export const PROCESS_TIMER = 'kubelet.process';

/** Key of a process timer. */
export function processKey(worker: Readonly<PodRuntime>, instanceId: string): string {
  return `${worker.uid}|${instanceId}`;
}

export function setProcessTimer(state: ClusterState, worker: Readonly<PodRuntime>, instanceId: string, dueMs: number): void {
  setTimer(state, {
    dueMs,
    rank: TIMER_RANKS.process,
    order: worker.ordinal,
    owner: PROCESS_TIMER,
    key: processKey(worker, instanceId),
  });
}
