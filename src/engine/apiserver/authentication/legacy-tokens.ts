// Tokens that stand in a Secret: they never expire, and are somebody's for as long as the Secret holds them. Upstream: pkg/serviceaccount/legacy.go (v1.33).
// Rules: C947, Q11.

import { encodeBase64 } from '../../apimachinery/base64.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import { serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import { getObject } from '../storage.ts';
import { makeToken, type ObjectName } from './tokens.ts';
import { accountGroups, accountUsername, AUTHENTICATED_GROUP, type UserInfo } from './user.ts';

export const LEGACY_ISSUER = 'kubernetes/serviceaccount';

const NAMESPACE = 'kubernetes.io/serviceaccount/namespace';
const SECRET = 'kubernetes.io/serviceaccount/secret.name';
const ACCOUNT = 'kubernetes.io/serviceaccount/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/serviceaccount/service-account.uid';

/** The token of an account in a Secret. */
export function legacyToken(state: ClusterState, namespace: string, secret: string, { name, uid = '' }: ObjectName): string {
  return makeToken(state, {
    iss: LEGACY_ISSUER,
    [NAMESPACE]: namespace,
    [SECRET]: secret,
    [ACCOUNT]: name,
    [ACCOUNT_UID]: uid,
    sub: accountUsername(namespace, name),
  });
}

/** The user of a token whose signature is right, or why it is nobody's. */
export function legacyUser(state: ClusterState, token: string, claims: Readonly<Record<string, unknown>>): UserInfo | string {
  const text = (name: string): string => String(claims[name] ?? '');
  const [namespace, name, uid] = [text(NAMESPACE), text(ACCOUNT), text(ACCOUNT_UID)];
  const secret = getObject(state, secretKind, namespace, text(SECRET));
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return 'token has been invalidated';
  if (secret.data?.['token'] !== encodeBase64(token)) return "token does not match server's copy";
  const account = getObject(state, serviceAccountKind, namespace, name);
  if (account === undefined) return `serviceaccounts ${JSON.stringify(name)} not found`;
  if (account.metadata.deletionTimestamp !== undefined) return `service account ${namespace}/${name} has been deleted`;
  if (account.metadata.uid !== uid) return `service account UID (${account.metadata.uid}) does not match claim (${uid})`;
  return { username: accountUsername(namespace, name), uid, groups: [...accountGroups(namespace), AUTHENTICATED_GROUP], extra: {} };
}
