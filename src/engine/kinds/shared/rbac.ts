// What roles and bindings share: types, validation, columns. What they allow is judged in apiserver/authorization.
// Upstream: pkg/apis/rbac/{v1/defaults,validation/validation}.go, printers.go printRoleBinding (v1.33). Rules: I4, N8, P1, Q7.

import { type FieldError, goStrings, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { LabelSelector } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { pathSegmentProblems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Cell, Column, Draft } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from './columns.ts';
import { validateLabelSelector } from './selector-validation.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'];

export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Role extends KubeObject {
  readonly rules: readonly PolicyRule[] | null;
}

export interface ClusterRole extends Role {
  /** Whose rules become those of this role (Q10). */
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

export interface Subject {
  readonly kind?: string;
  readonly apiGroup?: string;
  readonly name?: string;
  readonly namespace?: string;
}

export interface RoleRef {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

export interface Binding extends KubeObject {
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

export function validateRules(rules: readonly PolicyRule[] | null | undefined, isNamespaced: boolean): readonly FieldError[] {
  return (rules ?? []).flatMap((rule, index) => validateRule(rule, isNamespaced, `rules[${index}]`));
}

function validateRule(rule: PolicyRule, isNamespaced: boolean, path: string): readonly FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors: FieldError[] = verbs.length === 0 ? [required(`${path}.verbs`, 'verbs must contain at least one value')] : [];
  if (nonResourceURLs.length > 0) {
    const wrong = (text: string): FieldError => invalid(`${path}.nonResourceURLs`, goStrings(nonResourceURLs), text);
    if (isNamespaced) errors.push(wrong('namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      errors.push(wrong('rules cannot apply to both regular resources and non-resource URLs'));
    return errors;
  }
  if (apiGroups.length === 0) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

/** Of a ClusterRole, beside its rules. */
export function validateAggregation({ aggregationRule }: ClusterRole): readonly FieldError[] {
  if (aggregationRule === undefined) return [];
  const { clusterRoleSelectors = [] } = aggregationRule;
  const path = 'aggregationRule.clusterRoleSelectors';
  if (clusterRoleSelectors.length === 0) return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return clusterRoleSelectors.flatMap((selector, index) => validateLabelSelector(selector, `${path}[${index}]`));
}

/** Groups of the role and of users and groups. */
export function applyBindingDefaults(draft: Draft<Binding>): void {
  draft.roleRef ??= { apiGroup: '', kind: '', name: '' };
  if ((draft.roleRef.apiGroup ?? '') === '') draft.roleRef.apiGroup = RBAC_GROUP;
  for (const subject of draft.subjects ?? []) {
    if ((subject.apiGroup ?? '') === '' && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = RBAC_GROUP;
  }
}

export function validateBinding({ roleRef, subjects = [] }: Binding, isNamespaced: boolean): readonly FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = roleRef;
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const errors: FieldError[] = apiGroup === RBAC_GROUP ? [] : [notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP])];
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (name === '') errors.push(required('roleRef.name'));
  else errors.push(...pathSegmentProblems(name).map((problem) => invalid('roleRef.name', name, problem)));
  return [...errors, ...subjects.flatMap((subject, index) => validateSubject(subject, isNamespaced, `subjects[${index}]`))];
}

/** I9: a binding is for one role. */
export function validateBindingUpdate({ roleRef }: Binding, { roleRef: before }: Binding): readonly FieldError[] {
  if (roleRef.apiGroup === before.apiGroup && roleRef.kind === before.kind && roleRef.name === before.name) return [];
  const dump = `rbac.RoleRef{APIGroup:${JSON.stringify(roleRef.apiGroup)}, Kind:${JSON.stringify(roleRef.kind)}, Name:${JSON.stringify(roleRef.name)}}`;
  return [invalid('roleRef', goText(dump), 'cannot change roleRef')];
}

function validateSubject(subject: Subject, isNamespaced: boolean, path: string): readonly FieldError[] {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  const errors: FieldError[] = name === '' ? [required(`${path}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...subdomainProblems(name).map((problem) => invalid(`${path}.name`, name, problem)));
      if (apiGroup !== '') errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
      if (!isNamespaced && namespace === '') errors.push(required(`${path}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      if (name === '') errors.push(invalid(`${path}.name`, name, `${kind.toLowerCase()} name cannot be empty`));
      if (apiGroup !== RBAC_GROUP) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [RBAC_GROUP]));
      return errors;
    default:
      return [...errors, notSupported(`${path}.kind`, kind, SUBJECT_KINDS)];
  }
}

export const BINDING_COLUMNS: readonly Column[] = [
  NAME_COLUMN,
  column('Role'),
  AGE_COLUMN,
  column('Users', 'string', 1),
  column('Groups', 'string', 1),
  column('ServiceAccounts', 'string', 1),
];

export function bindingCells(binding: Binding, nowMs: number): readonly Cell[] {
  const { roleRef, subjects = [] } = binding;
  const named = (kind: string, text: (subject: Subject) => string): string =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(text)
      .join(', ');
  return [
    binding.metadata.name,
    `${roleRef.kind}/${roleRef.name}`,
    ageOf(binding, nowMs),
    named('User', ({ name = '' }) => name),
    named('Group', ({ name = '' }) => name),
    named('ServiceAccount', ({ namespace = '', name = '' }) => `${namespace}/${name}`),
  ];
}
