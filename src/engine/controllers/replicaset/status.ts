// The status that a sync writes. Upstream: pkg/controller/replicaset/replica_set_utils.go calculateStatus (v1.33). Rules: C150-C153, C155.

import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ReplicaSetStatus } from '../../kinds/replicaset/types.ts';
import type { ReplicaOwner } from './owner.ts';

/** Counts of the claimed pods before the sync created or deleted any (C151). */
export interface ClaimedCounts {
  readonly claimed: number;
  readonly fullyLabeled: number;
  readonly ready: number;
  readonly available: number;
}

/** C150: counters that are zero are absent, except `replicas`. `failure` is the API's text when the scaling step failed. */
export function computeStatus(owner: ReplicaOwner, counts: ClaimedCounts, failure: string | undefined, nowMs: number): ReplicaSetStatus {
  const conditions = computeConditions(owner, counts.claimed, failure, nowMs);
  return {
    replicas: counts.claimed,
    ...(counts.fullyLabeled === 0 ? {} : { fullyLabeledReplicas: counts.fullyLabeled }),
    ...(counts.ready === 0 ? {} : { readyReplicas: counts.ready }),
    ...(counts.available === 0 ? {} : { availableReplicas: counts.available }),
    observedGeneration: owner.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

/** C153: ReplicaFailure appears with the first failed step, is not refreshed, and goes with the first step that succeeds. */
function computeConditions(owner: ReplicaOwner, claimed: number, failure: string | undefined, nowMs: number): readonly Condition[] {
  const present = owner.status.conditions ?? [];
  const hasFailure = present.some((condition) => condition.type === 'ReplicaFailure');
  if (failure === undefined) return hasFailure ? present.filter((condition) => condition.type !== 'ReplicaFailure') : present;
  if (hasFailure) return present;
  const reason = claimed < owner.spec.replicas ? 'FailedCreate' : 'FailedDelete';
  return [
    ...present,
    {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: formatTime(nowMs),
      reason,
      message: failure,
    },
  ];
}
