// Validation of DaemonSets. Upstream: pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec, ValidateRollingUpdateDaemonSet (v1.33).
// Rules: C407, I9, P11.

import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { validatePodTemplate } from '../shared/pod-validation.ts';
import { goMap, goSelector, validateLabelSelector, validateSelectorUpdate } from '../shared/template.ts';
import type { DaemonSet } from './types.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';

export function validateDaemonSet(set: DaemonSet): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { selector, template, minReadySeconds = 0, revisionHistoryLimit } = set.spec;
  if (selector !== undefined) errors.push(...validateLabelSelector(selector, 'spec.selector'));
  const labels = template?.metadata?.labels;
  if (!matchesSelector(selectorFromLabelSelector(selector), labels))
    errors.push(invalid('spec.template.metadata.labels', goText(goMap(labels)), '`selector` does not match template `labels`'));
  if (selector !== undefined && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0)
    errors.push(invalid('spec.selector', goText(goSelector(selector)), 'empty selector is invalid for daemonset'));
  errors.push(...validatePodTemplate(template, 'spec.template'));
  const policy = template?.spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', policy, ['Always']));
  if (template?.spec?.activeDeadlineSeconds !== undefined)
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in DaemonSet is not Supported'));
  if (minReadySeconds < 0) errors.push(invalid('spec.minReadySeconds', minReadySeconds, NON_NEGATIVE));
  validateStrategy(set, errors);
  if (revisionHistoryLimit < 0) errors.push(invalid('spec.revisionHistoryLimit', revisionHistoryLimit, NON_NEGATIVE));
  return errors;
}

/** I9; statuses count nothing below zero. */
export function validateDaemonSetUpdate(set: DaemonSet, previous: DaemonSet, subresource: string): readonly FieldError[] {
  if (subresource === 'status') return validateStatus(set);
  return validateSelectorUpdate(set.spec.selector, previous.spec.selector);
}

function validateStatus(set: DaemonSet): FieldError[] {
  return Object.entries(set.status).flatMap(([field, value]) =>
    typeof value === 'number' && value < 0 ? [invalid(`status.${field}`, value, NON_NEGATIVE)] : [],
  );
}

function validateStrategy(set: DaemonSet, errors: FieldError[]): void {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  const path = 'spec.updateStrategy';
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    const dump = `apps.DaemonSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}`;
    errors.push(notSupported(path, goText(dump), ['RollingUpdate', 'OnDelete']));
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
  const at = `${path}.rollingUpdate`;
  for (const [field, value] of Object.entries({ maxUnavailable, maxSurge })) validateShare(value, `${at}.${field}`, errors);
  const hasUnavailable = !isZero(maxUnavailable);
  const hasSurge = !isZero(maxSurge);
  if (hasUnavailable && hasSurge)
    errors.push(invalid(`${at}.maxSurge`, goText(goShare(maxSurge)), 'may not be set when maxUnavailable is non-zero'));
  if (!hasUnavailable && !hasSurge) errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
}

const PERCENT = /^\d+%$/;
const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A number that is not negative, or a percentage up to 100. */
function validateShare(value: number | string, field: string, errors: FieldError[]): void {
  if (typeof value === 'number') {
    if (value < 0) errors.push(invalid(field, value, NON_NEGATIVE));
  } else if (!PERCENT.test(value)) errors.push(invalid(field, goText(goShare(value)), PERCENT_TEXT));
  else if (Number.parseInt(value, 10) > 100) errors.push(invalid(field, goText(goShare(value)), 'must not be greater than 100%'));
}

function isZero(value: number | string): boolean {
  return typeof value === 'number' ? value === 0 : Number.parseInt(value, 10) === 0;
}

function goShare(value: number | string): string {
  return typeof value === 'number'
    ? `intstr.IntOrString{Type:0, IntVal:${value}, StrVal:""}`
    : `intstr.IntOrString{Type:1, IntVal:0, StrVal:${JSON.stringify(value)}}`;
}
