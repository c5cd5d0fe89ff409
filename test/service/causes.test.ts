// Chains of causes do not depend on where checkpoints lie: what began in an earlier part of the history is found there.

import { afterEach, expect, it } from 'vitest';
import type { CauseChain } from '../../src/service/causes.ts';
import { configOf, createPod, ServiceFixture, START_MS } from './fixtures.ts';

const fixtures: ServiceFixture[] = [];

afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.remove();
});

/** Why the pod changed last, in a cluster that stores a checkpoint after so many commands. */
async function chainWith(checkpointCommandsMax: number): Promise<CauseChain> {
  const fixture = new ServiceFixture({ checkpointCommandsMax });
  fixtures.push(fixture);
  const { service } = fixture;
  service.create(configOf('a'));
  service.execute('a', createPod('p'), 'a client');
  // The pod's life is cut into many commands, and so are its timers.
  for (let ms = 500; ms <= 15_000; ms += 500) await service.advance('a', { kind: 'to', toMs: START_MS + ms });
  const last = (await service.history.changes('a', 0)).findLast(({ resource }) => resource === 'pods');
  return service.history.causes('a', last?.revision ?? 0);
}

it('the chain is the same whether it lies in one part of the history or in many', async () => {
  const whole = await chainWith(1_000);
  expect(whole.isWhole).toBe(true);
  expect(whole.links.length).toBeGreaterThan(4);
  expect(whole.links.at(-1)).toMatchObject({ kind: 'command', number: 2, client: 'a client' });
  expect(await chainWith(3)).toEqual(whole);
  expect(await chainWith(7)).toEqual(whole);
});
