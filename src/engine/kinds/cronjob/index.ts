// The kind CronJob. Upstream: pkg/registry/batch/cronjob/strategy.go, pkg/apis/batch/v1/defaults.go, printers.go printCronJob (v1.33).
// Rules: C340, F6, O11.

import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, ageSince, column, NAME_COLUMN, WORKLOAD_WIDE_COLUMNS, workloadWideCells } from '../shared/columns.ts';
import { applyJobSpecDefaults } from '../shared/job-defaults.ts';
import type { CronJob } from './types.ts';
import { validateCronJob } from './validation.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';

export const cronJobKind: Kind<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schema: 'batch.v1.CronJob',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  applyDefaults(draft) {
    const { spec } = draft;
    if (spec === undefined) return;
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    if (spec.jobTemplate === undefined) return;
    spec.jobTemplate.metadata = { creationTimestamp: null, ...spec.jobTemplate.metadata } as typeof spec.jobTemplate.metadata;
    if (spec.jobTemplate.spec !== undefined) applyJobSpecDefaults(spec.jobTemplate.spec);
  },
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<CronJob>['spec'];
    else draft.status = previous.status as Draft<CronJob>['status'];
  },
  validate: validateCronJob,
  warnings: warnAboutWorkload((cronJob) => cronJob.spec.jobTemplate?.spec?.template, 'spec.jobTemplate.spec.template', true),
  columns: [
    NAME_COLUMN,
    column('Schedule'),
    column('Timezone'),
    column('Suspend', 'boolean'),
    column('Active', 'integer'),
    column('Last Schedule'),
    AGE_COLUMN,
    ...WORKLOAD_WIDE_COLUMNS,
  ],
  cells: (cronJob, nowMs) => [
    cronJob.metadata.name,
    cronJob.spec.schedule,
    cronJob.spec.timeZone ?? '<none>',
    cronJob.spec.suspend ? 'True' : 'False',
    (cronJob.status.active ?? []).length,
    cronJob.status.lastScheduleTime === undefined ? '<none>' : ageSince(cronJob.status.lastScheduleTime, nowMs),
    ageOf(cronJob, nowMs),
    ...workloadWideCells(cronJob.spec.jobTemplate.spec.template, cronJob.spec.jobTemplate.spec.selector ?? {}),
  ],
};
