// Validation of Jobs (C302, C303, I9, P8). Upstream: pkg/apis/batch/validation/validation.go ValidateJob, ValidateJobUpdate (v1.33).
// Deviation: an error about a changed template prints no Go dump of it, because the message would be pages long.

import { type FieldError, goText, invalid, required } from '../../apimachinery/field-errors.ts';
import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { validateJobSpec } from '../shared/job-validation.ts';
import { goMap, goSelector, validateLabelSelector } from '../shared/template.ts';
import type { Job, JobSpec } from './types.ts';

export function validateJob(job: Job): readonly FieldError[] {
  const { spec } = job;
  const errors: FieldError[] = [];
  const { selector, template } = spec;
  const labels = template?.metadata?.labels;
  if (spec.manualSelector !== true && selector !== undefined && !matchesSelector(selectorFromLabelSelector(selector), generatedLabels(job)))
    errors.push(invalid('spec.selector', goText(goSelector(selector)), '`selector` not auto-generated'));
  errors.push(...validateJobSpec(spec, 'spec'));
  if (selector === undefined) errors.push(required('spec.selector'));
  else errors.push(...validateLabelSelector(selector, 'spec.selector'));
  if (!matchesSelector(selectorFromLabelSelector(selector), labels))
    errors.push(invalid('spec.template.metadata.labels', goText(goMap(labels)), '`selector` does not match template `labels`'));
  return errors;
}

function generatedLabels(job: Job): Readonly<Record<string, string>> {
  const { name, uid } = job.metadata;
  return { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
}

const IMMUTABLE = 'field is immutable';
const IMMUTABLE_FIELDS = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;

/** Selector and template never change, but for what the scheduler reads before the start (C303, I9). */
export function validateJobUpdate(job: Job, previous: Job, subresource: string): readonly FieldError[] {
  if (subresource === 'status' || job.spec === previous.spec) return [];
  const { spec } = job;
  const errors: FieldError[] = [];
  validateCompletions(spec, previous.spec, errors);
  if (!isJsonEqual(spec.selector, previous.spec.selector))
    errors.push(invalid('spec.selector', goText(goSelector(spec.selector)), IMMUTABLE));
  const isUnstarted = previous.spec.suspend && previous.status.startTime === undefined;
  if (!isJsonEqual(comparableTemplate(spec, previous.spec, isUnstarted), previous.spec.template))
    errors.push(invalid('spec.template', goText('core.PodTemplateSpec{}'), IMMUTABLE));
  for (const field of IMMUTABLE_FIELDS) {
    const value = spec[field];
    if (isJsonEqual(value, previous.spec[field])) continue;
    errors.push(invalid(`spec.${field}`, typeof value === 'object' ? goText(JSON.stringify(value)) : value, IMMUTABLE));
  }
  return errors;
}

/** The completions of an Indexed Job may change together with its parallelism. */
function validateCompletions(spec: JobSpec, previous: JobSpec, errors: FieldError[]): void {
  const { completions } = spec;
  if (completions === previous.completions) return;
  if (previous.completionMode !== 'Indexed') errors.push(invalid('spec.completions', completions, IMMUTABLE));
  else if (completions !== spec.parallelism)
    errors.push(invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism'));
}

const SCHEDULING_FIELDS = ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates'];

/** The template with everything that may change made equal to the previous one. */
function comparableTemplate(spec: JobSpec, previous: JobSpec, mayMove: boolean): unknown {
  if (!mayMove) return spec.template;
  const { labels: _labels, annotations: _annotations, ...metadata } = spec.template.metadata;
  const { labels, annotations } = previous.template.metadata;
  const podSpec: Record<string, unknown> = { ...spec.template.spec };
  for (const field of SCHEDULING_FIELDS) podSpec[field] = previous.template.spec[field];
  return { ...spec.template, metadata: { ...metadata, labels, annotations }, spec: podSpec };
}
