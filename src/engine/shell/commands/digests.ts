// md5sum, sha1sum, sha256sum, sha512sum and their `-c`, base64. The digests are those of RFC 1321 and FIPS 180-4, over bytes.

import { spend } from '../budget.ts';
import { bytesToText, textToBytes } from '../bytes.ts';
import type { ShellCommand } from '../command.ts';
import { isEndless } from '../devices.ts';
import { linesOf, parseOptions, readAll } from './input-text.ts';

type Digest = (bytes: string) => string;

/** Bytes that take as long to digest as an instruction. */
const BYTES_PER_WORK = 500;

function summer(digest: Digest): ShellCommand {
  return (context) => {
    const { options, operands } = parseOptions(context.args, '');
    if (options.has('c') || options.has('check')) return check(context, digest, operands, options.has('s') || options.has('status'));
    if (operands.length === 0) {
      const input = readAll(context, []);
      if (input === null) return null;
      const bytes = textToBytes(input.text);
      spend(context.state.budget, bytes.length / BYTES_PER_WORK);
      context.out(`${digest(bytes)}  -\n`);
      return 0;
    }
    let code = 0;
    for (const path of operands) {
      // A device has no end that a digest could be told at.
      if (isEndless(context.path(path))) {
        context.process.wait = { for: 'never' };
        return null;
      }
      const input = readAll(context, [path]);
      if (input === null) return null;
      if (input.failed) code = 1;
      else {
        const bytes = textToBytes(input.text);
        spend(context.state.budget, bytes.length / BYTES_PER_WORK);
        context.out(`${digest(bytes)}  ${path}\n`);
      }
    }
    return code;
  };
}

function check(context: Parameters<ShellCommand>[0], digest: Digest, lists: readonly string[], isQuiet: boolean): number | null {
  const input = readAll(context, lists);
  if (input === null) return null;
  let code = input.failed ? 1 : 0;
  for (const line of linesOf(input.text)) {
    const [, wanted = '', path = ''] = /^([0-9a-fA-F]+)\s+\*?(.*)$/.exec(line) ?? [];
    const text = context.host.files.read(context.path(path));
    const isSame = text !== undefined && digest(textToBytes(text)) === wanted.toLowerCase();
    if (!isSame) code = 1;
    if (!isQuiet) context.out(`${path}: ${isSame ? 'OK' : 'FAILED'}\n`);
  }
  return code;
}

/** The message with its one bit, zeros and length, as words of 32 bits. */
function paddedWords(bytes: string, isLittle: boolean): number[] {
  const size = (((bytes.length + 8) >> 6) + 1) * 16;
  const words = Array.from({ length: size }, () => 0);
  const put = (at: number, byte: number): void => {
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (isLittle ? (at & 3) * 8 : 24 - (at & 3) * 8));
  };
  for (let at = 0; at < bytes.length; at += 1) put(at, bytes.charCodeAt(at));
  put(bytes.length, 0x80);
  const bits = bytes.length * 8;
  words[size - (isLittle ? 2 : 1)] = bits | 0;
  words[size - (isLittle ? 1 : 2)] = Math.floor(bits / 2 ** 32);
  return words;
}

const rotate = (value: number, count: number): number => (value << count) | (value >>> (32 - count));
const hex32 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
/** RFC 1321: floor(2^32 × |sin(i + 1)|), written out because machines differ in sines. */
const MD5_SINES: readonly number[] =
  (
    'd76aa478e8c7b756242070dbc1bdceeef57c0faf4787c62aa8304613fd469501698098d88b44f7afffff5bb1895cd7be6b901122fd987193a679438e49b40821' +
    'f61e2562c040b340265e5a51e9b6c7aad62f105d02441453d8a1e681e7d3fbc821e1cde6c33707d6f4d50d87455a14eda9e3e905fcefa3f8676f02d98d2a4c8a' +
    'fffa39428771f6816d9d6122fde5380ca4beea444bdecfa9f6bb4b60bebfbc70289b7ec6eaa127fad4ef308504881d05d9d4d039e6db99e51fa27cf8c4ac5665' +
    'f4292244432aff97ab9423a7fc93a039655b59c38f0ccc92ffeff47d85845dd16fa87e4ffe2ce6e0a30143144e0811a1f7537e82bd3af2352ad7d2bbeb86d391'
  )
    .match(/.{8}/g)
    ?.map((word) => Number.parseInt(word, 16)) ?? [];

