// The distinguished encoding of ASN.1 (X.690), as far as certificates and requests for them need it.

/** A value: its tag, its content, and all of its bytes. */
export interface Element {
  readonly tag: number;
  readonly content: readonly number[];
  readonly bytes: readonly number[];
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Tag of a context: `[0]`, `[1]`, constructed. */
export const contextTag = (number: number): number => 0xa0 + number;

/** Deeper values than any certificate has. */
const DEPTH_LENGTH_MAX = 4;

/** The values that follow on each other in some bytes; undefined when they are no such encoding. */
export function readElements(bytes: readonly number[]): readonly Element[] | undefined {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = readHead(bytes, at);
    if (head === undefined || head.end > bytes.length) return undefined;
    elements.push({ tag: bytes[at] as number, content: bytes.slice(head.start, head.end), bytes: bytes.slice(at, head.end) });
    at = head.end;
  }
  return elements;
}

function readHead(bytes: readonly number[], at: number): { readonly start: number; readonly end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first - 0x80;
  if (count === 0 || count > DEPTH_LENGTH_MAX) return undefined;
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[at + 2 + index] ?? Number.NaN);
  return Number.isNaN(length) ? undefined : { start: at + 2 + count, end: at + 2 + count + length };
}

/** A value of a tag. */
export function encode(tag: number, ...parts: readonly (readonly number[])[]): number[] {
  const content = parts.flat();
  return [tag, ...lengthBytes(content.length), ...content];
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

export const sequence = (...parts: readonly (readonly number[])[]): number[] => encode(TAG.sequence, ...parts);

/** A number that is not negative, from its bytes. */
export function integer(bytes: readonly number[]): number[] {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? [0] : bytes.slice(first);
  return encode(TAG.integer, (significant[0] ?? 0) >= 0x80 ? [0, ...significant] : significant);
}

/** `1.2.840.10045.4.3.2`. */
export function oid(text: string): number[] {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return encode(TAG.oid, [first * 40 + second, ...rest.flatMap(base128)]);
}

/** The dotted form. */
export function oidText(content: readonly number[]): string {
  const [first = 0, ...others] = content;
  const numbers = [Math.min(2, Math.floor(first / 40)), first - 40 * Math.min(2, Math.floor(first / 40))];
  let value = 0;
  for (const byte of others) {
    value = value * 128 + (byte % 128);
    if (byte >= 128) continue;
    numbers.push(value);
    value = 0;
  }
  return numbers.join('.');
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 + (rest % 128));
  return bytes;
}

/** Bits in whole bytes. */
export const bitString = (bytes: readonly number[]): number[] => encode(TAG.bitString, [0], bytes);

/** An instant as certificates have it: two digits of the year up to 2049. `text` is RFC 3339 in UTC, whole seconds. */
export function time(text: string): number[] {
  const digits = text.replace(/[-:TZ]/g, '');
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return encode(isShort ? TAG.utcTime : TAG.generalizedTime, ascii(`${isShort ? digits.slice(2) : digits}Z`));
}

export function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
