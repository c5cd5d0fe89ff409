// Who asks. Upstream: apiserver/pkg/authentication/{user,serviceaccount} (v1.33). Rules: Q4, Q11.

import { labelProblems, subdomainProblems } from '../../apimachinery/names.ts';

/** A user as authenticators describe him. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const MASTERS_GROUP = 'system:masters';
export const AUTHENTICATED_GROUP = 'system:authenticated';
export const UNAUTHENTICATED_GROUP = 'system:unauthenticated';
export const ANONYMOUS_USER = 'system:anonymous';

const ACCOUNT_PREFIX = 'system:serviceaccount:';
const ACCOUNTS_GROUP = 'system:serviceaccounts';

/** Whose the cluster is: everybody who comes with no name of his own. */
export const OWNER: UserInfo = { username: 'admin', groups: [MASTERS_GROUP, AUTHENTICATED_GROUP] };

/** Who writes for the cluster itself, as policies see it. */
export const COMPONENT: UserInfo = { username: 'system:kube-controller-manager', groups: [AUTHENTICATED_GROUP] };

/** May do everything, whatever roles say. */
export function isPrivileged(user: UserInfo): boolean {
  return user.groups.includes(MASTERS_GROUP);
}

/** `system:serviceaccount:<namespace>:<name>`. */
export function accountUsername(namespace: string, name: string): string {
  return `${ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** The account that a username is of; undefined when it is another user's. */
export function accountOf(username: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!username.startsWith(ACCOUNT_PREFIX)) return undefined;
  const [namespace = '', name = '', ...rest] = username.slice(ACCOUNT_PREFIX.length).split(':');
  return rest.length > 0 || labelProblems(namespace).length > 0 || subdomainProblems(name).length > 0 ? undefined : { namespace, name };
}

/** The groups of an account, without those that all users have. */
export function accountGroups(namespace: string): readonly string[] {
  return [ACCOUNTS_GROUP, `${ACCOUNTS_GROUP}:${namespace}`];
}

/** Q4: the groups that come with a name by itself. */
export function withCommonGroups(username: string, groups: readonly string[]): readonly string[] {
  const common = username === ANONYMOUS_USER ? UNAUTHENTICATED_GROUP : AUTHENTICATED_GROUP;
  const hasOne = groups.includes(UNAUTHENTICATED_GROUP) || (common === AUTHENTICATED_GROUP && groups.includes(common));
  return hasOne ? groups : [...groups, common];
}
