// Validation of LimitRanges. Upstream: pkg/apis/core/validation/validation.go ValidateLimitRange (v1.33). Resources in order of their names.

import { duplicate, type FieldError, forbidden, invalid, required } from '../../apimachinery/field-errors.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import { compareQuantities, quantityToMilli } from '../../apimachinery/quantity.ts';
import { isStandardResource, isOvercommitAllowed } from '../shared/resource-names.ts';
import type { LimitRange, LimitRangeItem } from './types.ts';

const POD_ONLY = "may not be specified when `type` is 'Pod'";
const NO_STORAGE = 'either minimum or maximum storage value is required, but neither was provided';
const BOUNDS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

export function validateLimitRange({ spec }: LimitRange): readonly FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  (spec?.limits ?? []).forEach((item, index) => {
    const path = `spec.limits[${index}]`;
    validateType(item.type ?? '', `${path}.type`, errors);
    if (types.has(item.type)) errors.push(duplicate(`${path}.type`, item.type));
    types.add(item.type);
    validateItem(item, path, errors);
  });
  return errors;
}

function validateType(type: string, path: string, errors: FieldError[]): void {
  for (const problem of qualifiedNameProblems(type)) errors.push(invalid(path, type, problem));
  if (!type.includes('/') && !['Pod', 'Container', 'PersistentVolumeClaim'].includes(type))
    errors.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
}

function validateItem(item: LimitRangeItem, path: string, errors: FieldError[]): void {
  const names = new Set<string>();
  for (const bound of BOUNDS) {
    const amounts = item[bound] ?? {};
    if (item.type === 'Pod' && bound.startsWith('default')) {
      if (Object.keys(amounts).length > 0) errors.push(forbidden(`${path}.${bound}`, POD_ONLY));
      continue;
    }
    for (const name of Object.keys(amounts)) {
      validateResource(name, `${path}.${bound}[${name}]`, errors);
      names.add(name);
    }
  }
  if (item.type === 'PersistentVolumeClaim' && !hasStorage(item)) errors.push(required(`${path}.limits`, NO_STORAGE));
  for (const name of [...names].sort()) validateAmounts(item, name, path, errors);
}

function hasStorage(item: LimitRangeItem): boolean {
  return item.min?.['storage'] !== undefined || item.max?.['storage'] !== undefined;
}

function validateResource(name: string, path: string, errors: FieldError[]): void {
  const problems = qualifiedNameProblems(name);
  for (const problem of problems) errors.push(invalid(path, name, problem));
  if (problems.length === 0 && !name.includes('/') && !isStandardResource(name))
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
}

/** `field` is the one that is wrong, `shown` the quantity that is printed with it. */
function validateAmounts(item: LimitRangeItem, name: string, path: string, errors: FieldError[]): void {
  const min = item.min?.[name];
  const max = item.max?.[name];
  const limit = item.default?.[name];
  const request = item.defaultRequest?.[name];
  const ratio = item.maxLimitRequestRatio?.[name];
  const check = (low: string | undefined, high: string | undefined, field: string, shown: string | undefined, words: string): void => {
    if (low === undefined || high === undefined || compareQuantities(low, high) <= 0) return;
    const [lowWord = '', highWord = ''] = words.split('|');
    errors.push(invalid(`${path}.${field}[${name}]`, shown, `${lowWord} value ${low} is greater than ${highWord} value ${high}`));
  };
  check(min, max, 'min', min, 'min|max');
  check(min, request, 'defaultRequest', request, 'min|default request');
  check(request, max, 'defaultRequest', request, 'default request|max');
  check(request, limit, 'defaultRequest', request, 'default request|default limit');
  check(min, limit, 'default', min, 'min|default');
  check(limit, max, 'default', max, 'default|max');
  if (ratio !== undefined) validateRatio(ratio, min, max, `${path}.maxLimitRequestRatio[${name}]`, errors);
  if (!isOvercommitAllowed(name) && limit !== undefined && request !== undefined && compareQuantities(limit, request) !== 0)
    errors.push(
      invalid(
        `${path}.defaultRequest[${name}]`,
        request,
        `default value ${limit} must equal to defaultRequest value ${request} in ${name}`,
      ),
    );
}

function validateRatio(ratio: string, min: string | undefined, max: string | undefined, path: string, errors: FieldError[]): void {
  if (compareQuantities(ratio, '1') < 0) errors.push(invalid(path, ratio, `ratio ${ratio} is less than 1`));
  if (min === undefined || max === undefined || quantityToMilli(min) === 0) return;
  const bound = quantityToMilli(max) / quantityToMilli(min);
  if (quantityToMilli(ratio) / 1000 > bound)
    errors.push(invalid(path, ratio, `ratio ${ratio} is greater than max/min = ${bound.toFixed(6)}`));
}
