// Validation of CronJobs (C340, C353, P8). Upstream: pkg/apis/batch/validation/validation.go validateCronJobSpec (v1.33).

import { type FieldError, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { validateJobSpec } from '../shared/job-validation.ts';
import { goSelector } from '../shared/template.ts';
import { parseSchedule } from './schedule.ts';
import type { CronJob } from './types.ts';
import { findZone } from '../../apimachinery/time-zone.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';
const NAME_LENGTH_MAX = 52;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

export function validateCronJob(cronJob: CronJob): readonly FieldError[] {
  const { spec } = cronJob;
  const errors: FieldError[] = [];
  validateSchedule(spec, errors);
  const { startingDeadlineSeconds } = spec;
  if (startingDeadlineSeconds !== undefined && startingDeadlineSeconds < 0)
    errors.push(invalid('spec.startingDeadlineSeconds', startingDeadlineSeconds, NON_NEGATIVE));
  if (spec.timeZone !== undefined) validateTimeZone(spec.timeZone, errors);
  if (!POLICIES.includes(spec.concurrencyPolicy)) errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, POLICIES));
  validateTemplate(spec.jobTemplate, errors);
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const) {
    const value = spec[field];
    if (value !== undefined && value < 0) errors.push(invalid(`spec.${field}`, value, NON_NEGATIVE));
  }
  // Names of Jobs add an 11 character suffix, and Job names fit into a label.
  const { name } = cronJob.metadata;
  if (name.length > NAME_LENGTH_MAX) errors.push(invalid('metadata.name', name, `must be no more than ${NAME_LENGTH_MAX} characters`));
  return errors;
}

function validateSchedule({ schedule = '', timeZone }: CronJob['spec'], errors: FieldError[]): void {
  if (schedule === '') {
    errors.push(required('spec.schedule'));
    return;
  }
  if (schedule.includes('TZ')) {
    const text =
      timeZone === undefined
        ? 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
        : 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    errors.push(invalid('spec.schedule', schedule, text));
    return;
  }
  const parsed = parseSchedule(schedule);
  if (!parsed.ok) errors.push(invalid('spec.schedule', schedule, parsed.error));
}

function validateTimeZone(timeZone: string, errors: FieldError[]): void {
  const field = 'spec.timeZone';
  if (timeZone === '') errors.push(invalid(field, timeZone, 'timeZone must be nil or non-empty string'));
  else if (timeZone.toLowerCase() === 'local')
    errors.push(invalid(field, timeZone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  else if (findZone(timeZone) === undefined) errors.push(invalid(field, timeZone, `unknown time zone ${timeZone}`));
}

function validateTemplate(template: CronJob['spec']['jobTemplate'] | undefined, errors: FieldError[]): void {
  const path = 'spec.jobTemplate.spec';
  errors.push(...validateJobSpec(template?.spec ?? {}, path));
  const { selector, manualSelector } = template?.spec ?? {};
  if (selector !== undefined) errors.push(invalid(`${path}.selector`, goText(goSelector(selector)), '`selector` will be auto-generated'));
  if (manualSelector === true) errors.push(notSupported(`${path}.manualSelector`, manualSelector, ['nil', 'false']));
}
