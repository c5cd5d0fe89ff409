// Tokens that stand in a Secret: they never expire, and are somebody's for as long as the Secret holds them. Upstream: pkg/serviceaccount/legacy.go (v1.33).
// Rules: C947, Q11.
// Deviation: what a TokenReview asks about is not noted as used, because reviews change nothing.

import { encodeBase64 } from '../../apimachinery/base64.ts';
import type { JsonObject } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import { namesSecret, serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import type { ApiRequest } from '../request-types.ts';
import { getObject } from '../storage.ts';
import { makeToken, type ObjectName } from './tokens.ts';
import { accountGroups, accountUsername, AUTHENTICATED_GROUP, type UserInfo } from './user.ts';

export const LEGACY_ISSUER = 'kubernetes/serviceaccount';

/** What is said of a token whose Secret has the label. */
export const MARKED_INVALID = 'has been marked invalid';
/** The labels that say when a token was last used, and since when it is nobody's. */
export const LAST_USED = 'kubernetes.io/legacy-token-last-used';
export const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const DAY_MS = 86_400_000;

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

/** What comes of the use of a token. */
export interface TokenUse {
  /** The request by which the API server notes it; absent where that is noted already. */
  readonly note?: ApiRequest;
  readonly warning?: string;
}

/** C947: what comes of the use of a token that stands in the Secret that it names. Once a day the Secret is told. */
export function legacyUse(state: ClusterState, token: string, claims: Readonly<Record<string, unknown>>): TokenUse {
  const [namespace, name, account] = [NAMESPACE, SECRET, ACCOUNT].map((claim) => String(claims[claim] ?? '')) as [string, string, string];
  const secret = getObject(state, secretKind, namespace, name);
  if (secret?.data?.['token'] !== encodeBase64(token)) return {};
  const [today, tomorrow] = [0, DAY_MS].map((ms) => formatTime(state.nowMs + ms).slice(0, 10)) as [string, string];
  const { uid, labels = {} } = secret.metadata;
  const isNoted = labels[LAST_USED] === today || labels[LAST_USED] === tomorrow;
  const owner = getObject(state, serviceAccountKind, namespace, account);
  const isGenerated = owner !== undefined && namesSecret(owner, name) && (labels[INVALID_SINCE] ?? '') === '';
  return {
    ...(isNoted ? {} : { note: noteOf(namespace, name, { uid, labels: { [LAST_USED]: today } }) }),
    ...(isGenerated ? { warning: GENERATED } : {}),
  };
}

const GENERATED =
  'Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.';

function noteOf(namespace: string, name: string, metadata: JsonObject): ApiRequest {
  return {
    verb: 'patch',
    patchType: 'merge',
    resource: 'secrets',
    namespace,
    name,
    body: { metadata },
    options: { fieldManager: 'kube-apiserver' },
    user: { username: 'system:apiserver', groups: ['system:masters', AUTHENTICATED_GROUP] },
  };
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
  if ((secret.metadata.labels?.[INVALID_SINCE] ?? '') !== '')
    return `the token in secret ${namespace}/${text(SECRET)} for service account ${namespace}/${name} ${MARKED_INVALID}. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${INVALID_SINCE}' label from the secret to temporarily allow use of this token`;
  return { username: accountUsername(namespace, name), uid, groups: [...accountGroups(namespace), AUTHENTICATED_GROUP], extra: {} };
}
