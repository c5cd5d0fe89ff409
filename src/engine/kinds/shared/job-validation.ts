// Validation of job specs, for Jobs and for the job templates of CronJobs.
// Upstream: pkg/apis/batch/validation/validation.go validateJobSpec (v1.33). Rules: C301, C302, C315, C325, C326, P8.

import { duplicate, type FieldError, goText, invalid, notSupported, required, tooMany } from '../../apimachinery/field-errors.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { ExitCodes, JobSpec, PodFailurePolicy, PodFailureRule } from './job-spec.ts';
import { validatePodTemplate } from './pod-validation.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';
const INDEXED_PARALLELISM_MAX = 100_000;
const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

export type PartialJobSpec = Partial<JobSpec>;

/** Errors of everything but the selector, in upstream's order. */
export function validateJobSpec(spec: PartialJobSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of COUNTS) {
    const value = spec[field];
    if (value !== undefined && value < 0) errors.push(invalid(`${path}.${field}`, value, NON_NEGATIVE));
  }
  validateIndexes(spec, path, errors);
  if (spec.podFailurePolicy !== undefined) validateFailurePolicy(spec, spec.podFailurePolicy, `${path}.podFailurePolicy`, errors);
  validateReplacement(spec, path, errors);
  errors.push(...validatePodTemplate(spec.template, `${path}.template`));
  validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`, errors);
  return errors;
}

function validateIndexes(spec: PartialJobSpec, path: string, errors: FieldError[]): void {
  const { completionMode, completions, parallelism = 1, maxFailedIndexes } = spec;
  const isIndexed = completionMode === 'Indexed';
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    const value = spec[field];
    if (value !== undefined && !isIndexed) errors.push(invalid(`${path}.${field}`, value, 'requires indexed completion mode'));
  }
  if (maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (maxFailedIndexes !== undefined && completions !== undefined && maxFailedIndexes > completions)
    errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'));
  if (spec.successPolicy !== undefined && !isIndexed)
    errors.push(invalid(`${path}.successPolicy`, goText('batch.SuccessPolicy{}'), 'requires indexed completion mode'));
  else if (spec.successPolicy !== undefined) validateSuccessPolicy(spec, path, errors);
  if (completionMode !== undefined && !['Indexed', 'NonIndexed'].includes(completionMode))
    errors.push(notSupported(`${path}.completionMode`, completionMode, ['Indexed', 'NonIndexed']));
  if (!isIndexed) return;
  if (completions === undefined) errors.push(required(`${path}.completions`, `when completion mode is ${completionMode}`));
  if (parallelism > INDEXED_PARALLELISM_MAX) {
    const text = `must be less than or equal to ${INDEXED_PARALLELISM_MAX} when completion mode is ${completionMode}`;
    errors.push(invalid(`${path}.parallelism`, parallelism, text));
  }
}

function validateSuccessPolicy(spec: PartialJobSpec, path: string, errors: FieldError[]): void {
  const rules = spec.successPolicy?.rules ?? [];
  const at = `${path}.successPolicy.rules`;
  if (rules.length === 0) errors.push(required(at, 'at least one rules must be specified when the successPolicy is specified'));
  rules.forEach((rule, index) => {
    if (rule.succeededCount === undefined && rule.succeededIndexes === undefined)
      errors.push(required(`${at}[${index}]`, 'at least one of succeededCount or succeededIndexes must be specified'));
    if (rule.succeededIndexes !== undefined && !/^(?:\d+(?:-\d+)?)(?:,\d+(?:-\d+)?)*$/.test(rule.succeededIndexes))
      errors.push(invalid(`${at}[${index}].succeededIndexes`, rule.succeededIndexes, 'error parsing succeededIndexes'));
    if (rule.succeededCount !== undefined && rule.succeededCount > (spec.completions ?? 0)) {
      const text = `must be less than or equal to ${spec.completions ?? 0} (the number of specified completions)`;
      errors.push(invalid(`${at}[${index}].succeededCount`, rule.succeededCount, text));
    }
  });
}

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const CONDITION_STATUSES = ['False', 'True', 'Unknown'];
const RULES_MAX = 20;
const PATTERNS_MAX = 20;
const EXIT_CODES_MAX = 255;

function validateFailurePolicy(spec: PartialJobSpec, policy: PodFailurePolicy, path: string, errors: FieldError[]): void {
  const { rules = [] } = policy;
  if (rules.length > RULES_MAX) errors.push(tooMany(`${path}.rules`, rules.length, RULES_MAX));
  rules.forEach((rule, index) => {
    const at = `${path}.rules[${index}]`;
    if (rule.action === ('' as string)) errors.push(required(`${at}.action`, validValues(ACTIONS)));
    else if (!ACTIONS.includes(rule.action)) errors.push(notSupported(`${at}.action`, rule.action, ACTIONS));
    else if (rule.action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
      errors.push(invalid(`${at}.action`, rule.action, 'requires the backoffLimitPerIndex to be set'));
    validateFailureRule(rule, at, spec, errors);
  });
}

function validValues(values: readonly string[]): string {
  return `valid values: ${values.map((name) => JSON.stringify(name)).join(', ')}`;
}

function validateFailureRule(rule: PodFailureRule, at: string, spec: PartialJobSpec, errors: FieldError[]): void {
  const { onExitCodes: codes, onPodConditions: conditions = [] } = rule;
  if (codes !== undefined) validateExitCodes(codes, `${at}.onExitCodes`, spec, errors);
  if (conditions.length > PATTERNS_MAX) errors.push(tooMany(`${at}.onPodConditions`, conditions.length, PATTERNS_MAX));
  conditions.forEach(({ type, status }, index) => {
    const path = `${at}.onPodConditions[${index}]`;
    for (const problem of qualifiedNameProblems(type)) errors.push(invalid(`${path}.type`, type, problem));
    if (!CONDITION_STATUSES.includes(status)) errors.push(notSupported(`${path}.status`, status, CONDITION_STATUSES));
  });
  if (codes !== undefined && conditions.length > 0)
    errors.push(invalid(at, goText(''), 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (codes === undefined && conditions.length === 0)
    errors.push(invalid(at, goText(''), 'specifying one of OnExitCodes and OnPodConditions is required'));
}

function validateExitCodes(codes: ExitCodes, at: string, spec: PartialJobSpec, errors: FieldError[]): void {
  const { operator, containerName, values = [] } = codes;
  if (operator === ('' as string)) errors.push(required(`${at}.operator`, validValues(OPERATORS)));
  else if (!OPERATORS.includes(operator)) errors.push(notSupported(`${at}.operator`, operator, OPERATORS));
  const names = [...(spec.template?.spec?.initContainers ?? []), ...(spec.template?.spec?.containers ?? [])].map((item) => item.name);
  if (containerName !== undefined && !names.includes(containerName))
    errors.push(invalid(`${at}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'));
  if (values.length === 0) errors.push(invalid(`${at}.values`, goText('[]int32{}'), 'at least one value is required'));
  if (values.length > EXIT_CODES_MAX) errors.push(tooMany(`${at}.values`, values.length, EXIT_CODES_MAX));
  values.forEach((value, index) => {
    if (operator === 'In' && value === 0) errors.push(invalid(`${at}.values[${index}]`, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(duplicate(`${at}.values[${index}]`, value));
  });
  if (values.some((value, index) => index > 0 && value < (values[index - 1] ?? value)))
    errors.push(invalid(`${at}.values`, goText(`[]int32{${values.join(', ')}}`), 'must be ordered'));
}

function validateReplacement(spec: PartialJobSpec, path: string, errors: FieldError[]): void {
  const policy = spec.podReplacementPolicy;
  if (policy === undefined) return;
  const supported = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (!supported.includes(policy)) errors.push(notSupported(`${path}.podReplacementPolicy`, policy, supported));
}

/** C302: the default of a pod is refused here, since a Job that restarts for ever cannot end. */
function validateRestartPolicy(spec: PartialJobSpec, at: string, errors: FieldError[]): void {
  const policy = spec.template?.spec?.restartPolicy;
  if (policy === undefined || policy === 'Always') errors.push(required(at, 'valid values: "OnFailure", "Never"'));
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never')
    errors.push(invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified'));
}
