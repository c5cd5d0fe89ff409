// Whose a token is, as long as it is somebody's. Upstream: pkg/serviceaccount/{jwt,claims}.go, apiserver/pkg/authentication/group (v1.33). Rule: Q11.

import { decodeBase64Url } from '../../apimachinery/base64.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Kind } from '../../kinds/kind.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import { serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import { getObject } from '../storage.ts';
import { LEGACY_ISSUER, legacyUse, legacyUser, MARKED_INVALID, type TokenUse } from './legacy-tokens.ts';
import { ALGORITHM, type Claims, ISSUER, type ObjectName, publicKey, signatureOf } from './tokens.ts';
import { accountGroups, accountUsername, AUTHENTICATED_GROUP, type UserInfo } from './user.ts';

/** By how much clocks may differ. */
const LEEWAY_SECONDS = 60;

export type Authenticated =
  | { readonly ok: true; readonly user: UserInfo; readonly audiences: readonly string[] }
  /** An empty error: the token is none of this cluster's. */
  | { readonly ok: false; readonly error: string };

const UNKNOWN: Authenticated = { ok: false, error: '' };
const INVALIDATED = 'service account token has been invalidated';

/** Whether a text looks like a token of a ServiceAccount, of whichever cluster. */
export function isToken(text: string): boolean {
  const [head, payload, signature, ...rest] = text.split('.');
  return rest.length === 0 && signature !== undefined && isObject(head) && isObject(payload);
}

function isObject(part: string | undefined): boolean {
  return part !== undefined && parsePart(part) !== undefined;
}

function parsePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decodeBase64Url(part) ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Q11: the user of a token. */
export function authenticateToken(state: ClusterState, token: string, audiences: readonly string[] = [ISSUER]): Authenticated {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const parsed = isToken(token) ? parsePart(payload) : undefined;
  if (parsed?.['iss'] !== ISSUER && parsed?.['iss'] !== LEGACY_ISSUER) return UNKNOWN;
  const header = parsePart(head);
  if (header?.['alg'] !== ALGORITHM || header['kid'] !== publicKey(state).kid) return refuse('invalid signature, no keys found');
  if (signatureOf(state, `${head}.${payload}`) !== signature) return refuse('invalid signature');
  if (parsed['iss'] === LEGACY_ISSUER) return authenticateLegacy(state, token, parsed, audiences);
  const claims = parsed as unknown as Claims;
  const common = claims.aud.filter((audience) => audiences.includes(audience));
  if (common.length === 0) return refuse(`token audiences ${quoted(claims.aud)} is invalid for the target audiences ${quoted(audiences)}`);
  const error = timeError(state, claims) ?? objectError(state, claims['kubernetes.io']);
  return error === undefined ? { ok: true, user: userOf(claims), audiences: common } : refuse(error);
}

/** What comes of the use of a token that stands in a Secret, whether it is still let in or not. */
export function useOf(state: ClusterState, token: string): TokenUse {
  const parsed = parsePart(token.split('.')[1] ?? '');
  if (parsed?.['iss'] !== LEGACY_ISSUER) return {};
  const found = authenticateToken(state, token);
  return found.ok || found.error.includes(MARKED_INVALID) ? legacyUse(state, token, parsed) : {};
}

/** A token without audiences is for the API server. */
function authenticateLegacy(
  state: ClusterState,
  token: string,
  claims: Readonly<Record<string, unknown>>,
  audiences: readonly string[],
): Authenticated {
  const common = audiences.filter((audience) => audience === ISSUER);
  if (common.length === 0) return refuse(`token audiences ${quoted([ISSUER])} is invalid for the target audiences ${quoted(audiences)}`);
  const user = legacyUser(state, token, claims);
  return typeof user === 'string' ? refuse(user) : { ok: true, user, audiences: common };
}

function refuse(error: string): Authenticated {
  return { ok: false, error };
}

function quoted(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
}

function timeError({ nowMs }: ClusterState, { exp, nbf, iat }: Claims): string | undefined {
  const now = nowMs / 1000;
  if (now + LEEWAY_SECONDS < nbf) return 'service account token is not valid yet';
  if (now - LEEWAY_SECONDS > exp) return 'service account token has expired';
  return now + LEEWAY_SECONDS < iat ? 'service account token is issued in the future' : undefined;
}

/** The account, and what the token is bound to, must be there and be the same as when it was made. */
function objectError(state: ClusterState, claims: Claims['kubernetes.io']): string | undefined {
  const { namespace, serviceaccount, secret, pod, node } = claims;
  const account = getObject(state, serviceAccountKind, namespace, serviceaccount.name);
  if (account === undefined) return `serviceaccounts ${JSON.stringify(serviceaccount.name)} not found`;
  if (account.metadata.uid !== serviceaccount.uid)
    return `service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`;
  if (isLongDeleted(state, account)) return `service account ${namespace}/${serviceaccount.name} has been deleted`;
  return (
    boundError(state, secretKind, namespace, secret, 'secret UID', 'service account secret ref claim') ??
    boundError(state, podKind, namespace, pod, 'pod UID', 'service account pod ref claim') ??
    // Of a token that is bound to a pod the node is only told.
    (pod === undefined ? boundError(state, nodeKind, undefined, node, 'node UID', 'service account node ref claim') : undefined)
  );
}

function boundError<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  namespace: string | undefined,
  bound: ObjectName | undefined,
  subject: string,
  claim: string,
): string | undefined {
  if (bound === undefined) return undefined;
  const object = getObject(state, kind, namespace, bound.name);
  if (object === undefined) return INVALIDATED;
  if (object.metadata.uid !== bound.uid) return `${subject} (${object.metadata.uid}) does not match ${claim} (${bound.uid})`;
  return isLongDeleted(state, object) ? INVALIDATED : undefined;
}

function isLongDeleted({ nowMs }: ClusterState, { metadata }: KubeObject): boolean {
  const deletedMs = parseTime(metadata.deletionTimestamp ?? '');
  return deletedMs !== undefined && deletedMs < nowMs - LEEWAY_SECONDS * 1000;
}

const EXTRA = 'authentication.kubernetes.io/';

function userOf({ jti, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): UserInfo {
  const extra = {
    [`${EXTRA}credential-id`]: [`JTI=${jti}`],
    ...(node === undefined ? {} : { [`${EXTRA}node-name`]: [node.name] }),
    ...(node?.uid === undefined ? {} : { [`${EXTRA}node-uid`]: [node.uid] }),
    ...(pod === undefined ? {} : { [`${EXTRA}pod-name`]: [pod.name], [`${EXTRA}pod-uid`]: [pod.uid ?? ''] }),
  };
  const groups = [...accountGroups(namespace), AUTHENTICATED_GROUP];
  return { username: accountUsername(namespace, serviceaccount.name), uid: serviceaccount.uid ?? '', groups, extra };
}
