// Validation of PodDisruptionBudgets. Upstream: pkg/apis/policy/validation/validation.go (v1.33). Rules: P6, P7, P10.

import { type FieldError, type GoText, goText, invalid, notSupported } from '../../apimachinery/field-errors.ts';
import { type IntOrPercent, validateIntOrPercent, validateShareOfAll } from '../../apimachinery/int-or-percent.ts';
import { goPointer } from '../shared/field-checks.ts';
import { validateLabelSelector } from '../shared/template.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from './types.ts';

const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

export function validatePodDisruptionBudget({ spec }: PodDisruptionBudget): readonly FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.push(invalid('spec', goSpec(spec), 'minAvailable and maxUnavailable cannot be both set')); // Both at once contradict each other (P10).
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value !== undefined) errors.push(...validateIntOrPercent(value, `spec.${field}`), ...validateShareOfAll(value, `spec.${field}`));
  }
  if (selector !== undefined) errors.push(...validateLabelSelector(selector, 'spec.selector'));
  if (policy !== undefined && !POLICIES.includes(policy)) errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, POLICIES));
  return errors;
}

/** M1: counts of a status are not negative. */
export function validateBudgetUpdate({ status }: PodDisruptionBudget, _previous: unknown, subresource: string): readonly FieldError[] {
  if (subresource !== 'status') return [];
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = status;
  const errors: FieldError[] = [];
  for (const [field, value] of Object.entries({ disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods })) {
    if (value < 0) errors.push(invalid(`status.${field}`, value, 'must be greater than or equal to 0'));
  }
  return errors;
}

/** The spec in Go syntax (E4). */
function goSpec({ minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy }: PodDisruptionBudgetSpec): GoText {
  const amount = (value: IntOrPercent | undefined): string => goPointer('intstr.IntOrString', value);
  const policy = goPointer('policy.UnhealthyPodEvictionPolicyType', unhealthyPodEvictionPolicy);
  return goText(
    `policy.PodDisruptionBudgetSpec{MinAvailable:${amount(minAvailable)}, Selector:${goPointer('v1.LabelSelector', selector)}, MaxUnavailable:${amount(maxUnavailable)}, UnhealthyPodEvictionPolicy:${policy}}`,
  );
}
