// A job that nobody drives any more holds nobody for ever.

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LiveCluster } from '../../src/service/live-cluster.ts';
import { configOf, createPod, createReplicaSet, ServiceFixture, START_MS } from './fixtures.ts';

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture({ sliceMs: 0, checkpointChangesMax: 50 });
  fixture.service.create(configOf('a'));
});
afterEach(() => fixture.remove());

const liveCluster = (): LiveCluster => {
  const { live } = fixture.service as unknown as { readonly live: ReadonlyMap<string, LiveCluster> };
  return live.get('a') as LiveCluster;
};

const podCount = () => fixture.service.read('a', (state) => state.tables.get('objects/pods')?.rows.size);

/** Begins a command that takes many turns, and leaves it where it is: in its midst, or where something is stored behind its end. */
function leave(where: 'busy' | 'behind', name = 'web'): void {
  const live = liveCluster();
  live.begin(createReplicaSet(name, 200));
  live.turn(0);
  if (where === 'behind') while (live.isBusy) live.turn(0);
  expect([live.isBusy, live.isOccupied]).toEqual([where === 'busy', true]);
}

it.each(['busy', 'behind'] as const)('%s: a command and an advance go on', async (where) => {
  leave(where);
  expect((await fixture.service.perform('a', createPod('p'))).outcome.ok).toBe(true);
  expect(podCount()).toBe(201);
  leave(where, 'other');
  const { nowMs } = await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 });
  expect(nowMs).toBe(START_MS + 60_000);
  expect(podCount()).toBe(401);
});

it('that fails takes only itself with it', async () => {
  const live = liveCluster();
  live.begin(createReplicaSet('web', 200));
  live.turn(0);
  Object.defineProperty(live.state, 'changes', {
    get() {
      throw new Error('broken');
    },
  });
  expect((await fixture.service.perform('a', createPod('p'))).outcome.ok).toBe(true);
  expect(fixture.failures.map(({ message }) => message)).toEqual([expect.stringContaining('the engine failed in cluster a')]);
  expect(podCount()).toBe(1);
});
