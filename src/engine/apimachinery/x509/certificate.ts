// Certificates (RFC 5280) that an authority with a key on P-256 signs: the same content has the same bytes.

import { privateKeyOf, publicKeyOf, sign } from '../ecdsa.ts';
import { sha256 } from '../sha256.ts';
import { formatTime } from '../time.ts';
import { ascii, bitString, contextTag, encode, integer, oid, sequence, TAG, time } from './der.ts';
import { writePem } from './pem.ts';
import { SUBJECT_ALT_NAME } from './request.ts';

/** An authority that signs: who it is and with what key. */
export interface Authority {
  readonly key: bigint;
  /** Its name, encoded. */
  readonly subject: readonly number[];
  readonly keyId: readonly number[];
  readonly notAfterMs: number;
  /** Its own certificate, in PEM. */
  readonly certificate: string;
}

export interface CertificateSpec {
  /** Encoded. */
  readonly subject: readonly number[];
  readonly publicKey: readonly number[];
  readonly serial: readonly number[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Of Kubernetes: `client auth`, `digital signature`. */
  readonly usages: readonly string[];
  /** The value of subjectAltName, encoded. */
  readonly names: readonly number[] | undefined;
}

/** Bits of key usage, from the first on. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
};

const EXTENDED_USAGES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const TRUE = [0x01, 0x01, 0xff];

/** The authority that belongs to a secret, with a certificate that it has signed itself. */
export function makeAuthority(secret: string, commonName: string, notBeforeMs: number, notAfterMs: number): Authority {
  const key = privateKeyOf(secret);
  const publicKey = encodePublicKey(key);
  const subject = nameOf(commonName);
  const keyId = keyIdOf(publicKey);
  const dns = encode(0x82, ascii(commonName));
  const extensions = [
    extension('2.5.29.15', bits([0, 2, 5]), true),
    extension('2.5.29.19', sequence(TRUE), true),
    extension('2.5.29.14', encode(TAG.octetString, keyId)),
    extension(SUBJECT_ALT_NAME, sequence(dns)),
  ];
  const bare = { key, subject, keyId, notAfterMs, certificate: '' };
  const spec = { subject, publicKey, serial: [0], notBeforeMs, notAfterMs, usages: [], names: undefined };
  return { ...bare, certificate: seal(bare, spec, extensions) };
}

/** A certificate of somebody else, in PEM. */
export function signCertificate(authority: Authority, spec: CertificateSpec): string {
  const bitsOf = [...new Set(spec.usages.flatMap((usage) => KEY_USAGES[usage] ?? []))].sort((a, b) => a - b);
  const extended = spec.usages.flatMap((usage) => EXTENDED_USAGES[usage] ?? []);
  const extensions = [
    ...(bitsOf.length === 0 ? [] : [extension('2.5.29.15', bits(bitsOf), true)]),
    ...(extended.length === 0 ? [] : [extension('2.5.29.37', sequence(...extended.map(oid)))]),
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.35', sequence(encode(0x80, authority.keyId))),
    ...(spec.names === undefined ? [] : [extension(SUBJECT_ALT_NAME, spec.names)]),
  ];
  return seal(authority, spec, extensions);
}

function seal(
  { key, subject: issuer }: Omit<Authority, 'certificate'>,
  spec: CertificateSpec,
  extensions: readonly (readonly number[])[],
): string {
  const algorithm = sequence(oid(ECDSA_SHA256));
  const content = sequence(
    encode(contextTag(0), integer([2])),
    integer(spec.serial),
    algorithm,
    issuer,
    sequence(time(formatTime(spec.notBeforeMs)), time(formatTime(spec.notAfterMs))),
    spec.subject,
    spec.publicKey,
    encode(contextTag(3), sequence(...extensions)),
  );
  const signed = sign(key, content.map((byte) => String.fromCharCode(byte)).join(''));
  const signature = sequence(integer(signed.slice(0, 32)), integer(signed.slice(32)));
  return writePem('CERTIFICATE', sequence(content, algorithm, bitString(signature)));
}

function extension(id: string, value: readonly number[], isCritical = false): number[] {
  return sequence(oid(id), isCritical ? TRUE : [], encode(TAG.octetString, value));
}

/** A string of bits of which these are set, without zeros at its end. */
function bits(set: readonly number[]): number[] {
  const last = Math.max(...set);
  const bytes = Array.from({ length: Math.floor(last / 8) + 1 }, (_, index) =>
    set.filter((bit) => Math.floor(bit / 8) === index).reduce((byte, bit) => byte | (0x80 >> (bit % 8)), 0),
  );
  return encode(TAG.bitString, [7 - (last % 8)], bytes);
}

/** `CN=name`, encoded. */
function nameOf(commonName: string): number[] {
  return sequence(encode(TAG.set, sequence(oid('2.5.4.3'), encode(TAG.printable, ascii(commonName)))));
}

function encodePublicKey(key: bigint): number[] {
  const { x, y } = publicKeyOf(key);
  return sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), bitString([0x04, ...x, ...y]));
}

/** Half of a digest of the key names it (RFC 7093, method 1, cut to twenty bytes). */
function keyIdOf(publicKey: readonly number[]): readonly number[] {
  return sha256(publicKey).slice(0, 20);
}
