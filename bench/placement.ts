// `npm run bench:placement`: where clusters are, on paper, when a proxy shares requests out in turn and an object is where it was asked for first. A
// cluster is with its front, which its name says; a front is with the instance that its first request came to. An instance that fails loses its fronts to
// those that are asked for them next, and comes back empty.

import { placeOf } from '../src/front/hosts.ts';

const CLUSTERS = 100_000;
const INSTANCES = 50;
const SEED = 1;

/** The same numbers from the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Requests to a cluster: a few are asked much, most little (Zipf). */
const weightOf = (rank: number): number => 1 / (rank + 1) ** 0.8;

function describe(frontCount: number): void {
  const random = randomFrom(SEED);
  const clusters = new Array<number>(frontCount).fill(0);
  const load = new Array<number>(frontCount).fill(0);
  for (let index = 0; index < CLUSTERS; index += 1) {
    const front = placeOf(`cluster-${index}`, frontCount);
    clusters[front] = (clusters[front] ?? 0) + 1;
    load[front] = (load[front] ?? 0) + weightOf(index);
  }
  const homes = clusters.map(() => Math.floor(random() * INSTANCES));
  show(frontCount, 'at first', homes, clusters, load);
  for (let failure = 1; failure <= 50; failure += 1) {
    const failed = Math.floor(random() * INSTANCES);
    for (const [front, home] of homes.entries())
      if (home === failed) homes[front] = (failed + 1 + Math.floor(random() * (INSTANCES - 1))) % INSTANCES;
    if (failure === 1 || failure === 50) show(frontCount, `after ${failure} failures`, homes, clusters, load);
  }
}

function show(frontCount: number, when: string, homes: readonly number[], clusters: readonly number[], load: readonly number[]): void {
  const sums = (of: readonly number[]) =>
    Array.from({ length: INSTANCES }, (_, instance) =>
      homes.reduce((sum, home, front) => sum + (home === instance ? (of[front] ?? 0) : 0), 0),
    );
  const ratio = (of: readonly number[]) => Math.max(...of) / (of.reduce((sum, value) => sum + value, 0) / INSTANCES);
  const [counts, loads] = [sums(clusters), sums(load)];
  const empty = counts.filter((count) => count === 0).length;
  console.log(
    `${String(frontCount).padStart(5)} fronts, ${when.padEnd(17)} most clusters ${Math.max(...counts)} (${ratio(counts).toFixed(2)} of the mean), ` +
      `most requests ${ratio(loads).toFixed(2)} of the mean, ${empty} instances with none`,
  );
}

for (const frontCount of [48, 250, 1_000, 4_000]) describe(frontCount);
