// Tokens of ServiceAccounts: JWTs (RFC 7519) that are signed with the key of the cluster, which is made from its seed, so that a token is the same wherever
// its history is replayed. Nothing is stored: a token says itself whose it is and until when.
// Upstream: pkg/serviceaccount/{claims,jwt}.go (v1.33). Rules: M7, Q11.

import { encodeBase64Url, encodeBytesUrl } from '../../apimachinery/base64.ts';
import { privateKeyOf, publicKeyOf, sign } from '../../apimachinery/ecdsa.ts';
import { sha256 } from '../../apimachinery/sha256.ts';
import { TOKEN_SIGNATURES_MAX } from '../../kernel/limits.ts';
import { firstSeed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';

/** Who issues tokens, and the audience that the API server itself is. */
export const ISSUER = 'https://kubernetes.default.svc';

/** What the API server calls the only algorithm it signs with. */
export const ALGORITHM = 'ES256';

export interface ObjectName {
  readonly name: string;
  readonly uid?: string;
}

/** What a token says, in the order in which it is written. Times are seconds since 1970. */
export interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: ObjectName;
    readonly pod?: ObjectName;
    readonly secret?: ObjectName;
    readonly serviceaccount: ObjectName;
    readonly warnafter?: number;
  };
  readonly nbf: number;
  readonly sub: string;
}

/** The public key as clients read it (RFC 7517). */
export interface PublicKey {
  readonly use: 'sig';
  readonly kty: 'EC';
  readonly kid: string;
  readonly crv: 'P-256';
  readonly alg: typeof ALGORITHM;
  readonly x: string;
  readonly y: string;
}

/** A signed token. */
export function makeToken(state: ClusterState, claims: Claims | Readonly<Record<string, string>>): string {
  const { kid } = publicKey(state);
  const text = [{ alg: ALGORITHM, kid }, claims].map((part) => encodeBase64Url(JSON.stringify(part))).join('.');
  return `${text}.${signatureOf(state, text)}`;
}

/** The key that the signatures of a cluster's tokens are checked with. */
export function publicKey(state: ClusterState): PublicKey {
  return keysOf(state).public;
}

/** The signature of a text: the only one there is, because nothing in it is random. */
export function signatureOf(state: ClusterState, text: string): string {
  const { signatures, secret } = keysOf(state);
  let signature = signatures.get(text);
  if (signature === undefined) {
    if (signatures.size >= TOKEN_SIGNATURES_MAX) signatures.clear();
    signature = encodeBytesUrl(sign(secret, text));
    signatures.set(text, signature);
  }
  return signature;
}

interface Keys {
  readonly secret: bigint;
  readonly public: PublicKey;
  readonly signatures: Map<string, string>;
}

const MEMO = 'account-keys';

function keysOf(state: ClusterState): Keys {
  let keys = state.derived.memo.get(MEMO) as Keys | undefined;
  if (keys === undefined) {
    const secret = privateKeyOf(`service account key|${firstSeed(state)}`);
    const { x, y } = publicKeyOf(secret);
    const kid = encodeBytesUrl(sha256([...KEY_HEAD, ...x, ...y]));
    const known = { use: 'sig', kty: 'EC', kid, crv: 'P-256', alg: ALGORITHM, x: encodeBytesUrl(x), y: encodeBytesUrl(y) } as const;
    keys = { secret, public: known, signatures: new Map() };
    state.derived.memo.set(MEMO, keys);
  }
  return keys;
}

/** What stands before the coordinates in the DER form of a public key of this curve, whose digest is the key's name (RFC 5480). */
const KEY_HEAD = [
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
  0x03, 0x42, 0x00, 0x04,
];
