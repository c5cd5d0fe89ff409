// The storage of one cluster, on real files.

import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteCommitLog } from '../../src/db/commit-log.ts';
import { connect, migrateDatabase } from '../../src/db/database.ts';
import { Database } from '../../src/db/driver.ts';
import { writeIdentity } from '../../src/db/identity.ts';
import { finish, type SnapshotHeader } from '../../src/engine/cluster/index.ts';
import { ownerOf, refusalOf } from './fixtures.ts';
import { type CommitLog, type JournalRow, REFUSALS_MAX, type StoredChange } from '../../src/service/storage.ts';

const HEADER: SnapshotHeader = { seed: 1, startMs: 0, nowMs: 5_000, revision: 9, digest: [1, 2, 3, 4] };

let folder: string;
let log: CommitLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-log-'));
  log = openLog();
});

afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

function openLog(): CommitLog {
  const owner = ownerOf('a');
  const database = connect(join(folder, 'cluster.sqlite'), 'cluster');
  if (database.version === 0) migrateDatabase(database, 'cluster', () => writeIdentity(database, owner));
  return new SqliteCommitLog(database, owner);
}

function reopen(): void {
  log.close();
  log = openLog();
}

function rowOf(seq: number, revision = seq): JournalRow {
  return { seq, number: seq, command: { type: 'advance', toMs: seq * 1000 }, revision, digest: String(revision).padStart(32, '0') };
}

function changeOf(revision: number, text = 'x'): StoredChange {
  const json = JSON.stringify({ kind: 'Pod', metadata: { name: 'web', resourceVersion: String(revision), annotations: { text } } });
  return { revision, timeMs: revision * 10, type: revision % 2 === 0 ? 'MODIFIED' : 'ADDED', resource: 'pods', json, previousJson: null };
}

function changesOf(from: number, to: number): StoredChange[] {
  return Array.from({ length: to - from + 1 }, (_, index) => changeOf(from + index));
}

/** Reads the whole log as a watcher does: one batch after the other. */
function readAll(after: number, countMax: number): number[] {
  const revisions: number[] = [];
  for (let position = after; ; ) {
    const batch = log.readChanges(position, countMax, 1e9);
    const last = batch.at(-1);
    if (last === undefined) return revisions;
    revisions.push(...batch.map((change) => change.revision));
    position = last.revision;
  }
}

describe('journal', () => {
  it('gives back every command, in order, after a reopen', () => {
    for (const seq of [1, 2, 3]) finish(log.append(rowOf(seq), [], 1));
    reopen();
    expect([...log.readJournal(0)]).toEqual([1, 2, 3].map((seq) => rowOf(seq)));
    expect([...log.readJournal(2)]).toEqual([rowOf(3)]);
  });

  it('stores a command and its changes together, or neither', () => {
    finish(log.append(rowOf(1), changesOf(1, 2), 1));
    // The sequence number is taken, so the transaction fails after it has begun.
    expect(() => finish(log.append(rowOf(1, 4), changesOf(3, 4), 1))).toThrow();
    reopen();
    expect([...log.readJournal(0)]).toEqual([rowOf(1)]);
    expect(readAll(0, 100)).toEqual([1, 2]);
  });
});

