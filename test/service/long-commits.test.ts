// Commits with many changes, behind which a checkpoint is due.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { configOf, createReplicaSet, ServiceFixture } from './fixtures.ts';

let fixture: ServiceFixture;
afterEach(() => fixture.remove());

const REPLICAS = 300;

describe('a long commit', () => {
  it('of a running clock leaves no checkpoint of a command at the place of the reading of the clock before it', async () => {
    fixture = new ServiceFixture({ checkpointChangesMax: 50 });
    fixture.service.create(configOf('a'));
    fixture.service.setClock('a', { mode: 'running', rate: 1 });
    const before = fixture.service.get('a').now;
    // Ahead of the journal, as long as nothing happens.
    while (fixture.service.get('a').now === before) await sleep(20);
    await sleep(100);
    await fixture.service.perform('a', createReplicaSet('web', REPLICAS));
    const { digest, resourceVersion } = fixture.service.get('a');
    const copy = fixture.copy();
    expect(copy.service.get('a')).toMatchObject({ digest, resourceVersion });
    const commands = await copy.service.history.commands('a', 0, 100);
    const clock = commands.findLast(({ command }) => command.type === 'advance');
    const past = await copy.service.history.at('a', { kind: 'command', number: clock?.number ?? 0 });
    expect(past.state.revision).toBe(clock?.revision);
    expect(past.state.revision).toBeLessThan(REPLICAS);
  });
});