function md5(bytes: string): string {
  const words = paddedWords(bytes, true);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let i = 0; i < 64; i += 1) {
      const round = i >> 4;
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0;
      const index = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] ?? 0;
      const sum = (a + mixed + (MD5_SINES[i] ?? 0) + (words[block + (index & 15)] ?? 0)) | 0;
      [a, d, c, b] = [d, c, b, (b + rotate(sum, MD5_SHIFTS[round * 4 + (i & 3)] ?? 0)) | 0];
    }
    state = [a, b, c, d].map((value, index) => (value + (state[index] ?? 0)) | 0);
  }
  return state.map((value) => hex32(value).replace(/(..)(..)(..)(..)/, '$4$3$2$1')).join('');
}

function sha1(bytes: string): string {
  const words = paddedWords(bytes, false);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < words.length; block += 16) {
    const w = words.slice(block, block + 16);
    for (let i = 16; i < 80; i += 1) w.push(rotate((w[i - 3] ?? 0) ^ (w[i - 8] ?? 0) ^ (w[i - 14] ?? 0) ^ (w[i - 16] ?? 0), 1));
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let i = 0; i < 80; i += 1) {
      const round = Math.floor(i / 20);
      const mixed = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][round] ?? 0;
      const key = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round] ?? 0;
      [a, b, c, d, e] = [(rotate(a, 5) + mixed + e + key + (w[i] ?? 0)) | 0, a, rotate(b, 30), c, d];
    }
    state = [a, b, c, d, e].map((value, index) => (value + (state[index] ?? 0)) | 0);
  }
  return state.map(hex32).join('');
}

/** The first bits behind the point of roots of the first primes: square roots begin, cube roots are the keys (FIPS 180-4). */
function rootBits(count: number, degree: 2n | 3n, bits: bigint): bigint[] {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < count; candidate += 1n) {
    let isPrime = true;
    for (let divisor = 2n; divisor * divisor <= candidate && isPrime; divisor += 1n) isPrime = candidate % divisor !== 0n;
    if (isPrime) found.push(root(candidate << (bits * degree), degree) & ((1n << bits) - 1n));
  }
  return found;
}

/** The whole part of a root. */
function root(value: bigint, degree: 2n | 3n): bigint {
  let [low, high] = [0n, 1n << 80n];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= value) low = middle;
    else high = middle;
  }
  return low;
}

const SHA256_BEGIN = rootBits(8, 2n, 32n).map(Number);
const SHA256_KEYS = rootBits(64, 3n, 32n).map(Number);

export function sha256(bytes: string): string {
  const words = paddedWords(bytes, false);
  const right = (value: number, count: number): number => rotate(value, 32 - count);
  let state = SHA256_BEGIN;
  for (let block = 0; block < words.length; block += 16) {
    const w = words.slice(block, block + 16);
    for (let i = 16; i < 64; i += 1) {
      const [x, y] = [w[i - 15] ?? 0, w[i - 2] ?? 0];
      const first = right(x, 7) ^ right(x, 18) ^ (x >>> 3);
      const second = right(y, 17) ^ right(y, 19) ^ (y >>> 10);
      w.push(((w[i - 16] ?? 0) + first + (w[i - 7] ?? 0) + second) | 0);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < 64; i += 1) {
      const chosen = (e & f) ^ (~e & g);
      const first = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + chosen + (SHA256_KEYS[i] ?? 0) + (w[i] ?? 0)) | 0;
      const second = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    state = [a, b, c, d, e, f, g, h].map((value, index) => (value + (state[index] ?? 0)) | 0);
  }
  return state.map(hex32).join('');
}

