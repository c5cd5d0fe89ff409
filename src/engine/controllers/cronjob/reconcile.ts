// One sync of a CronJob: note what its Jobs did, forget those beyond the history limits, start the Job that is due.
// Upstream: pkg/controller/cronjob/cronjob_controllerv2.go sync, syncCronJob, cleanupFinishedJobs (v1.33). Rules: C341-C353.

import { cloneJson, controllerOf, isDeleting } from '../../apimachinery/meta.ts';
import { formatTime, formatTimeAt, formatRfc1123, parseTime } from '../../apimachinery/time.ts';
import { createObject, deleteObject, getObject, listByTerm, writeStatus } from '../../apiserver/api.ts';
import { cronJobKind } from '../../kinds/cronjob/index.ts';
import { parseSchedule } from '../../kinds/cronjob/schedule.ts';
import type { ActiveJob, CronJob, CronJobStatus } from '../../kinds/cronjob/types.ts';
import { findZone, offsetAt, UTC } from '../../apimachinery/time-zone.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { Job } from '../../kinds/job/types.ts';
import type { Kind, NewObject } from '../../kinds/kind.ts';
import { DONE, GONE, type Reconciled, requeueAfter, RETRY } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { controllerReference } from '../shared/ownership.ts';
import { isNamespaceTerminating, type PodControl, recordOn, splitKey } from '../shared/pod-control.ts';
import { findDueStart, finishedType, nextSyncMs, surplusJobs, type Timetable } from './plan.ts';

export const QUEUE = 'cronjob';

const CONTROL: PodControl = { eventComponent: 'cronjob-controller', kind: cronJobKind as Kind };
const SCHEDULED_ANNOTATION = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** What a sync works on; the status is replaced as it goes. */
interface Sync {
  readonly state: ClusterState;
  readonly cronJob: CronJob;
  readonly jobs: readonly Job[];
  status: CronJobStatus;
}

/** Brings one CronJob up to date. */
export function reconcileCronJob(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const cronJob = getObject(state, cronJobKind, namespace, name);
  if (cronJob === undefined) return GONE;
  const { uid } = cronJob.metadata;
  const jobs = listByTerm(state, jobKind, `owner:${uid}`).filter((job) => controllerOf(job)?.uid === uid);
  const sync: Sync = { state, cronJob, jobs, status: cronJob.status };
  noteJobs(sync);
  const started = isDeleting(cronJob) ? DONE : startDue(sync);
  for (const job of surplusJobs(cronJob, jobs)) removeJob(sync, job); // History beyond its limits goes (C349).
  writeStatus(state, cronJobKind, cronJob, printedStatus(sync.status));
  return started;
}

