// The storage of one cluster in one file: journal, checkpoint, change log. Every row carries a checksum, which is checked when it is read; the
// journal's go on from row to row. See docs/decisions/0031-identity-and-checksums.md.

import { basename } from 'node:path';
import { desc, eq, getTableColumns } from 'drizzle-orm';
import type { Command, RecordChange, SnapshotHeader, StoredRecord } from '../engine/cluster/index.ts';
import { type Checkpoint, type CommitLog, type JournalRow, StorageDamage, type StoredChange } from '../service/storage.ts';
import { decodeChunk, encodeChunk } from './change-chunks.ts';
import { checksumOf, checksumSeed } from './checksum.ts';
import { prepareStatements } from './commit-log-statements.ts';
import type { OpenDatabase } from './database.ts';
import type { HeadWriter } from './head.ts';
import { writeRunning } from './identity.ts';
import { journal } from './schema/journal.ts';
import { checkpoints } from './schema/records.ts';

const CHECKPOINT_ID = 1;

/** A place in the journal, with the checksum of its row. Before the first row: 0, and the seed of the cluster. */
export interface Position {
  readonly seq: number;
  readonly checksum: number;
}

export class SqliteCommitLog implements CommitLog {
  isRunning: boolean;
  last: Position;
  /** The latest. */
  private revision: number;
  private readonly database: OpenDatabase;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private readonly seed: number;
  private readonly head: HeadWriter | undefined;
  private recordCount: number;
  private recordSum: number;

  /** The head is absent while a file is made. */
  constructor(database: OpenDatabase, { uid, isRunning }: { readonly uid: string; readonly isRunning: boolean }, head?: HeadWriter) {
    this.database = database;
    this.statements = prepareStatements(database);
    this.seed = checksumSeed(uid);
    this.isRunning = isRunning;
    this.head = head;
    const last = lastPosition(database);
    this.last = last ?? { seq: 0, checksum: this.seed };
    this.revision = last?.revision ?? 0;
    const stored = database.orm.select().from(checkpoints).get();
    this.recordCount = stored?.recordCount ?? 0;
    this.recordSum = stored?.recordSum ?? 0;
  }

  append(row: JournalRow, rows: readonly StoredChange[], oldestRevision: number): void {
    const { insertJournal, insertChanges, deleteChanges } = this.statements;
    const command = JSON.stringify(row.command);
    const stored = { seq: row.seq, command, revision: row.revision, digest: row.digest };
    const checksum = checksumOfJournal(this.last, stored);
    const clock = row.command.type === 'clock' ? row.command.clock : undefined;
    this.transaction(() => {
      insertJournal.run({ ...stored, checksum });
      if (clock !== undefined) writeRunning(this.database, clock.mode === 'running');
      const [first, last] = [rows[0], rows.at(-1)];
      if (first === undefined || last === undefined) return;
      const chunk = { firstRevision: first.revision, lastRevision: last.revision, body: encodeChunk(rows) };
      insertChanges.run({ ...chunk, checksum: checksumOfChunk(this.seed, chunk) });
      if (oldestRevision > 1) deleteChanges.run({ oldest: oldestRevision });
    });
    this.last = { seq: row.seq, checksum };
    this.revision = row.revision;
    if (clock !== undefined) this.isRunning = clock.mode === 'running';
    this.head?.write(row.seq, checksum);
  }

  checkpoint(checkpoint: Checkpoint, rows: readonly RecordChange[]): void {
    const { upsertRecord, deleteRecord, checksumOfRecord: checksumBefore, upsertCheckpoint } = this.statements;
    const header = JSON.stringify(checkpoint.header);
    let { recordCount, recordSum } = this;
    this.transaction(() => {
      for (const { table, key, json } of rows) {
        const before = checksumBefore.get({ table, key });
        if (before !== undefined) [recordCount, recordSum] = [recordCount - 1, recordSum - before.checksum];
        if (json === null) {
          if (before !== undefined) deleteRecord.run({ table, key });
          continue;
        }
        const checksum = checksumOfRecord(this.seed, { table, key, value: json });
        [recordCount, recordSum] = [recordCount + 1, recordSum + checksum];
        upsertRecord.run({ table, key, value: json, checksum });
      }
      const stored = { header, journalSeq: checkpoint.journalSeq, recordCount, recordSum };
      upsertCheckpoint.run({ id: CHECKPOINT_ID, ...stored, checksum: checksumOfCheckpoint(this.seed, stored) });
    });
    Object.assign(this, { recordCount, recordSum });
  }

  readCheckpoint(): { readonly checkpoint: Checkpoint; readonly records: Iterable<StoredRecord> } | undefined {
    return this.guarded(() => {
      const row = this.database.orm.select().from(checkpoints).get();
      if (row === undefined) return undefined;
      check(row.checksum === checksumOfCheckpoint(this.seed, row), 'its checkpoint does not pass its checksum');
      const checkpoint: Checkpoint = { header: JSON.parse(row.header) as SnapshotHeader, journalSeq: row.journalSeq };
      return { checkpoint, records: this.records(row.recordCount, row.recordSum) };
    });
  }

