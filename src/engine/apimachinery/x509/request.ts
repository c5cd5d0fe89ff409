// Requests for certificates (PKCS #10, RFC 2986), read as Go's crypto/x509 reads them; their own signature is not checked, as upstream does not.

import { utf8Text } from '../base64.ts';
import { contextTag, type Element, oidText, readElements, TAG } from './der.ts';
import { readPem } from './pem.ts';

export interface CertificateRequest {
  /** The subject, encoded. */
  readonly subject: readonly number[];
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** The public key with its algorithm, encoded. */
  readonly publicKey: readonly number[];
  /** The extension of names that it asks for, encoded: the value of subjectAltName. */
  readonly names: readonly number[] | undefined;
  /** What kinds of names these are. */
  readonly nameKinds: readonly NameKind[];
}

export type NameKind = 'DNS' | 'Email' | 'IP' | 'URI';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
export const SUBJECT_ALT_NAME = '2.5.29.17';

/** By the tags of their context. */
const NAME_KINDS: Readonly<Record<string, NameKind>> = { '129': 'Email', '130': 'DNS', '134': 'URI', '135': 'IP' };

/** Reads a request in PEM. The error is Go's. */
export function readRequest(
  text: string,
): { readonly ok: true; readonly value: CertificateRequest } | { readonly ok: false; readonly error: string } {
  const block = readPem(text);
  if (block?.label !== 'CERTIFICATE REQUEST') return { ok: false, error: 'PEM block type must be CERTIFICATE REQUEST' };
  const value = readInfo(block.bytes);
  return value === undefined ? { ok: false, error: 'asn1: structure error: malformed certificate request' } : { ok: true, value };
}

function readInfo(bytes: readonly number[]): CertificateRequest | undefined {
  const [info, algorithm, signature] = childrenOf(readElements(bytes)?.[0]) ?? [];
  if (info === undefined || algorithm?.tag !== TAG.sequence || signature?.tag !== TAG.bitString) return undefined;
  const [version, subject, publicKey, attributes] = childrenOf(info) ?? [];
  if (version?.tag !== TAG.integer || subject?.tag !== TAG.sequence || publicKey?.tag !== TAG.sequence) return undefined;
  const parts = namesOf(subject);
  if (parts === undefined) return undefined;
  const names = attributes?.tag === contextTag(0) ? requestedNames(attributes) : undefined;
  return {
    subject: subject.bytes,
    commonName: parts.findLast(({ type }) => type === COMMON_NAME)?.text ?? '',
    organizations: parts.filter(({ type }) => type === ORGANIZATION).map(({ text }) => text),
    publicKey: publicKey.bytes,
    names,
    nameKinds: kindsOf(names),
  };
}

function childrenOf(element: Element | undefined): readonly Element[] | undefined {
  return element === undefined || (element.tag & 0x20) === 0 ? undefined : readElements(element.content);
}

interface NamePart {
  readonly type: string;
  readonly text: string;
}

/** The parts of a distinguished name. */
export function namesOf(subject: Element): readonly NamePart[] | undefined {
  const parts: NamePart[] = [];
  for (const set of childrenOf(subject) ?? []) {
    for (const pair of childrenOf(set) ?? []) {
      const [type, value] = childrenOf(pair) ?? [];
      if (type?.tag !== TAG.oid || value === undefined) return undefined;
      parts.push({ type: oidText(type.content), text: utf8Text(value.content) });
    }
  }
  return parts;
}

function requestedNames(attributes: Element): readonly number[] | undefined {
  for (const attribute of childrenOf(attributes) ?? []) {
    const [type, values] = childrenOf(attribute) ?? [];
    if (type === undefined || oidText(type.content) !== EXTENSION_REQUEST) continue;
    const extensions = childrenOf(childrenOf(values)?.[0]) ?? [];
    for (const extension of extensions) {
      const members = childrenOf(extension) ?? [];
      if (members[0] !== undefined && oidText(members[0].content) === SUBJECT_ALT_NAME) return members.at(-1)?.content;
    }
  }
  return undefined;
}

function kindsOf(names: readonly number[] | undefined): readonly NameKind[] {
  const found = childrenOf(readElements(names ?? [])?.[0]) ?? [];
  return [...new Set(found.flatMap(({ tag }) => NAME_KINDS[`${tag}`] ?? []))];
}
