// The status of a deployment and its conditions, as pure functions.
// Upstream: pkg/controller/deployment/{progress,sync}.go, pkg/controller/deployment/util/deployment_util.go (v1.33). Rules: C236-C247.

import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Deployment, DeploymentStatus } from '../../kinds/deployment/types.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import { fencepostsOf, totalAvailable, totalSize } from './plan.ts';

/** The same as no limit. */
const INT32_MAX = 2_147_483_647;

export const REASONS = {
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  createError: 'ReplicaSetCreateError',
  updated: 'ReplicaSetUpdated',
  complete: 'NewReplicaSetAvailable',
  timedOut: 'ProgressDeadlineExceeded',
  paused: 'DeploymentPaused',
  resumed: 'DeploymentResumed',
} as const;

/** The ReplicaSets of a deployment; `oldSets` in order of creation. */
export interface SetsOf {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
}

/** C236, C238: the counters and Available; the other conditions as they are. */
export function countStatus(deployment: Deployment, { newSet, oldSets }: SetsOf, nowMs: number): DeploymentStatus {
  const all = newSet === undefined ? oldSets : [...oldSets, newSet];
  const available = totalAvailable(all);
  const minAvailable = deployment.spec.replicas - fencepostsOf(deployment).unavailable;
  const condition =
    available >= minAvailable
      ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
      : newCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', nowMs);
  const { collisionCount, conditions = [] } = deployment.status;
  const counts = {
    replicas: sum(all, (set) => set.status.replicas),
    updatedReplicas: newSet?.status.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSize(all) - available),
  };
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    conditions: setCondition(conditions, condition),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
}

/** C240, C242-C244, C247: the status of a rollout. */
export function rolloutStatus(deployment: Deployment, sets: SetsOf, nowMs: number): DeploymentStatus {
  const status = countStatus(deployment, sets, nowMs);
  const progressing = progressConditions(deployment, status, sets, nowMs);
  const failure = replicaFailureOf(sets);
  const conditions = failure === undefined ? without(progressing, 'ReplicaFailure') : setCondition(progressing, failure);
  return { ...status, conditions };
}

function progressConditions(deployment: Deployment, status: DeploymentStatus, { newSet }: SetsOf, nowMs: number): readonly Condition[] {
  const conditions = status.conditions ?? [];
  if (!hasDeadline(deployment)) return without(conditions, 'Progressing');
  const current = progressingOf(deployment.status);
  // A complete rollout stays complete (C243).
  if (status.replicas === status.updatedReplicas && current?.reason === REASONS.complete) return conditions;
  const subject =
    newSet === undefined ? `Deployment ${JSON.stringify(deployment.metadata.name)}` : `ReplicaSet ${JSON.stringify(newSet.metadata.name)}`;
  if (isComplete(deployment, status)) {
    const text = `${subject} has successfully progressed.`;
    return setCondition(conditions, newCondition('Progressing', 'True', REASONS.complete, text, nowMs));
  }
  if (hasProgressed(deployment.status, status)) {
    const condition = newCondition('Progressing', 'True', REASONS.updated, `${subject} is progressing.`, nowMs);
    const kept = current?.status === 'True' ? { lastTransitionTime: current.lastTransitionTime ?? null } : {};
    return [...without(conditions, 'Progressing'), { ...condition, ...kept }]; // C242: refreshed with every progress
  }
  if (isTimedOut(deployment, status, nowMs)) {
    const text = `${subject} has timed out progressing.`;
    return setCondition(conditions, newCondition('Progressing', 'False', REASONS.timedOut, text, nowMs));
  }
  return conditions;
}

/** All replicas are of the newest template and available, and it was seen (C237). */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  const { replicas: wanted } = spec;
  return (
    updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted && observedGeneration >= (metadata.generation ?? 0)
  );
}

/** Whether something has moved since the status before (C242). */
function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const oldOf = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus): number => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldOf(after) < oldOf(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** Whether nothing has moved for longer than the deadline (C244). */
function isTimedOut(deployment: Deployment, status: DeploymentStatus, nowMs: number): boolean {
  const condition = progressingOf(status);
  if (condition === undefined || condition.reason === REASONS.complete) return false;
  return condition.reason === REASONS.timedOut || deadlineOf(deployment, condition) < nowMs;
}

/** C244: milliseconds until a rollout must be looked at again; undefined when there is no need. */
export function stuckDelayMs(deployment: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const condition = progressingOf(deployment.status);
  if (!hasDeadline(deployment) || condition === undefined) return undefined;
  // A rollout that was complete once never times out, and upstream's looks find nothing.
  if (isComplete(deployment, status) || condition.reason === REASONS.timedOut || condition.reason === REASONS.complete) return undefined;
  const left = deadlineOf(deployment, condition) - nowMs;
  if (left >= 1000) return left + 1000;
  // Upstream looks again every 5 ms; the look that finds the time over is the only one that matters.
  return left < 0 ? RETRY_MS : (Math.floor(left / RETRY_MS) + 1) * RETRY_MS;
}

const RETRY_MS = 5;

function deadlineOf({ spec }: Deployment, condition: Condition): number {
  return (parseTime(condition.lastUpdateTime ?? '') ?? 0) + (spec.progressDeadlineSeconds ?? 0) * 1000;
}

/** C240: whether there is a progress deadline. */
export function hasDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== INT32_MAX;
}

/** C225: old ReplicaSets to keep; undefined for all. */
export function historyLimitOf({ spec }: Deployment): number | undefined {
  return spec.revisionHistoryLimit === INT32_MAX ? undefined : spec.revisionHistoryLimit;
}

export function progressingOf(status: DeploymentStatus): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === 'Progressing');
}

export function newCondition(type: string, status: Condition['status'], reason: string, message: string, nowMs: number): Condition {
  const now = formatTime(nowMs);
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** A condition that says something new goes to the end; one that does not is left alone (C239). */
export function setCondition(conditions: readonly Condition[], condition: Condition): readonly Condition[] {
  const current = conditions.find((item) => item.type === condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions;
  const kept = current?.status === condition.status ? { lastTransitionTime: current.lastTransitionTime ?? null } : {};
  return [...without(conditions, condition.type), { ...condition, ...kept }];
}

function without(conditions: readonly Condition[], type: string): readonly Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}

/** The failure of the new set, else of the first that has one (C247). */
function replicaFailureOf({ newSet, oldSets }: SetsOf): Condition | undefined {
  for (const set of newSet === undefined ? oldSets : [newSet, ...oldSets]) {
    const found = set.status.conditions?.find((condition) => condition.type === 'ReplicaFailure');
    if (found === undefined) continue;
    const { type, status, lastTransitionTime = null, reason = '', message = '' } = found;
    return { type, status, lastUpdateTime: lastTransitionTime ?? '', lastTransitionTime, reason, message };
  }
  return undefined;
}

function sum(sets: readonly ReplicaSet[], read: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + read(set), 0);
}
