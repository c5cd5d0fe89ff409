// One sync of a Job: sort out its pods, judge whether it has ended, create or delete pods, count those that ended.
// Upstream: pkg/controller/job/job_controller.go syncJob, manageJob, syncOrphanPod (v1.33). Rules: C304-C327.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { type Condition, controllerOf, isDeleting } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { getObject } from '../../apiserver/api.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { Job, JobStatus } from '../../kinds/job/types.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { DONE, doneOrRetry, GONE, type Reconciled, soonest, type RetryLimits } from '../../kernel/reconciled.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { keyOf } from '../../kernel/store.ts';
import {
  areExpectationsMet,
  dropExpectations,
  expectCreations,
  expectDeletions,
  observeCreations,
  observeDeletion,
} from '../shared/expectations.ts';
import { claimPods } from '../shared/pod-claims.ts';
import { createPod, deletePod, type PodControl, podFromTemplate, recordOn, slowStartBatch, splitKey } from '../shared/pod-control.ts';
import { resolveOwner } from '../shared/pod-watch.ts';
import { isPodReady } from '../shared/pods.ts';
import { type BackoffRecord, nextRecord, NO_FAILURES } from './backoff.ts';
import { INDEX_ANNOTATION } from './indexes.ts';
import { deadlineMs, findCondition, isComplete, isJobFinished, jobCondition, judgeEnd, planPods } from './plan.ts';
import { isTracked, TRACKING_FINALIZER } from './pods.ts';
import { removeFinalizer, trackJob } from './track.ts';
import { failureAnnotations, type JobView, viewJob } from './view.ts';

export const QUEUE = 'job';
/** C304: what pods do is looked at once a second. */
export const BATCH_MS = 1000;
/** Keys of pods whose Job is gone. */
const ORPHAN_PREFIX = 'orphan:';
/** How a Job is tried again on which a call has failed. */
export const RETRIES: RetryLimits = { baseMs: 1000, maxMs: 60_000 };
const OWN_NAME = 'kubernetes.io/job-controller';
const NAME_PREFIX_LENGTH_MAX = 58;

const CONTROL: PodControl = { eventComponent: 'job-controller', kind: jobKind as Kind };

/** Failures since the last success, by Job. */
const backoffs = defineTable<BackoffRecord>('job.backoff');

/** The key under which a pod without a Job waits for losing its finalizer. */
export function orphanKey(pod: Pod): string {
  return `${ORPHAN_PREFIX}${keyOf(pod)}`;
}

/** Brings one Job up to date, or frees one orphaned pod. */
export function* reconcileJob(state: ClusterState, key: string): Steps<Reconciled> {
  if (key.startsWith(ORPHAN_PREFIX)) {
    freeOrphan(state, key.slice(ORPHAN_PREFIX.length));
    return DONE;
  }
  const [namespace, name] = splitKey(key);
  const job = getObject(state, jobKind, namespace, name);
  if (job === undefined) {
    dropExpectations(state, QUEUE, key);
    backoffs.remove(state, key);
    return GONE;
  }
  if (job.spec.managedBy !== undefined && job.spec.managedBy !== OWN_NAME) return DONE;
  if (isJobFinished(job)) {
    backoffs.remove(state, key);
    return DONE;
  }
  return yield* syncJob(state, job, key);
}

/** A pod keeps the finalizer of a Job that is gone until this controller takes it. */
function freeOrphan(state: ClusterState, podKey: string): void {
  const pod = getObject(state, podKind, ...splitKey(podKey));
  if (pod !== undefined && resolveOwner(state, jobKind, pod) === undefined && (controllerOf(pod)?.kind ?? 'Job') === 'Job')
    removeFinalizer(state, pod);
}

function* syncJob(state: ClusterState, job: Job, key: string): Steps<Reconciled> {
  const areMet = areExpectationsMet(state, QUEUE, key);
  const selector = selectorFromLabelSelector(job.spec.selector);
  yield;
  const pods = claimPods(state, job, { kind: CONTROL.kind, selector, adoptedFinalizer: TRACKING_FINALIZER });
  yield;
  // C306: the clock of the Job starts with the first sync in which it may run.
  const startTime = job.status.startTime ?? (job.spec.suspend ? undefined : formatTime(state.nowMs));
  const started: Job = { ...job, status: { ...job.status, ...(startTime === undefined ? {} : { startTime }) } };
  const view = viewJob(started, pods);
  const record = nextRecord(backoffs.get(state, key) ?? NO_FAILURES, view.newlySucceeded, view.newlyFailed);
  const sync: Sync = { state, job: started, key, view, record };

  yield;
  const end = judgeEnd(view, state.nowMs);
  const outcome = yield* end === undefined ? runOn(sync, areMet) : endNow(sync, end, areMet);
  storeRecord(state, key, record);
  const final = yield* trackJob(state, { view, status: outcome.status, end: outcome.end, terminating: outcome.terminating });
  if (final !== undefined) recordEnd(state, job, final);
  return doneOrRetry(outcome.failure === undefined, outcome.recheckMs);
}

