// Nobody gives away what he does not have: roles and bindings that a user writes may not hold more than his own rights, unless he may `escalate` or `bind`.
// Upstream: pkg/registry/rbac/{escalation_check,helpers}.go, {role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go,
// pkg/registry/rbac/validation/rule.go (v1.33). Rule: Q13.

import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { forbiddenObject, notFound, type Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Kind } from '../../kinds/kind.ts';
import { type Binding, type ClusterRole, type PolicyRule, RBAC_GROUP } from '../../kinds/shared/rbac.ts';
import { isPrivileged, type UserInfo } from '../authentication/user.ts';
import { authorize, rulesOf, rulesOfRole } from './authorizer.ts';
import { describeParts, quoteAll, uncovered } from './rules.ts';

/** An object that a user wants to store, with its defaults, in the place of `present`. */
export interface Grant {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  /** The name in the path; empty when there is none. */
  readonly name: string;
  readonly object: KubeObject;
  readonly present: KubeObject | undefined;
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Q13: why a user may not store a role or a binding. */
export function refuseEscalation(state: ClusterState, user: UserInfo | undefined, grant: Grant): Status | undefined {
  const { kind, object, present } = grant;
  if (user === undefined || kind.group !== RBAC_GROUP || isPrivileged(user)) return undefined;
  const isRole = kind.plural === 'roles' || kind.plural === 'clusterroles';
  if (isRole && mayEscalate(state, user, grant)) return undefined;
  if (present !== undefined && isSameButForOwners(object, present)) return undefined;
  return isRole ? refuseRole(state, user, grant) : refuseBinding(state, user, grant);
}

function mayEscalate(state: ClusterState, user: UserInfo, { kind, namespace, name }: Grant): boolean {
  return authorize(state, user, { isResource: true, verb: 'escalate', group: RBAC_GROUP, resource: kind.plural, namespace, name })
    .isAllowed;
}

/** What the garbage collector needs to change is always allowed. */
function isSameButForOwners(object: KubeObject, present: KubeObject): boolean {
  const relevant = ({ metadata, ...content }: KubeObject) => ({
    ...content,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
  });
  return isJsonEqual(relevant(object), relevant(present));
}

function refuseRole(state: ClusterState, user: UserInfo, { kind, namespace, object, present }: Grant): Status | undefined {
  const role = object as ClusterRole;
  const missing = missingRights(state, user, namespace, role.rules ?? []);
  if (missing !== undefined) return forbiddenObject(kind, role.metadata.name, missing);
  const isAggregated = [role, present as ClusterRole | undefined].some(
    (candidate) => (candidate?.aggregationRule?.clusterRoleSelectors ?? []).length > 0,
  );
  if (!isAggregated || missingRights(state, user, namespace, EVERYTHING) === undefined) return undefined;
  return forbiddenObject(kind, role.metadata.name, 'must have cluster-admin privileges to use the aggregationRule');
}

function refuseBinding(state: ClusterState, user: UserInfo, { kind, namespace, object }: Grant): Status | undefined {
  const { roleRef, metadata } = object as Binding;
  const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  const bind = { isResource: true, verb: 'bind', group: roleRef.apiGroup, resource, namespace, name: roleRef.name } as const;
  const isKnown = roleRef.kind === 'Role' || roleRef.kind === 'ClusterRole';
  if (isKnown && authorize(state, user, bind).isAllowed) return undefined;
  const rules = rulesOfRole(state, roleRef, namespace ?? '');
  if (typeof rules === 'string') {
    return notFound({ group: RBAC_GROUP, plural: roleRef.kind.toLowerCase(), kind: roleRef.kind }, roleRef.name);
  }
  const missing = missingRights(state, user, namespace, rules);
  return missing === undefined ? undefined : forbiddenObject(kind, metadata.name, missing);
}

/** What a user lacks of the rights that he gives, in upstream's words. */
function missingRights(
  state: ClusterState,
  user: UserInfo,
  namespace: string | undefined,
  wanted: readonly PolicyRule[],
): string | undefined {
  const { rules, error } = rulesOf(state, user, namespace ?? '');
  const missing = uncovered(rules, wanted);
  if (missing.length === 0) return undefined;
  const head = `user ${JSON.stringify(user.username)} (groups=${quoteAll(user.groups)}) is attempting to grant RBAC permissions not currently held:`;
  const errors = error === '' ? '' : `; resolution errors: [${error}]`;
  return `${head}\n${describeParts(missing).join('\n')}${errors}`;
}
