// When the threads of hosts begin.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultNodes } from '../../../src/engine/cluster/index.ts';
import { placeOf } from '../../../src/front/hosts.ts';
import { openWorkerClusters } from '../../../src/hosts/open-clusters.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-begin-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = (name: string) => ({
  name,
  seed: 1,
  startMs: Date.UTC(2025, 0, 1),
  clock: { mode: 'manual' as const },
  nodes: defaultNodes(1),
  images: {},
  timing: {},
  retention: { watchEvents: 1_000 },
});

it('a thread begins when a cluster of its share is asked for, and not for who counts threads', async () => {
  const clusters = openWorkerClusters(folder, 4);
  // The first one begins by itself, sooner or later.
  const begun = async () => (await clusters.stats()).hosts.map(({ host }) => host).filter((host) => host !== '0');
  try {
    expect(await begun()).toEqual([]);
    const name = ['a', 'b', 'c', 'd', 'e', 'f'].find((candidate) => placeOf(candidate, 4) === 2) ?? '';
    await clusters.create(config(name), {});
    expect(await begun()).toEqual(['2']);
  } finally {
    await clusters.close();
  }
});
