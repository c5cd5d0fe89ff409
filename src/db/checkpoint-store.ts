// The checkpoints of a cluster's file: versions of rows, see schema/records.ts. Every row has a checksum, and every checkpoint the number of its rows and
// the sum of theirs.

import { and, asc, desc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { endsStep, type RecordChange, type SnapshotHeader, type Steps, type StoredRecord } from '../engine/cluster/index.ts';
import type { Checkpoint, StoredCheckpoint } from '../service/storage.ts';
import { checksumOf } from './checksum.ts';
import type { SqlDatabase } from './sql-database.ts';
import { checkSound } from './damage.ts';
import { checkpoints, records } from './schema/records.ts';

type CheckpointRow = typeof checkpoints.$inferSelect;

export class CheckpointStore {
  private readonly database: SqlDatabase;
  private readonly statements: ReturnType<typeof prepareCheckpoints>;
  private readonly seed: number;
  private readonly isFork: boolean;
  /** Of the newest. */
  private recordCount: number;
  private recordSum: number;

  /** `isFork`: rows that are not here are the parent's. */
  constructor(database: SqlDatabase, seed: number, isFork: boolean) {
    this.database = database;
    this.isFork = isFork;
    this.statements = prepareCheckpoints(database);
    this.seed = seed;
    const newest = this.statements.checkpointAt.get({ seq: Number.MAX_SAFE_INTEGER });
    this.recordCount = newest?.recordCount ?? 0;
    this.recordSum = newest?.recordSum ?? 0;
  }

  /** Within a transaction; what is given back is called when that is done. A row that has changed twice since a checkpoint has one version more. */
  *write({ header, journalSeq }: Checkpoint, rows: Iterable<RecordChange>): Steps<() => void> {
    const { currentRecord, endRecord, deleteRecord, insertRecord, insertCheckpoint } = this.statements;
    let { recordCount, recordSum } = this;
    let index = 0;
    for (const { table, key, json } of rows) {
      if (endsStep(index)) yield;
      index += 1;
      const before = currentRecord.get({ table, key });
      if (before !== undefined) {
        [recordCount, recordSum] = [recordCount - 1, recordSum - before.checksum];
        // A checkpoint that is written again, because the one before it at this command was cut off, leaves no version behind.
        if (before.fromSeq === journalSeq) deleteRecord.run({ table, key, from: journalSeq });
        else endRecord.run({ table, key, to: journalSeq });
      }
      // What the fork's parent has, and the fork has not, is written down.
      const value = json ?? (this.isFork ? REMOVED : undefined);
      if (value === undefined) continue;
      const checksum = checksumOfRecord(this.seed, { table, key, value });
      [recordCount, recordSum] = [recordCount + 1, recordSum + checksum];
      insertRecord.run({ table, key, from: journalSeq, value, checksum });
    }
    const stored = { header: JSON.stringify(header), journalSeq, recordCount, recordSum };
    insertCheckpoint.run({ ...stored, checksum: checksumOfCheckpoint(this.seed, stored) });
    return () => void Object.assign(this, { recordCount, recordSum });
  }

  /** The newest one that contains no command after `seqMax`. Fails: StorageDamage. */
  read(seqMax: number): { readonly checkpoint: Checkpoint; readonly records: Iterable<StoredRecord> } | undefined {
    const row = this.statements.checkpointAt.get({ seq: seqMax });
    if (row === undefined) return undefined;
    return { checkpoint: this.checked(row), records: this.recordsOf(row) };
  }

  /** All of them, the oldest first. Fails: StorageDamage. */
  list(): readonly StoredCheckpoint[] {
    return this.statements.allCheckpoints.all().map((row) => {
      const { header, journalSeq } = this.checked(row);
      return { journalSeq, revision: header.revision };
    });
  }

  /** Forgets some, within a transaction, with the versions of rows that no other one has. */
  *drop(seqs: readonly number[]): Steps<void> {
    const { orm } = this.database;
    const dropped = new Set(seqs);
    const all = this.statements.allCheckpoints.all().map((row) => row.journalSeq);
    orm
      .delete(checkpoints)
      .where(inArray(checkpoints.journalSeq, [...seqs]))
      .run();
    const kept = all.filter((seq) => !dropped.has(seq));
    const last = orm.select({ rowid: sql<number | null>`max(rowid)` }).from(records).get()?.rowid ?? 0;
    for (const run of runsOf(all, dropped)) {
      const before = kept.findLast((seq) => seq < run) ?? 0;
      const after = kept.find((seq) => seq > run);
      // What ends before the next one, and begins behind the one before.
      if (after === undefined) continue;
      const isBetween = and(gt(records.fromSeq, before), lte(records.toSeq, after));
      for (let from = 0; from < last; from += RECORDS_DROPPED) {
        orm
          .delete(records)
          .where(and(gt(ROWID, from), lte(ROWID, from + RECORDS_DROPPED), isBetween))
          .run();
        yield;
      }
    }
  }

  private checked(row: CheckpointRow): Checkpoint {
    checkSound(row.checksum === checksumOfCheckpoint(this.seed, row), 'its checkpoint does not pass its checksum');
    return { header: JSON.parse(row.header) as SnapshotHeader, journalSeq: row.journalSeq };
  }

  /** The records of a checkpoint, which are read as they are asked for. */
  private *recordsOf({ journalSeq: seq, recordCount, recordSum }: CheckpointRow): Generator<StoredRecord, void> {
    let [restCount, restSum] = [recordCount, recordSum];
    for (let after = 0; ; ) {
      const page = this.statements.nextRecords.all({ after, seq });
      for (const { rowid, table, key, value, checksum } of page) {
        const isSound = checksum === checksumOfRecord(this.seed, { table, key, value });
        checkSound(isSound, `the record ${table} ${key} does not pass its checksum`);
        [restCount, restSum, after] = [restCount - 1, restSum - checksum, rowid];
        yield { table, key, json: value };
      }
      if (page.length === 0) break;
    }
    checkSound(restCount === 0 && restSum === 0, 'its checkpoint lacks records');
  }
}

/** The first of every run of neighbours that are dropped. */
function runsOf(all: readonly number[], dropped: ReadonlySet<number>): readonly number[] {
  return all.filter((seq, index) => dropped.has(seq) && !dropped.has(all[index - 1] ?? -1));
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

/** Value of a row that a fork has removed; no JSON is. */
export const REMOVED = '';

const ROWID = sql<number>`rowid`;

/** Records that are read at once, and that are looked through at once for those that are to go. */
const RECORDS_READ = 200;
const RECORDS_DROPPED = 2_000;

function prepareCheckpoints({ orm }: SqlDatabase) {
  const isRow = and(eq(records.table, sql.placeholder('table')), eq(records.key, sql.placeholder('key')));
  const isCurrent = and(isRow, isNull(records.toSeq));
  return {
    checkpointAt: orm
      .select()
      .from(checkpoints)
      .where(lte(checkpoints.journalSeq, sql.placeholder('seq')))
      .orderBy(desc(checkpoints.journalSeq))
      .limit(1)
      .prepare(),
    allCheckpoints: orm.select().from(checkpoints).orderBy(asc(checkpoints.journalSeq)).prepare(),
    insertCheckpoint: orm
      .insert(checkpoints)
      .values({
        journalSeq: sql.placeholder('journalSeq'),
        header: sql.placeholder('header'),
        recordCount: sql.placeholder('recordCount'),
        recordSum: sql.placeholder('recordSum'),
        checksum: sql.placeholder('checksum'),
      })
      .onConflictDoUpdate({
        target: checkpoints.journalSeq,
        set: {
          header: sql.raw('excluded.header'),
          recordCount: sql.raw('excluded.record_count'),
          recordSum: sql.raw('excluded.record_sum'),
          checksum: sql.raw('excluded.checksum'),
        },
      })
      .prepare(),
    /** In the order in which they were written. */
    nextRecords: orm
      .select({ rowid: ROWID, table: records.table, key: records.key, value: records.value, checksum: records.checksum })
      .from(records)
      .where(
        and(
          sql`${ROWID} > ${sql.placeholder('after')}`,
          lte(records.fromSeq, sql.placeholder('seq')),
          or(isNull(records.toSeq), gt(records.toSeq, sql.placeholder('seq'))),
        ),
      )
      .orderBy(ROWID)
      .limit(RECORDS_READ)
      .prepare(),
    currentRecord: orm.select({ fromSeq: records.fromSeq, checksum: records.checksum }).from(records).where(isCurrent).prepare(),
    endRecord: orm
      .update(records)
      .set({ toSeq: sql`${sql.placeholder('to')}` })
      .where(isCurrent)
      .prepare(),
    deleteRecord: orm
      .delete(records)
      .where(and(isRow, eq(records.fromSeq, sql.placeholder('from'))))
      .prepare(),
    insertRecord: orm
      .insert(records)
      .values({
        table: sql.placeholder('table'),
        key: sql.placeholder('key'),
        fromSeq: sql.placeholder('from'),
        toSeq: null,
        value: sql.placeholder('value'),
        checksum: sql.placeholder('checksum'),
      })
      .prepare(),
  };
}
