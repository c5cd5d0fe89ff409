// Validation of FlowSchemas, in upstream's words. Upstream: pkg/apis/flowcontrol/validation/validation.go (v1.33). Rule: P1.

import { type FieldError, forbidden, goStrings, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { labelProblems, subdomainProblems } from '../../apimachinery/names.ts';
import {
  FLOW_SCHEMAS,
  type FlowRule,
  type FlowSubject,
  MANDATORY,
  type NonResourceRule,
  type ResourceRule,
} from '../shared/flow-control.ts';
import type { FlowSchema } from './types.ts';

const PRECEDENCE_MAX = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

export function validateFlowSchema({ metadata: { name }, spec }: FlowSchema): readonly FieldError[] {
  const { matchingPrecedence: precedence, distinguisherMethod, priorityLevelConfiguration, rules = [] } = spec;
  const errors: FieldError[] = [];
  const wrong = (detail: string): void => void errors.push(invalid('spec.matchingPrecedence', precedence, detail));
  if (precedence <= 0) wrong('must be a positive value');
  if (precedence > PRECEDENCE_MAX) wrong(`must not be greater than ${PRECEDENCE_MAX}`);
  if (precedence === 1 && name !== 'exempt') wrong("only the schema named 'exempt' may have matchingPrecedence 1");
  const method = distinguisherMethod?.type;
  if (distinguisherMethod !== undefined && !METHODS.includes(method ?? ''))
    errors.push(notSupported('spec.distinguisherMethod.type', goText(JSON.stringify(distinguisherMethod)), METHODS));
  const level = priorityLevelConfiguration?.name ?? '';
  const levelPath = 'spec.priorityLevelConfiguration.name';
  if (level === '') errors.push(required(levelPath, 'must reference a priority level'));
  else for (const problem of subdomainProblems(level)) errors.push(invalid(levelPath, level, problem));
  rules.forEach((rule, index) => errors.push(...ruleErrors(rule, `spec.rules[${index}]`)));
  if (MANDATORY.has(name) && !isJsonEqual(spec, FLOW_SCHEMAS[name]))
    errors.push(invalid('spec', goText(JSON.stringify(spec)), `spec of '${name}' must equal the fixed value`));
  return errors;
}

function ruleErrors({ subjects = [], resourceRules = [], nonResourceRules = [] }: FlowRule, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (subjects.length === 0) errors.push(required(`${path}.subjects`, 'subjects must contain at least one value'));
  subjects.forEach((subject, index) => errors.push(...subjectErrors(subject, `${path}.subjects[${index}]`)));
  if (resourceRules.length === 0 && nonResourceRules.length === 0)
    errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  resourceRules.forEach((rule, index) => errors.push(...resourceErrors(rule, `${path}.resourceRules[${index}]`)));
  nonResourceRules.forEach((rule, index) => errors.push(...nonResourceErrors(rule, `${path}.nonResourceRules[${index}]`)));
  return errors;
}

/** The member that says who a subject of a kind is. */
const MEMBERS = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;
/** The order in which upstream speaks of the members that may not be there. */
const OTHERS: Readonly<Record<string, readonly (keyof typeof MEMBERS)[]>> = {
  ServiceAccount: ['User', 'Group'],
  User: ['ServiceAccount', 'Group'],
  Group: ['ServiceAccount', 'User'],
};

function subjectErrors(subject: FlowSubject, path: string): readonly FieldError[] {
  const { kind } = subject;
  const others = Object.hasOwn(OTHERS, kind) ? OTHERS[kind] : undefined;
  if (others === undefined) return [notSupported(`${path}.kind`, kind, ['Group', 'ServiceAccount', 'User'])];
  const member = MEMBERS[kind as keyof typeof MEMBERS];
  const errors: FieldError[] = [];
  if (subject[member] === undefined) errors.push(required(`${path}.${member}`, `${member} is required when subject kind is '${kind}'`));
  else if (member === 'serviceAccount') errors.push(...accountErrors(subject.serviceAccount ?? {}, `${path}.serviceAccount`));
  else if ((subject[member]?.name ?? '') === '') errors.push(required(`${path}.${member}.name`));
  for (const other of others)
    if (subject[MEMBERS[other]] !== undefined)
      errors.push(forbidden(`${path}.${MEMBERS[other]}`, `${MEMBERS[other]} is forbidden when subject kind is not '${other}'`));
  return errors;
}

function accountErrors({ name = '', namespace = '' }: { name?: string; namespace?: string }, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${path}.name`));
  else if (name !== '*') for (const problem of subdomainProblems(name)) errors.push(invalid(`${path}.name`, name, problem));
  if (namespace === '') errors.push(required(`${path}.namespace`, 'must specify namespace for service account'));
  else for (const problem of labelProblems(namespace)) errors.push(invalid(`${path}.namespace`, namespace, problem));
  return errors;
}

function verbErrors(verbs: readonly string[], path: string): readonly FieldError[] {
  if (verbs.length === 0) return [required(`${path}.verbs`, 'verbs must contain at least one value')];
  if (verbs.includes('*')) return aloneErrors(verbs, `${path}.verbs`, 'verbs');
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(`${path}.verbs`, goStrings(verbs), VERBS)];
}

/** Everything is said by itself. */
function aloneErrors(values: readonly string[], path: string, what: string): readonly FieldError[] {
  if (!values.includes('*') || values.length === 1) return [];
  return [invalid(path, goStrings(values), `if '*' is present, must not specify other ${what}`)];
}

function resourceErrors(
  { verbs = [], apiGroups = [], resources = [], clusterScope = false, namespaces = [] }: ResourceRule,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [...verbErrors(verbs, path)];
  if (apiGroups.length === 0) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  errors.push(...aloneErrors(apiGroups, `${path}.apiGroups`, 'api groups'));
  if (resources.length === 0) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  errors.push(...aloneErrors(resources, `${path}.resources`, 'resources'));
  const at = `${path}.namespaces`;
  if (namespaces.length === 0 && !clusterScope)
    errors.push(required(at, 'resource rules that are not cluster scoped must supply at least one namespace'));
  else if (namespaces.includes('*')) errors.push(...aloneErrors(namespaces, at, 'namespaces'));
  else
    namespaces.forEach((namespace, index) => {
      for (const problem of labelProblems(namespace))
        errors.push(invalid(`${at}[${index}]`, namespace, `each member of this list must be '*' or a DNS-1123 label; ${problem}`));
    });
  return errors;
}

function nonResourceErrors({ verbs = [], nonResourceURLs = [] }: NonResourceRule, path: string): readonly FieldError[] {
  const at = `${path}.nonResourceURLs`;
  const errors: FieldError[] = [...verbErrors(verbs, path)];
  if (nonResourceURLs.length === 0) errors.push(required(at, 'nonResourceURLs must contain at least one value'));
  else if (nonResourceURLs.includes('*')) errors.push(...aloneErrors(nonResourceURLs, at, 'non-resource URLs'));
  else
    nonResourceURLs.forEach((url, index) => {
      const problem = urlProblem(url);
      if (problem !== undefined) errors.push(invalid(`${at}[${index}]`, url, problem));
    });
  return errors;
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}