describe('change log', () => {
  it('gives back changes to the byte, with tabs, line ends and every plane of Unicode in them', () => {
    const texts = ['tab\tnewline\nreturn\r', '\u2028\u2029', 'naïve 日本語 \u{1f600}', '\ud800 lone', '"quoted\\"', ''];
    const changes = texts.map((text, index) => ({ ...changeOf(index + 1, text), previousJson: JSON.stringify({ text }) }));
    finish(log.append(rowOf(1, texts.length), changes, 1));
    reopen();
    expect(log.readChanges(0, 100, 1e9)).toEqual(changes);
  });

  it.each([
    { after: 0, expected: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { after: 3, expected: [4, 5, 6, 7, 8, 9] },
    { after: 4, expected: [5, 6, 7, 8, 9] },
    { after: 8, expected: [9] },
    { after: 9, expected: [] },
    { after: 99, expected: [] },
  ])('continues after revision $after, in the middle of a commit or between two', ({ after, expected }) => {
    finish(log.append(rowOf(1, 3), changesOf(1, 3), 1));
    finish(log.append(rowOf(2, 3), [], 1));
    finish(log.append(rowOf(3, 9), changesOf(4, 9), 1));
    for (const countMax of [1, 2, 100]) expect(readAll(after, countMax)).toEqual(expected);
  });

  it('forgets what is older than the retention, and nothing that is not', () => {
    for (let seq = 1; seq <= 20; seq += 1) finish(log.append(rowOf(seq, seq * 5), changesOf(seq * 5 - 4, seq * 5), seq * 5 - 19));
    const kept = readAll(80, 1000);
    expect(kept).toEqual(Array.from({ length: 20 }, (_, index) => 81 + index));
    expect(log.oldestRevision()).toBeLessThanOrEqual(81);
    expect(log.oldestRevision()).toBeGreaterThan(71);
    reopen();
    expect(log.oldestRevision()).toBeGreaterThan(71);
  });

  it('says that it is empty', () => {
    expect(log.oldestRevision()).toBeUndefined();
    expect(log.readChanges(0, 10, 1e9)).toEqual([]);
  });

  it('stores a commit of many megabytes', () => {
    const text = 'y'.repeat(2_000);
    const changes = Array.from({ length: 5_000 }, (_, index) => changeOf(index + 1, text));
    finish(log.append(rowOf(1, 5_000), changes, 1));
    reopen();
    expect(readAll(0, 500)).toHaveLength(5_000);
    expect(log.readChanges(4_999, 1, 1e9)).toEqual([changes[4_999]]);
  });
});

describe('in steps', () => {
  const many = (first: number, last: number): StoredChange[] =>
    changesOf(first, last).map((change) => ({ ...change, json: `"${'y'.repeat(2_000)}"` }));

  it('shows nothing of a command that is being stored, and all of it at its end', () => {
    finish(log.append(rowOf(1, 10), changesOf(1, 10), 1));
    const steps = log.append(rowOf(2, 1_010), many(11, 1_010), 1);
    let count = 0;
    while (steps.next().done !== true) {
      count += 1;
      expect([...log.readJournal(0)]).toEqual([rowOf(1, 10)]);
      expect(readAll(0, 100)).toHaveLength(10);
      expect(log.oldestRevision()).toBe(1);
    }
    expect(count).toBeGreaterThan(5);
    expect(readAll(0, 100)).toHaveLength(1_010);
    reopen();
    expect([...log.readJournal(0)]).toEqual([rowOf(1, 10), rowOf(2, 1_010)]);
  });

  it('stores nothing into a file that has gone away meanwhile', () => {
    const file = join(folder, 'cluster.sqlite');
    finish(log.append(rowOf(1, 10), changesOf(1, 10), 1));
    const steps = log.append(rowOf(2, 1_010), many(11, 1_010), 1);
    for (let count = 0; count < 3; count += 1) steps.next();
    renameSync(file, `${file}.away`);
    expect(() => finish(steps)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    renameSync(`${file}.away`, file);
    expect([...log.readJournal(0)]).toEqual([rowOf(1, 10)]);
    finish(log.append(rowOf(2, 12), changesOf(11, 12), 1));
  });

  it('undoes a command that is given up, and takes the next one in its place', () => {
    finish(log.append(rowOf(1, 10), changesOf(1, 10), 1));
    const steps = log.append(rowOf(2, 1_010), many(11, 1_010), 1);
    for (let count = 0; count < 3; count += 1) steps.next();
    steps.return(undefined as never);
    finish(log.append(rowOf(2, 12), changesOf(11, 12), 1));
    reopen();
    expect([...log.readJournal(0)]).toEqual([rowOf(1, 10), rowOf(2, 12)]);
    expect(readAll(0, 100)).toHaveLength(12);
  });

  it('reads the checkpoint before while one is being written, and when that is given up', () => {
    const records = (json: string) =>
      Array.from({ length: 200 }, (_, index) => ({ table: 'timers', key: `k${index}`, json, isNew: json === '1' }));
    const read = () => [...(log.readCheckpoint(1)?.records ?? [])].map((record) => record.json);
    finish(log.append(rowOf(1), [], 1));
    finish(log.checkpoint({ header: HEADER, journalSeq: 1 }, records('1')));
    finish(log.append(rowOf(2), [], 1));
    const steps = log.checkpoint({ header: HEADER, journalSeq: 2 }, records('2'));
    for (let count = 0; count < 5; count += 1) {
      steps.next();
      expect(new Set(read())).toEqual(new Set(['1']));
    }
    steps.return(undefined as never);
    reopen();
    expect(new Set(read())).toEqual(new Set(['1']));
    expect(log.listCheckpoints()).toHaveLength(1);
    finish(log.checkpoint({ header: HEADER, journalSeq: 2 }, records('2')));
    reopen();
    expect([...(log.readCheckpoint()?.records ?? [])].map((record) => record.json)).toEqual(records('2').map((record) => record.json));
  });
});

describe('checkpoint', () => {
  it('keeps the newest value of every record, and none of the removed ones', () => {
    finish(log.append(rowOf(1), [], 1));
    finish(
      log.checkpoint({ header: HEADER, journalSeq: 1 }, [
        { table: 'timers', key: 'a', json: '1', isNew: true },
        { table: 'timers', key: 'b', json: '2', isNew: true },
        { table: 'objects/pods', key: 'a', json: '"pod"', isNew: true },
      ]),
    );
    finish(log.append(rowOf(2), [], 1));
    finish(
      log.checkpoint({ header: { ...HEADER, revision: 10 }, journalSeq: 2 }, [
        { table: 'timers', key: 'a', json: null, isNew: false },
        { table: 'timers', key: 'b', json: '3', isNew: false },
        { table: 'timers', key: 'never there', json: null, isNew: false },
      ]),
    );
    reopen();
    const stored = log.readCheckpoint();
    expect(stored?.checkpoint).toEqual({ header: { ...HEADER, revision: 10 }, journalSeq: 2 });
    expect(new Set(stored?.records)).toEqual(
      new Set([
        { table: 'timers', key: 'b', json: '3' },
        { table: 'objects/pods', key: 'a', json: '"pod"' },
      ]),
    );
  });

  it('is read by those of its records that say which objects there are, and misses each of the others', () => {
    finish(log.append(rowOf(1), [], 1));
    const rows = ['timers', 'objects/pods', 'deleted-founding', 'objects', 'objectives/x'];
    finish(
      log.checkpoint(
        { header: HEADER, journalSeq: 1 },
        rows.map((table) => ({ table, key: 'a', json: '1', isNew: true })),
      ),
    );
    const read = () => [...(log.readCheckpoint(1, 'objects')?.records ?? [])].map(({ table }) => table);
    expect(read()).toEqual(['objects/pods', 'deleted-founding']);
    const alter = (statement: string) => {
      const sqlite = new Database(join(folder, 'cluster.sqlite'));
      sqlite.exec(statement);
      sqlite.close();
      reopen();
    };
    alter("update records set checksum = checksum + 1 where table_name = 'timers'");
    expect(read).toThrow('its checkpoint lacks records');
    alter("update records set checksum = checksum - 1 where table_name = 'timers'");
    expect(read()).toHaveLength(2);
    alter("delete from records where table_name = 'objects'");
    expect(read).toThrow('its checkpoint lacks records');
  });

  it('is absent in a new file', () => {
    expect(log.readCheckpoint()).toBeUndefined();
  });
});

describe('what was refused', () => {
  it('is read behind a position, in its order', () => {
    const all = [refusalOf(1, 1), { ...refusalOf(2, 1), client: 'me', isShortened: true }, refusalOf(3, 4)];
    log.appendRefusals(all);
    reopen();
    const read = (number: number, id = 0) => [...log.readRefusals({ number, id })];
    expect(read(0)).toEqual(all);
    expect(read(1, 1)).toEqual(all.slice(1));
    expect(read(2)).toEqual(all.slice(2));
    expect(read(4, 3)).toEqual([]);
    expect(log.lastRefusalId()).toBe(3);
  });

  it('is forgotten, the oldest first', () => {
    for (let from = 1; from <= REFUSALS_MAX + 300; from += 100)
      log.appendRefusals(Array.from({ length: 100 }, (_, index) => refusalOf(from + index, from)));
    const ids = Array.from(log.readRefusals({ number: 0, id: 0 }), ({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([REFUSALS_MAX, 301, REFUSALS_MAX + 300]);
  });

  it('is damage when it is not what was stored', () => {
    log.appendRefusals([refusalOf(1, 1)]);
    log.close();
    new Database(join(folder, 'cluster.sqlite')).exec("update refusals set message = 'yes'").close();
    log = openLog();
    expect(() => [...log.readRefusals({ number: 0, id: 0 })]).toThrow('the refusal 1 does not pass its checksum');
  });
});
