// When storage fails or a stored history does not hold: nothing acknowledged is lost, memory never runs ahead of the disk, and what is
// broken is one cluster, never the service. Failures are made in the real files: a lock held by another connection, a trigger, damage.

import { readFileSync, writeFileSync } from 'node:fs';
import type Driver from 'better-sqlite3';
import { Database } from '../../src/db/driver.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateHash } from '../../src/engine/cluster/index.ts';
import { codeOf, configOf, createPod, createReplicaSet, ServiceFixture, START_MS } from './fixtures.ts';

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture({ checkpointCommandsMax: 4 });
  fixture.service.create(configOf('a'));
  fixture.service.create(configOf('b'));
});

afterEach(async () => {
  await fixture.remove();
});

/** Works on a cluster's file beside the service. */
function inFile<T>(cluster: string, work: (file: Driver.Database) => T): T {
  const file = new Database(fixture.fileOf(cluster));
  try {
    return work(file);
  } finally {
    file.close();
  }
}

function podNames(cluster: string): string[] {
  return fixture.service.read(cluster, (state) => [...(state.tables.get('objects/pods')?.rows.keys() ?? [])].sort());
}

describe('a commit that cannot be stored', () => {
  it('fails, and the cluster stands where the disk stands', () => {
    fixture.service.execute('a', createPod('kept'));
    const before = fixture.service.read('a', stateHash);
    inFile('a', (file) => {
      file.exec('BEGIN IMMEDIATE');
      expect(codeOf(() => fixture.service.execute('a', createPod('refused')))).toBe('storage-unavailable');
      file.exec('ROLLBACK');
    });
    expect(fixture.service.read('a', stateHash)).toBe(before);
    expect(podNames('a')).toEqual(['default/kept']);
    expect(fixture.service.execute('a', createPod('later')).outcome.ok).toBe(true);
    expect(podNames('a')).toEqual(['default/kept', 'default/later']);
  });

  it('is never seen by a watcher', async () => {
    const from = fixture.service.latestRevision('a');
    inFile('a', (file) => {
      file.exec('BEGIN IMMEDIATE');
      expect(codeOf(() => fixture.service.execute('a', createPod('refused')))).toBe('storage-unavailable');
      file.exec('ROLLBACK');
    });
    const cursor = fixture.service.watch('a', from);
    const { changes } = fixture.service.execute('a', createPod('seen'));
    expect((await cursor.next())?.map((change) => change.json)).toEqual(changes.map((change) => change.json));
    cursor.close();
  });

  it('does not concern other clusters', () => {
    inFile('a', (file) => {
      file.exec('BEGIN IMMEDIATE');
      expect(codeOf(() => fixture.service.execute('a', createPod('refused')))).toBe('storage-unavailable');
      expect(fixture.service.execute('b', createPod('p')).outcome.ok).toBe(true);
      file.exec('ROLLBACK');
    });
  });

  it('ends an advance with its own error, at a committed instant', async () => {
    fixture.service.execute('a', createReplicaSet('web', 5));
    const file = new Database(fixture.fileOf('a'));
    file.exec('BEGIN IMMEDIATE');
    const failing = fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 });
    await expect(failing).rejects.toMatchObject({ code: 'storage-unavailable' });
    file.exec('ROLLBACK');
    file.close();
    await expect(fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 })).resolves.toMatchObject({ reached: true });
  });
});

describe('a checkpoint that cannot be stored', () => {
  it('takes nothing from the commands before it: they are acknowledged and stay', () => {
    inFile('a', (file) => file.exec("create trigger refuse before insert on checkpoints begin select raise(abort, 'refused'); end"));
    for (let pod = 0; pod < 10; pod += 1) expect(codeOf(() => fixture.service.execute('a', createPod(`p${pod}`)))).toBe('no error');
    expect(podNames('a')).toHaveLength(10);
    expect(fixture.failures.length).toBeGreaterThan(0);
    inFile('a', (file) => file.exec('drop trigger refuse'));
    const hash = fixture.service.read('a', stateHash);
    for (let pod = 10; pod < 20; pod += 1) fixture.service.execute('a', createPod(`p${pod}`));
    expect(podNames('a')).toHaveLength(20);
    expect(fixture.service.read('a', stateHash)).not.toBe(hash);
  });
});

describe('a stored history that does not hold', () => {
  async function damage(work: (file: Driver.Database) => void): Promise<void> {
    for (const name of ['one', 'two']) fixture.service.execute('a', createPod(name));
    await fixture.restart();
    inFile('a', work);
  }

  it('breaks its cluster and no other, and can be deleted', async () => {
    await damage((file) =>
      file.exec("delete from checkpoints; update journal set digest = 'another' where seq = (select max(seq) from journal)"),
    );
    expect(codeOf(() => fixture.service.get('a'))).toBe('cluster-broken');
    expect(codeOf(() => fixture.service.execute('a', createPod('three')))).toBe('cluster-broken');
    expect(fixture.service.execute('b', createPod('p')).outcome.ok).toBe(true);
    expect(fixture.service.list({ limit: 10 }).items.map((item) => item.name)).toContain('b');
    fixture.service.remove('a');
    expect(fixture.service.create(configOf('a')).name).toBe('a');
  });

  it('is named as such when the file itself is damaged', async () => {
    await fixture.restart();
    const path = fixture.fileOf('a');
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 0, 4_096);
    writeFileSync(path, bytes);
    expect(codeOf(() => fixture.service.get('a'))).toBe('cluster-broken');
    expect(fixture.service.get('b').name).toBe('b');
    expect(fixture.service.list({ limit: 10 }).items.map((item) => item.name)).toContain('b');
  });

  it('does not cut a page of the list short', async () => {
    for (const name of ['c', 'd']) fixture.service.create(configOf(name));
    await damage((file) => file.exec("delete from checkpoints; update journal set digest = 'another'"));
    const seen: string[] = [];
    for (let after: string | undefined, isLast = false; !isLast; ) {
      const page = fixture.service.list(after === undefined ? { limit: 1 } : { limit: 1, after });
      seen.push(...page.items.map((item) => item.name));
      after = page.next;
      isLast = after === undefined;
    }
    expect(seen).toEqual(expect.arrayContaining(['b', 'c', 'd']));
  });

  it('does not keep the service from starting when its clock runs', async () => {
    fixture.service.setClock('a', { mode: 'running', rate: 1 });
    await damage((file) => file.exec("delete from checkpoints; update journal set digest = 'another'"));
    await fixture.restart();
    expect(fixture.service.get('b').name).toBe('b');
  });
});