const MASK = (1n << 64n) - 1n;
const SHA512_BEGIN = rootBits(8, 2n, 64n);
const SHA512_KEYS = rootBits(80, 3n, 64n);

function sha512(bytes: string): string {
  const right = (value: bigint, count: bigint): bigint => ((value >> count) | (value << (64n - count))) & MASK;
  const padding = '\0'.repeat((((111 - bytes.length) % 128) + 128) % 128);
  const whole = `${bytes}\u0080${padding}${'\0'.repeat(8)}${lengthBytes(bytes.length * 8)}`;
  let state = SHA512_BEGIN;
  for (let block = 0; block < whole.length; block += 128) {
    const w = Array.from({ length: 16 }, (_, index) => wordAt(whole, block + index * 8));
    for (let i = 16; i < 80; i += 1) {
      const [x, y] = [w[i - 15] ?? 0n, w[i - 2] ?? 0n];
      const first = right(x, 1n) ^ right(x, 8n) ^ (x >> 7n);
      const second = right(y, 19n) ^ right(y, 61n) ^ (y >> 6n);
      w.push(((w[i - 16] ?? 0n) + first + (w[i - 7] ?? 0n) + second) & MASK);
    }
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
    for (let i = 0; i < 80; i += 1) {
      const chosen = (e & f) ^ (~e & MASK & g);
      const first = (h + (right(e, 14n) ^ right(e, 18n) ^ right(e, 41n)) + chosen + (SHA512_KEYS[i] ?? 0n) + (w[i] ?? 0n)) & MASK;
      const second = ((right(a, 28n) ^ right(a, 34n) ^ right(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))) & MASK;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & MASK, c, b, a, (first + second) & MASK];
    }
    state = [a, b, c, d, e, f, g, h].map((value, index) => (value + (state[index] ?? 0n)) & MASK);
  }
  return state.map((value) => value.toString(16).padStart(16, '0')).join('');
}

function wordAt(bytes: string, at: number): bigint {
  let word = 0n;
  for (let index = 0; index < 8; index += 1) word = (word << 8n) | BigInt(bytes.charCodeAt(at + index));
  return word;
}

function lengthBytes(bits: number): string {
  const text = bits.toString(16).padStart(16, '0');
  return (text.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const base64: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'w');
  const width = options.get('w') ?? options.get('wrap') ?? '76';
  if (!/^\d+$/.test(width)) {
    context.error(`base64: invalid wrap size: '${width}'\n`);
    return 1;
  }
  const input = readAll(context, operands);
  if (input === null) return null;
  if (options.has('d') || options.has('D') || options.has('decode')) context.out(bytesToText(decode64(input.text)));
  else context.out(wrapped(encode64(textToBytes(input.text)), Number(width)));
  return input.failed ? 1 : 0;
};

/** Lines of so many characters; 0: the text as it is. */
function wrapped(text: string, width: number): string {
  if (width === 0) return text;
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(`${text.slice(at, at + width)}\n`);
  return lines.join('');
}

function encode64(bytes: string): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const word = (bytes.charCodeAt(at) << 16) | ((bytes.charCodeAt(at + 1) || 0) << 8) | (bytes.charCodeAt(at + 2) || 0);
    const left = bytes.length - at;
    for (let index = 0; index < 4; index += 1) text += index <= left ? (LETTERS[(word >> (18 - index * 6)) & 63] ?? '') : '=';
  }
  return text;
}

function decode64(text: string): string {
  let bytes = '';
  let word = 0;
  let bits = 0;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) continue;
    word = ((word << 6) | value) & 0xff_ffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += String.fromCharCode((word >> bits) & 255);
  }
  return bytes;
}

export const DIGEST_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  md5sum: summer(md5),
  sha1sum: summer(sha1),
  sha256sum: summer(sha256),
  sha512sum: summer(sha512),
  base64,
};
