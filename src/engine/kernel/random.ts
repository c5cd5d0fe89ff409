// Randomness: one sfc32 stream per purpose, its four words in the state, so that a new consumer never disturbs the others; and keyed
// draws, which need no state at all. A rejected command must leave no trace: `markRandom` and `restoreRandom` bracket it.

import { hash128, hashToHex } from './hash.ts';
import { type ClusterState, defineTable, ORIGIN } from './state.ts';

type Words = [number, number, number, number];

const streams = defineTable<Words>('random');

/** The next unsigned 32-bit number of the stream named by `purpose`. */
export function draw(state: ClusterState, purpose: string): number {
  const row: Words = streams.has(state, purpose) ? streams.edit(state, purpose) : start(state, purpose);
  return step(row);
}

/** A number in [0, bound), bound at most 2^32. */
export function drawBelow(state: ClusterState, purpose: string, bound: number): number {
  return Math.floor((draw(state, purpose) / 4294967296) * bound);
}

/** A number in [0, 1) that depends on nothing but the seed, the purpose and the key. */
export function drawKeyed(state: ClusterState, purpose: string, key: string): number {
  return hash128(`${state.seed}|${purpose}|${key}`)[0] / 4294967296;
}

/** The seed with which the cluster began, under `seed`, since it got another one. */
const origin = defineTable<number>(ORIGIN);

/** From now on what is random comes from another seed. */
export function reseed(state: ClusterState, seed: number): void {
  if (!origin.has(state, 'seed')) origin.put(state, 'seed', state.seed);
  state.seed = seed;
}

/** The seed with which the cluster began: what belongs to it for good is made from it. */
export function firstSeed(state: ClusterState): number {
  return origin.get(state, 'seed') ?? state.seed;
}

/** A UUID of version 4 that depends on nothing but the first seed, the purpose and the key. */
export function uuidKeyed(state: ClusterState, purpose: string, key: string): string {
  return formatUuid(hashToHex(hash128(`${firstSeed(state)}|${purpose}|${key}`)));
}

/** The UUID of version 4 with these 32 digits, but for those that say the version. */
export function formatUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Positions of the streams that a rejected command must give back. */
export type RandomMark = ReadonlyMap<string, readonly number[] | undefined>;

/** Remembers the named streams. */
export function markRandom(state: ClusterState, purposes: readonly string[]): RandomMark {
  return new Map(purposes.map((purpose) => [purpose, streams.get(state, purpose)?.slice()]));
}

/** Puts the remembered streams back. */
export function restoreRandom(state: ClusterState, mark: RandomMark): void {
  for (const [purpose, words] of mark) {
    if (words === undefined) streams.remove(state, purpose);
    else streams.put(state, purpose, [...words] as Words);
  }
}

function start(state: ClusterState, purpose: string): Words {
  const words = [...hash128(`${state.seed}|${purpose}`)] as Words;
  for (let i = 0; i < 12; i += 1) step(words);
  streams.put(state, purpose, words);
  return words;
}

function step(words: Words): number {
  const [a, b, c, d] = words;
  const result = (((a + b) | 0) + d) | 0;
  words[0] = b ^ (b >>> 9);
  words[1] = (c + (c << 3)) | 0;
  words[2] = (((c << 21) | (c >>> 11)) + result) | 0;
  words[3] = (d + 1) | 0;
  return result >>> 0;
}
