// Accounting: every ended pod is counted exactly once. Its UID is written to the status, its finalizer is removed, and then the counters rise.
// Upstream: pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers, enactJobFinished (v1.33). Rules: C314, C320, C321, C324.

import type { Condition } from '../../apimachinery/meta.ts';
import { getObject, writeObject, writeStatus } from '../../apiserver/api.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { JobStatus } from '../../kinds/job/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { UNCOUNTED_PODS_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { formatIndexes } from './indexes.ts';
import { isFailed, isTracked, TRACKING_FINALIZER } from './pods.ts';
import { jobCondition } from './plan.ts';
import { judgeFailure } from './policies.ts';
import { indexIn, type JobView } from './view.ts';

/** What a sync has found out, before the pods that ended are counted. */
export interface Findings {
  readonly view: JobView;
  /** Status with the counts of this sync and the conditions that it changed. */
  readonly status: JobStatus;
  /** The condition that ends the Job. */
  readonly end: Condition | undefined;
  readonly terminating: number;
}

/** Counts ended pods and writes the status, at most twice. Returns the final condition when the Job has finished. */
export function* trackJob(state: ClusterState, findings: Findings): Steps<Condition | undefined> {
  const { view, terminating } = findings;
  const tally = tallyPods(findings);
  const { interim, final } = finalConditions(findings.end, state.nowMs);
  let status: JobStatus = { ...findings.status, ...tally.indexes, uncountedTerminatedPods: tally.uncounted };
  if (interim !== undefined && !hasCondition(status, interim.type)) status = withCondition(status, interim);
  writeStatus(state, jobKind, view.job, printedStatus(status));

  for (const pod of tally.released) {
    removeFinalizer(state, pod);
    yield;
  }
  status = countUp(status, view.indexes !== undefined);
  const isFinished = final !== undefined && !tally.isFull && terminating === 0; // The last condition waits for pods and finalizers (C314).
  if (isFinished) status = withFinal(status, final);
  writeStatus(state, jobKind, view.job, printedStatus(status));
  return isFinished ? final : undefined;
}

interface Tally {
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
  /** Pods that lose their finalizer. */
  readonly released: readonly Pod[];
  readonly indexes: Pick<JobStatus, 'succeeded' | 'completedIndexes' | 'failedIndexes'>;
  /** There is more to count than one status may hold. */
  readonly isFull: boolean;
}

/** Which pods can be counted now, and as what. */
function tallyPods({ view, end }: Findings): Tally {
  const { job, indexes } = view;
  const present = new Set(view.pods.filter(isTracked).map((pod) => pod.metadata.uid));
  const known = job.status.uncountedTerminatedPods ?? {};
  const succeeded = (known.succeeded ?? []).filter((uid) => present.has(uid));
  const failed = (known.failed ?? []).filter((uid) => present.has(uid));
  const completed = new Set(indexes?.known ?? []);
  const released: Pod[] = [];
  const isFailing = end !== undefined && end.type !== 'SuccessCriteriaMet';
  const full = (): boolean => succeeded.length + failed.length + completed.size - (indexes?.known.size ?? 0) >= UNCOUNTED_PODS_MAX;
  const pods = indexes === undefined ? view.pods : [...view.pods].sort((a, b) => (indexIn(job, a) ?? -1) - (indexIn(job, b) ?? -1));
  for (const pod of pods) {
    if (full()) break;
    const hasFailed = isFailed(job, pod);
    if (!isTracked(pod) || !canRelease(view, pod, hasFailed, end !== undefined)) continue;
    released.push(pod);
    const { uid } = pod.metadata;
    const index = indexIn(job, pod);
    if (pod.status.phase === 'Succeeded' && !failed.includes(uid)) {
      if (indexes === undefined) addOnce(succeeded, uid);
      else if (index !== undefined) completed.add(index);
    } else if ((hasFailed || isFailing) && (indexes === undefined || index !== undefined)) {
      if (judgeFailure(job.spec.podFailurePolicy, pod).isCounted) addOnce(failed, uid);
    }
  }
  return { uncounted: { succeeded, failed }, released, indexes: indexFields(view, completed), isFull: full() };
}

function addOnce(list: string[], uid: string): void {
  if (!list.includes(uid)) list.push(uid);
}

function indexFields({ indexes }: JobView, completed: ReadonlySet<number>): Tally['indexes'] {
  if (indexes === undefined) return {};
  const text = formatIndexes(completed);
  return {
    succeeded: completed.size,
    ...(text === '' ? {} : { completedIndexes: text }),
    ...(indexes.failed === undefined ? {} : { failedIndexes: formatIndexes(indexes.failed) }),
  };
}

/** C321: an ended pod of a Job that goes on, and every pod of one that does not. */
function canRelease({ job, indexes }: JobView, pod: Pod, hasFailed: boolean, isEnding: boolean): boolean {
  if (job.metadata.deletionTimestamp !== undefined || isEnding || pod.status.phase === 'Succeeded') return true;
  if (!hasFailed) return false;
  const index = indexIn(job, pod);
  return index === undefined || indexes?.waiting.get(index) !== pod;
}

/** C314, C320: the interim condition is written before finalizers go, the final one after. */
function finalConditions(end: Condition | undefined, nowMs: number): { interim?: Condition; final?: Condition } {
  if (end === undefined) return {};
  const { reason = '', message = '' } = end;
  if (end.type === 'FailureTarget') return { interim: end, final: jobCondition('Failed', 'True', reason, message, nowMs) };
  if (end.type === 'SuccessCriteriaMet') return { interim: end, final: jobCondition('Complete', 'True', reason, message, nowMs) };
  return { final: end };
}

function hasCondition(status: JobStatus, type: string): boolean {
  return status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

function withCondition(status: JobStatus, condition: Condition): JobStatus {
  const others = (status.conditions ?? []).filter((present) => present.type !== condition.type);
  return { ...status, conditions: [...others, condition] };
}

function withFinal(status: JobStatus, final: Condition): JobStatus {
  const next = withCondition(status, final);
  return final.type === 'Complete' ? { ...next, completionTime: final.lastTransitionTime ?? '' } : next;
}

/** Removes the finalizer of a pod as it is now; one that is gone needs none. */
export function removeFinalizer(state: ClusterState, pod: Pod): void {
  const present = getObject(state, podKind, pod.metadata.namespace, pod.metadata.name);
  if (present?.metadata.uid !== pod.metadata.uid || !isTracked(present)) return;
  const { finalizers = [], ...metadata } = present.metadata;
  const others = finalizers.filter((finalizer) => finalizer !== TRACKING_FINALIZER);
  writeObject(state, podKind, { ...present, metadata: others.length === 0 ? metadata : { ...present.metadata, finalizers: others } });
}

/** Pods without a finalizer go from the uncounted to the counters. Of an Indexed Job, the indexes are the count of successes. */
function countUp(status: JobStatus, isIndexed: boolean): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + (isIndexed ? 0 : succeeded.length),
    failed: (status.failed ?? 0) + failed.length,
    uncountedTerminatedPods: {},
  };
}

/** The status in upstream's order, without what is empty or zero; `terminating` and `ready` are always there. */
export function printedStatus(status: JobStatus): JobStatus {
  const { conditions = [], startTime, completionTime, active = 0, succeeded = 0, failed = 0 } = status;
  const uncounted = status.uncountedTerminatedPods ?? {};
  const { completedIndexes, failedIndexes } = status;
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(active === 0 ? {} : { active }),
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    terminating: status.terminating ?? 0,
    ...(completedIndexes === undefined ? {} : { completedIndexes }),
    ...(failedIndexes === undefined ? {} : { failedIndexes }),
    uncountedTerminatedPods: {
      ...((uncounted.succeeded ?? []).length === 0 ? {} : { succeeded: uncounted.succeeded }),
      ...((uncounted.failed ?? []).length === 0 ? {} : { failed: uncounted.failed }),
    } as JobStatus['uncountedTerminatedPods'] & object,
    ready: status.ready ?? 0,
  };
}
