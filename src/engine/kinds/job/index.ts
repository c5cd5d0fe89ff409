// The kind Job. Upstream: pkg/registry/batch/job/strategy.go, pkg/apis/batch/v1/defaults.go, printers.go printJob (v1.33).
// Rules: C301-C303, C329, F6, N9, O10, P8.

import type { Condition } from '../../apimachinery/meta.ts';
import { humanDuration, parseTime } from '../../apimachinery/time.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN, WORKLOAD_WIDE_COLUMNS, workloadWideCells } from '../shared/columns.ts';
import { applyJobSpecDefaults } from '../shared/job-defaults.ts';
import type { Job } from './types.ts';
import { validateJob, validateJobUpdate } from './validation.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';

export const CONTROLLER_UID_LABEL = 'batch.kubernetes.io/controller-uid';
const INT32_MAX = 2_147_483_647;

export const jobKind: Kind<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  shortNames: [],
  categories: ['all'],
  namespaced: true,
  schema: 'batch.v1.Job',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  defaultPropagation: 'Orphan',
  defaultPropagationWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  applyDefaults: applyJobDefaults,
  prepareForCreate(draft) {
    draft.status = {};
    if (draft.spec.manualSelector !== true) generateSelector(draft);
    labelByTemplate(draft);
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<Job>['spec'];
    else draft.status = previous.status as Draft<Job>['status'];
    labelByTemplate(draft);
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  warnings: warnAboutWorkload((job) => job.spec?.template, 'spec.template', true),
  selectableFields: (job) => ({ 'status.successful': String(job.status.succeeded ?? 0) }),
  columns: [NAME_COLUMN, column('Status'), column('Completions'), column('Duration'), AGE_COLUMN, ...WORKLOAD_WIDE_COLUMNS],
  cells: (job, nowMs) => [
    job.metadata.name,
    statusCell(job),
    completionsCell(job),
    durationCell(job, nowMs),
    ageOf(job, nowMs),
    ...workloadWideCells(job.spec.template, job.spec.selector),
  ],
};

/** Counts, limits and policies of a Job that says nothing of them (C301, O10). */
function applyJobDefaults(draft: Draft<Job>): void {
  const { spec } = draft;
  if (spec === undefined) return;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : INT32_MAX;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  applyJobSpecDefaults(spec);
}

/** C302: labels that no other Job's pods carry, and a selector for them. */
function generateSelector(draft: Draft<Job>): void {
  const { name, uid } = draft.metadata;
  const { spec } = draft;
  if (spec.template === undefined) return;
  spec.template.metadata ??= { creationTimestamp: null };
  spec.template.metadata.labels = {
    ...spec.template.metadata.labels,
    [CONTROLLER_UID_LABEL]: uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [CONTROLLER_UID_LABEL]: uid } };
}

/** O10: a Job without labels of its own takes those of its template. */
function labelByTemplate(draft: Draft<Job>): void {
  const metadata = draft.metadata as { labels?: Record<string, string> };
  const labels = draft.spec?.template?.metadata?.labels;
  if (labels !== undefined && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}

function statusCell(job: Job): string {
  const isTrue = (type: string): boolean =>
    (job.status.conditions ?? []).some((condition: Condition) => condition.type === type && condition.status === 'True');
  if (isTrue('Complete')) return 'Complete';
  if (isTrue('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(isTrue) ?? 'Running';
}

function completionsCell(job: Job): string {
  const { completions, parallelism } = job.spec;
  const succeeded = job.status.succeeded ?? 0;
  if (completions !== undefined) return `${succeeded}/${completions}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell(job: Job, nowMs: number): string {
  const { startTime, completionTime } = job.status;
  if (startTime === undefined) return '';
  const endMs = completionTime === undefined ? nowMs : (parseTime(completionTime) ?? nowMs);
  return humanDuration(endMs - (parseTime(startTime) ?? endMs));
}
