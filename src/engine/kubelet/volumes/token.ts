// A service account token that looks like one: three parts, of which the second can be read, and a signature that nobody checks.
// Upstream: pkg/serviceaccount/claims.go (v1.33).

import { encodeBase64Url } from '../../apimachinery/base64.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { hash128, hashToHex } from '../../kernel/hash.ts';
import type { Pod } from '../../kinds/pod/types.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const LIFETIME_SECONDS = 31_536_000;

/** The token of the pod's service account, the same whenever it is asked for. An empty audience is the API server itself. */
export function accountToken(pod: Pod, audience: string, seed: number): string {
  const { name, namespace = '', uid, creationTimestamp } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  const issued = Math.floor((parseTime(creationTimestamp ?? '') ?? 0) / 1000);
  const claims = {
    aud: [audience === '' ? ISSUER : audience],
    exp: issued + LIFETIME_SECONDS,
    iat: issued,
    iss: ISSUER,
    'kubernetes.io': { namespace, pod: { name, uid }, serviceaccount: { name: account } },
    nbf: issued,
    sub: `system:serviceaccount:${namespace}:${account}`,
  };
  const signature = hashToHex(hash128(`${seed}|${uid}|${audience}`)).repeat(8);
  return [JSON.stringify({ alg: 'RS256', kid: 'orrery' }), JSON.stringify(claims), signature].map(encodeBase64Url).join('.');
}
