import { describe, expect, it } from 'vitest';
import { cronJobKind } from '../../../src/engine/kinds/cronjob/index.ts';
import type { CronJob } from '../../../src/engine/kinds/cronjob/types.ts';
import { createTestCluster } from '../../support/engine.ts';
import { cronJob, jobTemplate } from '../../support/workloads.ts';

function refusalOf(schedule: string, spec: object = {}, name = 'cj'): string | undefined {
  const body = cronJob(name, schedule, spec as Record<string, unknown>);
  return createTestCluster().refusal({ verb: 'create', resource: 'cronjobs.batch', namespace: 'default', body, options: {} })?.message;
}

it('C340 O11 defaults; the job template is left as it is', () => {
  const { spec } = createTestCluster().create<CronJob>(cronJob('cj', '@hourly'));
  expect(spec).toMatchObject({ concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
  expect(Object.keys(spec.jobTemplate.spec)).toEqual(['template']);
});

describe('C340 P8 validation', () => {
  it.each<[string, string, object, string]>([
    ['no schedule', '', {}, 'spec.schedule: Required value'],
    ['words', 'foo', {}, 'spec.schedule: Invalid value: "foo": expected exactly 5 fields, found 1: [foo]'],
    ['TZ', 'TZ=UTC * * * * *', {}, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
    ['TZ twice', 'CRON_TZ=UTC * * * * *', { timeZone: 'UTC' }, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'],
    ['zone', '@daily', { timeZone: 'Mars/One' }, 'spec.timeZone: Invalid value: "Mars/One": unknown time zone Mars/One'],
    ['local zone', '@daily', { timeZone: 'Local' }, 'timeZone must be an explicit time zone'],
    [
      'policy',
      '@daily',
      { concurrencyPolicy: 'Foo' },
      'spec.concurrencyPolicy: Unsupported value: "Foo": supported values: "Allow", "Forbid", "Replace"',
    ],
    ['limits', '@daily', { failedJobsHistoryLimit: -1 }, 'spec.failedJobsHistoryLimit: Invalid value: -1'],
    ['selector', '@daily', { jobTemplate: { spec: { template: jobTemplate(), selector: {} } } }, '`selector` will be auto-generated'],
    [
      'template',
      '@daily',
      { jobTemplate: { spec: { template: jobTemplate({ restartPolicy: 'Always' }) } } },
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value',
    ],
  ])('%s', (_name, schedule, spec, message) => {
    expect(refusalOf(schedule, spec)).toContain(message);
  });

  it('names leave room for the suffix of a Job', () => {
    expect(refusalOf('@daily', {}, 'c'.repeat(52))).toBeUndefined();
    expect(refusalOf('@daily', {}, 'c'.repeat(53))).toContain('must be no more than 52 characters');
  });
});

it('N1 columns', () => {
  const cluster = createTestCluster();
  const stored = cluster.create<CronJob>(cronJob('cj', '@daily', { timeZone: 'Asia/Tokyo' }));
  expect(cronJobKind.cells(stored, cluster.state.nowMs)).toEqual([
    'cj',
    '@daily',
    'Asia/Tokyo',
    'False',
    0,
    '<none>',
    '0s',
    'c',
    'registry.example/app:v1',
    '<none>',
  ]);
});