/** C345, C348: what became of the Jobs since the last sync. */
function noteJobs(sync: Sync): void {
  for (const job of sync.jobs) {
    const isActive = isListed(sync, job.metadata.uid);
    const end = finishedType(job);
    if (end === undefined) {
      if (!isActive) tell(sync, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`);
      continue;
    }
    if (isActive) {
      unlist(sync, job.metadata.uid);
      tell(sync, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end}`);
    }
    const { completionTime } = job.status;
    const last = sync.status.lastSuccessfulTime;
    if (end === 'Complete' && completionTime !== undefined && (last === undefined || completionTime > last))
      sync.status = { ...sync.status, lastSuccessfulTime: completionTime };
  }
  for (const { uid, name } of sync.status.active ?? []) {
    if (sync.jobs.some((job) => job.metadata.uid === uid)) continue;
    tell(sync, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    unlist(sync, uid);
  }
}

/** Starts what is due and waits for the next time. */
function startDue(sync: Sync): Reconciled {
  const { state, cronJob } = sync;
  const timetable = readTimetable(sync);
  if (timetable === undefined || cronJob.spec.suspend) return DONE; // Suspended, or nothing to go by (C350, C353).
  const { dueMs, hasMissedTooMany } = findDueStart(cronJob, timetable, state.nowMs, true);
  if (hasMissedTooMany) {
    const text = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    tell(sync, 'Warning', 'TooManyMissedTimes', text);
  }
  if (dueMs !== undefined && !start(sync, dueMs, timetable)) return RETRY;
  const present = { ...cronJob, status: sync.status };
  const nextMs = nextSyncMs(present, timetable, state.nowMs);
  return nextMs === undefined ? DONE : requeueAfter(nextMs - state.nowMs);
}

/** C353: undefined when the stored schedule or zone cannot be read. */
function readTimetable(sync: Sync): Timetable | undefined {
  const { schedule: text, timeZone } = sync.cronJob.spec;
  const zone = timeZone === undefined ? UTC : findZone(timeZone);
  if (zone === undefined) {
    tell(sync, 'Warning', 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone ?? ''}`);
    return undefined;
  }
  const parsed = parseSchedule(text);
  if (parsed.ok) return { schedule: parsed.value, zone };
  tell(sync, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(text)} : ${parsed.error}`);
  return undefined;
}

/** One start, unless it is late, served already, or forbidden by a Job that still runs. False when a call failed. */
function start(sync: Sync, dueMs: number, timetable: Timetable): boolean {
  const { state, cronJob } = sync;
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
  if (startingDeadlineSeconds !== undefined && dueMs + startingDeadlineSeconds * 1000 < state.nowMs) {
    tell(sync, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${formatRfc1123(dueMs)}`); // It is too late for this one (C343).
    return true;
  }
  const name = `${cronJob.metadata.name}-${Math.floor(dueMs / 60_000)}`; // The name says which minute it is for (C344).
  const active = sync.status.active ?? [];
  const isServed = parseTime(sync.status.lastScheduleTime ?? '') === dueMs || active.some((item) => item.name === name);
  if (isServed) return true;
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    // One at a time, says the policy (C346).
    tell(sync, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
    return true;
  }
  if (concurrencyPolicy === 'Replace') {
    for (const { uid } of active) {
      const job = sync.jobs.find((item) => item.metadata.uid === uid);
      if (job !== undefined) removeJob(sync, job); // The new one takes the place of the old (C347).
    }
  }
  return createJob(sync, name, dueMs, timetable);
}

function createJob(sync: Sync, name: string, dueMs: number, timetable: Timetable): boolean {
  const { state, cronJob } = sync;
  const created = createObject(state, jobKind, draftJob(cronJob, name, dueMs, timetable));
  if (created.ok) tell(sync, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
  else if (isNamespaceTerminating(created.status)) return false;
  else if (created.status.reason !== 'AlreadyExists') {
    tell(sync, 'Warning', 'FailedCreate', `Error creating job: ${created.status.message ?? ''}`);
    return false;
  }
  const job = created.ok ? created.value : getObject(state, jobKind, cronJob.metadata.namespace, name);
  // A Job of this name that is not ours is somebody else's affair.
  if (job === undefined || controllerOf(job)?.uid !== cronJob.metadata.uid || isListed(sync, job.metadata.uid)) return true;
  sync.status = { ...sync.status, active: [...(sync.status.active ?? []), referenceTo(job)], lastScheduleTime: formatTime(dueMs) };
  return true;
}

/** The Job of one time of the schedule (C344). */
function draftJob(cronJob: CronJob, name: string, dueMs: number, { zone }: Timetable): NewObject<Job> {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const { labels, annotations } = metadata as { labels?: Record<string, string>; annotations?: Record<string, string> };
  const scheduled = cronJob.spec.timeZone === undefined ? formatTime(dueMs) : formatTimeAt(dueMs, offsetAt(zone, dueMs));
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      namespace: cronJob.metadata.namespace,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      annotations: { ...annotations, [SCHEDULED_ANNOTATION]: scheduled },
      ownerReferences: [controllerReference(CONTROL.kind, cronJob)],
    },
    // What a template leaves out has its defaults in the object.
    spec: cloneJson(spec) as Job['spec'],
    status: {},
  };
}

/** Deletes a Job with its pods and takes it from the list. */
function removeJob(sync: Sync, job: Job): void {
  const { namespace, name, uid } = job.metadata;
  const deleted = deleteObject(sync.state, jobKind, namespace, name, { propagationPolicy: 'Background' });
  if (deleted.ok) {
    unlist(sync, uid);
    tell(sync, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  } else tell(sync, 'Warning', 'FailedDelete', `Deleted job: ${deleted.status.message ?? ''}`);
}

function referenceTo(job: Job): ActiveJob {
  const { namespace = '', name, uid, resourceVersion } = job.metadata;
  return { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion };
}

function isListed(sync: Sync, uid: string): boolean {
  return sync.status.active?.some((item) => item.uid === uid) ?? false;
}

function unlist(sync: Sync, uid: string): void {
  const { active = [], ...others } = sync.status;
  const left = active.filter((item) => item.uid !== uid);
  sync.status = left.length === 0 ? others : { active: left, ...others };
}

/** The status in upstream's order. */
function printedStatus({ active, lastScheduleTime, lastSuccessfulTime }: CronJobStatus): CronJobStatus {
  return {
    ...(active === undefined ? {} : { active }),
    ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
    ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
  };
}

function tell(sync: Sync, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordOn(sync.state, CONTROL, sync.cronJob, type, reason, message);
}