interface Sync {
  readonly state: ClusterState;
  readonly job: Job;
  readonly key: string;
  readonly view: JobView;
  readonly record: BackoffRecord;
}

interface Outcome {
  readonly status: JobStatus;
  readonly end: Condition | undefined;
  readonly terminating: number;
  readonly failure: string | undefined;
  /** After so many milliseconds the clock brings something. */
  readonly recheckMs?: number | undefined;
}

/** C314: the Job has ended, so its active pods go; they keep their finalizers until they are counted. */
function* endNow({ state, job, view }: Sync, end: Condition, areMet: boolean): Steps<Outcome> {
  const removal = yield* removePods(state, job, view.active);
  const { active, ready, terminating } = afterRemoval(view, removal);
  const isSettled = areMet && active === 0;
  const status = { ...job.status, active, ready, terminating };
  return { status, end: isSettled ? end : undefined, terminating, failure: removal.failure };
}

/** The Job goes on: pods are created or deleted, and it may turn out to be complete or suspended. */
function* runOn(sync: Sync, areMet: boolean): Steps<Outcome> {
  const { state, job, view } = sync;
  const deadline = deadlineMs(job);
  const isManaged = areMet && !isDeleting(job);
  const counts: Counts = isManaged
    ? yield* managePods(sync)
    : { active: view.active.length, ready: view.ready, terminating: view.terminating, failure: undefined };
  const { active, ready, terminating, failure } = counts;
  // The controller comes back for the deadline (C313), and for pods that wait for their back-off.
  const recheckMs = soonest(deadline === undefined ? undefined : deadline - state.nowMs, counts.waitMs);
  const status = { ...job.status, active, ready, terminating };
  if (isComplete(view, active)) {
    const end = jobCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', 'Reached expected number of succeeded pods', state.nowMs);
    return { status, end, terminating, failure, recheckMs };
  }
  return { status: isManaged ? withSuspension(sync, status) : status, end: undefined, terminating, failure, recheckMs };
}

interface Counts {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly failure: string | undefined;
  /** How long new pods wait for the back-off of those that have failed. */
  readonly waitMs?: number;
}

function* managePods(sync: Sync): Steps<Counts> {
  const { state, job, key, view, record } = sync;
  const unchanged = { active: view.active.length, ready: view.ready, terminating: view.terminating, failure: undefined };
  const plan = planPods(view, record, state.nowMs);
  switch (plan.kind) {
    case 'none':
      return unchanged;
    case 'wait':
      return { ...unchanged, active: 0, waitMs: Math.max(plan.delayMs, BATCH_MS) }; // Upstream loses the count of the others here (C317).
    case 'delete': {
      expectDeletions(state, QUEUE, key, plan.pods.map(keyOf));
      // C327: what the controller deletes has not failed, so the finalizer goes first.
      for (const pod of plan.pods) {
        removeFinalizer(state, pod);
        yield;
      }
      const removal = yield* removePods(state, job, plan.pods);
      for (const pod of removal.failed) observeDeletion(state, QUEUE, key, keyOf(pod));
      return { ...afterRemoval(view, removal), failure: removal.failure };
    }
    case 'create': {
      const count = plan.indexes.length;
      expectCreations(state, QUEUE, key, count);
      const calls = yield* slowStartBatch(count, (position) => createPod(state, CONTROL, job, draftPod(sync, plan.indexes[position])));
      const missed = calls.failedCount + calls.skippedCount;
      observeCreations(state, QUEUE, key, missed);
      return { ...unchanged, active: view.active.length + count - missed, failure: calls.failure };
    }
  }
}

interface Removal {
  readonly deleted: readonly Pod[];
  readonly failed: readonly Pod[];
  readonly failure: string | undefined;
}

