// The decisions of a Job's sync as pure functions: whether the Job has ended, and which pods to create or to delete.
// Upstream: pkg/controller/job/job_controller.go syncJob, manageJob, activePodsForRemoval (v1.33). Rules: C307, C308, C310-C317, C320-C326.

import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Job } from '../../kinds/job/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { BURST_REPLICAS } from '../../kernel/limits.ts';
import { type BackoffRecord, finishedMs, remainingMs } from './backoff.ts';
import { compareForRemoval, isFailed, isTerminating, restartsOf } from './pods.ts';
import { judgeFailure, matchSuccessPolicy } from './policies.ts';
import { failuresOf, indexIn, type JobView } from './view.ts';

/** A condition with the times that Job conditions carry. */
export function jobCondition(type: string, status: 'True' | 'False', reason: string, message: string, nowMs: number): Condition {
  const now = formatTime(nowMs);
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
}

export function findCondition(job: Job, type: string): Condition | undefined {
  return job.status.conditions?.find((condition) => condition.type === type);
}

function isTrue(job: Job, type: string): boolean {
  return findCondition(job, type)?.status === 'True';
}

/** True once Complete or Failed is there. */
export function isJobFinished(job: Job): boolean {
  return isTrue(job, 'Complete') || isTrue(job, 'Failed');
}

/** C313: when the deadline of a running Job passes; undefined when none runs. */
export function deadlineMs(job: Job): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec;
  const { startTime } = job.status;
  if (activeDeadlineSeconds === undefined || suspend || startTime === undefined) return undefined;
  return (parseTime(startTime) ?? 0) + activeDeadlineSeconds * 1000;
}

/** The condition that ends the Job: an interim one, or the final one that follows it. Undefined while it goes on. */
export function judgeEnd(view: JobView, nowMs: number): Condition | undefined {
  const { job } = view;
  if (isTrue(job, 'SuccessCriteriaMet')) return findCondition(job, 'SuccessCriteriaMet');
  const target = findCondition(job, 'FailureTarget');
  if (target?.status === 'True') return jobCondition('Failed', 'True', target.reason ?? '', target.message ?? '', nowMs);
  const fail = (reason: string, message: string): Condition => jobCondition('FailureTarget', 'True', reason, message, nowMs);

  const policyFailure = failureByPolicy(view);
  if (policyFailure !== undefined) return fail('PodFailurePolicy', policyFailure); // The failure policy comes first (C315).
  if (view.failed > job.spec.backoffLimit || hasTooManyRestarts(view))
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit'); // The limit is looked at before the deadline (C312, C313).
  const deadline = deadlineMs(job);
  // The deadline counts from the start (C313).
  if (deadline !== undefined && nowMs >= deadline) return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  const { indexes } = view;
  if (indexes === undefined) return undefined;
  const failedCount = indexes.failed?.size ?? 0;
  if (job.spec.maxFailedIndexes !== undefined && failedCount > job.spec.maxFailedIndexes)
    // More indexes have failed than may (C325).
    return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  if (failedCount > 0 && failedCount + indexes.succeeded.size >= (job.spec.completions ?? 0))
    return fail('FailedIndexes', 'Job has failed indexes'); // All indexes have ended, and some have failed (C325).
  const matched = matchSuccessPolicy(job.spec, indexes.succeeded);
  // Enough indexes have succeeded (C326).
  return matched === undefined ? undefined : jobCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', matched, nowMs);
}

function failureByPolicy({ job, pods }: JobView): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of pods) {
    if (!isFailed(job, pod)) continue;
    const { failure } = judgeFailure(job.spec.podFailurePolicy, pod);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Under OnFailure restarts count against the limit (C312). */
function hasTooManyRestarts({ job, pods }: JobView): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = restartsOf(pods);
  return job.spec.backoffLimit === 0 ? restarts > 0 : restarts >= job.spec.backoffLimit;
}

/** C320: enough pods have succeeded and none is active. */
export function isComplete({ job, succeeded }: JobView, activeCount: number): boolean {
  const { completions } = job.spec;
  return activeCount === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
}

