// Blocks of PEM (RFC 7468).

import { decodeBytes, encodeBytes } from '../base64.ts';

const LINE_LENGTH = 64;

/** The first block of a text: its label and its bytes; undefined when there is none. */
export function readPem(text: string): { readonly label: string; readonly bytes: readonly number[] } | undefined {
  const match = /-----BEGIN ([^\r\n-]*)-----\r?\n([^-]*)-----END ([^\r\n-]*)-----/.exec(text);
  if (match === null || match[1] !== match[3]) return undefined;
  const decoded = decodeBytes((match[2] ?? '').replace(/\s/g, ''));
  return decoded.ok ? { label: match[1] ?? '', bytes: decoded.bytes } : undefined;
}

export function writePem(label: string, bytes: readonly number[]): string {
  const lines = encodeBytes(bytes).match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
