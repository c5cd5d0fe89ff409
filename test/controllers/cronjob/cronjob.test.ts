import { describe, expect, it } from 'vitest';
import { writeObject } from '../../../src/engine/apiserver/api.ts';
import { cronJobKind } from '../../../src/engine/kinds/cronjob/index.ts';
import type { CronJob } from '../../../src/engine/kinds/cronjob/types.ts';
import type { Job } from '../../../src/engine/kinds/job/types.ts';
import { createTestCluster, START_MS, type TestCluster } from '../../support/engine.ts';
import { cronJob, finish, livePods } from '../../support/workloads.ts';

const MINUTE = 60_000;

function statusOf(cluster: TestCluster): CronJob['status'] {
  return cluster.get<CronJob>('cronjobs.batch/cj').status;
}

function jobNames(cluster: TestCluster): string[] {
  return cluster.list<Job>('jobs.batch', 'default').map((job) => job.metadata.name);
}

/** The name of the Job of a minute after the start of the cluster. */
function jobOf(minutes: number): string {
  return `cj-${START_MS / MINUTE + minutes}`;
}

/** Ends all pods that run, and lets their Jobs notice. */
function finishAll(cluster: TestCluster, phase: 'Succeeded' | 'Failed' = 'Succeeded'): void {
  for (const pod of livePods(cluster)) finish(cluster, pod.metadata.name, phase);
  cluster.advance(2_000);
}

describe('schedule', () => {
  it('C341 C344 C348 C354 starts 100 ms after each time, with the name and the time of the minute', () => {
    const cluster = createTestCluster();
    cluster.advanceTo(30_000);
    cluster.create(cronJob('cj', '*/1 * * * *'));
    cluster.advanceTo(MINUTE + 99);
    expect(jobNames(cluster)).toEqual([]);
    cluster.advanceTo(MINUTE + 100);
    expect(jobNames(cluster)).toEqual([jobOf(1)]);
    const job = cluster.get<Job>(`jobs.batch/${jobOf(1)}`);
    expect(job.metadata.annotations).toEqual({ 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:01:00Z' });
    expect(job.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'CronJob', name: 'cj', controller: true });
    expect(statusOf(cluster)).toMatchObject({ lastScheduleTime: '2026-01-01T00:01:00Z', active: [{ name: jobOf(1) }] });
    finishAll(cluster);
    expect(statusOf(cluster)).toEqual({ lastScheduleTime: '2026-01-01T00:01:00Z', lastSuccessfulTime: '2026-01-01T00:01:01Z' });
    expect(cluster.events('cronjobs.batch/cj')).toEqual([
      `Normal SuccessfulCreate "Created job ${jobOf(1)}"`,
      `Normal SawCompletedJob "Saw completed job: ${jobOf(1)}, condition: Complete"`,
    ]);
  });

  it('C340 C344 a time zone moves the times, and the annotation is in that zone', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '0 9 * * *', { timeZone: 'Europe/Paris' }));
    cluster.advanceTo(8 * 60 * MINUTE + 100);
    expect(cluster.get<Job>(`jobs.batch/${jobOf(480)}`).metadata.annotations).toEqual({
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T09:00:00+01:00',
    });
  });

  it('C351 a new schedule waits for its next time', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '0 * * * *'));
    cluster.advanceTo(10 * MINUTE);
    cluster.patch('cronjobs.batch/cj', { spec: { schedule: '*/15 * * * *' } });
    cluster.advanceTo(15 * MINUTE);
    expect(jobNames(cluster)).toEqual([]);
    cluster.advanceTo(15 * MINUTE + 100);
    expect(jobNames(cluster)).toEqual([jobOf(15)]);
  });

  it('C350 a suspended one starts nothing, and resumes with the most recent start', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '*/10 * * * *', { suspend: true }));
    cluster.advanceTo(35 * MINUTE);
    expect(jobNames(cluster)).toEqual([]);
    cluster.patch('cronjobs.batch/cj', { spec: { suspend: false } });
    expect(jobNames(cluster)).toEqual([jobOf(30)]);
  });

  it('C342 C343 starts beyond the deadline are missed', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '*/10 * * * *', { suspend: true, startingDeadlineSeconds: 60 }));
    cluster.advanceTo(35 * MINUTE);
    cluster.patch('cronjobs.batch/cj', { spec: { suspend: false } });
    expect(jobNames(cluster)).toEqual([]);
    cluster.advanceTo(40 * MINUTE + 100);
    expect(jobNames(cluster)).toEqual([jobOf(40)]);
  });

  it('C342 warns of more than a hundred missed starts and makes the last one', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '* * * * *', { suspend: true }));
    cluster.advanceTo(200 * MINUTE + 30_000);
    cluster.patch('cronjobs.batch/cj', { spec: { suspend: false } });
    expect(jobNames(cluster)).toEqual([jobOf(200)]);
    expect(cluster.events('cronjobs.batch/cj')[0]).toMatch(/^Warning TooManyMissedTimes "too many missed start times/);
  });
});

