// The history of a cluster in another database: the same, up to a command, whatever is written meanwhile.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SqliteCommitLog } from '../../src/db/commit-log.ts';
import { connect, migrateDatabase, type OpenDatabase } from '../../src/db/database.ts';
import { endHistory, type HistoryEnd, type HistoryPiece, readHistory, writeHistory } from '../../src/db/history-copy.ts';
import { finish, type RecordChange, type SnapshotHeader } from '../../src/engine/cluster/index.ts';
import type { CommitLog, StoredChange } from '../../src/service/storage.ts';
import { ownerOf, refusalOf } from './fixtures.ts';

const PARENT = ownerOf('parent');
const FORK = 'uidfork';

let folder: string;
let database: OpenDatabase;
let log: CommitLog;
const opened: OpenDatabase[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-copy-'));
  database = openDatabase('parent');
  log = new SqliteCommitLog(database, PARENT);
});

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  rmSync(folder, { recursive: true, force: true });
});

function openDatabase(name: string): OpenDatabase {
  const made = connect(join(folder, `${name}.sqlite`), 'cluster');
  migrateDatabase(made, 'cluster');
  opened.push(made);
  return made;
}

const headerAt = (revision: number): SnapshotHeader => ({ seed: 1, startMs: 0, nowMs: revision, revision, digest: [1, 2, 3, revision] });
const textOf = (seq: number) => `${seq}:`.padEnd(400_000, 'x');

/** A command with one change and one record; each row is large. */
function write(seq: number): void {
  const json = JSON.stringify({ text: textOf(seq) });
  const change: StoredChange = { revision: seq, timeMs: seq, type: 'ADDED', resource: 'pods', json, previousJson: null };
  finish(log.append({ seq, number: seq, command: { type: 'advance', toMs: seq }, revision: seq, digest: `d${seq}` }, [change], 1));
}

function checkpoint(seq: number, records: readonly RecordChange[]): void {
  finish(log.checkpoint({ header: headerAt(seq), journalSeq: seq }, records));
}

const record = (key: string, text: string | null, isNew = false): RecordChange => ({ table: 't', key, json: text, isNew });

/** Six commands, with checkpoints behind the second and the fifth. */
function fill(): void {
  for (const seq of [1, 2]) write(seq);
  checkpoint(2, [record('a', textOf(1), true), record('b', textOf(2), true), record('c', 'old', true)]);
  for (const seq of [3, 4, 5]) write(seq);
  checkpoint(5, [record('a', 'new'), record('c', null), record('d', textOf(5), true)]);
  write(6);
}

const end = (seq: number): HistoryEnd => ({ uid: PARENT.uid, seq, number: seq, revision: seq });

function found(seq: number, target = openDatabase('fork')): CommitLog {
  const fork = { ...ownerOf('fork'), uid: FORK };
  const { uid, name } = PARENT;
  const origin = { uid, name, seq, number: seq, revision: seq, digest: `d${seq}`, checkpointSeq: 2, files: [], home: name };
  endHistory(target, { ...fork, origin });
  return new SqliteCommitLog(target, fork);
}

function copy(seq: number, meanwhile: (piece: HistoryPiece) => void = () => {}): CommitLog {
  const target = openDatabase('fork');
  for (const piece of readHistory(database, end(seq))) {
    writeHistory(target, FORK, piece);
    meanwhile(piece);
  }
  return found(seq, target);
}

function contentOf(one: CommitLog, seqMax: number) {
  const checkpoints = one.listCheckpoints().filter(({ journalSeq }) => journalSeq <= seqMax);
  return {
    commands: [...one.readJournal(0)].filter(({ seq }) => seq <= seqMax),
    changes: one.readChanges(0, 1_000, 1e9).filter(({ revision }) => revision <= seqMax),
    checkpoints: checkpoints.map(({ journalSeq }) => {
      const { checkpoint: header, records } = one.readCheckpoint(journalSeq) ?? { checkpoint: undefined, records: [] };
      return { header, records: [...records] };
    }),
  };
}

it.each([6, 5, 3, 2])('what leads to command %d is there, and nothing else', (seq) => {
  fill();
  const fork = copy(seq);
  expect(contentOf(fork, 99)).toEqual(contentOf(log, seq));
});