export type PodPlan =
  | { readonly kind: 'none' }
  /** C310: replacements wait. */
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'delete'; readonly pods: readonly Pod[] }
  /** One pod for each index; an index is undefined unless the Job is Indexed. */
  | { readonly kind: 'create'; readonly indexes: readonly (number | undefined)[] };

/** C307, C308: deletions or creations, never both. */
export function planPods(view: JobView, record: BackoffRecord, nowMs: number): PodPlan {
  const { job, active } = view;
  if (job.spec.suspend) return { kind: 'delete', pods: active }; // Suspended: all go (C327).
  const wanted = wantedActive(view);
  const surplus = podsToRemove(view, Math.max(0, active.length - wanted)).slice(0, BURST_REPLICAS);
  if (surplus.length > 0) return { kind: 'delete', pods: surplus };
  // C316: with policy Failed, terminating pods keep their places.
  const held = job.spec.podReplacementPolicy === 'Failed' ? view.terminating : 0;
  const missing = wanted - held - active.length;
  return missing > 0 ? planCreation(view, record, Math.min(missing, BURST_REPLICAS), nowMs) : { kind: 'none' };
}

function wantedActive({ job, active, succeeded }: JobView): number {
  const { parallelism, completions } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

function planCreation(view: JobView, record: BackoffRecord, count: number, nowMs: number): PodPlan {
  const isPerIndex = view.job.spec.backoffLimitPerIndex !== undefined;
  const waitMs = isPerIndex ? 0 : remainingMs(record, nowMs);
  if (waitMs > 0) return { kind: 'wait', delayMs: waitMs };
  if (view.indexes === undefined) return { kind: 'create', indexes: Array.from({ length: count }, () => undefined) };
  const pending = firstPendingIndexes(view, count);
  if (!isPerIndex) return { kind: 'create', indexes: pending };
  const waits = pending.map((index) => waitOfIndex(view, index, nowMs));
  const due = pending.filter((_index, position) => waits[position] === 0);
  if (due.length > 0 || pending.length === 0) return { kind: 'create', indexes: due };
  return { kind: 'wait', delayMs: Math.min(...waits) };
}

/** C325: each index has a back-off of its own. */
function waitOfIndex({ indexes }: JobView, index: number, nowMs: number): number {
  const pod = indexes?.waiting.get(index);
  return pod === undefined ? 0 : remainingMs({ failures: failuresOf(pod) + 1, lastFailureMs: finishedMs(pod) }, nowMs);
}

/** C324: the lowest indexes that have no pod and are not settled. */
function firstPendingIndexes({ job, pods, active, indexes }: JobView, count: number): number[] {
  const taken = new Set<number>([...(indexes?.succeeded ?? []), ...(indexes?.failed ?? [])]);
  const holders = job.spec.podReplacementPolicy === 'Failed' ? [...active, ...pods.filter(isTerminating)] : active;
  for (const pod of holders) taken.add(indexIn(job, pod) ?? -1);
  const pending: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && pending.length < count; index += 1) {
    if (!taken.has(index)) pending.push(index);
  }
  return pending;
}

/** C307, C324: pods without a valid index of their own first, then the plain order. */
function podsToRemove(view: JobView, atLeast: number): readonly Pod[] {
  const { job, active } = view;
  const removed: Pod[] = [];
  let left = [...active];
  if (view.indexes !== undefined) {
    const byIndex = new Map<number, Pod[]>();
    for (const pod of active) {
      const index = indexIn(job, pod);
      if (index === undefined) removed.push(pod);
      else byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
    }
    left = [];
    for (const [, pods] of [...byIndex].sort(([a], [b]) => a - b)) {
      const sorted = [...pods].sort(compareForRemoval);
      removed.push(...sorted.slice(0, -1));
      left.push(...sorted.slice(-1));
    }
  }
  if (removed.length >= atLeast) return removed;
  return [...removed, ...left.sort(compareForRemoval).slice(0, atLeast - removed.length)];
}
