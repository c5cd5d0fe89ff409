// The roles and bindings that every API server has from its first instant. They are no changes: no watch tells of them, nothing is stored of them
// until somebody writes them, and an engine with another table has another policy. See docs/decisions/0040-founding-objects.md.
// Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy, pkg/registry/rbac/rest/storage_rbac.go (v1.33). Rules: Q9, Q10.
// Deviation: what was changed or deleted stays so; upstream mends it when the API server starts again.

import type { KubeObject } from '../../../apimachinery/meta.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { uuidKeyed } from '../../../kernel/random.ts';
import type { ClusterState } from '../../../kernel/state.ts';
import { defineFounding, type Founding, type KernelObject, keyOf, objectKey, type StoredObject } from '../../../kernel/store.ts';
import { clusterRoleKind } from '../../../kinds/clusterrole/index.ts';
import { clusterRoleBindingKind } from '../../../kinds/clusterrolebinding/index.ts';
import { apiVersionOf, type Kind, resourceOf } from '../../../kinds/kind.ts';
import { roleKind } from '../../../kinds/role/index.ts';
import { roleBindingKind } from '../../../kinds/rolebinding/index.ts';
import { type ClusterRole, type PolicyRule, RBAC_GROUP, type RoleRef, type Subject } from '../../../kinds/shared/rbac.ts';
import { ORPHAN_TERM } from '../../index-terms.ts';
import { aggregatedRules } from '../aggregation.ts';
import { CLUSTER_ROLES } from './cluster-roles.ts';
import { CONTROLLER_ROLES } from './controller-roles.ts';
import { account, CLUSTER_ROLE_SUBJECTS, ROLE_SUBJECTS, ROLES } from './namespace-roles.ts';

/** An object of the policy, without what differs between clusters. */
interface Template {
  readonly head: { readonly kind: string; readonly apiVersion: string };
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly content: Readonly<Record<string, unknown>>;
}

const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const CONTROLLER = 'system:controller:';
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

/** Which role for users a role is part of. */
const PART_OF: Readonly<Record<string, string>> = {
  'system:aggregate-to-admin': 'admin',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-view': 'view',
  edit: 'admin',
  view: 'edit',
};

/** A role that is made before those it is part of. */
const AGGREGATED = ['view', 'edit', 'admin'];

/** A binding of a namespace whose role has another name. */
const READER = 'extension-apiserver-authentication-reader';

/** Q9: the policy of each of its kinds. */
export const POLICY: Readonly<Record<string, Founding>> = {
  [resourceOf(roleKind)]: policyOf(roles),
  [resourceOf(roleBindingKind)]: policyOf(roleBindings),
  [resourceOf(clusterRoleKind)]: policyOf(clusterRoles),
  [resourceOf(clusterRoleBindingKind)]: policyOf(clusterBindings),
};
for (const [resource, founding] of Object.entries(POLICY)) defineFounding(resource, founding);

/** Templates are made when they are first needed; how they were encoded in the first cluster is shared by all. */
function policyOf(make: () => readonly Template[]): Founding {
  let templates: ReadonlyMap<string, Template> | undefined;
  const encoded = new Map<string, StoredObject>();
  const byKey = () => (templates ??= new Map(make().map((template) => [objectKey(template.namespace, template.name), template])));
  return {
    terms: [ORPHAN_TERM],
    has: (key) => byKey().has(key),
    keep: (stored) => void encoded.set(keyOf(stored.object), stored),
    *objects(state) {
      for (const [key, template] of byKey()) yield { object: objectOf(state, template), alike: encoded.get(key) };
    },
  };
}

function objectOf(state: ClusterState, { head, name, namespace, labels, content }: Template): KernelObject {
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: uuidKeyed(state, 'policy', `${head.kind}|${namespace ?? ''}|${name}`),
    resourceVersion: '',
    creationTimestamp: formatTime(state.startMs),
    labels,
    annotations: ANNOTATIONS,
  };
  return { ...head, metadata, ...content };
}

function clusterRoles(): readonly Template[] {
  const plain = [
    ...Object.entries(CLUSTER_ROLES).map(([name, rules]) => clusterRole(name, rules)),
    ...Object.entries(CONTROLLER_ROLES).map(([name, rules]) => clusterRole(`${CONTROLLER}${name}`, rules)),
  ];
  for (const name of AGGREGATED) {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [`${AGGREGATE}${name}`]: 'true' } }] };
    const role = clusterRole(name, null, { aggregationRule });
    const rules = aggregatedRules(asRole(role), plain.map(asRole)) ?? [];
    plain.push(clusterRole(name, rules, { aggregationRule }));
  }
  return plain;
}

function clusterRole(name: string, rules: readonly PolicyRule[] | null, more: object = {}): Template {
  const whole = PART_OF[name];
  const labels = whole === undefined ? LABELS : { ...LABELS, [`${AGGREGATE}${whole}`]: 'true' };
  return { ...template(clusterRoleKind, name, { rules, ...more }), labels };
}

function asRole({ name, labels, content, head }: Template): ClusterRole {
  return { ...head, metadata: { name, labels }, ...content } as ClusterRole;
}

function clusterBindings(): readonly Template[] {
  const bind = (name: string, subjects: readonly Subject[]) =>
    template(clusterRoleBindingKind, name, { ...subjectsOf(subjects), roleRef: refTo('ClusterRole', name) });
  return [
    ...Object.entries(CLUSTER_ROLE_SUBJECTS).map(([name, subjects]) => bind(name, subjects)),
    ...Object.keys(CONTROLLER_ROLES).map((name) => bind(`${CONTROLLER}${name}`, [account(name)])),
  ];
}

function roles(): readonly Template[] {
  return Object.entries(ROLES).map(([key, rules]) => template(roleKind, key, { rules }));
}

function roleBindings(): readonly Template[] {
  return Object.entries(ROLE_SUBJECTS).map(([key, subjects]) => {
    const { name } = placeOf(key);
    const role = name === `system::${READER}` ? READER : name;
    return template(roleBindingKind, key, { ...subjectsOf(subjects), roleRef: refTo('Role', role) });
  });
}

function subjectsOf(subjects: readonly Subject[]): { readonly subjects?: readonly Subject[] } {
  return subjects.length === 0 ? {} : { subjects };
}

function refTo(kind: string, name: string): RoleRef {
  return { apiGroup: RBAC_GROUP, kind, name };
}

function template<T extends KubeObject>(kind: Kind<T>, key: string, content: Template['content']): Template {
  const { name, namespace } = kind.namespaced ? placeOf(key) : { name: key, namespace: undefined };
  const head = { kind: kind.kind, apiVersion: apiVersionOf(kind as Kind) };
  return { head, name, namespace, labels: LABELS, content };
}

function placeOf(key: string): { readonly name: string; readonly namespace: string } {
  const [namespace = '', name = ''] = key.split('/');
  return { name, namespace };
}
