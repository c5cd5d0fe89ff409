// The decisions of a CronJob's sync as pure functions: which start is due, when to look again, and which finished Jobs are too many.
// Upstream: pkg/controller/cronjob/utils.go mostRecentScheduleTime, nextScheduleTimeDuration (v1.33). Rules: C341, C342, C349, C351.

import { parseTime } from '../../apimachinery/time.ts';
import type { CronJob } from '../../kinds/cronjob/types.ts';
import { nextAfter, type Schedule } from '../../kinds/cronjob/schedule.ts';
import type { Zone } from '../../apimachinery/time-zone.ts';
import type { Job } from '../../kinds/job/types.ts';

/** C341: the controller looks a moment after each schedule time. */
const NEXT_DELAY_MS = 100;
/** How many missed starts are too many (C342). */
const MISSED_MAX = 100;

/** What a CronJob's times say. */
export interface Timetable {
  readonly schedule: Schedule;
  readonly zone: Zone;
}

export interface DueStart {
  /** The most recent schedule time that was not served; undefined when there is none. */
  readonly dueMs: number | undefined;
  readonly hasMissedTooMany: boolean;
}

/** C342: earlier starts that were missed are skipped. */
export function findDueStart(cronJob: CronJob, timetable: Timetable, nowMs: number, usesDeadline: boolean): DueStart {
  const { schedule, zone } = timetable;
  const first = nextAfter(schedule, zone, earliestMs(cronJob, nowMs, usesDeadline));
  if (first === undefined || first > nowMs) return { dueMs: undefined, hasMissedTooMany: false };
  const second = nextAfter(schedule, zone, first);
  if (second === undefined || second > nowMs) return { dueMs: first, hasMissedTooMany: false };
  // Jumps close to the present by the first interval; irregular schedules are walked from there.
  const intervalMs = Math.max(1000, second - first);
  const missedCount = Math.floor((nowMs - first) / intervalMs) + 1;
  let dueMs = first;
  let next: number | undefined = nextAfter(schedule, zone, first + (missedCount - 2) * intervalMs);
  while (next !== undefined && next <= nowMs) {
    dueMs = next;
    next = nextAfter(schedule, zone, next);
  }
  return { dueMs, hasMissedTooMany: missedCount > MISSED_MAX };
}

/** C341: when to look again; undefined when the schedule has no further time. */
export function nextSyncMs(cronJob: CronJob, timetable: Timetable, nowMs: number): number | undefined {
  const { dueMs } = findDueStart(cronJob, timetable, nowMs, false);
  const next = nextAfter(timetable.schedule, timetable.zone, dueMs ?? earliestMs(cronJob, nowMs, false));
  return next === undefined ? undefined : Math.max(nowMs, next + NEXT_DELAY_MS);
}

/** C342: the last start, or the creation; not before the deadline. */
function earliestMs(cronJob: CronJob, nowMs: number, usesDeadline: boolean): number {
  const lastMs = parseTime(cronJob.status.lastScheduleTime ?? cronJob.metadata.creationTimestamp) ?? nowMs;
  const deadline = cronJob.spec.startingDeadlineSeconds;
  return usesDeadline && deadline !== undefined ? Math.max(lastMs, nowMs - deadline * 1000) : lastMs;
}

/** C349: finished Jobs beyond the limits, oldest start first. */
export function surplusJobs(cronJob: CronJob, jobs: readonly Job[]): readonly Job[] {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
  const beyond = (type: 'Complete' | 'Failed', limit: number | undefined): readonly Job[] => {
    if (limit === undefined) return [];
    const finished = jobs.filter((job) => finishedType(job) === type).sort(compareStarts);
    return finished.slice(0, Math.max(0, finished.length - limit));
  };
  return [...beyond('Complete', successfulJobsHistoryLimit), ...beyond('Failed', failedJobsHistoryLimit)];
}

/** How a Job ended; undefined for one that has not. */
export function finishedType(job: Job): 'Complete' | 'Failed' | undefined {
  const condition = job.status.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
  return condition?.type as 'Complete' | 'Failed' | undefined;
}

function compareStarts(a: Job, b: Job): number {
  const startA = parseTime(a.status.startTime ?? '') ?? 0;
  const startB = parseTime(b.status.startTime ?? '') ?? 0;
  return startA - startB || (a.metadata.name < b.metadata.name ? -1 : 1);
}
