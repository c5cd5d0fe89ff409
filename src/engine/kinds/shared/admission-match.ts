// What admission policies and webhooks are asked about: resources by rules, objects and namespaces by labels, requests by conditions.
// Upstream: staging/src/k8s.io/api/admissionregistration/v1/types.go, pkg/apis/admissionregistration/{v1/defaults.go,validation/validation.go} (v1.33).

import { duplicate, type FieldError, goStrings, invalid, notSupported, required, tooMany } from '../../apimachinery/field-errors.ts';
import type { LabelSelector } from '../../apimachinery/labels.ts';
import { pathSegmentProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { Draft } from '../kind.ts';
import { validateLabelSelector } from './selector-validation.ts';

export interface AdmissionRule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

export interface MatchResources {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly AdmissionRule[];
  readonly excludeResourceRules?: readonly AdmissionRule[];
  readonly matchPolicy?: string;
}

export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const MATCH_POLICIES = ['Equivalent', 'Exact'];
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

/** Fills in what rules leave open. */
export function defaultRules(rules: Draft<readonly AdmissionRule[]> | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}

/** Fills in what a match leaves open: everything. */
export function defaultMatch(match: Draft<MatchResources> | undefined): void {
  if (match === undefined) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

/** Errors of a match, but for whether it has to have rules. */
export function matchErrors(match: MatchResources, path: string): readonly FieldError[] {
  const { matchPolicy = 'Equivalent', namespaceSelector = {}, objectSelector = {}, resourceRules = [], excludeResourceRules = [] } = match;
  const errors: FieldError[] = [];
  if (!MATCH_POLICIES.includes(matchPolicy)) errors.push(notSupported(`${path}.matchPolicy`, matchPolicy, MATCH_POLICIES));
  errors.push(...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`));
  errors.push(...validateLabelSelector(objectSelector, `${path}.objectSelector`));
  resourceRules.forEach((rule, index) => errors.push(...namedRuleErrors(rule, `${path}.resourceRules[${index}]`)));
  excludeResourceRules.forEach((rule, index) => errors.push(...namedRuleErrors(rule, `${path}.excludeResourceRules[${index}]`)));
  return errors;
}

/** Errors of a rule that may name objects. */
function namedRuleErrors(rule: AdmissionRule, path: string): readonly FieldError[] {
  const names = rule.resourceNames ?? [];
  const errors = names.flatMap((name, index) => {
    const at = `${path}.resourceNames[${index}]`;
    const found = pathSegmentProblems(name).map((problem) => invalid(at, name, problem));
    return names.indexOf(name) < index ? [...found, duplicate(at, name)] : found;
  });
  return [...errors, ...ruleErrors(rule, path)];
}

/** Errors of one rule. */
export function ruleErrors(rule: AdmissionRule, path: string): readonly FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const errors: FieldError[] = [];
  const wild = (values: readonly string[], field: string, others: string, type = 'string'): void => {
    if (values.length === 0) errors.push(required(`${path}.${field}`));
    if (values.length > 1 && values.includes('*'))
      errors.push(invalid(`${path}.${field}`, goStrings(values, type), `if '*' is present, must not specify other ${others}`));
  };
  wild(operations, 'operations', 'operations', 'admissionregistration.OperationType');
  operations.forEach((operation, index) => {
    if (!OPERATIONS.includes(operation)) errors.push(notSupported(`${path}.operations[${index}]`, operation, OPERATIONS));
  });
  wild(apiGroups, 'apiGroups', 'API groups');
  wild(apiVersions, 'apiVersions', 'API versions');
  apiVersions.forEach((version, index) => {
    if (version === '') errors.push(required(`${path}.apiVersions[${index}]`));
  });
  errors.push(...resourcesErrors(resources, `${path}.resources`));
  if (scope !== undefined && !SCOPES.includes(scope)) errors.push(notSupported(`${path}.scope`, scope, SCOPES));
  return errors;
}

/** What a resource, a subresource or a wildcard says that another of the list has said already. */
function resourcesErrors(resources: readonly string[], path: string): readonly FieldError[] {
  const errors: FieldError[] = resources.length === 0 ? [required(path)] : [];
  const [ofAll, ofAny] = [new Set<string>(), new Set<string>()];
  let isLastPlain = false;
  resources.forEach((text, index) => {
    const at = `${path}[${index}]`;
    if (text === '') return errors.push(required(at));
    const slash = text.indexOf('/');
    // As upstream does, which looks at the last plain resource only.
    if (slash < 0) return (isLastPlain = text !== '*');
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (ofAll.has(resource)) errors.push(invalid(at, text, `if '${resource}/*' is present, must not specify ${text}`));
    if (ofAny.has(subresource)) errors.push(invalid(at, text, `if '*/${subresource}' is present, must not specify ${text}`));
    if (subresource === '*') ofAll.add(resource);
    if (resource === '*') ofAny.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(path, goStrings(resources), `if '*/*' is present, must not specify other resources`));
  if (resources.includes('*') && isLastPlain)
    errors.push(invalid(path, goStrings(resources), `if '*' is present, must not specify other resources without subresources`));
  return errors;
}

const CONDITIONS_MAX = 64;

/** Errors of match conditions; `compile` says why an expression does not compile. */
export function conditionErrors(
  conditions: readonly MatchCondition[] = [],
  path: string,
  compile: (expression: string) => string | undefined,
): readonly FieldError[] {
  const seen = new Set<string>();
  const errors = conditions.flatMap(({ name = '', expression = '' }, index) => {
    const at = `${path}[${index}]`;
    const found: FieldError[] = [];
    const trimmed = expression.trim();
    const problem = trimmed === '' ? undefined : compile(trimmed);
    if (trimmed === '') found.push(required(`${at}.expression`));
    else if (problem !== undefined) found.push(invalid(`${at}.expression`, trimmed, problem));
    if (name === '') return [...found, required(`${at}.name`)];
    found.push(...qualifiedNameProblems(name).map((text) => invalid(`${at}.name`, name, text)));
    if (seen.has(name)) found.push(duplicate(`${at}.name`, name));
    seen.add(name);
    return found;
  });
  return conditions.length > CONDITIONS_MAX ? [tooMany(path, conditions.length, CONDITIONS_MAX), ...errors] : errors;
}