it('what was refused before the last command goes along, in pieces', () => {
  fill();
  const all = Array.from({ length: 250 }, (_, index) => refusalOf(index + 1, 1 + Math.floor(index / 50)));
  log.appendRefusals(all);
  const kinds: number[] = [];
  const fork = copy(4, ({ kind, rows }) => {
    if (kind === 'refusals') kinds.push(rows.length);
  });
  expect(kinds).toEqual([100, 50]);
  expect([...fork.readRefusals({ number: 0, id: 0 })]).toEqual(all.slice(0, 150));
  expect(fork.lastRefusalId()).toBe(150);
});

it('pieces are bounded, and a row that is longer is one by itself', () => {
  fill();
  const pieces = [...readHistory(database, end(6))];
  const lengths = pieces.map((piece) => JSON.stringify(piece.rows).length);
  expect(Math.max(...lengths)).toBeLessThan(1_048_576 + 2_000);
  expect(pieces.filter(({ kind }) => kind === 'changes').map(({ rows }) => rows.length)).toEqual([2, 2, 2]);
  finish(log.append({ seq: 7, number: 7, command: { type: 'advance', toMs: 7 }, revision: 7, digest: 'd7' }, [longChange(7)], 1));
  const last = [...readHistory(database, end(7))].filter(({ kind }) => kind === 'changes').at(-1);
  expect(last?.rows).toHaveLength(1);
});

function longChange(revision: number): StoredChange {
  return { revision, timeMs: 7, type: 'ADDED', resource: 'pods', json: JSON.stringify('x'.repeat(3_000_000)), previousJson: null };
}

it('what is written meanwhile is not part of it, and changes that are retained do not go', () => {
  fill();
  const before = contentOf(log, 5);
  const release = log.retain();
  let seq = 6;
  const fork = copy(5, () => {
    seq += 1;
    finish(
      log.append({ seq, number: seq, command: { type: 'advance', toMs: seq }, revision: seq, digest: `d${seq}` }, [longChange(seq)], seq),
    );
    checkpoint(seq, [record('a', `later ${seq}`), record('b', null)]);
  });
  expect(contentOf(fork, 99)).toEqual(before);
  expect(log.oldestRevision()).toBe(1);
  release();
  seq += 1;
  finish(
    log.append({ seq, number: seq, command: { type: 'advance', toMs: seq }, revision: seq, digest: `d${seq}` }, [longChange(seq)], seq),
  );
  expect(log.oldestRevision()).toBe(seq);
});

it('a fork goes on from there with checkpoints of its own', () => {
  fill();
  const fork = copy(5);
  finish(fork.append({ seq: 6, number: 6, command: { type: 'seed', seed: 1 }, revision: 5, digest: 'own' }, [], 1));
  finish(fork.checkpoint({ header: headerAt(6), journalSeq: 6 }, [record('a', 'own'), record('d', null)]));
  expect([...(fork.readCheckpoint()?.records ?? [])].map(({ key, json }) => [key, json.slice(0, 3)])).toEqual([
    ['b', '2:x'],
    ['a', 'own'],
  ]);
});

it.each([
  ['changes', 'the changes from revision 1 do not pass their checksum'],
  ['journal', 'command 1 does not pass its checksum'],
  ['records', 'the record t a does not pass its checksum'],
  ['checkpoints', 'its checkpoint does not pass its checksum'],
])('damage in %s is noticed, and not carried on', (table, problem) => {
  fill();
  database.sqlite.exec(`update ${table} set checksum = checksum + 1`);
  expect(() => copy(6)).toThrow(problem);
});

it.each(['commands', 'records', 'checkpoints'] as const)('a piece of %s that is lost is missed', (kind) => {
  fill();
  const target = openDatabase('fork');
  const pieces = [...readHistory(database, end(6))];
  const lost = pieces.findIndex((piece) => piece.kind === kind);
  expect(() => {
    for (const [index, piece] of pieces.entries()) if (index !== lost) writeHistory(target, FORK, piece);
    const fork = found(6, target);
    if (fork.readCheckpoint() === undefined) throw new Error('there is no checkpoint');
  }).toThrow(kind === 'commands' ? 'does not lead to where it comes from' : /checkpoint/);
});
