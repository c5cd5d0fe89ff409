// Histories that another version of the engine wrote: opened as they are, said to be so, and never made up.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksumOfCheckpoint } from '../../src/db/checkpoint-store.ts';
import { checksumSeed } from '../../src/db/checksum.ts';
import { checksumOfJournal, type Position } from '../../src/db/commit-log.ts';
import { Database } from '../../src/db/driver.ts';
import { createHead } from '../../src/db/head.ts';
import { type Command, ENGINE_VERSION, stateHash } from '../../src/engine/cluster/index.ts';
import { configOf, createPod, createReplicaSet, ServiceFixture, START_MS, uninterrupted } from './fixtures.ts';

const at = (seconds: number): Command => ({ type: 'advance', toMs: START_MS + seconds * 1_000 });
const COMMANDS: readonly Command[] = [createPod('a'), at(10), createReplicaSet('web', 2), at(60), createPod('b')];
const COUNT = COMMANDS.length + 1;

let files: ServiceFixture;
beforeEach(() => {
  files = new ServiceFixture();
  files.service.create(configOf('a'));
  for (const command of COMMANDS) expect(files.service.execute('a', command).outcome.ok).toBe(true);
});
afterEach(() => files.remove());

type JournalRow = Parameters<typeof checksumOfJournal>[1];

/** What another version wrote: its name in the checkpoints, and a command that led it elsewhere. */
function alter(file: string, engine: string | undefined, other?: number): void {
  const sqlite = new Database(file);
  const { uid } = sqlite.prepare('select uid from identity').get() as { uid: string };
  const rows = sqlite.prepare(
    'select journal_seq as journalSeq, header, record_count as recordCount, record_sum as recordSum from checkpoints',
  );
  for (const row of rows.all() as { journalSeq: number; header: string; recordCount: number; recordSum: number }[]) {
    const stored = { ...row, header: JSON.stringify({ ...(JSON.parse(row.header) as object), engine }) };
    const checksum = checksumOfCheckpoint(checksumSeed(uid), stored);
    sqlite.prepare('update checkpoints set header = ?, checksum = ? where journal_seq = ?').run(stored.header, checksum, row.journalSeq);
  }
  const columns = 'seq, command, revision, digest, now_ms as nowMs, wall_ms as wallMs, client, number';
  let position: Position = { seq: 0, checksum: checksumSeed(uid) };
  for (const row of sqlite.prepare(`select ${columns} from journal order by seq`).all() as JournalRow[]) {
    const digest = row.seq === other ? 'f'.repeat(32) : row.digest;
    position = { seq: row.seq, checksum: checksumOfJournal(position, { ...row, digest }) };
    sqlite.prepare('update journal set digest = ?, checksum = ? where seq = ?').run(digest, position.checksum, row.seq);
  }
  sqlite.close();
  createHead(file, { uid, durability: 'process', ...position });
}

/** The folder as it would be had the process been killed: all that lies behind the first checkpoint is journal only. */
function killed(engine: string | undefined, other?: number): ServiceFixture {
  const copy = files.copy();
  alter(copy.fileOf('a'), engine, other);
  return copy;
}

const outcomes = async ({ service }: ServiceFixture) =>
  (await service.history.asked('a', { number: 0, id: 0 }, 100)).map((one) =>
    one.outcome === 'accepted' ? one.row.number : `${one.refusal.code} ${one.refusal.line}`,
  );
const codeOf = (promise: Promise<unknown>) => promise.then(String, (error: { code?: string }) => error.code);

