// Validation of ResourceQuotas. Upstream: pkg/apis/core/validation/validation.go ValidateResourceQuota (v1.33).

import { type FieldError, goText, invalid, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import { isWholeQuantity } from '../../apimachinery/quantity.ts';
import { isIntegerResource, isScopeValidFor, isStandardQuotaResource, isStandardResource } from '../shared/resource-names.ts';
import { validateNotNegative } from '../shared/storage.ts';
import type { ResourceQuota, ResourceQuotaSpec, ScopeRequirement } from './types.ts';

const EXISTS_ONLY = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];
const SCOPES = [...EXISTS_ONLY, 'PriorityClass'];
const CONFLICTS: readonly (readonly [string, string])[] = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const EXISTS_TEXT =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

export function validateQuota({ spec }: ResourceQuota): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, quantity] of Object.entries(spec.hard ?? {})) validateHard(name, quantity, errors);
  if (spec.scopes !== undefined) validateScopes(spec, spec.scopes, errors);
  (spec.scopeSelector?.matchExpressions ?? []).forEach((requirement) => validateRequirement(requirement, spec, errors));
  return errors;
}

export function validateQuotaUpdate({ spec }: ResourceQuota, { spec: previous }: ResourceQuota): readonly FieldError[] {
  const scopes = [...(spec.scopes ?? [])].sort();
  if (isJsonEqual(scopes, [...(previous.scopes ?? [])].sort())) return [];
  return [invalid('spec.scopes', goText(goScopes(spec.scopes ?? [])), 'field is immutable')];
}

function validateHard(name: string, quantity: string, errors: FieldError[]): void {
  const path = `spec.hard[${name}]`;
  const problems = qualifiedNameProblems(name);
  for (const problem of problems) errors.push(invalid(path, name, problem));
  if (problems.length === 0 && !name.includes('/')) {
    if (!isStandardResource(name)) errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
    if (!isStandardQuotaResource(name)) errors.push(invalid(path, name, 'must be a standard resource for quota'));
  }
  errors.push(...validateNotNegative(quantity, path));
  if (isIntegerResource(name) && !isWholeQuantity(quantity)) errors.push(invalid(path, quantity, 'must be an integer'));
}

function validateScopes(spec: ResourceQuotaSpec, scopes: readonly string[], errors: FieldError[]): void {
  const shown = goText(goScopes(scopes));
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalid('spec.scopes', shown, 'unsupported scope'));
    for (const name of Object.keys(spec.hard ?? {}))
      if (isStandardQuotaResource(name) && !isScopeValidFor(scope, name))
        errors.push(invalid('spec.scopes', shown, 'unsupported scope applied to resource'));
  }
  for (const pair of CONFLICTS)
    if (pair.every((scope) => scopes.includes(scope))) errors.push(invalid('spec.scopes', shown, 'conflicting scopes'));
}

function validateRequirement(requirement: ScopeRequirement, spec: ResourceQuotaSpec, errors: FieldError[]): void {
  const path = 'spec.scopeSelector.matchExpressions';
  const { scopeName, operator, values = [] } = requirement;
  if (!SCOPES.includes(scopeName)) errors.push(invalid(`${path}.scopeName`, scopeName, 'unsupported scope'));
  for (const name of Object.keys(spec.hard ?? {}))
    if (isStandardQuotaResource(name) && !isScopeValidFor(scopeName, name))
      errors.push(invalid(path, goText(goRequirement(requirement)), 'unsupported scope applied to resource'));
  if (EXISTS_ONLY.includes(scopeName) && operator !== 'Exists') {
    errors.push(invalid(`${path}.operator`, operator, EXISTS_TEXT));
    return;
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalid(`${path}.values`, goText(goStrings(values)), text));
  } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
}

function goScopes(scopes: readonly string[]): string {
  return `[]core.ResourceQuotaScope{${scopes.map((scope) => JSON.stringify(scope)).join(', ')}}`;
}

function goStrings(values: readonly string[]): string {
  return `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
}

function goRequirement({ scopeName, operator, values }: ScopeRequirement): string {
  const list = values === undefined ? '[]string(nil)' : goStrings(values);
  return `core.ScopedResourceSelectorRequirement{ScopeName:${JSON.stringify(scopeName)}, Operator:${JSON.stringify(operator)}, Values:${list}}`;
}