function* removePods(state: ClusterState, job: Job, pods: readonly Pod[]): Steps<Removal> {
  const deleted: Pod[] = [];
  const failed: Pod[] = [];
  let failure: string | undefined;
  for (const pod of pods) {
    const refused = deletePod(state, CONTROL, job, pod);
    if (refused === undefined || refused.reason === 'NotFound') deleted.push(pod);
    else {
      failed.push(pod);
      failure ??= refused.message ?? '';
    }
    yield;
  }
  return { deleted, failed, failure };
}

function afterRemoval(view: JobView, { deleted }: Removal): { active: number; ready: number; terminating: number } {
  return {
    active: view.active.length - deleted.length,
    ready: view.ready - deleted.filter(isPodReady).length,
    terminating: view.terminating + deleted.length,
  };
}

/** C305, C324: a tracked pod, of one index if the Job is Indexed. */
function draftPod({ job, view }: Sync, index: number | undefined): Draft<Pod> {
  const { name } = job.metadata;
  const suffix = index === undefined ? '-' : `-${index}-`;
  const prefix = index === undefined ? undefined : `${name.slice(0, NAME_PREFIX_LENGTH_MAX - suffix.length)}${suffix}`;
  const draft = podFromTemplate(CONTROL, job, job.spec.template, prefix);
  const metadata = draft.metadata as { labels?: Record<string, string>; annotations?: Record<string, string>; finalizers?: string[] };
  metadata.finalizers = [...(metadata.finalizers ?? []).filter((item) => item !== TRACKING_FINALIZER), TRACKING_FINALIZER];
  if (index === undefined) return draft;
  const text = String(index);
  metadata.labels = { ...metadata.labels, [INDEX_ANNOTATION]: text };
  const failures = view.indexes?.failed === undefined ? {} : failureAnnotations(job, view.indexes.waiting.get(index));
  metadata.annotations = { ...metadata.annotations, [INDEX_ANNOTATION]: text, ...failures };
  draft.spec['hostname'] = `${name}-${text}`;
  addIndexVariable(draft);
  return draft;
}

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';

function addIndexVariable(draft: Draft<Pod>): void {
  for (const container of [...(draft.spec.initContainers ?? []), ...draft.spec.containers]) {
    if (container.env?.some((variable) => variable.name === INDEX_VARIABLE) === true) continue;
    const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX_ANNOTATION}']` };
    container.env = [...(container.env ?? []), { name: INDEX_VARIABLE, valueFrom: { fieldRef } }];
  }
}

/** The condition of a suspension or its end, and a new start (C327). */
function withSuspension({ state, job }: Sync, status: JobStatus): JobStatus {
  const { suspend } = job.spec;
  const present = findCondition(job, 'Suspended');
  const wanted = suspend ? 'True' : 'False';
  if (present === undefined ? !suspend : present.status === wanted) return status;
  const [reason, message] = suspend ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed'];
  const condition = jobCondition('Suspended', wanted, reason, message, state.nowMs);
  const before = status.conditions ?? [];
  const conditions = present === undefined ? [...before, condition] : before.map((item) => (item.type === 'Suspended' ? condition : item));
  recordOn(state, CONTROL, job, 'Normal', suspend ? 'Suspended' : 'Resumed', message);
  return { ...status, conditions, ...(suspend ? {} : { startTime: formatTime(state.nowMs) }) };
}

/** Tells of the end of a Job (C314, C320, C323). */
function recordEnd(state: ClusterState, job: Job, final: Condition): void {
  const present = getObject(state, jobKind, job.metadata.namespace, job.metadata.name) ?? job;
  if (final.type !== 'Complete') {
    recordOn(state, CONTROL, present, 'Warning', final.reason ?? '', final.message ?? '');
    return;
  }
  const { completions } = present.spec;
  if (completions !== undefined && (present.status.succeeded ?? 0) > completions)
    recordOn(state, CONTROL, present, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
  recordOn(state, CONTROL, present, 'Normal', 'Completed', 'Job completed');
}

function storeRecord(state: ClusterState, key: string, record: BackoffRecord): void {
  if (record.failures === 0) backoffs.remove(state, key);
  else backoffs.put(state, key, record);
}

/** Whether a pod waits for a Job that is gone. */
export function isOrphan(state: ClusterState, pod: Pod): boolean {
  const controller = controllerOf(pod);
  return isTracked(pod) && (controller === undefined || (controller.kind === 'Job' && resolveOwner(state, jobKind, pod) === undefined));
}
