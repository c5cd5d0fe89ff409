// Who may do what: members of system:masters everything, others what roles say that are bound to them.
// Upstream: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go, apiserver/pkg/authorization/authorizerfactory (v1.33).
// Rule: Q12. Deviation: there is no node authorizer; a node has the rules of the role system:node, whichever objects they are about.

import { compareText } from '../../apimachinery/text.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { clusterRoleKind } from '../../kinds/clusterrole/index.ts';
import { clusterRoleBindingKind } from '../../kinds/clusterrolebinding/index.ts';
import { roleKind } from '../../kinds/role/index.ts';
import { roleBindingKind } from '../../kinds/rolebinding/index.ts';
import type { Binding, PolicyRule, RoleRef, Subject } from '../../kinds/shared/rbac.ts';
import { getObject, listObjects } from '../api.ts';
import { accountUsername, isPrivileged, type UserInfo } from '../authentication/user.ts';
import type { Attributes } from './attributes.ts';
import { allows } from './rules.ts';

export interface Decision {
  readonly isAllowed: boolean;
  /** Why, as far as there is something to say. */
  readonly reason: string;
}

/** A rule that a user has, and from where; or why rules cannot be found. */
type Grant = { readonly rule: PolicyRule; source(): string } | { readonly error: string };

const NODES_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';
const NODE_ROLE = 'system:node';

/** Q12: whether a user may. */
export function authorize(state: ClusterState, user: UserInfo, attributes: Attributes): Decision {
  if (isPrivileged(user)) return { isAllowed: true, reason: '' };
  const errors: string[] = [];
  const namespace = attributes.isResource ? (attributes.namespace ?? '') : '';
  for (const grant of grantsOf(state, user, namespace)) {
    if ('error' in grant) errors.push(grant.error);
    else if (allows(grant.rule, attributes)) return { isAllowed: true, reason: `RBAC: allowed by ${grant.source()}` };
  }
  return { isAllowed: false, reason: errors.length === 0 ? '' : `RBAC: ${errorsTogether(errors)}` };
}

/** All rules that a user has in a namespace, and what went wrong when they were looked for. */
export function rulesOf(
  state: ClusterState,
  user: UserInfo,
  namespace: string,
): { readonly rules: readonly PolicyRule[]; readonly error: string } {
  const grants = [...grantsOf(state, user, namespace)];
  const errors = grants.flatMap((grant) => ('error' in grant ? [grant.error] : []));
  const rules = grants.flatMap((grant) => ('error' in grant ? [] : [grant.rule]));
  return { rules, error: errors.length === 0 ? '' : errorsTogether(errors) };
}

/** The rules of a role that a binding names; a string says why there are none. */
export function rulesOfRole(state: ClusterState, { kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | string {
  if (kind !== 'Role' && kind !== 'ClusterRole') return `unsupported role reference kind: ${JSON.stringify(kind)}`;
  const role = kind === 'Role' ? getObject(state, roleKind, namespace, name) : getObject(state, clusterRoleKind, undefined, name);
  return role === undefined ? `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found` : (role.rules ?? []);
}

function* grantsOf(state: ClusterState, user: UserInfo, namespace: string): Generator<Grant> {
  for (const binding of byName(listObjects(state, clusterRoleBindingKind))) yield* grantsOfBinding(state, user, binding, '');
  if (user.groups.includes(NODES_GROUP) && user.username.startsWith(NODE_PREFIX)) {
    for (const rule of getObject(state, clusterRoleKind, undefined, NODE_ROLE)?.rules ?? [])
      yield { rule, source: () => `ClusterRole ${JSON.stringify(NODE_ROLE)}` };
  }
  if (namespace === '') return;
  for (const binding of byName(listObjects(state, roleBindingKind, namespace))) yield* grantsOfBinding(state, user, binding, namespace);
}

function byName<T extends KubeObject>(objects: T[]): T[] {
  return objects.sort((a, b) => compareText(a.metadata.name, b.metadata.name));
}

function* grantsOfBinding(state: ClusterState, user: UserInfo, binding: Binding, namespace: string): Generator<Grant> {
  const subject = binding.subjects?.find((candidate) => isOf(candidate, user, namespace));
  if (subject === undefined) return;
  const rules = rulesOfRole(state, binding.roleRef, namespace);
  if (typeof rules === 'string') yield { error: rules };
  else for (const rule of rules) yield { rule, source: () => describeBinding(binding, subject, namespace) };
}

function isOf({ kind, name = '', namespace = '' }: Subject, { username, groups }: UserInfo, bindingNamespace: string): boolean {
  if (kind === 'User') return username === name;
  if (kind === 'Group') return groups.includes(name);
  const place = namespace === '' ? bindingNamespace : namespace;
  return kind === 'ServiceAccount' && place !== '' && username === accountUsername(place, name);
}

function describeBinding({ metadata, roleRef }: Binding, subject: Subject, namespace: string): string {
  const isLocal = namespace !== '';
  const kind = isLocal ? 'RoleBinding' : 'ClusterRoleBinding';
  const name = isLocal ? `${metadata.name}/${namespace}` : metadata.name;
  const { kind: type = '', name: who = '', namespace: place = namespace } = subject;
  const whom = type === 'ServiceAccount' ? `${who}/${place}` : who;
  return `${kind} ${JSON.stringify(name)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${type} ${JSON.stringify(whom)}`;
}

/** Several errors are one in brackets, each once. */
function errorsTogether(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`;
}
