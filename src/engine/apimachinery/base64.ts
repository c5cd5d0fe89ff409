// Base64 of texts and bytes without a host API, as Go's encoding/json reads and writes `[]byte` fields. Rule O13.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, value) => [letter, value]));

export type DecodedBytes = { readonly ok: true; readonly bytes: readonly number[] } | { readonly ok: false; readonly error: string };

/** The base64 of a text's UTF-8 bytes. */
export function encodeBase64(text: string): string {
  return encodeBytes(utf8Bytes(text));
}

/** The URL-safe form without padding, as tokens have it. */
export function encodeBase64Url(text: string): string {
  return urlSafe(encodeBase64(text));
}

/** The same of bytes. */
export function encodeBytesUrl(bytes: readonly number[]): string {
  return urlSafe(encodeBytes(bytes));
}

/** The text of the URL-safe form; undefined when it is none. */
export function decodeBase64Url(text: string): string | undefined {
  const decoded = decodeBytes(`${text.replaceAll('-', '+').replaceAll('_', '/')}${'='.repeat((4 - (text.length % 4)) % 4)}`);
  return decoded.ok ? utf8Text(decoded.bytes) : undefined;
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The bytes of a base64 text, line breaks skipped. The error is Go's. */
export function decodeBytes(text: string): DecodedBytes {
  const bytes: number[] = [];
  let bits = 0;
  let buffer = 0;
  let padding = 0;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (letter === '\n' || letter === '\r') continue;
    const isPadding = letter === '=' && count % 4 >= 2;
    const value = VALUES.get(letter);
    if (padding > 0 ? !isPadding || count % 4 === 0 : value === undefined && !isPadding) return illegalAt(at);
    count += 1;
    if (isPadding) {
      padding += 1;
      continue;
    }
    buffer = ((buffer << 6) | (value as number)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  // Go names the beginning of the group that is not whole.
  return count % 4 === 0 ? { ok: true, bytes } : illegalAt(padding > 0 ? text.length : text.length - (count % 4));
}

/** The text that base64 holds; bytes that are no UTF-8 become U+FFFD, and wrong base64 the empty text. */
export function decodeBase64(text: string): string {
  const decoded = decodeBytes(text);
  return decoded.ok ? utf8Text(decoded.bytes) : '';
}

/** Bytes that base64 text stands for. */
export function base64ByteCount(text: string): number {
  const letters = text.replace(/[\r\n=]/g, '').length;
  return Math.floor((letters * 3) / 4);
}

function illegalAt(at: number): DecodedBytes {
  return { ok: false, error: `illegal base64 data at input byte ${at}` };
}

export function encodeBytes(bytes: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(group >> shift) & 63] as string);
    const given = Math.min(bytes.length - at, 3);
    parts.push(letters.slice(0, given + 1).join(''), '='.repeat(3 - given));
  }
  return parts.join('');
}

function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

const REPLACEMENT = '\uFFFD';

export function utf8Text(bytes: readonly number[]): string {
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] as number;
    const length =
      first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    const rest = bytes.slice(at + 1, at + length);
    if (length === 0 || rest.length < length - 1 || rest.some((byte) => byte >> 6 !== 2)) {
      parts.push(REPLACEMENT);
      at += 1;
      continue;
    }
    const lead = length === 1 ? first : first & (0xff >> (length + 1));
    const code = rest.reduce((sum, byte) => (sum << 6) | (byte & 63), lead);
    parts.push(code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? REPLACEMENT : String.fromCodePoint(code));
    at += length;
  }
  return parts.join('');
}
