// Whose request it is: the user that its certificate or its key names, the account of its token, or whom it may pretend to be.
// Upstream: apiserver/pkg/endpoints/filters/{authentication,impersonation}.go (v1.33). Rules: Q4, Q5, Q11.

import { fail, failure, internalError, ok, type Result } from '../../engine/apimachinery/status.ts';
import {
  accountGroups,
  accountOf,
  authenticateToken,
  authorize,
  forbidden,
  isToken,
  OWNER,
  type ResourceAttributes,
  type UserInfo,
  withCommonGroups,
} from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import { bearerOf } from '../bearer.ts';
import { certificateUser } from './certificate-user.ts';

/** The bearer token of a request that looks like one of a ServiceAccount. */
export function accountTokenOf(request: Request): string | undefined {
  const given = bearerOf(request);
  return given !== undefined && isToken(given) ? given : undefined;
}

/** Who asks; `keyUser` is who the front knows him to be. Fails: Unauthorized, Forbidden, InternalError. */
export function identify(state: ClusterState, request: Request, keyUser: UserInfo | undefined): Result<UserInfo> {
  const shown = certificateUser(state, request.headers);
  // Credentials that are there and wrong (Q5).
  if (shown === 'refused') return fail(failure(401, 'Unauthorized', 'Unauthorized'));
  if (shown !== undefined) return impersonate(state, shown, request.headers);
  const token = accountTokenOf(request);
  const account = token === undefined ? undefined : authenticateToken(state, token);
  if (account?.ok === false) return fail(failure(401, 'Unauthorized', 'Unauthorized'));
  return impersonate(state, account?.user ?? keyUser ?? OWNER, request.headers);
}

const PREFIX = 'impersonate-extra-';

/** Q4: the user that the headers name, when the one who asks may be it. */
function impersonate(state: ClusterState, user: UserInfo, headers: Headers): Result<UserInfo> {
  const username = headers.get('impersonate-user') ?? '';
  const groups = listOf(headers.get('impersonate-group'));
  const uid = headers.get('impersonate-uid') ?? '';
  const extra = extraOf(headers);
  const wanted = wantedOf({ username, groups, uid, extra });
  if (username === '')
    return wanted.length === 0 ? ok(user) : fail(internalError(`requested ${describe(wanted)} without impersonating a user`));
  for (const attributes of wanted) {
    const { isAllowed, reason } = authorize(state, user, attributes);
    if (!isAllowed) return fail(forbidden(user, attributes, reason));
  }
  const account = accountOf(username);
  const own = account !== undefined && groups.length === 0 ? accountGroups(account.namespace) : groups;
  return ok({
    username,
    groups: withCommonGroups(username, own),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  });
}

/** A header that stands several times is one with commas, whichever way it came. */
function listOf(header: string | null): readonly string[] {
  return (header ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function extraOf(headers: Headers): Readonly<Record<string, readonly string[]>> {
  const extra: Record<string, readonly string[]> = {};
  for (const [name, value] of headers) if (name.startsWith(PREFIX)) extra[unescapeKey(name.slice(PREFIX.length))] = listOf(value);
  return extra;
}

function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Each thing that is pretended to be needs its right. */
function wantedOf({ username, groups, uid, extra }: Required<UserInfo>): readonly ResourceAttributes[] {
  const wanted = (group: string, resource: string, rest: Partial<ResourceAttributes>): ResourceAttributes => ({
    isResource: true,
    verb: 'impersonate',
    group,
    resource,
    ...rest,
  });
  const account = accountOf(username);
  return [
    ...(username === '' ? [] : [account === undefined ? wanted('', 'users', { name: username }) : wanted('', 'serviceaccounts', account)]),
    ...groups.map((name) => wanted('', 'groups', { name })),
    ...Object.entries(extra).flatMap(([subresource, values]) =>
      values.map((name) => wanted('authentication.k8s.io', 'userextras', { subresource, name })),
    ),
    ...(uid === '' ? [] : [wanted('authentication.k8s.io', 'uids', { name: uid })]),
  ];
}

/** As Go prints references to objects. */
function describe(wanted: readonly ResourceAttributes[]): string {
  const kinds: Readonly<Record<string, string>> = { groups: 'Group', userextras: 'UserExtra', uids: 'UID' };
  const items = wanted.map(({ group, resource, name = '', subresource = '' }) => {
    const version = group === '' ? '' : `${group}/v1`;
    return `{${kinds[resource]}  ${name}  ${version}  ${subresource}}`;
  });
  return `[${items.join(' ')}]`;
}
