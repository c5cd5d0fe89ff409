// Commits with many changes, behind which a checkpoint is due.

import { statSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { newRow } from '../../src/service/new-row.ts';
import { configOf, createPod, createReplicaSet, ServiceFixture } from './fixtures.ts';

let fixture: ServiceFixture;
afterEach(() => fixture.remove());

const REPLICAS = 300;
/** So that what is stored does not fit into the cache of SQLite. */
const LARGE = { annotations: { note: 'x'.repeat(20_000) } };

describe('a long commit', () => {
  it('that is cut off in the middle of its storing has never been, and is whole when it was acknowledged', async () => {
    fixture = new ServiceFixture({ sliceMs: 0 });
    fixture.service.create(configOf('a'));
    const before = fixture.service.get('a').digest;
    const wal = `${fixture.fileOf('a')}-wal`;
    const going = { isOver: false };
    const done = fixture.service.perform('a', createReplicaSet('web', REPLICAS, LARGE)).finally(() => (going.isOver = true));
    const copies: ServiceFixture[] = [];
    for (let size = statSync(wal).size; !going.isOver; await nextTurn()) {
      const now = statSync(wal).size;
      // Pages of an open transaction are written when there are too many of them.
      if (now - size < 1_000_000) continue;
      size = now;
      copies.push(fixture.copy());
    }
    const { digest } = await done;
    expect(copies.length).toBeGreaterThan(3);
    for (const copy of copies) {
      expect(copy.service.get('a').digest).toBe(before);
      expect(copy.service.execute('a', createPod('p')).outcome.ok).toBe(true);
    }
    expect(fixture.copy().service.get('a').digest).toBe(digest);
  });

  it('for which the disk has no room has never been, and what has room goes on', async () => {
    fixture = new ServiceFixture({ sliceMs: 0 }, { clusterBytesMax: 3_000_000 });
    fixture.service.create(configOf('a'));
    const before = fixture.service.get('a').digest;
    await expect(fixture.service.perform('a', createReplicaSet('web', 1_500))).rejects.toMatchObject({ code: 'storage-full' });
    expect(fixture.service.get('a').digest).toBe(before);
    const { digest } = await fixture.service.perform('a', createPod('p'));
    expect(fixture.copy().service.get('a').digest).toBe(digest);
  });

  it('is waited for by a fork and a rewind', async () => {
    fixture = new ServiceFixture({ sliceMs: 0 });
    fixture.service.create(configOf('a'));
    const done = fixture.service.perform('a', createReplicaSet('web', REPLICAS));
    const forked = fixture.service.fork('a', { row: newRow(configOf('f'), {}, false) });
    const { digest } = await done;
    const more = fixture.service.perform('a', createReplicaSet('more', REPLICAS));
    const [rewound, kept] = [newRow(configOf('a'), {}, true), newRow(configOf('kept'), {}, false)];
    await forked;
    await fixture.service.rewind('a', { to: { kind: 'command', number: 2 }, rewound, kept });
    expect(['f', 'a'].map((name) => fixture.service.get(name).digest)).toEqual([digest, digest]);
    expect(fixture.service.get('kept').digest).not.toBe(digest);
    await more;
  });

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
