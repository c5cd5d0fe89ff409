// What controllers mean by an active, a ready and an available pod.
// Upstream: pkg/controller/controller_utils.go, pkg/api/v1/pod/util.go (v1.33). Rules: C110-C113.

import type { Condition } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

/** C110: neither finished nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod);
}

/** C111: condition Ready is True; the phase is not consulted. */
export function isPodReady(pod: Pod): boolean {
  return readyConditionOf(pod)?.status === 'True';
}

/** Virtual milliseconds of the transition to Ready; 0 when the condition carries no time. Undefined for a pod that is not ready. */
export function readySinceMs(pod: Pod): number | undefined {
  const condition = readyConditionOf(pod);
  return condition?.status === 'True' ? timeOf(condition) : undefined;
}

/**
 * C112: ready for minReadySeconds. `sinceMs` is the whole second the transition was written with.
 * Deviation: the very instant at which the period ends counts, because a real controller always looks some time after it.
 */
export function isAvailableSince(sinceMs: number, minReadySeconds: number, nowMs: number): boolean {
  return minReadySeconds === 0 || (sinceMs > 0 && sinceMs + minReadySeconds * 1000 <= nowMs);
}

function readyConditionOf(pod: Pod): Condition | undefined {
  return pod.status.conditions?.find((condition) => condition.type === 'Ready');
}

function timeOf(condition: Condition): number {
  const text = condition.lastTransitionTime;
  return text === undefined || text === null ? 0 : (parseTime(text) ?? 0);
}
