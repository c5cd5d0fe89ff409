// What admission policies and webhooks are asked about: resources by rules, objects and namespaces by labels, requests by conditions.
// Upstream: staging/src/k8s.io/api/admissionregistration/v1/types.go, pkg/apis/admissionregistration/{v1/defaults.go,validation/validation.go} (v1.33).

import { type FieldError, goStrings, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { LabelSelector } from '../../apimachinery/labels.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { Draft } from '../kind.ts';

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

/** Errors of one rule. */
export function ruleErrors(rule: AdmissionRule, path: string): readonly FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const errors: FieldError[] = [];
  const wild = (values: readonly string[], field: string, text: string): void => {
    if (values.length === 0) errors.push(required(`${path}.${field}`));
    else if (values.length > 1 && values.includes('*')) errors.push(invalid(`${path}.${field}`, goStrings(values), text));
  };
  wild(apiGroups, 'apiGroups', `if '*' is present, must not specify other API groups`);
  wild(apiVersions, 'apiVersions', `if '*' is present, must not specify other API versions`);
  apiVersions.forEach((version, index) => {
    if (version === '') errors.push(required(`${path}.apiVersions[${index}]`));
  });
  if (resources.length === 0) errors.push(required(`${path}.resources`));
  resources.forEach((resource, index) => {
    if (resource === '') errors.push(required(`${path}.resources[${index}]`));
  });
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(`${path}.resources`, goStrings(resources), `if '*/*' is present, must not specify other resources`));
  if (operations.length === 0) errors.push(required(`${path}.operations`));
  else if (operations.length > 1 && operations.includes('*'))
    errors.push(invalid(`${path}.operations`, goStrings(operations), `if '*' is present, must not specify other operations`));
  operations.forEach((operation, index) => {
    if (!OPERATIONS.includes(operation)) errors.push(notSupported(`${path}.operations[${index}]`, operation, OPERATIONS));
  });
  if (scope !== undefined && !SCOPES.includes(scope)) errors.push(notSupported(`${path}.scope`, scope, SCOPES));
  return errors;
}

/** Errors of match conditions; `compile` says why an expression does not compile. */
export function conditionErrors(
  conditions: readonly MatchCondition[] = [],
  path: string,
  compile: (expression: string) => string | undefined,
): readonly FieldError[] {
  return conditions.flatMap(({ name = '', expression = '' }, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (expression.trim() === '') errors.push(required(`${at}.expression`));
    else {
      const problem = compile(expression.trim());
      if (problem !== undefined) errors.push(invalid(`${at}.expression`, expression, problem));
    }
    if (name === '') errors.push(required(`${at}.name`));
    else errors.push(...qualifiedNameProblems(name).map((problem) => invalid(`${at}.name`, name, problem)));
    return errors;
  });
}
