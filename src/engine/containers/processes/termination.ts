// What SIGTERM does to a process that is only known by its behaviour (K509).

import type { ClusterState } from '../../kernel/state.ts';
import { timingOf } from '../timing.ts';
import { behaviorOf } from '../behaviors/behaviors.ts';
import { setProcessTimer } from './process-timer.ts';
import type { Instance, PodRuntime } from '../model.ts';

/** Plans the end of a process, or leaves it alone when it ignores the signal or ends before. */
export function orderEnd(state: ClusterState, worker: PodRuntime, instance: Instance): void {
  const { sigterm } = behaviorOf(state, instance);
  if (sigterm === 'ignore') return;
  const latencyMs = sigterm === null || sigterm.afterMs < 0 ? timingOf(state).stopLatencyMs : sigterm.afterMs;
  const atMs = state.nowMs + latencyMs;
  const code = sigterm === null ? 0 : sigterm.exitCode;
  if (instance.exit !== null && instance.exit.atMs <= atMs) return;
  setExit(state, worker, instance, { atMs, code, reason: code === 0 ? 'Completed' : 'Error' });
}

export function setExit(state: ClusterState, worker: PodRuntime, instance: Instance, exit: NonNullable<Instance['exit']>): void {
  instance.exit = exit;
  setProcessTimer(state, worker, instance.id, exit.atMs);
}