describe('a cluster of another version', () => {
  it('says so, and goes on where this one comes to the same', async () => {
    const { digest } = files.service.get('a');
    const copy = killed('0.0.9');
    expect(copy.service.get('a')).toMatchObject({ digest, recorded: { engine: '0.0.9', number: 1 } });
    expect(await outcomes(copy)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(files.service.get('a')).not.toHaveProperty('recorded');
    // What this version adds is its own, and the rest stays another's.
    copy.service.execute('a', at(120));
    await copy.restart();
    expect(copy.service.get('a').recorded).toEqual({ engine: '0.0.9', number: 1 });
  });

  it.each(['0.0.9', undefined])('opens at its last checkpoint where it does not, and keeps the rest as refused (%s)', async (engine) => {
    const copy = killed(engine, 4);
    const { service } = copy;
    const version = engine ?? 'unknown';
    const begun = uninterrupted(configOf('a'), []);
    expect(service.get('a')).toMatchObject({ digest: begun.digest, recorded: { engine: version, number: 1 } });
    expect(service.read('a', stateHash)).toBe(begun.hash);
    expect(copy.failures.map(({ message }) => message)).toEqual(['cluster a was opened at its last checkpoint']);
    expect(await outcomes(copy)).toEqual([
      1,
      '410 create pods a in default',
      '410 turn the clock',
      '410 create replicasets.apps web in default',
      '410 turn the clock',
      '410 create pods b in default',
    ]);
    const [, first] = await service.history.asked('a', { number: 0, id: 0 }, 100);
    expect(first).toMatchObject({
      refusal: {
        command: COMMANDS[0],
        message: expect.stringContaining(`executed by version ${version} of the engine, and version ${ENGINE_VERSION}`),
      },
    });
    expect(service.latestRevision('a')).toBe(begun.revision);
    expect(await service.history.changes('a', begun.revision)).toEqual([]);
    for (const command of COMMANDS) service.execute('a', command);
    const { digest, revision } = uninterrupted(configOf('a'), COMMANDS);
    expect(service.get('a')).toMatchObject({ digest, resourceVersion: String(revision) });
    const again = copy.copy();
    expect(again.service.get('a').digest).toBe(digest);
    expect(await outcomes(again)).toHaveLength(COUNT + COMMANDS.length);
  });

  it('is damaged where it is this version that does not come to the same', () => {
    const copy = killed(ENGINE_VERSION, 4);
    expect(() => copy.service.get('a')).toThrow('does not replay to the stored digest at command 4');
  });

  it('is served as it was recorded: its commands, and moments that this version comes to', async () => {
    const { digest } = files.service.get('a');
    await files.service.close();
    alter(files.fileOf('a'), '0.0.9', 4);
    const { service } = files.reopen();
    expect(service.get('a')).toMatchObject({ digest, recorded: { engine: '0.0.9', number: COUNT } });
    expect(await outcomes(files)).toEqual([1, 2, 3, 4, 5, 6]);
    const moment = (number: number) => service.history.at('a', { kind: 'command', number });
    expect((await moment(COUNT)).info).toMatchObject({ digest, recorded: { engine: '0.0.9', number: COUNT } });
    expect((await moment(3)).info.elapsedSeconds).toBe(10);
    expect(await codeOf(moment(4))).toBe('gone');
    service.execute('a', at(120));
    expect((await moment(COUNT + 1)).info.elapsedSeconds).toBe(120);
  });
});

describe('a cluster of another version that has forks', () => {
  // At a command, even the last one: a fork of the present has its parent write a checkpoint first.
  const fork = (name: string, number: number) => {
    const row = { uid: `uid${name}`, name, config: configOf(name), createdAt: '', isRunning: false, file: `${name}-uid${name}.sqlite` };
    return files.service.fork('a', { row, at: { kind: 'command', number } });
  };
  const begun = uninterrupted(configOf('a'), []);
  const rewound = { uid: 'uidback', name: 'a', config: configOf('a'), createdAt: '', isRunning: false, file: 'a-uidback.sqlite' };
  const kept = { ...rewound, uid: 'uidkept', name: 'kept', config: configOf('kept'), file: 'kept-uidkept.sqlite' };

  it('goes on behind its last checkpoint where they begin there or before', async () => {
    await fork('early', 1);
    const copy = killed('0.0.9', 4);
    expect(copy.service.get('a')).toMatchObject({ digest: begun.digest, recorded: { engine: '0.0.9', number: 1 } });
    expect(copy.service.execute('a', createPod('new')).outcome.ok).toBe(true);
    await copy.restart();
    expect(copy.service.read('early', stateHash)).toBe(begun.hash);
    expect(copy.service.execute('early', createPod('c')).outcome.ok).toBe(true);
  });

  it.each(['parent', 'fork'])('is read behind its last checkpoint where they begin after it, and so are they (%s first)', async (first) => {
    await fork('late', COUNT);
    files.service.execute('late', createPod('of-the-fork'));
    const copy = killed('0.0.9', 4);
    const { service } = copy;
    for (const name of first === 'parent' ? ['a', 'late'] : ['late', 'a']) {
      expect(service.get(name)).toMatchObject({ digest: begun.digest, recorded: { engine: '0.0.9', number: 1 } });
      expect(service.read(name, stateHash)).toBe(begun.hash);
      expect(() => service.execute(name, createPod('new'))).toThrow('rewind it to where it stands');
      expect(await codeOf(service.advance(name, { kind: 'to', toMs: START_MS + 1_000 }))).toBe('read-only');
      expect((await service.history.commands(name, 0, 10)).map(({ number }) => number)).toEqual([1]);
      expect((await service.history.changes(name, 3)).at(-1)?.revision).toBe(begun.revision);
      expect((await service.history.at(name, { kind: 'command', number: 1 })).info.digest).toBe(begun.digest);
      expect(await codeOf(service.history.at(name, { kind: 'command', number: 2 }))).toBe('invalid-instant');
    }
    expect(copy.failures.map(({ message }) => message).sort()).toEqual([
      'cluster a was opened at its last checkpoint',
      'cluster late was opened at its last checkpoint',
    ]);
  });

  it('goes on from there when it is rewound, and its forks stay what they were', async () => {
    await fork('late', COUNT);
    const copy = killed('0.0.9', 4);
    const { service } = copy;
    await service.rewind('a', { to: { kind: 'command', number: 1 }, rewound, kept });
    for (const command of COMMANDS) expect(service.execute('a', command).outcome.ok).toBe(true);
    const { digest } = uninterrupted(configOf('a'), COMMANDS);
    await copy.restart();
    expect(copy.service.get('a').digest).toBe(digest);
    expect(copy.service.read('late', stateHash)).toBe(begun.hash);
    const back = { ...rewound, uid: 'uidlate2', name: 'late', config: configOf('late'), file: 'late-uidlate2.sqlite' };
    const rest = { ...kept, uid: 'uidrest', name: 'rest', config: configOf('rest'), file: 'rest-uidrest.sqlite' };
    await copy.service.rewind('late', { to: { kind: 'command', number: 1 }, rewound: back, kept: rest });
    for (const command of COMMANDS) copy.service.execute('late', command);
    await copy.restart();
    expect(copy.service.get('late').digest).toBe(digest);
  });

  describe('with checkpoints of their own', () => {
    let digest: string;
    beforeEach(async () => {
      await files.remove();
      files = new ServiceFixture({ checkpointCommandsMax: 8 });
      files.service.create(configOf('a'));
      for (const command of COMMANDS) files.service.execute('a', command);
      await fork('late', COUNT);
      for (let index = 0; index < 3; index += 1) files.service.execute('late', createPod(`of-the-fork-${index}`));
      ({ digest } = files.service.get('late'));
    });

    it('leaves those alone', async () => {
      const { service } = killed('0.0.9', 4);
      expect(service.get('late').digest).toBe(digest);
      expect(service.execute('late', createPod('new')).outcome.ok).toBe(true);
      expect((await service.history.commands('late', 0, 50)).length).toBe(COUNT + 4);
      expect(() => service.execute('a', createPod('new'))).toThrow('cannot be changed');
      expect(service.get('a').digest).toBe(begun.digest);
    });

    it('is what it was where the other version wrote forks only', async () => {
      const before = files.service.get('a').digest;
      files.service.execute('late', createPod('behind'));
      const copy = files.copy();
      alter(copy.fileOf('late'), '0.0.9', COUNT + 4);
      expect(copy.service.get('a').digest).toBe(before);
      expect(copy.service.get('a')).not.toHaveProperty('recorded');
      expect(copy.service.get('late')).toMatchObject({ digest, recorded: { engine: '0.0.9', number: COUNT + 3 } });
      expect(copy.service.execute('late', createPod('new')).outcome.ok).toBe(true);
    });
  });
});

it('the version of the engine is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(ENGINE_VERSION).toBe(version);
});
