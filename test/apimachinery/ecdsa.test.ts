// Signatures and digests that are made without the host, checked by the host's.

import { createHash, createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { privateKeyOf, publicKeyOf, sign } from '../../src/engine/apimachinery/ecdsa.ts';
import { sha256 } from '../../src/engine/apimachinery/sha256.ts';

describe('SHA-256', () => {
  it('is that of the host, whatever the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(Buffer.from(sha256([...bytes])).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
  });
});

describe('ES256', () => {
  const url = (bytes: readonly number[]): string => Buffer.from(bytes).toString('base64url');

  it('signs what the host verifies, and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[ -~]{0,200}$/), (secret, text) => {
        const key = privateKeyOf(secret.replaceAll(/[^ -~]/g, '?'));
        const { x, y } = publicKeyOf(key);
        const known = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: url(x), y: url(y) }, format: 'jwk' });
        const options = { key: known, dsaEncoding: 'ieee-p1363' } as const;
        const signature = Buffer.from(sign(key, text));
        expect(verify('sha256', Buffer.from(text), options, signature)).toBe(true);
        expect(verify('sha256', Buffer.from(`${text}.`), options, signature)).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  it('signs the same text the same way', () => {
    expect(sign(privateKeyOf('a'), 'text')).toEqual(sign(privateKeyOf('a'), 'text'));
    expect(sign(privateKeyOf('a'), 'text')).not.toEqual(sign(privateKeyOf('b'), 'text'));
  });
});
