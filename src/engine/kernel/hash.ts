// A 128-bit non-cryptographic hash over strings (MurmurHash3 x86_128 mixing over UTF-16 code units, two to a word). It feeds the watch
// digest, keyed random draws and state comparison. No host API is used, so every runtime computes the same value.

/** Four unsigned 32-bit words. */
export type Hash128 = readonly [number, number, number, number];

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function rotl(x: number, r: number): number {
  return (x << r) | (x >>> (32 - r));
}

function fmix(h: number): number {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Hashes `text`, starting from `seed` (four words, by default zero), so that hashes can be chained. */
export function hash128(text: string, seed: Hash128 = [0, 0, 0, 0]): Hash128 {
  let h1 = seed[0] | 0;
  let h2 = seed[1] | 0;
  let h3 = seed[2] | 0;
  let h4 = seed[3] | 0;
  const length = text.length;
  const blocks = length & ~7;
  for (let i = 0; i < blocks; i += 8) {
    h1 ^= Math.imul(rotl(Math.imul(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16), C1), 15), C2);
    h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(text.charCodeAt(i + 2) | (text.charCodeAt(i + 3) << 16), C2), 16), C3);
    h2 = (Math.imul((rotl(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(text.charCodeAt(i + 4) | (text.charCodeAt(i + 5) << 16), C3), 17), C4);
    h3 = (Math.imul((rotl(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(text.charCodeAt(i + 6) | (text.charCodeAt(i + 7) << 16), C4), 18), C1);
    h4 = (Math.imul((rotl(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  for (let i = blocks; i < length; i += 1) {
    h1 ^= Math.imul(rotl(Math.imul(text.charCodeAt(i), C1), 15), C2);
    h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
  }
  return finish(h1, h2, h3, h4, length);
}

/** Combines hashes and numbers into one, in order. */
export function combineHashes(seed: Hash128, words: readonly number[]): Hash128 {
  let [h1, h2, h3, h4] = seed;
  for (const word of words) {
    const k = Math.imul(rotl(Math.imul(word | 0, C1), 15), C2);
    h1 = (Math.imul(rotl(h1 ^ k, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 = (Math.imul(rotl(h2 ^ k, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 = (Math.imul(rotl(h3 ^ k, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 = (Math.imul(rotl(h4 ^ k, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  return finish(h1, h2, h3, h4, words.length);
}

function finish(a: number, b: number, c: number, d: number, length: number): Hash128 {
  let h1 = a ^ length;
  let h2 = b ^ length;
  let h3 = c ^ length;
  let h4 = d ^ length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = fmix(h1);
  h2 = fmix(h2);
  h3 = fmix(h3);
  h4 = fmix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1 >>> 0, (h2 + h1) >>> 0, (h3 + h1) >>> 0, (h4 + h1) >>> 0];
}

/** The 32 hexadecimal digits of a hash. */
export function hashToHex(hash: Hash128): string {
  return hash.map((word) => word.toString(16).padStart(8, '0')).join('');
}
