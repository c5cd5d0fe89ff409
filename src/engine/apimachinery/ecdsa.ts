// ECDSA on the curve P-256 with SHA-256 (FIPS 186-5, SEC 1), the `ES256` of RFC 7518. What is random elsewhere is made from the key and the text, so
// that the same text has the same signature. Not in constant time: the keys are those of simulated clusters.

import { sha256 } from './sha256.ts';

/** The field, the order of the curve, and its base point. */
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const GX = 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n;
const GY = 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n;

const WINDOW_BITS = 4n;
const WINDOWS = 64;
const WINDOW_SIZE = 16;

/** Jacobian coordinates: x/z², y/z³. */
type Point = readonly [x: bigint, y: bigint, z: bigint];

const INFINITY: Point = [1n, 1n, 0n];

/** The private number that belongs to a secret. */
export function privateKeyOf(secret: string): bigint {
  return (wideHash(ascii(secret)) % (N - 1n)) + 1n;
}

/** The affine coordinates of the public key, 32 bytes each. */
export function publicKeyOf(key: bigint): { readonly x: readonly number[]; readonly y: readonly number[] } {
  const [x, y] = affine(multiplyBase(key));
  return { x: toBytes(x), y: toBytes(y) };
}

/** The 64 bytes of a signature, r and s; that one of them is zero happens once in 2^256 times. `text` is ASCII. */
export function sign(key: bigint, text: string): readonly number[] {
  const digest = sha256(ascii(text));
  const nonce = (wideHash([...toBytes(key), ...digest]) % (N - 1n)) + 1n;
  const [x] = affine(multiplyBase(nonce));
  const r = x % N;
  const s = modulo(invert(nonce, N) * (toNumber(digest) + r * key), N);
  return [...toBytes(r), ...toBytes(s)];
}

/** 512 bits, so that the rest of a division by the order is even. */
function wideHash(bytes: readonly number[]): bigint {
  return (toNumber(sha256([1, ...bytes])) << 256n) | toNumber(sha256([2, ...bytes]));
}

/** Multiples of the base point, a row for each window of the number: made when they are first needed. */
const multiples: Point[][] = [];

function multiplyBase(number: bigint): Point {
  let sum = INFINITY;
  let rest = number;
  for (const row of baseMultiples()) {
    sum = add(sum, row[Number(rest & BigInt(WINDOW_SIZE - 1))] as Point);
    rest >>= WINDOW_BITS;
  }
  return sum;
}

function baseMultiples(): readonly (readonly Point[])[] {
  let base: Point = [GX, GY, 1n];
  for (let window = multiples.length; window < WINDOWS; window += 1) {
    const row: Point[] = [INFINITY];
    for (let count = 1; count < WINDOW_SIZE; count += 1) row.push(add(row[count - 1] as Point, base));
    base = add(row[WINDOW_SIZE - 1] as Point, base);
    multiples.push(row);
  }
  return multiples;
}

function add(a: Point, b: Point): Point {
  const [ax, ay, az] = a;
  const [bx, by, bz] = b;
  if (az === 0n) return b;
  if (bz === 0n) return a;
  const azz = (az * az) % P;
  const bzz = (bz * bz) % P;
  const u = (ax * bzz) % P;
  const s = (ay * bzz * bz) % P;
  const h = modulo(bx * azz - u, P);
  const r = modulo(by * azz * az - s, P);
  if (h === 0n) return r === 0n ? double(a) : INFINITY;
  const hh = (h * h) % P;
  const hhh = (h * hh) % P;
  const v = (u * hh) % P;
  const x = modulo(r * r - hhh - 2n * v, P);
  return [x, modulo(r * (v - x) - s * hhh, P), (az * bz * h) % P];
}

function double([x, y, z]: Point): Point {
  const zz = (z * z) % P;
  const yy = (y * y) % P;
  const beta = (x * yy) % P;
  const alpha = modulo(3n * (x - zz) * (x + zz), P);
  const doubled = modulo(alpha * alpha - 8n * beta, P);
  return [doubled, modulo(alpha * (4n * beta - doubled) - 8n * yy * yy, P), modulo(2n * y * z, P)];
}

function affine([x, y, z]: Point): readonly [bigint, bigint] {
  const inverse = invert(z, P);
  const square = (inverse * inverse) % P;
  return [(x * square) % P, (y * square * inverse) % P];
}

function modulo(number: bigint, by: bigint): bigint {
  const rest = number % by;
  return rest < 0n ? rest + by : rest;
}

/** By Euclid's algorithm; the number and the modulus have no common factor. */
function invert(number: bigint, by: bigint): bigint {
  let [low, high] = [modulo(number, by), by];
  let [x, y] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high % low, low];
    [x, y] = [y - quotient * x, x];
  }
  return modulo(x, by);
}

function toNumber(bytes: readonly number[]): bigint {
  return BigInt(`0x${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
}

function toBytes(number: bigint): readonly number[] {
  const hex = number.toString(16).padStart(64, '0');
  return Array.from({ length: 32 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}

function ascii(text: string): readonly number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}
