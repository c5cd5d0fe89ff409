// Validation of label selectors. Upstream: apimachinery/pkg/apis/meta/v1/validation/validation.go (v1.33). Rule: P6.

import { type FieldError, forbidden, invalid, required } from '../../apimachinery/field-errors.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { LabelSelector } from './types.ts';

/** Errors of a LabelSelector (P6). */
export function validateLabelSelector(selector: LabelSelector, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid(`${path}.matchLabels`, key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalid(`${path}.matchLabels`, value, problem));
  }
  (selector.matchExpressions ?? []).forEach((expression, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    const values = expression.values ?? [];
    switch (expression.operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
        break;
      default:
        errors.push(invalid(`${at}.operator`, expression.operator, 'not a valid selector operator'));
    }
    for (const problem of qualifiedNameProblems(expression.key ?? '')) errors.push(invalid(`${at}.key`, expression.key ?? '', problem));
    values.forEach((value, position) => {
      for (const problem of labelValueProblems(value)) errors.push(invalid(`${at}.values[${position}]`, value, problem));
    });
  });
  return errors;
}
