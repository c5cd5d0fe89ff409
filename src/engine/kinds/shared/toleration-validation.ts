// Validation of tolerations. Upstream: pkg/apis/core/validation/validation.go ValidateTolerations (v1.33). Rules: P5, C1025.

import { type FieldError, invalid, notSupported } from '../../apimachinery/field-errors.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';
import { eachItem, invalidFor } from './field-checks.ts';
import type { Toleration } from './pod-spec.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const MATCH_ALL = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';

export function validateTolerations(tolerations: readonly Toleration[], path: string): FieldError[] {
  return eachItem(tolerations, path, (item, at) => {
    const {
      key = '',
      operator = '',
      effect = '',
    } = item as { readonly key?: string; readonly operator?: string; readonly effect?: string };
    const isTimed = item.tolerationSeconds !== undefined && effect !== 'NoExecute';
    return [
      ...(key === '' ? [] : invalidFor(`${at}.key`, key, qualifiedNameProblems(key))),
      ...(key === '' && operator !== 'Exists' ? [invalid(`${at}.operator`, operator, MATCH_ALL)] : []),
      ...(isTimed ? [invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")] : []),
      ...validateValue(operator, item.value ?? '', `${at}.operator`),
      ...(effect === '' || EFFECTS.includes(effect) ? [] : [notSupported(`${at}.effect`, effect, EFFECTS)]),
    ];
  });
}

/** Upstream's errors about the value name the operator. */
function validateValue(operator: string, value: string, field: string): FieldError[] {
  if (operator === 'Exists') return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")];
  if (operator !== '' && operator !== 'Equal') return [notSupported(field, operator, ['Equal', 'Exists'])];
  const problems = labelValueProblems(value);
  return problems.length === 0 ? [] : [invalid(field, value, problems.join(';'))];
}
