// The Roles that every API server has in the system's namespaces, and the bindings that come with the roles.
// Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{namespace_policy,policy}.go (v1.33). Rule: Q9.

import { type PolicyRule, RBAC_GROUP, type Subject } from '../../../kinds/shared/rbac.ts';
import { EVENTS, READ, rule } from './rule.ts';

/** By namespace and name. */
export const ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'kube-public/system:controller:bootstrap-signer': [
    rule(READ, '', 'configmaps'),
    rule('update', '', 'configmaps', 'cluster-info'),
    EVENTS,
  ],
  'kube-system/extension-apiserver-authentication-reader': [rule(READ, '', 'configmaps', 'extension-apiserver-authentication')],
  'kube-system/system::leader-locking-kube-controller-manager': [
    rule('watch', '', 'configmaps'),
    rule('get update', '', 'configmaps', 'kube-controller-manager'),
    rule('create get list update watch', 'coordination.k8s.io', 'leases'),
    rule('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
  ],
  'kube-system/system::leader-locking-kube-scheduler': [
    rule('watch', '', 'configmaps'),
    rule('get update', '', 'configmaps', 'kube-scheduler'),
    rule('create get list update watch', 'coordination.k8s.io', 'leases'),
    rule('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
  ],
  'kube-system/system:controller:bootstrap-signer': [rule(READ, '', 'secrets')],
  'kube-system/system:controller:cloud-provider': [rule('create get list watch', '', 'configmaps')],
  'kube-system/system:controller:token-cleaner': [rule('delete get list watch', '', 'secrets'), EVENTS],
};

/** Who has a ClusterRole in the whole cluster, by its name. */
export const CLUSTER_ROLE_SUBJECTS: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-dns': [account('kube-dns')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:monitoring': [group('system:monitoring')],
  'system:node': [],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
};

/** Who has a Role, by the namespace and the name of the binding. */
export const ROLE_SUBJECTS: Readonly<Record<string, readonly Subject[]>> = {
  'kube-public/system:controller:bootstrap-signer': [account('bootstrap-signer')],
  'kube-system/system::extension-apiserver-authentication-reader': [user('system:kube-controller-manager'), user('system:kube-scheduler')],
  'kube-system/system::leader-locking-kube-controller-manager': [
    user('system:kube-controller-manager'),
    account('kube-controller-manager'),
    account('leader-election-controller'),
  ],
  'kube-system/system::leader-locking-kube-scheduler': [user('system:kube-scheduler'), account('kube-scheduler')],
  'kube-system/system:controller:bootstrap-signer': [account('bootstrap-signer')],
  'kube-system/system:controller:cloud-provider': [account('cloud-provider')],
  'kube-system/system:controller:token-cleaner': [account('token-cleaner')],
};

function user(name: string): Subject {
  return { kind: 'User', apiGroup: RBAC_GROUP, name };
}

function group(name: string): Subject {
  return { kind: 'Group', apiGroup: RBAC_GROUP, name };
}

/** An account of the system's namespace. */
export function account(name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace: 'kube-system' };
}
