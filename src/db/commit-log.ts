// The storage of one cluster in one file: journal, checkpoint, change log.

import { asc, gt, lt, sql } from 'drizzle-orm';
import type { Command, RecordChange, SnapshotHeader, StoredRecord } from '../engine/cluster/index.ts';
import type { Checkpoint, CommitLog, JournalRow, StoredChange } from '../service/storage.ts';
import { type OpenDatabase, openDatabase } from './database.ts';
import { changes } from './schema/changes.ts';
import { journal } from './schema/journal.ts';
import { checkpoints, records } from './schema/records.ts';

const CHECKPOINT_ID = 1;

/** Opens the storage of a cluster. */
export function openCommitLog(file: string, bytesMax?: number): CommitLog {
  return new SqliteCommitLog(openDatabase(file, 'cluster', bytesMax));
}

class SqliteCommitLog implements CommitLog {
  private readonly database: OpenDatabase;
  private readonly statements: ReturnType<typeof prepare>;

  constructor(database: OpenDatabase) {
    this.database = database;
    this.statements = prepare(database);
  }

  append(row: JournalRow, rows: readonly StoredChange[], oldestRevision: number): void {
    const { insertJournal, insertChanges, deleteChanges } = this.statements;
    this.transaction(() => {
      insertJournal.run({ seq: row.seq, command: JSON.stringify(row.command), revision: row.revision, digest: row.digest });
      const [first, last] = [rows[0], rows.at(-1)];
      if (first === undefined || last === undefined) return;
      insertChanges.run({ firstRevision: first.revision, lastRevision: last.revision, body: encodeChunk(rows) });
      if (oldestRevision > 1) deleteChanges.run({ oldest: oldestRevision });
    });
  }

  checkpoint(checkpoint: Checkpoint, rows: readonly RecordChange[]): void {
    const { upsertRecord, deleteRecord, upsertCheckpoint } = this.statements;
    this.transaction(() => {
      for (const { table, key, json } of rows) {
        if (json === null) deleteRecord.run({ table, key });
        else upsertRecord.run({ table, key, value: json });
      }
      upsertCheckpoint.run({ id: CHECKPOINT_ID, header: JSON.stringify(checkpoint.header), journalSeq: checkpoint.journalSeq });
    });
  }

  readCheckpoint(): { readonly checkpoint: Checkpoint; readonly records: readonly StoredRecord[] } | undefined {
    const row = this.database.orm.select().from(checkpoints).get();
    if (row === undefined) return undefined;
    const checkpoint: Checkpoint = { header: JSON.parse(row.header) as SnapshotHeader, journalSeq: row.journalSeq };
    const stored = this.database.orm.select().from(records).all();
    return { checkpoint, records: stored.map(({ table, key, value }) => ({ table, key, json: value })) };
  }

  readJournal(afterSeq: number): readonly JournalRow[] {
    const rows = this.database.orm.select().from(journal).where(gt(journal.seq, afterSeq)).orderBy(asc(journal.seq)).all();
    return rows.map((row) => ({ ...row, command: JSON.parse(row.command) as Command }));
  }

  readChanges(afterRevision: number, countMax: number, lengthMax: number): readonly StoredChange[] {
    const found: StoredChange[] = [];
    let length = 0;
    for (let after = afterRevision; found.length < countMax && length < lengthMax; ) {
      const chunk = this.statements.nextChunk.get({ after });
      if (chunk === undefined) break;
      length += chunk.body.length;
      for (const change of decodeChunk(chunk.body)) if (change.revision > afterRevision) found.push(change);
      after = chunk.lastRevision;
    }
    return found;
  }

  oldestRevision(): number | undefined {
    return this.statements.firstChunk.get()?.firstRevision;
  }

  close(): void {
    this.database.sqlite.close();
  }

  private transaction(body: () => void): void {
    this.database.sqlite.transaction(body).immediate();
  }
}

function prepare({ orm }: OpenDatabase) {
  const upsertOf = sql.raw('excluded.value');
  return {
    insertJournal: orm
      .insert(journal)
      .values({
        seq: sql.placeholder('seq'),
        command: sql.placeholder('command'),
        revision: sql.placeholder('revision'),
        digest: sql.placeholder('digest'),
      })
      .prepare(),
    insertChanges: orm
      .insert(changes)
      .values({
        firstRevision: sql.placeholder('firstRevision'),
        lastRevision: sql.placeholder('lastRevision'),
        body: sql.placeholder('body'),
      })
      .prepare(),
    deleteChanges: orm
      .delete(changes)
      .where(lt(changes.lastRevision, sql.placeholder('oldest')))
      .prepare(),
    upsertRecord: orm
      .insert(records)
      .values({ table: sql.placeholder('table'), key: sql.placeholder('key'), value: sql.placeholder('value') })
      .onConflictDoUpdate({ target: [records.table, records.key], set: { value: upsertOf } })
      .prepare(),
    deleteRecord: orm
      .delete(records)
      .where(sql`${records.table} = ${sql.placeholder('table')} and ${records.key} = ${sql.placeholder('key')}`)
      .prepare(),
    upsertCheckpoint: orm
      .insert(checkpoints)
      .values({ id: sql.placeholder('id'), header: sql.placeholder('header'), journalSeq: sql.placeholder('journalSeq') })
      .onConflictDoUpdate({
        target: checkpoints.id,
        set: { header: sql.raw('excluded.header'), journalSeq: sql.raw('excluded.journal_seq') },
      })
      .prepare(),
    nextChunk: orm
      .select()
      .from(changes)
      .where(gt(changes.lastRevision, sql.placeholder('after')))
      .orderBy(asc(changes.firstRevision))
      .limit(1)
      .prepare(),
    firstChunk: orm.select({ firstRevision: changes.firstRevision }).from(changes).orderBy(asc(changes.firstRevision)).limit(1).prepare(),
  };
}

/** A line a change: numbers and words first, then the two encodings, none of which contains a tab or an end of line. */
function encodeChunk(rows: readonly StoredChange[]): string {
  return rows
    .map((row) => `${row.revision}\t${row.timeMs}\t${row.type}\t${row.resource}\t${row.json}\t${row.previousJson ?? ''}`)
    .join('\n');
}

function decodeChunk(body: string): StoredChange[] {
  return body.split('\n').map((line) => {
    const [revision, timeMs, type, resource = '', json = '', previous = ''] = line.split('\t');
    return {
      revision: Number(revision),
      timeMs: Number(timeMs),
      type: type as StoredChange['type'],
      resource,
      json,
      previousJson: previous === '' ? null : previous,
    };
  });
}