  /** The records of a checkpoint, which are read as they are asked for. */
  private *records(count: number, sum: number): Generator<StoredRecord, void> {
    let [restCount, restSum] = [count, sum];
    for (let after = 0; ; ) {
      const page = this.guarded(() => this.statements.nextRecords.all({ after }));
      for (const { rowid, table, key, value, checksum } of page) {
        this.guarded(() =>
          check(checksum === checksumOfRecord(this.seed, { table, key, value }), `the record ${table} ${key} does not pass its checksum`),
        );
        [restCount, restSum, after] = [restCount - 1, restSum - checksum, rowid];
        yield { table, key, json: value };
      }
      if (page.length === 0) break;
    }
    this.guarded(() => check(restCount === 0 && restSum === 0, 'its checkpoint lacks records'));
  }

  *readJournal(afterSeq: number): Generator<JournalRow, void> {
    let position = this.guarded(() => this.positionOf(afterSeq));
    for (;;) {
      const { seq: after } = position;
      const page = this.guarded(() => this.statements.nextCommands.all({ after }));
      for (const row of page) {
        const command = this.guarded(() => {
          check(row.seq === position.seq + 1, `command ${position.seq + 1} is missing`);
          check(row.checksum === checksumOfJournal(position, row), `command ${row.seq} does not pass its checksum`);
          return JSON.parse(row.command) as Command;
        });
        position = row;
        yield { seq: row.seq, command, revision: row.revision, digest: row.digest };
      }
      if (page.length === 0) break;
    }
    const { seq } = position;
    this.guarded(() => check(seq === this.last.seq, `command ${seq + 1} is missing`));
  }

  readChanges(afterRevision: number, countMax: number, lengthMax: number): readonly StoredChange[] {
    return this.guarded(() => {
      const found: StoredChange[] = [];
      let length = 0;
      for (let after = afterRevision; found.length < countMax && length < lengthMax; ) {
        const chunk = this.statements.nextChunk.get({ after });
        if (chunk === undefined) {
          check(after >= this.revision, `the changes after revision ${after} are missing`);
          break;
        }
        const { firstRevision, lastRevision } = chunk;
        check(
          chunk.checksum === checksumOfChunk(this.seed, chunk),
          `the changes from revision ${firstRevision} do not pass their checksum`,
        );
        // Before the oldest chunk there may be a gap: what was there is forgotten.
        check(firstRevision <= after + 1 || firstRevision === this.oldestRevision(), `the changes after revision ${after} are missing`);
        length += chunk.body.length;
        for (const change of decodeChunk(chunk.body)) if (change.revision > afterRevision) found.push(change);
        after = lastRevision;
      }
      return found;
    });
  }

  oldestRevision(): number | undefined {
    return this.guarded(() => this.statements.firstChunk.get()?.firstRevision);
  }

  close(): void {
    this.head?.close();
    this.database.close();
  }

  abandon(): void {
    this.head?.close();
    this.database.abandon();
  }

  private positionOf(seq: number): Position {
    if (seq === 0) return { seq, checksum: this.seed };
    const row = positionAt(this.database, seq);
    check(row !== undefined, `command ${seq} is missing`);
    return row as Position;
  }

  private transaction(body: () => void): void {
    this.guarded(() => this.database.transaction(body));
  }

  private guarded<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      const damage = asDamage(error);
      throw damage instanceof StorageDamage ? damageOf(this.database.file, damage) : damage;
    }
  }
}

/** Damage of a file, in the words of the cluster whose file it is. */
export function damageOf(file: string, { message, cause }: StorageDamage): StorageDamage {
  return new StorageDamage(`its file ${basename(file)} ${message}`, { cause });
}

/** The last row of the journal; undefined when it is empty. */
export function lastPosition({ orm }: OpenDatabase): Omit<typeof journal.$inferSelect, 'command'> | undefined {
  const { command: _, ...columns } = getTableColumns(journal);
  return orm.select(columns).from(journal).orderBy(desc(journal.seq)).limit(1).get();
}

/** A row of the journal; undefined when it is not there. */
export function positionAt({ orm }: OpenDatabase, seq: number): Position | undefined {
  return orm.select({ seq: journal.seq, checksum: journal.checksum }).from(journal).where(eq(journal.seq, seq)).get();
}

export function checksumOfJournal(before: Position, row: { seq: number; revision: number; digest: string; command: string }): number {
  return checksumOf(before.checksum, [row.seq, row.revision, row.digest], row.command);
}

export function checksumOfChunk(seed: number, chunk: { firstRevision: number; lastRevision: number; body: string }): number {
  return checksumOf(seed, [chunk.firstRevision, chunk.lastRevision], chunk.body);
}

export function checksumOfRecord(seed: number, record: { table: string; key: string; value: string }): number {
  return checksumOf(seed, [record.table, record.key], record.value);
}

export function checksumOfCheckpoint(
  seed: number,
  stored: { header: string; journalSeq: number; recordCount: number; recordSum: number },
): number {
  return checksumOf(seed, [stored.journalSeq, stored.recordCount, stored.recordSum], stored.header);
}

/** What a read that failed says of the file; failures of the environment stay what they are. */
export function asDamage(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'SQLITE_NOTADB') return new StorageDamage('is no database', { cause: error });
  // A plain SQLITE_ERROR is a table or a column that is not there.
  if (typeof code === 'string' && (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_ERROR'))
    return new StorageDamage(`is damaged: ${String(message)}`, { cause: error });
  if (error instanceof SyntaxError) return new StorageDamage(`is damaged: ${error.message}`, { cause: error });
  return error;
}

function check(isSound: boolean, problem: string): void {
  if (!isSound) throw new StorageDamage(`is damaged: ${problem}`);
}
