// The counts of a budget, as pure functions. Upstream: pkg/controller/disruption/disruption.go getExpectedPodCount, buildDisruptedPodMap,
// countHealthyPods, updatePdbStatus (v1.33). Rules: C755, C756.

import { scaledValue } from '../../apimachinery/int-or-percent.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { withAllowedCondition } from '../../kinds/poddisruptionbudget/conditions.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus } from '../../kinds/poddisruptionbudget/types.ts';
import { isPodReady } from '../shared/pods.ts';

/** C755: how long a pod whose eviction was granted counts as disrupted before somebody asks why it is still there. */
const DELETION_TIMEOUT_MS = 120_000;

export interface Expectation {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** Whether the expected count is that of the owners' replicas rather than that of the pods. */
export function countsOwners({ minAvailable, maxUnavailable }: PodDisruptionBudgetSpec): boolean {
  return maxUnavailable !== undefined || typeof minAvailable === 'string';
}

/** C755. `total` is the sum of the owners' replicas where that counts, else the number of pods. */
export function expectationOf({ minAvailable, maxUnavailable }: PodDisruptionBudgetSpec, total: number): Expectation {
  if (maxUnavailable !== undefined)
    return { expectedPods: total, desiredHealthy: Math.max(0, total - scaledValue(maxUnavailable, total, 'up')) };
  if (minAvailable !== undefined) return { expectedPods: total, desiredHealthy: scaledValue(minAvailable, total, 'up') };
  return { expectedPods: 0, desiredHealthy: 0 };
}

export interface Disrupted {
  /** Entries that still count, by pod name. */
  readonly pods: StringMap;
  /** Pods that were to be deleted and were not. */
  readonly overdue: readonly Pod[];
  /** When the next entry expires. */
  readonly recheckMs: number | undefined;
}

/**
 * C755: entries of pods that are gone or going are dropped, those of pods that stay expire.
 * Deviation: the very instant at which the time ends counts as past, because a real controller always looks some time after it.
 */
export function disruptedOf(before: StringMap | undefined, pods: readonly Pod[], nowMs: number): Disrupted {
  const kept: Record<string, string> = {};
  const overdue: Pod[] = [];
  let recheckMs: number | undefined;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const time = before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined;
    if (deletionTimestamp !== undefined || time === undefined) continue;
    const endMs = (parseTime(time) ?? 0) + DELETION_TIMEOUT_MS;
    if (endMs <= nowMs) overdue.push(pod);
    else {
      kept[name] = time;
      recheckMs = Math.min(recheckMs ?? endMs, endMs);
    }
  }
  return { pods: kept, overdue, recheckMs };
}

/** C755: ready pods that neither go nor are about to. */
export function countHealthy(pods: readonly Pod[], disrupted: StringMap): number {
  return pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && !Object.hasOwn(disrupted, pod.metadata.name) && isPodReady(pod),
  ).length;
}

/** C755: the status that follows from the counts. */
export function statusOf(
  budget: PodDisruptionBudget,
  { expectedPods, desiredHealthy }: Expectation,
  currentHealthy: number,
  disrupted: StringMap,
  nowMs: number,
): PodDisruptionBudgetStatus {
  const { generation: observedGeneration } = budget.metadata;
  // A budget without pods protects the first ones that come before it is looked at again.
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const status = {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
  };
  const { conditions } = budget.status;
  return withAllowedCondition({ ...status, ...(conditions === undefined ? {} : { conditions }) }, nowMs);
}