describe('what an older version has stored', () => {
  it.each([
    ['C353 a zone that is not there', { timeZone: 'Mars/Phobos' }, /^Warning UnknownTimeZone "invalid timeZone: "Mars\/Phobos": /],
    [
      'C353 a schedule that cannot be read',
      { schedule: '61 * * * *' },
      /^Warning UnparseableSchedule "unparseable schedule: "61 \* \* \* \*" : /,
    ],
  ])('%s starts nothing, and is told of', (_name, fields, text) => {
    const cluster = createTestCluster();
    const cronjob = cluster.create<CronJob>(cronJob('cj', '* * * * *'));
    cluster.meddle((state) => {
      writeObject(state, cronJobKind, { ...cronjob, spec: { ...cronjob.spec, ...fields } });
      state.changes.length = 0;
    });
    cluster.reopen();
    cluster.advance(10 * MINUTE);
    expect(jobNames(cluster)).toEqual([]);
    expect(cluster.events('cronjobs.batch/cj')[0]).toMatch(text);
  });
});

describe('concurrency', () => {
  it('Allow runs Jobs side by side', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '* * * * *'));
    cluster.advanceTo(2 * MINUTE + 100);
    expect(statusOf(cluster).active).toHaveLength(2);
  });

  it('C346 Forbid skips a start, and makes it when the Job before has ended', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '* * * * *', { concurrencyPolicy: 'Forbid' }));
    cluster.advanceTo(3 * MINUTE + 30_000);
    expect(jobNames(cluster)).toEqual([jobOf(1)]);
    expect(statusOf(cluster).lastScheduleTime).toBe('2026-01-01T00:01:00Z');
    expect(cluster.events('cronjobs.batch/cj').some((line) => line.startsWith('Normal JobAlreadyActive'))).toBe(true);
    finishAll(cluster);
    expect(jobNames(cluster)).toEqual([jobOf(1), jobOf(3)]);
  });

  it('C347 Replace deletes the Job that still runs', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '* * * * *', { concurrencyPolicy: 'Replace' }));
    cluster.advanceTo(2 * MINUTE + 200);
    expect(jobNames(cluster)).toEqual([jobOf(2)]);
    expect(cluster.events('cronjobs.batch/cj')).toContain(`Normal SuccessfulDelete "Deleted job ${jobOf(1)}"`);
  });
});

describe('housekeeping', () => {
  it('C349 keeps three successes and one failure', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '* * * * *', { jobTemplate: failingTemplate() }));
    for (let minute = 1; minute <= 5; minute += 1) {
      cluster.advanceTo(minute * MINUTE + 1_000);
      finishAll(cluster);
    }
    expect(jobNames(cluster)).toEqual([jobOf(3), jobOf(4), jobOf(5)]);
    for (let minute = 6; minute <= 8; minute += 1) {
      cluster.advanceTo(minute * MINUTE + 1_000);
      finishAll(cluster, 'Failed');
    }
    expect(jobNames(cluster)).toEqual([jobOf(3), jobOf(4), jobOf(5), jobOf(8)]);
  });

  it('C345 an active Job that is deleted by hand is missed', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '* * * * *'));
    cluster.advanceTo(MINUTE + 100);
    cluster.remove(`jobs.batch/${jobOf(1)}`, { propagationPolicy: 'Background' });
    expect(statusOf(cluster).active).toBeUndefined();
    expect(cluster.events('cronjobs.batch/cj')).toContain(`Normal MissingJob "Active job went missing: ${jobOf(1)}"`);
  });

  it('C352 deleting a CronJob removes its Jobs and their pods', () => {
    const cluster = createTestCluster();
    cluster.create(cronJob('cj', '* * * * *'));
    cluster.advanceTo(MINUTE + 100);
    cluster.remove('cronjobs.batch/cj');
    cluster.advance(5_000);
    expect(jobNames(cluster)).toEqual([]);
    expect(cluster.list('pods', 'default')).toEqual([]);
    cluster.advance(10 * MINUTE);
    expect(jobNames(cluster)).toEqual([]);
  });
});

/** A Job that a single failure ends. */
function failingTemplate(): object {
  const containers = [{ name: 'c', image: 'registry.example/app:v1' }];
  return { spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers } } } };
}
