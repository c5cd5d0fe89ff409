// The token that a kubelet puts into a projected volume. It is the same whenever it is looked at, until the kubelet would have renewed it.
// Upstream: pkg/volume/projected/projected.go, pkg/kubelet/token/token_manager.go (v1.33). Rules: K211, Q11.
// Deviation: renewals are counted from the creation of the pod and have no jitter, because nothing is kept of them.

import { parseTime } from '../../apimachinery/time.ts';
import { getObject } from '../../apiserver/api.ts';
import { ISSUER } from '../../apiserver/authentication/tokens.ts';
import { issueToken, nodeOf } from '../../apiserver/authentication/token-request.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import { uuidKeyed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';

const SECONDS_DEFAULT = 3600;
/** A token is renewed after this part of its life, and after a day. */
const RENEWED_AFTER = 0.8;
const RENEWED_AFTER_SECONDS_MAX = 86_400;

export interface TokenSource {
  /** Empty: the API server. */
  readonly audience?: string;
  readonly expirationSeconds?: number;
}

/** The token of the pod's service account. */
export function accountToken(state: ClusterState, pod: Pod, { audience = '', expirationSeconds = SECONDS_DEFAULT }: TokenSource): string {
  const { name, namespace = '', uid } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  const { renewals, issuedMs } = renewal(state, pod, expirationSeconds);
  return issueToken(state, {
    account: { namespace, name: account, uid: getObject(state, serviceAccountKind, namespace, account)?.metadata.uid ?? '' },
    audiences: [audience === '' ? ISSUER : audience],
    seconds: expirationSeconds,
    id: uuidKeyed(state, 'token', `${uid}|${audience}|${renewals}`),
    issuedMs,
    bound: { ...nodeOf(state, pod.spec.nodeName), pod: { name, uid } },
  });
}

/** When that token was made. */
export function tokenIssuedMs(state: ClusterState, pod: Pod, { expirationSeconds = SECONDS_DEFAULT }: TokenSource): number {
  return renewal(state, pod, expirationSeconds).issuedMs;
}

/** How often a token has been renewed by now, and when for the last time. */
function renewal({ nowMs }: ClusterState, pod: Pod, seconds: number): { readonly renewals: number; readonly issuedMs: number } {
  const createdMs = parseTime(pod.metadata.creationTimestamp ?? '') ?? 0;
  const periodMs = Math.floor(Math.min(seconds * RENEWED_AFTER, RENEWED_AFTER_SECONDS_MAX)) * 1000;
  const renewals = Math.floor((nowMs - createdMs) / periodMs);
  return { renewals, issuedMs: createdMs + renewals * periodMs };
}
