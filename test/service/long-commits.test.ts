// Commits with many changes, behind which a checkpoint is due.

import { statSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { OpenDatabase } from '../../src/db/database.ts';
import { Database } from '../../src/db/driver.ts';
import { readIdentity } from '../../src/db/identity.ts';
import { verifyClusterFile } from '../../src/db/verify-cluster.ts';
import { newRow } from '../../src/service/new-row.ts';
import { configOf, createPod, createReplicaSet, ServiceFixture } from './fixtures.ts';

let fixture: ServiceFixture;
afterEach(() => fixture.remove());

const REPLICAS = 300;
/** So that what is stored does not fit into the cache of SQLite. */
const LARGE = { annotations: { note: 'x'.repeat(20_000) } };

describe('a long commit', () => {
  /** Copies of the folder as it is while something is stored. */
  async function copiesUntil(isOver: () => boolean): Promise<ServiceFixture[]> {
    const copies: ServiceFixture[] = [];
    const wal = `${fixture.fileOf('a')}-wal`;
    for (let written = statSync(wal).mtimeMs; !isOver() && copies.length < 15; await nextTurn()) {
      const now = statSync(wal).mtimeMs;
      if (now !== written) copies.push(fixture.copy());
      written = now;
    }
    return copies;
  }

  /** Goes on with a cluster that was cut off, and looks through its file. */
  async function expectSound(copy: ServiceFixture): Promise<void> {
    const { service } = copy;
    const before = service.latestRevision('a');
    expect(service.execute('a', createPod('p')).outcome.ok).toBe(true);
    expect((await service.history.changes('a', before))[0]).toMatchObject({ revision: before + 1, resource: 'pods' });
    const { digest } = service.get('a');
    await service.close();
    const file = copy.fileOf('a');
    const sqlite = new Database(file, { readonly: true });
    const owner = readIdentity(new OpenDatabase(file, sqlite));
    sqlite.close();
    expect(verifyClusterFile(file, owner, { replays: true }).commands).toBeGreaterThan(1);
    expect(copy.reopen().service.get('a').digest).toBe(digest);
  }

  it('that is cut off in the middle of its storing has never been, and is whole when it was acknowledged', async () => {
    fixture = new ServiceFixture({ sliceMs: 0 });
    fixture.service.create(configOf('a'));
    const before = fixture.service.get('a').digest;
    const going = { isOver: false };
    const done = fixture.service.perform('a', createReplicaSet('web', REPLICAS, LARGE)).finally(() => (going.isOver = true));
    const copies = await copiesUntil(() => going.isOver);
    const { digest } = await done;
    expect(copies.length).toBeGreaterThan(3);
    for (const copy of copies) {
      expect(copy.service.get('a').digest).toBe(before);
      await expectSound(copy);
    }
    expect(fixture.copy().service.get('a').digest).toBe(digest);
  }, 60_000);

  it('has a checkpoint that, cut off in the middle, has never been', async () => {
    fixture = new ServiceFixture({ sliceMs: 0 });
    fixture.service.create(configOf('a'));
    const { digest } = await fixture.service.perform('a', createReplicaSet('web', REPLICAS, LARGE));
    const going = { isOver: false };
    const rest = fixture.service.perform('a', createPod('after')).finally(() => (going.isOver = true));
    const copies = await copiesUntil(() => going.isOver);
    await rest;
    expect(copies.length).toBeGreaterThan(3);
    for (const copy of copies) {
      expect(copy.service.get('a').digest).toBe(digest);
      await expectSound(copy);
    }
  }, 60_000);

  it('for which the disk has no room has never been, and what has room goes on', async () => {
    fixture = new ServiceFixture({ sliceMs: 0 }, { clusterBytesMax: 3_000_000 });
    fixture.service.create(configOf('a'));
    const before = fixture.service.get('a').digest;
    await expect(fixture.service.perform('a', createReplicaSet('web', 1_500))).rejects.toMatchObject({ code: 'storage-full' });
    expect(fixture.service.get('a').digest).toBe(before);
    const { digest } = await fixture.service.perform('a', createPod('p'));
    expect(fixture.copy().service.get('a').digest).toBe(digest);
  });

  it('has a checkpoint that takes no room from commands when there is none for it', async () => {
    fixture = new ServiceFixture({}, { clusterBytesMax: 30_000_000 });
    fixture.service.create(configOf('a'));
    await fixture.service.perform('a', createReplicaSet('web', REPLICAS, LARGE));
    while (fixture.failures.length === 0) await nextTurn();
    expect(fixture.failures[0]?.message).toBe('the checkpoint of cluster a failed; its journal is complete');
    expect((await fixture.service.perform('a', createReplicaSet('more', 60, LARGE))).outcome.ok).toBe(true);
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
