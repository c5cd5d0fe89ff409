// The certificate authority of a cluster: its key is made from the first seed, so that the same history has the same certificates.

import { memoize } from '../../apimachinery/memoize.ts';
import { type Authority, makeAuthority } from '../../apimachinery/x509/certificate.ts';
import { firstSeed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';

const LIFETIME_MS = 10 * 365 * 86_400_000;

/** Making one takes milliseconds, and every cluster publishes its certificate, forks and tests that of the same seed. The text is `seed|start`. */
const authorityFor = memoize((text) => {
  const [seed = '', start = ''] = text.split('|');
  return makeAuthority(`certificate authority|${seed}`, 'kubernetes', Number(start), Number(start) + LIFETIME_MS);
});

/** As kubeadm makes it: `CN=kubernetes`, good for ten years from the start of the cluster. */
export function authorityOf(state: ClusterState): Authority {
  return authorityFor(`${firstSeed(state)}|${state.startMs}`);
}

/** Its certificate, in PEM. */
export function authorityCertificate(state: ClusterState): string {
  return authorityOf(state).certificate;
}
