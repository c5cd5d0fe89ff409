// The certificate authority of a cluster: its key is made from the first seed, so that the same history has the same certificates.

import { type Authority, makeAuthority } from '../../apimachinery/x509/certificate.ts';
import { firstSeed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';

const MEMO = 'certificate-authority';
const LIFETIME_MS = 10 * 365 * 86_400_000;

/** As kubeadm makes it: `CN=kubernetes`, good for ten years from the start of the cluster. */
export function authorityOf(state: ClusterState): Authority {
  let authority = state.derived.memo.get(MEMO) as Authority | undefined;
  if (authority === undefined) {
    authority = makeAuthority(`certificate authority|${firstSeed(state)}`, 'kubernetes', state.startMs, state.startMs + LIFETIME_MS);
    state.derived.memo.set(MEMO, authority);
  }
  return authority;
}

/** Its certificate, in PEM. */
export function authorityCertificate(state: ClusterState): string {
  return authorityOf(state).certificate;
}
