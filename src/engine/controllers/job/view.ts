// What a sync of a Job sees: its pods, sorted out and counted.
// Upstream: pkg/controller/job/job_controller.go syncJob, getNewFinishedPods; indexed_job_utils.go calculateSucceededIndexes,
// calculateFailedIndexes, getPodsWithDelayedDeletionPerIndex (v1.33). Rules: C306, C315, C324, C325.

import type { Job } from '../../kinds/job/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { isPodActive, isPodReady } from '../shared/pods.ts';
import { finishedMs } from './backoff.ts';
import { indexOf, parseIndexes } from './indexes.ts';
import { isFailed, isTerminating, isTracked } from './pods.ts';
import { judgeFailure } from './policies.ts';

export interface JobView {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** Ended pods that no earlier sync has seen. */
  readonly newlySucceeded: readonly Pod[];
  readonly newlyFailed: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly ready: number;
  readonly terminating: number;
  /** Absent unless the Job is Indexed. */
  readonly indexes?: IndexView;
}

export interface IndexView {
  /** As the status of the last sync has them. */
  readonly known: ReadonlySet<number>;
  readonly succeeded: ReadonlySet<number>;
  /** Absent without backoffLimitPerIndex. */
  readonly failed?: ReadonlySet<number>;
  /** The last failed pod of an index that waits for its replacement: it hands its count of failures on. */
  readonly waiting: ReadonlyMap<number, Pod>;
}

const FAILURES_ANNOTATION = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_ANNOTATION = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** Sorts out the pods of a Job. */
export function viewJob(job: Job, pods: readonly Pod[]): JobView {
  const active = pods.filter(isPodActive);
  const { succeeded: uncountedSucceeded = [], failed: uncountedFailed = [] } = job.status.uncountedTerminatedPods ?? {};
  const isNew = (pod: Pod, uncounted: readonly string[]): boolean =>
    isTracked(pod) && !uncounted.includes(pod.metadata.uid) && (job.spec.completionMode !== 'Indexed' || indexIn(job, pod) !== undefined);
  const newlySucceeded = pods.filter((pod) => pod.status.phase === 'Succeeded' && isNew(pod, uncountedSucceeded));
  const newlyFailed = pods.filter((pod) => isFailed(job, pod) && isNew(pod, uncountedFailed));
  const countedFailed = newlyFailed.filter((pod) => judgeFailure(job.spec.podFailurePolicy, pod).isCounted);
  const indexes = job.spec.completionMode === 'Indexed' ? viewIndexes(job, pods, active) : undefined;
  return {
    job,
    pods,
    active,
    newlySucceeded,
    newlyFailed,
    succeeded: indexes?.succeeded.size ?? (job.status.succeeded ?? 0) + newlySucceeded.length + uncountedSucceeded.length,
    failed: (job.status.failed ?? 0) + countedFailed.length + uncountedFailed.length,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isTerminating).length,
    ...(indexes === undefined ? {} : { indexes }),
  };
}

/** The index of a pod of this Job. */
export function indexIn(job: Job, pod: Pod): number | undefined {
  return indexOf(pod, job.spec.completions ?? 0);
}

function viewIndexes(job: Job, pods: readonly Pod[], active: readonly Pod[]): IndexView {
  const completions = job.spec.completions ?? 0;
  const known = parseIndexes(job.status.completedIndexes, completions);
  const succeeded = new Set(known);
  for (const pod of pods) {
    const index = indexIn(job, pod);
    if (index !== undefined && pod.status.phase === 'Succeeded' && isTracked(pod)) succeeded.add(index);
  }
  const limit = job.spec.backoffLimitPerIndex;
  if (limit === undefined) return { known, succeeded, waiting: new Map() };
  const failed = new Set(parseIndexes(job.status.failedIndexes, completions));
  for (const pod of pods) {
    const index = indexIn(job, pod);
    if (index !== undefined && isTracked(pod) && isFailed(job, pod) && isIndexFailed(job, pod, limit)) failed.add(index);
  }
  const settled = new Set([...succeeded, ...failed, ...active.map((pod) => indexIn(job, pod) ?? -1)]);
  return { known, succeeded, failed, waiting: waitingPods(job, pods, settled) };
}

function isIndexFailed(job: Job, pod: Pod, limit: number): boolean {
  const { action, isCounted } = judgeFailure(job.spec.podFailurePolicy, pod);
  return action === 'FailIndex' || (isCounted && countOf(pod, FAILURES_ANNOTATION) >= limit);
}

/** The last failed pod of each index that is neither settled nor active. */
function waitingPods(job: Job, pods: readonly Pod[], settled: ReadonlySet<number>): ReadonlyMap<number, Pod> {
  const waiting = new Map<number, Pod>();
  for (const pod of pods) {
    const index = indexIn(job, pod);
    if (index === undefined || settled.has(index) || !isTracked(pod) || !isFailed(job, pod)) continue;
    const other = waiting.get(index);
    const isLater = other === undefined || (failuresOf(other) <= failuresOf(pod) && finishedMs(other) <= finishedMs(pod));
    if (isLater) waiting.set(index, pod);
  }
  return waiting;
}

/** Failures of the pods of an index before this one, ignored ones included. */
export function failuresOf(pod: Pod): number {
  return countOf(pod, FAILURES_ANNOTATION) + countOf(pod, IGNORED_ANNOTATION);
}

/** C325: what the replacement of a failed pod says of the failures before it. */
export function failureAnnotations(job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> {
  if (replaced === undefined) return { [FAILURES_ANNOTATION]: '0' };
  const isIgnored = judgeFailure(job.spec.podFailurePolicy, replaced).action === 'Ignore';
  const failures = countOf(replaced, FAILURES_ANNOTATION) + (isIgnored ? 0 : 1);
  const ignored = countOf(replaced, IGNORED_ANNOTATION) + (isIgnored ? 1 : 0);
  return { [FAILURES_ANNOTATION]: String(failures), ...(ignored === 0 ? {} : { [IGNORED_ANNOTATION]: String(ignored) }) };
}

function countOf(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation] ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : 0;
}
