// Jobs that fail, wait or are suspended, and CronJobs that start none. Upstream: pkg/controller/{job,cronjob} (v1.33).

import { getObject } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { cronJobKind } from '../../kinds/cronjob/index.ts';
import type { CronJob } from '../../kinds/cronjob/types.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { Job } from '../../kinds/job/types.ts';
import { newestEvent, timeOf, toEvent } from './events.ts';
import { say } from '../words/message.ts';
import { conditionOf, NOTHING, page, quoted, refer, type Unsaid } from './finding.ts';
import { explainPods } from './pod.ts';
import { explainRefusedPods } from './pod-refusals.ts';
import { podsOf } from './workloads.ts';

const JOBS = 'concepts/workloads/controllers/job/';
const CRON_JOBS = 'concepts/workloads/controllers/cron-jobs/';

/** A Job that has failed, or is not getting on. */
export function explainJob(state: ClusterState, job: Job): readonly Unsaid[] {
  const { spec, status } = job;
  if (conditionOf(job, 'Complete')?.status === 'True') return NOTHING;
  const pods = podsOf(state, job);
  const failed = conditionOf(job, 'Failed') ?? conditionOf(job, 'FailureTarget');
  if (failed?.status === 'True')
    return [failure(job, failed.reason ?? '', failed.message, failed.lastTransitionTime), ...explainPods(state, pods)];
  if (spec.suspend) return [suspendedJob(job)];
  const failures = status.failed ?? 0;
  const retry: readonly Unsaid[] = failures === 0 ? NOTHING : [retrying(job, failures)];
  const missing = (status.active ?? 0) === 0 ? explainRefusedPods(state, job) : NOTHING;
  return [
    ...retry,
    ...missing,
    ...explainPods(
      state,
      pods.filter((pod) => failures === 0 || pod.status.phase !== 'Succeeded'),
    ),
  ];
}

/** The setting behind each reason of failure. */
const LIMITS: Readonly<Record<string, { readonly code: string; readonly field: keyof Job['spec']; readonly path: string }>> = {
  BackoffLimitExceeded: { code: 'backoff-limit-exceeded', field: 'backoffLimit', path: `${JOBS}#pod-backoff-failure-policy` },
  DeadlineExceeded: { code: 'job-deadline-exceeded', field: 'activeDeadlineSeconds', path: `${JOBS}#job-termination-and-cleanup` },
  FailedIndexes: { code: 'failed-indexes', field: 'backoffLimitPerIndex', path: `${JOBS}#backoff-limit-per-index` },
  MaxFailedIndexesExceeded: { code: 'failed-indexes', field: 'maxFailedIndexes', path: `${JOBS}#backoff-limit-per-index` },
  PodFailurePolicy: { code: 'pod-failure-policy', field: 'podFailurePolicy', path: `${JOBS}#pod-failure-policy` },
};

function failure(job: Job, reason: string, message: string | undefined, since: string | null | undefined): Unsaid {
  const { code, field, path } = LIMITS[reason] ?? { code: 'job-failed', field: 'backoffLimit' as const, path: JOBS };
  const setting = job.spec[field];
  return {
    code,
    sentence: say('jobFailed', {
      time: since ?? '',
      message: quoted(message),
      field,
      limit: typeof setting === 'number' ? setting : undefined,
      failures: job.status.failed ?? 0,
    }),
    because: [
      refer(jobKind, job, 'status.conditions[Failed].reason', reason),
      refer(jobKind, job, `spec.${field}`, typeof setting === 'number' ? String(setting) : ''),
    ],
    wouldChange: say('makeNewJob', { field }),
    documentation: page(path),
  };
}

function suspendedJob(job: Job): Unsaid {
  return {
    code: 'suspended',
    sentence: say('jobSuspended'),
    because: [refer(jobKind, job, 'spec.suspend', 'true')],
    wouldChange: `kubectl patch job/${job.metadata.name} --type=merge -p '{"spec":{"suspend":false}}'`,
    documentation: page(`${JOBS}#suspending-a-job`),
  };
}

function retrying(job: Job, failures: number): Unsaid {
  const isWaiting = (job.status.active ?? 0) === 0;
  return {
    code: 'job-retries',
    sentence: say('jobRetries', { failures, limit: job.spec.backoffLimit, isWaiting }),
    because: [
      refer(jobKind, job, 'status.failed', String(failures)),
      refer(jobKind, job, 'spec.backoffLimit', String(job.spec.backoffLimit)),
    ],
    wouldChange: say('mendFailingPods'),
    documentation: page(`${JOBS}#pod-backoff-failure-policy`),
  };
}

/** A CronJob that starts no Jobs, and why. */
export function explainCronJob(state: ClusterState, cron: CronJob): readonly Unsaid[] {
  const { spec, status, metadata } = cron;
  const active = status.active ?? [];
  if (spec.suspend)
    return [
      {
        code: 'suspended',
        sentence: say('cronJobSuspended', { last: status.lastScheduleTime }),
        because: [refer(cronJobKind, cron, 'spec.suspend', 'true')],
        wouldChange: `kubectl patch cronjob/${metadata.name} --type=merge -p '{"spec":{"suspend":false}}'`,
        documentation: page(`${CRON_JOBS}#schedule-suspension`),
      },
    ];
  const event = newestEvent(state, cron, ['JobAlreadyActive', 'MissSchedule', 'TooManyMissedTimes', 'SuccessfulCreate', 'FailedCreate']);
  const jobs = active.flatMap(({ name, namespace }) => getObject(state, jobKind, namespace, name) ?? []);
  if (event?.reason === 'JobAlreadyActive' && jobs.length > 0)
    return [
      {
        code: 'concurrency-forbidden',
        sentence: say('concurrencyForbidden', {
          jobs: jobs.map((job) => `jobs/${job.metadata.name}`),
          policy: spec.concurrencyPolicy,
          time: timeOf(event),
        }),
        because: [
          refer(cronJobKind, cron, 'spec.concurrencyPolicy', spec.concurrencyPolicy),
          ...jobs.map((job) => refer(jobKind, job, 'status.active', String(job.status.active ?? 0))),
          ...toEvent(event),
        ],
        wouldChange: say('letJobEnd'),
        documentation: page(`${CRON_JOBS}#concurrency-policy`),
      },
      ...jobs.flatMap((job) => explainJob(state, job)),
    ];
  if (event?.reason === 'MissSchedule' || event?.reason === 'TooManyMissedTimes')
    return [
      {
        code: 'schedule-missed',
        sentence: say('scheduleMissed', { message: quoted(event.message), seconds: spec.startingDeadlineSeconds }),
        because: [...toEvent(event), refer(cronJobKind, cron, 'spec.startingDeadlineSeconds', String(spec.startingDeadlineSeconds ?? ''))],
        wouldChange: say('raiseStartingDeadline'),
        documentation: page(`${CRON_JOBS}#starting-deadline`),
      },
    ];
  return event?.reason === 'FailedCreate' ? explainRefusedPods(state, cron) : NOTHING;
}
